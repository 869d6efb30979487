package ledger

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"reconcile/internal/table"
)

// FuzzQuarantine holds the file of quarantined rows against its law: as long as
// nobody has mended anything, not one of its rows is an item, whatever it says;
// and no row of it is lost.
func FuzzQuarantine(f *testing.F) {
	for _, text := range []string{
		"supplier_code,supplier_invoice_number,invoice_amount\nS1,A1,5\nS1,,6\n",
		"supplier_code,supplier_invoice_number,invoice_date,invoice_amount\nS1,A1,21/10/2026,5\nS1,A2,10/21/2026,6\nS1,A3,03/04/2026,x\n",
		"supplier_code;supplier_invoice_number;invoice_amount\nS1;A1;1.180,00\nS1;;1.180\nS1;A3;1.18.0\n",
		"supplier_code,supplier_invoice_number,invoice_amount,account_number\nS1,A1,5,1234567890123\nS1,A2,\"5\nS1,A3,6,1.2E+14\n",
		"Bill Number,Vendor Name,Bill Date,Due Date,Total,Balance,Bill Status\nB1,Acme,2026-10-01,2026-10-31,5,5,Open\nB2,Acme,x,2026-10-31,5,5,Open\n",
		"supplier_code,supplier_invoice_number,invoice_amount\n'=S1,@A1,5,6\n=S2,'A2,-6,\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		book, ok := readBytes(t, data)
		if !ok {
			return
		}
		for _, q := range book.QuarantineFiles() {
			var b bytes.Buffer
			if err := q.WriteCSV(&b); err != nil {
				t.Fatal(err)
			}
			again, ok := readBytes(t, b.Bytes())
			if !ok {
				continue // refused as a whole, which accepts nothing
			}
			if len(again.Items) > 0 {
				t.Fatalf("%+v is accepted, and nobody has mended it:\n%q\nof\n%q", again.Items[0], b.String(), data)
			}
			besideIts(t, data, b.Bytes())
		}
	})
}

// besideIts reads a ledger together with a copy of its quarantined rows that
// nobody has mended: it adds nothing, and takes nothing away.
func besideIts(t *testing.T, ledger, copied []byte) {
	t.Helper()
	var files []sheetFile
	for i, data := range [][]byte{ledger, copied} {
		name := [...]string{"fuzz.csv", "quarantined.csv"}[i]
		file, err := table.Open(name, data, table.Limits{Rows: 1000, Columns: 100, Cells: 10_000, Unpacked: 1 << 20})
		if err != nil {
			return
		}
		defer file.Close()
		files = append(files, sheetFile{Input{Path: name}, file.Sheets})
	}
	alone, err := readFiles(context.Background(), files[:1], Options{})
	if err != nil {
		return
	}
	both, err := readFiles(context.Background(), files, Options{})
	if err != nil {
		return // the copy is refused as a whole, which accepts nothing
	}
	if len(both.Items) != len(alone.Items) {
		t.Fatalf("%d items, and %d beside the copy:\n%q\nof\n%q", len(alone.Items), len(both.Items), copied, ledger)
	}
	for _, in := range both.Inputs {
		if in.Mended > 0 || in.check() != nil {
			t.Fatalf("%+v, and nobody has mended anything:\n%q\nof\n%q", in, copied, ledger)
		}
	}
}

// readBytes reads a file of any content, and reports false where it is refused.
func readBytes(t *testing.T, data []byte) (*Book, bool) {
	file, err := table.Open("fuzz.csv", data, table.Limits{Rows: 1000, Columns: 100, Cells: 10_000, Unpacked: 1 << 20})
	if err != nil {
		return nil, false
	}
	defer file.Close()
	book, err := readAlone("fuzz.csv", file.Sheets, Options{})
	var refusal *FileError
	if err != nil {
		if !errors.As(err, &refusal) {
			t.Fatalf("%v, want a FileError", err)
		}
		return nil, false
	}
	return book, true
}

// TestUnmendedIsNeverAccepted draws tables of cells that are read now one way and
// now another, by what the rest of the column proves.
func TestUnmendedIsNeverAccepted(t *testing.T) {
	dates := []string{"03/04/2026", "13/04/2026", "04/13/2026", "2026-04-03", "soon", "46115", "", "13/04/2026", "13/04/2026", "14/04/2026 10:30"}
	amounts := []string{"5", "5.00", "1.180", "1,180", "1.180,00", "1,180.00", "5.005", "x", "-5", "(5.00)", "5.00 Cr", "5.00 Dr", "#REF!", "", "1,18,000.00", "-", "0,5", "5.00 ?", "₹ 5.00"}
	texts := []string{"A1", "A2", "", "=A", "'x", "6.5E+14", "000123", "Total", "A,1", "A\"1", "#NAME?", "A****1", "+91", "ABCDE1234F", "123456789012"}
	headings := []struct {
		line  string
		kinds string // of the cells: t text, d date, a amount
	}{
		{"supplier_name,supplier_invoice_number,invoice_date,due_date,invoice_amount,tds_amount,due_amount,account_number,vpa", "ttddaaatt"},
		{"Date,Ref. No.,Party's Name,Pending Amount,,Due on", "dttatd"},
		{"Bill Date,Bill ID,Bill Number,Vendor Name,Due Date,Item Name,Total,Balance,Bill Status", "dtttdtaat"},
		{"Date,Particulars,Vch Type,Vch No.,Debit,Credit", "dtttaa"},
	}
	tried, quarantinedRows := 0, 0
	for seed := range uint64(1000) {
		draw := rand.New(rand.NewPCG(seed, 1))
		one := func(from []string) string { return from[draw.IntN(len(from))] }
		h := headings[seed%uint64(len(headings))]
		var b strings.Builder
		b.WriteString(h.line + "\n")
		for range 2 + draw.IntN(30) {
			for i, kind := range h.kinds {
				if i > 0 {
					b.WriteByte(',')
				}
				text := ""
				switch tame := draw.IntN(4) > 0; {
				case kind == 'd' && tame:
					text = "13/04/2026"
				case kind == 'a' && tame:
					text = "5.00"
				case kind == 'd':
					text = one(dates)
				case kind == 'a':
					text = one(amounts)
				case tame:
					text = "Acme1"
				default:
					text = one(texts)
				}
				b.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
			}
			if draw.IntN(12) == 0 {
				b.WriteString(`,"more"`)
			}
			b.WriteByte('\n')
		}
		book, ok := readBytes(t, []byte(b.String()))
		if !ok {
			continue
		}
		for _, q := range book.QuarantineFiles() {
			var out bytes.Buffer
			if err := q.WriteCSV(&out); err != nil {
				t.Fatal(err)
			}
			tried++
			quarantinedRows += q.Rows
			again, ok := readBytes(t, out.Bytes())
			if ok && len(again.Items) > 0 {
				t.Fatalf("seed %d: row %d is accepted, and nobody has mended it:\n%s\nof\n%s", seed, again.Items[0].Pos.Row, out.String(), b.String())
			}
		}
	}
	if tried < 100 || quarantinedRows < 500 {
		t.Errorf("%d files with %d rows were tried, which proves little", tried, quarantinedRows)
	}
}
