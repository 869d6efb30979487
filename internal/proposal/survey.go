package proposal

import (
	"cmp"
	"slices"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// A survey is the World by the keys under which Propose looks things up. Its
// lists are sorted, so that of several hits the first is always the same.
type survey struct {
	policy Policy
	world  *World

	unmatched map[string][]Unmatched // by supplier
	credits   map[string]money.Paise // by supplier
	accounts  map[string][]KnownAccount
	holders   map[[16]byte][]Holder
	frozen    map[string]string
	released  map[Release]bool

	releasedAt map[Release]Released

	bills    map[payment.Debt]sums // what all rows of a debt come to
	byNumber map[numberKey][]Bill
	byGross  map[grossKey][]Bill

	invoiceByID     map[string]*payment.Invoice
	invoiceByNumber map[invoiceKey][]*payment.Invoice

	past       map[payment.Debt][]pastDebt // by debt, in the order of attempts
	heldParts  map[payment.Debt][]pastDebt // held ones, by debt without its part
	paidTo     map[string][]*Past          // by supplier: those whose money arrived, or may be on its way
	pastIDs    map[string]bool
	references map[string]string    // of requests that are not free, with their objectId
	payables   map[string][]payable // what accounts payable knows by an id
}

// A payable is a debt that accounts payable pays by an id, and where that stands.
type payable struct {
	debt  payment.Debt
	place string
}

type sums struct{ cash, paid money.Paise }

// A numberKey and a grossKey find the bills of one party: of a supplier, or of
// all registrations that share its PAN.
type (
	numberKey struct{ party, number string }
	grossKey  struct {
		party string
		gross money.Paise
	}
)

// parties are the names under which the bills of a supplier are found.
func parties(supplier, pan string) []string {
	if pan == "" {
		return []string{supplier}
	}
	return []string{supplier, "\x00pan:" + pan}
}

type invoiceKey struct{ supplier, number string }

// A pastDebt is what a past instruction pays of a debt.
type pastDebt struct {
	*Past
	*PastAllocation
}

func newSurvey(policy Policy, candidates []Candidate, w World) *survey {
	s := &survey{
		policy: policy, world: &w,
		unmatched: make(map[string][]Unmatched), credits: make(map[string]money.Paise),
		accounts: make(map[string][]KnownAccount), holders: make(map[[16]byte][]Holder),
		frozen: make(map[string]string), released: make(map[Release]bool), releasedAt: make(map[Release]Released),
		bills: make(map[payment.Debt]sums), byNumber: make(map[numberKey][]Bill), byGross: make(map[grossKey][]Bill),
		invoiceByID: make(map[string]*payment.Invoice), invoiceByNumber: make(map[invoiceKey][]*payment.Invoice),
		past: make(map[payment.Debt][]pastDebt), heldParts: make(map[payment.Debt][]pastDebt),
		paidTo: make(map[string][]*Past), pastIDs: make(map[string]bool), references: make(map[string]string),
		payables: make(map[string][]payable),
	}
	for _, u := range sorted(w.Unmatched, func(a, b Unmatched) int {
		return cmp.Or(strings.Compare(a.ObjectID, b.ObjectID), strings.Compare(a.NumberKey, b.NumberKey), cmp.Compare(a.Net, b.Net))
	}) {
		s.unmatched[u.Supplier] = append(s.unmatched[u.Supplier], u)
	}
	for _, a := range w.Accounts {
		s.accounts[a.Supplier] = append(s.accounts[a.Supplier], a)
	}
	s.noteLedgers(candidates)
	s.noteInvoices()
	s.noteJournal()
	return s
}

func sorted[T any](list []T, compare func(a, b T) int) []T {
	c := slices.Clone(list)
	slices.SortFunc(c, compare)
	return c
}

// noteLedgers keeps what the books hold besides the candidates. A candidate is
// itself a row of the books, whether or not it was given as one.
func (s *survey) noteLedgers(candidates []Candidate) {
	for _, h := range sorted(s.world.Holders, func(a, b Holder) int {
		return cmp.Or(strings.Compare(a.Supplier, b.Supplier), strings.Compare(a.Name, b.Name), strings.Compare(a.PAN, b.PAN))
	}) {
		if h.Account.Fingerprint != [16]byte{} {
			s.holders[h.Account.Fingerprint] = append(s.holders[h.Account.Fingerprint], h)
		}
	}
	for _, b := range sorted(s.world.Bills, compareBills) {
		had := s.bills[b.Debt]
		s.bills[b.Debt] = sums{had.cash + b.Cash, had.paid + b.CashPaid}
		s.index(b)
		s.notePayable(b.PaymentID, payable{b.Debt, b.Number + " at " + b.Source})
	}
	for i := range candidates {
		c := &candidates[i]
		had := s.bills[c.Debt]
		s.bills[c.Debt] = sums{max(had.cash, c.Cash), max(had.paid, c.CashPaid)}
	}
}

func (s *survey) notePayable(id string, p payable) {
	if id != "" && !slices.Contains(s.payables[id], p) {
		s.payables[id] = append(s.payables[id], p)
	}
}

// index makes a bill be found by its number, and by its amount where it has one.
func (s *survey) index(b Bill) {
	for _, party := range parties(b.Debt.Supplier, b.PAN) {
		n := numberKey{party, b.Debt.NumberKey}
		s.byNumber[n] = append(s.byNumber[n], b)
		if g := (grossKey{party, b.Gross}); b.Gross > 0 {
			s.byGross[g] = append(s.byGross[g], b)
		}
	}
}

func compareBills(a, b Bill) int {
	return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Number, b.Number), compareDebts(a.Debt, b.Debt))
}

