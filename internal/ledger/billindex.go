package ledger

import (
	"fmt"

	"reconcile/internal/party"
	"reconcile/internal/source"
)

// A billIndex finds the bill that a payment names.
type billIndex struct {
	items []Item
	ids   map[source.Pos]string
	byID  map[string][]int
	by    map[billName][]int
}

// A billName is a supplier, by its B2B id or else its name, and a number.
type billName struct{ buyer, supplier, number string }

func (j *joins) index(items []Item) *billIndex {
	x := &billIndex{items: items, ids: j.bills, byID: make(map[string][]int), by: make(map[billName][]int)}
	for i := range items {
		it := &items[i]
		id, there := j.bills[it.Pos]
		if !there || it.Type != Invoice {
			continue
		}
		if id != "" {
			x.byID[id] = append(x.byID[id], i)
		}
		for _, name := range namesOf(it) {
			x.by[name] = append(x.by[name], i)
		}
	}
	return x
}

// namesOf returns the names that a bill may be found by; none where its number or
// its supplier is no name.
func namesOf(it *Item) []billName {
	if it.Damaged || it.Key == "" || it.Supplier.Anonymous() {
		return nil
	}
	var names []billName
	if it.Supplier.B2BID != "" {
		names = append(names, billName{it.Buyer, it.Supplier.B2BID, it.Key})
	}
	if it.Supplier.Name != "" {
		names = append(names, billName{it.Buyer, "\x00" + party.FoldName(it.Supplier.Name), it.Key})
	}
	return names
}

// of returns the index of the bill that a payment names, -1 where the files have
// none, and what is contradictory about it.
func (x *billIndex) of(it *Item, id string) (bill int, why string) {
	if found := x.byID[id]; id != "" && len(found) > 0 {
		b := &x.items[found[0]]
		switch {
		case len(found) > 1:
			return found[0], fmt.Sprintf("%d rows have the bill's id, such as %s", len(found), b.Pos)
		case !sameParty(b, it):
			return found[0], fmt.Sprintf("the bill of that id, %s, is another supplier's", b.Pos)
		case !b.Damaged && !it.Damaged && b.Key != it.Key:
			return found[0], fmt.Sprintf("the bill of that id, %s, has the number %q", b.Pos, b.Number)
		}
		return found[0], ""
	}
	for _, name := range namesOf(it) {
		found := x.by[name]
		if len(found) == 0 {
			continue
		}
		b := &x.items[found[0]]
		switch {
		case len(found) > 1:
			return found[0], fmt.Sprintf("%d rows have the bill's number, such as %s", len(found), b.Pos)
		case !sameParty(b, it):
			return found[0], fmt.Sprintf("the bill of that number, %s, is another supplier's", b.Pos)
		case id != "" && x.ids[b.Pos] != "":
			return found[0], fmt.Sprintf("the bill of that number, %s, has another id", b.Pos)
		}
		return found[0], ""
	}
	return -1, ""
}

// sameParty tells whether nothing says that two rows are of two suppliers, or of
// two registrations of ours.
func sameParty(a, b *Item) bool {
	if a.Buyer != b.Buyer || a.Supplier.Anonymous() || b.Supplier.Anonymous() {
		return false
	}
	if a.Supplier.B2BID != "" && b.Supplier.B2BID != "" {
		return a.Supplier.B2BID == b.Supplier.B2BID
	}
	return a.Supplier.Name != "" && party.FoldName(a.Supplier.Name) == party.FoldName(b.Supplier.Name)
}
