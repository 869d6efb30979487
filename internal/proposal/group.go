package proposal

import (
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
	off := s.policy.Type == payment.OffPlatform
	var bundles []*bundle
	open := make(map[groupKey]*bundle)
	references := make(map[string]groupKey)
	for _, c := range claims {
		if c.refused != nil {
			continue
		}
		key := groupKey{
			buyer: c.Debt.Buyer, supplier: c.Debt.Supplier, mode: c.mode(s.policy),
			payee: c.payee, fingerprint: c.Account.Fingerprint, attempt: c.attempt,
		}
		if off {
			key.utr, key.attempt = c.UTR, 0
			if c.refused = oneTransfer(references, key); c.refused != nil {
				continue
			}
		}
		b := open[key]
		switch full := b != nil && b.full(s.policy, c); {
		case full && off && !numbersRepeat(key.mode):
			c.refused = because(InvalidField, "field", "the bank reference", "fault", "stands for more than 50 invoices")
			continue
		case b == nil || full:
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

// oneTransfer: a bank reference stands in one request alone.
func oneTransfer(references map[string]groupKey, key groupKey) *refusal {
	if numbersRepeat(key.mode) {
		return nil
	}
	utr := party.UTR(key.utr)
	if other, used := references[utr]; used && other != key {
		return because(InvalidField, "field", "the bank reference", "fault", "also stands for other parties, another account or another mode")
	}
	references[utr] = key
	return nil
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
