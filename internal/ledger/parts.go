package ledger

import (
	"fmt"
	"maps"
	"slices"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

// relate looks at all rows of each invoice: it marks repetitions and computes
// the gaps. computed tells, for each item, which of tds, adjustment and paid was
// computed rather than read (index of amountColumns, 0 for none).
func relate(items []Item, computed []uint8) error {
	first := make(map[invoiceKey]int32, len(items)) // row of each invoice
	more := make(map[int32][]int)                   // all its rows, where it has several
	for i := range items {
		it := &items[i]
		it.Gap = gap(it)
		if it.Damaged || it.Key == "" || it.Supplier.Anonymous() {
			continue
		}
		k := keyOf(it)
		f, seen := first[k]
		switch {
		case !seen:
			first[k] = int32(i)
		case more[f] == nil:
			more[f] = []int{int(f), i}
		default:
			more[f] = append(more[f], i)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(more)) {
		markRepetitions(items, more[f])
		if err := testParts(items, computed, more[f]); err != nil {
			return err
		}
	}
	markUndated(items)
	return nil
}

// markUndated marks the rows of two files of which one gives no invoice date, so
// that nobody can tell whether they are one invoice: bills in the one and what
// was paid for them in the other. Taken for two, a paid bill would be due again.
func markUndated(items []Item) {
	undated := make(map[invoiceKey][]int)
	for i := range items {
		it := &items[i]
		if it.Year() == 0 && !it.Damaged && it.Key != "" && !it.Supplier.Anonymous() {
			undated[keyOf(it)] = append(undated[keyOf(it)], i)
		}
	}
	if len(undated) == 0 {
		return
	}
	for i := range items {
		it := &items[i]
		if it.Year() == 0 || it.Damaged {
			continue
		}
		k := keyOf(it)
		k.year = 0
		for _, u := range undated[k] {
			if items[u].Pos.File != it.Pos.File {
				items[u].Repeated, it.Repeated = true, true
			}
		}
	}
}

// An invoiceKey is what the rows of one document share. The buyer is no part of
// it: an invoice booked under two registrations is a repetition.
type invoiceKey struct {
	supplier, number string
	year             day.FinancialYear
	kind             DocumentType
}

func keyOf(it *Item) invoiceKey {
	return invoiceKey{it.Supplier.ID(), it.Key, it.Year(), it.Type}
}

// gap is what the identity of a row alone leaves over.
func gap(it *Item) money.Paise {
	return it.Gross - (it.TDS + it.Adjustment + it.Paid + it.Due)
}

// markRepetitions sets Repeated on the rows that say the same of one invoice as
// another does: the same part, and not told apart by equal amounts with
// different due dates. Counting instead of comparing pairs keeps a file with one
// number in every row from taking quadratic time.
func markRepetitions(items []Item, members []int) {
	type sum struct {
		part  string
		gross money.Paise
	}
	type instalment struct {
		sum
		due day.Date
	}
	parts := make(map[string]int)
	sums := make(map[sum]int)
	instalments := make(map[instalment]int)
	for _, i := range members {
		it := &items[i]
		s := sum{it.Part, it.Gross}
		parts[it.Part]++
		sums[s]++
		instalments[instalment{s, it.DueDate}]++
	}
	for _, i := range members {
		it := &items[i]
		s := sum{it.Part, it.Gross}
		it.Repeated = parts[it.Part] > sums[s] || instalments[instalment{s, it.DueDate}] > 1
	}
}

// testParts tests the identity on the sums over the parts of an invoice. Rows
// that say the very same count once. When rows contradict each other, so that
// they cannot be parts of one invoice, each is tested alone.
func testParts(items []Item, computed []uint8, members []int) error {
	rows := distinct(items, members)
	if !areParts(items, rows) {
		for _, i := range members {
			items[i].Gap = gap(&items[i])
		}
		return nil
	}
	once := sameGross(items, rows)
	if once && len(rows) > 1 {
		// What was computed from the whole invoice on each of its parts is no
		// statement of the books: it would be settled several times over.
		for _, i := range members {
			undo(&items[i], computed[i])
		}
	}
	var gross, settled money.Paise
	for n, i := range rows {
		it := &items[i]
		var err error
		if n == 0 || !once {
			if gross, err = gross.Add(it.Gross); err != nil {
				return tooLarge(it, err)
			}
		}
		if settled, err = settled.Add(it.Withheld() + it.Cash()); err != nil {
			return tooLarge(it, err)
		}
	}
	left, err := gross.Add(-settled)
	if err != nil {
		return tooLarge(&items[rows[0]], err)
	}
	for _, i := range members {
		items[i].Gap = left
	}
	return nil
}

// distinct returns the first of each of the rows that say the very same.
func distinct(items []Item, members []int) []int {
	type saying struct {
		part                               string
		due                                day.Date
		gross, tds, adjustment, paid, owed money.Paise
	}
	seen := make(map[saying]bool)
	var rows []int
	for _, i := range members {
		it := &items[i]
		s := saying{it.Part, it.DueDate, it.Gross, it.TDS, it.Adjustment, it.Paid, it.Due}
		if !seen[s] {
			seen[s] = true
			rows = append(rows, i)
		}
	}
	return rows
}

// areParts tells whether every two of the rows are parts of one invoice: of
// another part, or of the same amount and due on another day.
func areParts(items []Item, rows []int) bool {
	type instalment struct {
		part string
		due  day.Date
	}
	gross := make(map[string]money.Paise)
	seen := make(map[instalment]bool)
	for _, i := range rows {
		it := &items[i]
		k := instalment{it.Part, it.DueDate}
		if first, again := gross[it.Part]; seen[k] || again && first != it.Gross {
			return false
		}
		gross[it.Part], seen[k] = it.Gross, true
	}
	return true
}

func sameGross(items []Item, rows []int) bool {
	for _, i := range rows {
		if items[i].Gross != items[rows[0]].Gross {
			return false
		}
	}
	return true
}

// undo takes back an amount that complete computed.
func undo(it *Item, computed uint8) {
	switch computed {
	case 1:
		it.TDS = 0
	case 2:
		it.Adjustment = 0
	case 3:
		it.Paid = 0
	}
}

func tooLarge(it *Item, err error) error {
	e := fileError(it.Pos.File, it.Pos.Sheet, it.Pos.Row, checkTotalTooLarge, fmt.Sprintf("the parts of invoice %q", it.Number))
	e.Err = err
	return e
}
