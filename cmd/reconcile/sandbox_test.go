package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"reconcile/samples"
)

// Until it is interrupted the sandbox listens at the address of its one line;
// then it delivers what waits and says what its books come to.
func TestSandboxListens(t *testing.T) {
	month, err := samples.Files.ReadFile("requests.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	request, _, _ := bytes.Cut(month, []byte("\n"))
	log := filepath.Join(t.TempDir(), "events.jsonl")
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	out, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, time.Now, []string{"sandbox", "--listen", "127.0.0.1:0", "--events", log, "--faults", "late=end"}, nil, nil, stdout, io.Discard)
		stdout.Close()
		ended <- err
	}()
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`).FindString(first)
	res, err := http.Post(url+"/api/v0/payment/req-pay", "application/json", bytes.NewReader(request))
	if err != nil {
		t.Fatalf("%s: %v", first, err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("got HTTP %d, want 200", res.StatusCode)
	}
	if _, err := os.Stat(log); err == nil {
		t.Error("a webhook that is due at the end was delivered before")
	}
	interrupt()
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("got %v, want a clean end", err)
	}
	if got, want := string(rest), "Requests: 1, payments executed: 1, debts paid: 1.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	text, err := os.ReadFile(log)
	if err != nil || !strings.Contains(string(text), `"result":"SUCCESS"`) {
		t.Errorf("the log is %q, %v, want the webhook that waited", text, err)
	}
}
