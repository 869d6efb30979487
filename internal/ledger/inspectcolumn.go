package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// A looker looks at the columns of a file once more, whether it was read or not.
type looker struct {
	in        *Inspection
	f         sheetFile
	seen      *choice
	saw       *sighting
	meter     *meter
	overrides map[column]string
	named     bool         // the layout stands in the configuration
	surveys   [][]surveyed // by sheet; nil where it has no heading
}

// A surveyed is what stands in one column below the heading.
type surveyed struct {
	kinds                                [table.NoCache + 1]int
	full, dates, fixed, amounts, decimal int // cells with anything, that read as a date, as one that is never ambiguous, as an amount, as one with paise
	fits                                 int // hold what the heading says
	gstins, ifscs, names, codes, long    int // by their form; long are nine digits and more, and nothing else
	candidates                           []table.Cell
	values                               map[string]bool // distinct texts, as many as valuesKept
}

// examplesKept is how many distinct values of a column are looked at; of these
// the first, the middle and the last are shown.
const examplesKept = 64

// valuesKept bounds the memory of counting distinct values.
const valuesKept = 2048

// Of a large file every row among the first lookedAt is looked at, and then one
// in everyNth, a prime so that no rhythm of the file hides anything.
const (
	lookedAt = 200
	everyNth = 1009
)

// sheets describes every sheet.
func (l *looker) sheets(ctx context.Context) error {
	l.surveys = make([][]surveyed, len(l.f.Sheets))
	read := len(l.in.Refused) == 0
	for i, sheet := range l.f.Sheets {
		s := InspectedSheet{Name: sheet.Name(), Why: "it has no heading of a ledger"}
		b := l.binding(i)
		headings, row := []string(nil), 0
		switch {
		case b != nil:
			headings, row = b.headings, b.row
			s.Heading = row
			s.Read, s.Why = read, fmt.Sprintf("row %d has %s of a ledger", row, counted(b.known, "heading", "headings"))
		case len(l.in.Refused) > 0 && l.nothingBound():
			if headings, row = headingOf(sheet); row > 0 {
				s.Heading, s.Why = row, fmt.Sprintf("no heading is known; row %d looks like one", row)
			}
		}
		if row > 0 {
			columns, err := l.survey(ctx, sheet, b, headings, row)
			if err != nil {
				return err
			}
			l.surveys[i] = columns
			for at := range columns {
				if at < len(headings) && headings[at] != "" || columns[at].full > 0 {
					s.Columns = append(s.Columns, l.column(b, headings, at, &columns[at]))
				}
			}
		}
		l.in.Sheets = append(l.in.Sheets, s)
	}
	return nil
}

// binding returns how a sheet is bound, nil where nothing in it is known.
func (l *looker) binding(i int) *binding {
	if i >= len(l.seen.sheets) {
		return nil
	}
	b := l.seen.sheets[i]
	if b == nil || b.known < 2 || b.l.foreign() && b.known <= plausible && !l.named && !l.seen.usable {
		return nil // by two or three words such as Balance it may be anybody's
	}
	return b
}

func (l *looker) nothingBound() bool {
	for i := range l.f.Sheets {
		if l.binding(i) != nil {
			return false
		}
	}
	return true
}

// headingOf returns the row that looks most like a heading where none is known:
// the first of nothing but texts above a row of as many cells.
func headingOf(sheet table.Sheet) ([]string, int) {
	s, err := takeSample(sheet)
	if err != nil {
		return nil, 0
	}
	for i, row := range s.rows[:min(len(s.rows), headingWithin)] {
		texts, others := 0, 0
		headings := make([]string, len(row.Cells))
		for j := range row.Cells {
			c := &row.Cells[j]
			headings[j] = c.Text
			switch {
			case c.Kind == table.Empty:
			case c.Kind == table.Text && money.Read(c.Text) == money.Unreadable && strings.ContainsFunc(c.Text, unicode.IsLetter):
				texts++
			default:
				others++
			}
		}
		if texts < 3 || others > 0 || i+1 == len(s.rows) {
			continue
		}
		if below := s.rows[i+1]; looksLikeData(below) && slices.ContainsFunc(below.Cells, func(c table.Cell) bool {
			return c.Kind == table.Number || c.Kind == table.Date || c.Kind == table.Text && strings.ContainsAny(c.Text, "0123456789")
		}) {
			return headings, row.Number
		}
	}
	return nil, 0
}

