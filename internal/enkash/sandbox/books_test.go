package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/money"
)

// paid is an execution of one line.
func paid(id, number string, net money.Paise, returnedAfter int) sandbox.Execution {
	return sandbox.Execution{ObjectID: id, Buyer: "B", Supplier: "S", Lines: []sandbox.Paid{{Number: number, Net: net, ReturnedAfter: returnedAfter}}}
}

// Paying again what came back is no second payment; paying it before it came back
// is, even where it came back afterwards.
func TestBooksSumByDebt(t *testing.T) {
	for _, c := range []struct {
		name       string
		executions []sandbox.Execution
		want       []sandbox.DebtTotal
		twice      int
	}{
		{"nothing", nil, []sandbox.DebtTotal{}, 0},
		{"two debts", []sandbox.Execution{paid("P1", "2", 200, 0), paid("P2", "1", 100, 0)},
			[]sandbox.DebtTotal{{Debt: sandbox.Debt{"B", "S", "1"}, Executed: 1, Most: 1, Net: 100}, {Debt: sandbox.Debt{"B", "S", "2"}, Executed: 1, Most: 1, Net: 200}}, 0},
		{"twice", []sandbox.Execution{paid("P1", "1", 100, 0), paid("P2", "1", 100, 0)},
			[]sandbox.DebtTotal{{Debt: sandbox.Debt{"B", "S", "1"}, Executed: 2, Most: 2, Net: 200}}, 1},
		{"back, then again", []sandbox.Execution{paid("P1", "1", 100, 1), paid("P2", "1", 100, 0)},
			[]sandbox.DebtTotal{{Debt: sandbox.Debt{"B", "S", "1"}, Executed: 2, Returned: 1, Most: 1, Net: 100}}, 0},
		{"again, then back", []sandbox.Execution{paid("P1", "1", 100, 2), paid("P2", "1", 100, 0)},
			[]sandbox.DebtTotal{{Debt: sandbox.Debt{"B", "S", "1"}, Executed: 2, Returned: 1, Most: 2, Net: 100}}, 1},
		{"back twice, then again", []sandbox.Execution{paid("P1", "1", 100, 1), paid("P2", "1", 100, 2), paid("P3", "1", 100, 0)},
			[]sandbox.DebtTotal{{Debt: sandbox.Debt{"B", "S", "1"}, Executed: 3, Returned: 2, Most: 1, Net: 100}}, 0},
		{"the second came back, then again", []sandbox.Execution{paid("P1", "1", 100, 0), paid("P2", "1", 100, 2), paid("P3", "1", 100, 0)},
			[]sandbox.DebtTotal{{Debt: sandbox.Debt{"B", "S", "1"}, Executed: 3, Returned: 1, Most: 2, Net: 200}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := sandbox.Books{Executions: c.executions}
			if diff := cmp.Diff(c.want, b.Debts()); diff != "" {
				t.Errorf("the debts differ (-want +got):\n%s", diff)
			}
			if got := b.Twice(); len(got) != c.twice {
				t.Errorf("got %q, want %d sentences", got, c.twice)
			}
		})
	}
}

// A refused body is a request like another: its bytes were on the wire.
func TestBooksCountRequests(t *testing.T) {
	s, _, _ := start(t, sandbox.Options{})
	for _, body := range []string{pay, pay, strings.Replace(pay, "NEFT", "IMPS", 1), strings.Replace(pay, "NEFT", "RTGS", 1), pay[:500], `{}`} {
		record(s, sandbox.PayPath, body)
	}
	record(s, sandbox.ConfirmPath, accept)
	b := s.Books()
	want := []sandbox.ObjectTotal{{ObjectID: payID, Requests: 5, Bodies: 4, Executed: 3, Net: 3001_50}}
	if diff := cmp.Diff(want, b.Objects()); diff != "" {
		t.Errorf("the payments differ (-want +got):\n%s", diff)
	}
	if got := strings.Join(b.Twice(), "\n"); !strings.Contains(got, "paid 3 times and returned 0 times") || !strings.Contains(got, "asked for 5 times with 4 bodies") {
		t.Errorf("got %s, want both faults", got)
	}
}

