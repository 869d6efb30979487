package testbed_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/enkash"
	"reconcile/internal/ledger"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
	"reconcile/internal/testbed"
)

func TestSameSeedSameBytes(t *testing.T) {
	o := testbed.Options{Mix: testbed.Realistic, Buyers: 2, Copies: 5, Noise: 5, Wrapped: true}
	write := func(seed int64) string {
		var b bytes.Buffer
		w := testbed.New(seed, 200, o)
		for _, f := range []func(io.Writer) error{w.WriteLedger, w.WriteTruth, w.WriteEvents} {
			if err := f(&b); err != nil {
				t.Fatal(err)
			}
		}
		return b.String()
	}
	first, again, other := write(7), write(7), write(8)
	if first != again {
		t.Error("the same seed gave two worlds")
	}
	if first == other {
		t.Error("two seeds gave one world")
	}
}

func TestGSTINCheckDigit(t *testing.T) {
	w := testbed.New(1, 1, testbed.Options{})
	if got, want := w.Buyers[0].GSTIN, "27AAPFU0939F1ZV"; got != want {
		t.Errorf("the GSTIN of AAPFU0939F in Maharashtra is %s, want %s", got, want)
	}
}

// TestFilesSayWhatTheWorldIs reads what was written with the readers of the
// program: two ways from one truth to items and remittances must meet.
func TestFilesSayWhatTheWorldIs(t *testing.T) {
	for seed := range int64(6) {
		o := testbed.Options{Mix: testbed.Realistic, Buyers: 1 + int(seed)%3, Copies: 10, Noise: 5, Wrapped: seed%2 == 1}
		w := testbed.New(seed, 400, o)
		folder := t.TempDir()
		create(t, filepath.Join(folder, "ledger.csv"), w.WriteLedger)
		create(t, filepath.Join(folder, "events.jsonl"), w.WriteEvents)

		book, err := ledger.Read(t.Context(), find(t, folder, "ledger.csv"), ledger.Options{Buyers: w.Buyers})
		if err != nil {
			t.Fatal(err)
		}
		if len(book.Problems) > 0 {
			t.Errorf("seed %d: the ledger has problems, the first %s", seed, book.Problems[0])
		}
		items := w.Items()
		for i := range items {
			items[i].Account.Fingerprint = [16]byte{} // keyed, and there is no key
		}
		if diff := cmp.Diff(items, book.Items); diff != "" {
			t.Errorf("seed %d: items (-want +got):\n%s", seed, head(diff))
		}

		log, err := enkash.ReadLogs(t.Context(), find(t, folder, "events.jsonl"), enkash.LogOptions{Buyers: w.Buyers, Zone: testbed.India})
		if err != nil {
			t.Fatal(err)
		}
		if len(log.Problems) > 0 {
			t.Errorf("seed %d: the log has problems, the first %s", seed, log.Problems[0])
		}
		if diff := cmp.Diff(facts(w.Remittances()), facts(log.Remittances)); diff != "" {
			t.Errorf("seed %d: remittances (-want +got):\n%s", seed, head(diff))
		}
		if in := log.Inputs[0]; len(w.Foreign) > 0 && in.Foreign == 0 {
			t.Errorf("seed %d: %d payments of other buyers, none counted as foreign", seed, len(w.Foreign))
		}
	}
}

// facts leaves out what is free: evidence, and the words of explanations.
func facts(all []payment.Remittance) []payment.Remittance {
	all = slices.Clone(all)
	for i := range all {
		r := &all[i]
		r.Evidence = nil
		r.Time = r.Time.UTC()
		if r.Conflict != "" {
			r.Conflict = "some"
		}
		if r.UTR == "" {
			r.UTRFinal = false
		}
		r.Lines = slices.Clone(r.Lines)
		for j := range r.Lines {
			if r.Lines[j].Unbalanced != "" {
				r.Lines[j].Unbalanced = "some"
			}
		}
	}
	slices.SortFunc(all, func(a, b payment.Remittance) int { return strings.Compare(a.ObjectID, b.ObjectID) })
	return all
}

// TestStream compares what Stream writes with what the readers see in it.
func TestStream(t *testing.T) {
	folder := t.TempDir()
	var ledgerCSV, truth, log bytes.Buffer
	o := testbed.Options{Mix: testbed.Realistic, Copies: 3, Noise: 2}
	written, err := testbed.Stream(3, 3000, 6000, o, &ledgerCSV, &truth, &log)
	if err != nil {
		t.Fatal(err)
	}
	if written.Rows < 3000 || written.Rows > 3100 || written.Events < 6000 || written.Events > 6200 {
		t.Errorf("Stream wrote %d rows and %d events, want about 3000 and 6000", written.Rows, written.Events)
	}
	for name, b := range map[string]*bytes.Buffer{"ledger.csv": &ledgerCSV, "events.jsonl": &log} {
		if err := os.WriteFile(filepath.Join(folder, name), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	book, err := ledger.Read(t.Context(), find(t, folder, "ledger.csv"), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(book.Items) != written.Rows || bytes.Count(truth.Bytes(), []byte("\n")) != written.Rows+1 {
		t.Errorf("%d items and %d lines of truth, want %d rows", len(book.Items), bytes.Count(truth.Bytes(), []byte("\n"))-1, written.Rows)
	}
	events, err := enkash.ReadLogs(t.Context(), find(t, folder, "events.jsonl"), enkash.LogOptions{
		Buyers: []party.Buyer{{B2BID: "BUYER0001"}}, Zone: testbed.India,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := events.Inputs[0].Lines; got != written.Events || len(events.Problems) > 0 {
		t.Errorf("the log has %d deliveries and %d problems, want %d and none", got, len(events.Problems), written.Events)
	}
	if _, err := testbed.Stream(1, 1, 1, testbed.Options{Mix: testbed.Nasty}, io.Discard, io.Discard, io.Discard); err == nil {
		t.Error("a nasty world was written to files")
	}
}

// TestNastyIsNasty: a pool so small that rows collide is what the mix is for.
func TestNastyIsNasty(t *testing.T) {
	collisions := 0
	for seed := range int64(50) {
		seen := map[string]bool{}
		for _, it := range testbed.New(seed, 12, testbed.Options{Mix: testbed.Nasty}).Items() {
			id := it.Supplier.B2BID + "/" + it.Key
			if seen[id] {
				collisions++
			}
			seen[id] = true
		}
	}
	if collisions < 100 {
		t.Errorf("%d collisions of supplier and number in 600 rows, want many", collisions)
	}
	if a, b := testbed.New(5, 12, testbed.Options{Mix: testbed.Nasty}), testbed.New(5, 12, testbed.Options{Mix: testbed.Nasty}); !reflect.DeepEqual(a, b) {
		t.Error("the same seed gave two nasty worlds")
	}
}

func create(t *testing.T, path string, write func(io.Writer) error) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, folder, name string) []source.Ref {
	t.Helper()
	refs, err := source.Find(folder, []string{name})
	if err != nil {
		t.Fatal(err)
	}
	return refs
}

// head is the beginning of a long difference.
func head(s string) string { return s[:min(len(s), 3000)] }
