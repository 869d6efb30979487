package table

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// ledgerText is a ledger of twenty columns, about 220 bytes a row.
func ledgerText(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("supplier_b2b_id,supplier_code,supplier_name,supplier_gstin,supplier_invoice_number,document_type,invoice_date,due_date,currency,taxable_amount,invoice_amount,tds_amount,adjustment_amount,paid_amount,due_amount,utr,payment_date,payment_mode,part,hold\n")
	for i := range rows {
		fmt.Fprintf(&b, "B2B%09d,V%06d,\"Supplier, No. %d\",27ABCDE%04dF1Z5,INV/26-27/%06d,invoice,01-04-2026,16-05-2026,INR,%d.00,%d.50,10.00,0.00,0.00,%d.00,HDFCR520261121%08d,21-11-2026,ACCOUNT TRANSFER,,\n",
			i%5000, i%5000, i%5000, i%10000, i, i*7, i*8, i*9, i)
	}
	return b.Bytes()
}

func BenchmarkCSV(b *testing.B) {
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"quoted", ledgerText(50_000)},
		{"plain", bytes.ReplaceAll(bytes.ReplaceAll(ledgerText(50_000), []byte("Supplier, No"), []byte("Supplier No")), []byte(`"`), nil)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.data)))
			b.ReportAllocs()
			for b.Loop() {
				benchRead(b, c.data, 50_001)
			}
		})
	}
}

func BenchmarkXLSX(b *testing.B) {
	const rows = 20_000
	x := excelize.NewFile()
	w, err := x.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i := range rows {
		line := []any{}
		for j := range 10 {
			line = append(line, fmt.Sprintf("Supplier %d of %d", j, i), i*j)
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), line); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	data, err := x.WriteToBuffer()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		benchRead(b, data.Bytes(), rows)
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func benchRead(b *testing.B, data []byte, want int) {
	f, err := Open("ledger", data, Limits{})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	got := 0
	err = f.Sheets[0].Rows(func(r Row) error {
		if r.Problem != nil || len(r.Cells) != 20 && !strings.HasPrefix(r.Cells[0].Text, "supplier") {
			b.Fatalf("row %d: %d cells, %v", r.Number, len(r.Cells), r.Problem)
		}
		got++
		return nil
	})
	if err != nil || got != want {
		b.Fatalf("got %d rows and %v, want %d", got, err, want)
	}
}
