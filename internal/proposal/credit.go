package proposal

import (
	"cmp"
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
		switch {
		case sum == 0: // all used
		case !s.policy.NetCredits || sum != own || own >= c.net || !nettable(credits):
			c.refused = because(OpenCredit, "amount", sum.Grouped())
			if s.policy.NetCredits && sum == own && own >= c.net {
				use(credits, c.net) // the books will net them against this one
			}
		default:
			for i := range credits {
				k := &credits[i]
				if k.Amount == 0 {
					continue
				}
				c.splits = append(c.splits, Split{Name: SplitCreditNote, Value: k.Amount, RefNo: k.Number})
				c.net -= k.Amount
				k.Amount = 0
			}
		}
	}
}

// nettable tells whether every credit can be named in a request.
func nettable(credits []Credit) bool {
	return !slices.ContainsFunc(credits, func(k Credit) bool {
		return k.Amount > 0 && (k.Number == "" || fault(k.Number, maxNumber) != "")
	})
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
