package report

import (
	"archive/zip"
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/casebook"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/source"
)

// TestSameBytes: excelize keeps its streams in a map, so several tries are
// needed to see an order that differs.
func TestSameBytes(t *testing.T) {
	want := workbookOf(t, smallFacts())
	var wantResults bytes.Buffer
	if err := smallFacts().WriteResults(&wantResults); err != nil {
		t.Fatal(err)
	}
	for _, procs := range []int{1, 2, 4, 1, 3, 8} {
		old := runtime.GOMAXPROCS(procs)
		got := workbookOf(t, smallFacts())
		var results bytes.Buffer
		err := smallFacts().WriteResults(&results)
		runtime.GOMAXPROCS(old)
		if !bytes.Equal(got, want) {
			t.Errorf("GOMAXPROCS %d: the workbook has other bytes", procs)
		}
		if err != nil || !bytes.Equal(results.Bytes(), wantResults.Bytes()) {
			t.Errorf("GOMAXPROCS %d: results.jsonl has other bytes (%v)", procs, err)
		}
	}
}

func TestCanonicalZip(t *testing.T) {
	book := workbookOf(t, smallFacts())
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for _, e := range z.File {
		if e.Name <= last {
			t.Errorf("entry %s stands behind %s", e.Name, last)
		}
		last = e.Name
		if got := e.Modified.Format(time.DateTime); got != "1980-01-01 00:00:00" || len(e.Extra) > 0 {
			t.Errorf("entry %s is of %s, want the first moment that a zip can hold", e.Name, got)
		}
		if e.Method != zip.Deflate {
			t.Errorf("entry %s has method %d, want %d", e.Name, e.Method, zip.Deflate)
		}
	}
	if z.File[0].Name != "[Content_Types].xml" {
		t.Errorf("the first entry is %s, want [Content_Types].xml", z.File[0].Name)
	}
}

// TestTextIsNeverAFormula puts what a spreadsheet would run into every text that
// comes from outside, and looks for formulas of others than ours.
func TestTextIsNeverAFormula(t *testing.T) {
	for _, attack := range []string{"=HYPERLINK(\"http://x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", "＝1+1", "{=1}", "=DDE(\"a\";\"b\")"} {
		f := smallFacts()
		for i := range f.Ledger.Items {
			it := &f.Ledger.Items[i]
			it.MSME, it.HasTaxable, it.InvoiceDate = "small", false, f.AsOf-200
			it.Supplier.Name, it.Supplier.Code, it.Number, it.Hold, it.UTR, it.Pos.File, it.Buyer = attack, attack, attack, attack, attack, attack, attack
		}
		for i := range f.Result.Items {
			r := &f.Result.Items[i]
			r.Note = attack
			for j := range r.Breaks {
				r.Breaks[j].Detail, r.Breaks[j].ExceptionID = attack, attack
			}
		}
		for i := range f.Result.Lines {
			r := f.Result.Lines[i]
			r.Remittance.ObjectID, r.Remittance.Mode, r.Remittance.UTR, r.Line.Number = attack, attack, attack, attack
		}
		for i, due := 0, f.Due(); i < len(due); i++ {
			due[i].SupplierName, due[i].Why, due[i].Debt.Part = attack, attack, attack
		}
		f.Payments.Alarms, f.Payments.Stopped = []string{attack}, attack
		f.Payments.Own = []OwnPayment{{ObjectID: attack, State: "UNSURE", Supplier: attack, SupplierName: attack, Numbers: attack, Why: attack}}
		f.Changes = smallChanges(f)
		for i := range f.Changes.List {
			f.Changes.List[i].Why = attack
		}
		f.Notes = map[string]casebook.Standing{attack: {Note: casebook.Note{Owner: attack, Text: attack}, By: attack, Objection: attack, ObjectionEpisode: 1, Episode: 1}}
		f.Buyers[0].Name, f.Version, f.Settings[0].Value = attack, attack, attack
		f.Ledger.Inputs[0].Path, f.Logs[0].Path = attack, attack
		f.Ledger.Problems = append(f.Ledger.Problems, source.Problem{Pos: source.Pos{File: attack, Sheet: attack, Row: 1}, Column: attack, Value: attack, Check: attack, Text: attack, Remedy: attack})

		found := 0
		for _, line := range strings.Split(string(dumpOf(t, workbookOf(t, f))), "\n") {
			if strings.Contains(line, strings.TrimSpace(attack)) {
				found++
			}
			_, formula, ok := strings.Cut(line, " formula==")
			if ok && !strings.HasPrefix(formula, "SUM(") && !strings.HasPrefix(formula, `IF(ROUND(`) {
				t.Errorf("%q became a formula: %s", attack, line)
			}
		}
		if found < 20 {
			t.Errorf("%q stands in %d lines of the dump, want it in all text columns", attack, found)
		}
	}
}

