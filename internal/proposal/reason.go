package proposal

import (
	"slices"
	"strings"
)

// A Reason is why a due item is left out of a proposal: a code that programs may
// rely on. The empty Reason means that it is in.
type Reason string

// The reasons, in the order in which they are looked for: what can be no payment
// at all; what the journal knows; what is read too badly for anything to be
// concluded from it; what would pay twice; what would pay the wrong one; what
// the books, the platform or the rail refuse; and what is not wanted yet. Of
// several that apply the first is said.
const (
	NothingToPay     Reason = "NOTHING_TO_PAY"
	SupplierUnknown  Reason = "SUPPLIER_UNKNOWN"
	AlreadySubmitted Reason = "ALREADY_SUBMITTED"
	OwedChanged      Reason = "OWED_CHANGED"
	Quarantine       Reason = "FILE_QUARANTINED"
	LogLost          Reason = "EVENTS_UNREADABLE"
	StaleLedger      Reason = "STALE_LEDGER"
	UnmatchedPayment Reason = "UNMATCHED_PAYMENT"
	UTRReported      Reason = "UTR_REPORTED"
	TransferInPart   Reason = "TRANSFER_IN_PART"
	OtherYear        Reason = "SAME_NUMBER_OTHER_YEAR"
	NearDuplicate    Reason = "NEAR_DUPLICATE"
	SupplierFrozen   Reason = "SUPPLIER_FROZEN"
	BankChanged      Reason = "BANK_DETAILS_CHANGED"
	AccountShared    Reason = "ACCOUNT_SHARED"
	FirstPayment     Reason = "FIRST_PAYMENT"
	OnHold           Reason = "ON_HOLD"
	InvoiceFinanced  Reason = "INVOICE_FINANCED"
	InvoiceStatus    Reason = "INVOICE_STATUS"
	NotConfirmed     Reason = "INVOICE_NOT_CONFIRMED"
	InvoiceStale     Reason = "INVOICE_STALE"
	NoInvoice        Reason = "NO_PLATFORM_INVOICE"
	NoPaymentID      Reason = "NO_PAYMENT_ID"
	NoUTR            Reason = "NO_UTR"
	InvalidField     Reason = "INVALID_FIELD"
	AmountsDisagree  Reason = "AMOUNTS_DISAGREE"
	AttemptWaits     Reason = "SECOND_ATTEMPT_WAITS"
	SecondAttempt    Reason = "SECOND_ATTEMPT"
	InstalmentWaits  Reason = "INSTALMENT_WAITS"
	OpenCredit       Reason = "OPEN_CREDIT"
	BelowMinimum     Reason = "BELOW_MINIMUM"
	RailLimit        Reason = "RAIL_LIMIT"
	OverCapInvoice   Reason = "OVER_CAP_INVOICE"
	OverCapSupplier  Reason = "OVER_CAP_SUPPLIER"
	OverCapRun       Reason = "OVER_CAP_RUN"
	OverCapDay       Reason = "OVER_CAP_DAY"
)

// A ReasonInfo describes a reason for people; the lines of a proposal and the
// documentation are made of it.
type ReasonInfo struct {
	Reason   Reason
	Sentence string // what is the matter; {names} stand for what differs from line to line
	Remedy   string // what to do
	Release  string // what two people release to lift it: account, debt, supplier; empty where nothing does
}

// Reasons lists all of them in the order in which they are looked for.
func Reasons() []ReasonInfo { return slices.Clone(reasons[:]) }

