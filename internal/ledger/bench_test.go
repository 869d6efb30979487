package ledger

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/party"
	"reconcile/internal/table"
)

// month returns a canonical CSV of n rows, of a supplier for every fifty.
func month(n int) string {
	var b strings.Builder
	b.WriteString("buyer_b2b_id,supplier_b2b_id,supplier_name,supplier_invoice_number,document_type,invoice_date,due_date,currency,taxable_amount,invoice_amount,tds_amount,adjustment_amount,paid_amount,due_amount,utr,payment_date,payment_mode,account_number,ifsc,msme\n")
	for i := range n {
		s := i % (n/50 + 1)
		fmt.Fprintf(&b, "BUYER0001,SUPP%05d,Supplier %d Pvt Ltd,INV/26-27/%05d,invoice,%02d/04/2026,%02d/05/2026,INR,%d.00,\"%d,180.00\",20.00,0.00,0.00,\"%d,160.00\",,,ACCOUNT TRANSFER,%012d,HDFC0001234,small\n",
			s, s, i, i%28+1, i%28+1, i%900+1000, i%90+1, i%90+1, s+100000)
	}
	return b.String()
}

// BenchmarkRead reads 100,000 rows of twenty columns, opened already.
func BenchmarkRead(b *testing.B) {
	const rows = 100_000
	text := month(rows)
	file, err := table.Open("ledger.csv", []byte(text), table.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	o := Options{Buyers: []party.Buyer{buyer}, FingerprintKey: []byte("k")}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		book, err := readFiles(context.Background(), []sheetFile{{Input{Path: "ledger.csv"}, file.Sheets}}, o)
		if err != nil || len(book.Items) != rows {
			b.Fatalf("got %d items, %d problems, %v; want %d items", len(book.Items), len(book.Problems), err, rows)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
