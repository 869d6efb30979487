package submit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"reconcile/internal/money"
)

// Options are what a run of the loop is told. The zero value of each has a safe
// meaning, save of Look and Now, which are required.
type Options struct {
	// Look looks at an instruction again, in the ledger and the log just read:
	// still owed, same cash, same payee, no hold. Where it is not ok the
	// instruction is withdrawn, and why is what the journal keeps of it.
	Look func(*Entry) (ok bool, why string)

	// Only limits the run to some instructions; nil means all. Dead senders are
	// recorded whosever they are.
	Only func(*Entry) bool

	Now   func() time.Time                           // with its monotonic reading
	Sleep func(context.Context, time.Duration) error // between two tries to connect; nil: one try

	Timeout         time.Duration // from Begin until the write must be over; 0: one minute
	MaxUnsureInARow int           // 0: three
	ClockTolerance  time.Duration // how far the clock may go back; 0: five minutes
	NoCanary        bool          // the first send of a run need not be acknowledged before the second
}

// A Report is what a run of the loop did. Every instruction that was looked at
// stands in exactly one of its lists, in the order in which it was.
type Report struct {
	Acked   []Outcome // sent, and cleanly acknowledged
	Unsure  []Outcome // sent, perhaps: in this run, or by a sender that died
	Refused []Outcome // sent, and definitely refused: Failed
	Voided  []Outcome // withdrawn before they were sent
	Left    []Outcome // still Intended

	Stopped     string // why the run ended before its end; empty where it did not
	Unreachable bool   // no connection; exit 69 where nothing was sent
	NotApproved bool   // something was left because it is not approved any more; exit 77
	OverCap     bool   // the day's cap stopped it; exit 77
}

// An Outcome is what became of one instruction, and why.
type Outcome struct {
	ObjectID string
	Net      money.Paise
	Why      string // one line, without secrets
}

// Run is the whole of submitting: for each instruction not settled, take its
// next legal step. It is given a journal that nobody else writes (the caller
// holds the lock) and that is in no doubt.
//
// Buyers are paid one after another, and the instructions of one in the order of
// the journal. A cancelled context lets the instruction under way come to its
// end, for between Begin and the record of what followed is no safe point.
//
// The error is the journal's; the report is true of what was done until then.
func Run(ctx context.Context, journal Journal, gateway Gateway, o Options) (Report, error) {
	r := run{journal: journal, gateway: gateway, o: o.complete()}
	entries, err := journal.Entries(ctx, false)
	if err != nil {
		return r.report, fmt.Errorf("reading what is to be sent: %w", err)
	}
	r.seen = newest(entries, o.Now())
	if err := r.bury(ctx, entries); err != nil {
		return r.report, err
	}
	waiting := r.waiting(entries)
	for _, e := range waiting {
		if r.mayGoOn(ctx) {
			err = r.take(ctx, e)
		}
		if err != nil || r.report.Stopped != "" {
			break
		}
	}
	for _, e := range waiting[r.placed:] {
		r.place(&r.report.Left, e, "the run ended before its turn")
	}
	return r.report, err
}

// A run is one pass over the journal.
type run struct {
	journal Journal
	gateway Gateway
	o       Options
	report  Report

	seen   time.Time // the latest that the clock has shown, here or in the journal
	placed int       // of those that waited, how many stand in a list of the report
	sends  int       // writes so far
	unsure int       // of them, in a row, without a clear answer
}

func (o Options) complete() Options {
	if o.Only == nil {
		o.Only = func(*Entry) bool { return true }
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.MaxUnsureInARow == 0 {
		o.MaxUnsureInARow = 3
	}
	if o.ClockTolerance == 0 {
		o.ClockTolerance = 5 * time.Minute
	}
	return o
}

// bury records the senders that died between Begin and their record: nobody
// knows what became of what they sent.
func (r *run) bury(ctx context.Context, entries []Entry) error {
	const why = "the program ended while it was being sent"
	ctx = context.WithoutCancel(ctx) // a step is taken or not; it is not broken off
	for i := range entries {
		e := &entries[i]
		if e.State != Sending {
			continue
		}
		// If we die here, it is still Sending, and the next run does the same.
		if _, err := r.journal.Move(ctx, e.ObjectID, Unclear, ours(why), nil); err != nil {
			return fmt.Errorf("recording that the outcome of %s is not known: %w", e.ObjectID, err)
		}
		r.report.Unsure = append(r.report.Unsure, Outcome{e.ObjectID, e.Net, why})
	}
	return nil
}

// waiting are the instructions that wait to be sent: buyers in the order in which
// they first appear, and each one's instructions in the order of the journal.
func (r *run) waiting(entries []Entry) []*Entry {
	var waiting []*Entry
	order := make(map[string]int)
	for i := range entries {
		e := &entries[i]
		if e.State != Intended || !r.o.Only(e) {
			continue
		}
		if _, known := order[e.Buyer]; !known {
			order[e.Buyer] = len(order)
		}
		waiting = append(waiting, e)
	}
	slices.SortStableFunc(waiting, func(a, b *Entry) int { return cmp.Compare(order[a.Buyer], order[b.Buyer]) })
	return waiting
}

// mayGoOn is asked before each instruction: has somebody asked us to end, or has
// the clock been set back? By a clock that is set back a deadline lasts too long.
func (r *run) mayGoOn(ctx context.Context) bool {
	if ctx.Err() != nil {
		r.stop("it was asked to end")
		return false
	}
	now := r.o.Now()
	if back := r.seen.Round(0).Sub(now.Round(0)); back > r.o.ClockTolerance {
		r.stop(fmt.Sprintf("the clock of this machine went back by %v; set it right before anything is paid", back.Round(time.Second)))
		return false
	}
	r.seen = later(r.seen, now)
	return true
}

// newest is the latest moment that the journal or the clock knows.
func newest(entries []Entry, now time.Time) time.Time {
	for i := range entries {
		now = later(now, entries[i].Since)
	}
	return now
}

// later compares by the wall clock, which is the one that can be set.
func later(a, b time.Time) time.Time {
	if b.Round(0).After(a.Round(0)) {
		return b
	}
	return a
}

func (r *run) stop(why string) { r.report.Stopped = cmp.Or(r.report.Stopped, why) }

// place puts an instruction that waited into its list. They are placed in the
// order in which they wait, each once.
func (r *run) place(list *[]Outcome, e *Entry, why string) {
	*list = append(*list, Outcome{e.ObjectID, e.Net, why})
	r.placed++
}
