package listen

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reconcile/internal/enkash"
)

// theSecret is what the listeners of the tests want to hear.
const theSecret = "0123456789abcdef0123456789abcdef"

// aDay is the clock of most tests, which stands still.
func aDay() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, india()) }

func india() *time.Location { return time.FixedZone("IST", 5*3600+1800) }

// options are those of a listener with a secret, over a folder of the test.
func options(t testing.TB) Options {
	return Options{
		Folder: t.TempDir(), Zone: india(), Now: aDay,
		Paths: []string{"/api/v0/"}, Header: "X-Webhook-Secret", Secrets: []string{theSecret},
		Answers:  map[string]enkash.AnswerForm{enkash.HookPayRequest: enkash.AnswerEcho},
		MaxBytes: 1 << 20, MaxConnections: 64,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// A running listener.
type running struct {
	*Server
	t   testing.TB
	url string
	end func() (Measured, error) // stops it as SIGTERM does
}

// start opens a listener and serves until the test is over.
func start(t testing.TB, o Options) *running {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, s)
}

func serve(t testing.TB, s *Server) *running {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var measured Measured
	done := make(chan struct{})
	go func() { defer close(done); measured, err = s.Serve(ctx, ln) }()
	r := &running{Server: s, t: t, url: "http://" + ln.Addr().String()}
	r.end = func() (Measured, error) { stop(); <-done; return measured, err }
	t.Cleanup(func() {
		if _, err := r.end(); err != nil {
			t.Errorf("stopping the listener: %v", err)
		}
	})
	return r
}

// post sends a webhook with the secret, and returns the status and the answer.
func (r *running) post(body string, headers ...string) (int, string) {
	r.t.Helper()
	return r.send(http.DefaultClient, http.MethodPost, "/api/v0/payment/resp-pay", body, append([]string{"X-Webhook-Secret", theSecret}, headers...)...)
}

func (r *running) send(client *http.Client, method, path, body string, headers ...string) (int, string) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	answer, err := client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// lines returns the lines of the file of a day, and fails where one is no whole
// JSON line.
func lines(t testing.TB, folder, day string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, "webhooks-"+day+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 0 && b[len(b)-1] != '\n' {
		t.Errorf("the file of %s ends without a newline: %q", day, b[max(0, len(b)-80):])
	}
	var all []string
	for line := range strings.Lines(string(b)) {
		if !json.Valid([]byte(line)) {
			t.Errorf("the file of %s has a torn line: %q", day, line)
		}
		all = append(all, strings.TrimSuffix(line, "\n"))
	}
	return all
}

const today = "2026-11-22"

func TestOneWebhook(t *testing.T) {
	o := options(t)
	r := start(t, o)
	status, answer := r.post("{\"resp\": {\"result\":\"S<>S\"},\n \"payment\":{\"netPaidAmount\":1180.50}}",
		"Content-Type", "application/json", "Authorization", "Bearer hunter2", "Cookie", "hunter2", "X-Request-Id", "r1")
	if status != http.StatusOK || answer != `{"response_code":0,"response_message":"SUCCESS"}` {
		t.Errorf("got %d %s, want 200 and SUCCESS", status, answer)
	}
	want := `{"received_at":"2026-11-22T10:00:00+05:30","method":"POST","path":"/api/v0/payment/resp-pay",` +
		`"headers":{"Content-Type":"application/json","User-Agent":"Go-http-client/1.1","X-Request-Id":"r1"},` +
		`"body":{"resp":{"result":"S<>S"},"payment":{"netPaidAmount":1180.50}}}`
	if got := lines(t, o.Folder, today); len(got) != 1 || got[0] != want {
		t.Errorf("got the lines\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	status, answer = r.post(`{"device":{},"b2bIds":{"supplierB2BId":"S"},"payment":{"objectId":"PMT1"}}`)
	if want := `"payload":{"resp":{"reqMsgId":"PMT1","result":"SUCCESS",`; status != 200 || !strings.Contains(answer, want) {
		t.Errorf("a payment request: got %d %s, want an answer with %s", status, answer, want)
	}
	info, err := os.Stat(filepath.Join(o.Folder, "webhooks-"+today+".jsonl"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the event log has mode %v (%v), want 0600", info.Mode(), err)
	}
}

// TestWhatCannotBeReadIsKept: it is acknowledged, and in the log as it came, for
// the reader of logs to put into quarantine.
func TestWhatCannotBeReadIsKept(t *testing.T) {
	o := options(t)
	r := start(t, o)
	for _, c := range []struct{ body, kept string }{
		{"not <json>\n", `"body":"not <json>\n"}`},
		{`{"payment":{"a":1,"a":2}}`, `"body":"{\"payment\":{\"a\":1,\"a\":2}}"}`},
		{`{"torn":`, `"body":"{\"torn\":"}`},
		{"{\"name\":\"caf\xe9\"}", `"body":null,"body_base64":"eyJuYW1lIjoiY2Fm6SJ9"}`},
		{"\x1f\x8b\x08", `"body":null,"body_base64":"H4sI"}`},
	} {
		if status, answer := r.post(c.body); status != http.StatusOK {
			t.Errorf("%q: got %d %s, want 200", c.body, status, answer)
		}
		all := lines(t, o.Folder, today)
		if got := all[len(all)-1]; !strings.HasSuffix(got, c.kept) {
			t.Errorf("%q: got the line %s, want it to end with %s", c.body, got, c.kept)
		}
	}
	if m, _ := r.end(); m.Stored != 5 || m.Unreadable != 5 {
		t.Errorf("got %d kept and %d unreadable, want 5 of each", m.Stored, m.Unreadable)
	}
}

func TestTurnedAway(t *testing.T) {
	o := options(t)
	o.MaxBytes = 100
	o.Secrets = append(o.Secrets, "the-one-before-it")
	r := start(t, o)
	const hook, header = "/api/v0/payment/resp-pay", "X-Webhook-Secret"
	long := strings.Repeat(" ", 90) + `{"a":"1234567"}`
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		reason                   string
	}{
		{"another path", "POST", "/api/v1/payment/resp-pay", "{}", []string{header, theSecret}, 404, "path"},
		{"no secret", "POST", hook, "{}", nil, 401, "secret"},
		{"a wrong secret", "POST", hook, "{}", []string{header, theSecret + "0"}, 401, "secret"},
		{"the beginning of the secret", "POST", hook, "{}", []string{header, theSecret[:8]}, 401, "secret"},
		{"an empty secret", "POST", hook, "{}", []string{header, ""}, 401, "secret"},
		{"two secrets", "POST", hook, "{}", []string{header, theSecret, header, "x"}, 401, "secret"},
		{"the secret in another header", "POST", hook, "{}", []string{"Authorization", theSecret}, 401, "secret"},
		{"another method", "PUT", hook, "{}", []string{header, theSecret}, 405, "method"},
		{"a body that is too large", "POST", hook, long, []string{header, theSecret}, 413, "size"},
		{"no body", "POST", hook, "", []string{header, theSecret}, 400, "empty"},
		{"white space", "POST", hook, " \n ", []string{header, theSecret}, 400, "empty"},
	} {
		before := r.measured.now().Refused[c.reason]
		status, answer := r.send(http.DefaultClient, c.method, c.path, c.body, c.headers...)
		if status != c.status || !json.Valid([]byte(answer)) {
			t.Errorf("%s: got %d %s, want %d and a JSON answer", c.name, status, answer, c.status)
		}
		if strings.Contains(answer, theSecret[:8]) {
			t.Errorf("%s: the answer %s shows the secret", c.name, answer)
		}
		if got := r.measured.now().Refused[c.reason]; got != before+1 {
			t.Errorf("%s: counted %d times as %s, want once more than %d", c.name, got, c.reason, before)
		}
	}
	if got := lines(t, o.Folder, today); len(got) != 0 {
		t.Errorf("the log has %d lines of requests that were turned away: %v", len(got), got)
	}
	if status, _ := r.send(http.DefaultClient, "POST", hook, "{}", header, "the-one-before-it"); status != 200 {
		t.Errorf("the secret before this one: got %d, want 200", status)
	}
	// Without a length, and longer than allowed.
	req, err := http.NewRequest("POST", r.url+hook, io.MultiReader(strings.NewReader(long)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set(header, theSecret)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 413 || req.ContentLength > 0 {
		t.Errorf("a long body in chunks: got %d, want 413", answer.StatusCode)
	}
}

// TestWrongSecretIsToldBeforeTheBody: a stranger cannot make us read anything.
func TestWrongSecretIsToldBeforeTheBody(t *testing.T) {
	r := start(t, options(t))
	c, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /api/v0/x HTTP/1.1\r\nHost: x\r\nX-Webhook-Secret: wrong\r\nContent-Length: 1000000\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(c), nil) // not one byte of the body was sent
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != 401 || !answer.Close {
		t.Errorf("got %d, closing %v, want 401 and the end of the connection", answer.StatusCode, answer.Close)
	}
}

// TestWithoutSecret: this machine needs none, and who comes through a proxy or a
// browser is not this machine.
func TestWithoutSecret(t *testing.T) {
	o := options(t)
	o.Secrets = nil
	r := start(t, o)
	if status, answer := r.send(http.DefaultClient, "POST", "/api/v0/x", "{}"); status != 200 {
		t.Errorf("got %d %s, want 200", status, answer)
	}
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "Via", "Origin", "X-Real-IP", "Sec-Fetch-Site"} {
		if status, answer := r.send(http.DefaultClient, "POST", "/api/v0/x", "{}", header, "x"); status != 403 {
			t.Errorf("with %s: got %d %s, want 403", header, status, answer)
		}
	}
}

// TestSecretHeaderIsNotLogged, even where it is one of those that are kept.
func TestSecretHeaderIsNotLogged(t *testing.T) {
	o := options(t)
	o.Header = "X-Request-Id"
	r := start(t, o)
	if status, answer := r.send(http.DefaultClient, "POST", "/api/v0/x?token=hunter2", "{}", "X-Request-Id", theSecret); status != 200 {
		t.Fatalf("got %d %s, want 200", status, answer)
	}
	for _, line := range lines(t, o.Folder, today) {
		if strings.Contains(line, theSecret) || strings.Contains(line, "hunter2") {
			t.Errorf("a secret is in the log: %s", line)
		}
	}
}

// TestDayChange: midnight is that of the configured zone, and what came before it
// stays where it is.
func TestDayChange(t *testing.T) {
	o := options(t)
	var mu sync.Mutex
	clock := time.Date(2026, 11, 22, 18, 29, 59, 0, time.UTC) // 23:59:59 in India
	o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }
	r := start(t, o)
	r.post(`{"n":1}`)
	mu.Lock()
	clock = clock.Add(time.Second)
	mu.Unlock()
	r.post(`{"n":2}`)
	for day, want := range map[string]string{"2026-11-22": `"body":{"n":1}}`, "2026-11-23": `"body":{"n":2}}`} {
		if got := lines(t, o.Folder, day); len(got) != 1 || !strings.HasSuffix(got[0], want) {
			t.Errorf("the file of %s has %v, want one line that ends with %s", day, got, want)
		}
	}
	if got := lines(t, o.Folder, "2026-11-23"); !strings.Contains(got[0], `"received_at":"2026-11-23T00:00:00+05:30"`) {
		t.Errorf("got %s, want midnight in India", got[0])
	}
}

// TestLoad: what 64 clients at once were told is received is in the file, whole,
// and they shared fsyncs.
func TestLoad(t *testing.T) {
	o := options(t)
	o.Now = time.Now
	const clients, each = 64, 40
	o.MaxConnections = clients
	r := start(t, o)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	var group sync.WaitGroup
	for i := range clients {
		group.Go(func() {
			for k := range each {
				id := fmt.Sprintf("P%03d-%03d", i, k)
				body := `{"resp":{},"payment":{"objectId":"` + id + `","note":"` + strings.Repeat("x", 37*(i+k)%3000) + `"}}`
				if status, answer := r.send(client, "POST", "/api/v0/payment/resp-pay", body, "X-Webhook-Secret", theSecret); status != 200 {
					t.Errorf("%s: got %d %s, want 200", id, status, answer)
					return
				}
				mu.Lock()
				acknowledged[id] = true
				mu.Unlock()
			}
		})
	}
	group.Wait()
	m, err := r.end()
	if err != nil {
		t.Fatal(err)
	}
	logged := map[string]int{}
	for _, day := range []string{time.Now().In(india()).Add(-time.Hour).Format(time.DateOnly), time.Now().In(india()).Format(time.DateOnly)} {
		if _, err := os.Stat(filepath.Join(o.Folder, "webhooks-"+day+".jsonl")); err != nil {
			continue // the test may run at midnight
		}
		for id, n := range ids(t, lines(t, o.Folder, day)) {
			logged[id] = n // the same file twice gives the same counts
		}
	}
	for id := range acknowledged {
		if logged[id] != 1 {
			t.Errorf("%s was acknowledged once, and is in the log %d times", id, logged[id])
		}
	}
	if len(acknowledged) != clients*each || m.Stored != clients*each || len(logged) != clients*each {
		t.Errorf("got %d acknowledged, %d counted and %d in the log, want %d", len(acknowledged), m.Stored, len(logged), clients*each)
	}
	if m.Fsyncs >= clients*each {
		t.Errorf("%d webhooks of 64 clients took %d fsyncs: none was shared", m.Stored, m.Fsyncs)
	}
	t.Log(m)
}

// ids counts the payments of lines.
func ids(t testing.TB, all []string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, line := range all {
		var l struct {
			Body struct {
				Payment struct {
					ObjectID string `json:"objectId"`
				} `json:"payment"`
			} `json:"body"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		counts[l.Body.Payment.ObjectID]++
	}
	return counts
}

// TestOneListenerAFolder, and the next one when the first has ended.
func TestOneListenerAFolder(t *testing.T) {
	o := options(t)
	r := start(t, o)
	if s, err := Open(o); err == nil || !strings.Contains(err.Error(), "[listen-locked]") {
		t.Errorf("a second listener: got %v %v, want that the folder is locked", s, err)
	}
	if _, err := r.end(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(o)
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.log.append([]byte("x\n")); err != errClosed {
		t.Errorf("appending to a closed log: got %v, want %v", err, errClosed)
	}
}

// TestStop: a request that has begun when the stop comes is kept and answered.
func TestStop(t *testing.T) {
	o := options(t)
	r := start(t, o)
	c, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	body := `{"n":1}`
	fmt.Fprintf(c, "POST /api/v0/x HTTP/1.1\r\nHost: x\r\nX-Webhook-Secret: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", theSecret, len(body))
	in := bufio.NewReader(c)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("got %q, %v, want to be told to go on", line, err) // so the handler waits for the body now
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { _, err := r.end(); ended <- err }()
	waitRefused(t, strings.TrimPrefix(r.url, "http://"))
	if _, err := io.WriteString(c, body); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(in, nil)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("got %v, %v, want 200 to a request that had begun", answer, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
	if got := lines(t, o.Folder, today); len(got) != 1 {
		t.Errorf("got %d lines, want the one that had begun", len(got))
	}
}

// waitRefused returns when nobody listens at an address any more.
func waitRefused(t *testing.T, address string) {
	t.Helper()
	for {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		c.Close()
	}
}

// TestSharedFolder: a folder that others use as well is not theirs to break.
func TestSharedFolder(t *testing.T) {
	var warned bytes.Buffer
	o := options(t)
	o.Log = slog.New(slog.NewTextHandler(&warned, nil))
	r := start(t, o)
	r.post(`{"n":1}`)
	path := filepath.Join(o.Folder, "webhooks-"+today+".jsonl")

	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"theirs":1}`); err != nil { // without a newline
		t.Fatal(err)
	}
	f.Close()
	r.post(`{"n":2}`)
	if got := lines(t, o.Folder, today); len(got) != 3 {
		t.Errorf("got %d lines, want ours, theirs and ours:\n%s", len(got), strings.Join(got, "\n"))
	}

	if err := os.Rename(path, path+".1"); err != nil { // as a rotation does
		t.Fatal(err)
	}
	r.post(`{"n":3}`)
	if got := lines(t, o.Folder, today); len(got) != 1 || !strings.HasSuffix(got[0], `"body":{"n":3}}`) {
		t.Errorf("after a rotation the file of the day has %v, want the third webhook", got)
	}

	if err := os.Rename(path, path+".2"); err != nil { // as one does that makes the new file itself
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.post(`{"n":3.5}`)
	if got := lines(t, o.Folder, today); len(got) != 1 || !strings.HasSuffix(got[0], `"body":{"n":3.5}}`) {
		t.Errorf("after a rotation that made the file the file of the day has %v, want the webhook", got)
	}

	if err := os.Truncate(path, 0); err != nil { // as copytruncate does
		t.Fatal(err)
	}
	r.post(`{"n":4}`)
	if got := lines(t, o.Folder, today); len(got) != 1 || !strings.HasSuffix(got[0], `"body":{"n":4}}`) {
		t.Errorf("after it was cut short the file of the day has %v, want the fourth webhook", got)
	}
	r.end()
	for _, want := range []string{"another program writes", "moved or removed", "cut short"} {
		if !strings.Contains(warned.String(), want) {
			t.Errorf("nothing was said of %q:\n%s", want, warned.String())
		}
	}
}
