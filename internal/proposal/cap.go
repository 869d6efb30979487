package proposal

import (
	"slices"

	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/statute"
)

// oneInstalment lets one row of a debt through at a time: its next instalment
// follows once this one is paid. Nor does one payment id pay two rows.
func (s *survey) oneInstalment(claims []*claim) {
	first := make(map[payment.Debt]*claim)
	ids := make(map[string]bool)
	for _, c := range claims {
		if c.refused != nil {
			continue
		}
		if s.policy.API == APIPayment && ids[c.PaymentID] {
			c.refused = because(InvalidField, "field", "the payment id", "fault", "is that of another row too")
			continue
		}
		if other := first[c.Debt]; other != nil {
			c.refused = because(InstalmentWaits, "source", other.Source)
			continue
		}
		first[c.Debt], ids[c.PaymentID] = c, true
	}
}

// fitCaps lets claims through as far as there is room for them, in their order.
// One that does not fit says so, and leaves its room to the next. All that a transfer
// of the bank paid fits, or nothing of it.
func (s *survey) fitCaps(claims []*claim) {
	purse := NewPurse(s.policy.Caps, s.world.Journal.SentToday)
	transfers := s.transfers(claims)
	for _, c := range claims {
		all, transferred := transfers[s.transfer(c)]
		if c.refused != nil || transferred && c != all[0] {
			continue
		}
		if transferred {
			s.fitTransfer(all, purse)
			continue
		}
		limit, minimum := money.Paise(0), money.Paise(0) // what the bank has paid is reported, however much it is
		if s.policy.Type == payment.OnPlatform {
			limit, minimum = statute.RailLimit(s.policy.Mode, s.policy.AsOf), s.policy.Minimum
		}
		switch {
		case c.net < minimum:
			c.refused = because(BelowMinimum, "amount", c.net.Grouped(), "minimum", minimum.Grouped())
		case exceeds(c.net, limit):
			c.refused = because(RailLimit, "amount", c.net.Grouped(), "limit", limit.Grouped(), "mode", s.policy.Mode)
		default:
			c.refused = purse.pay(c.Debt.Supplier, c.net)
		}
	}
}

// fitTransfer lets the claims of one transfer through together. Of one that is over
// the cap of an invoice the others say which.
func (s *survey) fitTransfer(all []*claim, purse *Purse) {
	nets := make([]money.Paise, len(all))
	for i, c := range all {
		nets[i] = c.net
	}
	refused := purse.pay(all[0].Debt.Supplier, nets...)
	over := func(c *claim) bool { return exceeds(c.net, purse.caps.Invoice) }
	first := slices.IndexFunc(all, over)
	for _, c := range all {
		if c.refused = refused; first >= 0 && !over(c) {
			c.refused = because(TransferInPart, "number", all[first].Number, "source", all[first].Source)
		}
	}
}

// exceeds compares with a limit, of which 0 is none.
func exceeds(amount, limit money.Paise) bool { return limit > 0 && amount > limit }

// A Purse is the cash of one proposal, and lets through what the caps have room for.
type Purse struct {
	caps       Caps
	today      money.Paise // sent on its day before
	run        money.Paise // let through, in all and by supplier
	bySupplier map[string]money.Paise
}

// NewPurse returns a full purse, on a day on which so much was sent already.
func NewPurse(caps Caps, today money.Paise) *Purse {
	if caps.Run == 0 {
		caps.Run = money.Max // so that sums can be held
	}
	return &Purse{caps: caps, today: today, bySupplier: make(map[string]money.Paise)}
}

// Spend takes out what has gone to a supplier, whatever the caps are.
func (p *Purse) Spend(supplier string, net money.Paise) {
	p.run += net
	p.bySupplier[supplier] += net
}

// Pay takes out what one instruction pays to a supplier, item by item: all of it,
// or nothing and why not.
func (p *Purse) Pay(supplier string, items ...money.Paise) (Reason, string) {
	if r := p.pay(supplier, items...); r != nil {
		return r.reason, r.why
	}
	return "", ""
}

func (p *Purse) pay(supplier string, items ...money.Paise) *refusal {
	var net money.Paise
	for _, item := range items {
		if exceeds(item, p.caps.Invoice) {
			return because(OverCapInvoice, "amount", item.Grouped(), "cap", p.caps.Invoice.Grouped())
		}
		net += item
	}
	switch to, run := p.bySupplier[supplier]+net, p.run+net; {
	case exceeds(to, p.caps.Supplier):
		return because(OverCapSupplier, "sum", to.Grouped(), "cap", p.caps.Supplier.Grouped())
	case exceeds(run, p.caps.Run):
		return because(OverCapRun, "sum", run.Grouped(), "cap", p.caps.Run.Grouped())
	case exceeds(p.today+run, p.caps.Day):
		return because(OverCapDay, "sum", (p.today + run).Grouped(), "cap", p.caps.Day.Grouped())
	}
	p.Spend(supplier, net)
	return nil
}
