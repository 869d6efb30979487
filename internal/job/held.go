package job

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/journal"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
)

// The kinds of what two people can lift.
const (
	heldSupplier = "supplier" // all payments to one
	heldAccount  = "account"  // one account of one supplier
	heldInvoice  = "invoice"  // one invoice of one supplier, with its parts
	heldLogs     = "event-logs"
)

// A Held is one thing that two people can lift.
type Held struct {
	Kind         string   `json:"kind"`
	Supplier     string   `json:"supplier_b2b_id,omitempty"`
	SupplierName string   `json:"supplier_name,omitempty"`
	Account      string   `json:"account,omitempty"` // its last four digits
	IFSC         string   `json:"ifsc,omitempty"`
	VPA          string   `json:"-"`                 // never shown: who wants to see it looks into the ledger
	Numbers      []string `json:"numbers,omitempty"` // of the invoices that wait for it, as the ledger writes them
	Sources      []string `json:"sources,omitempty"` // where these stand
	Why          string   `json:"why"`               // a code of docs/reasons.md, or in words

	name  string // under which a statement is about this thing alone
	holds []journal.Hold
}

// is tells whether a word tells this thing from others under the same name.
func (h Held) is(word string) bool {
	return word == h.Supplier || word == h.Account || word == h.VPA || slices.Contains(h.Sources, word)
}

// String says what is held, for those who sign.
func (h Held) String() string {
	whose := h.Supplier
	if h.SupplierName != "" {
		whose += ", " + h.SupplierName
	}
	switch h.Kind {
	case heldLogs:
		return h.Why
	case heldSupplier:
		return "all payments to " + whose + ", frozen: " + h.Why
	case heldInvoice:
		return fmt.Sprintf("invoice %s of %s: %s [%s]", h.Numbers[0], whose, strings.Join(h.Sources, ", "), h.Why)
	}
	account := "no account in the books"
	switch {
	case h.Account != "":
		account = "the account ending in " + h.Account
	case h.VPA != "":
		account = "the UPI address"
	}
	if h.IFSC != "" {
		account += " (" + h.IFSC + ")"
	}
	if h.Account != "" && h.VPA != "" {
		account += " with the UPI address"
	}
	more := ""
	if n := len(h.Sources) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("%s of %s: %s at %s%s [%s]", account, whose, h.Numbers[0], h.Sources[0], more, h.Why)
}

// nameOf is under which name a statement is about these things alone. It is made of
// them, however who signs has called them: the words of two people meet under it,
// and those about two things wait beside each other. Several are the invoices of
// one number and one supplier.
func nameOf(things []Held) string {
	if len(things) == 1 {
		return things[0].name
	}
	number := things[0].Numbers[0]
	return things[0].Supplier + " " + cmp.Or(party.NumberKey(number), number)
}

// tellingApart says by which words people can say which of these things they mean.
// Each row is of one thing; two accounts may end alike, and are of one supplier.
func tellingApart(things []Held) string {
	suppliers, accounts := make(map[string]bool), make(map[string]bool)
	for _, h := range things {
		suppliers[h.Supplier] = true
		accounts[h.Account] = true
	}
	ways := "the row of the ledger"
	if len(suppliers) > 1 {
		ways = "the supplier's B2B id or " + ways
	}
	if len(accounts) == len(things) && !accounts[""] {
		ways = "the last four digits of the account or " + ways
	}
	return ways
}

// holdsOf returns what of the journal's is lifted, in a fixed order.
func holdsOf(things []Held) (holds []journal.Hold) {
	for _, h := range things {
		holds = append(holds, h.holds...)
	}
	slices.SortFunc(holds, func(a, b journal.Hold) int {
		return slices.Compare([]string{a.What, a.Subject, a.Key}, []string{b.What, b.Subject, b.Key})
	})
	return holds
}

// maxListed is how many things a message lists.
const maxListed = 10

func listed(things []Held) string {
	texts := make([]string, min(len(things), maxListed))
	for i := range texts {
		texts[i] = fmt.Sprintf("(%d) %s", i+1, things[i])
	}
	if n := len(things) - len(texts); n > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(texts, "; ")
}

// frozenUnder returns what the journal holds under a name.
func frozenUnder(on []journal.Hold, name string) (things []Held) {
	for _, h := range on {
		if h.Subject == name {
			things = append(things, Held{Kind: heldSupplier, Supplier: h.Subject, Why: h.Reason, name: h.Subject, holds: []journal.Hold{h}})
		}
	}
	return things
}

// doubtedUnder returns what the ledger alone holds under a name: accounts of the
// supplier of that B2B id, and invoices of that number. No number speaks for an
// account, for it may be the number of anybody.
func doubtedUnder(plan *proposal.Proposal, candidates []proposal.Candidate, policy proposal.Policy, name string) (things []Held) {
	bySource := make(map[string]*proposal.Candidate, len(candidates))
	for i := range candidates {
		bySource[candidates[i].Source] = &candidates[i]
	}
	kind := make(map[proposal.Reason]string)
	for _, r := range proposal.Reasons() {
		kind[r.Reason] = r.Release
	}
	number := party.NumberKey(name)
	at := make(map[proposal.Release]int) // by what is one thing
	for i := range plan.Lines {
		l := &plan.Lines[i]
		c := bySource[l.Source]
		h := Held{Supplier: l.Debt.Supplier, SupplierName: l.SupplierName, Why: string(l.Reason)}
		var one, lifts proposal.Release
		switch {
		case c == nil:
			continue
		case kind[l.Reason] == "account" && l.Debt.Supplier == name:
			h.Kind, h.Account, h.IFSC, h.VPA = heldAccount, c.Account.Last4, c.IFSC, policy.Address(c)
			lifts = proposal.AccountRelease(l.Debt.Supplier, c.Account, c.IFSC, h.VPA)
			one, h.name = lifts, strings.TrimSpace(l.Debt.Supplier+" account "+c.Account.Last4)
		// That two documents are two is said of each by its number.
		case kind[l.Reason] == "debt" && (l.Number == strings.TrimSpace(name) || number != "" && l.Debt.NumberKey == number):
			h.Kind = heldInvoice
			one, lifts = proposal.DebtRelease(wholeOf(l.Debt)), proposal.DebtRelease(l.Debt)
			h.name = one.Subject
		default:
			continue
		}
		k, known := at[one]
		if !known {
			h.name += " " + one.Key[:8] // accounts may end alike, and registrations of ours have an invoice of one number each
			k, things = len(things), append(things, h)
			at[one] = k
		}
		things[k].add(l, journal.Hold{What: lifts.What, Subject: lifts.Subject, Key: lifts.Key})
	}
	return things
}

// add takes a row of the ledger into what is held.
func (h *Held) add(l *proposal.Line, lifts journal.Hold) {
	h.Numbers, h.Sources = append(h.Numbers, l.Number), append(h.Sources, l.Source)
	if !slices.Contains(h.holds, lifts) {
		h.holds = append(h.holds, lifts)
	}
}

// wholeOf is the invoice that a debt is a part of.
func wholeOf(d payment.Debt) payment.Debt {
	d.Part = ""
	return d
}
