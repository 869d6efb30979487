package report

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/casebook"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/posting"
)

var keep = flag.Bool("keep", false, "write the file of kept facts anew that later versions must read")

func smallKept() *Kept {
	f := smallFacts()
	f.Postings = somePostings()
	f.Master = party.NewMaster([]party.Entry{{Supplier: party.Supplier{B2BID: "SUPP0001", Code: "V1001"}, PAN: "AABCS1234A", IFSC: "HDFC0000001",
		Account: party.Account{Last4: "4321", Fingerprint: [16]byte{7}}, Agreement: true, AgreementDays: 30}})
	f.Notes = map[string]casebook.Standing{"X2": {}, "X1": {}}
	f.Ledger.Items[0].Account = party.Account{Last4: "4321", Fingerprint: [16]byte{7}}
	f.Ledger.Items[0].MSME = "micro"
	return &Kept{Run: smallRun(), Facts: f, Plan: &Plan{Proposal: f.Proposal, Text: []byte("{}\n"), Hash: "h", Need: 2, Version: "v"}}
}

func writeKept(t testing.TB, k *Kept) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := k.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// output is all that a run writes, one file after the other.
func (k *Kept) output(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	for _, f := range append(k.Facts.Output(k.Plan), k.Facts.SummaryOutput(k.Run)) {
		all.WriteString("-- " + f.Name + " --\n")
		if err := f.Write(&all); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// What was kept renders the same bytes, and is kept as the same bytes again.
func TestKeptRendersTheSame(t *testing.T) {
	k := smallKept()
	want := k.output(t)
	text := writeKept(t, k)
	back, err := ReadKept(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := back.output(t); got != want {
		t.Errorf("the outputs differ (-want +got):\n%s", cmp.Diff(want, got))
	}
	if again := writeKept(t, back); !bytes.Equal(again, text) {
		t.Error("what was read is kept as other bytes")
	}
	if !bytes.Equal(writeKept(t, smallKept()), text) {
		t.Error("the same facts are kept as other bytes")
	}
}

// Nothing of how a supplier is paid lies in it beyond what the report shows.
func TestKeptHoldsNoSecrets(t *testing.T) {
	k := smallKept()
	k.Facts.Result.Lines[0].Remittance.Bodies = []payment.Event{{ObjectID: "a body with an account number"}}
	back, err := ReadKept(bytes.NewReader(writeKept(t, k)))
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range back.Facts.Ledger.Items {
		if it.Account.Fingerprint != (party.Account{}).Fingerprint {
			t.Error("a fingerprint was kept")
		}
	}
	if e := back.Facts.Master.ByB2BID("SUPP0001"); e == nil || e.PAN != "" || e.IFSC != "" || e.Account != (party.Account{}) || e.AgreementDays != 30 {
		t.Errorf("got %+v of the master, want its terms and nothing of how it is paid", e)
	}
	for _, r := range back.Facts.Result.Lines {
		if len(r.Remittance.Bodies) > 0 {
			t.Error("the body of a message was kept")
		}
	}
	if len(smallKept().Facts.Ledger.Items[0].Account.Last4) == 0 || k.Facts.Ledger.Items[0].Account.Fingerprint == (party.Account{}).Fingerprint {
		t.Error("keeping facts has changed them")
	}
}

// What facts are made of can be kept: a field that is not exported would be lost
// in silence, and a map would make other bytes of the same facts.
func TestEveryFieldIsKept(t *testing.T) {
	// These are kept by hand: in Suppliers, Notes and Mend of keptHead.
	known := map[string]bool{
		"Facts.Master": true, "Facts.Notes": true, "Facts.mend": true,
		"ledger.QuarantinedRow.apart": true, "ledger.QuarantinedRow.mended": true, "ledger.QuarantinedRow.done": true,
	}
	seen := map[reflect.Type]bool{reflect.TypeFor[time.Time](): true, reflect.TypeFor[party.Master](): true}
	var walk func(reflect.Type, string)
	walk = func(of reflect.Type, path string) {
		if known[path] {
			return
		}
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array:
			walk(of.Elem(), path)
		case reflect.Map, reflect.Interface, reflect.Func, reflect.Chan:
			t.Errorf("%s is a %s, which cannot be kept as it is: keep it in keptHead in an order", path, of)
		case reflect.Struct:
			if seen[of] {
				return
			}
			seen[of] = true
			for i := range of.NumField() {
				field := of.Field(i)
				at := strings.TrimPrefix(of.String(), "report.") + "." + field.Name
				if !field.IsExported() && !field.Anonymous && !known[at] {
					t.Errorf("%s is not exported and would not be kept", at)
				}
				walk(field.Type, at)
			}
		}
	}
	walk(reflect.TypeFor[Kept](), "Kept")
}

// A damaged file, one of a later version and one of something else are told
// apart from facts, and none of them stops the program.
func TestReadKeptRefuses(t *testing.T) {
	text := writeKept(t, smallKept())
	for name, bad := range map[string][]byte{
		"nothing":           nil,
		"something else":    []byte("PK\x03\x04 and so on, which is long enough"),
		"cut at the head":   text[:len(keptMark)],
		"cut in the middle": text[:len(text)/2],
		"cut at the end":    text[:len(text)-8],
		"overwritten":       append(bytes.Clone(text[:len(text)/2]), make([]byte, len(text)/2)...),
		"a later form":      []byte(keptMark + "2\n" + string(text)),
	} {
		_, err := ReadKept(bytes.NewReader(bad))
		var format *KeptFormatError
		if !errors.As(err, &format) {
			t.Errorf("%s: got %v, want a KeptFormatError", name, err)
			continue
		}
		if later := name == "a later form"; later != (format.Format == "2") {
			t.Errorf("%s: got the form %q", name, format.Format)
		}
	}
}

// FuzzReadKept: whatever stands in a file, reading it ends.
func FuzzReadKept(f *testing.F) {
	f.Add(writeKept(f, smallKept()))
	f.Add([]byte(keptMark + "1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := ReadKept(bytes.NewReader(text))
		if (k == nil) != (err != nil) {
			t.Errorf("got %v and %v, want one of them", k, err)
		}
	})
}

// The facts of an old version stay readable. The file was written by the first
// version that kept facts and is never written anew; -keep is for a new form.
func TestOldKeptFactsStayReadable(t *testing.T) {
	path := filepath.Join("testdata", "facts-1.kept")
	if *keep {
		if err := os.WriteFile(path, writeKept(t, smallKept()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ReadKept(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var results bytes.Buffer
	if err := k.Facts.WriteResults(&results); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "facts-1.jsonl", results.Bytes())
	if workbook := workbookOf(t, k.Facts); len(workbook) == 0 {
		t.Error("no workbook can be made of it")
	}
	var entry posting.Entry
	if len(k.Facts.Postings.Entries) > 0 {
		entry = k.Facts.Postings.Entries[0]
	}
	if entry.ID != "PNEW" || k.Run.ID != smallRun().ID || k.Plan == nil || k.Plan.Hash != "h" {
		t.Errorf("got %+v, %q and %+v, want what was kept", entry, k.Run.ID, k.Plan)
	}
}