// With dedupe the second request is acknowledged and does nothing.
func TestDedupe(t *testing.T) {
	s, _, log := start(t, sandbox.Options{Dedupe: true})
	for range 3 {
		if w := record(s, sandbox.PayPath, pay); w.Code != 200 {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
	}
	b := s.Books()
	if said, _ := read(t, log); len(b.Executions) != 1 || len(b.Requests) != 3 || len(said) != 1 {
		t.Errorf("got %d executions, %d requests and the webhooks %v, want 1, 3 and 1", len(b.Executions), len(b.Requests), said)
	}
}

// The supplier's REJECT of an OFFPLATFORM payment opens the debts that it names.
func TestRejectReturnsTheDebt(t *testing.T) {
	s, _, _ := start(t, sandbox.Options{})
	record(s, sandbox.PayPath, strings.Replace(pay, "ONPLATFORM", "OFFPLATFORM", 1))
	for _, c := range []struct {
		body     string
		returned int
	}{
		{strings.NewReplacer("ONPLATFORM", "OFFPLATFORM", "A&B/42", "A&B/43", "ACCEPT", "REJECT").Replace(accept), 0},
		{strings.NewReplacer("ONPLATFORM", "OFFPLATFORM").Replace(accept), 0},
		{strings.NewReplacer("ONPLATFORM", "OFFPLATFORM", "ACCEPT", "REJECT").Replace(accept), 1},
	} {
		if w := record(s, sandbox.ConfirmPath, c.body); w.Code != 200 {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		if got := s.Books().Debts()[0].Returned; got != c.returned {
			t.Errorf("got %d returns, want %d, after\n%s", got, c.returned, c.body)
		}
	}
}

// Many callers at once are served one after the other: each request has its own
// number, and was executed or not as its fault says.
func TestManyCallersAtOnce(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sandbox.Options{Confirm: true, Late: sandbox.Late{Requests: 3}, Copies: 1, Shuffle: true,
		Faults: func(n int, id string) sandbox.Fault {
			f := sandbox.RandomFault(7, n, id)
			if f.Kind == sandbox.Never || f.Kind == sandbox.Slow || f.Kind == sandbox.Endless {
				f.Kind = sandbox.Lose
			}
			return f
		}})
	server := httptest.NewServer(s)
	defer server.Close()
	const callers = 60
	var wait sync.WaitGroup
	for i := range callers {
		wait.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			if res, err := client.Post(server.URL+sandbox.PayPath, "application/json", strings.NewReader(numbered(fmt.Sprint(100+i)))); err == nil {
				res.Body.Close()
			}
		})
	}
	wait.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b := s.Books()
	executed := map[string]int{}
	for _, e := range b.Executions {
		executed[e.ObjectID]++
	}
	if len(b.Requests) != callers || len(b.Objects()) != callers {
		t.Errorf("got %d requests for %d payments, want %d for each", len(b.Requests), len(b.Objects()), callers)
	}
	for i, r := range b.Requests {
		want := 0
		if r.Fault.When == sandbox.Executed {
			want = 1
		}
		if r.N != i+1 || executed[r.ObjectID] != want || r.Refused != "" {
			t.Errorf("request %d is %+v and was executed %d times, want %d", i+1, r, executed[r.ObjectID], want)
		}
	}
	if said := b.Twice(); len(said) > 0 {
		t.Errorf("got %q, want nothing twice", said)
	}
	if kept, err := sandbox.ReadBooks(filepath.Join(dir, "state.jsonl")); err != nil || cmp.Diff(b, kept) != "" {
		t.Errorf("the file has other books (-want +got), %v:\n%s", err, cmp.Diff(b, kept))
	}
}
