package job

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/history"
	"reconcile/internal/report"
)

// The kinds of a run.
const (
	KindRun     = "run"     // matches, sends what is approved, and proposes what is due
	KindMatch   = "match"   // matches
	KindPropose = "propose" // matches, and proposes what is due
	KindSubmit  = "submit"  // matches, and sends one plan
	KindDecide  = "decide"  // writes no report: a person decides something
)

// An Input is what a run needs of the world.
type Input struct {
	Config  *config.Config
	AsOf    day.Date // the business date
	Kind    string   // one of the above
	Plan    string   // KindSubmit: the file of the plan, or its hash
	Key     string   // KindPropose: the file of the key by which an approver says that the plan is his own
	Typed   Typed    // KindSubmit: what a person typed for one payment
	Actor   string   // who started it: a login
	Version string   // of the program
	Host    string   // of the machine, for summary.json
	Now     func() time.Time
	Rebuild bool // read every event log anew, and forget those that are gone

	remember bool // what the logs say: the lock of the store is held

	Log      *slog.Logger                         // nil: nothing is logged
	Progress func(what string, done, total int64) // told now and then how far a stage is; total is 0 where nobody knows; may be nil

	seen     *sighting                 // what those outside are told of; nil: nothing
	stillDue func([]history.Mark) bool // asked under the lock; nil: yes
}

// A Done is a run that wrote its report.
type Done struct {
	Summary report.Summary
	Facts   *report.Facts
	Folder  string   // of the report
	Code    int      // the worst of what it found
	Notices []string // what a person must be told besides, such as why nothing was mailed

	Plan     *report.Plan // what it proposed; nil where nothing was
	Approved bool         // and approved by itself
}

// Run is one run from the lock to the report. An error means that there is no
// report, or that its end could not be noted; its exit code is Code(err).
func Run(ctx context.Context, in Input) (done *Done, err error) {
	c := in.Config
	dir := c.Path(c.Store)

	// A report that is there says what it found, also where its end cannot be noted.
	defer func() {
		if done != nil && err != nil {
			err = errors.Join(done.said(), err)
		}
	}()

	// One run at a time: two would number their reports alike.
	release, err := history.Lock(dir)
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, release()) }()
	key, err := fingerprintKey(dir)
	if err != nil {
		return nil, withIO(err)
	}
	runs, err := history.Open(ctx, dir)
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, runs.Close()) }()
	if err := in.check(ctx, runs); err != nil {
		return nil, err
	}

	if err := in.clearLeftovers(ctx, runs); err != nil {
		return nil, err
	}

	// From here on the history knows of this run, however it ends.
	started := in.Now()
	output := c.Path(c.Output)
	id, err := runs.Begin(ctx, in.AsOf, in.Kind, in.Version, started, func(id string) bool { return exists(filepath.Join(output, id)) })
	if err != nil {
		return nil, withIO(err)
	}
	in.Log = in.log().With("run_id", id)
	in.seen.began(ctx, id)
	ending := history.Ending{ExitCode: ExitFault}
	defer func() {
		if err != nil {
			ending.ExitCode = Code(err)
		}
		ending.Finished = in.Now()
		// A run that was stopped has ended too.
		err = errors.Join(err, withIO(runs.Finish(context.WithoutCancel(ctx), id, ending)))
	}()

	t, err := tillOf(ctx, in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	in.seen.saw(t, nil)
	in.remember = true
	g, err := gather(ctx, in, key, t)
	if err != nil {
		return nil, err
	}
	g.remember()
	if err := g.lookBack(ctx, runs); err != nil {
		return nil, err
	}
	if err := g.late(ctx); err != nil {
		return nil, err
	}
	g.plan, g.failed = g.pay(ctx, t)
	in.seen.saw(t, g)
	g.logPayments()
	if ctx.Err() != nil {
		return nil, g.stopped(ctx)
	}
	if err := g.compare(ctx); err != nil {
		return nil, g.unreported(err)
	}
	ending.Cases = g.cases
	if err := g.toBook(ctx, runs); err != nil {
		return nil, g.unreported(err)
	}
	done, err = g.write(ctx, runs, runInfo(in, id, started), filepath.Join(output, id), &ending)
	if err != nil {
		return nil, g.unreported(err)
	}
	g.logReport(done)
	done.Notices = append(done.Notices, g.backup(ctx)...)
	if code, notices := g.mail(ctx, done); code != ExitClean {
		in.Log.Info("report not mailed", "stage", "mail", "exit_code", code)
		done.Code, done.Notices = Worse(done.Code, code), append(done.Notices, notices...)
		ending.ExitCode = done.Code
		if err := notMailed(done, ending.Outputs); err != nil {
			return nil, errors.Join(done.said(), withCode(ExitIO, err))
		}
	}
	return done, nil
}

// tillOf opens our own payments as the kind of run needs them: one that only
// matches changes nothing, and believes no other journal than the rest would.
func tillOf(ctx context.Context, in Input) (*till, error) {
	if in.Kind != KindMatch {
		return openTill(ctx, in)
	}
	t, err := openTillReadOnly(ctx, in)
	if err == nil && t != nil {
		if err = withIO(t.journal.Agrees(ctx)); err != nil {
			return nil, errors.Join(err, t.close())
		}
	}
	return t, err
}

func runInfo(in Input, id string, started time.Time) report.RunInfo {
	return report.RunInfo{ID: id, Started: started, Host: in.Host, Overrides: in.Config.Overridden}
}

// verdict returns the exit code of a report that will be written, and what a
// person must be told besides.
func (g *gathering) verdict() (code int, notices []string) {
	if g.hasBreaks() {
		code = ExitBreaks
	}
	worse := func(c int, notice string) {
		code = Worse(code, c)
		if notice != "" {
			notices = append(notices, notice)
		}
	}
	if g.failed != nil {
		worse(Code(g.failed), g.failed.Error())
	}
	g.goneVerdict(worse)
	g.paymentsVerdict(worse)
	notices = append(notices, g.told...)
	g.periodVerdict(worse)
	return code, notices
}

// unreported adds to what keeps the report from being written what it would have said
// of our own payments: the worse code counts, and nobody else tells it tonight.
func (g *gathering) unreported(err error) error {
	all := []error{g.failed}
	g.paymentsVerdict(func(code int, notice string) { all = append(all, &ExitError{code, errors.New(notice)}) })
	return errors.Join(append(all, err)...)
}

// said is what the run found and says on stderr; nil where it says nothing there.
func (d *Done) said() error {
	if len(d.Notices) == 0 {
		return nil
	}
	return &ExitError{d.Code, errors.New(strings.Join(d.Notices, "\n"))}
}

func (g *gathering) hasBreaks() bool {
	for i := range g.facts.Result.Items {
		if len(g.facts.Result.Items[i].Breaks) > 0 {
			return true
		}
	}
	for i := range g.facts.Result.Lines {
		if len(g.facts.Result.Lines[i].Breaks) > 0 {
			return true
		}
	}
	for i := range g.facts.Ledger.Inputs {
		if len(g.facts.Ledger.Inputs[i].WrongTotals) > 0 {
			return true
		}
	}
	return len(g.facts.Ledger.Problems) > 0 || len(g.facts.SupplierProblems) > 0 || len(g.facts.LogProblems) > 0
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// withIO gives an error of the store the exit code of the disk, unless it has
// one of its own.
func withIO(err error) error {
	if err == nil {
		return nil
	}
	if _, known := codeOf(err); known {
		return err
	}
	return &ExitError{ExitIO, err}
}
