//go:build realdata

package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/source"
)

// public reads one of the public ledgers below $DATA/ledgers.
func public(t *testing.T, name string, columns map[string]string) *ledger.Book {
	t.Helper()
	refs, err := source.Find(filepath.Join(os.Getenv("DATA"), "ledgers"), []string{name})
	if err != nil {
		t.Fatal(err)
	}
	book, err := ledger.Read(context.Background(), refs, ledger.Options{Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// London writes credits in brackets, and all of them are negative.
func TestQuirk09ParenthesesReal(t *testing.T) {
	book := public(t, "councils/london_2014-P05.csv", map[string]string{
		"supplier_invoice_number": "Document No", "supplier_code": "Vendor ID", "supplier_name": "Vendor Name", "invoice_amount": "Amount",
	})
	negative := 0
	for _, it := range book.Items {
		if it.Gross < 0 {
			negative++
		}
	}
	if negative < 15 {
		t.Errorf("%d amounts are negative, want 15 at least", negative)
	}
}

// Leeds names its columns differently from month to month: one mapping fits
// where the words are the same but for spaces and case, and else it is refused.
func TestQuirk39DriftingHeadingsReal(t *testing.T) {
	mapping := map[string]string{
		"supplier_invoice_number": "Transaction number", "supplier_name": "Supplier name", "invoice_amount": "Net amount", "payment_date": "Date paid",
	}
	for _, month := range []string{"2010-12", "2011-06", "2012-07"} {
		if book := public(t, "leeds/"+month+".csv", mapping); len(book.Items) < 8900 {
			t.Errorf("%s: %d items, want 8900 at least", month, len(book.Items))
		}
	}
	refs, err := source.Find(filepath.Join(os.Getenv("DATA"), "ledgers"), []string{"leeds/2012-07.csv"})
	if err != nil {
		t.Fatal(err)
	}
	mapping["invoice_amount"] = "Gross"
	_, err = ledger.Read(context.Background(), refs, ledger.Options{Columns: mapping})
	if err == nil || !strings.Contains(err.Error(), "[column-missing]") {
		t.Errorf("got %v, want a heading that is not there to be missed", err)
	}
}

// Leeds writes its dates in two ways, day first in both.
func TestQuirk40DateFormsReal(t *testing.T) {
	for name, number := range map[string]string{"leeds/2010-12.csv": "Transaction number", "leeds/2011-06.csv": "Transaction number"} {
		book := public(t, name, map[string]string{
			"supplier_invoice_number": number, "supplier_name": "Supplier name", "invoice_amount": "Net amount", "payment_date": "Date paid",
		})
		for _, it := range book.Items {
			if y, _, _ := it.PaymentDate.Civil(); y != 2010 && y != 2011 {
				t.Errorf("%s was paid on %s, want 2010 or 2011", it.Pos, it.PaymentDate)
				break
			}
		}
	}
}
