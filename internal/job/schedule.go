package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/history"
	"reconcile/internal/schedule"
)

// wake is how often a watch looks at the clock and at the configuration: a clock
// that was set, a machine that slept and an edited file are noticed within it. A
// run that found the lock held is tried again as often.
const wake = time.Minute

// A Watch starts the runs of the section schedule. What was missed while nobody
// watched, it makes up for: each business date is reconciled, and paid is once, in
// the run of the latest.
type Watch struct {
	// Load reads the configuration, each time anew: a run goes by the file as it
	// is, and not as it was. It is asked every minute.
	Load func() (Input, error)

	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error // returns early, with an error, when the context ends
	Log   *slog.Logger

	since  time.Time // from when on the schedule is kept
	broken string    // what is wrong with the configuration, where that was said
	locked bool      // it was said that another run is at work
}

// A Kept is a run that a watch has started, or could not.
type Kept struct {
	RunID    string   `json:"run_id"` // empty where it did not come to have one
	Kind     string   `json:"kind"`   // match: of a date that was missed; run: of the latest
	AsOf     day.Date `json:"as_of"`
	ExitCode int      `json:"exit_code"`
	Error    string   `json:"error,omitempty"` // why there is no report

	err error // where it was stopped
}

// Keep keeps the schedule until the context ends, and begins with what was missed.
// A night that ends without a report is not tried again before the next, or before
// somebody starts a watch: what was wrong takes a person.
//
// A configuration that is wrong at the beginning is an error at once; one that is
// broken later costs the nights until it is mended, and no more. To be stopped
// between two runs is no error; in the middle of one it is that of the run.
func (w *Watch) Keep(ctx context.Context) error {
	_, plan, err := w.load()
	if err != nil {
		return err
	}
	w.since = w.Now()
	next, seen := w.since, w.since
	for {
		now := w.Now()
		if now.Before(seen) {
			// The clock was set back. What has been is in the history, and so nothing
			// is lost or done twice by looking again.
			w.since, next = earlier(w.since, now), now
		}
		seen = now
		waits := false
		if !next.IsZero() && !now.Before(next) {
			var kept []Kept
			if kept, waits = w.night(ctx, now); ctx.Err() != nil {
				return stoppedIn(kept)
			}
			if !waits {
				next = w.await(plan, now)
			}
		}
		// While the file is broken, its old expression tells when that costs a night.
		if changed := w.reload(); changed != nil && changed.String() != plan.String() {
			if plan = *changed; !waits {
				next = w.await(plan, now)
			}
		}
		pause := wake
		if left := next.Sub(w.Now()); !waits && !next.IsZero() {
			pause = min(wake, max(left, 0))
		}
		if w.Sleep(ctx, pause) != nil {
			w.Log.Info("stopped between two runs, as it was asked to")
			return nil
		}
	}
}

