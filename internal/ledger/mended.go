package ledger

import (
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/source"
	"reconcile/internal/table"
)

// The columns that stand behind the ledger's own where a run wrote its
// quarantined rows. A file that has them all, in this order and at the end of its
// heading, is such a file, mended and loaded again. One that lacks the seal is
// still such a file, and replaces nothing.
var reasonColumns = [...]string{"file", "sheet", "row", "column", "reason", "remedy", "layout", "seal"}

// The places of some of them.
const (
	reasonFile   = 0
	reasonSheet  = 1
	reasonRow    = 2
	reasonLayout = 6
	reasonSeal   = 7
)

// An origin is what a line of a mended file says of the row that it replaces.
type origin struct {
	pos    source.Pos // of the row; Row is 0 where the line does not say
	layout string
	seal   string // of the row as it was quarantined
}

// originOf reads the columns that say why.
func originOf(reasons []table.Cell) origin {
	text := func(i int) string {
		if i >= len(reasons) {
			return ""
		}
		return strings.TrimSpace(unguarded(reasons[i].Text))
	}
	row, err := strconv.Atoi(text(reasonRow))
	if err != nil {
		row = 0
	}
	return origin{
		pos:    source.Pos{File: strings.Clone(text(reasonFile)), Sheet: strings.Clone(text(reasonSheet)), Row: row},
		layout: strings.Clone(text(reasonLayout)),
		seal:   strings.Clone(text(reasonSeal)),
	}
}

// A mendedSheet is the sheet of a file of quarantined rows without the columns
// that say why. What is left is the ledger that the rows are from, and is read as
// that one was.
type mendedSheet struct {
	table.Sheet
	heading int // its row
	from    int // index of the first cell that is not the ledger's
	first   origin

	origin origin // of the row at hand
}

// Rows yields the rows with their own cells only, and without the mark that
// keeps a spreadsheet from taking a text for a formula.
func (s *mendedSheet) Rows(yield func(table.Row) error) error {
	var cells []table.Cell
	return s.Sheet.Rows(func(row table.Row) error {
		if row.Number < s.heading {
			return yield(row)
		}
		own := min(len(row.Cells), s.from)
		s.origin = originOf(row.Cells[own:])
		cells = append(cells[:0], row.Cells[:own]...)
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
// that say why, and which row the first line of such a file replaces. Its layout
// is empty where it names none that may be chosen without being configured.
func withoutReasons(sheets []table.Sheet) (found []table.Sheet, first origin) {
	found = slices.Clone(sheets)
	for i, sheet := range sheets {
		s, err := takeSample(sheet)
		if err != nil {
			continue // the reader says so in a moment
		}
		if m := s.mended(sheet); m != nil {
			found[i] = m
			if l := layoutNamed(m.first.layout); l != nil {
				first = m.first
				if l.known == Assumed {
					first.layout = ""
				}
			}
		}
	}
	return found, first
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
		for _, below := range s.rows[i+1:] {
			if from >= len(below.Cells) {
				continue
			}
			if m.first = originOf(below.Cells[from:]); m.first.layout != "" {
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
	for _, names := range [][]string{reasonColumns[:], reasonColumns[:reasonSeal]} {
		from := end - len(names)
		if from < 1 {
			continue
		}
		differ := false
		for i, name := range names {
			differ = differ || !strings.EqualFold(cells[from+i].Text, name)
		}
		if !differ {
			return from
		}
	}
	return -1
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
		case c == accountNumber, c == hold: // the last four digits are all that is kept of one
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
