package matcher

import (
	"slices"

	"reconcile/internal/money"
)

// byUTRGroup brings together several lines of one bank reference that sum to
// what the books paid by it for one item, or one line that sums to several.
func (c *cascade) byUTRGroup() {
	booked := c.freeByUTR()
	open := make(map[string][]*claimed)
	for _, l := range c.lines {
		if u := l.Remittance.UTR; l.open() && l.Remittance.UTRFinal && booked[u] != nil {
			open[u] = append(open[u], l)
		}
	}
	for utr, lines := range open { // references are disjoint, so their order is of no consequence
		if items := booked[utr]; len(lines)+len(items) > 2 {
			c.sumUp(lines, items)
		}
	}
}

// sumUp finds the sums among the lines and items of one bank reference: all of
// one side first, else the one combination there is. Sums that contest a line or
// an item with each other are in dispute.
func (c *cascade) sumUp(lines []*claimed, items []*claimant) {
	var sums []tie
	if sums = c.wholeSums(lines, items); len(sums) == 0 {
		sums = c.partSums(lines, items)
	}
	uses := make(map[any]int)
	for _, s := range sums {
		for _, l := range s.lines {
			uses[l]++
		}
		for _, it := range s.items {
			uses[it]++
		}
	}
	contested := func(s tie) bool {
		return slices.ContainsFunc(s.lines, func(l *claimed) bool { return uses[l] > 1 }) ||
			slices.ContainsFunc(s.items, func(it *claimant) bool { return uses[it] > 1 })
	}
	for _, s := range sums {
		if contested(s) {
			dispute(s)
			continue
		}
		if len(s.items) == 1 {
			for _, l := range s.lines {
				c.give(l, s.items[0], Grouped)
			}
			continue
		}
		c.split(s.lines[0], s.items)
	}
}

// wholeSums returns the items that all lines sum to, and the lines that sum to
// all items.
func (c *cascade) wholeSums(lines []*claimed, items []*claimant) []tie {
	var sums []tie
	if len(lines) > 1 {
		var total money.Paise
		for _, l := range lines {
			total += l.Line.Net
		}
		for _, it := range items {
			if (total - it.item.Paid).Abs() <= c.rules.Tolerance {
				sums = append(sums, tie{lines, []*claimant{it}})
			}
		}
	}
	if len(items) > 1 {
		var total money.Paise
		for _, it := range items {
			total += it.item.Paid
		}
		for _, l := range lines {
			if (total - l.Line.Net).Abs() <= c.rules.Tolerance {
				sums = append(sums, tie{[]*claimed{l}, items})
			}
		}
	}
	return sums
}

// partSums returns the combinations of at least two that sum to an item or to a
// line. Where there are several for one, they come as two ties of all that is in
// any of them, which contest each other.
func (c *cascade) partSums(lines []*claimed, items []*claimant) []tie {
	var sums []tie
	budget := maxSteps
	nets := make([]money.Paise, len(lines))
	for i, l := range lines {
		nets[i] = l.Line.Net
	}
	booked := make([]money.Paise, len(items))
	for i, it := range items {
		booked[i] = it.item.Paid
	}
	if len(lines) > 2 {
		for _, it := range items {
			set, ways, complete := combination(nets, it.item.Paid, c.rules.Tolerance, &budget)
			if !complete {
				it.note = gaveUp
			}
			for range ways {
				sums = append(sums, tie{pick(lines, set), []*claimant{it}})
			}
		}
	}
	if len(items) > 2 {
		for _, l := range lines {
			set, ways, complete := combination(booked, l.Line.Net, c.rules.Tolerance, &budget)
			if !complete {
				for _, it := range items {
					it.note = gaveUp
				}
			}
			for range ways {
				sums = append(sums, tie{[]*claimed{l}, pick(items, set)})
			}
		}
	}
	return sums
}

// split spreads one line over several items: each takes what the books paid for
// it, the last takes the rest. What was settled without cash follows in the same
// way, so that the shares add up to the line.
func (c *cascade) split(l *claimed, items []*claimant) {
	net, adjustment := l.Line.Net, l.Line.Adjustment
	for i, it := range items {
		n, a := net, adjustment
		if i < len(items)-1 {
			n, a = it.item.Paid, min(it.item.Withheld(), adjustment)
		}
		c.giveShare(l, it, Grouped, n, a)
		net -= n
		adjustment -= a
	}
}

func pick[T any](from []T, indexes []int) []T {
	picked := make([]T, len(indexes))
	for i, at := range indexes {
		picked[i] = from[at]
	}
	return picked
}
