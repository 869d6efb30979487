package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"reconcile/internal/casebook"
	"reconcile/internal/history"
	"reconcile/internal/journal"
	"reconcile/internal/source"
)

// maxWorkbook is how large an annotated workbook may be, in bytes: twice what a
// report of a million rows has.
const maxWorkbook = 256 << 20

// notesShown is how many notes that were not taken are told one by one.
const notesShown = 10

// notes finds out what controllers have said, and takes what lies in the folder of
// notes. It comes before the payments and can change none of them; what is wrong
// with a workbook is told and stops nothing. A run that only matches takes none.
func (g *gathering) notes(ctx context.Context, runs *history.Store) (err error) {
	var store *journal.Store
	if g.till != nil {
		store = g.till.journal
	}
	if g.book, err = readNotebook(ctx, store, g.in.Config.Timezone); err != nil {
		return err
	}
	if g.in.Kind != KindRun {
		return nil
	}
	files, err := g.workbooks()
	if err != nil || len(files) == 0 {
		return err
	}
	last, err := lastSnapshot(ctx, g.in, runs)
	if err != nil {
		return err
	}
	if last == nil {
		g.told = append(g.told, fmt.Sprintf("%s holds workbooks, and there is no report yet that they could be about; they wait", g.in.Config.Notes.Folder))
		return nil
	}
	if store == nil {
		if store, err = openNotes(ctx, g.in); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, withIO(store.Close())) }()
		if g.book, err = readNotebook(ctx, store, g.in.Config.Timezone); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := g.takeFrom(ctx, store, last, f); err != nil {
			return err
		}
	}
	return nil
}

// workbooks lists those in the folder of notes that nobody has taken yet, by name.
// One that is no file to be read, as a link that leads nowhere or out of the folder,
// is told, and keeps nobody from the others.
func (g *gathering) workbooks() ([]source.Ref, error) {
	folder := g.in.Config.Notes.Folder
	if folder == "" || !exists(g.in.Config.Path(folder)) {
		return nil, nil
	}
	entries, err := os.ReadDir(g.in.Config.Path(folder))
	if err != nil {
		return nil, name(withIO(err), "notes.folder")
	}
	var waiting []source.Ref
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".xlsx" {
			continue
		}
		// As a pattern that matches this one alone; locks and hidden files match none.
		found, err := source.Find(g.in.Config.Dir, []string{literally.Replace(filepath.Join(folder, e.Name()))})
		var none *source.NotFoundError
		if err != nil && !errors.As(err, &none) {
			g.told = append(g.told, fmt.Sprintf("no note of %s was taken: %v [notes-unreadable]", e.Name(), err))
		}
		for _, f := range found {
			stat, err := f.Sum()
			if _, taken := g.book.taken[stat.SHA256]; err != nil || !taken {
				waiting = append(waiting, f)
			}
		}
	}
	return waiting, nil
}

// literally makes of a name the pattern that matches nothing else.
var literally = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// takeFrom takes one workbook of the folder. One that cannot be read is told again
// every night until it is mended or taken away.
func (g *gathering) takeFrom(ctx context.Context, store *journal.Store, last *casebook.Snapshot, f source.Ref) error {
	var data []byte
	var err error
	if f.Size() > maxWorkbook {
		err = fmt.Errorf("%s has %d bytes, and a report has at most %d", f.Path(), f.Size(), maxWorkbook)
	} else {
		data, _, err = f.ReadAll(maxWorkbook)
	}
	var h *handed
	if err == nil {
		h, err = g.book.take(ctx, g.in, store, last, f.Path(), data, "")
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && Code(err) != ExitCorrupt && h == nil && data != nil:
		return err // of the journal, not of the workbook
	case err != nil:
		g.told = append(g.told, fmt.Sprintf("no note of %s was taken: %v", f.Path(), err))
		return nil
	}
	g.in.log().Info("notes taken", "file", h.File, "sha256", h.SHA256, "rows", h.Rows, "taken", h.Taken, "not_taken", len(h.Refused))
	for i, r := range h.Refused {
		if i == notesShown {
			g.told = append(g.told, fmt.Sprintf("%s: %d more notes were not taken", h.File, len(h.Refused)-i))
			break
		}
		g.told = append(g.told, "a note was not taken: "+r)
	}
	return nil
}

// lastSnapshot returns the exceptions of the newest report: what a controller can
// have before him. It is nil where there is no report, or it kept none.
func lastSnapshot(ctx context.Context, in Input, runs *history.Store) (*casebook.Snapshot, error) {
	last, found, err := runs.Last(ctx)
	if err != nil || !found {
		return nil, withIO(err)
	}
	return casesOf(ctx, in, runs, last.ID)
}

// standing puts the notes on the exceptions of tonight into the report, and
// records of those that were cleared that their notes are closed. A run of an
// earlier business date closes nothing: what it sees cleared may be open today.
func (g *gathering) standing(ctx context.Context, known []casebook.Case) error {
	g.facts.NoteRules = noteRules(g.in)
	g.facts.Notes = make(map[string]casebook.Standing)
	var records []journal.Record
	for i := range known {
		c := &known[i]
		s, said := g.book.standing[c.ID]
		switch {
		case !said:
		case c.Lives():
			g.facts.Notes[c.ID] = s
		case s.Note != (casebook.Note{}) && g.book.closed[c.ID] < c.Episode:
			body, err := json.Marshal(noted{What: notedClosed, Was: noteOf(s.Note), Episode: c.Episode})
			if err != nil {
				return fault("noting what was cleared: %v", err)
			}
			records = append(records, journal.Record{Kind: journal.KindNoted, Subject: c.ID, Body: body})
		}
	}
	if g.overtaken || g.in.Kind != KindRun || g.till == nil {
		return nil
	}
	return withIO(g.till.journal.Record(ctx, records...))
}
