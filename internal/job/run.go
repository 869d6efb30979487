package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"os"
	"path/filepath"
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
	Typed   Typed    // KindSubmit: what a person typed for one payment
	Actor   string   // who started it: a login
	Version string   // of the program
	Host    string   // of the machine, for summary.json
	Now     func() time.Time

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
// report; its exit code is Code(err).
func Run(ctx context.Context, in Input) (done *Done, err error) {
	c := in.Config
	dir := c.Path(c.Store)

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
	g, err := gather(ctx, in, key, t)
	if err != nil {
		return nil, err
	}
	if err := g.lookBack(ctx, runs); err != nil {
		return nil, err
	}
	if err := g.late(ctx); err != nil {
		return nil, err
	}
	g.plan, g.failed = g.pay(ctx, t)
	in.seen.saw(t, g)
	if ctx.Err() != nil {
		return nil, g.stopped(ctx)
	}
	if err := g.compare(); err != nil {
		return nil, errors.Join(g.failed, err)
	}
	ending.Cases = g.cases
	done, err = g.write(runInfo(in, id, started), filepath.Join(output, id), &ending)
	if err != nil {
		return nil, errors.Join(g.failed, err)
	}
	in.Log.Info("report written", "folder", done.Folder, "exit_code", done.Code)
	if code, notices := g.mail(ctx, done); code != ExitClean {
		done.Code, done.Notices = Worse(done.Code, code), append(done.Notices, notices...)
		ending.ExitCode = done.Code
		if err := notMailed(done); err != nil {
			return nil, withCode(ExitIO, err)
		}
	}
	return done, nil
}

// tillOf opens our own payments as the kind of run needs them: one that only
// matches changes nothing.
func tillOf(ctx context.Context, in Input) (*till, error) {
	if in.Kind == KindMatch {
		return openTillReadOnly(ctx, in)
	}
	return openTill(ctx, in)
}

func runInfo(in Input, id string, started time.Time) report.RunInfo {
	return report.RunInfo{ID: id, Started: started, Host: in.Host, Overrides: in.Config.Overridden}
}

// write writes the report into folder, and what the history keeps of it into
// ending.
func (g *gathering) write(info report.RunInfo, folder string, ending *history.Ending) (*Done, error) {
	done := &Done{Facts: &g.facts, Folder: folder, Plan: g.plan, Approved: g.autoApproved}
	done.Code, done.Notices = g.verdict()
	info.ExitCode = done.Code
	info.Files = report.Files{
		Report:  filepath.Join(folder, report.WorkbookName),
		Results: filepath.Join(folder, report.ResultsName),
	}
	plan := g.plan.Files()
	if g.plan != nil {
		info.Files.Plan, info.Files.PlanSHA256 = filepath.Join(folder, report.PlanName), g.plan.Hash
	}
	mend := g.facts.QuarantineOutput()
	for _, file := range mend {
		info.Files.Quarantined = append(info.Files.Quarantined, filepath.Join(folder, file.Name))
	}
	if !g.facts.Summary(info).Ties() {
		return nil, fault("the control totals do not tie")
	}
	workbook, results := sha256.New(), sha256.New()
	begun := g.in.Now()
	files := append([]report.File{
		{Name: report.WorkbookName, Write: hashed(workbook, g.facts.WriteWorkbook)},
		{Name: report.ResultsName, Write: hashed(results, g.facts.WriteResults)},
	}, append(mend, plan...)...)
	files = append(files, report.File{Name: report.SummaryName, Write: func(w io.Writer) error {
		// The summary comes last, for it tells how long the others took.
		info.Elapsed = append(g.stages, report.Stage{Name: "report", MS: g.in.since(begun)})
		info.Finished = g.in.Now()
		done.Summary = g.facts.Summary(info)
		return done.Summary.WriteJSON(w)
	}})
	err := report.WriteFolder(folder, files, nil)
	if err != nil {
		return nil, withCode(ExitNoReport, err)
	}
	ending.ExitCode = done.Code
	ending.WorkbookSHA256, ending.ResultsSHA256 = hexSum(workbook), hexSum(results)
	if ending.Inputs, err = json.Marshal(done.Summary.Inputs); err != nil {
		return nil, fmt.Errorf("noting the inputs: %w", err)
	}
	if ending.Totals, err = json.Marshal(done.Summary.Totals); err != nil {
		return nil, fmt.Errorf("noting the totals: %w", err)
	}
	return done, nil
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
	g.paymentsVerdict(worse)
	g.periodVerdict(worse)
	return code, notices
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

// hashed returns write with its bytes hashed on the way.
func hashed(h hash.Hash, write func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error { return write(io.MultiWriter(w, h)) }
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

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
