package period

import (
	"cmp"
	"slices"
	"strings"

	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
)

// A Movement is how a balance came about. Opening + New + Cleared + Credits +
// Corrections = Closing; what makes it smaller is negative.
type Movement struct {
	Supplier string `json:"supplier"`
	Name     string `json:"name"`

	Opening     money.Paise `json:"opening"`
	New         money.Paise `json:"new"`         // invoices dated in the period
	Cleared     money.Paise `json:"cleared"`     // paid, or gone from the books
	Credits     money.Paise `json:"credits"`     // credit notes, debit notes, advances, and tax or discounts that came later
	Corrections money.Paise `json:"corrections"` // invoices booked late, and amounts that changed
	Closing     money.Paise `json:"closing"`
}

// A RollForward goes from the balances of one closing to those of the next.
type RollForward struct {
	First     bool       `json:"first"` // there is no closing before: the opening is what the books have of earlier months now
	Total     Movement   `json:"total"`
	Suppliers []Movement `json:"suppliers"` // by id
	Gone      Row        `json:"gone"`      // of Cleared: invoices that had a balance and are in the books no more
	Unpaid    Row        `json:"unpaid"`    // of Gone: those of which no payment of the platform is known
}

// Roll makes the roll-forward. Before is nil where this is the first closing; the
// results tell which payments are known.
func Roll(before, now *Snapshot, result *matcher.Result) RollForward {
	r := RollForward{Gone: Row{What: "Invoices that are in the books no more"}, Unpaid: Row{What: "Of these, without a payment of the platform"}}
	if before == nil {
		r.First = true
		before = &Snapshot{Documents: slices.DeleteFunc(slices.Clone(now.Documents), func(d Document) bool { return d.Date >= now.Period.First() })}
		before.Period = now.Period.Previous()
	}
	bySupplier := make(map[string]*Movement)
	of := func(d *Document) *Movement {
		m := bySupplier[d.Supplier]
		if m == nil {
			m = &Movement{Supplier: d.Supplier}
			bySupplier[d.Supplier] = m
		}
		m.Name = cmp.Or(d.Name, m.Name)
		return m
	}
	was := make(map[string]*Document, len(before.Documents))
	for i := range before.Documents {
		d := &before.Documents[i]
		was[d.Key] = d
		m := of(d)
		m.Opening = plus(m.Opening, d.Balance)
	}
	for i := range now.Documents {
		d := &now.Documents[i]
		m := of(d)
		m.Closing = plus(m.Closing, d.Balance)
		m.move(was[d.Key], d, before.Period)
		delete(was, d.Key)
	}
	for _, d := range was {
		m := of(d)
		if d.Type != invoice {
			m.Credits = plus(m.Credits, -d.Balance)
			continue
		}
		m.Cleared = plus(m.Cleared, -d.Balance)
	}
	paid := make(map[debtName]bool)
	for i := range result.Lines {
		if l := &result.Lines[i]; stands(l.Remittance, l.Line, now.Period.Last()) {
			paid[debtName{l.Remittance.Supplier, l.Line.Key}] = true
		}
	}
	for _, d := range gone(before, now) {
		r.Gone.add(-d.Balance)
		if !paid[debtName{d.Supplier, party.NumberKey(d.Number)}] {
			r.Unpaid.add(-d.Balance)
		}
	}
	for _, m := range bySupplier {
		r.Suppliers = append(r.Suppliers, *m)
	}
	slices.SortFunc(r.Suppliers, func(a, b Movement) int { return strings.Compare(a.Supplier, b.Supplier) })
	for i := range r.Suppliers {
		r.Total.add(&r.Suppliers[i])
	}
	return r
}

// invoice is the word of the contract for what is owed.
const invoice = "invoice"

// move adds what happened to one document that the books have now. Nothing but
// amounts of the books is used: what they call paid is cleared, what they settle
// without cash is a credit, and the rest of a change is a correction.
func (m *Movement) move(was, now *Document, closed Period) {
	if now.Type != invoice {
		before := money.Paise(0)
		if was != nil {
			before = was.Balance
		}
		m.Credits = plus(m.Credits, plus(now.Balance, -before))
		return
	}
	if was == nil {
		m.Cleared = plus(m.Cleared, -now.Paid)
		entered := plus(now.Balance, now.Paid)
		if now.Date > closed.Last() {
			m.New = plus(m.New, entered)
		} else {
			m.Corrections = plus(m.Corrections, entered)
		}
		return
	}
	paid, withheld := plus(now.Paid, -was.Paid), plus(now.Withheld, -was.Withheld)
	m.Cleared = plus(m.Cleared, -paid)
	m.Credits = plus(m.Credits, -withheld)
	m.Corrections = plus(m.Corrections, plus(plus(now.Balance, -was.Balance), plus(paid, withheld)))
}

func (m *Movement) add(o *Movement) {
	m.Opening, m.New, m.Cleared = plus(m.Opening, o.Opening), plus(m.New, o.New), plus(m.Cleared, o.Cleared)
	m.Credits, m.Corrections, m.Closing = plus(m.Credits, o.Credits), plus(m.Corrections, o.Corrections), plus(m.Closing, o.Closing)
}

// Ties tells whether the movement explains the closing balance.
func (m *Movement) Ties() bool {
	return plus(plus(plus(m.Opening, m.New), plus(m.Cleared, m.Credits)), m.Corrections) == m.Closing
}
