package testbed

import (
	"slices"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// A Payment is one payment as its bodies tell it. Bodies of one kind share their
// ts, so that which of several gives the lines makes no difference.
type Payment struct {
	ObjectID, Buyer, Supplier string
	Type                      payment.Type
	Mode                      string

	Requested bool   // the log holds the request
	Acked     bool   // the log holds an acknowledgement of it
	UTR       string // as the request and every response but a success write it
	FinalUTR  string // as a success response writes it

	Results []string // the result words of its responses, a body each
	Answers []Answer // the supplier's confirmations, a body each

	RequestTime, ResponseTime, AnswerTime time.Time

	Lines []Line
	Off   money.Paise // by how much the totals above the lines exceed their sum

	Truth []LineTruth // one a line; none in a Nasty world
}

// A Line is one invoice of a payment.
type Line struct {
	InvoiceID, Number string
	Net, Adjustment   money.Paise
	TotalOff          money.Paise // by how much its total exceeds net + adjustment
	Invoice           money.Paise // gross amount of the invoice, for the body only
	Account, IFSC     string      // the account number is masked in the body
	Beneficiary       string
}

// An Answer is one confirmation: ACCEPT or REJECT, for the lines at the places.
type Answer struct {
	Says  string
	Lines []int
}

// LineTruth is what must be said of a line, in words of the contract.
type LineTruth struct {
	Rule  string
	Codes []string // in the order of the contract
}

// Remittance folds the payment by section 4 of the contract.
func (p *Payment) Remittance() payment.Remittance {
	says := p.evidence()
	r := payment.Remittance{
		ObjectID:      p.ObjectID,
		Buyer:         p.Buyer,
		Supplier:      p.Supplier,
		Type:          p.Type,
		Mode:          p.Mode,
		OnlyConfirmed: !p.Requested && !p.Acked && len(p.Results) == 0,
		Conflict:      p.conflict(says),
		Time:          p.RequestTime,
	}
	switch {
	case says.success:
		r.UTR = party.UTR(p.FinalUTR)
		r.UTRFinal = true
	case p.Requested || p.Acked:
		r.UTR = party.UTR(p.UTR)
		r.UTRFinal = p.Requested && p.Type == payment.OffPlatform
	}
	switch {
	case r.Conflict != "":
		r.Outcome = payment.Unknown
	case says.reversal:
		r.Outcome = payment.Reversed
	case says.success || says.accept:
		r.Outcome = payment.Paid
	case says.failure:
		r.Outcome = payment.Failed
	case says.unknown:
		r.Outcome = payment.Unknown
	default:
		r.Outcome = payment.Sent
	}
	if len(p.Results) > 0 {
		r.Time = p.ResponseTime
	}
	if r.OnlyConfirmed {
		r.Time, r.Mode = p.AnswerTime, ""
	}
	r.Date = day.In(r.Time, India)
	if p.Requested {
		r.SentOn = day.In(p.RequestTime, India)
	}
	if says.success {
		r.PaidOn = day.In(p.ResponseTime, India)
	}
	if says.failure || says.reversal {
		r.FailedAt, r.FailedOn = p.ResponseTime, day.In(p.ResponseTime, India)
	}
	for i := range p.Lines {
		r.Lines = append(r.Lines, p.fold(i, r.OnlyConfirmed))
	}
	return r
}

func (p *Payment) fold(i int, bare bool) payment.Line {
	l := &p.Lines[i]
	folded := payment.Line{
		Position:     i,
		InvoiceID:    l.InvoiceID,
		Number:       l.Number,
		Key:          party.NumberKey(l.Number),
		Confirmation: p.confirmation(i),
	}
	if folded.Confirmation != payment.Unconfirmed {
		folded.AnsweredOn = day.In(p.AnswerTime, India)
	}
	if bare {
		return folded
	}
	folded.Net, folded.Adjustment, folded.Total = l.Net, l.Adjustment, l.Net+l.Adjustment+l.TotalOff
	folded.IFSC = l.IFSC
	folded.Last4 = l.Account[max(0, len(l.Account)-4):]
	if l.TotalOff.Abs() > 1 || p.Off.Abs() > 1 {
		folded.Unbalanced = "the amounts do not add up"
	}
	return folded
}

type evidence struct{ success, failure, reversal, unknown, accept, reject bool }

func (p *Payment) evidence() evidence {
	var e evidence
	for _, word := range p.Results {
		switch word {
		case "SUCCESS", "SUCCESSFUL", "S":
			e.success = true
		case "FAILURE", "FAILED", "FAIL", "F", "REJECTED":
			e.failure = true
		case "REVERSED", "REVERSAL", "RETURNED":
			e.reversal = true
		default:
			e.unknown = true
		}
	}
	for _, a := range p.Answers {
		e.accept = e.accept || a.Says == "ACCEPT"
		e.reject = e.reject || a.Says == "REJECT"
	}
	return e
}

func (p *Payment) conflict(e evidence) string {
	switch {
	case e.success && e.failure:
		return "success and failure"
	case e.accept && e.failure:
		return "ACCEPT and failure"
	case e.reject && p.Type == payment.OnPlatform:
		return "REJECT of an ONPLATFORM payment"
	case e.success && p.Requested && p.Type == payment.OffPlatform && p.UTR != "" && p.FinalUTR != "" && party.UTR(p.UTR) != party.UTR(p.FinalUTR):
		return "the request and the success name different UTRs"
	}
	for i := range p.Lines {
		if p.says(i, "ACCEPT") && p.says(i, "REJECT") {
			return "ACCEPT and REJECT of one line"
		}
	}
	return ""
}

func (p *Payment) confirmation(i int) payment.Confirmation {
	switch {
	case p.says(i, "REJECT"):
		return payment.Rejected
	case p.says(i, "ACCEPT"):
		return payment.Accepted
	}
	return payment.Unconfirmed
}

func (p *Payment) says(i int, word string) bool {
	return slices.ContainsFunc(p.Answers, func(a Answer) bool { return a.Says == word && slices.Contains(a.Lines, i) })
}
