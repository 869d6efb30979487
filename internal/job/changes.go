package job

import (
	"context"
	"errors"
	"fmt"

	"reconcile/internal/casebook"
	"reconcile/internal/history"
)

// lookBack finds the run before: the last of an earlier business date (contract,
// section 5). Whoever runs tonight again compares with yesterday again, and gets
// the same report. It comes before the payments, so that a damaged history stops a
// run while nothing has been sent, and so do the notes of controllers.
func (g *gathering) lookBack(ctx context.Context, runs *history.Store) (err error) {
	if g.overtaken, err = runs.Overtaken(ctx, g.in.AsOf); err != nil {
		return withIO(err)
	}
	if err := g.notes(ctx, runs); err != nil {
		return err
	}
	if err := g.knownBefore(ctx, runs); err != nil {
		return err
	}
	before, found, err := runs.Previous(ctx, g.in.AsOf)
	if err != nil || !found {
		return withIO(err)
	}
	if g.before, err = casesOf(ctx, g.in, runs, before.ID); err != nil {
		return err
	}
	g.beforeID = before.ID
	return nil
}

// compare says what became of every exception since the run before. It comes
// behind the payments, for what was sent tonight is in the result.
func (g *gathering) compare(ctx context.Context) (err error) {
	changes, next := casebook.Update(g.before, g.facts.Result, g.in.AsOf)
	if !changes.First {
		changes.Run = g.beforeID
	}
	if err := changes.Check(g.facts.Result); err != nil {
		return fault("%v", err)
	}
	if g.cases, err = next.Encode(); err != nil {
		return fault("%v", err)
	}
	g.facts.Changes = changes
	g.in.log().Info("compared", "stage", "changes", "since", changes.Run, "new", changes.Count(casebook.New), "reopened", changes.Count(casebook.Reopened),
		"changed", changes.Count(casebook.Changed), "cleared", changes.Count(casebook.Cleared))
	if err := g.standing(ctx, next.Cases); err != nil {
		g.failed = errors.Join(g.failed, fmt.Errorf("noting what was cleared: %w", err))
	}
	return nil
}

// casesOf returns the exceptions of an earlier run; nil where it kept none, or
// in a form that is not read any more. Then nothing is compared, and the report
// says so: a history may be lost, and no invoice is forgotten by that.
func casesOf(ctx context.Context, in Input, runs *history.Store, id string) (*casebook.Snapshot, error) {
	text, kept, err := runs.Cases(ctx, id)
	if err != nil {
		return nil, withIO(err)
	}
	if !kept {
		return nil, nil
	}
	s, err := casebook.Decode(text)
	switch {
	case errors.Is(err, casebook.ErrForm):
		in.log().Warn(fmt.Sprintf("nothing is compared with run %s: %v", id, err))
		return nil, nil
	case err != nil:
		return nil, withCode(ExitCorrupt, fmt.Errorf("run %s: %w; move history.db away, and the next run begins a new history [history-corrupt]", id, err))
	}
	return s, nil
}
