package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPerFile: an entry is whole, of its own settings first and of the section's
// where it says nothing, the environment included.
func TestPerFile(t *testing.T) {
	const text = `buyers: [{b2b_id: B1}]
ledger:
  files: ["ledger/*.csv"]
  preset: canonical
  dates: day-first
  columns: {utr: "Bank Ref"}
  document_types: {KRX: invoice, "Zahlung 1": advance}
  per_file:
    - {files: ["ledger/sap-*.csv"], preset: sap-fbl1n, decimal: comma, owed: negative, document_types: {KGX: credit_note}}
    - files: ["ledger/t*.csv", "ledger/u.csv"]
      columns: {}
      dates: auto
events: {files: [e.jsonl]}
`
	c := mustLoad(t, text, "RECONCILE_LEDGER_DECIMAL=point")
	types := map[string]string{"KRX": "invoice", "Zahlung 1": "advance"}
	want := []LedgerFiles{
		{Files: []string{"ledger/sap-*.csv"}, Preset: "sap-fbl1n", Dates: "day-first", Decimal: "comma", Owed: "negative",
			Columns: map[string]string{"utr": "Bank Ref"}, DocumentTypes: map[string]string{"KGX": "credit_note"}},
		{Files: []string{"ledger/t*.csv", "ledger/u.csv"}, Preset: "canonical", Dates: "auto", Decimal: "point", Owed: "auto",
			Columns: map[string]string{}, DocumentTypes: types},
	}
	if diff := cmp.Diff(want, c.Ledger.PerFile); diff != "" {
		t.Errorf("per_file (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(types, c.Ledger.DocumentTypes); diff != "" {
		t.Errorf("document_types (-want +got):\n%s", diff)
	}
	shown := map[string]string{}
	for _, s := range c.Settings() {
		shown[s.Name] = s.Value
	}
	if got, want := shown["ledger.document_types"], "KRX=invoice Zahlung 1=advance"; got != want {
		t.Errorf("ledger.document_types prints as %q, want %q", got, want)
	}
	if got := shown["ledger.per_file"]; !strings.HasPrefix(got, "ledger/sap-*.csv: preset sap-fbl1n, dates day-first, decimal comma, owed negative, columns utr=Bank Ref, document_types KGX=credit_note; ledger/t*.csv, ledger/u.csv: ") {
		t.Errorf("ledger.per_file prints as %q", got)
	}
	for _, s := range mustLoad(t, small).Settings() {
		if s.Name == "ledger.per_file" || s.Name == "ledger.document_types" {
			t.Errorf("%s prints as %q where it says nothing, want no line", s.Name, s.Value)
		}
	}
}

// Each entry is as strict as the section that it stands in.
func TestPerFileFaults(t *testing.T) {
	with := func(more string) string {
		return "buyers: [{b2b_id: A}]\nevents: {files: [e]}\nledger:\n  files: [l]\n  " + more + "\n"
	}
	for _, c := range []struct{ name, text, place, check, want string }{
		{"no files", with("per_file: [{preset: auto}]"), "reconcile.yaml:5:14", checkRequired, "ledger.per_file[0].files is missing"},
		{"unknown key", with("per_file: [{files: [l], presett: auto}]"), "reconcile.yaml:5:27", checkUnknown, "ledger.per_file[0].preset"},
		{"a master of its own", with("per_file: [{files: [l], suppliers: s.csv}]"), "reconcile.yaml:5:27", checkUnknown, "suppliers"},
		{"value", with("per_file: [{files: [l], dates: US}]"), "reconcile.yaml:5:34", checkValue, "month-first"},
		{"unknown column", with("per_file: [{files: [l], columns: {utrr: X}}]"), "reconcile.yaml:5:37", checkUnknown, "utr"},
		{"one for a list", with("per_file: {files: [l]}"), "reconcile.yaml:5:13", checkType, "a list of sections"},
		{"type", with("document_types: {KRX: bill}"), "reconcile.yaml:5:25", checkValue, "invoice, credit_note, debit_note or advance"},
		{"nothing for a type", with("document_types: {KRX: }"), "reconcile.yaml:5:", checkType, "ledger.document_types.KRX"},
		{"types as a list", with("document_types: [KRX]"), "reconcile.yaml:5:19", checkType, "{KRX: invoice}"},
		{"a type twice", with("document_types: {KRX: invoice, krx: advance}"), "reconcile.yaml:5:34", checkDuplicate, "first in line 5"},
		{"a list for a type", with("document_types: {[a]: invoice}"), "reconcile.yaml:5:20", checkType, "a word"},
		{"an alias for a type", with("document_types: {KRX: &x invoice}"), "reconcile.yaml:5:20", checkAlias, "anchors"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, c.text)
			e, ok := err.(*Error)
			if !ok {
				t.Fatalf("got %v, want an *Error", err)
			}
			for _, f := range e.Faults {
				if strings.HasPrefix(f.Place, c.place) && f.Check == c.check && strings.Contains(f.String(), c.want) {
					return
				}
			}
			t.Errorf("got\n%v\nwant %s … %s … [%s]", err, c.place, c.want, c.check)
		})
	}
}
