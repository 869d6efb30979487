package ledger

import (
	"fmt"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/table"
)

// A Side says which amounts of a foreign layout we owe, where its own way is not
// that of the file.
type Side uint8

const (
	AutoSide Side = iota // as the layout has it
	OwedIsPositive
	OwedIsNegative
)

// A mark is Dr or Cr as a cell shows it, in its text, in its number format or in
// the cell beside it.
type mark uint8

const (
	unmarked mark = iota
	debitMark
	creditMark
)

// saysSide tells whether a text is nothing but Dr or Cr.
func saysSide(s string) bool { return sideOf(s) != unmarked }

// sideOf reads a text that is nothing but Dr or Cr, or the H and S of SAP.
func sideOf(s string) mark {
	if len(s) == 0 || len(s) > 6 {
		return unmarked
	}
	switch strings.ToLower(strings.TrimSuffix(s, ".")) {
	case "dr", "debit", "s":
		return debitMark
	case "cr", "credit", "h":
		return creditMark
	}
	return unmarked
}

// markOf returns what the cell of an amount itself says.
func markOf(c *table.Cell) mark {
	switch {
	case c.Side == table.CreditSide:
		return creditMark
	case c.Side == table.DebitSide:
		return debitMark
	case c.Kind != table.Text || len(c.Text) < 3:
		return unmarked
	}
	switch last := c.Text[len(c.Text)-2:]; {
	case strings.EqualFold(last, "cr"):
		return creditMark
	case strings.EqualFold(last, "dr"):
		return debitMark
	}
	return unmarked
}

// beside returns the mark of an amount in the cell behind it or in the column
// for it.
func (r *rowReader) beside(c column) mark {
	if s := r.cell(side); s.Kind == table.Text {
		return sideOf(s.Text)
	}
	if i := r.b.at[c] + 1; r.b.beside[c] && i < len(r.row.Cells) && r.row.Cells[i].Kind == table.Text {
		return sideOf(r.row.Cells[i].Text)
	}
	return unmarked
}

// owe turns the amounts of a row of a foreign layout so that what we owe is
// positive, and finds out what the row is. r.amounts keep the signs of the
// file, which the control totals are about, but for a Cr that stands beside.
func (r *rowReader) owe() {
	r.kind = r.kindOf(r.cell(documentType).Text)
	if k, ok := r.b.l.specials[r.special()]; ok {
		r.kind = k
	} else if r.b.l.settled && r.unallocated() {
		r.kind = advanceKind
	}
	r.sideless = columns
	for _, i := range r.b.amounts {
		c := amountColumns[i]
		a := &r.amounts[i]
		if a.state != good {
			continue
		}
		a.mark = markOf(r.cell(c))
		if m := r.beside(c); m != unmarked && a.mark == unmarked {
			a.mark = m
			a.stand(m)
		}
		if r.marked[i] && a.mark == unmarked && a.value != 0 {
			r.sideless = c
		}
	}
	for i := range r.owed {
		r.owed[i] = r.turn(i)
	}
	if r.b.has(creditAmount) && r.owed[atGross].state == absent {
		r.owed[atGross] = r.difference()
	}
	switch {
	case !r.b.l.settled || r.owed[atDue].state != absent:
	case r.kind == advanceKind: // what was paid stands open against bills to come
		r.owed[atGross].value = -r.owed[atGross].value
		r.owed[atDue] = r.owed[atGross]
	default:
		r.owed[atDue] = amount{state: good}
	}
	r.borrowSigns()
}

// turn returns an amount as we owe it. What an amount says itself, Dr or Cr, no
// setting turns round: Cr is owed, and negative.
func (r *rowReader) turn(i int) amount {
	a := r.amounts[i]
	sign := r.b.signs[amountColumns[i]]
	if a.state != good || sign == asWritten || sign == signOfAnother {
		return a
	}
	negative := sign == owedNegative
	switch {
	case a.mark != unmarked || r.marked[i]:
		negative = true
	case r.o.Owed != AutoSide:
		negative = r.o.Owed == OwedIsNegative
	}
	if negative {
		a.value = -a.value
	}
	return a
}

// stand gives an amount the sign of the side that stands beside it. Some
// systems write a minus as well; a minus with Dr is a contradiction.
func (a *amount) stand(m mark) {
	switch {
	case m == creditMark && a.value > 0:
		a.value = -a.value
	case m == debitMark && a.value < 0:
		a.state, a.fault = bad, checkSign
	}
}

