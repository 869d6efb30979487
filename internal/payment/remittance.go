package payment

import (
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/source"
)

// An Outcome is what the world says became of a payment (contract, section 4).
type Outcome uint8

const (
	Sent    Outcome = iota + 1 // only the request, an acknowledgement or our own journal knows it
	Unknown                    // a result word nobody knows, or evidence that contradicts itself
	Failed
	Paid
	Reversed
)

// String returns the contract's word for it.
func (o Outcome) String() string {
	return [...]string{"", "sent", "unknown", "failed", "paid", "reversed"}[o]
}

// A Confirmation is the supplier's answer for one invoice of a payment.
type Confirmation uint8

const (
	Unconfirmed Confirmation = iota
	Accepted
	Rejected
)

// String returns the contract's word: none, accepted, rejected.
func (c Confirmation) String() string {
	return [...]string{"none", "accepted", "rejected"}[c]
}

// A Type tells whether a payment moves money or reports that it moved. The zero
// Type is none of both and invalid in a request.
type Type uint8

const (
	OnPlatform  Type = iota + 1 // the platform moves the money
	OffPlatform                 // the money moved elsewhere; this reports it
)

// String returns the API's word: ONPLATFORM, OFFPLATFORM.
func (t Type) String() string { return [...]string{"", "ONPLATFORM", "OFFPLATFORM"}[t] }

// A Remittance is one payment as the world tells it, folded from every distinct
// body that speaks of its objectId.
type Remittance struct {
	ObjectID string
	Buyer    string // B2B ids, compared as written
	Supplier string
	Type     Type
	Mode     string // upper case with single spaces; empty where no body has it

	UTR      string // party.UTR; may be empty
	UTRFinal bool   // of a success response or an OFFPLATFORM request; only such a UTR is compared

	Outcome       Outcome
	Conflict      string // why the bodies contradict each other; empty where they do not. Then Outcome is Unknown
	OnlyConfirmed bool   // known by its confirmation alone: its lines carry no amounts

	Time time.Time // ts of the body that gives the lines; zero where it cannot be read
	Date day.Date  // of Time, in the configured zone; 0 where it cannot be read

	// The way it took, as days in the configured zone; 0 where no body says so in a
	// ts that can be read. Of several bodies the earliest counts.
	SentOn day.Date // of the requests
	PaidOn day.Date // of the success responses

	FailedAt time.Time // the latest ts of a failure or a reversal; zero where none can be read
	FailedOn day.Date  // of FailedAt, in the configured zone; 0 with it

	Lines    []Line
	Evidence []Evidence // by file and line; one for each distinct body
	Bodies   []Event    // the same bodies, where Folder.Keep asked for them; without their canonical forms
}

// A Line is one invoice of a payment.
type Line struct {
	Position  int    // from 0, in the body that gives the lines
	InvoiceID string // the platform's objectId of the invoice; may be empty
	Number    string // supplierInvoiceNumber as written, outer spaces aside
	Key       string // party.NumberKey(Number)

	Net        money.Paise // cash: netPaidAmount
	Adjustment money.Paise // tax withheld, credit notes: netAdjustmentAmount
	Total      money.Paise // totalAmount
	Unbalanced string      // why the amounts of the payment do not add up; empty where they do

	Confirmation Confirmation
	AnsweredOn   day.Date // of the earliest confirmation that makes it accepted or rejected; 0 as above
	Last4        string   // trailing visible digits of the account paid, at most four
	IFSC         string   // upper case
}

// Evidence is one thing the outside world said about a payment, and where it
// stands in the log.
type Evidence struct {
	Pos  source.Pos
	Says string // in the contract's words: request, acknowledgement, response SUCCESS, confirmation ACCEPT …
}

// Stands tells whether the line counts as paid: the payment is, and the supplier
// did not reject this invoice of it.
func (r *Remittance) Stands(l *Line) bool {
	return r.Outcome == Paid && l.Confirmation != Rejected
}

// InFlight tells whether the line may still turn out to be paid. When the
// evidence contradicts itself every line is in flight, whatever was confirmed,
// until a person resolves it.
func (r *Remittance) InFlight(l *Line) bool {
	if r.Conflict != "" {
		return true
	}
	return (r.Outcome == Sent || r.Outcome == Unknown) && l.Confirmation != Rejected
}
