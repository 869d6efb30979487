package proposal

import (
	"slices"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/statute"
)

// A groupKey is what stands above the invoices in a request, and so is the same
// for all of them. Second attempts stand apart from first ones, so that one
// decision is about the one or the other.
type groupKey struct {
	buyer, supplier, mode, utr string
	payee                      Payee
	fingerprint                [16]byte
	attempt                    int
	paidOn                     day.Date // by a mode whose references repeat
}

// A bundle is an instruction that is still open for more.
type bundle struct {
	key     groupKey
	claims  []*claim
	net     money.Paise
	numbers map[string]bool
}

// group makes the instructions, in the order of their most urgent claim.
func (s *survey) group(claims []*claim) []Instruction {
	var bundles []*bundle
	open := make(map[groupKey]*bundle)
	for _, c := range claims {
		if c.refused != nil {
			continue
		}
		key := s.keyOf(c)
		b := open[key]
		if b == nil || b.full(s.policy, c) {
			b = &bundle{key: key, numbers: make(map[string]bool)}
			bundles = append(bundles, b)
			open[key] = b
		}
		b.claims, b.net = append(b.claims, c), b.net+c.net
		b.numbers[c.Debt.NumberKey] = true
	}
	var instructions []Instruction
	for _, b := range bundles {
		instructions = append(instructions, s.instruction(b))
	}
	return instructions
}

// keyOf is what a claim needs of its request.
func (s *survey) keyOf(c *claim) groupKey {
	key := groupKey{
		buyer: c.Debt.Buyer, supplier: c.Debt.Supplier, mode: c.mode(s.policy),
		payee: c.payee, fingerprint: c.Account.Fingerprint, attempt: c.attempt,
	}
	if s.policy.Type == payment.OffPlatform {
		key.utr, key.attempt = c.UTR, 0
		if NumbersRepeat(key.mode) {
			key.paidOn = c.PaymentDate
		}
	}
	return key
}

// transfer is the bank reference by which a claim was paid; empty where nothing was,
// or where it tells no transfer from others.
func (s *survey) transfer(c *claim) string {
	if s.policy.Type != payment.OffPlatform || NumbersRepeat(c.mode(s.policy)) {
		return ""
	}
	return party.UTR(c.UTR)
}

// transfers are the claims that each transfer paid.
func (s *survey) transfers(claims []*claim) map[string][]*claim {
	all := make(map[string][]*claim)
	for _, c := range claims {
		if utr := s.transfer(c); utr != "" {
			all[utr] = append(all[utr], c)
		}
	}
	return all
}

// wholeTransfers: a bank reference stands in one request alone, which tells all that
// the transfer paid; what is left out of it could never be reported after it.
func (s *survey) wholeTransfers(claims []*claim) {
	for _, all := range s.transfers(claims) {
		leftOut := slices.IndexFunc(all, func(c *claim) bool { return c.refused != nil })
		mixed := slices.ContainsFunc(all, func(c *claim) bool { return s.keyOf(c) != s.keyOf(all[0]) })
		for _, c := range all {
			switch {
			case c.refused != nil:
			case mixed:
				c.refused = because(InvalidField, "field", "the bank reference", "fault", "also stands for other parties, another account or another mode")
			case len(all) > MaxInvoices:
				c.refused = because(InvalidField, "field", "the bank reference", "fault", "stands for more than 50 invoices")
			case leftOut >= 0:
				c.refused = because(TransferInPart, "number", all[leftOut].Number, "source", all[leftOut].Source)
			}
		}
	}
}

// full tells whether a claim needs a request of its own. ONPLATFORM two parts of
// an invoice never share one: what the platform answers names the number alone.
// OFFPLATFORM one transfer is one request, whatever it paid.
func (b *bundle) full(p Policy, c *claim) bool {
	if p.Type == payment.OffPlatform {
		return len(b.claims) == MaxInvoices
	}
	limit := statute.RailLimit(p.Mode, p.AsOf)
	return len(b.claims) == p.MaxInvoices || b.numbers[c.Debt.NumberKey] || limit > 0 && b.net+c.net > limit
}

// instruction writes a bundle down.
func (s *survey) instruction(b *bundle) Instruction {
	in := Instruction{
		Attempt: 1, Buyer: b.key.buyer, Supplier: b.key.supplier,
		Mode: b.key.mode, Payee: b.key.payee,
	}
	for _, c := range b.claims {
		a := c.allocation(s)
		in.Allocations = append(in.Allocations, a)
		in.Attempt = max(in.Attempt, c.attempt)
		in.Net += a.Net
		in.Adjustment += a.Adjustment
		if in.SupplierName == "" {
			in.SupplierName = c.SupplierName
		}
	}
	in.Total = in.Net + in.Adjustment
	// An id that the journal has belongs to an instruction that is over.
	for in.ObjectID = ""; in.ObjectID == "" || s.pastIDs[in.ObjectID]; in.Attempt++ {
		in.ObjectID = ObjectID(in.Buyer, in.Supplier, in.Allocations, in.Attempt)
	}
	in.Attempt--
	in.Reference = Reference(in.ObjectID)
	if s.policy.Type == payment.OffPlatform {
		in.Reference, in.PaymentDate = b.key.utr, b.paidOn()
	}
	in.Payee.Digest = PayeeDigest(in.ObjectID, party.Account{Fingerprint: b.key.fingerprint})
	for _, c := range b.claims {
		c.instruction = in.ObjectID
	}
	return in
}

// paidOn is the latest day on which the books say that a transfer was made.
func (b *bundle) paidOn() day.Date {
	var latest day.Date
	for _, c := range b.claims {
		latest = max(latest, c.PaymentDate)
	}
	return latest
}

func (c *claim) allocation(s *survey) Allocation {
	a := Allocation{
		Debt: c.Debt, Instalment: c.instalment,
		Number: c.Number, InvoiceID: c.invoiceID(), ObjectVersion: c.ObjectVersion, InvoiceStatus: c.InvoiceStatus,
		Source: c.Source, DueDate: c.DueDate, PaymentID: c.PaymentID,
		Gross: c.Gross, Owed: s.bills[c.Debt].cash, Due: c.due,
		Net: c.net, Adjustment: c.adjustment(), Splits: c.splits,
	}
	if v := c.invoice; v != nil {
		a.ObjectVersion = max(a.ObjectVersion, v.Version)
		if a.InvoiceStatus == "" && len(v.Statuses) == 1 {
			a.InvoiceStatus = v.Statuses[0]
		}
	}
	return a
}
