package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/journal"
	"reconcile/internal/period"
	"reconcile/internal/proposal"
	"reconcile/internal/report"
)

// closingsFolder is where the store keeps what periods were closed with. The journal
// has the SHA-256 of each, so that any copy will do and none can be altered.
const closingsFolder = "closings"

// A periodRecord is the body of a record about a period. Fields are in the order of their
// names.
type periodRecord struct {
	Closing          string            `json:"closing,omitempty"` // SHA-256 of the manifest of the pack
	Control          string            `json:"control,omitempty"`
	Difference       string            `json:"difference,omitempty"`
	DifferenceReason string            `json:"difference_reason,omitempty"`
	Inputs           map[string]string `json:"inputs,omitempty"`  // path → SHA-256
	Reasons          map[string]string `json:"reasons,omitempty"` // approver → why it was opened again
	Report           string            `json:"report,omitempty"`  // SHA-256 of the workbook
	Results          string            `json:"results,omitempty"` // SHA-256 of results.jsonl
	Snapshot         string            `json:"snapshot,omitempty"`
	SubLedger        string            `json:"sub_ledger,omitempty"`
	Version          int               `json:"version"`
}

// calendar says where every period stands. Without a journal all are open.
func (t *till) calendar(ctx context.Context) (period.Calendar, error) {
	if t == nil {
		return period.Calendar{}, nil
	}
	records, err := t.journal.Records(ctx, journal.KindSoftClosed, journal.KindClosed, journal.KindReopened)
	if err != nil {
		return period.Calendar{}, withIO(err)
	}
	states := map[string]period.State{journal.KindSoftClosed: period.SoftClosed, journal.KindClosed: period.Closed, journal.KindReopened: period.Open}
	events := make([]period.Event, 0, len(records))
	for _, r := range records {
		p, err := period.Parse(r.Subject)
		var body periodRecord
		if err := errors.Join(err, json.Unmarshal(r.Body, &body)); err != nil {
			return period.Calendar{}, withCode(ExitCorrupt, fmt.Errorf("reading step %d of the journal: %w", r.Seq, err))
		}
		events = append(events, period.Event{Period: p, To: states[r.Kind], Version: body.Version, Closing: body.Closing, Snapshot: body.Snapshot,
			By: r.Actor, On: day.In(r.At, t.in.Config.Timezone)})
	}
	return period.Fold(events), nil
}

// softName is the file with what was known when a period was soft-closed.
func softName(e *period.Event) string {
	return fmt.Sprintf("soft-%s-%s.jsonl", e.Period, short(e.Snapshot))
}

// snapshotOf returns what a period was closed with: out of the store, or where that
// is gone out of the pack in the output.
func snapshotOf(c *config.Config, e *period.Event) (*period.Snapshot, error) {
	var text []byte
	var err error
	if e.To == period.SoftClosed {
		path := filepath.Join(c.Path(c.Store), closingsFolder, softName(e))
		if text, err = os.ReadFile(path); err == nil && proposal.Hash(text) != e.Snapshot {
			err = &ExitError{ExitCorrupt, fmt.Errorf("%s is not what %s was soft-closed with: put back a copy [closing-damaged]", path, e.Period)}
		}
		if err != nil {
			return nil, missingClosing(e, err)
		}
		return period.ReadSnapshot(text)
	}
	var problems []error
	for _, path := range packPaths(c, e.Period, e.Version) {
		pack, end, err := openPack(path)
		if err == nil && pack.Manifest.SHA256 != e.Closing {
			err = fmt.Errorf("%s has the SHA-256 %s", path, short(pack.Manifest.SHA256))
		}
		if err == nil {
			text, err = pack.File(report.SnapshotName)
		}
		if err = errors.Join(err, end()); err == nil {
			return period.ReadSnapshot(text)
		}
		problems = append(problems, err)
	}
	return nil, missingClosing(e, errors.Join(problems...))
}

// missingClosing says that what a period was closed with is not there.
func missingClosing(e *period.Event, why error) error {
	return &ExitError{ExitMissing, fmt.Errorf("%s was closed with %s, and no sound copy of it is there: put back any copy of its pack into the output [closing-missing]: %w",
		e.Period.Long(), short(e.Closing+e.Snapshot), why)}
}

// packPaths are the places where the pack of a closing may lie: the store first.
func packPaths(c *config.Config, p period.Period, version int) []string {
	name := period.Name(p, version) + ".zip"
	return []string{filepath.Join(c.Path(c.Store), closingsFolder, name), filepath.Join(c.Path(c.Output), name)}
}

// openPack reads a pack. What it returns to end with is never nil.
func openPack(path string) (pack *report.Pack, end func() error, err error) {
	none := func() error { return nil }
	f, err := os.Open(path)
	if err != nil {
		return nil, none, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, none, errors.Join(err, f.Close())
	}
	if pack, err = report.ReadPack(f, info.Size()); err != nil {
		return nil, none, errors.Join(withCode(ExitCorrupt, fmt.Errorf("%s is no closing pack as it was made: %w [closing-damaged]", path, err)), f.Close())
	}
	return pack, f.Close, nil
}

// late notes the payments of closed periods that were first known after the closing:
// they land in the period that is open, and say where they come from. That a
// snapshot is gone is said, and stops no night.
func (g *gathering) late(ctx context.Context) error {
	calendar, err := g.till.calendar(ctx)
	if err != nil {
		return err
	}
	if locked, is := calendar.Locked(g.in.AsOf); is {
		g.locked = &locked
	}
	last, any := calendar.Latest(period.SoftClosed, period.Closed)
	if !any {
		return nil
	}
	known, err := snapshotOf(g.in.Config, &last)
	if err != nil {
		g.lateGone = err
		return nil
	}
	g.facts.Late = &report.Late{Period: last.Period, State: last.To.String(), Payments: period.LateSince(known, g.facts.Result)}
	return nil
}

// lockedText says why a run for a business date only reconciles.
func lockedText(asOf day.Date, e *period.Event) string {
	return fmt.Sprintf("the business date %s is not after the end of %s, which is %s", asOf, e.Period.Long(), e.To)
}

// mayPay refuses to propose or send for a business date in a closed period.
func (g *gathering) mayPay() error {
	if g.locked == nil {
		return nil
	}
	return &ExitError{ExitNotApproved, fmt.Errorf("%s: use a business date after it, or reconcile reopen %s [period-closed]", lockedText(g.in.AsOf, g.locked), g.locked.Period)}
}

// periodVerdict says that a run only reconciled, and what came late.
func (g *gathering) periodVerdict(worse func(code int, notice string)) {
	if g.locked != nil && g.in.Kind == KindRun {
		worse(ExitClean, lockedText(g.in.AsOf, g.locked)+": this run only reconciled, and nothing was proposed or sent [period-closed]")
	}
	if g.lateGone != nil {
		worse(ExitClean, "which payments came after the last closing cannot be told: "+g.lateGone.Error())
	}
	if l := g.facts.Late; l != nil && len(l.Payments) > 0 {
		worse(ExitClean, fmt.Sprintf("%s dated in %s or before came after it was %s: see the sheet Late payments", countOf(len(l.Payments), "payment"), l.Period.Long(), l.State))
	}
}
