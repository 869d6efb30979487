package matcher

import (
	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// A Status is where an item stands (contract, section 5.1).
type Status uint8

const (
	Credit Status = iota + 1
	Confirmed
	Paid
	InFlight
	PartPaid
	Outside
	Unsupported
	Closed
	NotDue
	OnHold
	Due
)

// Statuses lists all of them in the order of the contract.
var Statuses = [...]Status{Credit, Confirmed, Paid, InFlight, PartPaid, Outside, Unsupported, Closed, NotDue, OnHold, Due}

// String returns the contract's word for it.
func (s Status) String() string {
	return [...]string{"", "credit", "confirmed", "paid", "in_flight", "part_paid", "outside",
		"unsupported", "closed", "not_due", "on_hold", "due"}[s]
}

// A Rule is how an item and a payment line were brought together, strongest
// first (contract, section 5.2).
type Rule uint8

const (
	Exact Rule = iota + 1
	Normalised
	UTRAmount
	Grouped
	CrossSupplier
	Suggested
	NoMatch
)

// String returns the contract's word for it.
func (r Rule) String() string {
	return [...]string{"", "exact", "normalised", "utr_amount", "group", "cross_supplier", "suggested", "none"}[r]
}

// A Code names a kind of break (contract, section 5.3).
type Code string

// A Break is a difference that a person should know of.
type Break struct {
	Code        Code
	Amount      money.Paise
	Detail      string // one sentence with the figures and the formula; no account numbers
	ExceptionID string // the same from run to run for the same difference
}

// A Share is one payment line, or a part of it, on one item.
type Share struct {
	Remittance *payment.Remittance
	Line       *payment.Line
	Rule       Rule
	Net        money.Paise // the share of the line's net that falls on this item
	Adjustment money.Paise // and of its adjustment
}

// An ItemResult says of one item where it stands, and why.
type ItemResult struct {
	Item         *ledger.Item
	Status       Status
	Rule         Rule
	CashPaid     money.Paise // N: what the standing lines paid
	Adjusted     money.Paise // A: what they settled without cash
	InFlight     money.Paise // F: net of the lines in flight
	Matches      []Share     // by objectId and position; a Suggested one counts as nothing
	Confirmation string      // accepted, rejected, none, partial
	AgeDays      int         // as-of − due date; meaningless without a due date
	Breaks       []Break     // in the order of the contract
	Note         string      // what the matcher could not settle, such as a search given up; often empty
}

// A LineResult says of one payment line where it went.
type LineResult struct {
	Remittance *payment.Remittance
	Line       *payment.Line
	Items      []*ledger.Item // by source, sheet and row; empty where it matched none
	Rule       Rule
	Breaks     []Break
}

// A Result loses nothing: each item has exactly one status, each line is in
// exactly one place. Check proves it, in production too.
type Result struct {
	Items []ItemResult // by supplier, number, source, sheet and row
	Lines []LineResult // by supplier, number, objectId and position
}

// Rules are the settings of a match. The zero Rules compare to the paisa.
type Rules struct {
	AsOf               day.Date    // the business date
	Tolerance          money.Paise // up to which two amounts are equal
	CoversFrom         day.Date    // payments before it are outside the log; 0 means none are
	CoversModes        []string    // upper case; other modes are outside the log; empty means none are
	OutcomeWithin      int         // days within which an outcome is expected
	ConfirmationWithin int         // days within which a supplier confirms
	PostingWithin      int         // days within which the books follow a payment
	LeadDays           int         // how many days before its due date an item may be paid
}
