package ledger

import (
	"context"
	"errors"
	"strings"
	"testing"

	"reconcile/internal/money"
	"reconcile/internal/table"
)

func TestFold(t *testing.T) {
	for _, h := range []string{"supplier_invoice_number", "Supplier Invoice Number", "supplierInvoiceNumber", "SUPPLIER-INVOICE NUMBER.", " Supplier\u00a0Invoice  Number:"} {
		if got := fold(h); got != "supplierinvoicenumber" {
			t.Errorf("fold(%q) = %q", h, got)
		}
	}
}

// TestRefusals has one case for each way in which a file is refused whole.
func TestRefusals(t *testing.T) {
	const head = "supplier_code,supplier_invoice_number,invoice_amount,due_date\n"
	for _, c := range []struct {
		name, text string
		o          Options
		check      string
		says       []string
	}{
		{"no heading", "a,b\n1,2\n", Options{}, "heading-missing", []string{"supplier_invoice_number"}},
		{"missing column", "supplier_code,Bill No,invoice_amount\nV1,1,2\n", Options{}, "column-missing",
			[]string{`"Bill No"`, `columns: {supplier_invoice_number: "…"}`}},
		{"a column twice", "supplier_code,supplier_invoice_number,invoice_amount,Invoice Amount\nV1,1,2,3\n", Options{}, "heading-twice", []string{"columns C and D"}},
		{"an override twice", "supplier_code,Bill,Bill,invoice_amount\nV1,1,2,3\n", Options{Columns: map[string]string{"supplier_invoice_number": "Bill"}}, "heading-twice", []string{"columns B and C"}},
		{"an override that is not there", head + "V1,1,2,\n", Options{Columns: map[string]string{"tds_amount": "TDS"}}, "column-missing", []string{"tds_amount"}},
		{"a setting that is no column", head, Options{Columns: map[string]string{"amount": "x"}}, "column-unknown", []string{`"amount"`, "invoice_amount"}},
		{"a preset that is none", head, Options{Preset: "oracle"}, "preset-unknown", []string{`"oracle"`}},
		{"a named layout of which a column is missing", "Date,Ref. No.,Party's Name,Due on\n1-Oct-26,1,A,2-Oct-26\n", Options{Preset: "tally-bills-payable"}, "column-missing", []string{"invoice_amount (Opening Amount)"}},
		{"dates both ways", head + "V1,1,1.00,25/12/2026\nV1,2,1.00,12/25/2026\n", Options{}, "dates-disagree", []string{"ledger.dates", "25/12/2026 at ledger.csv:2", "12/25/2026 at ledger.csv:3"}},
		{"more than one date in twenty the other way", head + "V1,2,1,12/25/2026\nV1,4,1,03/04/2026\n" + strings.Repeat("V1,3,1,25/12/2026\n", 18), Options{}, "dates-disagree", nil},
		{"more than one amount in twenty the other way", head + "V1,2,\"1,5\",\nV1,4,\"1,500\",\n" + strings.Repeat("V1,3,1.5,\n", 18), Options{}, "decimals-disagree", nil},
		{"a third of the dates the other way", head + "V1,2,1,12/25/2026\n" + strings.Repeat("V1,3,1,25/12/2026\n", 2), Options{}, "dates-disagree", nil},
		{"decimals both ways", head + "V1,1,1.50,\nV1,2,\"1,50\",\n", Options{}, "decimals-disagree", []string{"ledger.decimal"}},
		{"groups of three beside a decimal comma", head + "V1,1,\"59,000\",\nV1,2,\"118.000,00\",\n", Options{}, "decimals-unclear", []string{"ledger.decimal", "59,000", "118.000,00"}},
		{"one column month first, another that could be either", "Supplier Code,Supplier Invoice Number,Invoice Amount,Invoice Date,Due Date\nV1,1,1,04/13/2026,05/06/2026\n", Options{}, "dates-disagree", []string{"ledger.dates", "04/13/2026", "due_date"}},
		{"three decimals", head + "V1,1,1.234,\nV1,2,12.345,\n", Options{}, "decimals-unclear", []string{"ledger.decimal", "1.234"}},
		{"decimals unclear", head + "V1,1,1.180,\nV1,2,2,\n", Options{}, "decimals-unclear", []string{"ledger.decimal", "1.180"}},
	} {
		book, err := read(t, c.text, c.o)
		var e *FileError
		if !errors.As(err, &e) || book != nil {
			t.Errorf("%s: got %v, %v; want a FileError and no book", c.name, book, err)
			continue
		}
		if e.Check != c.check {
			t.Errorf("%s: got check %s, want %s", c.name, e.Check, c.check)
		}
		for _, s := range c.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: got %q, want it to say %q", c.name, err, s)
			}
		}
	}
}

