package ledger

import (
	"slices"
	"strings"

	"reconcile/internal/table"
)

// unallocated tells whether the row of a list of payments names no bill: it was
// paid on account.
func (r *rowReader) unallocated() bool { return unallocated(r.row, r.b) }

func unallocated(row table.Row, b *binding) bool {
	return text(row, b, invoiceNumber) == "" && text(row, b, documentID) == ""
}

// onAccount returns a row of a list of payments with its amount where that of the
// others stands. Such a list has the share of each bill in a column, and the
// payment as a whole in another, on every row; of a payment on account there is
// only the latter. Who calls makes sure that the payment has no other row: how much
// of it is on account the list does not say then, and the row lacks its amount.
func (b *binding) onAccount(row table.Row) table.Row {
	share, whole := b.at[invoiceAmount], b.at[paymentTotal]
	if !b.l.settled || share < 0 || whole < 0 || whole >= len(row.Cells) || !unallocated(row, b) || strings.Trim(text(row, b, invoiceAmount), "0.,-") != "" {
		return row
	}
	if text(row, b, documentNumber) == "" {
		return row // a sum below the payments, perhaps
	}
	cells := slices.Clone(row.Cells)
	for len(cells) <= share {
		cells = append(cells, table.Cell{})
	}
	cells[share] = cells[whole]
	row.Cells = cells
	return row
}

// count counts the rows of a payment that is partly on account: what its bills
// have taken is not to be counted once more.
func (l *lineRows) count(row table.Row, b *binding) {
	if number := text(row, b, documentNumber); b.l.settled && number != "" {
		if l.payments == nil {
			l.payments = make(map[string]int)
		}
		l.payments[strings.Clone(number)]++
	}
}

// alone tells whether the payment of a row has no other rows.
func (l *lineRows) alone(row table.Row, b *binding) bool {
	return !b.l.settled || l.payments[text(row, b, documentNumber)] <= 1
}
