package report

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/casebook"
	"reconcile/internal/money"
	"reconcile/internal/source"
)

// The columns that are the controller's. They are found again by their titles, so
// that a reader may move them and sort the rows.
const (
	ownerTitle      = "Owner"
	resolutionTitle = "Resolution"
	noteTitle       = "Note"
	dueTitle        = "Due"
	exceptionTitle  = "Exception id"
	printedTitle    = "Note id" // hidden: the note and the exception as they were printed, by their digests

	aboutTitle   = "About the note" // not read back
	invoiceTitle = "Invoice number" // beside the note; what it says is no secret in the note
)

// verdictOf says what the note on an exception means tonight; where nobody
// compared, nothing is judged and nothing quieted.
func (f *Facts) verdictOf(id string) casebook.Verdict {
	s, noted := f.Notes[id]
	if !noted {
		return casebook.Verdict{}
	}
	c := f.Changes.Find(id)
	if c == nil {
		return casebook.Verdict{Shown: s.Note}
	}
	return s.Judge(c, f.NoteRules)
}

// noteColumns are the controller's columns of a table that has exceptions.
func noteColumns() []column {
	return []column{
		{title: ownerTitle, max: 14}, {title: resolutionTitle, max: 17, least: 13}, {title: noteTitle, max: 26, least: 16}, {title: dueTitle, least: 10},
	}
}

// idColumns follow somewhere behind them.
func idColumns() []column {
	return []column{{title: exceptionTitle, max: 20}, {title: printedTitle, hidden: true}}
}

// noteCells are those of noteColumns for one exception. A resolution that lapsed is
// not printed: who wants it again has to choose it again, with the new amount
// before him.
func (f *Facts) noteCells(row []cell, id string) []cell {
	n := f.verdictOf(id).Shown
	return append(row, text(n.Owner).styled(entryStyle), text(n.Resolution.String()).styled(entryStyle), text(n.Text).styled(entryStyle), date(n.Due).styled(entryDateStyle))
}

// idCells are those of idColumns.
func (f *Facts) idCells(row []cell, id string) []cell {
	printed := f.verdictOf(id).Shown.Digest()
	if c := f.Changes.Find(id); c != nil {
		printed += "/" + c.Digest()
	}
	return append(row, text(id), text(printed))
}

// invite lets the controller's columns be filled in from lists, and says beside
// them what they are for.
func (s *sheet) invite(t table, from, to int) error {
	for i, c := range t.columns {
		v := excelize.NewDataValidation(true)
		switch c.title {
		case ownerTitle:
			v.SetInput("Owner", "Who looks after it. The next run reads it back.")
		case resolutionTitle:
			words := make([]string, 0, len(casebook.Resolutions()))
			for _, r := range casebook.Resolutions() {
				words = append(words, r.String())
			}
			if err := v.SetDropList(words); err != nil {
				return err
			}
			v.SetError(excelize.DataValidationErrorStyleStop, "Resolution", "Choose one of the list, or leave it empty.")
			v.SetInput("Resolution", "What is to be done. It releases no payment; accept difference and write off quiet it up to today's amount.")
		case noteTitle:
			v.SetInput("Note", "In your own words. No account numbers, please.")
		case dueTitle:
			const first, last = 36526, 73050 // 2000-01-01 and 2099-12-31 as a workbook counts days
			if err := v.SetRange(first, last, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween); err != nil {
				return err
			}
			v.SetError(excelize.DataValidationErrorStyleStop, "Due", "Enter a date.")
			v.SetInput("Due", "By when.")
		default:
			continue
		}
		letter := source.ColumnName(i + 1)
		v.SetSqref(fmt.Sprintf("%s%d:%s%d", letter, from, letter, to))
		if err := s.book.x.AddDataValidation(s.name, v); err != nil {
			return err
		}
	}
	return nil
}

// loudTotals are the breaks by code without those that a controller accepted, and
// how many those are.
func (f *Facts) loudTotals() (totals Ordered[Amount], quiet int) {
	totals = f.breakTotals()
	if len(f.Notes) == 0 {
		return totals, 0
	}
	for _, b := range f.findings() {
		if !b.quiet {
			continue
		}
		quiet++
		i := slices.IndexFunc(totals, func(e Entry[Amount]) bool { return e.Name == string(b.Code) })
		t := &totals[i].Value
		t.Count, t.Amount = t.Count-1, money.Sum(t.Amount, -b.Amount)
	}
	return slices.DeleteFunc(totals, func(e Entry[Amount]) bool { return e.Value.Count == 0 }), quiet
}
