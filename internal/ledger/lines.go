package ledger

import (
	"strings"

	"reconcile/internal/party"
	"reconcile/internal/table"
)

// lineRows knows the bills of a file in which a bill has a row for each of its
// lines, with its totals on all of them or on the first alone. A bill is one
// item; adding up the rows would count it as often as it has lines.
type lineRows struct {
	bills map[string]*repeated
	key   strings.Builder

	payments map[string]int // rows, by the number of the payment: see onAccount

	groups        map[headRow]bool // the rows that head a group: see group
	candidate     headRow          // the row above, where it may head one
	candidateName string
	group         group // of the row at hand
}

// repeated is what the rows of one bill repeat.
type repeated struct {
	totals   string
	disagree bool
	seen     bool // its first row is an item
	rows     int
	nameless bool // neither number nor id tells it from another of the same day and total
}

// billKeys tell one bill from another, billTotals must be the same on all of its
// rows.
var (
	billKeys   = [...]column{supplierB2BID, supplierCode, supplierName, supplierGSTIN, invoiceNumber, invoiceDate}
	billTotals = [...]column{invoiceAmount, dueAmount, paidAmount, currency, dueDate}
)

// add notes the totals of a row, before any row is read.
func (l *lineRows) add(row table.Row, b *binding) {
	if !row.Blank() {
		l.head(row, b)
	}
	if !b.has(lineItem) || row.Blank() || continues(row, b) {
		return
	}
	if l.bills == nil {
		l.bills = make(map[string]*repeated)
	}
	totals := join(&l.key, row, b, billTotals[:])
	key := l.keyOf(row, b)
	bill := l.bills[key]
	if bill == nil {
		bill = &repeated{totals: totals, nameless: wholeID(row, b) == "" && lostNumber(row, b)}
		l.bills[key] = bill
	}
	bill.rows++
	bill.disagree = bill.disagree || bill.totals != totals
}

// of returns the bill of a row.
func (l *lineRows) of(row table.Row, b *binding) *repeated {
	return l.bills[l.keyOf(row, b)]
}

// keyOf returns what the rows of one bill share. The ERP's own number of the
// bill counts unless a spreadsheet has made the same of all of them.
func (l *lineRows) keyOf(row table.Row, b *binding) string {
	return join(&l.key, row, b, billKeys[:]) + wholeID(row, b)
}

// wholeID returns the ERP's own number of the bill, empty where there is none or
// a spreadsheet has made something else of it.
func wholeID(row table.Row, b *binding) string {
	i := b.at[documentID]
	if i < 0 || i >= len(row.Cells) {
		return ""
	}
	c := &row.Cells[i]
	if c.Kind == table.Error || c.Kind == table.Number && len(c.Text) > 15 || party.Damaged(c.Text) {
		return ""
	}
	return c.Text
}

// lostNumber tells whether the row has no invoice number, or what a spreadsheet
// made of one.
func lostNumber(row table.Row, b *binding) bool {
	i := b.at[invoiceNumber]
	return i >= len(row.Cells) || row.Cells[i].Kind == table.Empty || damagedNumber(&row.Cells[i])
}

// continues tells whether a row belongs to the bill above it: of a bill nothing
// stands there, but something of a line does.
func continues(row table.Row, b *binding) bool {
	for _, list := range [][]column{billKeys[:], billTotals[:]} {
		for _, c := range list {
			if text(row, b, c) != "" {
				return false
			}
		}
	}
	return true
}

func join(into *strings.Builder, row table.Row, b *binding, list []column) string {
	into.Reset()
	for _, c := range list {
		into.WriteString(text(row, b, c))
		into.WriteByte(0)
	}
	return into.String()
}

func text(row table.Row, b *binding, c column) string {
	if i := b.at[c]; i >= 0 && i < len(row.Cells) {
		return row.Cells[i].Text
	}
	return ""
}
