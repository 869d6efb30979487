package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"reconcile/internal/source"
)

// inspect writes a file and inspects it.
func inspect(t *testing.T, name, text string, o Options) *Inspection {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	refs, err := source.Find(dir, []string{name})
	if err != nil {
		t.Fatal(err)
	}
	in, err := Inspect(context.Background(), refs[0], o)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func columnHeaded(t *testing.T, in *Inspection, heading string) InspectedColumn {
	t.Helper()
	for _, s := range in.Sheets {
		if i := slices.IndexFunc(s.Columns, func(c InspectedColumn) bool { return c.Heading == heading }); i >= 0 {
			return s.Columns[i]
		}
	}
	t.Fatalf("no column %q in %+v", heading, in.Sheets)
	return InspectedColumn{}
}

func TestInspect(t *testing.T) {
	const text = "Supplier Name,Supplier Invoice Number,Invoice Date,Due Date,Invoice Amount,Due Amount,Account Number,VPA,PAN,Remarks,UTR\n" +
		"Ganga Traders,GT/1,21/10/2026,2026-11-20,\"1,180.00\",0.00,123456789012,anita@okaxis,ABCDE1234F,see A/c 998877665544,HDFCN52026103000012345\n" +
		"Yamuna Works,YW-9,03/10/2026,2026-11-02,590.50,590.50,223456789012,,ABCDE1235G,,\n" +
		"Kaveri Mills,,soon,2026-11-03,10.00,10.00,,,,,\n" +
		"Total,,,,\"1,780.50\",600.50,,,,,\n"
	in := inspect(t, "open.csv", text, Options{})
	if len(in.Refused) > 0 || in.Layout != "canonical" || in.Rows != 4 || in.Accepted != 2 || in.Quarantined != 1 || in.Paste != "" || in.Format != "CSV, UTF-8, comma" {
		t.Errorf("got %+v", in)
	}
	want := []InspectedColumn{
		{"A", "Supplier Name", "supplier_name", "high", "the heading is known", "text", []string{"Ganga Traders", "Yamuna Works", "Kaveri Mills"}},
		{"C", "Invoice Date", "invoice_date", "high", "heading and contents agree but for 1 cell", "dates, day first, proved by 1", []string{"21/10/2026", "03/10/2026", "soon"}},
		{"D", "Due Date", "due_date", "high", "heading and contents agree", "dates that leave no doubt", []string{"2026-11-20", "2026-11-02", "2026-11-03"}},
		{"E", "Invoice Amount", "invoice_amount", "high", "heading and contents agree", "amounts, decimal point, proved by 8 in the file", []string{"1,180.00", "590.50", "10.00"}},
		{"G", "Account Number", "account_number", "high", "the heading is known", "numbers, as text", []string{"****9012"}},
		{"H", "VPA", "vpa", "high", "the heading is known", "text", []string{"****@okaxis"}},
		{"I", "PAN", "not used", "", "", "text", []string{"****F", "****G"}},
		{"J", "Remarks", "not used", "", "", "text", []string{"see A/c ****5544"}},
		{"K", "UTR", "utr", "high", "the heading is known", "text", []string{"HDFCN52026103000012345"}},
	}
	for _, w := range want {
		if diff := cmp.Diff(w, columnHeaded(t, in, w.Heading)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", w.Heading, diff)
		}
	}
	total := InspectedTotal{"invoice_amount", "3561.00", "1770.50", "1780.50", "10.00"}
	if len(in.Totals) != 2 || in.Totals[0] != total {
		t.Errorf("totals %+v, want %+v", in.Totals, total)
	}
	if len(in.Problems) != 2 || in.Problems[0].Place != "open.csv:4" || in.Problems[0].Remedy == "" {
		t.Errorf("problems %+v", in.Problems)
	}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"123456789012", "223456789012", "998877665544", "ABCDE1234F", "anita"} {
		if strings.Contains(string(b), secret) {
			t.Errorf("%s stands in %s", secret, b)
		}
	}
}

