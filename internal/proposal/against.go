package proposal

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// against returns the first thing that is against a claim by itself, in the
// order of Reasons, and nil where there is nothing.
func (s *survey) against(c *claim) *refusal {
	for _, ask := range []func(*survey, *claim) *refusal{
		(*survey).nothing, (*survey).nobody,
		(*survey).submitted, (*survey).grown,
		(*survey).inputsInDoubt,
		(*survey).strayPayment, (*survey).reported, (*survey).otherYear, (*survey).nearDuplicate,
		(*survey).payeeInDoubt,
		(*survey).held,
		(*survey).invoiceInDoubt, (*survey).noPaymentID, (*survey).noReference, (*survey).payableTwice, (*survey).invalid, (*survey).unbalanced, (*survey).tooSoon, (*survey).again,
	} {
		if r := ask(s, c); r != nil {
			return r
		}
	}
	return nil
}

func (s *survey) nothing(c *claim) *refusal {
	if c.Amount <= 0 {
		return because(NothingToPay, "amount", c.Amount.Grouped())
	}
	return nil
}

func (s *survey) nobody(c *claim) *refusal {
	if c.Debt.Supplier == "" {
		return because(SupplierUnknown)
	}
	return nil
}

// submitted: the journal holds the debt, or holds what was this debt before the
// books divided the invoice, or put it together again.
func (s *survey) submitted(c *claim) *refusal {
	already := func(p pastDebt) *refusal { return because(AlreadySubmitted, "id", p.ObjectID, "state", p.State) }
	debt := s.bills[c.Debt]
	for _, p := range s.past[c.Debt] {
		if !p.Held {
			continue
		}
		// What is PAID here and not in the event log is paid all the same, and a
		// debt is not paid beyond what it is.
		debt.paid, debt.cash = debt.paid-p.Net, debt.cash-p.Net
		if !p.Paid || debt.paid < 0 || debt.cash < c.Amount {
			return already(p)
		}
	}
	whole := c.Debt
	whole.Part = ""
	for _, p := range s.heldParts[whole] {
		_, known := s.bills[p.Debt]
		if !known && (p.Debt.Part == "") != (c.Debt.Part == "") {
			return already(p)
		}
	}
	return nil
}

// grown: a debt is never paid beyond what it was at first sight.
func (s *survey) grown(c *claim) *refusal {
	now := s.bills[c.Debt].cash
	for _, p := range s.past[c.Debt] {
		if now > p.Owed {
			return because(OwedChanged, "now", now.Grouped(), "then", p.Owed.Grouped())
		}
	}
	return nil
}

func (s *survey) strayPayment(c *claim) *refusal { return s.strayOf(c, c.Amount) }

// strayOf: money that nobody can explain may be the payment of the claim, by its
// number or by this cash.
func (s *survey) strayOf(c *claim, cash money.Paise) *refusal {
	for _, u := range s.unmatched[c.Debt.Supplier] {
		if u.Net == cash || u.NumberKey != "" && u.NumberKey == c.Debt.NumberKey {
			return because(UnmatchedPayment, "id", u.ObjectID, "amount", u.Net.Grouped())
		}
	}
	return nil
}

// reported: one transfer is one payment, except by modes whose numbers repeat.
func (s *survey) reported(c *claim) *refusal {
	if s.policy.Type != payment.OffPlatform || c.UTR == "" || NumbersRepeat(c.mode(s.policy)) {
		return nil
	}
	id := s.references[party.UTR(c.UTR)]
	if id == "" {
		id = s.world.UTRs[party.UTR(c.UTR)]
	}
	if id == "" {
		return nil
	}
	return because(UTRReported, "id", id)
}

// NumbersRepeat tells whether the bank references of a mode repeat by nature, so that
// one tells no payment from others.
func NumbersRepeat(mode string) bool { return mode == "CHEQUE" || mode == "CASH" || mode == "WALLET" }

func (s *survey) inputsInDoubt(c *claim) *refusal {
	switch {
	case c.Quarantined:
		return because(Quarantine)
	case s.world.LostLog != "":
		return because(LogLost, "file", s.world.LostLog)
	case c.Stale != "":
		return because(StaleLedger, "why", c.Stale)
	}
	return nil
}

func (s *survey) held(c *claim) *refusal {
	if c.Hold != "" {
		return because(OnHold, "why", c.Hold)
	}
	return nil
}

