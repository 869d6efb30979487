package payment

import (
	"crypto/sha256"

	"reconcile/internal/money"
	"reconcile/internal/source"
)

// A Family tells which of the four payment bodies an event is. The zero Family
// is none of them.
type Family uint8

const (
	Request             Family = iota + 1 // req-pay: somebody asks for the payment
	Acknowledgement                       // an answer that only says that the request arrived
	Response                              // resp-pay: what became of it
	ConfirmationRequest                   // req-pay-confirmation: the supplier's answer
)

// A Result is what a response or an acknowledgement says became of a payment.
type Result uint8

const (
	NoResult    Result = iota // the body is no response
	Success                   // the money moved
	Failure                   // it did not
	Reversal                  // it moved and came back
	OtherResult               // a word nobody knows, or a success with an error code
)

// An Event is what one distinct body says, reduced to what the fold needs. The
// Folder keeps no reference to its slices.
type Event struct {
	Family   Family
	ObjectID string // of the payment
	Buyer    string // B2B ids as written
	Supplier string
	TS       string // as written
	Type     Type   // 0 where the body says neither
	Mode     string // upper case with single spaces
	UTR      string // as written
	Totals   Totals
	Lines    []EventLine // of a confirmation: the invoices it speaks of, without amounts

	Result Result
	Word   string // the result word, upper case, as evidence shows it
	Reject bool   // of a confirmation: REJECT, else ACCEPT

	Sum       [sha256.Size]byte // of the canonical body; copies are known by it
	Canonical []byte            // valid during Add and Settle
	Pos       source.Pos
}

// Totals are the amounts of a whole payment, each of which may be absent.
type Totals struct {
	Net, Adjustment, Total          money.Paise
	HasNet, HasAdjustment, HasTotal bool
}

// An EventLine is one invoice of an event.
type EventLine struct {
	InvoiceID  string // the platform's objectId of the invoice; may be empty
	Number     string // supplierInvoiceNumber, outer spaces aside
	Net        money.Paise
	Adjustment money.Paise
	Total      money.Paise
	Splits     money.Paise // sum of the splits' values
	HasSplits  bool
	Last4      string // trailing visible digits of the account
	IFSC       string // upper case
}
