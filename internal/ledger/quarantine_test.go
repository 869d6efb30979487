package ledger

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reconcile/internal/party"
	"reconcile/internal/table"
)

// garbled is what no date is.
const garbled = "gar,bled"

// A garbledSheet has a wrong value in one column of some rows.
type garbledSheet struct {
	table.Sheet
	at   int
	rows map[int]bool
}

func (s garbledSheet) Rows(yield func(table.Row) error) error {
	return s.Sheet.Rows(func(row table.Row) error {
		if s.rows[row.Number] {
			row.Cells = slices.Clone(row.Cells)
			row.Cells[s.at] = table.Cell{Kind: table.Text, Text: garbled}
		}
		return yield(row)
	})
}

func openTable(t *testing.T, name string, data []byte) []table.Sheet {
	t.Helper()
	file, err := table.Open(name, data, table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file.Sheets
}

func readOne(t *testing.T, name string, sheets []table.Sheet, o Options) *Book {
	t.Helper()
	book, err := readAlone(name, sheets, o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return book
}

// readAlone reads a file as an inspection does: lines of a file of mended rows
// are items of their own, though the ledger that they are from is not there.
func readAlone(name string, sheets []table.Sheet, o Options) (*Book, error) {
	r, err := newReader(context.Background(), o)
	if err != nil {
		return nil, err
	}
	r.saw = &sighting{}
	r.add(sheetFile{Input{Path: name}, sheets})
	return r.finish()
}

func csvOf(t *testing.T, book *Book) string {
	t.Helper()
	files := book.QuarantineFiles()
	if len(files) != 1 {
		t.Fatalf("%d files of quarantined rows, want 1", len(files))
	}
	var b bytes.Buffer
	if err := files[0].WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestMendedRowsLoadAgain garbles the date of every third row of every sample,
// mends the file of quarantined rows, and asks for the items that the whole
// sample gave for these rows.
func TestMendedRowsLoadAgain(t *testing.T) {
	folder := filepath.Join("..", "..", "samples", "layouts")
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, e := range entries {
		name := e.Name()
		of := strings.TrimSuffix(strings.TrimSuffix(name, filepath.Ext(name)), "-tabs")
		if layoutNamed(of) == nil {
			continue
		}
		tried++
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			sheets := openTable(t, name, data)
			o := Options{Buyers: []party.Buyer{{B2BID: "BUYER0001"}}}
			if layoutNamed(of).known == Assumed {
				o.Preset = of
			}
			whole := readOne(t, name, sheets, o)
			roundTrip(t, name, sheets, whole, o)
		})
	}
	if tried < 10 {
		t.Errorf("%d samples, want all", tried)
	}
}

func roundTrip(t *testing.T, name string, sheets []table.Sheet, whole *Book, o Options) {
	chosen, _, err := bindSheets(name, sheets, o.Preset, nil)
	if err != nil {
		t.Fatal(err)
	}
	var want []Item
	bad := slices.Clone(sheets)
	dated := false
	for i, b := range chosen.sheets {
		if b == nil {
			continue
		}
		c := invoiceDate
		if !b.has(c) {
			c = dueDate
		}
		if !b.has(c) {
			c = paymentDate
		}
		dated = b.has(c)
		g := garbledSheet{sheets[i], b.at[c], make(map[int]bool)}
		n := 0
		for _, it := range whole.Items {
			if it.Pos.Sheet != sheets[i].Name() {
				continue
			}
			if n++; n%3 == 1 {
				g.rows[it.Pos.Row] = true
				want = append(want, it)
			}
		}
		bad[i] = g
	}
	if !dated {
		t.Fatal("a sample without a date needs another way to be garbled")
	}
	text := csvOf(t, readOne(t, name, bad, o))

	// As it is, it loads, and not one of its rows is an item.
	again := readOne(t, "quarantined.csv", openTable(t, "quarantined.csv", []byte(text)), o)
	if len(again.Items) != 0 || again.Inputs[0].Quarantined != len(want)+whole.Inputs[0].Quarantined {
		t.Errorf("not mended: %d items and %d in quarantine, want 0 and %d:\n%s", len(again.Items), again.Inputs[0].Quarantined, len(want), text)
	}
	// It is mended where it stands: there is no second file of the same rows.
	if files := again.QuarantineFiles(); len(files) != 0 {
		t.Errorf("%d more files to mend, want none", len(files))
	}

	for _, it := range want {
		d := it.InvoiceDate
		if d == 0 {
			d = it.DueDate + it.PaymentDate
		}
		text = strings.Replace(text, `"`+garbled+`"`, d.String(), 1)
	}
	mended := readOne(t, "quarantined.csv", openTable(t, "quarantined.csv", []byte(text)), o)
	if mended.Inputs[0].Layout != whole.Inputs[0].Layout {
		t.Errorf("read as %s, want %s", mended.Inputs[0].Layout, whole.Inputs[0].Layout)
	}
	if got, want := len(mended.Problems), len(whole.Problems); got != want {
		t.Errorf("after mending: %d problems, want %d: %v", got, want, mended.Problems)
	}
	if diff := cmp.Diff(want, mended.Items, cmpopts.IgnoreFields(Item{}, "Pos", "Repeated", "Gap"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the mended rows are not what they were (-want +got):\n%s\n%s", diff, text)
	}
}

const plainHeading = "supplier_b2b_id,supplier_name,supplier_invoice_number,invoice_date,due_date,invoice_amount,paid_amount,due_amount,account_number,vpa,PAN\n"

// TestUnmendedStaysInQuarantine: what could not be read beside the other rows of
// its file is not read in a file of its own either, as long as nobody mended it.
func TestUnmendedStaysInQuarantine(t *testing.T) {
	good := ""
	for n := range 40 {
		good += "SUP1,Acme,G" + strings.Repeat("1", n+1) + ",20/10/2026,21/11/2026,\"1,180.50\",0,\"1,180.50\",,,\n"
	}
	tests := []struct{ name, row, mend, with string }{
		{"month first among day first", "SUP1,Acme,A1,11/21/2026,21/11/2026,590.00,0,590.00,,,", "11/21/2026 ?", "2026-11-21"},
		{"comma among points", "SUP1,Acme,A1,20/10/2026,21/11/2026,\"590,5\",0,590.50,,,", "", ""},
		{"three decimals", "SUP1,Acme,A1,20/10/2026,21/11/2026,1.185,0,1180.00,,,", "1.185 ?", "1180.00"},
		{"a cell too many", "SUP1,Acme, Ltd,A1,20/10/2026,21/11/2026,590.00,0,590.00,,,ABCDE1234F", "Acme,Ltd,A1,2026-10-20,21/11/2026,590.00,0,****,,,****F,", "Acme Ltd,A1,2026-10-20,2026-11-21,590.00,0,590.00,,,,,"},
		{"no number", "SUP1,Acme,,03/04/2026,05/04/2026,590.00,0,590.00,,,", "Acme,,2026-04-03", "Acme,A1,2026-04-03"},
		{"an account", "SUP1,Acme,,03/04/2026,05/04/2026,590.00,0,590.00,123456789012,anita@okaxis,ABCDE1234F", "Acme,,2026-04-03", "Acme,A1,2026-04-03"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := csvOf(t, readOne(t, "open.csv", openTable(t, "open.csv", []byte(plainHeading+good+tt.row+"\n")), Options{}))
			for _, secret := range []string{"123456789012", "anita", "ABCDE1234F"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s stands in\n%s", secret, text)
				}
			}
			book := readOne(t, "q.csv", openTable(t, "q.csv", []byte(text)), Options{})
			if len(book.Items) != 0 || book.Inputs[0].Quarantined != 1 {
				t.Errorf("%d items, want the row in quarantine:\n%s", len(book.Items), text)
			}
			if tt.mend == "" {
				return
			}
			if !strings.Contains(text, tt.mend) {
				t.Fatalf("no %q in\n%s", tt.mend, text)
			}
			book = readOne(t, "q.csv", openTable(t, "q.csv", []byte(strings.Replace(text, tt.mend, tt.with, 1))), Options{})
			if len(book.Items) != 1 {
				t.Errorf("%d items after mending:\n%s\n%v", len(book.Items), text, book.Problems)
			}
		})
	}
}

