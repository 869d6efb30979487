package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"reconcile/internal/enkash/sandbox"
)

// Every fault is spelled so that it is read again.
func TestFaultsRoundTrip(t *testing.T) {
	n := 0
	for _, kind := range sandbox.Kinds() {
		for _, hook := range sandbox.Hooks() {
			for _, when := range []sandbox.When{sandbox.Executed, sandbox.NotExecuted} {
				f := sandbox.Fault{Kind: kind, When: when, Hook: hook}
				if kind == sandbox.Status {
					f.Status = 503
				}
				if got, err := sandbox.ParseFault(f.String()); err != nil || got != f {
					t.Errorf("%s was read as %v, %v", f, got, err)
				}
				n++
			}
		}
	}
	if want := (int(sandbox.Never) + 1) * (int(sandbox.AcceptedOnly) + 1) * 2; n != want {
		t.Errorf("%d faults have a spelling, and there are %d", n, want)
	}
}

func TestPlan(t *testing.T) {
	id := "PMT" + strings.Repeat("A", 32)
	o, err := sandbox.ParsePlan("lose-request@1, lose-answer@3,503+failure@"+id+",reset+not-executed@4,seed=7,late=2,copies=1,shuffle,form=bare,drip=1s,dedupe", sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		n    int
		id   string
		want sandbox.Fault
	}{
		{1, "x", sandbox.Fault{Kind: sandbox.Lose, When: sandbox.NotExecuted}},
		{2, "x", sandbox.Fault{}},
		{2, id, sandbox.Fault{Kind: sandbox.Status, Status: 503, Hook: sandbox.Failure}},
		{3, id, sandbox.Fault{Kind: sandbox.Lose}},
		{4, "x", sandbox.Fault{Kind: sandbox.Reset, When: sandbox.NotExecuted}},
		{5, "x", sandbox.Fault{}},
	} {
		if got := o.Faults(c.n, c.id); got != c.want {
			t.Errorf("request %d of %s: got %v, want %v", c.n, c.id, got, c.want)
		}
	}
	if o.Seed != 7 || o.Late.Requests != 2 || o.Copies != 1 || !o.Shuffle || o.Form != sandbox.Bare || o.Drip != time.Second || !o.Dedupe {
		t.Errorf("got %+v", o)
	}
	for _, c := range []struct{ plan, want string }{
		{"lose", "a fault needs its request, as in lose@1"},
		{"sneeze@1", `"sneeze" is no fault; there are lose-request`},
		{"lose@", "does not say for which request"},
		{"lose@0", "the first request is 1"},
		{"200@1", "200 is no status"},
		{"302@1", "302 is no status"},
		{"seed=x", "seed=x"},
		{"late=-1", "neither at-once"},
		{"copies=101", "copies are 0 to 100"},
		{"form=round", "a form is wrapped"},
		{"drip=1", "drip=1"},
	} {
		if _, err := sandbox.ParsePlan(c.plan, sandbox.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %s", c.plan, err, c.want)
		}
	}
}

// Any is a fault of the seed: the same again, another for another, and in time all.
func TestRandomFaults(t *testing.T) {
	kinds, hooks := map[sandbox.Kind]bool{}, map[sandbox.Hook]bool{}
	o, err := sandbox.ParsePlan("seed=1,any@*", sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for n := range 1000 {
		f := sandbox.RandomFault(1, n, "x")
		kinds[f.Kind], hooks[f.Hook] = true, true
		if got := o.Faults(n, "x"); got != f {
			t.Fatalf("request %d: any is %v, want %v", n, got, f)
		}
		if sandbox.RandomFault(2, n, "x") == f {
			same++
		}
		if got, err := sandbox.ParseFault(f.String()); err != nil || got != f {
			t.Errorf("%v was read as %v, %v", f, got, err)
		}
	}
	if len(kinds) != len(sandbox.Kinds()) || len(hooks) != len(sandbox.Hooks()) || same > 100 {
		t.Errorf("a thousand faults had %d kinds and %d hooks, and %d were the same for another seed", len(kinds), len(hooks), same)
	}
}

func FuzzParsePlan(f *testing.F) {
	for _, seed := range []string{"lose-request@1,lose-answer@3", "any@*,seed=7", "503+failed-paid@PMT,late=end", "late=1s,,=,@"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, plan string) {
		o, err := sandbox.ParsePlan(plan, sandbox.Options{})
		if err != nil {
			return
		}
		fault := o.Faults(1, "x")
		if got, err := sandbox.ParseFault(fault.String()); err != nil || got != fault {
			t.Errorf("the plan %q gives %v, which is read again as %v, %v", plan, fault, got, err)
		}
	})
}
