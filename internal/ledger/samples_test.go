package ledger_test

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/source"
)

var update = flag.Bool("update", false, "write the expected readings of the samples anew")

// samplesOf says which layout each sample of samples/layouts is of. One that is
// assumed has to be named; the others are recognised.
var samplesOf = map[string]string{
	"canonical.csv":                 "canonical",
	"tally-bills-payable.xlsx":      "tally-bills-payable",
	"tally-daybook.xlsx":            "tally-daybook",
	"tally-register.xlsx":           "tally-register",
	"tally-columnar.xlsx":           "tally-columnar",
	"sap-fbl1n.xlsx":                "sap-fbl1n",
	"sap-fbl1n-tabs.txt":            "sap-fbl1n",
	"sap-fbl1n-all-items.xlsx":      "sap-fbl1n",
	"oracle-payables-wrong.csv":     "oracle-payables",
	"zoho-bills-paid.csv":           "zoho-bills",
	"zoho-payments-made.csv":        "zoho-vendor-payments",
	"sap-s4-line-items.xlsx":        "sap-s4-line-items",
	"odoo-bills.xlsx":               "odoo-bills",
	"business-central.xlsx":         "business-central",
	"quickbooks-desktop-aging.xlsx": "quickbooks-desktop-aging",
	"dynamics-vendor.csv":           "dynamics-vendor",
	"erpnext-invoices.csv":          "erpnext-invoices",
	"erpnext-payable.csv":           "erpnext-payable",
	"netsuite-aging.csv":            "netsuite-aging",
	"oracle-payables.csv":           "oracle-payables",
	"quickbooks-online.csv":         "quickbooks-online",
	"sap-text.txt":                  "sap-text",
	"zoho-bills.csv":                "zoho-bills",
	"zoho-vendor-payments.csv":      "zoho-vendor-payments",
}

// TestSamples reads every sample and compares what it finds, row by row, with
// testdata/layouts.
func TestSamples(t *testing.T) {
	folder := filepath.Join("..", "..", "samples", "layouts")
	refs, err := source.Find(folder, []string{"*.*"})
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]ledger.Known)
	for _, p := range ledger.Presets() {
		known[p.Name] = p.Known
	}
	seen := make(map[string]bool)
	for _, ref := range refs {
		if ref.Path() == "README.md" || ref.Path() == "suppliers.csv" || ref.Path() == "totals.csv" {
			continue
		}
		layout := samplesOf[ref.Path()]
		seen[layout] = true
		t.Run(ref.Path(), func(t *testing.T) {
			o := ledger.Options{Buyers: []party.Buyer{{B2BID: "BUYER0001", Name: "Sample Buyer"}}}
			if known[layout] == ledger.Assumed {
				o.Preset = layout
			}
			book, err := ledger.Read(context.Background(), []source.Ref{ref}, o)
			if err != nil {
				t.Fatal(err)
			}
			if got := book.Inputs[0].Layout; got != layout {
				t.Errorf("read as %s, want %s", got, layout)
			}
			compare(t, ref.Path(), tell(book))
		})
	}
	for _, p := range ledger.Presets() {
		if !seen[p.Name] {
			t.Errorf("no sample of the layout %s", p.Name)
		}
	}
}

// TestLayoutsAreDocumented holds docs/layouts.md to the layouts.
func TestLayoutsAreDocumented(t *testing.T) {
	hold(t, filepath.Join("..", "..", "docs", "layouts.md"), ledger.Document())
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	hold(t, filepath.Join("testdata", "layouts", name+".golden"), got)
}

