package ledger

import (
	"errors"
	"fmt"
	"slices"

	"reconcile/internal/money"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// headingWithin is how far down a heading is looked for. Tally puts it at row 8
// and QuickBooks at 5; a longer preamble is not a ledger's.
const headingWithin = 60

// sampled is how many rows below the last possible heading tell whether the
// columns hold what their headings say.
const sampled = 100

// plausible is how many known headings make a row look like a heading at all.
const plausible = 3

// errEnough ends a reading that has seen what it wanted.
var errEnough = errors.New("enough rows")

// A sample is the head of a sheet.
type sample struct {
	name   string
	rows   []table.Row // with cells of their own
	folded [][]string  // the texts of the rows that may be the heading
	again  bool        // of rows that were quarantined, most of which may still be wrong
}

func takeSample(sheet table.Sheet) (sample, error) {
	s := sample{name: sheet.Name()}
	_, s.again = sheet.(*mendedSheet)
	err := sheet.Rows(func(row table.Row) error {
		if len(s.rows) >= headingWithin+sampled {
			return errEnough
		}
		row.Cells = slices.Clone(row.Cells)
		if s.rows = append(s.rows, row); len(s.rows) <= headingWithin {
			s.folded = append(s.folded, foldAll(row.Cells))
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return s, err
}

// foldAll returns the folded texts of cells, without the icons of SAP.
func foldAll(cells []table.Cell) []string {
	all := make([]string, len(cells))
	for i := range cells {
		if cells[i].Kind == table.Text {
			all[i] = fold(withoutIcon(cells[i].Text))
		}
	}
	return all
}

// A fit is a file seen by one layout.
type fit struct {
	l      *layout
	sheets []*binding // the best heading of each sheet; known is 0 where there is none
	score  int        // of the best sheet
	usable bool       // some sheet can be read by it; of a foreign layout, known by headings of its own
}

// fitted looks for the layout in all sheets.
func fitted(l *layout, samples []sample, overrides map[column]string) fit {
	g := newGlossary(l)
	f := fit{l: l}
	for _, s := range samples {
		b := s.recognise(g, overrides)
		f.sheets = append(f.sheets, b)
		if b.known > 0 {
			f.score = max(f.score, b.score)
			f.usable = f.usable || b.complete() && (!l.foreign() || b.byItself)
		}
	}
	return f
}

// recognise finds the heading row of a sheet: the one with the most known
// headings among its first rows, the first of equals. known is 0 when there is
// none.
func (s *sample) recognise(g *glossary, overrides map[column]string) *binding {
	best, at := &binding{l: g.layout}, 0
	for i, folded := range s.folded {
		if len(overrides) == 0 && !g.knowsAny(folded) {
			continue
		}
		if b := bind(s.rows[i], folded, g, overrides); b.known > best.known {
			best, at = b, i
		}
	}
	if best.known > 0 {
		best.rate(s.rows[at+1:])
		best.titles, best.scale = titlesOf(s.rows[:at]), best.scaleOf(s.rows[:at], s.rows[at])
		if s.again {
			best.misfits = nil
		}
	}
	return best
}

// titlesOf returns what stands alone in its row above a heading: the company, the
// report, the period.
func titlesOf(above []table.Row) map[string]bool {
	titles := make(map[string]bool)
	for _, row := range above {
		if only, _ := onlyText(row); withoutDigits(only) != "" {
			titles[withoutDigits(only)] = true
		}
	}
	return titles
}

// A misfit is a column that holds something else than its heading says.
type misfit struct {
	column  column
	heading string
	at      int    // index of the column
	example string // what stands there
	what    string // should stand there
}

func (m misfit) String() string {
	if m.example == "" {
		return fmt.Sprintf("column %s is headed %q and is empty", source.ColumnName(m.at+1), m.heading)
	}
	return fmt.Sprintf("column %s is headed %q and holds no %s but %q", source.ColumnName(m.at+1), m.heading, m.what, maskDigits(m.example))
}

// rate gives the binding its score: a point for a heading that the layout knows
// by itself, two for a column whose contents are what they should be, and one
// for an empty column. Of a layout that is not our own, disagreement is a misfit.
func (b *binding) rate(below []table.Row) {
	b.score = b.own
	rows := slices.DeleteFunc(slices.Clone(below), func(row table.Row) bool { return !looksLikeData(row) })
	for c := range columns {
		if !b.has(c) || c == paymentTotal {
			continue
		}
		full, fits, example := b.survey(c, rows)
		switch {
		case full == 0:
			b.score++
		case fits*2 >= full:
			b.score += 2
		}
		what := b.holds(c)
		if !b.l.foreign() || len(rows) < 2 || what == "" {
			continue
		}
		if full > 1 && fits*2 < full || full == 0 && c == invoiceNumber {
			b.misfits = append(b.misfits, misfit{c, b.heading(c), b.at[c], example, what})
		}
	}
}

// looksLikeData tells whether a row may be of the ledger itself and not a
// heading, a total, or the name of a group.
func looksLikeData(row table.Row) bool {
	full := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind == table.Empty {
			continue
		}
		if _, total := saysTotal(c.Text); total && c.Kind == table.Text {
			return false
		}
		full++
	}
	return full >= 3
}

// survey counts the cells of a column that hold something, and those that hold
// what the column should. example is the first that does not.
func (b *binding) survey(c column, rows []table.Row) (full, fits int, example string) {
	for _, row := range rows {
		i := b.at[c]
		if i >= len(row.Cells) || row.Cells[i].Kind == table.Empty {
			continue
		}
		full++
		if b.mayHold(c, &row.Cells[i]) {
			fits++
		} else if example == "" {
			example = row.Cells[i].Text
		}
	}
	return full, fits, example
}

// holds says in a word what a column is to hold; empty where anything may stand.
func (b *binding) holds(c column) string {
	switch {
	case slices.Contains(dateColumns[:], c):
		return "date"
	case slices.Contains(amountColumns[:], c):
		return "amount"
	case c == invoiceNumber:
		return "invoice number"
	case c == documentType:
		return "type of document"
	}
	return ""
}

// mayHold tells whether a cell holds what its column should.
func (b *binding) mayHold(c column, cell *table.Cell) bool {
	switch b.holds(c) {
	case "date":
		_, ok := readDate(cell)
		return ok
	case "amount":
		switch cell.Kind {
		case table.Number, table.NoCache, table.Error:
			return true
		case table.Text:
			return money.Read(cell.Text) != money.Unreadable || nothing(cell.Text)
		}
		return false
	case "invoice number":
		return !saysSide(cell.Text)
	case "type of document":
		return cell.Kind == table.Text && !saysSide(cell.Text) && money.Read(cell.Text) == money.Unreadable
	}
	return true
}

// bindSheets finds the sheets of a file that hold the ledger. The sheets without
// a heading come back as notes; it is an error when no sheet has one, or when
// one has and cannot be read by it.
func bindSheets(path string, sheets []table.Sheet, preset string, overrides map[column]string) (choice, []string, error) {
	var samples []sample
	for _, sheet := range sheets {
		s, err := takeSample(sheet)
		if err != nil {
			return choice{}, nil, fileError(path, sheet.Name(), 0, checkFile, err.Error())
		}
		samples = append(samples, s)
	}
	chosen, err := choose(path, samples, preset, overrides)
	if err != nil {
		return chosen, nil, err
	}
	notes, err := chosen.check(path, sheets)
	return chosen, notes, err
}

// check refuses a file of which a sheet looks like the ledger and cannot be
// read, or none does. Sheets without a heading are left out.
func (f *choice) check(path string, sheets []table.Sheet) ([]string, error) {
	var notes []string
	var faults []error
	var nearest *binding
	nearestSheet := ""
	usable := 0
	for i, b := range f.sheets {
		name := sheets[i].Name()
		switch {
		case b.known > 0 && b.complete() && b.scale != "":
			faults = append(faults, b.scaled(path, name))
		case b.known > 0 && b.complete():
			usable++
			continue
		case b.known >= plausible && (len(sheets) == 1 || b.has(invoiceNumber)):
			faults = append(faults, f.refusal(b, path, name))
		default:
			if nearest == nil || b.known > nearest.known {
				nearest, nearestSheet = b, name
			}
			if name != "" {
				notes = append(notes, fmt.Sprintf("sheet %q has no heading of a ledger and was not read", name))
			}
		}
		f.sheets[i] = nil
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if usable > 0 {
		return notes, nil
	}
	if nearest != nil && nearest.known >= 2 {
		return nil, f.refusal(nearest, path, nearestSheet)
	}
	return nil, fileError(path, "", 0, checkNoHeading, fmt.Sprintf(
		"none of the first %d rows names the columns %s, %s or %s, and %s or %s",
		headingWithin, invoiceNumber, supplierName, supplierB2BID, invoiceAmount, dueAmount))
}
