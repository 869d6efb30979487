package ledger

import (
	"testing"

	"reconcile/internal/day"
	"reconcile/internal/party"
	"reconcile/internal/source"
)

// TestUndatedInAnotherFile has a bill in one file and what was paid for it in
// another that gives no invoice date: nobody may pay the bill before a person
// has said whether they are one.
func TestUndatedInAnotherFile(t *testing.T) {
	row := func(file, number string, date day.Date) Item {
		return Item{Pos: source.Pos{File: file, Row: 2}, Supplier: party.Supplier{B2BID: "S1"},
			Number: number, Key: party.NumberKey(number), InvoiceDate: date}
	}
	october, _ := day.Of(2026, 10, 1)
	items := []Item{
		row("bills.csv", "A-1", october), row("paid.csv", "A-1", 0),
		row("bills.csv", "A-2", october), row("bills.csv", "A-2", 0), // one file knows what it lists
		row("bills.csv", "A-3", october), row("paid.csv", "A-4", 0),
	}
	if err := relate(items, make([]uint8, len(items))); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false, false, false, false} {
		if items[i].Repeated != want {
			t.Errorf("%s %s: repeated %v, want %v", items[i].Pos, items[i].Number, items[i].Repeated, want)
		}
	}
}
