package ledger_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/party"
	"reconcile/internal/source"
)

// The quirks of ledgers are numbered, and each test here has the number of its
// quirk. Where no test says otherwise its file is made from a description of the
// quirk; those that public files show are in quirks_real_test.go.

// readFile reads one ledger from disk.
func readFile(t *testing.T, name string, content []byte, o ledger.Options) (*ledger.Book, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
	refs, err := source.Find(dir, []string{name})
	if err != nil {
		t.Fatal(err)
	}
	if o.Buyers == nil {
		o.Buyers = []party.Buyer{{B2BID: "BUYER0001"}}
	}
	return ledger.Read(context.Background(), refs, o)
}

// mustRead is readFile for a ledger that can be read.
func mustRead(t *testing.T, name string, content []byte, o ledger.Options) *ledger.Book {
	t.Helper()
	book, err := readFile(t, name, content, o)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func workbook(t *testing.T, pages ...page) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := makeWorkbook(pages).Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rawWorkbook makes a workbook of one sheet out of the XML of its rows. Its
// shared strings are "", "Sahyadri" and the numbers of two bills.
func rawWorkbook(t *testing.T, rows string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	const head = `<?xml version="1.0" encoding="UTF-8"?>`
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const pack = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships ` + pack + `><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + main + ` xmlns:r="` + office + `"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships ` + pack + `><Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + office + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/sharedStrings.xml", `<sst ` + main + `><si><t></t></si><si><t>Sahyadri</t></si><si><t>SPM/1</t></si><si><t>SPM/2</t></si></sst>`},
		{"xl/worksheets/sheet1.xml", `<worksheet ` + main + `><dimension ref="A1:G10001"/><sheetData>` + rows + `</sheetData></worksheet>`},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(head + part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inline returns a row of texts for rawWorkbook.
func inline(row int, texts ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, row)
	for i, s := range texts {
		if s != "" {
			fmt.Fprintf(&b, `<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>`, source.ColumnName(i+1), row, s)
		}
	}
	return b.String() + "</row>"
}

// short returns the items as text: type, number, what is owed.
func short(book *ledger.Book) string {
	var all []string
	for i := range book.Items {
		it := &book.Items[i]
		s := fmt.Sprintf("%s %s %s", it.Type, it.Number, it.Gross)
		if it.Due != it.Gross {
			s += " due " + it.Due.String()
		}
		if it.Currency != "INR" {
			s += " " + it.Currency
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}

// skipped returns what was left out, and how many rows are in quarantine.
func skipped(book *ledger.Book) string {
	in := book.Inputs[0]
	var all []string
	for _, s := range in.Skipped {
		all = append(all, fmt.Sprintf("%s %d", s.Reason, s.Rows))
	}
	if in.Quarantined > 0 {
		all = append(all, fmt.Sprintf("quarantined %d", in.Quarantined))
	}
	return strings.Join(all, ", ")
}

// expect compares a reading with the items and the rows left out.
func expect(t *testing.T, book *ledger.Book, items, out string) {
	t.Helper()
	if got := short(book); got != items {
		t.Errorf("got items %s\nwant %s", got, items)
	}
	if got := skipped(book); got != out {
		t.Errorf("got %q left out, want %q", got, out)
	}
	if t.Failed() {
		for _, p := range book.Problems {
			t.Log(p)
		}
	}
}

// refuse expects a file to be refused for a reason.
func refuse(t *testing.T, err error, check string, says ...string) {
	t.Helper()
	var e *ledger.FileError
	if !errors.As(err, &e) || e.Check != check {
		t.Fatalf("got %v, want it refused as %s", err, check)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("got %q, want it to say %q", err, s)
		}
	}
}

func noted(book *ledger.Book, text string) bool {
	return slices.ContainsFunc(book.Inputs[0].Notes, func(n string) bool { return strings.Contains(n, text) })
}

const sapHead = "Account,Document Number,Reference,Document Type,Document Date,Net Due Date,Amount in Doc. Curr.,Document Currency\n"

// SAP ends its export with the grand total as a row like the others, but for
// its keys.
func TestQuirk01GrandTotalRow(t *testing.T) {
	rows := sapHead +
		"100023,1900004711,VP/91,KR,05.10.2026,04.11.2026,-118000.00,INR\n" +
		"100023,1700000088,VP/CN/17,KG,21.10.2026,,5900.00,INR\n"
	book := mustRead(t, "EXPORT.csv", []byte(rows+",,,,,,-112100.00,INR\n"), ledger.Options{})
	expect(t, book, "invoice VP/91 118000.00; credit_note VP/CN/17 5900.00", "total 1")
	if !noted(book, "-1,12,100.00 of Amount in Doc. Curr., is the sum of the rows above") {
		t.Errorf("got notes %q, want the total proved", book.Inputs[0].Notes)
	}
	// Currencies are totalled apart.
	book = mustRead(t, "EXPORT.csv", []byte(rows+"100044,1900004712,EU/1,KR,05.10.2026,04.11.2026,-90.00,EUR\n,,,,,,-90.00,EUR\n,,,,,,-112100.00,INR\n"), ledger.Options{})
	expect(t, book, "invoice VP/91 118000.00; credit_note VP/CN/17 5900.00; invoice EU/1 90.00 EUR", "total 2")
	// Where it is another sum nobody can say what it is.
	book = mustRead(t, "EXPORT.csv", []byte(rows+",,,,,,-112100.01,INR\n"), ledger.Options{})
	expect(t, book, "invoice VP/91 118000.00; credit_note VP/CN/17 5900.00", "quarantined 1")
}

// Tally writes Cr in the number format of a positive number, and Dr in the cell
// beside it or in the format too.
func TestQuirk02SideInNumberFormat(t *testing.T) {
	book := mustRead(t, "Bills.xlsx", workbook(t, page{"Bills", [][]any{
		{"Date", "Ref. No.", "Party's Name", "Pending Amount", nil, "Due on"},
		{date(46296), "A/1", "Wainganga Seeds", cr(163458), nil, date(46326)},
		{date(46296), "A/2", "Wainganga Seeds", amt(163458), "Dr", date(46326)},
		{date(46296), "A/3", "Wainganga Seeds", dr(100.5), nil, date(46326)},
		{date(46296), "A/4", "Wainganga Seeds", styled{-7, `0.00" Dr";0.00" Cr"`}, nil, date(46326)},
		{date(46296), "A/5", "Wainganga Seeds", "50.00 Cr", nil, date(46326)},
		{date(46296), "A/6", "Wainganga Seeds", amt(60), nil, date(46326)},
	}}), ledger.Options{})
	expect(t, book, "invoice A/1 163458.00; credit_note A/2 163458.00; credit_note A/3 100.50; invoice A/4 7.00; invoice A/5 50.00", "quarantined 1")
	if p := book.Problems[0]; p.Check != "side-missing" || p.Pos.String() != "Bills.xlsx:Bills!D7" {
		t.Errorf("got %s, want the amount without a side", p)
	}
}

// Behind an amount that stands last Dr may follow; what else stands there is a
// cell gone astray, and the amount before it half an amount.
func TestSideBehindTheLastColumn(t *testing.T) {
	book := mustRead(t, "a.csv", []byte("Date,Transaction Type,Document Number,Due Date,Open Balance\n"+
		"Assam Gunny Bags,,,,,\n"+
		"05/10/2026,Bill,A1,04/11/2026,100.00,Cr\n"+
		"05/10/2026,Bill,A2,04/11/2026,1,180.00\n"), ledger.Options{})
	expect(t, book, "invoice A1 100.00", "section 1, quarantined 1")
}

// Zoho repeats the total of a bill on the row of each of its lines; Odoo writes
// it on the first alone; and payments have a row for each bill.
func TestQuirk03RowPerLine(t *testing.T) {
	const zoho = "Bill Date,Bill ID,Bill Number,Vendor Name,Due Date,Item Name,Total,Balance\n"
	book := mustRead(t, "Bill.csv", []byte(zoho+
		"01-10-2026,3.67E+17,5,Ganga Traders,31-10-2026,Rope,1000.00,1000.00\n"+
		"01-10-2026,3.67E+17,5,Ganga Traders,31-10-2026,Twine,1000.00,1000.00\n"+
		"01-10-2026,3.67E+17,5,Yamuna Traders,31-10-2026,Rope,300.00,300.00\n"+
		"01-10-2026,3.67E+17,5,Ganga Traders,31-10-2026,Nails,1000.00,1000.00\n"), ledger.Options{})
	expect(t, book, "invoice 5 1000.00; invoice 5 300.00", "line item 2")
	if c := book.Inputs[0].Columns[0]; c.Read != 3300_00 || c.Accepted != 1300_00 || c.Skipped != 2000_00 {
		t.Errorf("got %+v, want the repetitions counted", c)
	}
	// A bill that was entered twice has two IDs, and is no bill of two lines.
	book = mustRead(t, "Bill.csv", []byte(zoho+
		"01-10-2026,460000000711001,5,Ganga Traders,31-10-2026,Rope,1000.00,1000.00\n"+
		"01-10-2026,460000000711044,5,Ganga Traders,31-10-2026,Rope,1000.00,1000.00\n"), ledger.Options{})
	expect(t, book, "invoice 5 1000.00; invoice 5 1000.00", "")
	if !book.Items[0].Repeated || !book.Items[1].Repeated {
		t.Error("a bill entered twice must be known as repeated")
	}
	// Where a bill stands on its first line only, a draft has its further lines too.
	book = mustRead(t, "Bill.csv", []byte("Number,Partner,Bill Date,Due Date,Reference,Status,Total Signed,Amount Due Signed,Invoice lines/Label\n"+
		"BILL/1,Ganga,2026-10-01,2026-10-31,G/1,Draft,-5.00,-5.00,Rope\n,,,,,,,,Twine\n"+
		"BILL/2,Ganga,2026-10-01,2026-10-31,G/2,Posted,-7.00,-7.00,Rope\n,,,,,,,,Twine\n"), ledger.Options{})
	expect(t, book, "invoice G/2 7.00", "draft 1, line item 2")
	// Without lines every row is a bill.
	book = mustRead(t, "Bill.csv", []byte("Bill Date,Bill Number,Vendor Name,Due Date,Total,Balance\n"+
		"01-10-2026,5,Ganga Traders,31-10-2026,1000.00,1000.00\n"+
		"01-10-2026,5,Ganga Traders,31-10-2026,1000.00,1000.00\n"), ledger.Options{})
	if len(book.Items) != 2 || !book.Items[1].Repeated {
		t.Errorf("got %s, want a repetition", short(book))
	}
	// The total of a payment stands on each of its allocations; it is not theirs.
	book = mustRead(t, "Vendor_Payment.csv", []byte("VendorPayment ID,Payment Number,Date,Vendor Name,Amount,Mode,Reference Number,PIPayment ID,Bill ID,Bill Number,Bill Amount\n"+
		"1,61,05-10-2026,Ganga Traders,1300.00,NEFT,HDFCN52026100500012345,11,7,5,1000.00\n"+
		"1,61,05-10-2026,Ganga Traders,1300.00,NEFT,HDFCN52026100500012345,12,8,6,300.00\n"), ledger.Options{})
	expect(t, book, "invoice 5 1000.00 due 0.00; invoice 6 300.00 due 0.00", "")
}

// Credits, payments and journals stand in the column of the bills.
func TestQuirk04DocumentsOfOtherKinds(t *testing.T) {
	book := mustRead(t, "aging.csv", []byte(",,Type,,Date,,Num,,Name,,Due Date,,Aging,,Open Balance\n"+
		",,Bill,,01/10/2026,,B1,,Ganga,,31/10/2026,,21,,1000.00\n"+
		",,Credit,,02/10/2026,,C1,,Ganga,,,,,,-200.00\n"+
		",,Bill Pmt -Check,,03/10/2026,,77,,Ganga,,,,,,-300.00\n"+
		",,General Journal,,04/10/2026,,GJ1,,Ganga,,,,,,50.00\n"+
		",,General Journal,,04/10/2026,,GJ2,,Ganga,,,,,,-60.00\n"+
		",,Weird,,04/10/2026,,W1,,Ganga,,,,,,70.00\n"+
		"TOTAL,,,,,,,,,,,,,,560.00\n"), ledger.Options{})
	expect(t, book, "invoice B1 1000.00; credit_note C1 200.00; advance 77 300.00; advance GJ2 60.00", "journal 1, total 1, quarantined 1")
	if c := book.Inputs[0].Columns[0]; c.Read != 1120_00 || c.Accepted != 440_00 || c.Skipped != 610_00 || c.Quarantined != 70_00 {
		t.Errorf("got %+v, want the signs of the file in the control totals", c)
	}
	// A journal in a list of open items that stands against us is a credit.
	book = mustRead(t, "fbl1n.csv", []byte(sapHead+
		"100023,1900004711,VP/91,KR,05.10.2026,04.11.2026,-118000.00,INR\n"+
		"100023,1500000301,,KZ,05.10.2026,,1000.00,INR\n"+
		"100023,100000712,,SA,05.10.2026,,-50.00,INR\n"+
		"100023,100000713,,AB,05.10.2026,,60.00,INR\n"), ledger.Options{})
	expect(t, book, "invoice VP/91 118000.00; advance 1500000301 1000.00; advance 100000713 60.00", "journal 1")
}

// One system writes what we owe with a minus, the other without.
func TestQuirk05SignConvention(t *testing.T) {
	negative := sapHead +
		"100023,1900004711,VP/91,KR,05.10.2026,04.11.2026,-118000.00,INR\n" +
		"100023,1900004790,VP/92,KR,05.10.2026,04.11.2026,-1000.00,INR\n" +
		"100023,1700000088,VP/CN/17,KG,21.10.2026,,5900.00,INR\n"
	positive := strings.NewReplacer("-118000", "118000", "-1000", "1000", ",5900", ",-5900").Replace(negative)
	const want = "invoice VP/91 118000.00; invoice VP/92 1000.00; credit_note VP/CN/17 5900.00"
	book := mustRead(t, "a.csv", []byte(negative), ledger.Options{})
	expect(t, book, want, "")
	if !noted(book, "a negative amount is owed") {
		t.Errorf("got notes %q, want the sign said", book.Inputs[0].Notes)
	}
	_, err := readFile(t, "b.csv", []byte(positive), ledger.Options{})
	refuse(t, err, "signs-disagree", "ledger.owed")
	expect(t, mustRead(t, "b.csv", []byte(positive), ledger.Options{Owed: ledger.OwedIsPositive}), want, "")
	// A side in a column of its own agrees with a minus, and Dr with a minus is a
	// contradiction.
	book = mustRead(t, "c.csv", []byte("Account,Document Number,Reference,Document Type,Document Date,Debit/Credit Indicator,Amount in Local Currency,Local Currency\n"+
		"100023,1,A/1,KR,05.10.2026,H,118.00,INR\n"+
		"100023,2,A/2,KR,05.10.2026,H,-119.00,INR\n"+
		"100023,3,A/3,KG,05.10.2026,S,20.00,INR\n"+
		"100023,4,A/4,KG,05.10.2026,S,-21.00,INR\n"), ledger.Options{})
	expect(t, book, "invoice A/1 118.00; invoice A/2 119.00; credit_note A/3 20.00", "quarantined 1")
	// The setting turns no purchases of a day book into credits.
	book = mustRead(t, "d.csv", []byte("Date,Particulars,Vch Type,Vch No.,Debit Amount,Credit Amount\n1-Oct-26,Ganga,Purchase,1,,118.00\n"), ledger.Options{Owed: ledger.OwedIsPositive})
	expect(t, book, "invoice 1 118.00", "")
	// Odoo has columns that are signed and columns that are not.
	book = mustRead(t, "odoo.csv", []byte("Number,Partner,Bill Date,Due Date,Reference,Total in Currency Signed,Amount Due,Currency\n"+
		"BILL/1,Kosi,2026-10-01,2026-10-31,KE/1,-5900.00,900.00,INR\n"+
		"RBILL/1,Kosi,2026-10-02,2026-10-02,KE/2,590.00,590.00,INR\n"), ledger.Options{})
	expect(t, book, "invoice KE/1 5900.00 due 900.00; credit_note KE/2 590.00", "")
}

const plainHead = "supplier_code,supplier_invoice_number,invoice_amount\n"

// amounts reads the cells as a column of canonical amounts.
func amounts(t *testing.T, o ledger.Options, cells ...any) *ledger.Book {
	t.Helper()
	rows := [][]any{{"supplier_code", "supplier_invoice_number", "invoice_amount"}}
	for i, c := range cells {
		rows = append(rows, []any{"V1", fmt.Sprintf("N%d", i+1), c})
	}
	return mustRead(t, "amounts.xlsx", workbook(t, page{"Sheet1", rows}), o)
}

// Workbooks store 147559.02 as a binary fraction beside it.
func TestQuirk06FloatNoise(t *testing.T) {
	book := mustRead(t, "noise.xlsx", rawWorkbook(t, inline(1, "supplier_name", "supplier_invoice_number", "invoice_amount")+
		`<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="C2"><v>147559.01999999999</v></c></row>`+
		`<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>3</v></c><c r="C3"><v>45236.480000000003</v></c></row>`+
		`<row r="4"><c r="A4" t="s"><v>1</v></c><c r="B4" t="s"><v>3</v></c><c r="C4"><v>0.001</v></c></row>`), ledger.Options{})
	expect(t, book, "invoice SPM/1 147559.02; invoice SPM/2 45236.48", "quarantined 1")
}

// What is shown has fewer decimals than what is stored.
func TestQuirk07DisplayedAgainstStored(t *testing.T) {
	book := amounts(t, ledger.Options{}, styled{1180.55, "#,##0"}, styled{99.5, "0"}, styled{1180.555, "0.00"})
	expect(t, book, "invoice N1 1180.55; invoice N2 99.50", "quarantined 1")
}

// A minus stands before, behind, as another character, as brackets or as a side.
func TestQuirk08TrailingMinus(t *testing.T) {
	book := amounts(t, ledger.Options{}, "1,234.00-", "-1,234.00", "\u22121,234.00", "(1,234.00)")
	expect(t, book, "invoice N1 -1234.00; invoice N2 -1234.00; invoice N3 -1234.00; invoice N4 -1234.00", "")
	// A side says who owes, in the columns of this program as anywhere: Cr is owed,
	// and Dr is none of our debts. One amount of such a column without a side may
	// be either.
	book = amounts(t, ledger.Options{}, "1,234.00 Cr", "1,234.00 Dr", "1,234.00", "(1,234.00)")
	expect(t, book, "invoice N1 1234.00; credit_note N2 1234.00", "quarantined 2")
}

func TestQuirk09Parentheses(t *testing.T) {
	book := amounts(t, ledger.Options{}, "(285.11)", "(1,285.11)", "(12,85,285.11)", "(285.11")
	expect(t, book, "invoice N1 -285.11; invoice N2 -1285.11; invoice N3 -1285285.11", "quarantined 1")
}

func TestQuirk10IndianGrouping(t *testing.T) {
	book := amounts(t, ledger.Options{}, "1,23,456.00", "12,48,500.00", "123,456.00", "12,34.00", "1,234,56.00")
	expect(t, book, "invoice N1 123456.00; invoice N2 1248500.00; invoice N3 123456.00", "quarantined 2")
}

// Which mark stands before the paise is decided by the column.
func TestQuirk11DecimalComma(t *testing.T) {
	book := amounts(t, ledger.Options{}, "1.234,56", "1.180", "12,5")
	expect(t, book, "invoice N1 1234.56; invoice N2 1180.00; invoice N3 12.50", "")
	_, err := readFile(t, "a.csv", []byte(plainHead+"V1,N1,1.180\n"), ledger.Options{})
	refuse(t, err, "decimals-unclear", "ledger.decimal")
}

// A currency stands in the cell, in the number format, or in a column.
func TestQuirk12Currencies(t *testing.T) {
	book := amounts(t, ledger.Options{}, "₹ 1,180.00", "Rs. 500/-", "INR 7", styled{9.5, `[$₹-439] #,##0.00`}, styled{8, `[$$-409]#,##0.00`}, "£5")
	expect(t, book, "invoice N1 1180.00; invoice N2 500.00; invoice N3 7.00; invoice N4 9.50; invoice N5 8.00 USD", "quarantined 1")
	// What is not rupees stays what it is, and the matcher compares no amount of it.
	book = mustRead(t, "a.csv", []byte(sapHead+
		"100023,1,A/1,KR,05.10.2026,04.11.2026,-118.00,INR\n"+
		"100023,2,A/2,KR,05.10.2026,04.11.2026,-90.00,EUR\n"), ledger.Options{})
	expect(t, book, "invoice A/1 118.00; invoice A/2 90.00 EUR", "")
}

// A heading that stands twice matters only where the column is wanted.
func TestQuirk13DuplicateHeadings(t *testing.T) {
	const file = "supplier_code,Tag,supplier_invoice_number,Tag,invoice_amount\nV1,x,A1,y,5.00\n"
	expect(t, mustRead(t, "a.csv", []byte(file), ledger.Options{}), "invoice A1 5.00", "")
	_, err := readFile(t, "a.csv", []byte(file), ledger.Options{Columns: map[string]string{"po_number": "Tag"}})
	refuse(t, err, "heading-twice", "columns B and D")
	book := mustRead(t, "a.csv", []byte(file), ledger.Options{Columns: map[string]string{"po_number": "column D"}})
	if got := book.Items[0].PONumber; got != "y" {
		t.Errorf("got %q of column D, want y", got)
	}
}

// In one of Tally's registers the headings stand one column beside the data.
func TestQuirk14HeadingsBesideTheirData(t *testing.T) {
	register := workbook(t, page{"Journal Register", [][]any{
		{"Vidarbha Agro Mills Pvt Ltd"},
		{"Date", "Particulars", "Vch Type", "Vch No.", "Debit", "Credit"},
		{nil, nil, nil, nil, "Amount", "Amount"},
		{date(46296), "Wainganga Seeds", amt(163458), "Dr", "Journal", "31", amt(163458)},
		{date(46297), "Amravati Cotton", cr(5000), nil, "Journal", "32", cr(5000)},
		{date(46298), "Amravati Cotton", cr(700), nil, "Purchase", "33", cr(700)},
	}})
	_, err := readFile(t, "register.xlsx", register, ledger.Options{})
	refuse(t, err, "columns-shifted", `column C is headed "Vch Type" and holds no type of document but "163458"`, `column E is headed "Debit" and holds no amount but "Journal"`, "preset: tally-register", `document_type: "column …"`)
	// What it says to paste, filled in, reads the file.
	book := mustRead(t, "register.xlsx", register, ledger.Options{Columns: map[string]string{
		"document_type": "column E", "supplier_invoice_number": "column F", "debit_amount": "column D", "credit_amount": "column G",
	}})
	expect(t, book, "invoice 33 700.00", "heading 1, journal 2")
}

// A company, its address, the report and the period stand above a heading of two
// lines.
func TestQuirk36PreambleAndTwoLineHeading(t *testing.T) {
	book := mustRead(t, "DayBook.xlsx", workbook(t, page{"Day Book", [][]any{
		{"Vidarbha Agro Mills Pvt Ltd"}, {"12 Wardha Road"}, {"Nagpur"}, {"Day Book"}, {"1-Jan-26 to 10-May-26"}, {}, {},
		{"Date", "Particulars", "Vch Type", "Vch No.", "Debit Amount", "Credit Amount"},
		{nil, nil, nil, nil, "Inwards Qty", "Outwards Qty"},
		{date(46100), "Wainganga Seeds", "Purchase", "12", nil, amt(163458)},
		{date(46101), "(cancelled)", "Purchase", "13"},
	}}), ledger.Options{})
	expect(t, book, "invoice 12 163458.00", "cancelled 1, heading 1")
	if got := book.Items[0].Pos.Row; got != 10 {
		t.Errorf("got row %d, want 10", got)
	}
}

// Groups have a row of their own above and a sum below; and there are suppliers
// whose names begin with Total.
func TestQuirk37SectionsAndSubtotals(t *testing.T) {
	book := mustRead(t, "register.csv", []byte("Date,Particulars,Vch Type,Vch No.,Debit,Credit\n"+
		",MAY MONTH PURCHASE,,,,\n"+
		"1-May-26,TOTALLY TOP TOTS,Purchase,1,,100.00\n"+
		"2-May-26,Total Care,Purchase,2,,200.00\n"+
		",Total,,,,300.00\n"+
		",JUNE MONTH PURCHASE,,,,\n"+
		"3-Jun-26,TOTAL HYGIENE LTD,Purchase,3,,50.00\n"+
		",Sub Total,,,,50.00\n"+
		",Grand Total,,,,350.00\n"), ledger.Options{})
	expect(t, book, "invoice 1 100.00; invoice 2 200.00; invoice 3 50.00", "section 2, total 3")
	if !noted(book, "350.00 of Credit, is the sum of the rows above") {
		t.Errorf("got notes %q, want the grand total proved", book.Inputs[0].Notes)
	}
	book = mustRead(t, "ap.csv", []byte("Date,Transaction Type,Document Number,P.O. No.,Due Date,Age,Open Balance\n"+
		"Assam Gunny Bags,,,,,,\n"+
		"05/10/2026,Bill,A1,,04/11/2026,17,100.00\n"+
		"Total - Assam Gunny Bags,,,,,,100.00\n"+
		"05/10/2026,Bill,A2,,04/11/2026,17,70.00\n"+
		"Total Care,,,,,,\n"+
		"05/10/2026,Bill,T1,,04/11/2026,17,30.00\n"), ledger.Options{})
	// A row below the sum of a supplier and above the next is nobody's.
	expect(t, book, "invoice A1 100.00; invoice T1 30.00", "section 2, total 1, quarantined 1")
	if got := book.Items[1].Supplier.Name; got != "Total Care" {
		t.Errorf("got supplier %q, want Total Care", got)
	}
}

// QuickBooks Desktop puts an empty column between any two, and a sheet of tips
// before the report.
func TestQuirk38SpacersAndTips(t *testing.T) {
	book := mustRead(t, "aging.xlsx", workbook(t,
		page{"QuickBooks Desktop Export Tips", [][]any{{nil, "Type"}, {nil, "Date and Num can be sorted"}}},
		page{"Sheet1", [][]any{
			{nil, nil, "Type", nil, "Date", nil, "Num", nil, "Name", nil, "Due Date", nil, "Aging", nil, "Open Balance"},
			{"Current"},
			{nil, nil, "Bill", nil, date(46296), nil, "B1", nil, "Ganga", nil, date(46326), nil, nil, nil, 11800},
			{"Total Current", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, 11800},
		}}), ledger.Options{})
	expect(t, book, "invoice B1 11800.00", "section 1, total 1")
	if got := book.Items[0].Pos.Sheet; got != "Sheet1" {
		t.Errorf("got sheet %q, want Sheet1", got)
	}
}

// The words of headings change from month to month.
func TestQuirk39DriftingHeadings(t *testing.T) {
	for _, head := range []string{
		"Supplier Code,Supplier Invoice Number,Invoice Amount",
		"supplier_code,SUPPLIER INVOICE NUMBER ,invoice_amount",
		"supplierCode,supplierInvoiceNumber,Invoice-Amount:",
	} {
		expect(t, mustRead(t, "a.csv", []byte(head+"\nV1,A1,5.00\n"), ledger.Options{}), "invoice A1 5.00", "")
	}
	for _, head := range []string{"Date,Ref. No.,Party's Name,Pending Amount,Due on", "date,Ref No,PARTY NAME,Pending  Amount,Due On"} {
		expect(t, mustRead(t, "a.csv", []byte(head+"\n1-Oct-26,A1,Ganga,5.00,31-Oct-26\n"), ledger.Options{}), "invoice A1 5.00", "")
	}
	_, err := readFile(t, "a.csv", []byte("Supplier Code,Supplier Invoice Number,Net Amount £\nV1,A1,5.00\n"), ledger.Options{})
	refuse(t, err, "column-missing", "Net Amount £", "invoice_amount")
}

func TestQuirk40DateForms(t *testing.T) {
	rows := [][]any{{"supplier_code", "supplier_invoice_number", "invoice_amount", "due_date"}}
	for i, d := range []any{"17/11/2026", "17-Nov-2026", "17-Nov-26", "2026-11-17", "17-11-2026", "17.11.2026", "20261117", "17/11/2026 10:15:00", "46343", 46343, styled{46343, "dd\\-mm\\-yyyy"}, styled{46343.5, "d-mmm-yy"}} {
		rows = append(rows, []any{"V1", fmt.Sprintf("N%d", i), 1, d})
	}
	book := mustRead(t, "dates.xlsx", workbook(t, page{"Sheet1", rows}), ledger.Options{})
	if len(book.Items) != len(rows)-1 {
		t.Errorf("got %d items and %v, want %d", len(book.Items), book.Problems, len(rows)-1)
	}
	for _, it := range book.Items {
		if got := it.DueDate.String(); got != "2026-11-17" {
			t.Errorf("%s is due %s, want 2026-11-17", it.Number, got)
		}
	}
}

// Two columns of dates look the same; their headings alone tell them apart.
func TestQuirk41TwoDateColumns(t *testing.T) {
	const file = "supplier_code,supplier_invoice_number,invoice_amount,Effective Date,Payment Date\nV1,A1,5.00,30/11/2026,17/11/2026\n"
	it := mustRead(t, "a.csv", []byte(file), ledger.Options{}).Items[0]
	if it.PaymentDate.String() != "2026-11-17" || it.InvoiceDate != 0 {
		t.Errorf("got paid %s, invoice of %s; want 2026-11-17 and none", it.PaymentDate, it.InvoiceDate)
	}
	it = mustRead(t, "a.csv", []byte(file), ledger.Options{Columns: map[string]string{"invoice_date": "Effective Date"}}).Items[0]
	if it.InvoiceDate.String() != "2026-11-30" {
		t.Errorf("got an invoice of %s, want 2026-11-30", it.InvoiceDate)
	}
	// Of the two of SAP that of the document counts, not that of the posting.
	it = mustRead(t, "b.csv", []byte("Account,Document Number,Posting Date,Document Date,Reference,Document Type,Net Due Date,Amount in Local Currency,Local Currency\n"+
		"100023,1,07.10.2026,05.10.2026,A/1,KR,04.11.2026,-118.00,INR\n"), ledger.Options{}).Items[0]
	if it.InvoiceDate.String() != "2026-10-05" {
		t.Errorf("got an invoice of %s, want 2026-10-05", it.InvoiceDate)
	}
}

// A blank date has no cell at all, so cells go by their references.
func TestQuirk42AbsentCell(t *testing.T) {
	book := mustRead(t, "sap.xlsx", rawWorkbook(t, inline(1, "supplier_name", "supplier_invoice_number", "payment_date", "invoice_amount")+
		`<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="D2"><v>118</v></c></row>`), ledger.Options{})
	expect(t, book, "invoice SPM/1 118.00", "")
}

// SAP writes icons into texts, headings among them.
func TestQuirk44Icons(t *testing.T) {
	book := mustRead(t, "sap.csv", []byte(`@0A\QStatus@,Account,Document Number,@5C\QReference@,Document Type,Document Date,Net Due Date,Amount in Local Currency,Local Currency,Payment Block`+"\n"+
		`@5B\QOpen@,100023,1,@DF\QA/1@,KR,05.10.2026,04.11.2026,-118.00,INR,@0V\Q@`+"\n"), ledger.Options{})
	expect(t, book, "invoice A/1 118.00", "")
	if it := book.Items[0]; it.Hold != "" {
		t.Errorf("got hold %q of an icon without a text, want none", it.Hold)
	}
}

// SAP stores empty cells as an empty shared string.
func TestQuirk45EmptySharedStrings(t *testing.T) {
	book := mustRead(t, "EXPORT.XLSX", rawWorkbook(t, inline(1, "supplier_name", "supplier_invoice_number", "due_date", "invoice_amount")+
		`<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="C2" t="s"><v>0</v></c><c r="D2"><v>118</v></c></row>`+
		`<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>0</v></c><c r="C3" t="s"><v>0</v></c><c r="D3" t="s"><v>0</v></c></row>`), ledger.Options{})
	expect(t, book, "invoice SPM/1 118.00", "blank 1")
}

// A layout in another language is read when its headings are named.
func TestQuirk46LocalisedHeadings(t *testing.T) {
	const file = "Konto,Belegnummer,Referenz,Belegart,Belegdatum,Nettofälligkeit,Betrag in Hauswährung,Hauswährung\n" +
		"100023,1900004711,VP/91,KR,05.10.2026,04.11.2026,\"-1.180,00\",INR\n"
	_, err := readFile(t, "a.csv", []byte(file), ledger.Options{})
	refuse(t, err, "heading-missing")
	book := mustRead(t, "a.csv", []byte(file), ledger.Options{Preset: "sap-fbl1n", Columns: map[string]string{
		"supplier_code": "Konto", "document_number": "Belegnummer", "supplier_invoice_number": "Referenz", "document_type": "Belegart",
		"invoice_date": "Belegdatum", "due_date": "Nettofälligkeit", "due_amount": "Betrag in Hauswährung", "currency": "Hauswährung",
	}})
	expect(t, book, "invoice VP/91 1180.00", "")
}

// A formula is never computed: its stored result counts, and without one the
// row names the cell.
func TestQuirk47Formulas(t *testing.T) {
	book := mustRead(t, "f.xlsx", rawWorkbook(t, inline(1, "supplier_name", "supplier_invoice_number", "invoice_amount", "po_number")+
		`<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="C2"><f>100*1.18</f><v>118</v></c><c r="D2" t="str"><f>IF(1,"","x")</f><v></v></c></row>`+
		`<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>3</v></c><c r="C3"><f>200*1.18</f></c></row>`), ledger.Options{})
	expect(t, book, "invoice SPM/1 118.00", "quarantined 1")
	if p := book.Problems[0]; p.Check != "cell-not-calculated" || p.Pos.String() != "f.xlsx:Sheet1!C3" {
		t.Errorf("got %s, want the cell without a result", p)
	}
}

// A template has thousands of rows with formulas and no data.
func TestQuirk48Template(t *testing.T) {
	var rows strings.Builder
	for i := 2; i <= 10001; i++ {
		fmt.Fprintf(&rows, `<row r="%d"><c r="C%d" t="str"><f>IF(A%d="","",1)</f><v></v></c></row>`, i, i, i)
	}
	book := mustRead(t, "template.xlsx", rawWorkbook(t, inline(1, "supplier_name", "supplier_invoice_number", "invoice_amount")+rows.String()), ledger.Options{})
	expect(t, book, "", "blank 10000")
	if !noted(book, "there are no rows below the heading") {
		t.Errorf("got notes %q, want it said that there is nothing", book.Inputs[0].Notes)
	}
}
