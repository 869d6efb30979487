package matcher

import "slices"

// The codes of the contract, section 5.3.
const (
	DuplicateInFlight   Code = "DUPLICATE_IN_FLIGHT"
	DuplicatePayment    Code = "DUPLICATE_PAYMENT"
	Overpaid            Code = "OVERPAID"
	LedgerBehind        Code = "LEDGER_BEHIND"
	Underpaid           Code = "UNDERPAID"
	PaidWithoutEvent    Code = "PAID_WITHOUT_EVENT"
	PaymentFailed       Code = "PAYMENT_FAILED"
	SupplierRejected    Code = "SUPPLIER_REJECTED"
	AdjustmentMismatch  Code = "ADJUSTMENT_MISMATCH"
	UTRMismatch         Code = "UTR_MISMATCH"
	ReferenceVariant    Code = "REFERENCE_VARIANT"
	SupplierMismatch    Code = "SUPPLIER_MISMATCH"
	AmbiguousMatch      Code = "AMBIGUOUS_MATCH"
	DuplicateLedgerItem Code = "DUPLICATE_LEDGER_ITEM"
	BankDetailsChanged  Code = "BANK_DETAILS_CHANGED"
	CurrencyMismatch    Code = "CURRENCY_MISMATCH"
	LedgerArithmetic    Code = "LEDGER_ARITHMETIC"
	DamagedKey          Code = "DAMAGED_KEY"
	NoDueDate           Code = "NO_DUE_DATE"
	OutcomeOverdue      Code = "OUTCOME_OVERDUE"
	ConfirmationOverdue Code = "CONFIRMATION_OVERDUE"
	ConfirmedUnseen     Code = "CONFIRMED_UNSEEN"
	UnknownInvoice      Code = "UNKNOWN_INVOICE"
	UTRReused           Code = "UTR_REUSED"
	PaymentArithmetic   Code = "PAYMENT_ARITHMETIC"
	ConflictingEvents   Code = "CONFLICTING_EVENTS"
)

// Codes beyond those of the contract.
const (
	SupplierUnknown   Code = "SUPPLIER_UNKNOWN"
	SupplierAmbiguous Code = "SUPPLIER_AMBIGUOUS"
)

// A Severity says how soon a person should look.
type Severity uint8

const (
	Act    Severity = iota + 1 // money may be lost, or lost twice: today
	Settle                     // books and world differ: before the period closes
	Watch                      // nothing is wrong yet
	Note                       // information
)

// String returns the word that reports show.
func (s Severity) String() string { return [...]string{"", "act", "settle", "watch", "note"}[s] }

// A CodeInfo describes a code for people; reports and documents are made of it.
type CodeInfo struct {
	Code     Code
	OnLine   bool // raised on payment lines; else on items
	Blocks   bool // an item with it is not paid
	Severity Severity
	Meaning  string
}

// Codes lists every code in the order of the contract, which is the order in
// which an item's breaks stand; those beyond it follow.
func Codes() []CodeInfo { return slices.Clone(codes[:]) }

// codes is the one table of what is known of a code; nothing writes to it.
var codes = [...]CodeInfo{
	{Code: DuplicateInFlight, Severity: Act, Meaning: "More is under way than is still owed: the last moment to stop a second payment."},
	{Code: DuplicatePayment, Severity: Act, Meaning: "Paid twice: without one or more of the payments the amount would be right."},
	{Code: Overpaid, Severity: Act, Meaning: "More was paid than the books owe."},
	{Code: LedgerBehind, Severity: Settle, Meaning: "The platform paid what the books still show as due: post the payment."},
	{Code: Underpaid, Severity: Settle, Meaning: "Less was paid than the books say."},
	{Code: PaidWithoutEvent, Severity: Act, Meaning: "The books say it was paid, and no payment event supports it."},
	{Code: PaymentFailed, Severity: Settle, Meaning: "The last payment failed or was reversed, and none has replaced it."},
	{Code: SupplierRejected, Blocks: true, Severity: Act, Meaning: "The supplier rejected the payment, and none has replaced it."},
	{Code: AdjustmentMismatch, Severity: Settle, Meaning: "What was settled without cash differs from the books, or a short payment is explained by tax withheld."},
	{Code: UTRMismatch, Severity: Settle, Meaning: "The bank reference in the books is not the one of the payment."},
	{Code: ReferenceVariant, Severity: Note, Meaning: "Matched although the references are written differently."},
	{Code: SupplierMismatch, Blocks: true, Severity: Act, Meaning: "The payment that bears this number and bank reference went to another supplier."},
	{Code: AmbiguousMatch, Blocks: true, Severity: Settle, Meaning: "Several candidates fit equally well: a person must choose."},
	{Code: DuplicateLedgerItem, Blocks: true, Severity: Act, Meaning: "The ledger lists the same invoice more than once."},
	{Code: BankDetailsChanged, Severity: Act, Meaning: "Paid to another account or IFSC than the ledger has."},
	{Code: CurrencyMismatch, Blocks: true, Severity: Settle, Meaning: "Not in rupees: no amounts were compared."},
	{Code: LedgerArithmetic, Blocks: true, Severity: Settle, Meaning: "The row does not add up: invoice is not tax + adjustment + paid + due."},
	{Code: DamagedKey, Blocks: true, Severity: Settle, Meaning: "A spreadsheet destroyed the invoice number."},
	{Code: NoDueDate, Blocks: true, Severity: Settle, Meaning: "No due date, and none can be worked out."},
	{Code: OutcomeOverdue, Severity: Act, Meaning: "A payment's outcome is still unknown after the time it should take."},
	{Code: ConfirmationOverdue, Severity: Watch, Meaning: "The supplier has not confirmed a payment in the time agreed."},
	{Code: ConfirmedUnseen, OnLine: true, Severity: Act, Meaning: "A supplier confirmed a payment of which nothing else was seen."},
	{Code: UnknownInvoice, OnLine: true, Severity: Act, Meaning: "Money left, or is leaving, for an invoice that the books do not have."},
	{Code: UTRReused, OnLine: true, Severity: Act, Meaning: "Two payments bear the same bank reference."},
	{Code: PaymentArithmetic, OnLine: true, Severity: Settle, Meaning: "The payment does not add up."},
	{Code: ConflictingEvents, OnLine: true, Severity: Act, Meaning: "What was said about the payment contradicts itself."},

	{Code: SupplierUnknown, Severity: Settle, Meaning: "The supplier master has no B2B id for the supplier, so nothing can be proposed."},
	{Code: SupplierAmbiguous, Severity: Settle, Meaning: "Several suppliers of the master fit the row, and none was chosen."},
}

// rank is the place of a code in the contract, -1 for one that is not there.
func rank(code Code) int {
	return slices.IndexFunc(codes[:], func(c CodeInfo) bool { return c.Code == code })
}

// blocking tells whether the code keeps an item from being paid.
func blocking(code Code) bool {
	i := rank(code)
	return i >= 0 && codes[i].Blocks
}