func TestCleanText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Sharma Steel", "Sharma Steel"},
		{"a\tb\r\nc", "a b  c"},
		{"a\x00b\x07c\x7f", "abc"},
		{"in\u202evoice\u2066", "invoice"},
		{"zero\u200bwidth\ufeff", "zerowidth"},
		{"क्\u200dष", "क्\u200dष"}, // a joiner that Hindi needs
		{"bad \xff", "bad \ufffd"},
		{"\ufffe", ""},
	} {
		if got := cleanText(c.text); got != c.want {
			t.Errorf("cleanText(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	long := cleanText(strings.Repeat("😀", 20_000))
	if units(long) > maxCellUnits || !strings.HasSuffix(long, cutMark) {
		t.Errorf("long text has %d units and ends in %q, want at most %d and %q", units(long), long[len(long)-12:], maxCellUnits, cutMark)
	}
	if whole := strings.Repeat("x", maxCellUnits); cleanText(whole) != whole {
		t.Error("text that just fits a cell was cut")
	}
}

func TestNumberOf(t *testing.T) {
	for _, p := range []money.Paise{0, 1, -1, 10, 118_000_00, -236_00_000_50, 99_999_999_999_99, money.Max, -money.Max} {
		n, ok := numberOf(hundredths(p))
		if !ok || money.Paise(n*100+sign(n)*0.5) != p {
			t.Errorf("numberOf(%s) = %v, %v", p, n, ok)
		}
	}
	for _, p := range []money.Paise{maxExact + 1, -maxExact - 1} {
		if n, ok := numberOf(hundredths(p)); ok {
			t.Errorf("numberOf(%s) = %v, want that it is refused", p, n)
		}
	}
}

func TestGroupedWidth(t *testing.T) {
	for _, n := range []int{0, 9, 10, 999, 1000, 99_999, 1_00_000, 99_99_999, 1_00_00_000, -1, -999, -1000, -1_00_000, -12_34_56_789, 9_99_99_99_99_999} {
		if got, want := groupedWidth(int64(n)), len(groupedCount(n)); got != want {
			t.Errorf("%s takes %d characters, want %d", groupedCount(n), got, want)
		}
	}
}

func sign(n float64) float64 {
	if n < 0 {
		return -1
	}
	return 1
}

func TestAmountStyles(t *testing.T) {
	for _, c := range []struct {
		amount money.Paise
		format string
	}{
		{0, formatRupees}, {1, formatRupees}, {99_99_99_999_99, formatRupees}, {hundredCrore, formatHuge},
		{-1, formatSmall}, {-99_999_99, formatSmall}, {-1_00_000_00, formatLakh}, {-99_99_999_99, formatLakh},
		{-1_00_00_000_00, formatCrore}, {-hundredCrore, formatHuge},
		{100*hundredCrore - 1, formatHuge}, {100 * hundredCrore, formatVast}, {-money.Max, formatVast},
	} {
		got := amountStyleOf(c.amount).definition().CustomNumFmt
		if got == nil || *got != c.format {
			t.Errorf("%s has format %v, want %s", c.amount, got, c.format)
		}
	}
}

// TestNegativeNumbersHaveNoCondition: behind conditions LibreOffice shows an
// invoice due in nineteen days as nineteen days old.
func TestNegativeNumbersHaveNoCondition(t *testing.T) {
	negatives := 0
	for _, line := range strings.Split(string(dumpOf(t, workbookOf(t, smallFacts()))), "\n") {
		_, value, ok := strings.Cut(line, " number -")
		if !ok {
			continue
		}
		negatives++
		if strings.Contains(value, "fmt=inr") || strings.Contains(value, "fmt=count") {
			t.Errorf("a negative number has a format with conditions: %s", line)
		}
	}
	if negatives < 3 {
		t.Errorf("%d negative numbers in the small month, want the credit's two and an age", negatives)
	}
}

// TestHugeAmountsAreText: beyond 2^53 paise a number cell would lie.
func TestHugeAmountsAreText(t *testing.T) {
	f := smallFacts()
	f.Result.Items[0].InFlight = maxExact + 1
	dump := string(dumpOf(t, workbookOf(t, f)))
	if want := " text 9,00,71,99,25,47,409.93"; !strings.Contains(dump, want) {
		t.Errorf("no cell of the workbook says %s", want)
	}
}

func TestLongTableGoesOn(t *testing.T) {
	f := manyFacts(t, 25)
	var b bytes.Buffer
	if err := f.writeWorkbook(&b, 11); err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	total := 0
	for _, name := range []string{"Items", "Items (2)", "Items (3)"} {
		rows, err := x.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		if rows[0][0] != "Status" {
			t.Errorf("sheet %s begins with %q, want the header", name, rows[0][0])
		}
		total += len(rows) - 1
	}
	if total != 25 {
		t.Errorf("the sheets hold %d items, want 25", total)
	}
}

func TestEmptyFacts(t *testing.T) {
	f := manyFacts(t, 0)
	dump := string(dumpOf(t, workbookOf(t, f)))
	for _, want := range []string{"No breaks.", "No items in the ledgers.", "Every row and every event could be read."} {
		if !strings.Contains(dump, want) {
			t.Errorf("the empty workbook does not say %q", want)
		}
	}
	var b bytes.Buffer
	if err := f.Summary(RunInfo{}).WriteJSON(&b); err != nil {
		t.Error(err)
	}
	if err := f.WriteResults(&b); err != nil {
		t.Error(err)
	}
}

func TestUnknownCodeIsShown(t *testing.T) {
	f := smallFacts()
	f.Result.Items[0].Breaks = []matcher.Break{{Code: "MSME_DAYS", Amount: 1}}
	if dump := string(dumpOf(t, workbookOf(t, f))); !strings.Contains(dump, "text MSME_DAYS") {
		t.Error("a break with a code of tomorrow is missing from the workbook")
	}
}

func BenchmarkWorkbook100k(b *testing.B) {
	f := manyFacts(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := f.WriteWorkbook(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "items/s")
}

func BenchmarkResults100k(b *testing.B) {
	f := manyFacts(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := f.WriteResults(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "items/s")
}
