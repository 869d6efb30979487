package sandbox_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/enkash/sandbox"
)

// open opens a sandbox on the files of a folder, with webhooks that wait.
func open(t *testing.T, dir string, o sandbox.Options) *sandbox.Server {
	t.Helper()
	o.Log, o.Now = filepath.Join(dir, "events.jsonl"), func() time.Time { return time.Date(2026, 11, 21, 10, 0, 1, 0, ist) }
	s, err := sandbox.Open(filepath.Join(dir, "state.jsonl"), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A sandbox may be killed anywhere in its file of state: what was answered for
// is in the books of the next one, what was cut off is not, and each webhook that
// was not delivered is delivered by the next.
func TestStateIsCutAnywhere(t *testing.T) {
	dir := t.TempDir()
	o := sandbox.Options{Late: sandbox.Late{Held: true}, Faults: func(n int, _ string) sandbox.Fault {
		return []sandbox.Fault{{}, {Kind: sandbox.Status, Status: 502, Hook: sandbox.Reversed}, {Kind: sandbox.Lose, When: sandbox.NotExecuted, Hook: sandbox.Failure}}[n%3]
	}}
	s := open(t, dir, o)
	for _, body := range []string{numbered("1"), numbered("2"), numbered("3"), `{}`} {
		record(s, sandbox.PayPath, body)
	}
	want := s.Books()
	if got, err := sandbox.ReadBooks(filepath.Join(dir, "state.jsonl")); err != nil || cmp.Diff(want, got) != "" {
		t.Fatalf("the file has other books than the sandbox that writes it (-want +got), %v:\n%s", err, cmp.Diff(want, got))
	}
	whole, err := os.ReadFile(filepath.Join(dir, "state.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) + 1 {
		if cut%61 > 0 && !atLineEnd(whole, cut) {
			continue
		}
		kept := whole[:bytes.LastIndexByte(whole[:cut], '\n')+1]
		executed := bytes.Count(kept, []byte("\n{\"execution\":"))
		waiting := bytes.Count(kept, []byte("\n{\"webhook\":"))
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "state.jsonl"), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir, sandbox.Options{})
		if got := len(s.Books().Executions); got != executed {
			t.Fatalf("cut at byte %d: got %d executions, want %d", cut, got, executed)
		}
		record(s, sandbox.PayPath, numbered("9"))
		if err := s.Close(); err != nil {
			t.Fatalf("cut at byte %d: %v", cut, err)
		}
		b, err := sandbox.ReadBooks(filepath.Join(dir, "state.jsonl"))
		if err != nil || len(b.Executions) != executed+1 || b.Executions[executed].Lines[0].Number != "A&B/9" {
			t.Fatalf("cut at byte %d: the next payment is not in the books %+v, %v", cut, b, err)
		}
		if said, _ := read(t, filepath.Join(dir, "events.jsonl")); len(said) != waiting+1 {
			t.Fatalf("cut at byte %d: %v were delivered, want the %d that waited and that of the next payment", cut, said, waiting)
		}
	}
}

// atLineEnd tells whether a cut is beside an end of line.
func atLineEnd(text []byte, cut int) bool {
	return bytes.ContainsRune(text[max(cut-1, 0):min(cut+1, len(text))], '\n')
}

// What was delivered is not delivered again by the next sandbox, and what came
// back stays back.
func TestStateContinues(t *testing.T) {
	dir := t.TempDir()
	o := sandbox.Options{Faults: func(int, string) sandbox.Fault { return sandbox.Fault{Hook: sandbox.Reversed} }}
	for i, want := range []sandbox.DebtTotal{{Executed: 1, Returned: 1, Most: 1}, {Executed: 2, Returned: 2, Most: 1}} {
		s := open(t, dir, o)
		record(s, sandbox.PayPath, numbered("1"))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		books := s.Books()
		got := books.Debts()
		want.Debt = sandbox.Debt{Buyer: "BUYER0001", Supplier: "SUPP0001", Number: "A&B/1"}
		if diff := cmp.Diff([]sandbox.DebtTotal{want}, got); diff != "" {
			t.Errorf("round %d: the debts differ (-want +got):\n%s", i+1, diff)
		}
	}
	if said, _ := read(t, filepath.Join(dir, "events.jsonl")); len(said) != 4 {
		t.Errorf("the log says %v, want two webhooks for each of two requests", said)
	}
}

// A file that is no state is not written to, and the fault names the line.
func TestStrangeStateIsRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{}\n", "line 1: an entry of no kind"},
		{"hello\n", "line 1: invalid"},
		{`{"delivered":3}` + "\n", "line 1: no webhook 3 waits"},
		{`{"returned":{"execution":0}}` + "\n", "line 1: there is no execution 0"},
		{`{"request":{"Fault":"sneeze"}}` + "\n", `line 1: "sneeze" is no fault`},
	} {
		path := filepath.Join(t.TempDir(), "state.jsonl")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sandbox.Open(path, sandbox.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want an error with %s", c.text, err, c.want)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != c.text {
			t.Errorf("%q became %q, %v", c.text, text, err)
		}
	}
}

// A sandbox that cannot write its state executes nothing and says so.
func TestUnwritableState(t *testing.T) {
	dir := t.TempDir()
	if _, err := sandbox.Open(dir, sandbox.Options{}); err == nil {
		t.Error("a folder was taken for a file of state")
	}
	s := open(t, dir, sandbox.Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if w := record(s, sandbox.PayPath, pay); w.Code != 500 || !strings.Contains(w.Body.String(), "took nothing") {
		t.Errorf("a closed sandbox answered %d %s", w.Code, w.Body)
	}
	if b, err := sandbox.ReadBooks(filepath.Join(dir, "state.jsonl")); err != nil || len(b.Requests) > 0 {
		t.Errorf("a closed sandbox wrote %+v, %v", b, err)
	}
}
