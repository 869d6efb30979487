package payment

import (
	"reconcile/internal/day"
	"reconcile/internal/money"
)

// A Debt is what is owed, once: whatever the spelling of the number, the run or
// the machine, one Debt is paid at most once.
type Debt struct {
	Buyer     string // B2B id
	Supplier  string // B2B id; empty where unknown
	NumberKey string // party.NumberKey of the supplier invoice number
	Year      day.FinancialYear
	Part      string
}

// A ProposalLine says of one due item that it would be proposed, or why not.
type ProposalLine struct {
	Debt         Debt
	SupplierName string
	Number       string // as the ledger writes it
	Source       string // where the ledger writes it: file:row
	DueDate      day.Date
	Amount       money.Paise // cash to be paid
	Reason       string      // a code of Reasons; empty means that it would be proposed
	Why          string      // the reason as a sentence
}
