package ledger

import (
	"context"
	"testing"

	"reconcile/internal/party"
	"reconcile/internal/table"
)

var buyer = party.Buyer{B2BID: "BUYER0001", GSTIN: "27AAPFU0939F1ZV", Name: "Acme Retail Pvt Ltd"}

// open returns CSV text as a ledger.
func open(t testing.TB, text string) sheetFile {
	t.Helper()
	f, err := table.Open("ledger.csv", []byte(text), table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return sheetFile{Input: Input{Path: "ledger.csv"}, Sheets: f.Sheets}
}

// read reads CSV text with one buyer configured.
func read(t testing.TB, text string, o Options) (*Book, error) {
	t.Helper()
	if o.Buyers == nil {
		o.Buyers = []party.Buyer{buyer}
	}
	return readFiles(context.Background(), []sheetFile{open(t, text)}, o)
}

func TestReadOneItem(t *testing.T) {
	book, err := read(t, `Open items of Acme Retail,,,
,,,
Supplier B2B ID,supplierInvoiceNumber,INVOICE_AMOUNT,TDS amount,due-amount,Due Date,Account Number,document_type
SUPP1,INV/26-27/0042,"1,18,000.00",2000,,05/12/2026,000123456789012,
Total,,"1,18,000.00",2000,,,,
,,,,,,,
`, Options{FingerprintKey: []byte("k")})
	if err != nil {
		t.Fatal(err)
	}
	if len(book.Problems) > 0 || len(book.Items) != 1 {
		t.Fatalf("got %d items and %v, want one item", len(book.Items), book.Problems)
	}
	it := book.Items[0]
	if it.Gross != 118000_00 || it.TDS != 2000_00 || it.Due != 116000_00 || it.DueDate.String() != "2026-12-05" || it.Buyer != "BUYER0001" || it.Account.Last4 != "9012" {
		t.Errorf("got %+v", it)
	}
	in := book.Inputs[0]
	if in.Rows != 3 || in.Accepted != 1 || len(in.Skipped) != 2 {
		t.Errorf("got %+v", in)
	}
}
