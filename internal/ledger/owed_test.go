package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

// TestOwedTurnsNoWrittenSide holds that ledger.owed, which is for all ledgers,
// turns no amount that says Dr or Cr.
func TestOwedTurnsNoWrittenSide(t *testing.T) {
	const want = "invoice A/1 1000.00; invoice A/2 500.00; invoice A/3 70.00; credit_note A/4 20.00"
	files := map[string][]byte{
		"text.csv": []byte("Date,Ref. No.,Party's Name,Pending Amount,Due on\n" +
			"1-Oct-26,A/1,Wainganga,\"1,000.00 Cr\",31-Oct-26\n1-Oct-26,A/2,Wainganga,500.00 Cr,31-Oct-26\n" +
			"1-Oct-26,A/3,Wainganga,70.00 Cr,31-Oct-26\n1-Oct-26,A/4,Wainganga,20.00 Dr,31-Oct-26\n"),
		"format.xlsx": workbook(t, page{"Bills", [][]any{
			{"Date", "Ref. No.", "Party's Name", "Pending Amount", nil, "Due on"},
			{date(46296), "A/1", "Wainganga", cr(1000), nil, date(46326)},
			{date(46296), "A/2", "Wainganga", amt(500), "Cr", date(46326)},
			{date(46296), "A/3", "Wainganga", cr(70), nil, date(46326)},
			{date(46296), "A/4", "Wainganga", dr(20), nil, date(46326)},
		}}),
	}
	for name, content := range files {
		for _, owed := range []ledger.Side{ledger.AutoSide, ledger.OwedIsPositive, ledger.OwedIsNegative} {
			if got := short(mustRead(t, name, content, ledger.Options{Owed: owed})); got != want {
				t.Errorf("%s, owed %d: got %s, want %s", name, owed, got, want)
			}
		}
	}
}

// TestUnmarkedAmountsDoNotVote holds that amounts without Dr or Cr, in a column
// of such, are problems of their rows and no doubt about the file.
func TestUnmarkedAmountsDoNotVote(t *testing.T) {
	book := mustRead(t, "a.csv", []byte("Date,Ref. No.,Party's Name,Pending Amount,Due on\n"+
		"1-Oct-26,A/1,Wainganga,100.00 Cr,31-Oct-26\n"+
		"1-Oct-26,A/2,Wainganga,200.00,31-Oct-26\n1-Oct-26,A/3,Wainganga,300.00,31-Oct-26\n"), ledger.Options{})
	expect(t, book, "invoice A/1 100.00", "quarantined 2")
	for _, p := range book.Problems {
		if p.Check != "side-missing" {
			t.Errorf("got %s, want side-missing", p)
		}
	}
}

// TestOwedAgainstMostRows holds that a setting by which most bills would be
// credits is refused like a layout that would make them so.
func TestOwedAgainstMostRows(t *testing.T) {
	rows := sapHead +
		"100023,1900004711,VP/91,KR,05.10.2026,04.11.2026,-118000.00,INR\n" +
		"100023,1900004790,VP/92,KR,05.10.2026,04.11.2026,-1000.00,INR\n"
	_, err := readFile(t, "a.csv", []byte(rows), ledger.Options{Owed: ledger.OwedIsPositive})
	refuse(t, err, "signs-disagree", "ledger.owed")
	var file *ledger.FileError
	if !errors.As(err, &file) || !strings.Contains(err.Error(), "2 of 2 invoices would be credits by their sign, as ledger.owed is positive") {
		t.Errorf("got %v, want the setting named", err)
	}
}
