package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

// TestHandlesAreNotShown holds that whose a handle is reaches neither a message nor
// the file of quarantined rows, when it stands where something else belongs.
func TestHandlesAreNotShown(t *testing.T) {
	for _, c := range []struct{ name, row, check, shown string }{
		{"for a date", "V1,A1,anita.rao@okaxis,118.00,", "date-unreadable", "****@okaxis"},
		{"for an amount", "V1,A1,01/10/2026,anita.rao@okaxis,", "amount-unreadable", "****@okaxis"},
		{"among words", "V1,A1,pay anita.rao@okaxis now,118.00,", "date-unreadable", "pay ****@okaxis now"},
		{"of a shifted row", "V1,A1,anita.rao@okaxis,118.00,,9", "row-too-wide", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := mustRead(t, "a.csv", []byte("supplier_code,supplier_invoice_number,invoice_date,invoice_amount,utr\n"+
				"V1,A0,01/10/2026,118.00,\nV1,A9,02/10/2026,118.00,\n"+c.row+"\n"), ledger.Options{})
			if len(book.Problems) == 0 || book.Problems[0].Check != c.check || book.Problems[0].Value != c.shown {
				t.Errorf("got %v, want %s that shows %q", book.Problems, c.check, c.shown)
			}
			all := fmt.Sprintf("%v %v", book.Problems, book.Quarantined)
			if strings.Contains(all, "anita") || !strings.Contains(all, "okaxis") {
				t.Errorf("got %s, want the bank alone", all)
			}
		})
	}
}
