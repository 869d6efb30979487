package ledger

import (
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/money"
)

// columnSums are sums by amount column.
type columnSums = [len(amountColumns)]money.Paise

// prove compares a total row with the rows above it, column by column, and notes
// what the report's control total says. Subtotals are too many to speak of while
// they are right, and so is every total in the columns of this program.
func (r *rowReader) prove(sums *running) {
	if !r.b.owes {
		r.proveCanonical(sums)
		return
	}
	r.endGroup(&sums.since)
	if r.lines.heads(r.row.Number, r.b) {
		r.beginGroup()
		return
	}
	if sums.rows == 0 {
		return // a total that stands above its rows
	}
	of, above := &sums.all, "the rows above"
	best := r.agreeing(of)
	if c := sums.byCurrency[r.cell(currency).Text]; c != nil && r.agreeing(c) > best {
		of, best = c, r.agreeing(c)
		above += " in " + r.cell(currency).Text
	}
	section := sums.sinceRows > 0 && (r.agreeing(&sums.since) > best || best == 0 && !r.plainTotal())
	if section {
		of, above = &sums.since, "the rows since the last total"
	} else if best == 0 && !r.plainTotal() {
		return // a sum of sums, of which nobody says which
	}
	where := r.where()
	var right []string
	for _, i := range r.b.amounts {
		a := r.amounts[i]
		if a.state != good {
			continue
		}
		says := a.value.Grouped() + " of " + r.b.heading(amountColumns[i])
		switch {
		case !r.sameSum(i, of[i]):
			r.disprove("the total in %s, %s, is not the sum of %s, which is %s", where, says, above, of[i].Grouped())
		case a.value != 0:
			right = append(right, says)
		}
	}
	if len(right) > 0 && !section {
		r.proof = append(r.proof, fmt.Sprintf("the total in %s, %s, is the sum of %s", where, strings.Join(right, ", "), above))
	}
}

// proveCanonical notes what a total says that is no sum of the rows above, be it
// of all or of those since the last total, with credits added or taken off.
func (r *rowReader) proveCanonical(sums *running) {
	if sums.rows == 0 {
		return
	}
	for _, i := range r.b.amounts {
		a := r.amounts[i]
		if a.state != good || slices.Contains([]money.Paise{sums.all[i], sums.since[i], sums.net[i], sums.netSince[i]}, a.value) {
			continue
		}
		above := sums.all[i].Grouped()
		if sums.net[i] != sums.all[i] {
			above += ", or " + sums.net[i].Grouped() + " with credits taken off"
		}
		r.disprove("the total in %s, %s of %s, is not the sum of the rows above, which is %s",
			r.where(), a.value.Grouped(), r.b.heading(amountColumns[i]), above)
	}
}

// disprove notes a total that is no sum.
func (r *rowReader) disprove(format string, args ...any) {
	note := fmt.Sprintf(format, args...)
	r.proof, r.wrong = append(r.proof, note), append(r.wrong, note)
}

// agreeing counts the amounts of the row that are the sums.
func (r *rowReader) agreeing(of *columnSums) int {
	n := 0
	for _, i := range r.b.amounts {
		if a := &r.amounts[i]; a.state == good && a.value != 0 && r.sameSum(i, of[i]) {
			n++
		}
	}
	return n
}

// where names the row at hand for a note of its file.
func (r *rowReader) where() string {
	if r.pos.Sheet == "" {
		return fmt.Sprintf("row %d", r.row.Number)
	}
	return fmt.Sprintf("row %d of sheet %q", r.row.Number, r.pos.Sheet)
}

// plainTotal tells whether the row says that it is the total, and of nothing in
// particular.
func (r *rowReader) plainTotal() bool {
	for i := range r.row.Cells {
		if rest, ok := saysTotal(r.row.Cells[i].Text); ok {
			return rest == ""
		}
	}
	return false
}