// TestInspectPastes: what a refused file needs is valid in the configuration, and
// makes the file readable where nothing is left open.
func TestInspectPastes(t *testing.T) {
	const canonical = "supplier_name,supplier_invoice_number,invoice_date,invoice_amount\n"
	tests := []struct {
		name, text string
		says       []string // in the lines to paste
		reads      int      // rows accepted with them; -1 where something is left open
	}{
		{"foreign words", "Statement of account\nLieferant,Rechnungs-Nr,Belegdatum,Betrag offen,Konto\nGanga Traders,GT/1,01/10/2026,1180.00,123456789012\nYamuna Works,YW-9,13/10/2026,590.50,223456789012\n",
			[]string{`supplier_name: "Lieferant"  # a guess`, `supplier_invoice_number: "Rechnungs-Nr"`, `due_amount: "Betrag offen"`}, 2},
		{"two that fit", "Party,Doc Ref,Voucher Ref,Value A,Value B\nGanga Traders,GT/1,V1,1180.00,590.00\nYamuna Works,YW-9,V2,590.50,590.50\n",
			[]string{`supplier_invoice_number: "…"  # one of column B "Doc Ref", column C "Voucher Ref"`, `invoice_amount: "…"  # by their contents it may be column D "Value A", column E "Value B"`}, -1},
		{"a supplier and its type", "Supplier,Supplier Type,Transaction Number,Amount\nGanga Traders,GRANT,72244,1180.00\nYamuna Works,OTHER,98832,590.50\n",
			[]string{`supplier_name: "Supplier"  # a guess`, `supplier_invoice_number: "Transaction Number"`, `invoice_amount: "Amount"`}, 2},
		{"a heading with a quote and a colon", "Party: \"name\",Bill # No,Gross: amt\nGanga Traders,GT/1,1180.00\nYamuna Works,YW-9,590.50\n",
			[]string{`supplier_invoice_number: "Bill # No"`, `invoice_amount: "Gross: amt"`}, 2},
		{"heading twice", "supplier_name,supplier_invoice_number,invoice_amount,Invoice Amount\nGanga,G1,5.00,6.00\n",
			[]string{`invoice_amount: "…"  # one of column C "invoice_amount", column D "Invoice Amount"`}, -1},
		{"one missing", "supplier_name,Bill No,invoice_amount\nGanga Traders,GT/1,5.00\nYamuna,YW2,6.00\n",
			[]string{`supplier_invoice_number: "Bill No"`}, 2},
		{"dates", canonical + "A,A1,21/10/2026,5.00\nA,A2,10/21/2026,5.00\n", []string{`dates: "…"  # day-first or month-first`}, -1},
		{"decimals", canonical + "A,A1,21/10/2026,1.180\nA,A2,20/10/2026,2.180\n", []string{`decimal: "…"  # point or comma`}, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := inspect(t, "x.csv", tt.text, Options{})
			if len(in.Refused) == 0 {
				t.Fatalf("read: %+v", in)
			}
			for _, want := range tt.says {
				if !strings.Contains(in.Paste, want) {
					t.Errorf("no %s in\n%s", want, in.Paste)
				}
			}
			var pasted struct {
				Ledger struct {
					Preset  string
					Columns map[string]string
				}
			}
			if err := yaml.Unmarshal([]byte(in.Paste), &pasted); err != nil {
				t.Fatalf("%v in\n%s", err, in.Paste)
			}
			if tt.reads < 0 {
				if !strings.Contains(in.PasteNote, "left open") {
					t.Errorf("note %q", in.PasteNote)
				}
				return
			}
			again := inspect(t, "x.csv", tt.text, Options{Preset: pasted.Ledger.Preset, Columns: pasted.Ledger.Columns})
			if len(again.Refused) > 0 || again.Accepted != tt.reads {
				t.Errorf("with\n%s%d accepted, want %d: %+v", in.Paste, again.Accepted, tt.reads, again.Refused)
			}
			if want := fmt.Sprintf("%d of %d rows would be accepted", tt.reads, tt.reads); !strings.Contains(in.PasteNote, want) {
				t.Errorf("note %q, want %q", in.PasteNote, want)
			}
			for c, heading := range pasted.Ledger.Columns {
				if got := columnHeaded(t, again, heading); got.Meaning != c || got.Confidence != "set" {
					t.Errorf("%s: got %+v, want it set", c, got)
				}
			}
		})
	}
}

// TestInspectWithOwnSettings: a file that has settings of its own is inspected by
// them, and what is to be pasted is tried together with them.
func TestInspectWithOwnSettings(t *testing.T) {
	const text = "Lieferant,Rechnungs-Nr,Belegdatum,Betrag offen\nGanga Traders,GT/1,01/10/2026,1180.00\nYamuna Works,YW-9,13/10/2026,590.50\n"
	own := Options{Preset: "zoho-bills", PerFile: map[string]Settings{"x.csv": {Preset: "auto", Columns: map[string]string{"supplier_name": "Lieferant"}}}}
	in := inspect(t, "x.csv", text, own)
	if !strings.Contains(in.Paste, `supplier_invoice_number: "Rechnungs-Nr"`) || strings.Contains(in.Paste, "preset") || !strings.Contains(in.PasteNote, "2 of 2 rows would be accepted") {
		t.Errorf("to paste\n%s%s", in.Paste, in.PasteNote)
	}
}

func TestInspectRefused(t *testing.T) {
	in := inspect(t, "x.xls", "<html><table></table></html>", Options{})
	if len(in.Refused) != 1 || in.Refused[0].Remedy == "" || in.Paste != "" {
		t.Errorf("a web page: %+v", in)
	}
	in = inspect(t, "x.csv", "Ganga Traders,G1,5.00\nYamuna,Y1,6.00\n", Options{})
	if len(in.Refused) != 1 || in.Paste != "" || !strings.Contains(in.PasteNote, "put one above the rows") {
		t.Errorf("no heading: %+v", in)
	}
	if _, err := Inspect(context.Background(), source.Ref{}, Options{Preset: "tally-unknown"}); err == nil {
		t.Error("an unknown preset was taken")
	}
}

// TestInspectSamples: every sample is recognised, or says which layout to name.
func TestInspectSamples(t *testing.T) {
	refs, err := source.Find(filepath.Join("..", "..", "samples", "layouts"), []string{"*.csv", "*.xlsx", "*.txt"})
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range refs {
		of := strings.TrimSuffix(strings.TrimSuffix(ref.Path(), filepath.Ext(ref.Path())), "-tabs")
		l := layoutNamed(of)
		if l == nil {
			continue
		}
		in, err := Inspect(context.Background(), ref, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if l.known == Assumed {
			if want := fmt.Sprintf("preset: %q", of); len(in.Refused) != 1 || !strings.Contains(in.Paste, want) || !strings.Contains(in.PasteNote, "would be accepted") {
				t.Errorf("%s: no %s in\n%s%s\n%+v", ref.Path(), want, in.Paste, in.PasteNote, in.Refused)
			}
			continue
		}
		if len(in.Refused) > 0 || in.Layout != of || in.Known != l.known.String() || in.Accepted == 0 {
			t.Errorf("%s: got %s (%s), %d accepted, %+v", ref.Path(), in.Layout, in.Known, in.Accepted, in.Refused)
		}
	}
}
