package ledger

import (
	"slices"
	"strings"

	"reconcile/internal/table"
)

// The columns that stand behind the ledger's own where a run wrote its
// quarantined rows. A file that has them all, in this order and at the end of its
// heading, is such a file, mended and loaded again.
var reasonColumns = [...]string{"file", "sheet", "row", "column", "reason", "remedy", "layout"}

// A mendedSheet is the sheet of a file of quarantined rows without the columns
// that say why. What is left is the ledger that the rows are from, and is read as
// that one was.
type mendedSheet struct {
	table.Sheet
	heading int // its row
	from    int // index of the first cell that is not the ledger's
	layout  string
}

// Rows yields the rows with their own cells only, and without the mark that
// keeps a spreadsheet from taking a text for a formula.
func (s *mendedSheet) Rows(yield func(table.Row) error) error {
	var cells []table.Cell
	return s.Sheet.Rows(func(row table.Row) error {
		if row.Number < s.heading {
			return yield(row)
		}
		cells = append(cells[:0], row.Cells[:min(len(row.Cells), s.from)]...)
		for i := range cells {
			if c := &cells[i]; c.Kind == table.Text {
				c.Text = unguarded(c.Text)
			}
		}
		row.Cells = cells
		return yield(row)
	})
}

// withoutReasons returns the sheets, those of a mended file without the columns
// that say why, and the layout that such a file names: empty where it names none
// that may be chosen without being configured.
func withoutReasons(sheets []table.Sheet) (found []table.Sheet, layout string) {
	found = slices.Clone(sheets)
	for i, sheet := range sheets {
		s, err := takeSample(sheet)
		if err != nil {
			continue // the reader says so in a moment
		}
		if m := s.mended(sheet); m != nil {
			found[i] = m
			if l := layoutNamed(m.layout); l != nil && l.known != Assumed {
				layout = l.name
			}
		}
	}
	return found, layout
}

// mended returns the sheet without the columns that say why, nil where it has
// none.
func (s *sample) mended(sheet table.Sheet) *mendedSheet {
	for i, row := range s.rows[:min(len(s.rows), headingWithin)] {
		from := reasonsFrom(row.Cells)
		if from < 0 {
			continue
		}
		m := &mendedSheet{Sheet: sheet, heading: row.Number, from: from}
		at := from + len(reasonColumns) - 1
		for _, below := range s.rows[i+1:] {
			if at < len(below.Cells) && below.Cells[at].Text != "" {
				m.layout = below.Cells[at].Text
				break
			}
		}
		return m
	}
	return nil
}

// reasonsFrom returns where the columns that say why begin, or -1.
func reasonsFrom(cells []table.Cell) int {
	end := len(cells)
	for end > 0 && cells[end-1].Kind == table.Empty {
		end--
	}
	from := end - len(reasonColumns)
	if from < 1 {
		return -1
	}
	for i, name := range reasonColumns {
		if !strings.EqualFold(cells[from+i].Text, name) {
			return -1
		}
	}
	return from
}

// unmended finds in a row of a mended file what only a person can fill in: what
// was masked, and what a spreadsheet had not calculated. As texts of a CSV they
// would pass for values.
func (r *rowReader) unmended() {
	for c := range columns {
		cell := r.cell(c)
		if cell.Kind != table.Text {
			continue
		}
		switch {
		case c == accountNumber: // the last four digits are all that is kept of one
		case c == vpa && strings.HasPrefix(cell.Text, hidden):
			*cell = table.Cell{}
		case strings.Contains(cell.Text, hidden):
			r.fault(checkMasked, c, cell.Text, "")
		case isErrorText(cell.Text) && c != invoiceNumber && c != utr:
			r.fault(checkCellError, c, cell.Text, "")
		}
	}
}

// isErrorText tells whether a text is what a spreadsheet shows for an error.
func isErrorText(s string) bool {
	if s == "" || s[0] != '#' {
		return false
	}
	return slices.Contains([]string{notCalculated, "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}, strings.ToUpper(s))
}
