package sandbox

import (
	"cmp"
	"fmt"
	"slices"

	"reconcile/internal/money"
)

// Books are what the sandbox did, against which the caller's own books are
// judged. They count by what the requests say and know nothing of the caller's
// keys: another spelling of an invoice number is another debt here.
type Books struct {
	Requests   []Request   // in the order in which their bodies were complete
	Executions []Execution // in the order in which the money moved
}

// A Request is one body that came.
type Request struct {
	N        int    `json:"n"`                   // from 1, in this file of state
	Path     string `json:"path"`                // of the API page
	ObjectID string `json:"object_id,omitempty"` // of the payment; the paymentIds joined by commas on PayablePath; empty where the body has none
	SHA256   string `json:"sha256"`              // of the body as it came, in hexadecimal
	Bytes    int    `json:"bytes"`
	Refused  string `json:"refused,omitempty"` // why it was not taken; empty where it was
	Fault    Fault  `json:"fault,omitzero"`
}

// An Execution is one movement of money.
type Execution struct {
	N        int    `json:"n"` // of its request
	ObjectID string `json:"object_id"`
	Buyer    string `json:"buyer,omitempty"` // B2B ids; empty on PayablePath
	Supplier string `json:"supplier,omitempty"`
	Type     string `json:"type"` // ONPLATFORM or OFFPLATFORM; INVOICE, GST and so on, on PayablePath
	UTR      string `json:"utr"`
	Lines    []Paid `json:"lines"`
}

// Paid is what an execution paid of one debt.
type Paid struct {
	Number        string      `json:"number"` // of the supplier's invoice; the paymentId on PayablePath
	Net           money.Paise `json:"net"`
	ReturnedAfter int         `json:"returned_after,omitempty"` // how many executions there were when evidence of its return was delivered; 0 while there is none
}

// Returned tells whether the money came back.
func (p Paid) Returned() bool { return p.ReturnedAfter > 0 }

// A Debt is an invoice as the requests name it.
type Debt struct{ Buyer, Supplier, Number string }

// String names the debt for a person.
func (d Debt) String() string { return d.Buyer + " to " + d.Supplier + ", " + d.Number }

// A DebtTotal is what became of one debt.
type DebtTotal struct {
	Debt               Debt
	Executed, Returned int         // times
	Most               int         // executed less returned, at the worst moment
	Net                money.Paise // executed less returned
}

// An ObjectTotal is what became of one payment.
type ObjectTotal struct {
	ObjectID           string
	Requests           int // bodies that came to PayPath or PayablePath, refused ones too
	Bodies             int // distinct ones among them
	Executed, Returned int // times; returned when every line is
	Net                money.Paise
}

// Debts sums the executions by debt, in the order of buyer, supplier and number.
func (b Books) Debts() []DebtTotal {
	totals := map[Debt]*DebtTotal{}
	returns := map[Debt][]int{}
	for i, e := range b.Executions {
		for _, l := range e.Lines {
			d := Debt{e.Buyer, e.Supplier, l.Number}
			t := totals[d]
			if t == nil {
				t = &DebtTotal{Debt: d}
				totals[d] = t
			}
			t.Executed++
			t.Net += l.Net
			if l.Returned() {
				t.Returned++
				t.Net -= l.Net
				returns[d] = append(returns[d], l.ReturnedAfter)
			}
			live := t.Executed
			for _, after := range returns[d] {
				if after <= i { // before this execution, which is the one after i others
					live--
				}
			}
			t.Most = max(t.Most, live)
		}
	}
	all := make([]DebtTotal, 0, len(totals))
	for _, t := range totals {
		all = append(all, *t)
	}
	slices.SortFunc(all, func(x, y DebtTotal) int {
		return cmp.Or(cmp.Compare(x.Debt.Buyer, y.Debt.Buyer), cmp.Compare(x.Debt.Supplier, y.Debt.Supplier),
			cmp.Compare(x.Debt.Number, y.Debt.Number))
	})
	return all
}

// Objects sums requests and executions by payment, in the order of objectId.
func (b Books) Objects() []ObjectTotal {
	totals := map[string]*ObjectTotal{}
	of := func(id string) *ObjectTotal {
		if totals[id] == nil {
			totals[id] = &ObjectTotal{ObjectID: id}
		}
		return totals[id]
	}
	bodies := map[[2]string]bool{}
	for _, r := range b.Requests {
		if r.Path == ConfirmPath || r.ObjectID == "" {
			continue
		}
		t := of(r.ObjectID)
		t.Requests++
		if body := [2]string{r.ObjectID, r.SHA256}; !bodies[body] {
			bodies[body] = true
			t.Bodies++
		}
	}
	for _, e := range b.Executions {
		t := of(e.ObjectID)
		t.Executed++
		open := false
		for _, l := range e.Lines {
			if !l.Returned() {
				t.Net += l.Net
				open = true
			}
		}
		if !open {
			t.Returned++
		}
	}
	all := make([]ObjectTotal, 0, len(totals))
	for _, t := range totals {
		all = append(all, *t)
	}
	slices.SortFunc(all, func(x, y ObjectTotal) int { return cmp.Compare(x.ObjectID, y.ObjectID) })
	return all
}

// Twice says in sentences what must never be: a debt for which executed −
// returned exceeded one at some moment, and a payment that was asked for more than once. A caller
// that pays debts in instalments judges by Debts and what is owed instead.
func (b Books) Twice() []string {
	var said []string
	for _, d := range b.Debts() {
		if d.Most > 1 {
			said = append(said, fmt.Sprintf("the debt %s was paid %d times and returned %d times, and %d payments of it stood at once",
				d.Debt, d.Executed, d.Returned, d.Most))
		}
	}
	for _, o := range b.Objects() {
		if o.Requests > 1 {
			said = append(said, fmt.Sprintf("the payment %s was asked for %d times with %d bodies", o.ObjectID, o.Requests, o.Bodies))
		}
	}
	return said
}
