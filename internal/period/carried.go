package period

import (
	"cmp"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// A Carried is one line of a payment that a period could not finish with, and that
// the next one takes over.
type Carried struct {
	ObjectID string      `json:"object_id"`
	Position int         `json:"position"` // of the line in its payment, from 0
	Supplier string      `json:"supplier"`
	Number   string      `json:"number"`
	Date     day.Date    `json:"date"` // of the payment
	Net      money.Paise `json:"net"`
	Why      string      `json:"why"`   // one of the words below
	Since    Period      `json:"since"` // the first period that carried it forward
}

// Why a line is carried forward.
const (
	Undecided = "outcome not known" // nobody knows whether it was paid
	Unmatched = "matches no item"   // it was paid, and the books have nothing that it pays
)

// carry returns what is carried out of a period: lines of payments up to its end.
func carry(p Period, result *matcher.Result, before *memory) []Carried {
	var all []Carried
	for i := range result.Lines {
		l := &result.Lines[i]
		r := l.Remittance
		why := ""
		switch {
		case r.Date > p.Last():
		case r.InFlight(l.Line):
			why = Undecided
		case r.Stands(l.Line) && !before.place(l):
			why = Unmatched
		}
		if why == "" {
			continue
		}
		c := Carried{ObjectID: r.ObjectID, Position: l.Line.Position, Supplier: r.Supplier, Number: l.Line.Number, Date: r.Date, Net: l.Line.Net, Why: why}
		c.Since = cmp.Or(before.since[c.key()], p)
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Carried) int {
		return cmp.Or(strings.Compare(a.ObjectID, b.ObjectID), cmp.Compare(a.Position, b.Position))
	})
	return all
}

// stray tells of a line that pays nothing in the books: a likely pair that nobody
// has confirmed counts as nothing.
func stray(l *matcher.LineResult) bool { return len(l.Items) == 0 || l.Rule == matcher.Suggested }

type carriedKey struct {
	objectID string
	position int
}

func (c *Carried) key() carriedKey { return carriedKey{c.ObjectID, c.Position} }

// Cleared returns what the period before carried forward and this one finished with.
func Cleared(before, now *Snapshot) (cleared []Carried) {
	still := make(map[carriedKey]bool, len(now.Carried))
	for i := range now.Carried {
		still[now.Carried[i].key()] = true
	}
	for _, c := range before.Carried {
		if !still[c.key()] {
			cleared = append(cleared, c)
		}
	}
	return cleared
}

// A Late is a payment that is dated in a period which was closed before this was
// known of it: it lands in the next period, with where it came from.
type Late struct {
	ObjectID string      `json:"object_id"`
	Supplier string      `json:"supplier"`                // its B2B id
	Name     string      `json:"supplier_name,omitempty"` // as the books call it; empty where they do not know it
	Numbers  string      `json:"numbers"`                 // of its invoices
	Origin   Period      `json:"origin"`                  // in which it is dated
	Date     day.Date    `json:"date"`
	Outcome  string      `json:"outcome"`
	Was      string      `json:"was"` // its outcome when that period was closed; empty where nothing was known of it
	Net      money.Paise `json:"net"`
}

// LateSince returns the payments dated in or before the period of a snapshot of
// which it knew nothing, or something else; by date and objectId.
func LateSince(known *Snapshot, result *matcher.Result) []Late {
	was := make(map[string]*Known, len(known.Payments))
	for i := range known.Payments {
		was[known.Payments[i].ObjectID] = &known.Payments[i]
	}
	names := make(map[string]string) // by B2B id, the first in the order of the books
	for i := range result.Items {
		if s := &result.Items[i].Item.Supplier; s.B2BID != "" && names[s.B2BID] == "" {
			names[s.B2BID] = s.Name
		}
	}
	byID := make(map[string]*Late)
	for i := range result.Lines {
		r, l := result.Lines[i].Remittance, result.Lines[i].Line
		if r.Date == 0 || r.Date > known.Period.Last() {
			continue
		}
		late := byID[r.ObjectID]
		if late == nil {
			late = &Late{ObjectID: r.ObjectID, Supplier: r.Supplier, Name: names[r.Supplier], Origin: Of(r.Date), Date: r.Date, Outcome: outcome(r)}
			byID[r.ObjectID] = late
		}
		late.Net = plus(late.Net, l.Net)
		if late.Numbers != "" {
			late.Numbers += ", "
		}
		late.Numbers += l.Number
	}
	var all []Late
	for id, late := range byID {
		k := was[id]
		if k != nil && k.Outcome == late.Outcome && k.Net == late.Net {
			continue
		}
		if k != nil {
			late.Was = k.Outcome
		}
		all = append(all, *late)
	}
	slices.SortFunc(all, func(a, b Late) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), strings.Compare(a.ObjectID, b.ObjectID))
	})
	return all
}

// stands tells whether a line counts as paid by the end of a period.
func stands(r *payment.Remittance, l *payment.Line, end day.Date) bool {
	return r.Stands(l) && r.Date <= end
}