// difference returns what we owe of a row with a column for debit and one for
// credit. A Cr in the column for credit says nothing new.
func (r *rowReader) difference() amount {
	credit, debit := r.amounts[atCredit], r.amounts[atDebit]
	if credit.state == bad || debit.state == bad || credit.state == absent && debit.state == absent {
		return amount{}
	}
	if credit.mark != unmarked {
		credit.value = -credit.value
	}
	return amount{value: credit.value - debit.value, state: good}
}

// borrowSigns gives amounts without a sign of their own that of another.
func (r *rowReader) borrowSigns() {
	for i := range r.owed {
		if r.b.signs[amountColumns[i]] == signOfAnother && r.owed[atGross].value < 0 && r.owed[i].value > 0 {
			r.owed[i].value = -r.owed[i].value
		}
	}
}

// balance is the amount by whose sign the row is known.
func (r *rowReader) balance() money.Paise {
	if g := r.owed[atGross]; g.state == good && g.value != 0 {
		return g.value
	}
	return r.owed[atDue].value
}

// foreignType returns what kind of document a row of a foreign layout is, by its
// word and its sign. A document whose sign contradicts its word is a problem.
func (r *rowReader) foreignType() DocumentType {
	owed := r.balance()
	var t DocumentType
	switch r.kind {
	case strangeKind:
		r.fault(checkDocumentType, documentType, r.cell(documentType).Text, "")
		return Invoice
	case billKind, unnamedKind:
		r.tell(owed)
		if owed < 0 {
			return CreditNote
		}
		return Invoice
	case creditKind:
		t = CreditNote
	case debitKind:
		t = DebitNote
	default: // a payment, or a posting by hand
		t = Advance
	}
	if owed > 0 {
		r.fault(checkSign, documentType, r.cell(documentType).Text, "we owe "+owed.String())
	}
	return t
}

// tell counts the signs of what should be invoices. An amount without Dr or Cr,
// in a column of such, has none.
func (r *rowReader) tell(owed money.Paise) {
	switch {
	case r.sideless < columns:
	case owed > 0:
		r.signs.owed++
	case owed < 0:
		r.signs.not++
		if r.signs.not == 1 {
			r.signs.first = r.pos
		}
	}
}

// foreignAmounts returns the five amounts of a row of a foreign layout. Those of
// a credit are positive, as in the canonical layout, and of one that stands
// open nothing counts but what is open.
func (r *rowReader) foreignAmounts(t DocumentType) five {
	f := r.owed
	for _, i := range []int{atTDS, atAdjustment} {
		if f[i].state == absent {
			f[i].state = good
		}
	}
	if t == Invoice {
		return f
	}
	for i := range f {
		f[i].value = -f[i].value
	}
	if f[atGross].state != bad && f[atGross].value == 0 && f[atDue].state == good {
		open := f[atDue]
		f = five{atGross: open, atDue: open}
		for _, i := range []int{atTDS, atAdjustment, atPaid} {
			f[i].state = good
		}
	}
	return f
}

// check refuses a file whose invoices have for the greater part the sign of
// credits: the layout, or what we believe of it, is not that of the file. A
// setting is for all ledgers and may be right for another.
func (s *signs) check(path string, setting Side) error {
	if s.not <= s.owed {
		return nil
	}
	by := ""
	switch setting {
	case OwedIsPositive:
		by = ", as ledger.owed is positive"
	case OwedIsNegative:
		by = ", as ledger.owed is negative"
	case AutoSide:
	}
	return fileError(path, s.first.Sheet, s.first.Row, checkSignsDisagree, fmt.Sprintf(
		"%d of %d invoices would be credits by their sign%s, this the first", s.not, s.not+s.owed, by))
}

// countMarks counts, for each column of amounts, the cells that say Dr or Cr.
func (v *ballot) countMarks(row table.Row, b *binding) {
	for _, i := range b.amounts {
		c := amountColumns[i]
		at := b.at[c]
		if at >= len(row.Cells) || row.Cells[at].Kind == table.Empty {
			continue
		}
		said := markOf(&row.Cells[at])
		if next := at + 1; said == unmarked && b.beside[c] && next < len(row.Cells) && row.Cells[next].Kind == table.Text {
			said = sideOf(row.Cells[next].Text)
		}
		if s := b.at[side]; said == unmarked && s >= 0 && s < len(row.Cells) {
			said = sideOf(row.Cells[s].Text)
		}
		if said != unmarked {
			v.marks[i]++
		}
	}
}
