package job

import (
	"context"
	"errors"
	"io/fs"

	"reconcile/internal/casebook"
	"reconcile/internal/day"
	"reconcile/internal/history"
)

// A NoteLine is what a controller has said of an exception, and what it means as
// the exception is now.
type NoteLine struct {
	Owner      string   `json:"owner,omitempty"`
	Resolution string   `json:"resolution,omitempty"` // empty where it is not in force any more; Remark says why
	Text       string   `json:"note,omitempty"`
	Due        day.Date `json:"due,omitempty"`
	By         string   `json:"by,omitempty"` // the login that handed it in
	On         day.Date `json:"on,omitempty"`
	Quiet      bool     `json:"quiet"`            // the exception asks for nothing more
	Remark     string   `json:"remark,omitempty"` // what a reader must know of it
}

// standingNow judges the notes that stand by the exceptions of these inputs, as a
// run for this business date would. It writes nothing.
func (g *gathering) standingNow(ctx context.Context) (lines map[string]*NoteLine, err error) {
	if g.till == nil {
		return nil, nil
	}
	book, err := readNotebook(ctx, g.till.journal, g.in.Config.Timezone)
	if err != nil || len(book.standing) == 0 {
		return nil, err
	}
	before, err := g.snapshotBefore(ctx)
	if err != nil {
		return nil, err
	}
	changes, _ := casebook.Update(before, g.facts.Result, g.in.AsOf)
	lines = make(map[string]*NoteLine)
	for id, s := range book.standing {
		c := changes.Find(id)
		if c == nil {
			continue
		}
		v := s.Judge(c, noteRules(g.in))
		if v.Shown == (casebook.Note{}) && v.Remark == "" {
			continue // it was taken back
		}
		lines[id] = &NoteLine{Owner: v.Shown.Owner, Resolution: v.Shown.Resolution.String(), Text: v.Shown.Text, Due: v.Shown.Due,
			By: s.By, On: s.On, Quiet: v.Quiet, Remark: v.Remark}
	}
	return lines, nil
}

// snapshotBefore returns the exceptions of the last run of an earlier business
// date; nil where there is none.
func (g *gathering) snapshotBefore(ctx context.Context) (s *casebook.Snapshot, err error) {
	runs, err := history.OpenReadOnly(ctx, g.in.Config.Path(g.in.Config.Store))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, withIO(runs.Close())) }()
	before, found, err := runs.Previous(ctx, g.in.AsOf)
	if err != nil || !found {
		return nil, withIO(err)
	}
	return casesOf(ctx, g.in, runs, before.ID)
}