// TestOnlyAPersonKnows: what was masked, and what no spreadsheet calculated, is
// no value of a mended file.
func TestOnlyAPersonKnows(t *testing.T) {
	const head = "supplier_name,supplier_invoice_number,due_amount,account_number,vpa,file,sheet,row,column,reason,remedy,layout\n"
	tests := []struct{ row, want string }{
		{"Acme,A1****2345,5.00,,", "cell-masked"},
		{"#REF!,A1,5.00,,", "cell-error"},
		{"Acme,A1,#NOT CALCULATED,,", "amount-unreadable"},
		{"#NOT CALCULATED,A1,5.00,,", "cell-error"},
		{"Acme,A1,5.00,****,", "account-unreadable"},
		{"'=Acme,A1,5.00,****1234,****@okaxis", ""},
	}
	for _, tt := range tests {
		book := readOne(t, "q.csv", openTable(t, "q.csv", []byte(head+tt.row+",open.csv,,2,,why,how,canonical\n")), Options{})
		got := ""
		for _, p := range book.Problems {
			got = p.Check
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.row, got, tt.want)
		}
		if tt.want == "" && (book.Items[0].Supplier.Name != "=Acme" || book.Items[0].Account.Last4 != "1234" || book.Items[0].VPA != "") {
			t.Errorf("%s: got %+v", tt.row, book.Items[0])
		}
	}
}

