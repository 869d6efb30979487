package job_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"reconcile/internal/ledger"
	"reconcile/internal/party"
)

// patched returns a workbook with texts of one part replaced: old, new, old, new.
func patched(t *testing.T, workbook, part string, pairs ...string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		if f.Name == part {
			for i := 0; i < len(pairs); i += 2 {
				if !strings.Contains(text, pairs[i]) {
					t.Fatalf("%s has no %q: %s", part, pairs[i], text)
				}
			}
			text = strings.NewReplacer(pairs...).Replace(text)
		}
		out, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const plainHead = "supplier_code,supplier_name,supplier_invoice_number,invoice_date,invoice_amount\n"

// total returns the count of items and their sum.
func total(book *ledger.Book) (n int, sum string) {
	var s = book.Items[0].Gross * 0
	for _, it := range book.Items {
		s += it.Gross
	}
	return len(book.Items), s.String()
}

func wantTotal(t *testing.T, what string, book *ledger.Book, n int, sum string) {
	t.Helper()
	if len(book.Items) == 0 {
		t.Errorf("%s: no items, and %v", what, book.Problems)
		return
	}
	if gotN, got := total(book); gotN != n || got != sum {
		t.Errorf("%s: got %d items of %s, want %d of %s; %v", what, gotN, got, n, sum, book.Problems)
	}
}

func TestQuirk27Cancelled(t *testing.T) {
	// A day book of Tally: a voucher that was cancelled has a number and no
	// amount.
	book, err := readText(t, "l.csv", "Date,Particulars,Vch Type,Vch No.,Debit Amount,Credit Amount\n"+
		"1-Apr-26,Bharat Steel,Purchase,2240,,100.00\n1-Apr-26,(cancelled),Purchase,2241,,\n2-Apr-26,Mehta Traders,Purchase,2242,,50.00\n2-Apr-26,Mehta Traders,Purchase,2243,,50.00\n", us)
	if err != nil {
		t.Fatal(err)
	}
	wantTotal(t, "a day book", book, 3, "200.00")
	skipped := 0
	for _, s := range book.Inputs[0].Skipped {
		if s.Reason == "cancelled" {
			skipped += s.Rows
		}
	}
	if skipped != 1 || len(book.Problems) != 0 {
		t.Errorf("got %d cancelled and %v, want one and no problem", skipped, book.Problems)
	}
}

func TestQuirk28ByteOrderMarks(t *testing.T) {
	for name, bom := range map[string]string{"UTF-8": "\ufeff", "encoded twice": "\u00ef\u00bb\u00bf"} {
		wantTotal(t, name, mustRead(t, "l.csv", bom+plainHead+"V1,A,1,01/04/2026,100.00\n"), 1, "100.00")
	}
}

// TestQuirk29LateWindows1252 has its first odd byte a long way behind what any
// reader would look at first.
func TestQuirk29LateWindows1252(t *testing.T) {
	rows := strings.Repeat("V1,Acme,1,01/04/2026,1.00\n", 20_000)
	book := mustRead(t, "l.csv", plainHead+rows+"V1,O\x92Brien \x96 Caf\xe9,2,01/04/2026,1.00\n")
	if got := book.Items[len(book.Items)-1].Supplier.Name; got != "O’Brien – Café" {
		t.Errorf("got the name %q", got)
	}
	want := "byte " + itoa(len(plainHead)+len(rows)+len("V1,O"))
	if notes := strings.Join(book.Inputs[0].Notes, "\n"); !strings.Contains(notes, want) {
		t.Errorf("got notes %q, want %q in them", notes, want)
	}
}

func itoa(n int) string {
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

func TestQuirk30UTF16(t *testing.T) {
	text := strings.ReplaceAll(plainHead+"V1,Café ₹,1,01/04/2026,\"1,180.00\"\n", ",", "\t")
	text = strings.ReplaceAll(text, "1\t180", "1,180")
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
		for _, bom := range []bool{true, false} {
			var b []byte
			if bom {
				b = order.AppendUint16(b, 0xFEFF)
			}
			for _, u := range utf16.Encode([]rune(text)) {
				b = order.AppendUint16(b, u)
			}
			book := mustRead(t, "l.xls", string(b))
			wantTotal(t, name, book, 1, "1180.00")
			if book.Items[0].Supplier.Name != "Café ₹" {
				t.Errorf("%s: got the name %q", name, book.Items[0].Supplier.Name)
			}
		}
	}
}

func TestQuirk31LoneCR(t *testing.T) {
	text := strings.ReplaceAll(plainHead+"V1,A,1,01/04/2026,100.00\nV1,A,2,01/04/2026,50.00\n", "\n", "\r")
	wantTotal(t, "CR alone", mustRead(t, "l.csv", text), 2, "150.00")
}

func TestQuirk32Delimiters(t *testing.T) {
	for name, d := range map[string]string{"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"} {
		text := strings.ReplaceAll(plainHead+"V1,A,1,01/04/2026,100.00\nV1,A,2,01/04/2026,50.00\n", ",", d)
		wantTotal(t, name, mustRead(t, "l.csv", text), 2, "150.00")
	}
	// An unconverted SAP list: frames, rules, the heading again on each page, and
	// subtotals with a star.
	head := "|Supplier Code|Supplier Name|Supplier Invoice Number|Invoice Date|Invoice Amount|\n"
	rule := strings.Repeat("-", len(head)-1) + "\n"
	wantTotal(t, "SAP list", mustRead(t, "l.txt", rule+head+rule+
		"|V1|A|1|01.04.2026|  100.00 |\n|V1|A|2|01.04.2026|   50.00-|\n"+rule+"|*|||| 50.00 |\n"+rule+head+rule+
		"|V2|B|3|01.04.2026|   70.00 |\n"+rule+"|**||||120.00|\n"+rule), 3, "120.00")
}

func TestQuirk33NewlineInQuotes(t *testing.T) {
	book := mustRead(t, "l.csv", plainHead+"V1,\"Acme\nPune\",1,01/04/2026,100.00\nV1,B,2,01/04/2026,x\n")
	wantTotal(t, "newline", book, 1, "100.00")
	if got := book.Problems[0].Pos.Row; got != 3 {
		t.Errorf("got row %d, want 3, as a spreadsheet shows it", got)
	}
}

func TestQuirk34RaggedRows(t *testing.T) {
	book := mustRead(t, "l.csv", plainHead+"V1,A,1,01/04/2026,100.00,,\nV1,A,2,01/04/2026,50.00,#N/A\nV1,A,3\nV1,A,4,01/04/2026,10.00\n")
	wantTotal(t, "ragged", book, 2, "110.00")
	var rows []int
	for _, p := range book.Problems {
		rows = append(rows, p.Pos.Row)
	}
	if len(rows) != 2 || rows[0] != 3 || rows[1] != 4 {
		t.Errorf("got problems of the rows %v, want 3 (too wide) and 4 (no amount)", rows)
	}
}

func TestQuirk35BlankColumnsAndRows(t *testing.T) {
	book := mustRead(t, "l.csv", strings.TrimSuffix(plainHead, "\n")+strings.Repeat(",", 18)+"\n"+
		"V1,A,1,01/04/2026,100.00"+strings.Repeat(",", 18)+"\n"+strings.Repeat("\n", 2222)+
		"V1,A,2,01/04/2026,50.00\n"+strings.Repeat(strings.Repeat(",", 22)+"\n", 839))
	wantTotal(t, "blank", book, 2, "150.00")
	if s := book.Inputs[0].Skipped; len(s) != 1 || s[0].Reason != "blank" || s[0].Rows != 2222+839 {
		t.Errorf("got %v, want 3061 blank rows", s)
	}
}

func TestQuirk43SpaceInsideValue(t *testing.T) {
	x := workbook(t, []any{"supplier_code", "supplier_invoice_number", "due_date", "invoice_amount"}, []any{"V1", "A", 45597.50778935185, 1180.5})
	book := mustRead(t, "l.xlsx", patched(t, x, "xl/worksheets/sheet1.xml",
		"<v>45597.50778935185</v>", "<v>45597.50778935185185 </v>", "<v>1180.5</v>", "<v>1180.5 </v>"))
	wantTotal(t, "space", book, 1, "1180.50")
	if got := book.Items[0].DueDate.String(); got != "2024-11-01" {
		t.Errorf("got the date %s, want 2024-11-01", got)
	}
}

func TestQuirk49MixedCells(t *testing.T) {
	x := workbook(t, []any{"supplier_code", "supplier_invoice_number", "due_date", "invoice_amount"},
		[]any{"V1", "A", "21/11/2026", "1,18,000.00"}, []any{"V1", "B", 46347, 500.5}, []any{"V1", "C", "2026-11-21", "(20.00)"})
	book := mustRead(t, "l.xlsx", x)
	wantTotal(t, "mixed", book, 3, "118480.50")
	for _, it := range book.Items {
		if it.DueDate.String() != "2026-11-21" {
			t.Errorf("%s: got the date %s", it.Pos, it.DueDate)
		}
	}
}

// TestQuirk50UnusualWorkbooks has what the standard allows and few writers do;
// each must be read as the plain one is.
func TestQuirk50UnusualWorkbooks(t *testing.T) {
	plain := workbook(t, []any{"supplier_code", "supplier_invoice_number", "due_date", "invoice_amount"}, []any{"V1", "A", 44885, 118000})
	const sheet, main = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
	for name, c := range map[string]struct {
		part  string
		pairs []string
		date  string
	}{
		"plain":           {sheet, nil, "2022-11-20"},
		"no row numbers":  {sheet, []string{` r="1"`, "", ` r="2"`, "", ` r="A1"`, "", ` r="B1"`, "", ` r="C1"`, "", ` r="D1"`, "", ` r="A2"`, "", ` r="B2"`, "", ` r="C2"`, "", ` r="D2"`, ""}, "2022-11-20"},
		"dates from 1904": {main, []string{"<workbookPr", `<workbookPr date1904="1"`}, "2026-11-21"},
		"strict":          {sheet, []string{"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"}, "2022-11-20"},
		"prefixes":        {sheet, []string{"<c ", "<x:c ", "</c>", "</x:c>", "<v>", "<x:v>", "</v>", "</x:v>", "<row ", "<x:row ", "</row>", "</x:row>"}, "2022-11-20"},
	} {
		book := mustRead(t, "l.xlsx", patched(t, plain, c.part, c.pairs...))
		wantTotal(t, name, book, 1, "118000.00")
		if got := book.Items[0].DueDate.String(); got != c.date {
			t.Errorf("%s: got the date %s, want %s", name, got, c.date)
		}
	}
}

// TestQuirk52OtherFormatsNamedXLS and quirk 51 have files that are not what their
// name says. What can be read is; the rest is refused with what to do.
func TestQuirk52OtherFormatsNamedXLS(t *testing.T) {
	wantTotal(t, "tabs named .xls", mustRead(t, "l.xls", strings.ReplaceAll(plainHead+"V1,A,1,01/04/2026,100.00\n", ",", "\t")), 1, "100.00")
	for name, content := range map[string]string{
		"HTML":           "<html><table><tr><td>1",
		"SpreadsheetML":  `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`,
		"OLE":            "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600) + "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00",
		"not a workbook": "PK\x03\x04" + strings.Repeat("\x00", 100),
	} {
		book, err := readText(t, "l.xls", content, us)
		if book != nil || err == nil || !strings.Contains(err.Error(), "; ") {
			t.Errorf("%s: got %v and %v, want it refused with a remedy", name, book, err)
		}
	}
}

// TestQuirk51Attacks has what must neither be followed nor unfolded.
func TestQuirk51Attacks(t *testing.T) {
	plain := workbook(t, []any{"supplier_code", "supplier_invoice_number", "invoice_amount"}, []any{"V1", "A", 118000})
	for name, xml := range map[string]string{
		"external entity": `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>`,
		"billion laughs":  `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`,
		"external DTD":    `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">`,
	} {
		_, err := readText(t, "l.xlsx", patched(t, plain, "xl/worksheets/sheet1.xml", "<worksheet", xml+"<worksheet"), us)
		if err == nil || !strings.Contains(err.Error(), "DTD") {
			t.Errorf("%s: got %v, want a refusal of the DTD", name, err)
		}
	}
}

// TestQuirk53IdenticalRows: rows that are the same in everything may be meant;
// each is kept, counted in the total and flagged.
func TestQuirk53IdenticalRows(t *testing.T) {
	book := mustRead(t, "l.csv", plainHead+strings.Repeat("V1,A,INV-7,01/04/2026,100.00\n", 3))
	wantTotal(t, "identical", book, 3, "300.00")
	if repeated(book) != 3 {
		t.Errorf("%d of 3 identical rows are flagged", repeated(book))
	}
}

// TestQuirk54Redacted: a name that was taken out is nobody's. Two rows that bear
// it are not of one supplier, and the master is not asked for it.
func TestQuirk54Redacted(t *testing.T) {
	o := us
	o.Suppliers = party.NewMaster([]party.Entry{{Supplier: party.Supplier{B2BID: "S1", Name: "REDACTED PERSONAL DATA"}}})
	book, err := readText(t, "l.csv", "supplier_name,supplier_invoice_number,invoice_amount\n"+
		"REDACTED PERSONAL DATA,1,100.00\nREDACTED PERSONAL DATA,1,200.00\nREDACTED,1,200.00\n", o)
	if err != nil {
		t.Fatal(err)
	}
	wantTotal(t, "redacted", book, 3, "500.00")
	if repeated(book) != 0 || book.Items[0].Supplier.B2BID != "" {
		t.Errorf("got %d duplicates and the supplier %+v, want none", repeated(book), book.Items[0].Supplier)
	}
}
