package proposal

import (
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// A Policy is how a company wants to pay. The zero Caps and switches ask for the
// least; Type, AsOf and Mode have no default.
type Policy struct {
	AsOf     day.Date // the business date
	Round    int      // see Proposal; 1 where 0
	Maker    string
	BaseURL  string
	API      string // req-pay where empty
	Type     payment.Type
	Mode     string // of payment, one of Modes
	ValidFor int64  // seconds

	MaxInvoices    int         // in one instruction, 1 to 50; 1 where 0
	NetCredits     bool        // open credits of a supplier are set against what it is paid; else it waits
	RequireInvoice bool        // only what the platform knows by an objectId is paid
	Minimum        money.Paise // less is not paid; 0 is no limit
	OnceOnly       bool        // what failed or came back before is left to a proposal that a person makes
	Caps           Caps
	AttemptAfter   time.Duration // how long a failure is left alone, at least 24 hours

	Inputs    []Input
	Settings  []Setting
	Overrides []string
}

// Caps are the most cash that may be sent. 0 is no limit.
type Caps struct {
	Invoice  money.Paise // for one item
	Supplier money.Paise // to one supplier in one proposal
	Run      money.Paise // in one proposal
	Day      money.Paise // in a day, with what was sent already
}

// MaxInvoices is how many invoices one instruction may have, whatever the
// configuration says.
const MaxInvoices = 50

// Modes returns the modes of payment of the page Pay Invoice, as it spells them.
func Modes() []string {
	return []string{"INTERNET BANKING", "DEBIT CARD", "CREDIT CARD", "IMPS", "CASH", "UPI", "WALLET", "NEFT",
		"PREPAID CARD", "ACCOUNT TRANSFER", "CHEQUE"}
}
