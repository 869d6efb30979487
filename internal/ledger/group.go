package ledger

import (
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/table"
)

// A group is the rows of one supplier below a row with its name and their sum, as
// Tally shows a group of creditors in detail. Nothing but what follows tells such
// a row from a bill that lacks its number.
type group struct {
	b    *binding   // of its sheet
	name string     // of the supplier; empty outside of a group
	at   string     // the row of the head, for people
	says columnSums // its sums
	has  [len(amountColumns)]bool
}

// A headRow is a row of a sheet.
type headRow struct {
	b   *binding
	row int
}

// head notes whether the row above was the head of a group: it has a name,
// sums and nothing else, and the row below it a number and no other name.
func (l *lineRows) head(row table.Row, b *binding) {
	if !b.l.groups {
		return
	}
	name, number := text(row, b, supplierName), text(row, b, invoiceNumber)
	if l.candidate.b == b && number != "" && (name == "" || name == l.candidateName) {
		if l.groups == nil {
			l.groups = make(map[headRow]bool)
		}
		l.groups[l.candidate] = true
	}
	l.candidate = headRow{}
	if _, total := saysTotal(name); name == "" || total || slices.ContainsFunc(totalKeys[:], func(c column) bool { return text(row, b, c) != "" }) {
		return
	}
	for _, i := range b.amounts {
		if text(row, b, amountColumns[i]) != "" {
			l.candidate, l.candidateName = headRow{b, row.Number}, strings.Clone(name)
		}
	}
}

// heads tells whether a row is the head of a group.
func (l *lineRows) heads(row int, b *binding) bool { return l.groups[headRow{b, row}] }

// beginGroup takes the row at hand for the head of the rows below.
func (r *rowReader) beginGroup() {
	g := group{b: r.b, name: strings.Clone(r.cell(supplierName).Text), at: r.where()}
	for _, i := range r.b.amounts {
		if a := &r.amounts[i]; a.state == good {
			g.says[i], g.has[i] = a.value, true
		}
	}
	r.lines.group = g
}

// endGroup ends the group, if there is one, and compares its head with its rows.
func (r *rowReader) endGroup(rows *columnSums) {
	g := &r.lines.group
	for _, i := range r.b.amounts {
		if g.b == r.b && g.has[i] && g.says[i] != rows[i] {
			r.proof = append(r.proof, fmt.Sprintf("the sum of a supplier in %s, %s of %s, is not the sum of the rows below it, which is %s",
				g.at, g.says[i].Grouped(), r.b.heading(amountColumns[i]), rows[i].Grouped()))
		}
	}
	r.lines.group = group{}
}

// ofGroup gives a row of a group the name that stands above it.
func (r *rowReader) ofGroup() {
	g, at := &r.lines.group, r.b.at[supplierName]
	if g.b != r.b || r.cell(supplierName).Kind != table.Empty || r.cell(invoiceNumber).Kind == table.Empty {
		return
	}
	cells := slices.Clone(r.row.Cells)
	for len(cells) <= at {
		cells = append(cells, table.Cell{})
	}
	cells[at] = table.Cell{Kind: table.Text, Text: g.name}
	r.row.Cells = cells
}
