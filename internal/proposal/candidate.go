package proposal

import (
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// A Candidate is a due item, as the books have it and as far as the world has
// paid it: ONPLATFORM what is to be paid, OFFPLATFORM what the books say was
// paid elsewhere. Amounts are those of the ledger row and are not negative.
type Candidate struct {
	Debt         payment.Debt
	PAN          string // of the supplier, as far as its GSTIN or the master tells; reaches no output
	SupplierName string
	Number       string // as the ledger writes it
	Source       string // file:row of the ledger
	Currency     string // upper case

	InvoiceDate, AcceptanceDate, DueDate day.Date

	Amount        money.Paise // cash of this payment: what is to be paid now, or was paid elsewhere
	Gross         money.Paise // invoice_amount
	Cash          money.Paise // C: paid and due by the books
	Taxable       money.Paise // before GST; 0 where unknown
	TDS           money.Paise // tax the buyer withholds
	Section       string      // under which it is withheld, where known
	Adjustment    money.Paise // settled without cash otherwise: credit notes, discounts
	CashPaid      money.Paise // N: what stands on the platform already
	Adjusted      money.Paise // A: what was settled there without cash
	SecondAttempt bool        // a payment of it failed or came back, by the event log
	Failed        Failure     // the latest such payment
	FailedAt      time.Time   // its moment; zero where none can be read

	InvoiceID     string // the platform's objectId of the invoice; often empty
	KeepsIDs      bool   // its file has a column of such ids
	ObjectVersion int    // 0 where unknown
	InvoiceStatus string // upper case; often empty
	PaymentID     string // enkash.api payment: the id that the AP API pays by

	Account     party.Account // its fingerprint reaches no output
	IFSC        string
	Beneficiary string
	VPA         string
	BankChange  string // how the account last paid to the supplier differs from the ledger's; empty where it does not

	UTR         string // OFFPLATFORM: how the books say that it was paid
	Mode        string // OFFPLATFORM: likewise, in the words of the books
	PaymentDate day.Date

	Plan        string // in which it was approved, where that is looked at once more; empty where it is new
	Late        bool   // nothing is netted against it, for it did not compete in the plans that are looked at once more
	Hold        string // why it may not be paid, in words; empty means that nothing of its own is against it
	Quarantined bool   // its file holds rows that could not be read
	Stale       string // why its file is too old to be paid from; empty where it is not

	MSME          string // micro, small, medium or empty
	Trader        bool   // a pure trader, whom the MSMED Act does not protect
	Agreement     bool   // there is a written agreement on the day of payment
	AgreementDays int    // that it agrees, from acceptance; 0 where not known
}

// A Bill is anything the ledgers know to be owed or paid: what a candidate is
// compared with, so that one invoice under two numbers, years or registrations
// is not paid twice.
type Bill struct {
	Debt   payment.Debt
	PAN    string
	Number string
	Source string // file:row of the ledger
	Date   day.Date
	Gross  money.Paise

	Cash     money.Paise // C: paid and due by the books
	CashPaid money.Paise // N: what stands on the platform

	PaymentID string // as a Candidate's
}

// An Unmatched is money that left, or is leaving, and that no item explains.
type Unmatched struct {
	Supplier  string // B2B id
	NumberKey string
	Net       money.Paise
	ObjectID  string
}

// A Credit is what stands against the invoices of a supplier: a credit note, an
// advance, an item below zero.
type Credit struct {
	Buyer, Supplier string // B2B ids
	Number          string // as the ledger writes it
	Source          string
	Date            day.Date    // 0 where the ledger has none
	Amount          money.Paise // what the books show as open, above 0
	Currency        string      // upper case; INR where empty
	InDoubt         bool        // nobody can tell that the amount is open: it is not netted, and payments wait for it
}

// A KnownAccount is an account that a standing payment went to, as far as the
// event log shows it.
type KnownAccount struct {
	Supplier string // B2B id
	Last4    string
	IFSC     string // may be empty
	At       time.Time
	ObjectID string // of the payment
	Plan     string // of ours, as a Past's; empty where it is none
}

// A Holder is a supplier under whom an account stands in the ledgers or in the
// supplier master.
type Holder struct {
	Supplier string // party.Supplier.ID
	Name     string
	PAN      string
	Account  party.Account
}
