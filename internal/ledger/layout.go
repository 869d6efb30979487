package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"reconcile/internal/source"
	"reconcile/internal/table"
)

// headingWithin is how far down a heading is looked for. Tally puts it at row 8
// and QuickBooks at 5; a longer preamble is not a ledger's.
const headingWithin = 60

// plausible is how many known headings make a row look like a heading at all.
const plausible = 3

// A layout is how one system names the columns of its ledger.
type layout struct {
	name     string
	headings map[string]column // by folded heading
}

// canonical is the layout of the contract: the columns under their own names.
func canonical() layout {
	l := layout{name: "canonical", headings: make(map[string]column, columns)}
	for c, name := range columnNames {
		l.headings[fold(name)] = column(c)
	}
	return l
}

// A binding is a layout found in a sheet: where each column stands.
type binding struct {
	layout   string
	row      int          // of the heading
	at       [columns]int // index of the cell; -1 where there is no such column
	headings []string     // as written, by index
	width    int          // cells up to the last heading
	known    int          // columns found

	twice   map[column][]int // columns that two headings claim
	missing []column         // from ledger.columns, whose heading is not there
}

// has tells whether the sheet has the column.
func (b *binding) has(c column) bool { return b.at[c] >= 0 }

// heading returns the heading of a column as the file writes it.
func (b *binding) heading(c column) string {
	if b.at[c] < 0 {
		return c.String()
	}
	return b.headings[b.at[c]]
}

// lacks returns the needed columns that are not there, the first of each choice.
func (b *binding) lacks() []column {
	var lacking []column
	for _, choice := range needed {
		if !slices.ContainsFunc(choice, b.has) {
			lacking = append(lacking, choice[0])
		}
	}
	return lacking
}

// complete tells whether the sheet can be read by the binding.
func (b *binding) complete() bool {
	return len(b.lacks()) == 0 && len(b.twice) == 0 && len(b.missing) == 0
}

// recognise finds the heading row of a sheet: the one with the most known
// headings among its first rows, the first of equals. known is 0 when there is
// none.
func recognise(sheet table.Sheet, l layout, overrides map[column]string) (*binding, error) {
	best := &binding{}
	seen := 0
	err := sheet.Rows(func(row table.Row) error {
		if seen++; seen > headingWithin {
			return errEnough
		}
		if b := bind(row, l, overrides); b.known > best.known {
			best = b
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return best, nil
}

// errEnough ends a reading that has seen what it wanted.
var errEnough = errors.New("enough rows")

// bind takes a row for a heading and says what that would make of it.
func bind(row table.Row, l layout, overrides map[column]string) *binding {
	b := &binding{layout: l.name, row: row.Number}
	for c := range b.at {
		b.at[c] = -1
	}
	found := make(map[column][]int)
	for i := range row.Cells {
		text := row.Cells[i].Text
		b.headings = append(b.headings, text)
		if text == "" {
			continue
		}
		b.width = i + 1
		if c, ok := l.headings[fold(text)]; ok {
			found[c] = append(found[c], i)
		}
	}
	for c, heading := range overrides {
		at := b.headed(heading)
		switch {
		case len(at) > 0:
			found[c] = at
		case len(found[c]) == 0:
			b.missing = append(b.missing, c)
		}
	}
	slices.Sort(b.missing)
	for c, at := range found {
		b.at[c] = at[0]
		b.known++
		if len(at) > 1 {
			if b.twice == nil {
				b.twice = make(map[column][]int)
			}
			b.twice[c] = at
		}
	}
	return b
}

// headed returns the cells with a heading: as written, else folded.
func (b *binding) headed(heading string) []int {
	var exact, folded []int
	want := fold(heading)
	for i, h := range b.headings {
		if h == "" {
			continue
		}
		if h == strings.TrimSpace(heading) {
			exact = append(exact, i)
		}
		if want != "" && fold(h) == want {
			folded = append(folded, i)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return folded
}

// bindSheets finds the sheets of a file that hold the ledger. The sheets without
// a heading come back as notes; it is an error when no sheet has one, or when
// one has and cannot be read by it.
func bindSheets(path string, sheets []table.Sheet, l layout, overrides map[column]string) ([]*binding, []string, error) {
	found := make([]*binding, len(sheets))
	var notes []string
	var faults []error
	var nearest *binding
	nearestSheet := ""
	usable := 0
	for i, sheet := range sheets {
		b, err := recognise(sheet, l, overrides)
		switch {
		case err != nil:
			return nil, nil, fileError(path, sheet.Name(), 0, checkFile, err.Error())
		case b.known > 0 && b.complete():
			found[i] = b
			usable++
		case b.known >= plausible && (len(sheets) == 1 || b.has(invoiceNumber)):
			faults = append(faults, b.refusal(path, sheet.Name()))
		default:
			if nearest == nil || b.known > nearest.known {
				nearest, nearestSheet = b, sheet.Name()
			}
			if sheet.Name() != "" {
				notes = append(notes, fmt.Sprintf("sheet %q has no heading of a ledger and was not read", sheet.Name()))
			}
		}
	}
	if len(faults) > 0 {
		return nil, nil, errors.Join(faults...)
	}
	if usable > 0 {
		return found, notes, nil
	}
	if nearest != nil && nearest.known >= 2 {
		return nil, nil, nearest.refusal(path, nearestSheet)
	}
	return nil, nil, fileError(path, "", 0, checkNoHeading, fmt.Sprintf(
		"none of the first %d rows names the columns %s, %s or %s, and %s or %s",
		headingWithin, invoiceNumber, supplierName, supplierB2BID, invoiceAmount, dueAmount))
}

// refusal says why the heading cannot be used: what is there twice, what is
// missing, and what to paste into the configuration.
func (b *binding) refusal(path, sheet string) error {
	var faults []error
	for c := range columns {
		at := b.twice[c]
		if at == nil {
			continue
		}
		var places []string
		for _, i := range at {
			places = append(places, source.ColumnName(i+1))
		}
		e := fileError(path, sheet, b.row, checkHeadingTwice,
			fmt.Sprintf("%s is headed %q in columns %s", c, b.headings[at[0]], strings.Join(places, " and ")))
		faults = append(faults, e)
	}
	if lacking := append(b.lacks(), b.missing...); len(lacking) > 0 {
		slices.Sort(lacking)
		lacking = slices.Compact(lacking)
		var names, paste []string
		for _, c := range lacking {
			names = append(names, c.String())
			paste = append(paste, c.String()+`: "…"`)
		}
		e := fileError(path, sheet, b.row, checkColumnMissing, fmt.Sprintf(
			"no column %s; the file has %s", strings.Join(names, ", "), b.list()))
		e.Setting = "ledger:\n  columns: {" + strings.Join(paste, ", ") + "}"
		faults = append(faults, e)
	}
	return errors.Join(faults...)
}

// list returns the headings of the file, in quotes.
func (b *binding) list() string {
	var quoted []string
	for _, h := range b.headings {
		if h != "" {
			quoted = append(quoted, fmt.Sprintf("%q", maskDigits(h)))
		}
	}
	return strings.Join(quoted, ", ")
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
