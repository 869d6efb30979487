//go:build realdata

package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reconcile/internal/ledger"
	"reconcile/internal/ledger/realdata"
	"reconcile/internal/source"
)

// TestRealLedgers reads public ledgers from $DATA/ledgers and compares rows and
// sums with what a second program counted.
func TestRealLedgers(t *testing.T) {
	data := os.Getenv("DATA")
	if data == "" {
		t.Fatal("DATA does not say where the public ledgers lie")
	}
	for _, l := range realdata.Ledgers() {
		t.Run(l.File, func(t *testing.T) {
			refs, err := source.Find(filepath.Join(data, "ledgers"), []string{l.File})
			if err != nil {
				t.Fatal(err)
			}
			book, err := ledger.Read(context.Background(), refs, ledger.Options{Columns: l.Columns})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(l.Want, found(book), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// found says of a book of one file what realdata.Want says.
func found(book *ledger.Book) realdata.Want {
	in := book.Inputs[0]
	got := realdata.Want{
		Rows: in.Rows, Accepted: in.Accepted, Quarantined: in.Quarantined, Skipped: in.Skipped,
		Checks: make(map[string]int),
	}
	for _, p := range book.Problems {
		got.Checks[p.Check]++
	}
	for _, it := range book.Items {
		got.InItems += it.Gross
		if it.Damaged {
			got.Damaged++
		}
	}
	for _, c := range in.Columns {
		if c.Column == "invoice_amount" {
			got.Read = c.Read
		}
	}
	return got
}
