package ledger

import (
	"fmt"
	"strings"

	"reconcile/internal/party"
	"reconcile/internal/table"
)

// utr returns the bank reference. One that a spreadsheet has destroyed is taken
// as it stands, for it says that the row was paid; it is counted, and equals no
// real one.
func (r *rowReader) utr() string {
	cell := r.cell(utr)
	if cell.Kind == table.Empty {
		return ""
	}
	text := cell.Text
	if cell.Kind != table.Error {
		text = r.text(utr)
	}
	if cell.Kind == table.Error || cell.Kind == table.Date || cell.Kind == table.Number && (len(text) > 15 || !onlyDigits(text)) || destroyed(text) {
		if r.roundedUTR++; r.roundedUTR == 1 {
			r.rounded = strings.Clone(cell.Text)
		}
	}
	return strings.Clone(party.UTR(text))
}

// destroyed tells whether a bank reference is what a spreadsheet made of one:
// 2.34173E+13, an error value. A sieve stands before party.Damaged, for nearly
// all begin with letters or are digits.
func destroyed(text string) bool {
	return text != "" && (text[0] == '#' || strings.Contains(text, "E+") || strings.Contains(text, "e+")) && party.Damaged(text)
}

// remarks tells people what was counted while a sheet was read.
func (r *rowReader) remarks() []string {
	if r.roundedUTR == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d bank references (UTR) in the column %q are what a spreadsheet made of them, such as %s; they were taken as they stand and will agree with no payment; format the column as text and export the file again",
		r.roundedUTR, r.b.heading(utr), maskDigits(r.rounded))}
}
