//go:build realdata

package job_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/ledger/realdata"
	"reconcile/internal/source"
)

// publicLedger reads a public ledger from $DATA/ledgers as its list says.
func publicLedger(t *testing.T, name string) *ledger.Book {
	t.Helper()
	data := os.Getenv("DATA")
	if data == "" {
		t.Fatal("DATA does not say where the public ledgers lie")
	}
	for _, l := range realdata.Ledgers() {
		if l.File != name {
			continue
		}
		refs, err := source.Find(filepath.Join(data, "ledgers"), []string{name})
		if err != nil {
			t.Fatal(err)
		}
		book, err := ledger.Read(context.Background(), refs, ledger.Options{Columns: l.Columns})
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
	t.Fatalf("no list has %s", name)
	return nil
}

// numbersOf returns the damaged invoice numbers, and how many of the others have
// a property.
func numbersOf(book *ledger.Book, has func(it *ledger.Item) bool) (damaged []string, others int) {
	for i := range book.Items {
		if it := &book.Items[i]; it.Damaged {
			damaged = append(damaged, it.Number)
		} else if has(it) {
			others++
		}
	}
	return damaged, others
}

// TestQuirk16And19Real has numbers rounded to fifteen digits, seven rows with
// three values, and one that became an error value, among 14,547; and two that
// begin with # and are whole.
func TestQuirk16And19Real(t *testing.T) {
	book := publicLedger(t, "councils/sheffield_2011-07.csv")
	damaged, hash := numbersOf(book, func(it *ledger.Item) bool { return strings.HasPrefix(it.Number, "#") })
	same(t, "damaged", damaged, []string{"4720000000000000", "5330000000000000", "4720000000000000", "5330000000000000", "#NAME?", "396000000000000000", "5330000000000000", "4720000000000000"})
	if hash != 2 {
		t.Errorf("got %d numbers with #, want 2", hash)
	}
	for _, it := range book.Items {
		if it.Damaged && it.Repeated {
			t.Errorf("%s: the damaged %s is taken for a duplicate", it.Pos, it.Number)
		}
	}
}

// TestQuirk17Real has two numbers that became dates, and JULY 13, which is a
// number.
func TestQuirk17Real(t *testing.T) {
	damaged, july := numbersOf(publicLedger(t, "councils/calderdale_2013-09.csv"), func(it *ledger.Item) bool { return it.Number == "JULY 13" })
	same(t, "damaged", damaged, []string{"2013-09-05", "2013-08-02", "4897489848994900"})
	if july != 1 {
		t.Errorf("got JULY 13 %d times, want once", july)
	}
}

// TestQuirk18And20Real has numbers that look like dates or begin with zeros.
func TestQuirk18And20Real(t *testing.T) {
	for file, want := range map[string][2]int{
		"councils/calderdale_2022-08.csv": {298, 31},
		"councils/sheffield_2011-07.csv":  {72, 215},
	} {
		book := publicLedger(t, file)
		_, zeros := numbersOf(book, func(it *ledger.Item) bool { return strings.HasPrefix(it.Number, "0") })
		_, dates := numbersOf(book, func(it *ledger.Item) bool {
			return len(it.Number) < 11 && strings.ContainsAny(it.Number, "/-") && strings.Trim(it.Number, "0123456789/-") == ""
		})
		if zeros != want[0] || dates != want[1] {
			t.Errorf("%s: got %d numbers with leading zeros and %d like dates, want %v", file, zeros, dates, want)
		}
	}
}

// TestQuirk23Real has amounts that end in a space, all 10,303 of them, and names
// that end in no-break spaces.
func TestQuirk23Real(t *testing.T) {
	for _, file := range []string{"leeds/2010-12.csv", "leeds/2011-06.csv", "leeds/2012-07.csv"} {
		book := publicLedger(t, file)
		for _, it := range book.Items {
			if n := it.Supplier.Name; n != strings.Trim(n, " \u00a0\u200b") {
				t.Errorf("%s: the name %q has spaces around it", it.Pos, n)
			}
		}
	}
	if n := len(publicLedger(t, "leeds/2010-12.csv").Items); n != 10_303 {
		t.Errorf("got %d items, want 10,303", n)
	}
}

func TestQuirk28Real(t *testing.T) {
	notes := strings.Join(publicLedger(t, "councils/manchester_2022-05.csv").Inputs[0].Notes, "\n")
	if !strings.Contains(notes, "encoded twice") {
		t.Errorf("got notes %q, want the byte order mark that was encoded twice", notes)
	}
}

// TestQuirk35Real has 2,222 blank rows, and 839 of only commas at the end.
func TestQuirk35Real(t *testing.T) {
	for file, want := range map[string]int{"leeds/2011-06.csv": 2222, "bis/April_2015_published.csv": 839} {
		s := publicLedger(t, file).Inputs[0].Skipped
		if len(s) != 1 || s[0].Reason != "blank" || s[0].Rows != want {
			t.Errorf("%s: got %v, want %d blank rows", file, s, want)
		}
	}
}

// TestQuirk54Real has hundreds of suppliers whose names were taken out.
func TestQuirk54Real(t *testing.T) {
	for file, want := range map[string]int{"councils/gateshead_2017-12.csv": 99, "councils/manchester_2022-05.csv": 171, "leeds/2010-12.csv": 696} {
		_, n := numbersOf(publicLedger(t, file), func(it *ledger.Item) bool {
			if it.Supplier.Anonymous() && it.Repeated {
				t.Errorf("%s: a supplier without a name is taken for one seen before", it.Pos)
			}
			return it.Supplier.Anonymous()
		})
		if n != want {
			t.Errorf("%s: got %d suppliers without a name, want %d", file, n, want)
		}
	}
}
