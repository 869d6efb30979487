package job_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// The tests of this file have the numbers under which the quirks of ERP exports
// are listed. Every file here is made from the description of its quirk; those
// that a public file shows are read from it in quirks_real_test.go as well.

var us = ledger.Options{Buyers: []party.Buyer{{B2BID: "BUYER0001"}}}

// readText reads a ledger of the given name and content from disk.
func readText(t *testing.T, name, content string, o ledger.Options) (*ledger.Book, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	refs, err := source.Find(dir, []string{name})
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Read(context.Background(), refs, o)
}

func mustRead(t *testing.T, name, content string) *ledger.Book {
	t.Helper()
	book, err := readText(t, name, content, us)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// workbook returns an XLSX of the rows, on its first sheet.
func workbook(t *testing.T, rows ...[]any) string {
	t.Helper()
	x := excelize.NewFile()
	for i, row := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := x.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	data, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return data.String()
}

const keysHead = "supplier_b2b_id,supplier_invoice_number,invoice_date,invoice_amount,paid_amount,utr\n"

// paid returns a confirmed payment of one line, whose number and UTR are given.
func paid(id, number, utr string, net money.Paise) payment.Remittance {
	at := time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)
	date, _ := day.Of(2026, 11, 10)
	return payment.Remittance{
		ObjectID: id, Buyer: "BUYER0001", Supplier: "S1", Type: payment.OnPlatform, Mode: "ACCOUNT TRANSFER",
		UTR: party.UTR(utr), UTRFinal: true, Outcome: payment.Paid, Time: at, Date: date,
		Lines: []payment.Line{{Number: number, Key: party.NumberKey(number), Net: net, Total: net, Confirmation: payment.Accepted}},
	}
}