// survey looks at the rows below a heading.
func (l *looker) survey(ctx context.Context, sheet table.Sheet, b *binding, headings []string, heading int) ([]surveyed, error) {
	all := make([]surveyed, len(headings))
	n := 0
	defer l.meter.sheet()
	err := sheet.Rows(func(row table.Row) error {
		if row.Number%every == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			l.meter.at(row.Read)
		}
		if row.Number <= heading || row.Problem != nil || !looksLikeData(row) {
			return nil
		}
		if n++; n > lookedAt && n%everyNth != 0 {
			return nil
		}
		for i := range row.Cells {
			if row.Cells[i].Kind == table.Empty {
				continue
			}
			for len(all) <= i {
				all = append(all, surveyed{})
			}
			all[i].add(&row.Cells[i])
			if c := b.columnOf(i); c < columns && b.mayHold(c, &row.Cells[i]) {
				all[i].fits++
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return all, err
}

// columnOf returns what the column of an index means; columns for nothing.
func (b *binding) columnOf(i int) column {
	if b != nil {
		for c := range columns {
			if b.at[c] == i {
				return c
			}
		}
	}
	return columns
}

// add counts one cell.
func (s *surveyed) add(c *table.Cell) {
	s.full++
	s.kinds[c.Kind]++
	if w, ok := readDate(c); ok && (c.Kind == table.Date || !onlyDigits(c.Text)) { // 46347 may be a day, and is more often a number
		s.dates++
		if w.fixed {
			s.fixed++
		}
	} else if c.Kind == table.Number || c.Kind == table.Text && money.Read(c.Text) != money.Unreadable {
		s.amounts++
		if strings.ContainsAny(c.Text, ".,") {
			s.decimal++
		}
	}
	if len(c.Text) >= 9 && onlyDigits(c.Text) {
		s.long++
	}
	if c.Kind == table.Text {
		switch {
		case isGSTIN(c.Text):
			s.gstins++
		case isIFSC(c.Text):
			s.ifscs++
		case !strings.ContainsAny(c.Text, "0123456789"):
			s.names++
		default:
			s.codes++
		}
	}
	if s.values[c.Text] || len(s.values) >= valuesKept {
		return
	}
	if s.values == nil {
		s.values = make(map[string]bool)
	}
	s.values[c.Text] = true
	if len(s.candidates) < examplesKept {
		s.candidates = append(s.candidates, *c)
		return
	}
	// The second half goes on to what stands further down.
	half := examplesKept / 2
	s.candidates[half+len(s.values)%half] = *c
}

// isGSTIN tells whether a text has the form of a GSTIN: two digits, a PAN, and
// three more characters.
func isGSTIN(s string) bool {
	return len(s) == 15 && onlyDigits(s[:2]) && party.IsPAN(s[2:12])
}

// isIFSC tells whether a text has the form of an IFSC: the bank's four letters, a
// zero, and six characters of the branch.
func isIFSC(s string) bool {
	return len(s) == 11 && s[4] == '0' && !strings.ContainsAny(s[:4], "0123456789 ")
}

// column describes one column.
func (l *looker) column(b *binding, headings []string, at int, s *surveyed) InspectedColumn {
	c := InspectedColumn{Letter: source.ColumnName(at + 1), Meaning: NotUsed}
	heading := ""
	if at < len(headings) {
		heading = headings[at]
		c.Heading = oneLine(party.MaskPAN(maskDigits(heading)))
	}
	means := b.columnOf(at)
	if means < columns {
		c.Meaning = means.String()
		c.Confidence, c.Why = l.confidence(b, means, s)
	}
	c.Format = l.format(b, means, s)
	for _, i := range spread(len(s.candidates)) {
		text := oneLine(exampleOf(means, heading, b, &s.candidates[i]))
		if !slices.Contains(c.Examples, text) {
			c.Examples = append(c.Examples, text)
		}
	}
	return c
}

// spread returns the first, the middle and the last index of n.
func spread(n int) []int {
	switch {
	case n == 0:
		return nil
	case n <= 3:
		return []int{0, 1, 2}[:n]
	}
	return []int{0, n / 2, n - 1}
}

// confidence says how sure the meaning of a column is, and why.
func (l *looker) confidence(b *binding, c column, s *surveyed) (word, why string) {
	_, named := l.overrides[c]
	switch {
	case s.full > 0 && s.fits*2 < s.full:
		return "low", fmt.Sprintf("%d of %d cells hold something else", s.full-s.fits, s.full)
	case named:
		return "set", "named in ledger.columns"
	case s.full == 0:
		return "medium", "the heading is known, the column is empty"
	case b.holds(c) == "":
		return "high", "the heading is known"
	case s.fits < s.full:
		return "high", fmt.Sprintf("heading and contents agree but for %s", counted(s.full-s.fits, "cell", "cells"))
	}
	return "high", "heading and contents agree"
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// format says how a column is written.
func (l *looker) format(b *binding, c column, s *surveyed) string {
	stored := s.kinds[table.Date] + s.kinds[table.Number]
	switch {
	case s.full == 0:
		return "empty"
	case c < columns && b.holds(c) == "date":
		return l.dateFormat(c, s)
	case c < columns && b.holds(c) == "amount":
		return l.amountFormat(s)
	case s.kinds[table.Text] == s.full && s.dates == s.full:
		return "dates, as text"
	case s.kinds[table.Date] == s.full:
		return "dates, stored as such"
	case s.kinds[table.Number] == s.full:
		return "numbers"
	case s.kinds[table.Text] == s.full && s.amounts == s.full:
		return "numbers, as text"
	case s.amounts*10 >= s.full*9:
		return fmt.Sprintf("numbers, but for %d", s.full-s.amounts)
	case stored > 0:
		return fmt.Sprintf("mixed: %s, %s", counted(s.kinds[table.Text], "text", "texts"), counted(s.full-s.kinds[table.Text], "other", "others"))
	}
	return "text"
}

func (l *looker) dateFormat(c column, s *surveyed) string {
	switch {
	case s.kinds[table.Date] == s.full:
		return "dates, stored as such"
	case s.dates == s.full && s.fixed == s.full:
		return "dates that leave no doubt"
	}
	if l.saw.votes == nil {
		return "dates, as text"
	}
	v := l.saw.votes.dates[c]
	proofs := fmt.Sprintf("proved by %d", v.dayFirst)
	order := "day first"
	if l.saw.reading != nil && l.saw.reading.orders[c] == MonthFirst {
		order, proofs = "month first", fmt.Sprintf("proved by %d", v.monthFirst)
	}
	if l.saw.reading == nil {
		return fmt.Sprintf("dates, %d day first and %d month first", v.dayFirst, v.monthFirst)
	}
	return "dates, " + order + ", " + proofs
}

func (l *looker) amountFormat(s *surveyed) string {
	if s.kinds[table.Text] == 0 {
		return "amounts, stored as numbers"
	}
	if l.saw.votes == nil {
		return "amounts, as text"
	}
	v := l.saw.votes.amounts
	if l.saw.reading == nil {
		return fmt.Sprintf("amounts, %d with a point and %d with a comma in the file", v.point, v.comma)
	}
	if l.saw.reading.separator == money.Comma {
		return fmt.Sprintf("amounts, decimal comma, proved by %d in the file", v.comma)
	}
	return fmt.Sprintf("amounts, decimal point, proved by %d in the file", v.point)
}

// exampleOf returns a cell of a column as it may be shown.
func exampleOf(c column, heading string, b *binding, cell *table.Cell) string {
	text := cell.Text
	if p, _, err := money.ParseStored(text); err == nil && cell.Kind == table.Number && c < columns && b.holds(c) == "amount" {
		text = p.String()
	}
	switch {
	case cell.Kind == table.NoCache:
		return "(a formula without its result)"
	case cell.Kind == table.Date && cell.Date != 0:
		text = cell.Date.String()
	case markOf(cell) == creditMark && cell.Kind == table.Number:
		text += " Cr"
	case markOf(cell) == debitMark && cell.Kind == table.Number:
		text += " Dr"
	}
	return b.mask(c, heading, text, cell)
}
