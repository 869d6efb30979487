package ledger

import (
	"context"
	"errors"
	"strings"
	"testing"

	"reconcile/internal/money"
)

// readWith reads texts as the files of one run, by name.
func readWith(t *testing.T, o Options, files ...string) (*Book, error) {
	t.Helper()
	var all []sheetFile
	for i := 0; i < len(files); i += 2 {
		all = append(all, sheetFile{Input{Path: files[i]}, openTable(t, files[i], []byte(files[i+1]))})
	}
	return readFiles(context.Background(), all, o)
}

// TestOwnTypes: a company's word for a document is what the company says, in the
// columns of this program and in those of another system, and whatever its
// capitals.
func TestOwnTypes(t *testing.T) {
	types := map[string]DocumentType{"krx": Invoice, "KGX": CreditNote, "Zahlung 1": Advance}
	const canonical = "supplier_code,supplier_invoice_number,document_type,due_amount\n" +
		"V1,A1,KRX,10.00\nV1,A2,kgx,-20.00\nV1,A3,zahlung_1,-30.00\nV1,A4,KZX,40.00\nV1,A5,invoice,50.00\n"
	const sap = "Account,Document Number,Document Type,Document Date,Net Due Date,Reference,Amount in Local Currency,Local Currency\n" +
		"100234,1900000001,KRX,01.10.2026,31.10.2026,A1,-10.00,INR\n" +
		"100234,1900000002,KGX,01.10.2026,31.10.2026,A2,20.00,INR\n" +
		"100234,1900000003,Zahlung 1,01.10.2026,31.10.2026,A3,30.00,INR\n" +
		"100234,1900000004,KZX,01.10.2026,31.10.2026,A4,40.00,INR\n" +
		"100234,1900000005,KR,01.10.2026,31.10.2026,A5,-50.00,INR\n"
	for name, text := range map[string]string{"canonical": canonical, "sap-fbl1n": sap} {
		book, err := readWith(t, Options{Preset: name, Types: types}, "l.csv", text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, it := range book.Items {
			got = append(got, it.Number+" "+it.Type.String())
		}
		if want := "A1 invoice, A2 credit_note, A3 advance, A5 invoice"; strings.Join(got, ", ") != want {
			t.Errorf("%s: got %s, want %s", name, strings.Join(got, ", "), want)
		}
		if len(book.Problems) != 1 || book.Problems[0].Check != "document-type-unknown" || !strings.Contains(book.Problems[0].Remedy, "ledger.document_types") {
			t.Errorf("%s: got %v, want the word that nobody has explained, and where to explain it", name, book.Problems)
		}
	}
}

const (
	commas = "supplier_b2b_id,supplier_invoice_number,invoice_date,due_amount\nS1,A1,2026-10-01,1.180\nS1,A2,soon,2.360\n"
	points = "supplier_b2b_id,supplier_invoice_number,invoice_date,due_amount\nS1,B1,2026-10-01,\"1,180.50\"\n"
)

// TestSettingsPerFile: a file is read by settings of its own, and what mends its
// rows is read by them too, wherever it lies.
func TestSettingsPerFile(t *testing.T) {
	o := Options{PerFile: map[string]Settings{"plant/l.csv": {Separator: money.Comma, Preset: "canonical"}}}
	book, err := readWith(t, o, "l.csv", points, "plant/l.csv", commas)
	if err != nil {
		t.Fatal(err)
	}
	if len(book.Items) != 2 || book.Items[0].Due != 118050 || book.Items[1].Due != 118000 {
		t.Errorf("got %+v, want 1180.50 and 1180.00", book.Items)
	}
	mended := strings.Replace(csvOf(t, book), "soon", "2026-10-02", 1)
	book, err = readWith(t, o, "l.csv", points, "mended.csv", mended, "plant/l.csv", commas)
	if err != nil {
		t.Fatal(err)
	}
	if len(book.Items) != 3 || book.Items[1].Number != "A2" || book.Items[1].Due != 236000 {
		t.Errorf("got %+v and %v, want the mended row of 2360.00", book.Items, book.Problems)
	}
}

// TestSettingsAreWhole: a layout or a column that does not exist is found out
// before anything is read, whichever file it is for.
func TestSettingsAreWhole(t *testing.T) {
	for want, s := range map[string]Settings{
		"preset-unknown": {Preset: "sap"},
		"column-unknown": {Columns: map[string]string{"amount": "Total"}},
	} {
		_, err := readWith(t, Options{PerFile: map[string]Settings{"other.csv": s}}, "l.csv", points)
		if e, ok := errors.AsType[*FileError](err); !ok || e.Check != want || e.Pos.File != "" {
			t.Errorf("got %v, want %s, and no file to blame", err, want)
		}
	}
}

// TestPointOut: who has several ledgers is told that one of them can have a
// setting of its own; who has one is not.
func TestPointOut(t *testing.T) {
	_, err := readWith(t, Options{}, "l.csv", points, "plant/l.csv", commas)
	if err == nil || !strings.Contains(err.Error(), "below ledger.per_file") {
		t.Errorf("of two ledgers: got %v, want ledger.per_file in it", err)
	}
	_, err = readWith(t, Options{}, "plant/l.csv", commas)
	if err == nil || strings.Contains(err.Error(), "per_file") {
		t.Errorf("of one ledger: got %v, want no word of others", err)
	}
	if got, want := PerFile(`a"b.csv`), `per_file: [{files: ["a\"b.csv"], …}]`; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}