// reasons is the one table of what is known of a reason; nothing writes to it.
var reasons = [...]ReasonInfo{
	{NothingToPay, "the amount to pay is {amount}", "if the books are right, nothing", ""},
	{SupplierUnknown, "the supplier has no B2B id", "add it to the ledger or to the supplier master", ""},
	{AlreadySubmitted, "the journal has instruction {id} for it, which is {state}", "wait for its outcome, or settle it with resolve; never pay it by another way meanwhile", ""},
	{OwedChanged, "the books owe {now} in all, and owed {then} when it was first paid", "find out why it grew; a debt is never paid beyond what it was at first sight, so book the difference as an invoice of its own", ""},
	{Quarantine, "its ledger file holds rows that could not be read", "mend them and load the file again", ""},
	{LogLost, "a part of {file} is lost, and with it perhaps the payment of this item", "bring the whole file back", ""},
	{StaleLedger, "nothing may be paid out of its ledger file: {why}", "export the ledger again, or give the right business date", ""},
	{UnmatchedPayment, "payment {id} of {amount} to this supplier has the same number or amount and matches no item", "settle it first; where it was for an invoice that has left the books, bring that row back into the ledger with what was paid", ""},
	{UTRReported, "its bank reference is already that of payment {id}", "one transfer is reported once: correct the reference in the books, or match the item to that payment", ""},
	{TransferInPart, "its bank reference also paid {number} at {source}, which is left out", "settle that one, or give rows of one invoice parts: a transfer is reported whole, once", ""},
	{OtherYear, "{number} at {source}, of another year, has the same number", "compare the two documents; if both are owed, two people release this one", "debt"},
	{NearDuplicate, "{number} at {source} has nearly the same number and the same amount", "compare the two documents; if both are owed, two people release this one", "debt"},
	{SupplierFrozen, "payments to the supplier are stopped: {why}", "look into it; then two people release the supplier", "supplier"},
	{BankChanged, "the last payment to this supplier went to {account}{released}", "ask the supplier on a number you know, not on the invoice's; then two people release the account", "account"},
	{AccountShared, "its account is also that of {supplier}{released}", "ask both suppliers on numbers you know; then two people release the account", "account"},
	{FirstPayment, "no payment to the {account} is known{released}", "ask the supplier on a number you know, not on the invoice's; then two people release the account", "account"},
	{OnHold, "it is on hold: {why}", "settle that first", ""},
	{InvoiceFinanced, "a financier bids on the invoice, so that the money may belong to another", "find out who is to be paid, and settle it by hand", ""},
	{InvoiceStatus, "the platform shows the invoice as {status}", "find out why; such an invoice is not paid", ""},
	{NotConfirmed, "the platform has the invoice, and {response}", "accept it there, or have the books show it as CONFIRMED", ""},
	{InvoiceStale, "the books have version {have} of the invoice, and the platform version {want}", "load the new version into the books, and look at what changed", ""},
	{NoInvoice, "the platform's id of the invoice is not known{why}", "bring it into the ledger", ""},
	{NoPaymentID, "the books have no id by which EnKash's accounts payable knows it", "bring it into the ledger's column payment_id", ""},
	{NoUTR, "the books have no bank reference of the payment to report", "book it", ""},
	{InvalidField, "{field} {fault}, so that no payment can be made of it", "mend it in the books", ""},
	{AmountsDisagree, "with this payment {total} of {open} would be settled, and the invoice is over {gross}", "mend the amounts of the row", ""},
	{AttemptWaits, "instruction {id} for it failed or came back less than {hours} hours ago", "wait: a late success may still come", ""},
	{SecondAttempt, "a payment for it failed or came back before", "find out why; then make a proposal by hand (reconcile propose), which a person approves", ""},
	{InstalmentWaits, "the row at {source} is of the same invoice and is paid first", "it comes into the next proposal once that is paid; or give the rows parts", ""},
	{OpenCredit, "the supplier has open credits of {amount}", "net them in the books first", ""},
	{BelowMinimum, "{amount} is below the smallest payment of {minimum}", "it is paid with the next invoice once the books put the two together", ""},
	{RailLimit, "{amount} is more than the {limit} that {mode} carries at once", "pay it by another mode", ""},
	{OverCapInvoice, "{amount} is over the cap of {cap} for one invoice", "raise the cap, or pay it by hand", ""},
	{OverCapSupplier, "with it the supplier would get {sum}, over the cap of {cap}", "it comes into the next proposal; or raise the cap", ""},
	{OverCapRun, "with it the proposal would come to {sum}, over the cap of {cap}", "it comes into the next proposal; or raise the cap", ""},
	{OverCapDay, "with it {sum} would be sent today, over the cap of {cap}", "it comes into the next proposal; or raise the cap", ""},
}

// rank is where a reason stands among them; below 0 where it is none.
func rank(reason Reason) int {
	return slices.IndexFunc(reasons[:], func(r ReasonInfo) bool { return r.Reason == reason })
}

// A refusal is a reason with the words of its line.
type refusal struct {
	reason Reason
	why    string
}

// because makes the sentence of a reason; words are names and values in turn.
func because(reason Reason, words ...string) *refusal {
	info := &reasons[rank(reason)]
	for i := 0; i < len(words); i += 2 {
		words[i] = "{" + words[i] + "}"
	}
	return &refusal{reason, strings.NewReplacer(words...).Replace(info.Sentence) + "; " + info.Remedy}
}
