package matcher

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/ledger"
	"reconcile/internal/payment"
)

// Match reconciles the items of all ledgers with everything known of payments.
// The order of neither matters. The result has been checked; an error is a fault
// of this program.
func Match(items []ledger.Item, remittances []payment.Remittance, r Rules) (*Result, error) {
	groups := groupBySupplier(items, remittances)
	reused := reusedUTRs(remittances)
	matched := make([]groupResult, len(groups))
	for i := range groups {
		groups[i].Reused = reused
		matched[i] = matchGroup(groups[i], r)
	}
	for _, i := range matchAcross(groups, matched, r) {
		matched[i] = matchGroup(groups[i], r)
	}
	result := &Result{
		Items: make([]ItemResult, 0, len(items)),
		Lines: make([]LineResult, 0, len(remittances)),
	}
	for i := range matched {
		result.Items = append(result.Items, matched[i].result.Items...)
		result.Lines = append(result.Lines, matched[i].result.Lines...)
	}
	result.sort()
	return result, result.check(items, remittances)
}

// MatchGroup reconciles one supplier. It is a pure function of the group: whoever
// runs it, and in whatever order, gets the same result.
func MatchGroup(g Group, r Rules) Result { return matchGroup(g, r).result }

// A Group is everything that can match: the items of one supplier, and the lines
// paid to it.
type Group struct {
	Items  []*ledger.Item
	Lines  []LineRef
	Across Across            // what the round across suppliers found out about them
	Reused map[string]string // UTRs that several payments bear, with their objectIds
}

// A LineRef is a line together with the payment it is part of.
type LineRef struct {
	Remittance *payment.Remittance
	Line       *payment.Line
}

func groupBySupplier(items []ledger.Item, remittances []payment.Remittance) []Group {
	at := make(map[string]int)
	var groups []Group
	group := func(id string) *Group {
		i, found := at[id]
		if !found {
			i = len(groups)
			at[id] = i
			groups = append(groups, Group{})
		}
		return &groups[i]
	}
	for i := range items {
		g := group(items[i].Supplier.ID())
		g.Items = append(g.Items, &items[i])
	}
	for i := range remittances {
		rem := &remittances[i]
		g := group(rem.Supplier)
		for j := range rem.Lines {
			g.Lines = append(g.Lines, LineRef{rem, &rem.Lines[j]})
		}
	}
	return groups
}

// reusedUTRs returns the final UTRs that two payments bear which stand or are in
// flight. Cheque numbers, and the references of cash and wallets, repeat by
// nature.
func reusedUTRs(remittances []payment.Remittance) map[string]string {
	bear := make(map[string][]string, len(remittances))
	for i := range remittances {
		rem := &remittances[i]
		if rem.UTRFinal && rem.UTR != "" && countsUTR(rem) && alive(rem) {
			bear[rem.UTR] = append(bear[rem.UTR], rem.ObjectID)
		}
	}
	reused := make(map[string]string)
	for utr, ids := range bear {
		if len(ids) > 1 {
			slices.Sort(ids)
			reused[utr] = few(ids)
		}
	}
	return reused
}

// few lists the first names and counts the rest: a break that names thousands
// helps nobody, and thousands of them fill a disk.
func few(names []string) string {
	const shown = 5
	if len(names) > shown {
		return strings.Join(names[:shown], ", ") + fmt.Sprintf(" and %d more", len(names)-shown)
	}
	return strings.Join(names, ", ")
}

// countsUTR tells whether the payment's bank reference is one of its own.
func countsUTR(rem *payment.Remittance) bool {
	return rem.Mode != "CHEQUE" && rem.Mode != "CASH" && rem.Mode != "WALLET"
}

// alive tells whether some line of the payment stands or is in flight.
func alive(rem *payment.Remittance) bool {
	for i := range rem.Lines {
		if l := &rem.Lines[i]; rem.Stands(l) || rem.InFlight(l) {
			return true
		}
	}
	return false
}

func (result *Result) sort() {
	result.Items = sorted(result.Items, func(a, b *ItemResult) int {
		return cmp.Or(
			strings.Compare(a.Item.Supplier.B2BID, b.Item.Supplier.B2BID),
			strings.Compare(a.Item.Number, b.Item.Number),
			comparePlace(a.Item, b.Item))
	})
	result.Lines = sorted(result.Lines, func(a, b *LineResult) int {
		return cmp.Or(
			strings.Compare(a.Remittance.Supplier, b.Remittance.Supplier),
			strings.Compare(a.Line.Number, b.Line.Number),
			strings.Compare(a.Remittance.ObjectID, b.Remittance.ObjectID),
			cmp.Compare(a.Line.Position, b.Line.Position))
	})
}

// sorted returns the list in order. It moves pointers and then each element
// once: the elements are large, and moving them was a third of a match.
func sorted[T any](list []T, compare func(a, b *T) int) []T {
	order := make([]*T, len(list))
	for i := range list {
		order[i] = &list[i]
	}
	slices.SortFunc(order, compare)
	out := make([]T, len(list))
	for i, at := range order {
		out[i] = *at
	}
	return out
}

// comparePlace orders items by where they stand in the ledgers.
func comparePlace(a, b *ledger.Item) int {
	return cmp.Or(
		strings.Compare(a.Pos.File, b.Pos.File),
		strings.Compare(a.Pos.Sheet, b.Pos.Sheet),
		cmp.Compare(a.Pos.Row, b.Pos.Row))
}
