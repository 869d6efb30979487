package job

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"reconcile/internal/day"
	"reconcile/internal/history"
	"reconcile/internal/journal"
)

// An Annotated is what became of a workbook that was handed in.
type Annotated struct {
	File     string   `json:"file"`
	SHA256   string   `json:"sha256"`
	Before   day.Date `json:"taken_before,omitempty"` // it was taken on that day, and nothing was done now
	Rows     int      `json:"rows"`                   // with an exception id
	Taken    int      `json:"taken"`                  // notes that stand from now on
	NotTaken []string `json:"not_taken"`              // the others: where, why and what to do
}

// Annotate takes the notes out of one workbook, in the name of by where somebody
// else handed it in. They stand from now on, and the next report shows them. The
// file is read and nothing else.
func Annotate(ctx context.Context, in Input, path, by string) (done *Annotated, err error) {
	dir := in.Config.Path(in.Config.Store)
	data, err := readBounded(path, maxWorkbook)
	if err != nil {
		return nil, err
	}
	release, err := history.Lock(dir)
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, release()) }()
	runs, err := history.Open(ctx, dir)
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, runs.Close()) }()
	last, err := lastSnapshot(ctx, in, runs)
	if err != nil {
		return nil, err
	}
	if last == nil {
		return nil, &ExitError{ExitMissing, fmt.Errorf("%s: there is no report here that its notes could be about; look whether --config names the right file, or run `reconcile run` first [notes-no-report]", path)}
	}
	store, err := openNotes(ctx, in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, withIO(store.Close())) }()
	book, err := readNotebook(ctx, store, in.Config.Timezone)
	if err != nil {
		return nil, err
	}
	h, err := book.take(ctx, in, store, last, filepath.Base(path), data, by)
	if err != nil {
		return nil, err
	}
	return &Annotated{File: h.File, SHA256: h.SHA256, Before: h.Before, Rows: h.Rows, Taken: h.Taken, NotTaken: append([]string{}, h.Refused...)}, nil
}

// openNotes opens the journal for notes, and makes one where payments are off and
// these are the first: who said what about money is for the same chain as what was
// paid.
func openNotes(ctx context.Context, in Input) (*journal.Store, error) {
	if err := sideLogApart(in.Config); err != nil {
		return nil, err
	}
	store, err := journal.Open(ctx, in.Config.Path(in.Config.Store), journalOptions(in))
	return store, withIO(err)
}

// NotesMessages lists the messages about notes.
func NotesMessages() []Message {
	return []Message{
		{"notes-unreadable", "A workbook with notes cannot be read, or is no report.", "Save it as .xlsx, with its sheets Breaks and Act today under their names."},
		{"notes-no-report", "Notes were handed in, and there is no report that they could be about.", "Name the configuration that the report was made with, or run once."},
		{"notes-conflict", "Somebody else changed the note of the same exception after this workbook was printed. The first stands.", "Look at both; write the note into the newest report."},
		{"notes-contradiction", "One workbook says two things about the same exception. None of them was taken.", "Write the note in one of its places only, or the same note in all."},
		{"notes-unknown", "A note is about an exception that the last report does not have, or that is cleared.", "Nothing, where it is cleared; else use the newest report of this company."},
		{"notes-limit", "A note writes off more than notes.write_off_limit. The rest of the note was taken.", "Have it booked, or choose another resolution."},
		{"notes-older", "A note accepts or writes off an exception that has changed since the workbook was printed. The rest of the note was taken.", "Look at it in the newest report, and choose there."},
		{"notes-titles", "A sheet does not have the titles of the controller's columns, each once.", "Send back the report with its row of titles."},
		{"notes-formula", "A formula or an error stands where a note is read.", "Type the words themselves."},
		{"notes-resolution", "A resolution is none of the list.", "Choose one of the list in the cell."},
		{"notes-due", "A due date cannot be read with certainty.", "Enter it as 2026-12-05 or 05-Dec-2026."},
		{"notes-length", "An owner or a note is too long.", "Shorten it."},
	}
}
