package proposal

import (
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
// One that does not fit says so, and leaves its room to the next.
func (s *survey) fitCaps(claims []*claim) {
	caps := s.policy.Caps
	if caps.Run == 0 {
		caps.Run = money.Max // so that sums can be held
	}
	bySupplier := make(map[string]money.Paise)
	var run money.Paise
	for _, c := range claims {
		if c.refused != nil {
			continue
		}
		supplier, sum, today := bySupplier[c.Debt.Supplier]+c.net, run+c.net, s.world.Journal.SentToday+run+c.net
		over := func(amount, cap money.Paise) bool { return cap > 0 && amount > cap }
		limit := money.Paise(0)
		if s.policy.Type == payment.OnPlatform {
			limit = statute.RailLimit(s.policy.Mode, s.policy.AsOf)
		}
		switch {
		case c.net < s.policy.Minimum:
			c.refused = because(BelowMinimum, "amount", c.net.Grouped(), "minimum", s.policy.Minimum.Grouped())
		case over(c.net, limit):
			c.refused = because(RailLimit, "amount", c.net.Grouped(), "limit", limit.Grouped(), "mode", s.policy.Mode)
		case over(c.net, caps.Invoice):
			c.refused = because(OverCapInvoice, "amount", c.net.Grouped(), "cap", caps.Invoice.Grouped())
		case over(supplier, caps.Supplier):
			c.refused = because(OverCapSupplier, "sum", supplier.Grouped(), "cap", caps.Supplier.Grouped())
		case over(sum, caps.Run):
			c.refused = because(OverCapRun, "sum", sum.Grouped(), "cap", caps.Run.Grouped())
		case over(today, caps.Day):
			c.refused = because(OverCapDay, "sum", today.Grouped(), "cap", caps.Day.Grouped())
		default:
			bySupplier[c.Debt.Supplier], run = supplier, sum
		}
	}
}
