package proposal

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// useCredits sets the open credits of a supplier against the most urgent of its
// invoices that is greater than all of them, or lets its invoices wait. Credits are
// netted whole: of a part, nobody could tell later whether the books have followed.
// An instruction that would send nothing is none, so what no invoice exceeds waits
// for the books to net it.
func (s *survey) useCredits(claims []*claim) {
	if s.policy.Type != payment.OnPlatform {
		return
	}
	open := s.openCredits()
	netted := make(map[string]bool) // by supplier
	for _, c := range claims {
		if credits := open[c.Debt.Supplier]; c.refused == nil && !c.Late && !netted[c.Debt.Supplier] && s.covers(c, credits) {
			// What they leave may be what somebody has paid already.
			left := c.net - total(credits)
			if c.refused = s.strayOf(c, left); c.refused != nil {
				continue
			}
			c.splits = append(c.splits, splitsOf(credits)...)
			c.net = left
			netted[c.Debt.Supplier] = true
		}
	}
	for _, c := range claims {
		if credits := open[c.Debt.Supplier]; c.refused == nil && len(credits) > 0 && !netted[c.Debt.Supplier] {
			c.refused = because(OpenCredit, "amount", written(credits))
		}
	}
}

// covers tells whether all credits of a supplier can be set against one claim, and
// leave something of it to be paid. A credit of a day to come is netted on that day,
// for by its day it is told from others of its number.
func (s *survey) covers(c *claim, credits []Credit) bool {
	unfit := func(k Credit) bool {
		return k.Buyer != c.Debt.Buyer || k.InDoubt || k.Date > s.policy.AsOf || k.foreign() || k.Number == "" || fault(k.Number, maxNumber) != ""
	}
	return s.policy.NetCredits && len(credits) > 0 && !slices.ContainsFunc(credits, unfit) && total(credits) < c.net
}

func total(credits []Credit) (sum money.Paise) {
	for _, k := range credits {
		sum += k.Amount
	}
	return sum
}

// rupee is the currency of the platform (the page Pay Invoice).
const rupee = "INR"

// foreign tells whether a credit is of another currency than what is paid.
func (k *Credit) foreign() bool { return k.Currency != "" && k.Currency != rupee }

// splitsOf are the splits by which credits are set against a payment.
func splitsOf(credits []Credit) []Split {
	var splits []Split
	for _, k := range credits {
		splits = append(splits, Split{Name: SplitCreditNote, Value: k.Amount, RefNo: k.Number})
	}
	return splits
}

// written says what is open, currency by currency.
func written(credits []Credit) string {
	sums := make(map[string]money.Paise)
	for _, k := range credits {
		if k.foreign() {
			sums[k.Currency] += k.Amount
		} else {
			sums[""] += k.Amount
		}
	}
	var words []string
	for _, c := range slices.Sorted(maps.Keys(sums)) {
		words = append(words, strings.TrimSpace(sums[c].Grouped()+" "+c))
	}
	return strings.Join(words, " and ")
}

// openCredits returns by supplier what is open and was not netted before by an
// instruction that the journal holds. A number may come again in another year, and
// nothing was netted before the day of its note.
func (s *survey) openCredits() map[string][]Credit {
	type note struct{ buyer, supplier, number string }
	keyOf := func(buyer, supplier, number string) note {
		return note{buyer, supplier, cmp.Or(party.NumberKey(number), number)}
	}
	type netting struct {
		on    day.Date
		value money.Paise
	}
	netted := make(map[note][]netting)
	for i := range s.world.Journal.Instructions {
		for _, a := range s.world.Journal.Instructions[i].Allocations {
			for _, k := range a.Credits {
				if a.Held {
					n := keyOf(a.Debt.Buyer, a.Debt.Supplier, k.RefNo)
					netted[n] = append(netted[n], netting{a.Netted, k.Value})
				}
			}
		}
	}
	open := make(map[string][]Credit)
	for _, k := range sorted(s.world.Credits, func(a, b Credit) int {
		return cmp.Or(strings.Compare(a.Supplier, b.Supplier), strings.Compare(a.Buyer, b.Buyer), cmp.Compare(a.Date, b.Date),
			strings.Compare(a.Number, b.Number), strings.Compare(a.Source, b.Source), cmp.Compare(a.Amount, b.Amount))
	}) {
		past := netted[keyOf(k.Buyer, k.Supplier, k.Number)]
		for i := range past {
			if past[i].on >= k.Date {
				used := min(past[i].value, k.Amount)
				past[i].value -= used
				k.Amount -= used
			}
		}
		if k.Amount > 0 {
			open[k.Supplier] = append(open[k.Supplier], k)
		}
	}
	return open
}