func TestAllRefusalsTogether(t *testing.T) {
	bad := open(t, "a,b\n1,2\n")
	good := open(t, "supplier_code,supplier_invoice_number,invoice_amount\nV1,1,2\n")
	other := open(t, "supplier_code,supplier_invoice_number,invoice_amount\nV1,1,1.180\n")
	book, err := readFiles(context.Background(), []sheetFile{bad, good, other}, Options{})
	if book != nil || err == nil || !strings.Contains(err.Error(), "[heading-missing]") || !strings.Contains(err.Error(), "[decimals-unclear]") {
		t.Errorf("got %v, %v; want both refusals and no book", book, err)
	}
}

// TestVotes reads the same cells by what the rest of the column proves.
func TestVotes(t *testing.T) {
	const head = "supplier_code,supplier_invoice_number,invoice_amount,due_date\n"
	for _, c := range []struct {
		name, rows string
		o          Options
		gross      money.Paise // of the first item
		due        string
		bad        int
	}{
		{"day first by default", "V1,1,1180,03/04/2026\n", Options{}, 1180_00, "2026-04-03", 0},
		{"month first by proof", "V1,1,1180,03/04/2026\nV1,2,1,12/25/2026\n", Options{}, 1180_00, "2026-03-04", 0},
		{"month first by setting", "V1,1,1180,03/04/2026\n", Options{Dates: MonthFirst}, 1180_00, "2026-03-04", 0},
		{"the setting wins over proof", "V1,1,1180,03/04/2026\nV1,2,1,12/25/2026\n", Options{Dates: DayFirst}, 1180_00, "2026-04-03", 1},
		{"a few the other way are faults of theirs", "V1,1,1180,03/04/2026\nV1,2,1,12/25/2026\n" + strings.Repeat("V1,3,1,25/12/2026\n", 19), Options{}, 1180_00, "2026-04-03", 1},
		{"an amount the other way is a fault of its row", "V1,1,1180,\nV1,2,\"1,5\",\n" + strings.Repeat("V1,3,1.5,\n", 19), Options{}, 1180_00, "", 1},
		{"grouping by default", "V1,1,\"1,180\",\n", Options{}, 1180_00, "", 0},
		{"decimal comma by proof", "V1,1,\"1,18\",\nV1,2,\"1,5\",\n", Options{}, 1_18, "", 0},
		{"dotted groups by proof", "V1,1,1.180,\nV1,2,\"1,5\",\n", Options{}, 1180_00, "", 0},
		{"dotted, and a point proved", "V1,1,1.180,\nV1,2,1.5,\n", Options{}, 1_18, "", 0},
		{"dotted by setting", "V1,1,1.180,\n", Options{Separator: money.Comma}, 1180_00, "", 0},
	} {
		book, err := read(t, head+c.rows, c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		it := book.Items[0]
		if it.Gross != c.gross || it.DueDate.String() != c.due || book.Inputs[0].Quarantined != c.bad {
			t.Errorf("%s: got %s due %q, %d quarantined; want %s due %q, %d", c.name, it.Gross, it.DueDate, book.Inputs[0].Quarantined, c.gross, c.due, c.bad)
		}
	}
}

// A fakeSheet is a sheet of cells given outright, for what no CSV can hold.
type fakeSheet struct {
	name string
	rows [][]table.Cell
}

func (s fakeSheet) Name() string { return s.name }

func (s fakeSheet) Rows(yield func(table.Row) error) error {
	for i, cells := range s.rows {
		if err := yield(table.Row{Number: i + 1, Cells: cells}); err != nil {
			return err
		}
	}
	return nil
}

func texts(s ...string) []table.Cell {
	var cells []table.Cell
	for _, t := range s {
		c := table.Cell{Kind: table.Text, Text: t}
		if t == "" {
			c.Kind = table.Empty
		}
		cells = append(cells, c)
	}
	return cells
}

func TestSheets(t *testing.T) {
	head := texts("supplier_b2b_id", "supplier_invoice_number", "due_amount")
	tips := fakeSheet{"Tips", [][]table.Cell{texts("How to use this export")}}
	april := fakeSheet{"April", [][]table.Cell{texts("April"), head, texts("V1", "A1", "1.50")}}
	may := fakeSheet{"May", [][]table.Cell{head, texts("V1", "A2", "2.50"), texts("V1", "A3", "x")}}
	book, err := readFiles(context.Background(), []sheetFile{{Input{Path: "l.xlsx"}, []table.Sheet{tips, april, may}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := book.Inputs[0]
	if in.Rows != 3 || in.Accepted != 2 || len(in.Notes) != 1 || !strings.Contains(in.Notes[0], `"Tips"`) {
		t.Errorf("got %+v, want 3 rows of two sheets and a note of the third", in)
	}
	if got := book.Problems[0].Pos.String(); got != "l.xlsx:May!C3" {
		t.Errorf("got a problem at %s, want l.xlsx:May!C3", got)
	}
	if got := book.Items[1].Pos.String(); got != "l.xlsx:May!2" {
		t.Errorf("got an item at %s, want l.xlsx:May!2", got)
	}

	incomplete := fakeSheet{"June", [][]table.Cell{texts("supplier_name", "supplier_invoice_number", "due_date")}}
	_, err = readFiles(context.Background(), []sheetFile{{Input{Path: "l.xlsx"}, []table.Sheet{april, incomplete}}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "[column-missing]") {
		t.Errorf("a ledger's sheet without amounts: got %v, want it refused and not passed over", err)
	}
}

// TestOwnHeadings: a foreign layout that shares a few words with a file, and
// takes the rest from ledger.columns, is not chosen before the canonical.
func TestOwnHeadings(t *testing.T) {
	const text = "Date,Supplier,Reference,Document Type,Amt\n01/10/2026,Ganga,A1,invoice,118.00\n02/10/2026,Ganga,A2,credit note,18.00\n"
	book, err := read(t, text, Options{Columns: map[string]string{
		"supplier_name": "Supplier", "supplier_invoice_number": "Reference", "invoice_amount": "Amt", "invoice_date": "Date",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := book.Inputs[0].Layout; got != "canonical" || len(book.Items) != 2 || book.Items[0].Gross != 118_00 {
		t.Errorf("got %s with %+v, want two canonical items", got, book.Items)
	}
}

// TestDebitCreditByHand reads a ledger of no known system with a column for
// debit and one for credit, and one with the side in a column.
func TestDebitCreditByHand(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns map[string]string
	}{
		{"supplier_code,supplier_invoice_number,Soll,Haben\nV1,A1,,118.00\nV1,A2,18.00,\n",
			map[string]string{"debit_amount": "Soll", "credit_amount": "Haben"}},
		{"supplier_code,supplier_invoice_number,invoice_amount,S/H\nV1,A1,118.00,H\nV1,A2,18.00,S\n",
			map[string]string{"debit_credit": "S/H"}},
	} {
		book, err := read(t, c.text, Options{Columns: c.columns})
		if err != nil {
			t.Fatal(err)
		}
		if len(book.Items) != 2 || book.Items[0].Type != Invoice || book.Items[0].Due != 118_00 || book.Items[1].Type != CreditNote || book.Items[1].Due != 18_00 {
			t.Errorf("%v: got %+v and %v, want an invoice and a credit", c.columns, book.Items, book.Problems)
		}
	}
}

// TestHeadless: columns named by their letters alone make no row a heading, for
// the first row would be lost.
func TestHeadless(t *testing.T) {
	_, err := read(t, "V1,A1,118.00\nV1,A2,18.00\n", Options{Columns: map[string]string{
		"supplier_code": "column A", "supplier_invoice_number": "column B", "invoice_amount": "column C",
	}})
	var e *FileError
	if !errors.As(err, &e) || e.Check != "heading-missing" {
		t.Errorf("got %v, want no heading found", err)
	}
}

// TestSplitAmounts: where amounts with commas stand last and without quotes, the
// cells behind them are the rest of the amounts and no columns without a name.
func TestSplitAmounts(t *testing.T) {
	const head = "supplier_code,supplier_invoice_number,due_amount\n"
	split, err := read(t, head+strings.Repeat("V1,A1,1,18,000.00\n", 12), Options{})
	if err != nil || split.Inputs[0].Quarantined != 12 {
		t.Errorf("got %+v, %v; want twelve rows in quarantine", split, err)
	}
	unnamed, err := read(t, head+strings.Repeat("V1,A1,118000.00,note\n", 12), Options{})
	if err != nil || len(unnamed.Items) != 12 {
		t.Errorf("got %+v, %v; want twelve items", unnamed, err)
	}
}
