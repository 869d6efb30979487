package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// aListener is a `reconcile listen` of its own process.
type aListener struct {
	cmd *exec.Cmd
	url string
}

// listenIn starts a listener in a working folder, and returns when it listens.
func listenIn(t *testing.T, dir string) *aListener {
	t.Helper()
	cmd := exec.Command("reconcile", "listen")
	cmd.Dir = dir
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	in := bufio.NewReader(said)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatalf("the listener ended: %v, %q", err, line)
		}
		if url := address.FindString(line); url != "" {
			go func() { _, _ = io.Copy(io.Discard, in) }()
			return &aListener{cmd, url}
		}
	}
}

// send posts webhooks, one after the other, until one is not acknowledged, and
// remembers those that were.
func (l *aListener) send(client *http.Client, next *atomic.Int64, acknowledged func(id string)) {
	for {
		id := fmt.Sprintf("PMTKILL%028d", next.Add(1))
		answer, err := client.Post(l.url+"/api/v0/payment/resp-pay", "application/json", strings.NewReader(webhook(id)))
		if err != nil {
			return
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || !json.Valid(text) {
			return
		}
		acknowledged(id)
	}
}

// webhook is a payment response that a run can use. Some are long enough for a
// death in the middle of writing one.
func webhook(id string) string {
	note := strings.Repeat("x", int(id[len(id)-1]-'0')*4000)
	return `{"resp":{"reqMsgId":"M1","result":"SUCCESS","errorCd":"","errorDtl":"","errorField":""},"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"SUP9"},` +
		`"payment":{"objectId":"` + id + `","ts":"2026-11-20T11:00:00+05:30","type":"ONPLATFORM","mode":"NEFT","utr":"U` + id + `","currency":"INR",` +
		`"paymentAmount":{"netPaidAmount":1.00,"netAdjustmentAmount":0.00,"totalAmount":1.00,"currency":"INR"},` +
		`"invoicesPayInfos":[{"objectId":"","supplierInvoiceNumber":"` + id[20:] + `","invoicePaymentAmount":{"netPaidAmount":1.00,"netAdjustmentAmount":0.00,"totalAmount":1.00,"currency":"INR","splits":[]}}]},` +
		`"additionalInfos":[{"name":"note","value":"` + note + `"}]}`
}

// TestListenIsKilled: the program is killed ten times in the middle of its work.
// Whatever it acknowledged is in the log, and a run reads all of the log.
func TestListenIsKilled(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "world"))); err != nil {
		t.Fatal(err)
	}
	conf, err := os.OpenFile(filepath.Join(dir, "reconcile.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conf.WriteString("listen: {address: \"127.0.0.1:0\"}\n"); err != nil {
		t.Fatal(err)
	}
	conf.Close()

	const rounds, clients = 10, 16
	var next atomic.Int64
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	for round := range rounds {
		l := listenIn(t, dir)
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
		enough, killed := make(chan struct{}), 0
		var group sync.WaitGroup
		for range clients {
			group.Go(func() {
				l.send(client, &next, func(id string) {
					mu.Lock()
					defer mu.Unlock()
					acknowledged[id] = true
					if killed++; killed == 20+7*round { // another moment each time
						close(enough)
					}
				})
			})
		}
		all := make(chan struct{})
		go func() { group.Wait(); close(all) }()
		select {
		case <-enough:
		case <-all:
			t.Fatal("the listener stopped acknowledging before it was killed")
		}
		if err := l.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = l.cmd.Wait()
		<-all
		client.CloseIdleConnections()
	}

	l := listenIn(t, dir) // which mends what the last death has left
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Wait(); err != nil {
		t.Errorf("a listener that is asked to stop: got %v, want exit code 0", err)
	}

	var log []byte
	paths, err := filepath.Glob(filepath.Join(dir, "events", "webhooks-*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("there is no event log: %v", err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, b...)
	}
	for id := range acknowledged {
		if n := bytes.Count(log, []byte(`"objectId":"`+id+`"`)); n != 1 {
			t.Errorf("%s was acknowledged and is in the log %d times", id, n)
		}
	}
	inLog := bytes.Count(log, []byte(`"objectId":"PMTKILL`))
	t.Logf("%d acknowledged in %d rounds, %d sent, %d in the log", len(acknowledged), rounds, next.Load(), inLog)
	if read := foldedOf(t, dir); read != inLog {
		t.Errorf("a run folds %d webhooks, and the log has %d", read, inLog)
	}
}

// foldedOf runs a match over a folder, and returns how many bodies of the
// listener's logs it folded. None of them may be in quarantine.
func foldedOf(t *testing.T, dir string) int {
	t.Helper()
	var out, said bytes.Buffer
	err := run(t.Context(), time.Now, []string{"match", "--json", "--config", filepath.Join(dir, "reconcile.yaml"), "--as-of", "2026-11-22"}, nil, nil, &out, &said)
	if code := code(err); code != 0 && code != 10 {
		t.Fatalf("match: %v\n%s%s", err, said.String(), out.String())
	}
	var summary struct {
		Inputs []struct {
			Path        string `json:"path"`
			Quarantined int    `json:"quarantined"`
			Events      struct {
				Folded int `json:"folded"`
			} `json:"events"`
		} `json:"inputs"`
	}
	if err := json.Unmarshal(out.Bytes(), &summary); err != nil {
		t.Fatal(err)
	}
	folded := 0
	for _, in := range summary.Inputs {
		if !strings.Contains(in.Path, "webhooks-") {
			continue
		}
		if in.Quarantined != 0 {
			t.Errorf("%s: %d webhooks cannot be read", in.Path, in.Quarantined)
		}
		folded += in.Events.Folded
	}
	return folded
}

// startListener starts a listener in the script's folder, or ends the one that
// runs.
func startListener(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: listener [FLAG…] | listener stop")
	}
	now := ts.Value(theListener).(*running)
	if len(args) == 1 && args[0] == "stop" {
		if now.end == nil {
			ts.Fatalf("no listener runs")
		}
		ts.Check(now.end())
		return
	}
	program, err := exec.LookPath(filepath.Join(programs(ts), "reconcile"))
	ts.Check(err)
	cmd := exec.Command(program, append([]string{"listen"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	out, err := os.Create(ts.MkAbs("listener.json"))
	ts.Check(err)
	cmd.Stdout = out
	cmd.Env = append(os.Environ(), "CLOCK="+ts.Getenv("CLOCK"))
	pipe, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	in := bufio.NewReader(pipe)
	said, err := in.ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		ts.Fatalf("the listener ended: %v", err)
	}
	ts.Setenv("LISTENER", address.FindString(said))
	ts.Setenv("LISTENER_ADDRESS", strings.TrimPrefix(address.FindString(said), "http://"))
	now.end = func() error {
		now.end = nil
		defer out.Close()
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		rest, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		if err := os.WriteFile(ts.MkAbs("listener.txt"), append([]byte(said), rest...), 0o600); err != nil {
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

// theListener is the value of a script under which its listener runs.
const theListener = "listener"
