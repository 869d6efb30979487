package payment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/money"
)

// A Candidate is an item that its place in the books makes a payment of:
// ONPLATFORM what is due, OFFPLATFORM what the books say was paid elsewhere.
type Candidate struct {
	ProposalLine
	UTR         string // how the books say it was paid; OFFPLATFORM only
	Quarantined bool   // its file holds rows that could not be read
	LostLog     string // an event log of which a part is lost; empty where none is
	BankChange  string // how the account last paid differs from the ledger's; empty where it does not
}

// Unmatched is money that left, or is leaving, and that no item explains.
type Unmatched struct {
	Supplier  string // B2B id
	NumberKey string
	Net       money.Paise
	ObjectID  string
}

// The reasons why an item is left out of a proposal.
const (
	ReasonSupplierUnknown  = "SUPPLIER_UNKNOWN"
	ReasonQuarantine       = "FILE_QUARANTINED"
	ReasonLogLost          = "EVENTS_UNREADABLE"
	ReasonBankChanged      = "BANK_DETAILS_CHANGED"
	ReasonUnmatchedPayment = "UNMATCHED_PAYMENT"
	ReasonOpenCredit       = "OPEN_CREDIT"
	ReasonNoUTR            = "NO_UTR"
	ReasonNothingToPay     = "NOTHING_TO_PAY"
)

// Propose says of each candidate that it would be proposed, or why not. credits
// holds by supplier what credit notes and advances are open. The order of the
// arguments does not matter; the lines come by buyer, supplier, due date and
// number.
func Propose(t Type, candidates []Candidate, unmatched []Unmatched, credits map[string]money.Paise) []ProposalLine {
	open := make(map[string][]Unmatched)
	for _, u := range unmatched {
		open[u.Supplier] = append(open[u.Supplier], u)
	}
	lines := make([]ProposalLine, 0, len(candidates))
	for _, c := range candidates {
		line := c.ProposalLine
		line.Reason, line.Why = whyNot(t, c, open[c.Debt.Supplier], credits[c.Debt.Supplier])
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b ProposalLine) int {
		return cmp.Or(
			strings.Compare(a.Debt.Buyer, b.Debt.Buyer),
			strings.Compare(a.Debt.Supplier, b.Debt.Supplier),
			cmp.Compare(a.DueDate, b.DueDate),
			strings.Compare(a.Number, b.Number),
			strings.Compare(a.Source, b.Source))
	})
	return lines
}

// whyNot returns the first reason against a candidate, and nothing where there
// is none.
func whyNot(t Type, c Candidate, open []Unmatched, credit money.Paise) (reason, why string) {
	switch {
	case c.Amount <= 0:
		return ReasonNothingToPay, fmt.Sprintf("the amount to pay is %s", c.Amount.Grouped())
	case c.Debt.Supplier == "":
		return ReasonSupplierUnknown, "the supplier has no B2B id; add it to the ledger or to the supplier master"
	case c.Quarantined:
		return ReasonQuarantine, "its ledger file holds rows that could not be read; mend them and load the file again"
	case c.LostLog != "":
		return ReasonLogLost, "a part of " + c.LostLog + " is lost, and with it perhaps the payment of this item; bring the whole file back"
	case t == OnPlatform && c.BankChange != "":
		return ReasonBankChanged, "the last payment to this supplier went to " + c.BankChange + "; ask the supplier on a number you know, not on the invoice's"
	case t == OffPlatform && c.UTR == "":
		return ReasonNoUTR, "the books have no bank reference of the payment to report"
	}
	for _, u := range smallestID(open) {
		if u.Net == c.Amount || u.NumberKey != "" && u.NumberKey == c.Debt.NumberKey {
			return ReasonUnmatchedPayment, fmt.Sprintf("payment %s of %s to this supplier has the same number or amount and matches no item; settle it first", u.ObjectID, u.Net.Grouped())
		}
	}
	if t == OnPlatform && credit != 0 {
		return ReasonOpenCredit, fmt.Sprintf("the supplier has open credits of %s; net them in the books first", credit.Abs().Grouped())
	}
	return "", ""
}

func smallestID(open []Unmatched) []Unmatched {
	sorted := slices.Clone(open)
	slices.SortFunc(sorted, func(a, b Unmatched) int { return strings.Compare(a.ObjectID, b.ObjectID) })
	return sorted
}
