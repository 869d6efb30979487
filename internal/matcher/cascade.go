package matcher

import (
	"cmp"
	"slices"
	"strings"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// A claimant is an item while lines are being given out.
type claimant struct {
	item    *ledger.Item
	matches []Share
	rivals  []*Rivalry // what made it ambiguous
	note    string
}

// free tells whether the weaker rules may still give the item a line: it has
// none, and none that it might have is in dispute.
func (c *claimant) free() bool {
	return len(c.matches) == 0 && len(c.rivals) == 0 && c.item.Type == ledger.Invoice
}

// A claimed is a line while it is being given out.
type claimed struct {
	LineRef
	rule     Rule
	items    []*claimant
	disputed bool // several items fit equally well: no later rule may take it
}

func (l *claimed) open() bool { return len(l.items) == 0 && !l.disputed }

// A cascade gives the lines of a group to its items, the strongest rule first.
type cascade struct {
	rules     Rules
	claimants []*claimant // every item, in the order in which candidates are paired
	lines     []*claimed  // likewise
}

func newCascade(g Group, r Rules) *cascade {
	c := &cascade{rules: r}
	for _, it := range g.Items {
		c.claimants = append(c.claimants, &claimant{item: it})
	}
	slices.SortFunc(c.claimants, func(a, b *claimant) int { return comparePairing(a.item, b.item) })
	for _, ref := range g.Lines {
		c.lines = append(c.lines, &claimed{LineRef: ref, rule: NoMatch})
	}
	slices.SortFunc(c.lines, func(a, b *claimed) int { return compareLines(a.LineRef, b.LineRef) })
	return c
}

// comparePairing is the order in which equal items take equal lines: the
// earliest due first, an item that is never due last.
func comparePairing(a, b *ledger.Item) int {
	return cmp.Or(
		cmp.Compare(uint32(a.DueDate)-1, uint32(b.DueDate)-1), // no date wraps to the end
		strings.Compare(a.Part, b.Part),
		comparePlace(a, b))
}

func compareLines(a, b LineRef) int {
	return cmp.Or(
		a.Remittance.Time.Compare(b.Remittance.Time),
		strings.Compare(a.Remittance.ObjectID, b.Remittance.ObjectID),
		cmp.Compare(a.Line.Position, b.Line.Position))
}

// give hands the line to the item, whole.
func (c *cascade) give(l *claimed, to *claimant, rule Rule) {
	c.giveShare(l, to, rule, l.Line.Net, l.Line.Adjustment)
}

func (c *cascade) giveShare(l *claimed, to *claimant, rule Rule, net, adjustment money.Paise) {
	l.rule = rule
	l.items = append(l.items, to)
	to.matches = append(to.matches, Share{
		Remittance: l.Remittance, Line: l.Line, Rule: rule, Net: net, Adjustment: adjustment,
	})
}

// settle applies what the round across suppliers found out.
func (c *cascade) settle(a Across) {
	if len(a.Claims)+len(a.Disputed)+len(a.Rivals) == 0 {
		return
	}
	items := make(map[*ledger.Item]*claimant, len(c.claimants))
	for _, it := range c.claimants {
		items[it.item] = it
		it.rivals = append(it.rivals, a.Rivals[it.item]...)
	}
	lines := make(map[LineRef]*claimed, len(c.lines))
	for _, l := range c.lines {
		lines[l.LineRef] = l
	}
	for _, ref := range a.Disputed {
		lines[ref].disputed = true
	}
	for _, claim := range a.Claims {
		l := lines[claim.Ref]
		if l == nil {
			l = &claimed{LineRef: claim.Ref}
		}
		to := items[claim.Item]
		if to == nil {
			to = &claimant{item: claim.Item}
		}
		c.give(l, to, claim.Rule)
	}
}

// run applies the rules that stay within the supplier, but for the suggestions.
func (c *cascade) run() {
	c.byKey(Exact, func(it *ledger.Item) (string, bool) {
		return key(it.Buyer, it.InvoiceID), it.InvoiceID != ""
	}, func(l LineRef) (string, bool) {
		return key(l.Remittance.Buyer, l.Line.InvoiceID), l.Line.InvoiceID != ""
	})
	c.byKey(Exact, func(it *ledger.Item) (string, bool) {
		return key(it.Buyer, it.Number), !it.Damaged && it.Number != ""
	}, func(l LineRef) (string, bool) {
		return key(l.Remittance.Buyer, l.Line.Number), l.Line.Number != ""
	})
	c.byKey(Normalised, func(it *ledger.Item) (string, bool) {
		return key(it.Buyer, it.Key), !it.Damaged && it.Key != ""
	}, func(l LineRef) (string, bool) {
		return key(l.Remittance.Buyer, l.Line.Key), l.Line.Key != ""
	})
	c.byUTRAndAmount()
	c.byUTRGroup()
}

func key(buyer, reference string) string { return buyer + "\x00" + reference }

// byKey gives each open line to an item of the same key. It may add lines to an
// item that has some: instalments, and payments that were made twice.
func (c *cascade) byKey(rule Rule, ofItem func(*ledger.Item) (string, bool), ofLine func(LineRef) (string, bool)) {
	wanted := make(map[string]bool)
	for _, l := range c.lines {
		if k, ok := ofLine(l.LineRef); ok && l.open() {
			wanted[k] = true
		}
	}
	if len(wanted) == 0 {
		return
	}
	candidates := make(map[string][]*claimant)
	for _, it := range c.claimants {
		if k, ok := ofItem(it.item); ok && it.item.Type == ledger.Invoice && wanted[k] {
			candidates[k] = append(candidates[k], it)
		}
	}
	var wishes []wish
	for _, l := range c.lines {
		if k, ok := ofLine(l.LineRef); ok && l.open() && candidates[k] != nil {
			wishes = append(wishes, wish{l, candidates[k]})
		}
	}
	c.share(rule, wishes)
}

// byUTRAndAmount gives a line to an item of the same bank reference and amount
// whose number is written in a way that no key can bridge.
func (c *cascade) byUTRAndAmount() {
	booked := c.freeByUTR()
	var wishes []wish
	for _, l := range c.lines {
		if !l.open() || !l.Remittance.UTRFinal || l.Remittance.UTR == "" {
			continue
		}
		var fits []*claimant
		for _, it := range booked[l.Remittance.UTR] {
			if (l.Line.Net - it.item.Paid).Abs() <= c.rules.Tolerance {
				fits = append(fits, it)
			}
		}
		if len(fits) > 0 {
			wishes = append(wishes, wish{l, fits})
		}
	}
	c.grant(UTRAmount, wishes)
}

// freeByUTR returns the items that weaker rules may take, by the bank reference
// in the books.
func (c *cascade) freeByUTR() map[string][]*claimant {
	booked := make(map[string][]*claimant)
	for _, it := range c.claimants {
		if it.free() && it.item.UTR != "" && it.item.Currency == rupee {
			booked[it.item.UTR] = append(booked[it.item.UTR], it)
		}
	}
	return booked
}

// rupee is the one currency in which amounts are compared.
const rupee = "INR"

// suggest brings together what is left of both sides and agrees in amount. A
// suggestion counts as nothing until a person confirms it.
func (c *cascade) suggest() {
	var open []*claimant
	for _, it := range c.claimants {
		if it.free() && it.item.Currency == rupee && it.item.Supplier.B2BID != "" {
			open = append(open, it)
		}
	}
	if len(open) == 0 {
		return
	}
	byCash := slices.Clone(open)
	slices.SortStableFunc(byCash, func(a, b *claimant) int { return cmp.Compare(a.item.Cash(), b.item.Cash()) })
	var wishes []wish
	pairs := 0
	for _, l := range c.lines {
		if !l.open() || l.Remittance.OnlyConfirmed {
			continue
		}
		from, _ := slices.BinarySearchFunc(byCash, l.Line.Net-c.rules.Tolerance, func(it *claimant, least money.Paise) int {
			return cmp.Compare(it.item.Cash(), least)
		})
		var fits []*claimant
		for _, it := range byCash[from:] {
			if it.item.Cash() > l.Line.Net+c.rules.Tolerance {
				break
			}
			fits = append(fits, it)
		}
		if pairs += len(fits); pairs > maxSteps {
			break // a suggestion among so many of one amount would help nobody
		}
		if len(fits) > 0 {
			slices.SortFunc(fits, func(a, b *claimant) int { return comparePairing(a.item, b.item) })
			wishes = append(wishes, wish{l, fits})
		}
	}
	c.grant(Suggested, wishes)
}
