package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// What a command of a document has printed, on stdout and then on stderr; it is the
// value thePrinted of a script.
type printed struct{ text string }

const thePrinted = "printed"

// types CODE LINE types a line of a document into a shell, and asks for its exit
// code. The code "up" is of a command that stays up: it is stopped, as by Ctrl-C,
// when it has printed its first line, and has to end with 0.
func types(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: types CODE LINE")
	}
	last := ts.Value(thePrinted).(*printed)
	if args[0] == "up" {
		last.text = staysUp(ts, args[1])
		return
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("sh", "-c", args[1]); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = failed.ExitCode()
	}
	last.text = ts.ReadFile("stdout") + ts.ReadFile("stderr")
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", args[1], got, want)
	}
}

func staysUp(ts *testscript.TestScript, line string) string {
	cmd := exec.Command("sh", "-c", "exec "+line)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"), "CLOCK="+ts.Getenv("CLOCK"))
	pipe, err := cmd.StderrPipe()
	ts.Check(err)
	cmd.Stdout = cmd.Stderr
	ts.Check(cmd.Start())
	in := bufio.NewReader(pipe)
	first, err := in.ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		ts.Fatalf("%s: ended, and was to stay up: %s", line, first)
	}
	ts.Check(cmd.Process.Signal(syscall.SIGINT))
	rest, err := io.ReadAll(in)
	ts.Check(err)
	if err := cmd.Wait(); err != nil {
		ts.Fatalf("%s: stopped by Ctrl-C it ended with %v: %s%s", line, err, first, rest)
	}
	return first + string(rest)
}

// shows TEXT asks for a line in what the last command has printed; … is anything,
// and spaces are as many as there are.
func shows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: shows TEXT")
	}
	parts := strings.Split(strings.Join(strings.Fields(args[0]), " "), "…")
	for i := range parts {
		parts[i] = strings.ReplaceAll(regexp.QuoteMeta(parts[i]), " ", " +")
	}
	line := regexp.MustCompile(`(?m)^ *` + strings.Join(parts, ".*") + ` *$`)
	if last := ts.Value(thePrinted).(*printed); !line.MatchString(last.text) {
		ts.Fatalf("no line %q in\n%s", args[0], last.text)
	}
}

// certificate CERT KEY makes a certificate that nobody has signed but itself.
func certificate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: certificate CERT KEY")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	of := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"hooks.example.com"}, NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
	cert, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	ts.Check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	for i, b := range []*pem.Block{{Type: "CERTIFICATE", Bytes: cert}, {Type: "PRIVATE KEY", Bytes: private}} {
		ts.Check(os.WriteFile(ts.MkAbs(args[i]), pem.EncodeToMemory(b), 0o600))
	}
}
