package period

import (
	"cmp"
	"slices"
	"strings"

	"reconcile/internal/money"
)

// A Change is one document in which two versions of a closing differ.
type Change struct {
	What     string      `json:"what"` // added, removed, changed
	Supplier string      `json:"supplier"`
	Number   string      `json:"number"`
	Type     string      `json:"type"`
	Before   money.Paise `json:"before"`
	After    money.Paise `json:"after"`
}

// Compare returns in which documents two snapshots differ, by supplier and number.
func Compare(before, after *Snapshot) []Change {
	was := make(map[string]*Document, len(before.Documents))
	for i := range before.Documents {
		was[before.Documents[i].Key] = &before.Documents[i]
	}
	var all []Change
	note := func(what string, d *Document, from, to money.Paise) {
		all = append(all, Change{what, d.Supplier, d.Number, d.Type, from, to})
	}
	for i := range after.Documents {
		d := &after.Documents[i]
		switch old := was[d.Key]; {
		case old == nil:
			note("added", d, 0, d.Balance)
		case old.Balance != d.Balance || old.Paid != d.Paid || old.Withheld != d.Withheld || old.Date != d.Date || old.Rows != d.Rows:
			note("changed", d, old.Balance, d.Balance)
		}
		delete(was, d.Key)
	}
	for _, d := range was {
		note("removed", d, d.Balance, 0)
	}
	slices.SortFunc(all, func(a, b Change) int {
		return cmp.Or(strings.Compare(a.Supplier, b.Supplier), strings.Compare(a.Number, b.Number), strings.Compare(a.Type, b.Type),
			strings.Compare(a.What, b.What), cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After))
	})
	return all
}