// match returns for each item, in the order of the rows, its rule, its status and
// its breaks.
func match(t *testing.T, book *ledger.Book, log ...payment.Remittance) []string {
	t.Helper()
	asOf, _ := day.Of(2026, 11, 21)
	result, err := matcher.Match(book.Items, log, matcher.Rules{AsOf: asOf, Tolerance: 100, OutcomeWithin: 2, ConfirmationWithin: 7})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(result.Items, func(a, b matcher.ItemResult) int { return a.Item.Pos.Row - b.Item.Pos.Row })
	var got []string
	for _, r := range result.Items {
		s := r.Rule.String() + " " + r.Status.String()
		for _, b := range r.Breaks {
			if b.Code != matcher.NoDueDate { // none of these rows has one
				s += " " + string(b.Code)
			}
		}
		got = append(got, s)
	}
	return got
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// damagedNumbers returns the numbers of the items, damaged ones marked.
func damagedNumbers(book *ledger.Book) []string {
	var got []string
	for _, it := range book.Items {
		s := it.Number
		if it.Damaged {
			s += "!"
		}
		got = append(got, s)
	}
	return got
}

func repeated(book *ledger.Book) (n int) {
	for _, it := range book.Items {
		if it.Repeated {
			n++
		}
	}
	return n
}

// TestQuirk15ScientificNotation has two invoices that a spreadsheet made equal:
// they are no duplicates, equal no payment of that very text, and are found by
// bank reference and amount.
func TestQuirk15ScientificNotation(t *testing.T) {
	book := mustRead(t, "l.csv", keysHead+
		"S1,6.55E+14,01/10/2026,100.00,100.00,UTR0000001\n"+
		"S1,6.55E+14,01/10/2026,250.00,250.00,UTR0000002\n"+
		"S1,2.34173E+13,02/10/2026,70.00,,\n"+
		"S1,3.67E+17,02/10/2026,90.00,,\n")
	same(t, "numbers", damagedNumbers(book), []string{"6.55E+14!", "6.55E+14!", "2.34173E+13!", "3.67E+17!"})
	if n := repeated(book); n != 0 {
		t.Errorf("%d damaged numbers are taken for duplicates", n)
	}
	same(t, "matched", match(t, book,
		paid("P1", "655000000000123", "UTR0000001", 100_00),
		paid("P2", "655000000000456", "UTR0000002", 250_00),
		paid("P3", "3.67E+17", "UTR0000003", 17_00)),
		[]string{
			"utr_amount confirmed REFERENCE_VARIANT DAMAGED_KEY",
			"utr_amount confirmed REFERENCE_VARIANT DAMAGED_KEY",
			"none on_hold DAMAGED_KEY", "none on_hold DAMAGED_KEY",
		})
}

// TestQuirk15NotUnique has two damaged invoices of one amount in one transfer:
// neither can be told from the other, and neither is guessed.
func TestQuirk15NotUnique(t *testing.T) {
	book := mustRead(t, "l.csv", keysHead+
		"S1,6.55E+14,01/10/2026,100.00,100.00,UTR0000001\n"+
		"S1,6.55E+14,01/10/2026,100.00,100.00,UTR0000001\n")
	for _, got := range match(t, book, paid("P1", "655000000000123", "UTR0000001", 100_00)) {
		if !strings.Contains(got, "AMBIGUOUS_MATCH") || !strings.HasPrefix(got, "none") {
			t.Errorf("got %s, want an ambiguous match of none", got)
		}
	}
}

// TestQuirk15UTR has bank references in scientific notation: the row stays, its
// reference is what stands there, and the file's notes count it.
func TestQuirk15UTR(t *testing.T) {
	book := mustRead(t, "l.csv", keysHead+
		"S1,INV-1,01/10/2026,100.00,100.00,4.32112E+11\n"+
		"S1,INV-2,01/10/2026,100.00,100.00,#N/A\n"+
		"S1,INV-3,01/10/2026,100.00,100.00,UTR NO: hdfcr52026112112345678\n")
	if len(book.Items) != 3 || len(book.Problems) != 0 {
		t.Fatalf("got %d items and %v, want three and no problem", len(book.Items), book.Problems)
	}
	var utrs []string
	for _, it := range book.Items {
		utrs = append(utrs, it.UTR)
	}
	same(t, "references", utrs, []string{"432112E11", "NA", "HDFCR52026112112345678"})
	notes := strings.Join(book.Inputs[0].Notes, "\n")
	if !strings.Contains(notes, "2 bank references") || !strings.Contains(notes, `"utr"`) {
		t.Errorf("got notes %q, want two references counted", notes)
	}
	same(t, "matched", match(t, book, paid("P1", "INV-1", "432112123456", 100_00))[:1], []string{"exact confirmed UTR_MISMATCH"})

	// The same in a workbook, where they are numbers and error values.
	x := workbook(t, []any{"supplier_b2b_id", "supplier_invoice_number", "invoice_amount", "utr"},
		[]any{"S1", "INV-1", 100, 4.32112345678e18}, []any{"S1", "INV-2", 100, 432112345678})
	book = mustRead(t, "l.xlsx", x)
	if len(book.Items) != 2 || book.Items[1].UTR != "432112345678" || !strings.Contains(strings.Join(book.Inputs[0].Notes, "\n"), "1 bank references") {
		t.Errorf("got %v and notes %q, want two items and one reference counted", book.Problems, book.Inputs[0].Notes)
	}
}

func TestQuirk16RoundedToFifteenDigits(t *testing.T) {
	book := mustRead(t, "l.csv", keysHead+
		"S1,4720000000000000,01/10/2026,100.00,100.00,UTR1\n"+
		"S1,4720000000000000,01/10/2026,200.00,200.00,UTR2\n"+
		"S1,4720000000000001,01/10/2026,300.00,,\n")
	same(t, "numbers", damagedNumbers(book), []string{"4720000000000000!", "4720000000000000!", "4720000000000001"})
	same(t, "matched", match(t, book, paid("P1", "4720000000000123", "UTR1", 100_00))[:1], []string{"utr_amount confirmed REFERENCE_VARIANT DAMAGED_KEY"})
	if repeated(book) != 0 {
		t.Error("rounded numbers are taken for duplicates")
	}
	// In a workbook even the last digit of sixteen is made up.
	x := workbook(t, []any{"supplier_b2b_id", "supplier_invoice_number", "invoice_amount"}, []any{"S1", 4720000000000001, 1}, []any{"S1", 472000000000001, 1})
	same(t, "of a workbook", damagedNumbers(mustRead(t, "l.xlsx", x)), []string{"4720000000000001!", "472000000000001"})
}

func TestQuirk17NumberBecameDate(t *testing.T) {
	book := mustRead(t, "l.csv", keysHead+
		"S1,14-Nov-20,01/10/2026,100.00,100.00,UTR1\nS1,23-Nov-20,01/10/2026,200.00,,\nS1,27-Nov-20,01/10/2026,300.00,,\nS1,14-Nov-20,01/10/2026,400.00,,\n")
	same(t, "numbers", damagedNumbers(book), []string{"14-Nov-20!", "23-Nov-20!", "27-Nov-20!", "14-Nov-20!"})
	same(t, "matched", match(t, book, paid("P1", "14/11", "UTR1", 100_00))[:1], []string{"utr_amount confirmed REFERENCE_VARIANT DAMAGED_KEY"})
	if repeated(book) != 0 {
		t.Error("numbers that became dates are taken for duplicates")
	}
	// In a workbook the cell is a date, whatever it was.
	x := excelize.NewFile()
	style, _ := x.NewStyle(&excelize.Style{NumFmt: 15})
	for cell, v := range map[string]any{"A1": "supplier_b2b_id", "B1": "supplier_invoice_number", "C1": "invoice_amount", "A2": "S1", "B2": 44149, "C2": 5} {
		if err := x.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.SetCellStyle("Sheet1", "B2", "B2", style); err != nil {
		t.Fatal(err)
	}
	data, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "of a workbook", damagedNumbers(mustRead(t, "l.xlsx", data.String())), []string{"14-Nov-2020!"})
}

func TestQuirk18NumbersThatLookLikeDates(t *testing.T) {
	real := []string{"16/45", "25/16", "3-766", "22/23/003", "03-04-22", "12/11"}
	var text strings.Builder
	text.WriteString(keysHead)
	var log []payment.Remittance
	var want []string
	for i, n := range real {
		fmt.Fprintf(&text, "S1,%s,01/10/2026,%d.00,%[2]d.00,\n", n, 100+i)
		log = append(log, paid(fmt.Sprint("P", i), n, fmt.Sprint("UTR", i), money.Paise(100*(100+i))))
		want = append(want, "exact confirmed")
	}
	book := mustRead(t, "l.csv", text.String())
	same(t, "numbers", damagedNumbers(book), real)
	same(t, "matched", match(t, book, log...), want)
}

func TestQuirk19ErrorLiterals(t *testing.T) {
	book := mustRead(t, "l.csv", keysHead+
		"S1,#NAME?,01/10/2026,618.12,618.12,UTR1\nS1,#N/A,01/10/2026,1.00,,\nS1,#REF!,01/10/2026,2.00,,\nS1,#N/A,01/10/2026,3.00,,\nS1,#4706,01/10/2026,4.00,4.00,\nS1,#INC08926,01/10/2026,5.00,5.00,\n")
	same(t, "numbers", damagedNumbers(book), []string{"#NAME?!", "#N/A!", "#REF!!", "#N/A!", "#4706", "#INC08926"})
	got := match(t, book, paid("P1", "-A/17", "UTR1", 618_12), paid("P2", "4706", "UTR2", 4_00), paid("P3", "INC8926", "UTR3", 5_00))
	same(t, "matched", []string{got[0], got[4], got[5]}, []string{
		"utr_amount confirmed REFERENCE_VARIANT DAMAGED_KEY", "normalised confirmed REFERENCE_VARIANT", "normalised confirmed REFERENCE_VARIANT"})
	if repeated(book) != 0 {
		t.Error("error values are taken for duplicates")
	}
}

// TestQuirk20LeadingZeros: the text stays as it is, and what a re-save took away
// is bridged by the weaker rule, which says so.
func TestQuirk20LeadingZeros(t *testing.T) {
	book := mustRead(t, "l.csv", keysHead+"S1,0000451,01/10/2026,100.00,100.00,\nS1,452,01/10/2026,100.00,100.00,\n")
	same(t, "numbers", damagedNumbers(book), []string{"0000451", "452"})
	same(t, "matched", match(t, book, paid("P1", "0000451", "U1", 100_00), paid("P2", "0000452", "U2", 100_00)),
		[]string{"exact confirmed", "normalised confirmed REFERENCE_VARIANT"})
}

func TestQuirk21NumberWhereTextBelongs(t *testing.T) {
	x := workbook(t, []any{"supplier_b2b_id", "supplier_invoice_number", "invoice_amount", "paid_amount"},
		[]any{"S1", 201, 100, 100}, []any{"S1", 100000000000000.0, 100, 100}, []any{"S1", "2240", 100, 100}, []any{"S1", 1.1, 100, 100})
	book := mustRead(t, "l.xlsx", x)
	same(t, "numbers", damagedNumbers(book), []string{"201", "100000000000000", "2240", "1.1!"})
	same(t, "matched", match(t, book, paid("P1", "201", "U1", 100_00))[:1], []string{"exact confirmed"})
}

func TestQuirk22ControlEscapes(t *testing.T) {
	// excelize would escape the underscore once more, so the shared strings are
	// patched: xx stands where the escape goes.
	x := workbook(t, []any{"supplier_b2b_id", "supplier_name", "supplier_invoice_number", "invoice_amount", "paid_amount"},
		[]any{"S1", "QQQQ Primary", "4711QQQQ", 100, 100})
	book := mustRead(t, "l.xlsx", patched(t, x, "xl/sharedStrings.xml", "4711QQQQ", "4711_x000D_\n", "QQQQ Primary", "_x0004_ Primary"))
	same(t, "numbers", damagedNumbers(book), []string{"4711"})
	if got := book.Items[0].Supplier.Name; got != "Primary" {
		t.Errorf("got the name %q, want Primary", got)
	}
	same(t, "matched", match(t, book, paid("P1", "4711", "U1", 100_00)), []string{"exact confirmed"})
}

func TestQuirk23SpacesOfEveryKind(t *testing.T) {
	book := mustRead(t, "l.csv", "supplier_b2b_id ,supplier_name,\u00a0supplier_invoice_number,invoice_amount,paid_amount\u200b\n"+
		"S1\u00a0,Hall Plant Hire Limited\u00a0\u00a0\u00a0\u00a0,\ufeffINV/7\u200b,100.00 ,\u00a0100.00\n")
	same(t, "numbers", damagedNumbers(book), []string{"INV/7"})
	if s := book.Items[0].Supplier; s.B2BID != "S1" || s.Name != "Hall Plant Hire Limited" {
		t.Errorf("got the supplier %+v, want it without spaces", s)
	}
	same(t, "matched", match(t, book, paid("P1", "INV/7", "U1", 100_00)), []string{"exact confirmed"})

	master := party.NewMaster([]party.Entry{{Supplier: party.Supplier{B2BID: "S9", Name: "Hall  Plant Hire\u00a0Limited"}}})
	o := us
	o.Suppliers = master
	named, err := readText(t, "l.csv", "supplier_name,supplier_invoice_number,due_amount\nHall Plant\u00a0\u00a0Hire Limited ,1,1\n", o)
	if err != nil || named.Items[0].Supplier.B2BID != "S9" {
		t.Errorf("got %v, want the supplier found by its name", err)
	}
}

// TestQuirk24NumberNotUnique: numbers begin again with each April, and are each
// supplier's and each document type's own.
func TestQuirk24NumberNotUnique(t *testing.T) {
	const head = "supplier_b2b_id,supplier_invoice_number,invoice_date,document_type,invoice_amount\n"
	book := mustRead(t, "l.csv", head+"S1,12,31/03/2026,,100\nS1,12,01/04/2026,,100\nS2,12,01/04/2026,,100\nS1,12,01/04/2026,credit_note,100\n")
	if repeated(book) != 0 {
		t.Errorf("%d of four documents are taken for duplicates", repeated(book))
	}
	book = mustRead(t, "l.csv", head+"S1,12,01/04/2026,,100\nS1,12,02/05/2026,,200\n")
	if repeated(book) != 2 {
		t.Error("one number twice in one year is not flagged")
	}
}

func TestQuirk25SpellingsOfOneNumber(t *testing.T) {
	for _, c := range []struct{ books, paid, want string }{
		{"INV/23-24/0012", "INV-2023-24-12", "normalised confirmed REFERENCE_VARIANT"},
		{"2020-21/4881", "20-21/4881", "normalised confirmed REFERENCE_VARIANT"},
		{"X03021650", "X03021650.", "normalised confirmed REFERENCE_VARIANT"},
		{"B/22-23/053", "b/22-23/53", "normalised confirmed REFERENCE_VARIANT"},
		{"CR/821", "CR/821", "exact confirmed"},
		{"INV/23-24/0012", "INV-2324-12", "suggested unsupported PAID_WITHOUT_EVENT"}, // a bare 2324 is no year
	} {
		book := mustRead(t, "l.csv", keysHead+"S1,"+c.books+",01/10/2026,100.00,100.00,\n")
		same(t, c.books+" and "+c.paid, match(t, book, paid("P1", c.paid, "U1", 100_00)), []string{c.want})
	}
}

// TestQuirk26UselessKeys: a number that says little is compared as any other,
// with its supplier; it is no accident.
func TestQuirk26UselessKeys(t *testing.T) {
	book := mustRead(t, "l.csv", keysHead+
		"S1,1,01/10/2026,100.00,100.00,\nS2,1,01/10/2026,100.00,100.00,\nS1,26-11-2020 /3,01/10/2026,50.00,50.00,\nS1,29-11-2020usman,01/10/2026,60.00,,\n")
	same(t, "numbers", damagedNumbers(book), []string{"1", "1", "26-11-2020 /3", "29-11-2020usman"})
	got := match(t, book, paid("P1", "1", "U1", 100_00), paid("P2", "26-11-2020/3", "U2", 50_00))
	same(t, "matched", got[:3], []string{"exact confirmed", "none unsupported PAID_WITHOUT_EVENT", "normalised confirmed REFERENCE_VARIANT"})
}
