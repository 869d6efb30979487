package ledger

import (
	"fmt"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// minority is the share of proofs, in percent, up to which those of the other
// way of writing are faults of their rows rather than a doubt about the file.
const minority = 5

// inDoubt tells whether proofs that contradict each other put the whole column
// in doubt: more than a few do, and there are cells that could be read by either
// way; or so many do that nobody can say which way is the fault.
func inDoubt(one, other, unclear int) bool {
	fewer, all := min(one, other), one+other
	return fewer*100 > all*minority && unclear > 0 || fewer > 0 && fewer*3 >= all
}

// A ballot holds what the cells of one file prove about how it is written.
type ballot struct {
	dates   [columns]dateVote
	amounts amountVote
	rows    int // with anything in them
	tooWide int // of these, with cells beyond the last heading
	split   int // of these, where the first of them looks like the rest of an amount: 1,180.00 without quotes
	marks   [len(amountColumns)]int
}

type dateVote struct {
	dayFirst, monthFirst       int
	unclear                    int // such as 03/04/2026
	dayExample, monthExample   string
	dayExampleAt, monthExampAt source.Pos
}

type amountVote struct {
	point, comma, dotted                         int
	either                                       int // such as 1,180; 1.180 and the like are dotted
	eitherExample                                string
	eitherExampleAt                              source.Pos
	pointExample, commaExample, dottedExample    string
	pointExampleAt, commaExampleAt, dottedExampA source.Pos
}

// add counts what one row proves.
func (v *ballot) add(row table.Row, b *binding, pos source.Pos) {
	if row.Blank() {
		return
	}
	v.rows++
	if tooWide(row, b) {
		v.tooWide++
		if splits(row, b) {
			v.split++
		}
	}
	if !b.owes && b.marked(row) {
		b.takeSides()
	}
	if b.owes {
		v.countMarks(row, b)
	}
	for _, c := range dateColumns {
		i := b.at[c]
		if i < 0 || i >= len(row.Cells) || row.Cells[i].Kind != table.Text {
			continue
		}
		w, ok := parseDate(row.Cells[i].Text)
		if !ok || w.fixed {
			continue
		}
		d := &v.dates[c]
		pos.Col = i + 1
		switch w.proves() {
		case DayFirst:
			if d.dayFirst++; d.dayFirst == 1 {
				d.dayExample, d.dayExampleAt = row.Cells[i].Text, pos
			}
		case MonthFirst:
			if d.monthFirst++; d.monthFirst == 1 {
				d.monthExample, d.monthExampAt = row.Cells[i].Text, pos
			}
		default:
			d.unclear++
		}
	}
	for _, n := range b.amounts {
		i := b.at[amountColumns[n]]
		if i >= len(row.Cells) || row.Cells[i].Kind != table.Text {
			continue
		}
		pos.Col = i + 1
		v.amounts.add(row.Cells[i].Text, pos)
	}
}

func (a *amountVote) add(text string, pos source.Pos) {
	switch money.Read(text) {
	case money.ProvesPoint:
		if a.point++; a.point == 1 {
			a.pointExample, a.pointExampleAt = text, pos
		}
	case money.ProvesComma:
		if a.comma++; a.comma == 1 {
			a.commaExample, a.commaExampleAt = text, pos
		}
	case money.Either:
		if a.either++; a.either == 1 {
			a.eitherExample, a.eitherExampleAt = text, pos
		}
	case money.EitherDotted:
		if a.dotted++; a.dotted == 1 {
			a.dottedExample, a.dottedExampA = text, pos
		}
	}
}

// order returns the order of a column's dates: the setting, what is proved, or
// day first. When the proofs contradict each other in earnest the file is
// refused, for half of its dates would be wrong and look right.
func (d dateVote) order(setting DateOrder, path string, c column) (DateOrder, error) {
	if setting != AutoDates {
		return setting, nil
	}
	if inDoubt(d.dayFirst, d.monthFirst, d.unclear) {
		return 0, fileError(path, "", 0, checkDatesDisagree, fmt.Sprintf(
			"%s has %d that can only be day first, such as %s at %s, and %d that can only be month first, such as %s at %s",
			c, d.dayFirst, maskDigits(d.dayExample), d.dayExampleAt, d.monthFirst, maskDigits(d.monthExample), d.monthExampAt))
	}
	if d.monthFirst > d.dayFirst {
		return MonthFirst, nil
	}
	return DayFirst, nil
}

// separator returns the mark before the paise. A file of 1.180 and the like
// that proves nothing is refused: read one way or the other the total is wrong
// by a thousand.
func (a amountVote) separator(setting money.Separator, path string) (money.Separator, error) {
	if setting != money.AutoSeparator {
		return setting, nil
	}
	switch {
	case inDoubt(a.point, a.comma, a.either+a.dotted):
		return 0, fileError(path, "", 0, checkDecimalsDisagree, fmt.Sprintf(
			"%d with a point, such as %s at %s, and %d with a comma, such as %s at %s",
			a.point, maskDigits(a.pointExample), a.pointExampleAt, a.comma, maskDigits(a.commaExample), a.commaExampleAt))
	case a.comma > a.point && a.either > 0:
		// 59,000 has no two decimals behind its comma: among decimal commas it is
		// a thousand times less than what India would read.
		return 0, fileError(path, "", 0, checkDecimalsUnclear, fmt.Sprintf(
			"%s at %s is a grouping or has three decimals, and %d more, beside %s at %s",
			maskDigits(a.eitherExample), a.eitherExampleAt, a.either-1, maskDigits(a.commaExample), a.commaExampleAt))
	case a.comma > a.point:
		return money.Comma, nil
	case a.point == 0 && a.dotted > 0:
		return 0, fileError(path, "", 0, checkDecimalsUnclear, fmt.Sprintf(
			"%s at %s may be either, and %d more", maskDigits(a.dottedExample), a.dottedExampA, a.dotted-1))
	}
	return money.Point, nil
}

// sameAuthor refuses a file of which one column proves that the month stands
// first, while another has dates that could be read either way and proves
// nothing: whoever wrote the one has probably written the other.
func (v *ballot) sameAuthor(setting DateOrder, path string) error {
	if setting != AutoDates {
		return nil
	}
	for _, c := range dateColumns {
		proved := &v.dates[c]
		if proved.monthFirst <= proved.dayFirst {
			continue
		}
		for _, other := range dateColumns {
			if d := &v.dates[other]; d.unclear > 0 && d.dayFirst+d.monthFirst == 0 {
				return fileError(path, "", 0, checkDatesDisagree, fmt.Sprintf(
					"%s is month first, such as %s at %s, and %s has %d dates that could be read either way and proves nothing",
					c, maskDigits(proved.monthExample), proved.monthExampAt, other, d.unclear))
			}
		}
	}
	return nil
}

// unnamedFrom is how many rows it takes to believe in a column without a name:
// in a ledger of two rows one unquoted comma would already be most of them.
const unnamedFrom = 10

// unnamedColumns tells whether the cells beyond the last heading are columns
// without a name, as most rows have them, and not rows gone wrong.
func (v *ballot) unnamedColumns() bool {
	return v.tooWide >= unnamedFrom && v.tooWide*2 > v.rows && v.split*2 < v.tooWide
}

// splits tells whether the cell behind an amount may be its last digits, which a
// comma without quotes has cut off: of 1,180.00 the 1 would be read for the whole.
// Behind the last column that is enough; before it the amount must look like the
// head of such a one, for there the next column's own amount may stand.
func splits(row table.Row, b *binding) bool {
	for _, i := range b.amounts {
		at := b.at[amountColumns[i]]
		if at+1 >= len(row.Cells) || row.Cells[at].Kind != table.Text || row.Cells[at+1].Kind != table.Text {
			continue
		}
		head, after := digits(strings.TrimPrefix(row.Cells[at].Text, "-"))
		group, rest := digits(row.Cells[at+1].Text)
		isGroup := (group.len == 2 || group.len == 3) && (rest == "" || rest[0] == '.' && onlyDigits(rest[1:]))
		if isGroup && (at == b.width-1 || head.len > 0 && head.len <= 3 && after == "") {
			return true
		}
	}
	return false
}

// tooWide tells whether the row has anything beyond the last heading. Dr or Cr
// behind an amount that stands last is no column gone astray.
func tooWide(row table.Row, b *binding) bool {
	for i := b.width; i < len(row.Cells); i++ {
		c := &row.Cells[i]
		if c.Kind != table.Empty && !(i == b.width && saysSide(c.Text) && b.besideLast()) {
			return true
		}
	}
	return false
}