func (s *survey) noteInvoices() {
	for i := range s.world.Invoices {
		v := &s.world.Invoices[i]
		s.invoiceByID[v.ID] = v
		if v.Supplier != "" && v.Key != "" {
			k := invoiceKey{v.Supplier, v.Key}
			s.invoiceByNumber[k] = append(s.invoiceByNumber[k], v)
		}
	}
}

// invoiceOf returns what the platform says of the candidate's invoice: by the
// id in the books, else by its number where that names one invoice.
func (s *survey) invoiceOf(c *Candidate) *payment.Invoice {
	if c.InvoiceID != "" {
		return s.invoiceByID[c.InvoiceID]
	}
	if named := s.invoicesNamed(c); len(named) == 1 {
		return named[0]
	}
	return nil
}

// invoicesNamed returns the platform's invoices that bear the candidate's number.
func (s *survey) invoicesNamed(c *Candidate) []*payment.Invoice {
	if c.Debt.Supplier == "" || c.Debt.NumberKey == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.invoiceByNumber[invoiceKey{c.Debt.Supplier, c.Debt.NumberKey}]),
		func(v *payment.Invoice) bool { return v.Buyer != "" && v.Buyer != c.Debt.Buyer })
}

func (s *survey) noteJournal() {
	j := &s.world.Journal
	for _, f := range sorted(j.Frozen, func(a, b Frozen) int {
		return cmp.Or(strings.Compare(a.Supplier, b.Supplier), strings.Compare(a.Why, b.Why))
	}) {
		if had := s.frozen[f.Supplier]; had != "" {
			f.Why = had + "; " + f.Why
		}
		s.frozen[f.Supplier] = f.Why
	}
	for _, r := range j.Released {
		s.released[r.Release] = true
		s.releasedAt[r.Release] = r
	}
	past := sorted(j.Instructions, func(a, b Past) int {
		return cmp.Or(cmp.Compare(a.Attempt, b.Attempt), strings.Compare(a.ObjectID, b.ObjectID))
	})
	for i := range past {
		p := &past[i]
		s.pastIDs[p.ObjectID] = true
		if p.Paid || p.Sent && slices.ContainsFunc(p.Allocations, func(a PastAllocation) bool { return a.Held }) {
			s.paidTo[p.Supplier] = append(s.paidTo[p.Supplier], p)
		}
		for k := range p.Allocations {
			a := &p.Allocations[k]
			s.past[a.Debt] = append(s.past[a.Debt], pastDebt{p, a})
			if !a.Held {
				continue
			}
			s.references[party.UTR(p.Reference)] = p.ObjectID
			s.notePayable(a.PaymentID, payable{a.Debt, a.Number + " in instruction " + p.ObjectID})
			whole := a.Debt
			whole.Part = ""
			s.heldParts[whole] = append(s.heldParts[whole], pastDebt{p, a})
		}
	}
	s.indexJournal(past)
}

// indexJournal makes what the journal holds be found as if it were still in the
// books, from which a ledger of open items drops it once it is paid. It knows no
// day, but the financial year, and the invoice was over the cash that is owed in
// all with what was settled without cash: a credit note that was netted is a part
// of both.
func (s *survey) indexJournal(past []Past) {
	settled := make(map[payment.Debt]money.Paise)
	held := func(do func(*Past, *PastAllocation)) {
		for i := range past {
			for k := range past[i].Allocations {
				if a := &past[i].Allocations[k]; a.Held {
					do(&past[i], a)
				}
			}
		}
	}
	held(func(_ *Past, a *PastAllocation) {
		settled[a.Debt] += a.Adjustment
		for _, note := range a.Credits {
			settled[a.Debt] -= note.Value
		}
	})
	held(func(p *Past, a *PastAllocation) {
		s.index(Bill{Debt: a.Debt, PAN: p.PAN, Number: a.Number, Source: "instruction " + p.ObjectID, Gross: a.Owed + settled[a.Debt]})
	})
}

// turn says which instalment of its debt a candidate would pay and at which
// attempt, and whether it is a second one: whether something was sent for it
// that failed or came back.
func (s *survey) turn(c *Candidate) (instalment, attempt int, second bool) {
	held := make(map[int]bool)
	for _, p := range s.past[c.Debt] {
		if p.Held {
			held[p.Instalment] = true
		}
	}
	for instalment = 1; held[instalment]; instalment++ {
	}
	attempt, second = 1, c.SecondAttempt
	for _, p := range s.past[c.Debt] {
		if p.Instalment == instalment {
			attempt = max(attempt, p.Attempt+1)
		}
		second = second || p.Sent && !p.Held
	}
	return instalment, attempt, second
}
