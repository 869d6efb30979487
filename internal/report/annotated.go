package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"reconcile/internal/casebook"
	"reconcile/internal/day"
	"reconcile/internal/party"
	"reconcile/internal/source"
	input "reconcile/internal/table" // table is the name of what we write
)

// An Annotated is a workbook that came back from a controller. It is untrusted:
// amounts in it are not looked at, its properties name nobody, and of each row
// nothing counts but the exception id and the controller's own columns.
type Annotated struct {
	Rows        int                   // with an exception id
	Annotations []casebook.Annotation // that differ from what was printed, in the order of the workbook
	Problems    []source.Problem      // what was not taken, and why
}

// Limits of what a controller writes, in characters, and of his workbook: many
// times what the largest report has.
const (
	maxOwner     = 100
	maxNote      = 1000
	maxAnnotated = 512 << 20 // of its XML
)

// annotatedSheets are those with notes. A long one goes on as "Breaks (2)".
var annotatedSheets = []string{"Breaks", "Act today"}

// ReadAnnotated reads the notes out of a workbook called name. An error is one of
// the file as a whole; what is wrong with a row is a Problem, and the others are
// read.
func ReadAnnotated(name string, data []byte, stop func() error) (*Annotated, error) {
	f, err := input.Open(name, data, input.Limits{Unpacked: maxAnnotated, Stop: stop})
	if err != nil {
		return nil, fmt.Errorf("reading notes: %w", err)
	}
	var a Annotated
	found := 0
	for _, sheet := range f.Sheets {
		base, _, _ := strings.Cut(sheet.Name(), " (")
		if !slices.Contains(annotatedSheets, base) {
			continue
		}
		found++
		if err := a.sheet(name, sheet); err != nil {
			return nil, fmt.Errorf("reading notes: %w", err)
		}
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("reading notes: %w", err)
	}
	if found == 0 {
		return nil, &input.RefusedError{Name: name, Reason: "the workbook has neither of the sheets " + strings.Join(annotatedSheets, " and "),
			Remedy: "send back the report itself, with its sheets under their names"}
	}
	return &a, nil
}

// maxHead is in which rows the titles are looked for: a reader may have put some
// lines above them.
const maxHead = 20

// A notesReader reads one sheet.
type notesReader struct {
	into *Annotated
	file string
	name string         // of the sheet
	at   map[string]int // by title: its column, from 0

	invoice int // column of the invoice numbers; below 0 for none
}

func (a *Annotated) sheet(file string, sheet input.Sheet) error {
	r := notesReader{into: a, file: file, name: sheet.Name()}
	err := sheet.Rows(func(row input.Row) error {
		switch {
		case r.at != nil:
			r.row(row)
		case row.Number <= maxHead:
			r.at = titles(row)
			r.invoice = slices.IndexFunc(row.Cells, func(c input.Cell) bool { return c.Text == invoiceTitle })
		}
		return nil
	})
	if err == nil && r.at == nil {
		a.Problems = append(a.Problems, source.Problem{Pos: source.Pos{File: file, Sheet: r.name}, Check: "notes-titles",
			Text:   "the titles " + strings.Join(wantedTitles, ", ") + " are not all there, and no note of the sheet was read",
			Remedy: "send back the report with its row of titles"})
	}
	return err
}

var wantedTitles = []string{ownerTitle, resolutionTitle, noteTitle, dueTitle, exceptionTitle, printedTitle}

// titles finds our columns; nil where the row does not have all of them once. Due
// stands alone, so that a column "Due date" is none of ours.
func titles(row input.Row) map[string]int {
	at := make(map[string]int)
	for i := range row.Cells {
		if t := row.Cells[i].Text; slices.Contains(wantedTitles, t) {
			if _, twice := at[t]; twice {
				return nil
			}
			at[t] = i
		}
	}
	if len(at) < len(wantedTitles) {
		return nil
	}
	return at
}

func (r *notesReader) cell(row input.Row, title string) input.Cell {
	if i := r.at[title]; i < len(row.Cells) {
		return row.Cells[i]
	}
	return input.Cell{}
}

