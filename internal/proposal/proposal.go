package proposal

import (
	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// A Proposal is what would be sent, and what would not, and why. Its canonical
// JSON is the plan (see Encode), and the SHA-256 of that is what is approved.
type Proposal struct {
	AsOf    day.Date // the business date
	Round   int      // from 1; more where an equal proposal was rejected or has expired
	Maker   string   // who proposed: a person's login, or the service's
	BaseURL string   // scheme and host of the platform; empty where nothing can be sent
	API     string   // req-pay or payment

	Type     payment.Type
	ValidFor int64 // seconds from its registration in the journal

	Funding      []Funding // what must be in which account on which day
	Instructions []Instruction
	Lines        []Line // one for every due item

	Inputs    []Input   // the files it was made from
	Settings  []Setting // what was configured about payments, without secrets
	Overrides []string  // names of settings that the environment overrode
}

// A Funding is the cash that the instructions of one buyer need on one day.
type Funding struct {
	Buyer        string // B2B id
	Date         day.Date
	Instructions int
	Net          money.Paise
}

// An Instruction is one req-pay: one buyer, one supplier, one type, one mode, one
// reference, and one or more invoices (the page Pay Invoice).
type Instruction struct {
	ObjectID string // PMT and 32 characters; see ObjectID
	Attempt  int    // from 1; more after a failure or a return

	Buyer, Supplier string // B2B ids
	SupplierName    string
	Mode            string   // of the eleven of the API page
	Reference       string   // utr of the request: ours, or OFFPLATFORM the bank's
	PaymentDate     day.Date // OFFPLATFORM: when the books say it was paid; else 0

	Payee       Payee
	Allocations []Allocation

	Net, Adjustment, Total money.Paise // the sums over the allocations; Total = Net + Adjustment
}

// A Payee is where the money of an instruction goes.
type Payee struct {
	Last4       string // of the account number; empty where the ledger has none
	IFSC        string
	Beneficiary string
	VPA         string
	// Digest is the SHA-256 over the objectId and the keyed fingerprint of the
	// account, in hexadecimal: another account gives another hash, and nothing
	// can be compared from one instruction to the next. Empty where no account is
	// known.
	Digest string
}

// An Allocation is what an instruction pays of one debt.
type Allocation struct {
	Debt       payment.Debt
	Instalment int // from 1; more where earlier ones of the same debt were paid

	Number        string // the supplier's invoice number as the ledger writes it
	InvoiceID     string // the platform's objectId of the invoice; often empty
	ObjectVersion int    // of that invoice; 0 where unknown
	InvoiceStatus string // of that invoice; often empty
	Source        string // file:row of the ledger
	DueDate       day.Date
	PaymentID     string // enkash.api payment: the id that the AP API pays by

	Gross money.Paise // invoice_amount
	Owed  money.Paise // C, the cash the books say it takes in all: what the debt may never exceed
	Due   money.Paise // dueAmount of the request: what is open before this payment, cash and adjustment

	Net        money.Paise // cash that is sent; above 0
	Adjustment money.Paise // settled without cash: the sum of Splits
	Splits     []Split
}

// A Split says why a part of an invoice is settled without cash: tax withheld, a
// credit note.
type Split struct {
	Name  string // TDS, CREDIT_NOTE, ADJUSTMENT
	Value money.Paise
	RefNo string // section of the Act or number of the note; may be empty
}

// A Line says of one due item that it is in, or why not.
type Line struct {
	Debt          payment.Debt
	SupplierName  string
	Number        string // as the ledger writes it
	Source        string // file:row of the ledger
	DueDate       day.Date
	Amount        money.Paise // cash to be paid
	Instruction   string      // objectId of the instruction it is in; empty where it is left out
	Reason        Reason      // why it is left out; empty where it is in
	Why           string      // the reason as a sentence, with what to do
	PayBy         day.Date    // the day the law or the GST credit asks for, where that comes first; 0 where none
	PayByRule     string      // which rule that is; empty where none
	SecondAttempt bool        // an earlier instruction for it failed or came back: only a person approves it
	Failed        Failure     // which one, the latest; zero where there is none
}

// Competed tells whether open credits could be set against the item: whether it is
// in, or was left out for nothing that is looked for before them.
func (l *Line) Competed() bool { return l.Reason == "" || rank(l.Reason) >= rank(OpenCredit) }

// A Failure is a payment that failed or came back.
type Failure struct {
	ObjectID string
	On       day.Date // 0 where no body has a moment that can be read
	Why      string   // in the words of the answer, and where it stands
}

// An Input is one file that the proposal was made from.
type Input struct{ Path, SHA256 string }

// A Setting is one value of the configuration as it is printed.
type Setting struct{ Name, Value string }

// Total is the cash of all instructions.
func (p *Proposal) Total() money.Paise {
	var sum money.Paise
	for i := range p.Instructions {
		sum += p.Instructions[i].Net
	}
	return sum
}
