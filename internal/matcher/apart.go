package matcher

import (
	"slices"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
)

// A wish is an open line with the items it could belong to.
type wish struct {
	line  *claimed
	items []*claimant
}

// share gives lines to items of which each may take several. A line that fits
// several items equally well is paired in order with others like it when there
// are as many lines as items; otherwise all of them are in dispute.
func (c *cascade) share(rule Rule, wishes []wish) {
	var undecided []wish
	for _, w := range wishes {
		best := c.tellApart(w.line, w.items)
		if len(best) == 1 {
			c.give(w.line, best[0], rule)
			continue
		}
		undecided = append(undecided, wish{w.line, best})
	}
	for _, set := range alike(undecided) {
		if len(set.lines) == len(set.items) {
			for i, l := range set.lines {
				c.give(l, set.items[i], rule)
			}
			continue
		}
		dispute(set)
	}
}

// grant gives lines to items of which each takes one. It settles the lines with
// the fewest candidates first and then looks again, for an item that is taken
// is no candidate any more; what stays equal is in dispute, and so is what is
// left after maxSteps.
func (c *cascade) grant(rule Rule, wishes []wish) {
	steps := 0
	for len(wishes) > 0 {
		var now []wish
		for _, w := range wishes {
			steps += len(w.items)
			if items := slices.DeleteFunc(slices.Clone(w.items), func(it *claimant) bool { return !it.free() }); len(items) > 0 {
				now = append(now, wish{w.line, items})
			}
		}
		best := make([]wish, len(now))
		for i, w := range now {
			best[i] = wish{w.line, c.tellApart(w.line, w.items)}
		}
		settled := false
		for _, set := range separate(alike(best)) {
			if len(set.lines) == len(set.items) {
				for i, l := range set.lines {
					c.give(l, set.items[i], rule)
				}
				settled = true
			}
		}
		if !settled || steps > maxSteps {
			for _, set := range alike(slices.DeleteFunc(best, func(w wish) bool { return !w.line.open() })) {
				dispute(set)
			}
			return
		}
		wishes = slices.DeleteFunc(now, func(w wish) bool { return !w.line.open() })
	}
}

// A tie is a set of lines that fit the same items equally well.
type tie struct {
	lines []*claimed
	items []*claimant
}

// alike collects wishes for the same items, in the order of the lines.
func alike(wishes []wish) []tie {
	var ties []tie
	byFirst := make(map[*claimant][]int) // of ties, by the first of their items
	for _, w := range wishes {
		first := byFirst[w.items[0]]
		at := slices.IndexFunc(first, func(i int) bool { return slices.Equal(ties[i].items, w.items) })
		if at < 0 {
			at = len(first)
			first = append(first, len(ties))
			byFirst[w.items[0]] = first
			ties = append(ties, tie{items: w.items})
		}
		ties[first[at]].lines = append(ties[first[at]].lines, w.line)
	}
	return ties
}

// separate returns the ties that can be settled now without taking a candidate
// from one that is as narrow: those of the fewest items that share none.
func separate(ties []tie) []tie {
	least := 0
	for _, t := range ties {
		if len(t.lines) == len(t.items) && (least == 0 || len(t.items) < least) {
			least = len(t.items)
		}
	}
	wanted := make(map[*claimant]int)
	for _, t := range ties {
		if len(t.items) <= least {
			for _, it := range t.items {
				wanted[it]++
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(ties), func(t tie) bool {
		return len(t.items) != least || slices.ContainsFunc(t.items, func(it *claimant) bool { return wanted[it] > 1 })
	})
}

// tellApart narrows the candidates of a line: by bank reference, then by
// amount, then to the latest invoice that existed when it was paid.
func (c *cascade) tellApart(l *claimed, items []*claimant) []*claimant {
	if len(items) == 1 {
		return items
	}
	items = keepBest(items, func(it *claimant) int { return utrAgreement(l.LineRef, it.item) })
	items = keepBest(items, func(it *claimant) int {
		if c.agrees(l, it) {
			return 1
		}
		return 0
	})
	return keepBest(items, func(it *claimant) int { return int(billedBefore(it.item, l.Remittance.Date)) })
}

// agrees tells whether the line pays what is booked as paid, or where nothing
// is, what is owed.
func (c *cascade) agrees(l *claimed, it *claimant) bool {
	expected := it.item.Paid
	if expected == 0 {
		expected = it.item.Cash()
	}
	return (l.Line.Net - expected).Abs() <= c.rules.Tolerance
}

// utrAgreement is 2 where books and payment bear the same reference, 0 where
// they bear different ones, and 1 where one of them has none that counts.
func utrAgreement(l LineRef, it *ledger.Item) int {
	switch {
	case it.UTR == "" || !l.Remittance.UTRFinal || l.Remittance.UTR == "":
		return 1
	case it.UTR == l.Remittance.UTR:
		return 2
	}
	return 0
}

// billedBefore returns the invoice date where it is not after the payment's.
func billedBefore(it *ledger.Item, paid day.Date) day.Date {
	if it.InvoiceDate > paid {
		return 0
	}
	return it.InvoiceDate
}

// keepBest returns the items of the highest score, in their order.
func keepBest(items []*claimant, score func(*claimant) int) []*claimant {
	if len(items) == 1 {
		return items
	}
	var best []*claimant
	most := -1
	for _, it := range items {
		s := score(it)
		if s > most {
			best, most = best[:0:0], s
		}
		if s == most {
			best = append(best, it)
		}
	}
	return best
}