// row reads the note of one exception. Rows without an id are alarms, notes below
// the table, and whatever a reader added.
func (r *notesReader) row(row input.Row) {
	id := r.cell(row, exceptionTitle)
	if id.Text == "" {
		return
	}
	r.into.Rows++
	if row.Problem != nil {
		r.into.Problems = append(r.into.Problems, *row.Problem)
		return
	}
	for _, title := range wantedTitles {
		if c := r.cell(row, title); c.Formula || c.Kind == input.Error {
			r.problem(row, title, c.Text, "notes-formula", "a formula or an error stands where a note is read", "type the words themselves")
			return
		}
	}
	note, ok := r.note(row)
	printed, seen, _ := strings.Cut(r.cell(row, printedTitle).Text, "/")
	if !ok || note.Digest() == printed {
		return
	}
	// From here on it is kept, and comes out in every report.
	note.Owner, note.Text = r.free(row, note.Owner), r.free(row, note.Text)
	if note.Digest() == printed {
		return
	}
	r.into.Annotations = append(r.into.Annotations, casebook.Annotation{ExceptionID: id.Text, Note: note, Printed: printed, Seen: seen,
		Pos: source.Pos{File: r.file, Sheet: r.name, Row: row.Number}})
}

// free returns what is kept of a text: no account number and no PAN. A number of
// digits alone stays where it is the invoice of that row, which both sheets show.
func (r *notesReader) free(row input.Row, text string) string {
	if r.invoice >= 0 && r.invoice < len(row.Cells) {
		return party.FreeText(text, row.Cells[r.invoice].Text)
	}
	return party.FreeText(text)
}

// note reads the four columns; false where one of them cannot be taken.
func (r *notesReader) note(row input.Row) (n casebook.Note, ok bool) {
	fits := func(title string, limit int) (string, bool) {
		text := oneLine(r.cell(row, title).Text)
		if utf8.RuneCountInString(text) > limit {
			r.problem(row, title, "", "notes-length", fmt.Sprintf("%s is longer than %d characters", title, limit), "shorten it")
			return "", false
		}
		return text, true
	}
	if n.Owner, ok = fits(ownerTitle, maxOwner); !ok {
		return n, false
	}
	if n.Text, ok = fits(noteTitle, maxNote); !ok {
		return n, false
	}
	if word := oneLine(r.cell(row, resolutionTitle).Text); word != "" {
		if n.Resolution, ok = casebook.ParseResolution(word); !ok {
			r.problem(row, resolutionTitle, word, "notes-resolution", "this is no resolution", "choose one of the list in the cell")
			return n, false
		}
	}
	if n.Due, ok = dueOf(r.cell(row, dueTitle)); !ok {
		r.problem(row, dueTitle, r.cell(row, dueTitle).Text, "notes-due", "this is no date that can be read with certainty", "enter it as 2026-12-05 or 05-Dec-2026")
		return n, false
	}
	return n, true
}

func (r *notesReader) problem(row input.Row, title, value, check, text, remedy string) {
	r.into.Problems = append(r.into.Problems, source.Problem{
		Pos:    source.Pos{File: r.file, Sheet: r.name, Row: row.Number, Col: r.at[title] + 1},
		Column: title, Value: r.free(row, oneLine(value)), Check: check, Text: text, Remedy: remedy,
	})
}

// dueOf reads a date as people type it: a date of the workbook, or a text with the
// day first. A bare number is none: nobody knows what was meant.
func dueOf(c input.Cell) (day.Date, bool) {
	switch c.Kind {
	case input.Empty:
		return 0, true
	case input.Date:
		return c.Date, c.Date != 0
	case input.Text:
		text := oneLine(c.Text)
		for _, layout := range []string{"2006-01-02", "2-Jan-2006", "2 Jan 2006", "2/1/2006", "2-1-2006", "2.1.2006"} {
			if t, err := time.Parse(layout, text); err == nil {
				return day.Of(t.Year(), int(t.Month()), t.Day())
			}
		}
	}
	return 0, false
}

// oneLine takes out what cannot be seen and what would end a line: the text goes
// into reports, terminals and the journal.
func oneLine(text string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(visible), " ")
}
