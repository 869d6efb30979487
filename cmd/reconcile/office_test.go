package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"reconcile/internal/approval"
)

// mainAt is main, by the clock that the script has set: CLOCK is when the program
// starts, and goes on from there.
func mainAt() {
	now := time.Now
	if text := os.Getenv("CLOCK"); text != "" {
		set, err := time.Parse(time.RFC3339, text)
		if err != nil {
			fmt.Fprintln(os.Stderr, "CLOCK:", err)
			os.Exit(2)
		}
		begun := time.Now()
		now = func() time.Time { return set.Add(time.Since(begun)) }
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(code(run(ctx, now, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)))
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// bank [FLAG…] starts a sandbox, at the same address as the one before it; $BANK
// is that address. Its webhooks go to events/bank.jsonl, and what it was asked and
// executed to bank.jsonl. bank stop ends it, and what waits is delivered.
func startBank(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: bank [FLAG…] | bank stop")
	}
	if running, is := ts.Value(theBank).(*running); is && running.end != nil {
		ts.Check(running.end())
	}
	if len(args) == 1 && args[0] == "stop" {
		return
	}
	listen := "127.0.0.1:0"
	if known := ts.Getenv("BANK"); known != "" {
		listen = strings.TrimPrefix(known, "http://")
	}
	program, err := exec.LookPath(filepath.Join(programs(ts), "reconcile"))
	ts.Check(err)
	cmd := exec.Command(program, append([]string{"sandbox", "--listen", listen, "--events", "events/bank.jsonl", "--state", "bank.jsonl"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "CLOCK="+ts.Getenv("CLOCK"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	said, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	ts.Setenv("BANK", address.FindString(said))
	now := ts.Value(theBank).(*running)
	now.end = func() error {
		now.end = nil
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		return cmd.Wait()
	}
	ts.Defer(func() {
		if now.end != nil {
			_ = now.end()
		}
	})
}

// A running sandbox of a script, which is its value theBank.
const theBank = "bank"

type running struct{ end func() error }

// programs is the folder of the program under test.
func programs(ts *testscript.TestScript) string {
	first, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator))
	return first
}

// office makes a working folder with payments to send, and approvers asha, ravi
// and meera, whose keys are in asha.key and so on; the configuration is that of
// testdata/office, or the file that is named, with $BANK, $ASHA, $RAVI and $MEERA.
func office(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: office [FILE]")
	}
	from := filepath.Join("testdata", "office")
	conf, err := os.ReadFile(filepath.Join(from, "reconcile.yaml"))
	ts.Check(err)
	if len(args) == 1 {
		conf = []byte(ts.ReadFile(args[0]))
	}
	for _, name := range []string{"ledger/open.csv", "events/others.jsonl"} {
		b, err := os.ReadFile(filepath.Join(from, name))
		ts.Check(err)
		ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(name)), 0o755))
		ts.Check(os.WriteFile(ts.MkAbs(name), b, 0o644))
	}
	for _, name := range []string{"asha", "ravi", "meera"} {
		if _, err := os.Stat(ts.MkAbs(name + ".key")); err == nil {
			continue
		}
		ts.Check(ts.Exec("reconcile", "keygen", name, "--out", name+".key", "--json"))
		var made struct {
			Key string `json:"key"`
		}
		ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &made))
		ts.Setenv(strings.ToUpper(name), made.Key)
	}
	text := os.Expand(string(conf), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs("reconcile.yaml"), []byte(text), 0o600))
}

// at DOT.PATH FILE returns a value of a JSON object; a number in the path is an
// index. Texts stand without quotes.
func at(ts *testscript.TestScript, path, file string) string {
	var v any
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		ts.Fatalf("%s is no JSON: %v", file, err)
	}
	for _, key := range strings.Split(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(in) {
				ts.Fatalf("%s: %s has no element %s", file, path, key)
			}
			v = in[i]
		default:
			ts.Fatalf("%s has no %s", file, path)
		}
	}
	if text, is := v.(string); is {
		return text
	}
	b, err := json.Marshal(v)
	ts.Check(err)
	return string(b)
}

// let NAME PATH [FILE] sets a variable to a value of a JSON object: that of the
// last stdout, or of a file.
func let(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: let NAME PATH [FILE]")
	}
	ts.Setenv(args[0], at(ts, args[1], append(args, "stdout")[2]))
}

// is PATH VALUE compares a value of the JSON object of the last stdout.
func is(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: is PATH VALUE")
	}
	if got := at(ts, args[0], "stdout"); (got == args[1]) == neg {
		ts.Fatalf("%s: got %s, want %s (negated: %v)", args[0], got, args[1], neg)
	}
}

// sent COUNT asks how many payment requests the sandbox has had in all.
func sent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sent COUNT")
	}
	n := 0
	if b, err := os.ReadFile(ts.MkAbs("bank.jsonl")); err == nil {
		n = strings.Count("\n"+string(b), "\n{\"request\":")
	}
	if got := strconv.Itoa(n); got != args[0] {
		ts.Fatalf("the sandbox had %s requests, want %s", got, args[0])
	}
}

// sign FILE KEY ACTION SUBJECT [NAME=DETAIL…] signs a statement elsewhere, as of
// CLOCK. The approver is who the key file is called after.
func sign(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: sign FILE KEY ACTION SUBJECT [NAME=DETAIL…]")
	}
	key, err := approval.ReadKeyFile(ts.MkAbs(args[1]))
	ts.Check(err)
	action, known := approval.ParseAction(args[2])
	if !known {
		ts.Fatalf("nobody knows how to %s", args[2])
	}
	now, err := time.Parse(time.RFC3339, ts.Getenv("CLOCK"))
	ts.Check(err)
	s := approval.Statement{Action: action, Subject: args[3], By: strings.TrimSuffix(filepath.Base(args[1]), ".key"), At: now, Reason: "signed elsewhere", Detail: map[string]string{}}
	for _, pair := range args[4:] {
		name, value, _ := strings.Cut(pair, "=")
		s.Detail[name] = value
	}
	text, err := approval.Sign(key, s)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

// large FILE makes a file that is larger than any statement.
func large(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: large FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), make([]byte, 70_000), 0o600))
}