// hold compares a text with a file, or writes it.
func hold(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// tell writes a book of one file down as text.
func tell(book *ledger.Book) string {
	var b strings.Builder
	in := book.Inputs[0]
	fmt.Fprintf(&b, "layout %s (%s), score %d", in.Layout, in.Known, in.Score)
	if in.RunnerUp != "" {
		fmt.Fprintf(&b, ", before %s with %d", in.RunnerUp, in.SecondScore)
	}
	fmt.Fprintf(&b, "\nrows %d = accepted %d + quarantined %d", in.Rows, in.Accepted, in.Quarantined)
	for _, s := range in.Skipped {
		fmt.Fprintf(&b, " + %s %d", s.Reason, s.Rows)
	}
	b.WriteByte('\n')
	for _, c := range in.Columns {
		fmt.Fprintf(&b, "%s %s = accepted %s + skipped %s + quarantined %s\n", c.Column, c.Read, c.Accepted, c.Skipped, c.Quarantined)
	}
	for _, n := range in.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	b.WriteByte('\n')
	for i := range book.Items {
		b.WriteString(tellItem(&book.Items[i]))
	}
	for _, p := range book.Problems {
		fmt.Fprintf(&b, "%s\n", p)
	}
	return b.String()
}

func tellItem(it *ledger.Item) string {
	fields := []string{
		it.Pos.String(), it.Type.String(), it.Supplier.Code, it.Supplier.Name, it.Supplier.GSTIN, it.Number,
		"of " + it.InvoiceDate.String(), "due " + it.DueDate.String(), it.Currency,
		"gross " + it.Gross.String(), "paid " + it.Paid.String(), "due " + it.Due.String(),
	}
	if it.Gap != 0 || it.TDS != 0 || it.Adjustment != 0 {
		fields = append(fields, "tds "+it.TDS.String(), "adjustment "+it.Adjustment.String(), "gap "+it.Gap.String())
	}
	if it.HasTaxable {
		fields = append(fields, "taxable "+it.Taxable.String())
	}
	if it.UTR != "" || it.PaymentDate != 0 {
		fields = append(fields, "by "+it.PaymentMode, it.UTR, "on "+it.PaymentDate.String())
	}
	if it.Part != "" {
		fields = append(fields, "part "+it.Part)
	}
	if it.PONumber != "" {
		fields = append(fields, "order "+it.PONumber)
	}
	if it.Damaged {
		fields = append(fields, "number damaged")
	}
	if it.Repeated {
		fields = append(fields, "repeated")
	}
	if it.Hold != "" {
		fields = append(fields, "held: "+it.Hold)
	}
	fields = slices.DeleteFunc(fields, func(s string) bool { return s == "" || s == "of " || s == "due " })
	return strings.Join(fields, " | ") + "\n"
}

// TestSampleTotals holds what is read to samples/layouts/totals.csv, which people
// have worked out from the files by hand: what the goldens say comes from the
// reader, and a misreading would agree with itself.
func TestSampleTotals(t *testing.T) {
	folder := filepath.Join("..", "..", "samples", "layouts")
	in, err := os.Open(filepath.Join(folder, "totals.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	lines, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]ledger.Known)
	for _, p := range ledger.Presets() {
		known[p.Name] = p.Known
	}
	left := maps.Clone(samplesOf)
	for _, line := range lines[1:] {
		name := line[0]
		layout := left[name]
		delete(left, name)
		refs, err := source.Find(folder, []string{name})
		if err != nil {
			t.Fatal(err)
		}
		var o ledger.Options
		if known[layout] == ledger.Assumed {
			o.Preset = layout
		}
		book, err := ledger.Read(context.Background(), refs, o)
		if err != nil {
			t.Fatal(err)
		}
		var invoices, credits, leftOut int
		var invoiced, paid, due, credited money.Paise
		for i := range book.Items {
			if it := &book.Items[i]; it.Type == ledger.Invoice {
				invoices++
				invoiced, paid, due = invoiced+it.Gross, paid+it.Paid, due+it.Due
			} else {
				credits++
				credited += it.Gross
			}
		}
		for _, s := range book.Inputs[0].Skipped {
			leftOut += s.Rows
		}
		got := []string{name, strconv.Itoa(book.Inputs[0].Rows), strconv.Itoa(invoices), strconv.Itoa(credits), strconv.Itoa(leftOut), strconv.Itoa(book.Inputs[0].Quarantined),
			invoiced.String(), paid.String(), due.String(), credited.String()}
		if diff := cmp.Diff(line[:len(got)], got); diff != "" {
			t.Errorf("%s (-worked out by hand +read):\n%s", name, diff)
		}
	}
	for name := range left {
		t.Errorf("totals.csv says nothing of %s", name)
	}
}

// TestWrongTotal: a report whose own total is not that of its rows is read, and
// what it says is told.
func TestWrongTotal(t *testing.T) {
	refs, err := source.Find(filepath.Join("..", "..", "samples", "layouts"), []string{"oracle-payables-wrong.csv"})
	if err != nil {
		t.Fatal(err)
	}
	book, err := ledger.Read(context.Background(), refs, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "the total in row 9, 98,500.00 of Original Amount, is not the sum of the rows above, which is 88,500.00"
	if notes := book.Inputs[0].Notes; !slices.Contains(notes, want) {
		t.Errorf("no note says %q: %q", want, notes)
	}
}