// invoiceInDoubt asks what the platform says of the invoice. That it has to be
// accepted and open is asked of money that is still to move.
func (s *survey) invoiceInDoubt(c *claim) *refusal {
	v := c.invoice
	if v != nil && s.policy.Type == payment.OnPlatform {
		if v.Financed {
			return because(InvoiceFinanced)
		}
		for _, status := range v.Statuses {
			if !payableStatus(status) {
				return because(InvoiceStatus, "status", status)
			}
		}
		if r := notConfirmed(c); r != nil {
			return r
		}
	}
	if v != nil && c.ObjectVersion > 0 && c.ObjectVersion < v.Version {
		return because(InvoiceStale, "have", strconv.Itoa(c.ObjectVersion), "want", strconv.Itoa(v.Version))
	}
	if len(s.invoicesNamed(c.Candidate)) > 1 && c.InvoiceID == "" {
		return because(NoInvoice, "why", ": the platform has several of this number")
	}
	if c.invoiceID() == "" && (c.KeepsIDs || s.policy.RequireInvoice) {
		return because(NoInvoice, "why", "")
	}
	return nil
}

// payableStatus: the platform lists no statuses; those of its neighbours are
// known, and any other is a reason to ask. CREATED and SENT TO BUYER wait for
// the buyer, which notConfirmed tells.
func payableStatus(status string) bool {
	return slices.Contains([]string{"CREATED", "SENT TO BUYER", "UNPAID"}, plainStatus(status)) || confirmedStatus(status)
}

// confirmedStatus tells whether a status comes behind the buyer's acceptance.
func confirmedStatus(status string) bool {
	return slices.Contains([]string{"CONFIRMED", "ACCEPTED", "PARTIAL PAID", "PARTIALLY PAID", "PAYMENT PENDING"}, plainStatus(status))
}

func plainStatus(status string) string { return strings.ReplaceAll(status, "_", " ") }

// notConfirmed: an invoice is paid once the buyer has accepted it.
func notConfirmed(c *claim) *refusal {
	switch r := c.invoice.Response; {
	case r == "REJECT" || r == "RETURN":
		return because(NotConfirmed, "response", "we answered "+r)
	case r == "ACCEPT", confirmedStatus(c.InvoiceStatus), slices.ContainsFunc(c.invoice.Statuses, confirmedStatus):
		return nil
	}
	return because(NotConfirmed, "response", "nobody of ours has accepted it")
}

// invoiceID is the platform's id of the invoice, from the books or from the log.
func (c *claim) invoiceID() string {
	if c.InvoiceID == "" && c.invoice != nil {
		return c.invoice.ID
	}
	return c.InvoiceID
}

// noPaymentID: accounts payable pays by an id of its own.
func (s *survey) noPaymentID(c *claim) *refusal {
	if s.policy.API == APIPayment && c.PaymentID == "" {
		return because(NoPaymentID)
	}
	return nil
}

// payableTwice: such an id is there what a debt is here, so that one id for two
// debts would be paid twice.
func (s *survey) payableTwice(c *claim) *refusal {
	if s.policy.API != APIPayment {
		return nil
	}
	for _, other := range s.payables[c.PaymentID] {
		if other.debt != c.Debt {
			return because(InvalidField, "field", "the payment id", "fault", "is also that of "+other.place)
		}
	}
	return nil
}

func (s *survey) noReference(c *claim) *refusal {
	if s.policy.Type == payment.OffPlatform && c.UTR == "" {
		return because(NoUTR)
	}
	return nil
}

// unbalanced: what a payment settles is at most what is open, and that at most
// the invoice.
func (s *survey) unbalanced(c *claim) *refusal {
	total := c.Amount + c.adjustment()
	if c.TDS < 0 || c.Adjustment < 0 || total > c.due || c.due > c.Gross || c.Amount > s.bills[c.Debt].cash {
		return because(AmountsDisagree, "total", total.Grouped(), "open", c.due.Grouped(), "gross", c.Gross.Grouped())
	}
	return nil
}

// attemptAfter is how long a failure is left alone at least: a late success is
// told of within a day.
const attemptAfter = 24 * time.Hour

func (s *survey) tooSoon(c *claim) *refusal {
	waits := func(id string) *refusal {
		return because(AttemptWaits, "id", id, "hours", number(int64(s.policy.AttemptAfter/time.Hour)))
	}
	for _, p := range s.past[c.Debt] {
		if p.Sent && !p.Held && s.world.Now.Sub(p.Since) < s.policy.AttemptAfter {
			return waits(p.ObjectID)
		}
	}
	// A clock elsewhere may be ahead of ours; one that is so by more is wrong.
	if !c.FailedAt.IsZero() && s.world.Now.Sub(c.FailedAt).Abs() < s.policy.AttemptAfter {
		return waits(c.Candidate.Failed.ObjectID)
	}
	return nil
}

// lastFailure returns the latest payment of a candidate that failed or came back,
// by the journal or by the log.
func (s *survey) lastFailure(c *Candidate) Failure {
	last, at := c.Failed, c.FailedAt
	for _, p := range s.past[c.Debt] {
		if p.Sent && !p.Held && !p.Since.Before(at) {
			last, at = p.Failed, p.Since
		}
	}
	return last
}

// again leaves to a person what failed or came back before.
func (s *survey) again(c *claim) *refusal {
	if s.policy.OnceOnly && c.second {
		return because(SecondAttempt)
	}
	return nil
}
