package proposal

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// useCredits sets the open credits of suppliers against what they would be paid,
// or lets their invoices wait. Each credit is used once and to the paisa; an
// instruction that would send nothing is none, so what credits cover in full
// waits for the books to net it.
func (s *survey) useCredits(claims []*claim) {
	if s.policy.Type != payment.OnPlatform {
		return
	}
	open := s.openCredits()
	for _, c := range claims {
		credits := open[c.Debt.Supplier]
		if c.refused != nil || len(credits) == 0 {
			continue
		}
		var sum, own money.Paise
		for _, k := range credits {
			sum += k.Amount
			if k.Buyer == c.Debt.Buyer {
				own += k.Amount
			}
		}
		netting := s.policy.NetCredits && sum == own && nettable(credits)
		switch {
		case sum == 0: // all used
		case !netting || own >= c.net:
			c.refused = because(OpenCredit, "amount", written(credits))
			if netting {
				use(credits, c.net) // the books will net them against this one
			}
		default:
			// What they leave may be what somebody has paid already.
			if c.refused = s.strayOf(c, c.net-sum); c.refused != nil {
				continue
			}
			c.splits = append(c.splits, splitsOf(credits)...)
			c.net -= sum
			use(credits, sum)
		}
	}
}

// rupee is the currency of the platform (the page Pay Invoice).
const rupee = "INR"

// nettable tells whether every credit can be named in a request, and is of its
// currency.
func nettable(credits []Credit) bool {
	return !slices.ContainsFunc(credits, func(k Credit) bool {
		return k.Amount > 0 && (k.foreign() || k.Number == "" || fault(k.Number, maxNumber) != "")
	})
}

// foreign tells whether a credit is of another currency than what is paid.
func (k *Credit) foreign() bool { return k.Currency != "" && k.Currency != rupee }

// splitsOf are the splits by which credits are set against a payment.
func splitsOf(credits []Credit) []Split {
	var splits []Split
	for _, k := range credits {
		if k.Amount > 0 {
			splits = append(splits, Split{Name: SplitCreditNote, Value: k.Amount, RefNo: k.Number})
		}
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

// use takes an amount off credits, the first first.
func use(credits []Credit, amount money.Paise) {
	for i := range credits {
		taken := min(amount, credits[i].Amount)
		credits[i].Amount -= taken
		amount -= taken
	}
}

// openCredits returns by supplier what is open and was not netted before by an
// instruction that the journal holds.
func (s *survey) openCredits() map[string][]Credit {
	type note struct{ buyer, supplier, number string }
	netted := make(map[note]money.Paise)
	for i := range s.world.Journal.Instructions {
		for _, a := range s.world.Journal.Instructions[i].Allocations {
			for _, k := range a.Credits {
				if a.Held {
					netted[note{a.Debt.Buyer, a.Debt.Supplier, k.RefNo}] += k.Value
				}
			}
		}
	}
	open := make(map[string][]Credit)
	for _, k := range sorted(s.world.Credits, func(a, b Credit) int {
		return cmp.Or(strings.Compare(a.Supplier, b.Supplier), strings.Compare(a.Buyer, b.Buyer),
			strings.Compare(a.Number, b.Number), strings.Compare(a.Source, b.Source), cmp.Compare(a.Amount, b.Amount))
	}) {
		n := note{k.Buyer, k.Supplier, k.Number}
		used := min(netted[n], k.Amount)
		netted[n] -= used
		if k.Amount -= used; k.Amount > 0 {
			open[k.Supplier] = append(open[k.Supplier], k)
		}
	}
	return open
}
