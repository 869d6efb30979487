package payment

import "reconcile/internal/day"

// A Debt is what is owed, once: whatever the spelling of the number, the run or
// the machine, one Debt is paid at most once.
type Debt struct {
	Buyer     string // B2B id
	Supplier  string // B2B id; empty where unknown
	NumberKey string // party.NumberKey of the supplier invoice number
	Year      day.FinancialYear
	Part      string
}
