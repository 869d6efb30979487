package proposal

import (
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// A World is what Propose knows besides the candidates. The order of its lists
// does not matter.
type World struct {
	Bills     []Bill
	Unmatched []Unmatched
	Credits   []Credit
	Accounts  []KnownAccount
	Holders   []Holder
	Invoices  []payment.Invoice // what the platform says of invoices
	UTRs      map[string]string // final bank references of payments that stand or are in flight, with one objectId each
	LostLog   string            // an event log of which a part is lost; empty where none is
	Journal   Journalled
	Now       time.Time // the moment, against which what failed or was released is held
}

// Journalled is what our own journal knows. The zero value is an empty journal.
type Journalled struct {
	Instructions []Past
	Frozen       []Frozen
	Released     []Released
	SentToday    money.Paise // what counts against the cap of the day already
}

// A Past is an instruction of ours, whatever became of it.
type Past struct {
	ObjectID    string
	Plan        string    // the hash of the one in which it was approved
	Supplier    string    // B2B id
	PAN         string    // of the supplier, as a Candidate's
	State       string    // as the journal writes it: SENDING, PAID …
	Paid        bool      // it is PAID: evidence says that the money moved
	Sent        bool      // its bytes may have been on the wire: any state but INTENT and VOID
	Attempt     int       // from 1
	Since       time.Time // of State
	Failed      Failure   // where it failed or came back
	Begun       time.Time // from then on its money may have been on its way; zero where it never was
	PayeeDigest string    // of Payee; empty where no account was known
	Reference   string
	Allocations []PastAllocation
}

// A PastAllocation is what a past instruction pays of one debt.
type PastAllocation struct {
	Debt       payment.Debt
	Instalment int
	Number     string // as the ledger wrote it
	PaymentID  string // by which accounts payable was asked to pay it; empty where it was not
	Owed       money.Paise
	Net        money.Paise
	Adjustment money.Paise // settled without cash
	Held       bool        // it keeps the debt from other instructions
	Credits    []Split     // credit notes that it netted
	Netted     day.Date    // the business date of the plan that netted them
}

// A Released is a Release that two people gave, and when.
type Released struct {
	Release
	At time.Time
	On day.Date // the day of At, as people are told of it
}

// A Frozen supplier is paid nothing until two people release it.
type Frozen struct{ Supplier, Why string }
