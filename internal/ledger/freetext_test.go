package ledger_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

// TestNumbersInFreeText holds that an account number or a PAN reaches nothing that
// is kept, where people type it in the wrong place; and that amounts stay readable.
func TestNumbersInFreeText(t *testing.T) {
	const head = "supplier_code,supplier_invoice_number,invoice_date,invoice_amount,hold\n"
	for _, c := range []struct{ name, row, shown string }{
		{"hold", "V1,5100000123,01/10/2026,118.00,5100000123: pay 5010 0987 654321 of ABCPE1234F", "5100000123: pay ****4321 of (PAN)"},
		{"hold of a row to mend", "V1,A1,soon,118.00,pay 50100987654321 ABCPE1234F", "pay ****4321 (PAN)"},
		{"too large an amount", "V1,A1,01/10/2026,50100987654321,", "****4321"},
		{"no amount", "V1,A1,01/10/2026,a/c 50100987654321 ABCPE1234F,", "a/c ****4321 (PAN)"},
		{"an amount beside another fault", "V1,A1,soon,50100987654,", "****7654"},
		{"no date", "V1,A1,50100987654321 ABCPE1234F,118.00,", "****4321 ****F"},
		{"rupees", "V1,A1,soon,123456789,", "123456789"},
		{"paise", "V1,A1,soon,123456789.00,", "123456789.00"},
		{"too fine", "V1,A1,01/10/2026,123456789.005,", "123456789.005"},
		{"grouped", `V1,A1,soon,"5,01,00,98,765.40",`, "5,01,00,98,765.40"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(head + "V1,A0,01/10/2026,118.00,\nV1,A9,02/10/2026,118.00,\n" + c.row + "\n")
			book := mustRead(t, "a.csv", data, ledger.Options{})
			all := fmt.Sprintf("%v %v %v", book.Problems, book.Quarantined, holds(book))
			for _, f := range book.QuarantineFiles() {
				var b bytes.Buffer
				if err := f.WriteCSV(&b); err != nil {
					t.Fatal(err)
				}
				all += b.String()
			}
			for _, never := range []string{"501009", "0987 65", "ABCPE"} {
				if strings.Contains(all, never) {
					t.Errorf("got %s, want no %q in it", all, never)
				}
			}
			if !strings.Contains(all, c.shown) {
				t.Errorf("got %s, want %q in it", all, c.shown)
			}
		})
	}
}

func holds(book *ledger.Book) (texts []string) {
	for _, it := range book.Items {
		texts = append(texts, it.Hold)
	}
	return texts
}
