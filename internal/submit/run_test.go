package submit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
	"reconcile/internal/submit/journaltest"
)

var start = time.Date(2026, 11, 22, 1, 30, 0, 0, time.UTC)

func stopped() time.Time { return start }

func looksGood(*submit.Entry) (bool, string) { return true, "" }

// three instructions of two buyers, in the order of the journal.
func three() []submit.Entry {
	a := journaltest.Instruction("A", 1, payment.OnPlatform, "1")
	b := journaltest.Instruction("B", 1, payment.OnPlatform, "2")
	c := journaltest.Instruction("C", 1, payment.OnPlatform, "3")
	b.Buyer = "BUYER0002"
	return []submit.Entry{a, b, c}
}

// open returns a journal with these instructions and a world that understands them.
func open(t testing.TB, entries ...submit.Entry) (*journaltest.Memory, *journaltest.World) {
	t.Helper()
	j := journaltest.NewMemory(stopped)
	if err := j.Intend(context.Background(), entries...); err != nil {
		t.Fatal(err)
	}
	return j, journaltest.NewWorld(entries...)
}

func states(t testing.TB, j submit.Journal) string {
	t.Helper()
	entries, err := j.Entries(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, e := range entries {
		words = append(words, e.State.String())
	}
	return strings.Join(words, " ")
}

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*submit.Options, *journaltest.World)
		states string
		why    string // in Stopped; empty: the run came to its end
		writes int
	}{
		{"all goes well", func(*submit.Options, *journaltest.World) {}, "ACKED ACKED ACKED", "", 3},
		{"nobody answers", func(_ *submit.Options, w *journaltest.World) { w.Down = true }, "INTENT INTENT INTENT", "no connection: connection refused", 0},
		{"the canary is not acknowledged", does("A", journaltest.LosesAnswer), "UNSURE INTENT INTENT", "first payment of the run", 1},
		{"without a canary the second may be unclear", func(o *submit.Options, w *journaltest.World) {
			o.NoCanary = true
			does("A", journaltest.LosesRequest)(o, w)
		}, "UNSURE ACKED ACKED", "", 3},
		{"the second is unclear", does("C", journaltest.LosesAnswer), "ACKED ACKED UNSURE", "", 3},
		{"two in a row", func(o *submit.Options, w *journaltest.World) {
			o.NoCanary, o.MaxUnsureInARow = true, 2
			w.Does = func(string) journaltest.Deed { return journaltest.LosesRequest }
		}, "UNSURE INTENT UNSURE", "outcome of 2 payments in a row", 2},
		{"one was paid otherwise meanwhile", func(o *submit.Options, _ *journaltest.World) {
			o.Look = func(e *submit.Entry) (bool, string) {
				return e.Supplier != "SUPPLIER-C", "the books show it as paid"
			}
		}, "ACKED ACKED VOID", "", 2},
		{"only one is asked for", func(o *submit.Options, _ *journaltest.World) {
			o.Only = func(e *submit.Entry) bool { return e.Supplier == "SUPPLIER-B" }
		}, "INTENT ACKED INTENT", "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			entries := three()
			j, w := open(t, entries...)
			o := submit.Options{Look: looksGood, Now: stopped}
			c.change(&o, w)
			report, err := submit.Run(t.Context(), j, w, o)
			if err != nil {
				t.Fatal(err)
			}
			if got := states(t, j); got != c.states {
				t.Errorf("got %s, want %s", got, c.states)
			}
			if !strings.Contains(report.Stopped, c.why) || (c.why == "") != (report.Stopped == "") {
				t.Errorf("it stopped because %q, want %q", report.Stopped, c.why)
			}
			writes := 0
			for _, n := range w.Writes {
				writes += n
			}
			if writes != c.writes {
				t.Errorf("%d requests were written, want %d", writes, c.writes)
			}
			if report.Unreachable != w.Down {
				t.Errorf("unreachable: %v, want %v", report.Unreachable, w.Down)
			}
			if wrong := w.Wrong(); len(wrong) > 0 {
				t.Error(wrong)
			}
			everyoneIsListed(t, j, report, o)
		})
	}
}

// does makes the world do something to one instruction, and Executes to others.
func does(name string, deed journaltest.Deed) func(*submit.Options, *journaltest.World) {
	return func(_ *submit.Options, w *journaltest.World) {
		w.Does = func(objectID string) journaltest.Deed {
			if objectID == journaltest.ID(name, 1) {
				return deed
			}
			return journaltest.Executes
		}
	}
}