// Once does what is due now, and ends. Where the store knows no report yet, the
// latest tick is due.
func (w *Watch) Once(ctx context.Context) ([]Kept, error) {
	_, plan, err := w.load()
	if err != nil {
		return nil, err
	}
	now := w.Now()
	if w.since = now; !plan.Last(now).At.IsZero() {
		w.since = plan.Last(now).At.Add(-time.Second)
	}
	kept, locked := w.night(ctx, now)
	if locked {
		kept = append(kept, Kept{Kind: KindRun, ExitCode: ExitLocked, Error: "another run is at work in this store"})
	}
	return kept, stoppedIn(kept)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// await returns when the next run is due, and says so.
func (w *Watch) await(plan schedule.Plan, now time.Time) time.Time {
	next := plan.Next(now)
	w.Log.Info("waiting for the next run", "at", next.At.Format(time.RFC3339), "as_of", next.AsOf.String())
	return next.At
}

// load reads the configuration and its plan.
func (w *Watch) load() (Input, schedule.Plan, error) {
	in, err := w.Load()
	if err != nil {
		return in, schedule.Plan{}, err
	}
	plan, err := planOf(in.Config)
	return in, plan, err
}

// planOf is the plan of a configuration.
func planOf(c *config.Config) (schedule.Plan, error) {
	s := c.Schedule
	if s.Cron.Empty() {
		return schedule.Plan{}, &ExitError{ExitConfig, fmt.Errorf(`schedule.cron is missing in %s, and nothing says when to run: write one, like cron: "30 1 * * *" [schedule-missing]`, c.File)}
	}
	return schedule.Plan{Cron: s.Cron, Zone: c.Timezone, Previous: s.BusinessDate == "previous", CatchUp: s.CatchUp}, nil
}

// reload reads the configuration between two runs; nil where it is broken. What is
// wrong with it is said once.
func (w *Watch) reload() *schedule.Plan {
	_, plan, err := w.load()
	if err == nil {
		w.broken = ""
		return &plan
	}
	if text := err.Error(); text != w.broken {
		w.broken = text
		w.Log.Warn("the configuration is broken, and the next run will end with it unless it is mended: " + text)
	}
	return nil
}

// night does what is due at a moment. It returns true where another run was at
// work, and something is still to be done.
func (w *Watch) night(ctx context.Context, now time.Time) (kept []Kept, locked bool) {
	in, plan, err := w.load()
	if err != nil {
		return []Kept{w.failed(Kept{Kind: KindRun}, err)}, false
	}
	// A history that cannot be read is the first thing that a run finds out.
	marks, err := marksOf(ctx, in.Config.Path(in.Config.Store))
	if err != nil {
		marks = nil
	}
	due := plan.Due(now, w.since, ran(marks))
	w.tellMissed(&due, plan)
	for _, t := range tasksOf(due) {
		one, err := w.start(ctx, t, func(all []history.Mark) bool {
			return slices.Contains(tasksOf(plan.Due(now, w.since, ran(all))), t)
		})
		var other *history.LockedError
		switch {
		case errors.As(err, &other):
			if !w.locked {
				w.Log.Warn("the run has to wait and is tried again every minute: "+err.Error(), "kind", t.kind, "as_of", t.asOf.String(), "exit_code", ExitLocked)
			}
			w.locked = true
			return kept, true
		case errors.Is(err, errNotDue):
			w.Log.Info("another process has made this run", "kind", t.kind, "as_of", t.asOf.String())
			continue
		}
		w.locked = false
		if kept = append(kept, one); ctx.Err() != nil {
			return kept, false
		}
	}
	return kept, false
}

// tellMissed says what will be made up for, and what will not.
func (w *Watch) tellMissed(due *schedule.Due, plan schedule.Plan) {
	if n := len(due.Skipped); n > 0 {
		w.Log.Warn(fmt.Sprintf("no report of %s, from %s to %s, further back than schedule.catch_up (%d): they are left out; reconcile match --as-of makes up for one",
			countOf(n, "business date"), due.Skipped[0], due.Skipped[n-1], plan.CatchUp))
	}
	if n := len(due.Missed); n > 0 {
		w.Log.Warn(fmt.Sprintf("no report of %s, from %s to %s: each is reconciled now, and nothing is paid for it",
			countOf(n, "business date"), due.Missed[0], due.Missed[n-1]))
	}
}

// A task is a run that is due.
type task struct {
	kind string
	asOf day.Date
}

// tasksOf are the runs that are due, in their order: what was missed is only
// reconciled, and paid is in the last.
func tasksOf(due schedule.Due) []task {
	var all []task
	for _, asOf := range due.Missed {
		all = append(all, task{KindMatch, asOf})
	}
	if !due.Tick.At.IsZero() {
		all = append(all, task{KindRun, due.Tick.AsOf})
	}
	return all
}

// ran is what a schedule wants to know of the history.
func ran(marks []history.Mark) []schedule.Ran {
	all := make([]schedule.Ran, len(marks))
	for i, m := range marks {
		all[i] = schedule.Ran{AsOf: m.AsOf, Started: m.Started, Reported: m.Reported, Night: m.Kind == KindRun}
	}
	return all
}

// errNotDue ends a run, before it begins, that another process has made meanwhile.
var errNotDue = errors.New("the run is not due any more")

// check asks, when the lock is taken and nothing can change any more, whether the
// run is still to be made.
func (in Input) check(ctx context.Context, runs *history.Store) error {
	if in.stillDue == nil {
		return nil
	}
	marks, err := runs.Marks(ctx)
	if err != nil {
		return withIO(err)
	}
	if !in.stillDue(marks) {
		return errNotDue
	}
	return nil
}

// start makes one run. The error says that it was kept out or is not due any more;
// any other end of a run is in what it returns.
func (w *Watch) start(ctx context.Context, t task, stillDue func([]history.Mark) bool) (Kept, error) {
	k := Kept{Kind: t.kind, AsOf: t.asOf}
	in, _, err := w.load()
	if err != nil {
		return w.failed(k, err), nil
	}
	in.Kind, in.AsOf, in.stillDue = t.kind, t.asOf, stillDue
	done, err := Night(ctx, in)
	var other *history.LockedError
	switch {
	case errors.As(err, &other) || errors.Is(err, errNotDue):
		return k, err
	case ctx.Err() != nil && err != nil:
		k.ExitCode, k.Error, k.err = Code(err), err.Error(), err // it is returned, and not logged
		return k, nil
	case err != nil:
		return w.failed(k, err), nil
	}
	k.RunID, k.ExitCode = done.Summary.Run.ID, done.Code
	for _, notice := range done.Notices {
		w.Log.Warn(notice, "run_id", k.RunID)
	}
	return k, nil
}

// failed logs why a run has no report.
func (w *Watch) failed(k Kept, err error) Kept {
	k.ExitCode, k.Error = Code(err), err.Error()
	w.Log.Error(k.Error, "kind", k.Kind, "as_of", k.AsOf.String(), "exit_code", k.ExitCode)
	return k
}

// stoppedIn returns the error of the run in the middle of which a watch was
// stopped; nil where that run had come to its end.
func stoppedIn(kept []Kept) error {
	if len(kept) == 0 {
		return nil
	}
	return kept[len(kept)-1].err
}

// An Outlook is what a schedule will do, and what it would do now.
type Outlook struct {
	Plan    string     `json:"plan"`
	Next    []Upcoming `json:"next"`
	Missed  []day.Date `json:"missed"`  // would be reconciled now
	Skipped []day.Date `json:"skipped"` // missed too, and too long ago
	Due     *day.Date  `json:"due"`     // the latest business date, where its run would be made now
}

// An Upcoming run of a schedule.
type Upcoming struct {
	At   time.Time `json:"at"`
	AsOf day.Date  `json:"as_of"`
}

// LookAhead says when the next n runs are, and what a watch that began now would
// make up for. It writes nothing.
func LookAhead(ctx context.Context, in Input, n int) (*Outlook, error) {
	plan, err := planOf(in.Config)
	if err != nil {
		return nil, err
	}
	marks, err := marksOf(ctx, in.Config.Path(in.Config.Store))
	if err != nil {
		return nil, err
	}
	now := in.Now()
	due := plan.Due(now, now, ran(marks))
	o := &Outlook{Plan: plan.String(), Next: []Upcoming{}, Missed: append([]day.Date{}, due.Missed...), Skipped: append([]day.Date{}, due.Skipped...)}
	if !due.Tick.At.IsZero() {
		o.Due = &due.Tick.AsOf
	}
	for t := plan.Next(now); len(o.Next) < n && !t.At.IsZero(); t = plan.Next(t.At) {
		o.Next = append(o.Next, Upcoming(t))
	}
	return o, nil
}
