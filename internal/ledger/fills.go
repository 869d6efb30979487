package ledger

import (
	"strings"

	"reconcile/internal/table"
)

// fills counts, for each column of amounts, the rows in which it says something.
// Where others say what is open, a row that does not is not open in full: its
// cell was lost.
type fills [len(amountColumns)]int

// add counts the cells of a row, before any row is read.
func (f *fills) add(row table.Row, b *binding) {
	for _, i := range b.amounts {
		if at := b.at[amountColumns[i]]; at < len(row.Cells) && strings.ContainsAny(row.Cells[at].Text, "0123456789") {
			f[i]++
		}
	}
}

// lacksDue tells whether an invoice of a foreign layout leaves out what is open,
// though its column is for that. Of rows that were mended one may be alone.
func (r *rowReader) lacksDue(t DocumentType) bool {
	return t == Invoice && r.b.l.foreign() && r.b.has(dueAmount) && r.owed[atDue].state == absent &&
		r.owed[atGross].state == good && (r.mended || r.fills[atDue] > 0)
}