// everyoneIsListed holds the report to the journal.
func everyoneIsListed(t *testing.T, j submit.Journal, r submit.Report, o submit.Options) {
	t.Helper()
	listed := make(map[string]string)
	for name, list := range map[string][]submit.Outcome{"ACKED": r.Acked, "UNSURE": r.Unsure, "FAILED": r.Refused, "VOID": r.Voided, "INTENT": r.Left} {
		for _, x := range list {
			listed[x.ObjectID] += name
			if x.Why == "" || x.Net == 0 {
				t.Errorf("%s is %s without a reason or an amount", x.ObjectID, name)
			}
		}
	}
	entries, _ := j.Entries(t.Context(), true)
	for i := range entries {
		want := entries[i].State.String()
		if o.Only != nil && !o.Only(&entries[i]) {
			want = ""
		}
		if got := listed[entries[i].ObjectID]; got != want {
			t.Errorf("%s stands in the report under %q, want %q", entries[i].ObjectID, got, want)
		}
	}
}

// TestBuyersOneAfterAnother: the second buyer's instruction stands between the
// first one's, and is sent after both.
func TestBuyersOneAfterAnother(t *testing.T) {
	j, w := open(t, three()...)
	var order []string
	w.Does = func(id string) journaltest.Deed { order = append(order, id); return journaltest.Executes }
	if _, err := submit.Run(t.Context(), j, w, submit.Options{Look: looksGood, Now: stopped}); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(order), fmt.Sprint([]string{journaltest.ID("A", 1), journaltest.ID("C", 1), journaltest.ID("B", 1)}); got != want {
		t.Errorf("sent in the order %s, want %s", got, want)
	}
}

