package matcher

import (
	"slices"

	"reconcile/internal/ledger"
)

// Across is what the round across suppliers found out about the items and lines
// of one group.
type Across struct {
	Claims   []Claim                     // of which the item, the line or both are of this group
	Disputed []LineRef                   // lines that fit several items equally well
	Rivals   map[*ledger.Item][]*Rivalry // and the items, with what disputes them
}

// A Claim says which line belongs to which item, and by which rule.
type Claim struct {
	Ref  LineRef
	Item *ledger.Item
	Rule Rule
}

// matchAcross looks among what the suppliers left over for lines that belong to
// an item of another supplier, or of one that nobody could name. It writes what
// it finds into the groups and returns which of them have to be matched again.
func matchAcross(groups []Group, matched []groupResult, r Rules) []int {
	c := &cascade{rules: r}
	groupOfLine := make(map[*claimed]int)
	groupOfItem := make(map[*claimant]int)
	for i := range matched {
		for _, ref := range matched[i].leftover {
			l := &claimed{LineRef: ref, rule: NoMatch}
			groupOfLine[l] = i
			c.lines = append(c.lines, l)
		}
	}
	if len(c.lines) == 0 {
		return nil
	}
	slices.SortFunc(c.lines, func(a, b *claimed) int { return compareLines(a.LineRef, b.LineRef) })
	wanted := make(map[string]bool)
	for _, l := range c.lines {
		wanted[l.Remittance.UTR] = true
		wanted[l.Line.Key] = true
	}
	var named []*claimant // items whose matches so far do not matter: cross_supplier may add to them
	for i := range groups {
		for _, it := range groups[i].Items {
			if it.Type != ledger.Invoice || !wanted[it.UTR] && !wanted[it.Key] {
				continue
			}
			to := &claimant{item: it}
			groupOfItem[to] = i
			if it.Supplier.B2BID == "" {
				c.claimants = append(c.claimants, to)
			}
			named = append(named, to)
		}
	}
	slices.SortFunc(c.claimants, func(a, b *claimant) int { return comparePairing(a.item, b.item) })
	slices.SortFunc(named, func(a, b *claimant) int { return comparePairing(a.item, b.item) })
	c.unknownSuppliers()
	c.crossSuppliers(named)
	return c.record(groups, groupOfItem, groupOfLine)
}

// unknownSuppliers gives lines to items whose supplier has no B2B id, by number
// and amount or by bank reference and amount.
func (c *cascade) unknownSuppliers() {
	numbers := make(map[string][]*claimant)
	keys := make(map[string][]*claimant)
	references := make(map[string][]*claimant)
	for _, it := range c.claimants {
		if !it.item.Damaged {
			numbers[key(it.item.Buyer, it.item.Number)] = append(numbers[key(it.item.Buyer, it.item.Number)], it)
			if it.item.Key != "" {
				keys[key(it.item.Buyer, it.item.Key)] = append(keys[key(it.item.Buyer, it.item.Key)], it)
			}
		}
		if it.item.UTR != "" && it.item.Currency == rupee {
			references[it.item.UTR] = append(references[it.item.UTR], it)
		}
	}
	c.byAmount(Exact, func(l LineRef) []*claimant { return numbers[key(l.Remittance.Buyer, l.Line.Number)] })
	c.byAmount(Normalised, func(l LineRef) []*claimant { return keys[key(l.Remittance.Buyer, l.Line.Key)] })
	c.byAmount(UTRAmount, func(l LineRef) []*claimant {
		if !l.Remittance.UTRFinal || l.Remittance.UTR == "" {
			return nil
		}
		return references[l.Remittance.UTR]
	})
}

// byAmount grants lines to those of their candidates that agree in amount: with
// what is booked as paid, and where the number agrees and nothing is booked,
// with what is owed.
func (c *cascade) byAmount(rule Rule, candidates func(LineRef) []*claimant) {
	var wishes []wish
	for _, l := range c.lines {
		if !l.open() || l.Remittance.OnlyConfirmed {
			continue
		}
		var fits []*claimant
		for _, it := range candidates(l.LineRef) {
			agrees := c.agrees(l, it)
			if rule == UTRAmount {
				agrees = (l.Line.Net - it.item.Paid).Abs() <= c.rules.Tolerance
			}
			if it.free() && agrees {
				fits = append(fits, it)
			}
		}
		if len(fits) > 0 {
			wishes = append(wishes, wish{l, fits})
		}
	}
	c.grant(rule, wishes)
}

// crossSuppliers gives lines to items of another supplier that bear the same
// number and the same bank reference: a payment that went to the wrong party, or
// was booked for it.
func (c *cascade) crossSuppliers(items []*claimant) {
	candidates := make(map[string][]*claimant)
	for _, it := range items {
		if it.item.UTR != "" && it.item.Key != "" && !it.item.Damaged {
			k := key(it.item.UTR, it.item.Key)
			candidates[k] = append(candidates[k], it)
		}
	}
	var wishes []wish
	for _, l := range c.lines {
		if !l.open() || !l.Remittance.UTRFinal {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(candidates[key(l.Remittance.UTR, l.Line.Key)]), func(it *claimant) bool {
			return it.item.Supplier.B2BID == l.Remittance.Supplier
		})
		if len(others) > 0 {
			wishes = append(wishes, wish{l, others})
		}
	}
	c.share(CrossSupplier, wishes)
}

// record hands what was found to the groups it concerns and returns which.
func (c *cascade) record(groups []Group, groupOfItem map[*claimant]int, groupOfLine map[*claimed]int) []int {
	var touched []int
	touch := func(i int) *Across {
		touched = append(touched, i)
		if groups[i].Across.Rivals == nil {
			groups[i].Across.Rivals = make(map[*ledger.Item][]*Rivalry)
		}
		return &groups[i].Across
	}
	for _, l := range c.lines {
		from := groupOfLine[l]
		if l.disputed {
			a := touch(from)
			a.Disputed = append(a.Disputed, l.LineRef)
		}
		for _, it := range l.items {
			claim := Claim{l.LineRef, it.item, l.rule}
			a := touch(from)
			a.Claims = append(a.Claims, claim)
			if to := groupOfItem[it]; to != from {
				a := touch(to)
				a.Claims = append(a.Claims, claim)
			}
		}
	}
	for it, i := range groupOfItem {
		if len(it.rivals) > 0 {
			touch(i).Rivals[it.item] = it.rivals
		}
	}
	slices.Sort(touched)
	return slices.Compact(touched)
}
