package ledger

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/source"
	"reconcile/internal/table"
)

// A doubledSheet is a sheet with one of its columns once more behind the others.
type doubledSheet struct {
	table.Sheet
	at, width int
}

func (s *doubledSheet) Rows(yield func(table.Row) error) error {
	return s.Sheet.Rows(func(row table.Row) error {
		cells := make([]table.Cell, s.width+1)
		copy(cells, row.Cells)
		if s.at < len(row.Cells) {
			cells[s.width] = row.Cells[s.at]
		}
		row.Cells = cells
		return yield(row)
	})
}

// sampleFile opens a sample of samples/layouts.
func sampleFile(t *testing.T, name string) sheetFile {
	t.Helper()
	refs, err := source.Find(filepath.Join("..", "..", "samples", "layouts"), []string{name})
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := refs[0].ReadAll(source.MaxTable)
	if err != nil {
		t.Fatal(err)
	}
	f, err := table.Open(name, data, table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return sheetFile{Input: Input{Path: name}, Sheets: f.Sheets}
}

// TestDoubledHeading: a heading that stands twice makes no other layout the right
// one. The report of open items of ERPNext has most of the headings of its export
// of invoices, and read as that it would lose its debit notes.
func TestDoubledHeading(t *testing.T) {
	for name, layout := range map[string]string{
		"erpnext-payable.csv": "erpnext-payable", "erpnext-invoices.csv": "erpnext-invoices", "dynamics-vendor.csv": "dynamics-vendor",
		"oracle-payables.csv": "oracle-payables", "quickbooks-online.csv": "quickbooks-online", "netsuite-aging.csv": "netsuite-aging",
		"zoho-bills.csv": "zoho-bills", "zoho-vendor-payments.csv": "zoho-vendor-payments", "odoo-bills.xlsx": "odoo-bills",
		"sap-fbl1n.xlsx": "sap-fbl1n", "sap-s4-line-items.xlsx": "sap-s4-line-items", "business-central.xlsx": "business-central",
		"tally-bills-payable.xlsx": "tally-bills-payable", "tally-columnar.xlsx": "tally-columnar",
	} {
		f := sampleFile(t, name)
		s, err := takeSample(f.Sheets[0])
		if err != nil {
			t.Fatal(err)
		}
		b := s.recognise(newGlossary(layoutNamed(layout)), nil)
		for at, heading := range b.headings {
			if heading == "" {
				continue
			}
			doubled := f
			doubled.Sheets = []table.Sheet{&doubledSheet{f.Sheets[0], at, len(b.headings)}}
			book, err := readFiles(t.Context(), []sheetFile{doubled}, Options{})
			if err == nil {
				if got := book.Inputs[0].Layout; got != layout || b.columnOf(at) < columns && b.columnOf(at) != lineItem {
					t.Errorf("%s, %q twice: read as %s", name, heading, got)
				}
				continue
			}
			refusals := faultsOf(err)
			told := func(text string) bool {
				return slices.ContainsFunc(refusals, func(e *FileError) bool { return strings.Contains(e.Text, text) })
			}
			if !told("looks like " + layout) {
				t.Errorf("%s, %q twice: the refusal does not say that it is %s: %v", name, heading, layout, err)
			}
			for _, e := range refusals {
				if strings.Contains(e.Setting, "preset: ") && !strings.Contains(e.Setting, "preset: "+layout) {
					t.Errorf("%s, %q twice: the remedy is %s", name, heading, e.Setting)
				}
			}
		}
	}
}

// TestBestThatCannotBeRead: where another layout would read the file, the refusal
// names both and how they differ.
func TestBestThatCannotBeRead(t *testing.T) {
	const text = "Party,Supplier Name,Voucher Type,Voucher No,Due Date,Bill No,Bill Date,Invoiced Amount,Invoiced Amount,Paid Amount,Outstanding Amount,Currency\n" +
		"S1,Ganga Traders,Purchase Invoice,PI-1,04-11-2026,G/1,01-10-2026,100.00,100.00,40.00,60.00,INR\n"
	_, err := read(t, text, Options{})
	var e *FileError
	if !errors.As(err, &e) || e.Check != "heading-twice" {
		t.Fatalf("got %v, want that a heading stands twice", err)
	}
	for _, want := range []string{
		`invoice_amount is headed "Invoiced Amount" in columns H and I`,
		"looks like erpnext-payable", "more than like erpnext-invoices", `"Voucher Type" is document_type by erpnext-payable and not used by erpnext-invoices`,
	} {
		if !strings.Contains(e.Text, want) {
			t.Errorf("no %s in %s", want, e.Text)
		}
	}
	in := inspect(t, "x.csv", text, Options{})
	if !strings.Contains(in.Paste, `invoice_amount: "…"  # one of column H "Invoiced Amount", column I "Invoiced Amount"`) {
		t.Errorf("inspect gives to paste\n%s", in.Paste)
	}
}

// TestAssumedLooksMoreLikeIt: a confirmed layout that fits less is no answer where
// the file looks more like one that nobody has confirmed: here drafts would be due.
func TestAssumedLooksMoreLikeIt(t *testing.T) {
	const text = "ID,Supplier,Supplier Name,Supplier GSTIN,Bill No,Bill Date,Due Date,Currency,Status,Grand Total,Outstanding Amount,Item (Items)\n" +
		"PI-1,S1,Ganga Traders,,G/1,01-10-2026,04-11-2026,INR,Draft,118.00,118.00,Oil\n" +
		"PI-2,S1,Ganga Traders,,G/2,02-10-2026,05-11-2026,INR,Unpaid,59.00,59.00,Oil\n"
	_, err := read(t, text, Options{})
	var e *FileError
	if !errors.As(err, &e) || e.Check != "preset-assumed" || !strings.Contains(e.Setting, "preset: erpnext-invoices") ||
		!strings.Contains(e.Text, "erpnext-payable") || !strings.Contains(e.Text, `"Status" is document_status by erpnext-invoices and not used by erpnext-payable`) {
		t.Errorf("got %v, want both layouts and how they differ", err)
	}
	book, err := read(t, text, Options{Preset: "erpnext-invoices"})
	if err != nil || len(book.Items) != 1 || book.Items[0].Number != "G/2" {
		t.Errorf("named: got %v and %+v, want the one bill that is no draft", err, book)
	}
}