// TestSecondRunSendsNothing: whatever the first one left.
func TestSecondRunSendsNothing(t *testing.T) {
	for _, deed := range journaltest.Deeds() {
		j, w := open(t, journaltest.Instruction("A", 1, payment.OnPlatform, "1"))
		w.Does = func(string) journaltest.Deed { return deed }
		for range 2 {
			if _, err := submit.Run(t.Context(), j, w, submit.Options{Look: looksGood, Now: stopped}); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.Writes[journaltest.ID("A", 1)]; n != 1 {
			t.Errorf("the platform %s: %d requests were written, want 1", deed, n)
		}
	}
}

// TestDeadSender: what is Sending when a run begins was left by one that died.
func TestDeadSender(t *testing.T) {
	j, w := open(t, three()...)
	if _, err := j.Begin(t.Context(), journaltest.ID("A", 1), start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	report, err := submit.Run(t.Context(), j, w, submit.Options{Look: looksGood, Now: stopped})
	if err != nil {
		t.Fatal(err)
	}
	if got := states(t, j); got != "UNSURE ACKED ACKED" {
		t.Errorf("got %s, want UNSURE ACKED ACKED", got)
	}
	if len(report.Unsure) != 1 || w.Writes[journaltest.ID("A", 1)] != 0 {
		t.Errorf("got %d unsure and %d writes of it, want 1 and none", len(report.Unsure), w.Writes[journaltest.ID("A", 1)])
	}
}

// TestAskedToEnd: the instruction under way comes to its end, and no other begins.
func TestAskedToEnd(t *testing.T) {
	j, w := open(t, three()...)
	ctx, cancel := context.WithCancel(t.Context())
	w.Does = func(string) journaltest.Deed { cancel(); return journaltest.Executes }
	report, err := submit.Run(ctx, j, deaf{w}, submit.Options{Look: looksGood, Now: stopped})
	if err != nil {
		t.Fatal(err)
	}
	if got := states(t, j); got != "ACKED INTENT INTENT" || report.Stopped != "it was asked to end" || report.Unreachable {
		t.Errorf("got %s, stopped because %q, unreachable %v; want ACKED INTENT INTENT, asked to end", got, report.Stopped, report.Unreachable)
	}
}

// deaf fails the write where its context is cancelled, as a real connection does.
type deaf struct{ submit.Gateway }

func (g deaf) Dial(ctx context.Context) (submit.Conn, error) {
	c, err := g.Gateway.Dial(ctx)
	return deafConn{c}, err
}

type deafConn struct{ submit.Conn }

func (c deafConn) Send(ctx context.Context, t submit.Ticket) submit.Answer {
	a := c.Conn.Send(ctx, t)
	if ctx.Err() != nil {
		return submit.Answer{Text: ctx.Err().Error()}
	}
	return a
}

func TestClock(t *testing.T) {
	for _, c := range []struct {
		name  string
		hours []time.Duration // what the clock shows, one look after another; then the last one
		want  string
		why   string
	}{
		{"it stands still", []time.Duration{0}, "ACKED ACKED ACKED", ""},
		{"it goes back by four minutes", []time.Duration{0, 0, 0, 0, -4 * time.Minute}, "ACKED ACKED ACKED", ""},
		{"it goes back by an hour", []time.Duration{0, 0, 0, 0, -time.Hour}, "ACKED INTENT INTENT", "went back by 1h0m0s"},
		{"it stands before the journal", []time.Duration{-time.Hour}, "INTENT INTENT INTENT", "went back by 1h0m0s"},
		{"it jumps while a request is begun", []time.Duration{0, 0, 0, time.Hour}, "UNSURE INTENT INTENT", "not acknowledged: nothing was written"},
	} {
		j, w := open(t, three()...)
		looks := 0
		now := func() time.Time {
			looks++
			return start.Add(c.hours[min(looks, len(c.hours))-1])
		}
		report, err := submit.Run(t.Context(), j, w, submit.Options{Look: looksGood, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if got := states(t, j); got != c.want || !strings.Contains(report.Stopped, c.why) || (c.why == "") != (report.Stopped == "") {
			t.Errorf("%s: got %s, stopped because %q; want %s because %q", c.name, got, report.Stopped, c.want, c.why)
		}
	}
}

// TestDial: three tries, with pauses, and nothing begun before one of them holds.
func TestDial(t *testing.T) {
	for _, c := range []struct{ failures, tries int }{{0, 1}, {1, 2}, {2, 3}, {3, 3}} {
		j, w := open(t, journaltest.Instruction("A", 1, payment.OnPlatform, "1"))
		g := &stubborn{World: w, failures: c.failures}
		slept := 0
		sleep := func(context.Context, time.Duration) error { slept++; return nil }
		report, err := submit.Run(t.Context(), j, g, submit.Options{Look: looksGood, Now: stopped, Sleep: sleep})
		if err != nil {
			t.Fatal(err)
		}
		if g.tries != c.tries || slept != c.tries-1 || report.Unreachable != (c.failures > 2) {
			t.Errorf("%d failures: %d tries, %d pauses, unreachable %v; want %d tries", c.failures, g.tries, slept, report.Unreachable, c.tries)
		}
	}
}

type stubborn struct {
	*journaltest.World
	failures, tries int
}

func (g *stubborn) Dial(ctx context.Context) (submit.Conn, error) {
	if g.tries++; g.tries <= g.failures {
		return nil, errors.New("connection refused")
	}
	return g.World.Dial(ctx)
}

// answers is a gateway that always says the same.
type answers struct{ a submit.Answer }

func (g answers) Dial(context.Context) (submit.Conn, error)         { return g, nil }
func (g answers) Send(context.Context, submit.Ticket) submit.Answer { return g.a }
func (g answers) Close() error                                      { return nil }

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		answer submit.Answer
		states string
		why    string
	}{
		{submit.Answer{Acked: true}, "ACKED ACKED ACKED", ""},
		{submit.Answer{}, "UNSURE UNSURE UNSURE", "of 3 payments in a row"},
		{submit.Answer{Refused: true}, "FAILED FAILED FAILED", ""},
		{submit.Answer{Stop: true}, "UNSURE INTENT INTENT", "forbids more"},
		{submit.Answer{Acked: true, Stop: true}, "UNSURE INTENT INTENT", "forbids more"},
		{submit.Answer{Acked: true, Refused: true}, "UNSURE UNSURE UNSURE", "of 3 payments in a row"},
		{submit.Answer{Refused: true, Stop: true}, "FAILED INTENT INTENT", "forbids more"},
	} {
		j, _ := open(t, three()...)
		c.answer.Text = "HTTP 1"
		report, err := submit.Run(t.Context(), j, answers{c.answer}, submit.Options{Look: looksGood, Now: stopped, NoCanary: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := states(t, j); got != c.states || !strings.Contains(report.Stopped, c.why) || (c.why == "") != (report.Stopped == "") {
			t.Errorf("%+v: got %s, stopped because %q; want %s because %q", c.answer, got, report.Stopped, c.states, c.why)
		}
	}
}

// refusing is a journal that does not let anything be sent.
type refusing struct {
	submit.Journal
	err error
}

func (j refusing) Begin(context.Context, string, time.Time) (submit.Ticket, error) {
	return submit.Ticket{}, fmt.Errorf("the day: %w", j.err)
}

func TestJournalRefuses(t *testing.T) {
	for _, c := range []struct {
		err                  error
		fails, over, expired bool
		stopped              string
	}{
		{err: submit.ErrNotIntended},
		{err: submit.ErrNotApproved, expired: true},
		{err: submit.ErrOverCap, over: true, stopped: "the day: the day's cap would be exceeded"},
		{err: submit.ErrFenced, fails: true},
		{err: submit.ErrDoubt, fails: true},
		{err: errors.New("disk full"), fails: true},
	} {
		j, w := open(t, three()...)
		report, err := submit.Run(t.Context(), refusing{j, c.err}, w, submit.Options{Look: looksGood, Now: stopped})
		if (err != nil) != c.fails || c.fails && !errors.Is(err, c.err) {
			t.Errorf("%v: got error %v", c.err, err)
		}
		if report.OverCap != c.over || report.NotApproved != c.expired || report.Stopped != c.stopped || len(report.Left) != 3 || len(w.Writes) != 0 {
			t.Errorf("%v: got %+v with %d writes", c.err, report, len(w.Writes))
		}
	}
}