func TestGuarded(t *testing.T) {
	for text, want := range map[string]string{
		"=1+2": "'=1+2", "@SUM": "'@SUM", "+91 98": "'+91 98", "-100": "-100", "-1,180.00": "-1,180.00", "-": "-", "＝1": "'＝1",
		"Acme": "Acme", "'=x": "''=x", "'s-Gravenhage": "''s-Gravenhage", "": "", "'": "''",
	} {
		if got := guarded(text); got != want {
			t.Errorf("guarded(%q) = %q, want %q", text, got, want)
		}
		if got := unguarded(guarded(text)); got != text {
			t.Errorf("unguarded(guarded(%q)) = %q", text, got)
		}
	}
}

func TestMaskPAN(t *testing.T) {
	for text, want := range map[string]string{
		"PAN ABCDE1234F.": "PAN ****F.", "27ABCDE1234F1ZV": "27ABCDE1234F1ZV", "abcde1234f": "****f", "ABCDE12345": "ABCDE12345", "": "",
	} {
		if got := party.MaskPAN(text); got != want {
			t.Errorf("party.MaskPAN(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestQuarantineIsBounded: of a file in which every row is bad the first rows
// keep their cells, and the report says that the others have not.
func TestQuarantineIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("supplier_name,supplier_invoice_number,due_amount\n")
	for range maxKept + 5 {
		b.WriteString("Acme,,5.00\n")
	}
	book := readOne(t, "open.csv", openTable(t, "open.csv", []byte(b.String())), Options{})
	if len(book.Quarantined) != maxKept || len(book.Problems) != maxKept+5 {
		t.Errorf("%d rows with cells of %d", len(book.Quarantined), len(book.Problems))
	}
	if notes := strings.Join(book.Inputs[0].Notes, "\n"); !strings.Contains(notes, "5 more quarantined rows") {
		t.Errorf("notes: %s", notes)
	}
}

func TestQuarantineFileNames(t *testing.T) {
	row := func(file string) QuarantinedRow {
		q := QuarantinedRow{Headings: []string{"a"}}
		q.Pos.File = file
		return q
	}
	book := Book{Quarantined: []QuarantinedRow{row("ledger/a b.csv"), row("ledger/A b.xlsx"), row("../x/..csv"), row("ledger/a b.csv")}}
	var names []string
	for _, f := range book.QuarantineFiles() {
		names = append(names, f.Name)
	}
	if want := []string{"quarantined-a_b.csv", "quarantined-A_b-2.csv", "quarantined-_.csv"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}
