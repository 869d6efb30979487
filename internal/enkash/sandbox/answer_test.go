package sandbox_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/enkash/sandbox"
)

const payID = "PMT00000000000000000000000000000001"

// heard is what a caller without any care hears.
type heard struct {
	status      int
	contentType string
	body        string // its first 80 bytes
	broken      bool   // the answer has no end, or there is none
}

// call posts a payment once, follows nothing, and reads at most 200 kB.
func call(t *testing.T, url string) heard {
	t.Helper()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Post(url+sandbox.PayPath, "application/json", strings.NewReader(pay))
	if err != nil {
		return heard{broken: true}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 200_000))
	return heard{res.StatusCode, res.Header.Get("Content-Type"), strings.TrimSpace(string(b[:min(len(b), 80)])), err != nil || len(b) == 200_000}
}

// Every kind of answer is heard as it is named, and what was executed depends on
// When alone.
func TestAnswers(t *testing.T) {
	const (
		json  = "application/json"
		clean = `{"payload":"SUCCESS","response_code":0,"response_message":"SUCCESS"}`
	)
	for _, c := range []struct {
		plan string
		want heard
	}{
		{"clean", heard{200, json, clean, false}},
		{"lose", heard{broken: true}},
		{"reset", heard{broken: true}},
		{"status", heard{503, json, `{"payload":"FAILURE","response_code":1,"response_message":"the sandbox was…`, false}},
		{"500", heard{500, json, `{"payload":"FAILURE","response_code":1,"response_message":"the sandbox was…`, false}},
		{"401", heard{401, json, `{"payload":"FAILURE","response_code":1,"response_message":"the sandbox was…`, false}},
		{"202", heard{202, json, clean, false}},
		{"code", heard{200, json, `{"payload":"FAILURE","response_code":1,"response_message":"the sandbox was…`, false}},
		{"odd-payload", heard{200, json, `{"payload":"FAILURE","response_code":0,"response_message":"SUCCESS"}`, false}},
		{"object-payload", heard{200, json, `{"payload":{"resp":{"reqMsgId":"SBX…`, false}},
		{"other-answer", heard{200, json, `{"payload":{"resp":{"reqMsgId":"SBX…`, false}},
		{"text-code", heard{200, json, `{"payload":"SUCCESS","response_code":"0","response_message":"SUCCESS"}`, false}},
		{"garbage", heard{200, json, `{"payload":"SUCCESS","response_code":0,` + "\x00\xff", false}},
		{"empty", heard{200, json, "", false}},
		{"wrong-type", heard{200, "text/html", clean, false}},
		{"redirect", heard{307, "", "", false}},
		{"informational", heard{200, json, clean, false}},
		{"twice", heard{200, json, clean, false}},
		{"slow", heard{200, json, clean, false}},
		{"truncated", heard{200, json, clean[:34], true}},
		{"endless", heard{200, json, clean, true}},
	} {
		t.Run(c.plan, func(t *testing.T) {
			for _, when := range []sandbox.When{sandbox.Executed, sandbox.NotExecuted} {
				o, err := sandbox.ParsePlan(c.plan+"+"+when.String()+"@1,drip=1ms", sandbox.Options{})
				if err != nil {
					t.Fatal(err)
				}
				s, url, _ := start(t, o)
				got := call(t, url)
				if start, cut := strings.CutSuffix(c.want.body, "…"); cut && strings.HasPrefix(got.body, start) {
					got.body = c.want.body
				}
				if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(heard{})); diff != "" {
					t.Errorf("%s: the answer differs (-want +got):\n%s", when, diff)
				}
				books := s.Books()
				if executed := len(books.Executions) == 1; executed != (when == sandbox.Executed) || len(books.Requests) != 1 {
					t.Errorf("%s: got %d requests and %d executions", when, len(books.Requests), len(books.Executions))
				}
				if again := call(t, url); again.status != 200 || again.body != clean {
					t.Errorf("%s: the second request was answered %+v, and the fault is for the first", when, again)
				}
			}
		})
	}
}

// A reset is one, and a lost answer is an end.
func TestResetAndLoss(t *testing.T) {
	for kind, want := range map[sandbox.Kind]error{sandbox.Reset: syscall.ECONNRESET, sandbox.Lose: io.EOF} {
		_, url, _ := start(t, sandbox.Options{Faults: func(int, string) sandbox.Fault { return sandbox.Fault{Kind: kind} }})
		res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Post(url+sandbox.PayPath, "application/json", strings.NewReader(pay))
		if err == nil {
			res.Body.Close()
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", kind, err, want)
		}
	}
}

// Whoever waits for an answer that never comes is let go when the sandbox closes,
// and was executed before it began to wait.
func TestNeverEndsWithTheSandbox(t *testing.T) {
	came := make(chan struct{})
	s, url, _ := start(t, sandbox.Options{Faults: func(int, string) sandbox.Fault {
		close(came)
		return sandbox.Fault{Kind: sandbox.Never}
	}})
	answer := make(chan heard)
	go func() { answer <- call(t, url) }()
	<-came
	if n := len(s.Books().Executions); n != 1 { // waits for the lock under which it is executed
		t.Errorf("got %d executions before the answer, want 1", n)
	}
	select {
	case got := <-answer:
		t.Fatalf("an answer came: %+v", got)
	default:
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := <-answer; !got.broken {
		t.Errorf("got %+v, want the connection to break off", got)
	}
}

// A slow answer takes as long as it has bytes, by a clock that is not the wall's.
func TestSlowIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sandbox.New(sandbox.Options{
			Log: t.TempDir() + "/events.jsonl", Now: time.Now, Drip: time.Second,
			Faults: func(int, string) sandbox.Fault { return sandbox.Fault{Kind: sandbox.Slow} },
		})
		began := time.Now()
		w := record(s, sandbox.PayPath, pay)
		if took, want := time.Since(began), time.Duration(w.Body.Len())*time.Second; took != want {
			t.Errorf("%d bytes took %s, want %s", w.Body.Len(), took, want)
		}
	})
}
