//go:build realdata

package job

import (
	"strings"
	"unicode"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
)

// A plan is what the derived log says of one row of a real ledger.
type plan string

const (
	exactly      plan = "exactly"                   // its amount under its number
	confirmed    plan = "confirmed"                 // and the supplier's ACCEPT
	spelt        plan = "spelt"                     // its amount under its number, spelt otherwise
	halves       plan = "halves"                    // two payments that add up to it
	twice        plan = "twice"                     // its amount, and once more
	tooMuch      plan = "too much"                  // the tolerance and one paisa more than its amount
	tooLittle    plan = "too little"                // the tolerance and one paisa less
	failed       plan = "failed"                    // a failure
	reversed     plan = "reversed"                  // a success, then a reversal
	inFlight     plan = "in flight"                 // a request and its acknowledgement
	alsoInFlight plan = "paid, and again in flight" // its amount, and a second request without an answer
	contradicted plan = "contradicted"              // a success and a failure of one payment
	rejected     plan = "rejected"                  // OFFPLATFORM, and the supplier's REJECT
	absent       plan = "absent"                    // nothing at all
	guessed      plan = "guessed"                   // its amount under another number: its own is destroyed
	repeated     plan = "repeated"                  // its amount under a number that other rows share
	left         plan = "repeated, not"             // such a row, and nothing
	nothingOwed  plan = "nothing owed"              // a row of nothing or less: nothing
)

// cycle is given out over the accepted rows in their order: row i has cycle[i mod
// 16] unless it has a reason for another plan.
var cycle = [...]plan{exactly, confirmed, spelt, twice, absent, tooMuch, failed, exactly, inFlight, halves,
	reversed, tooLittle, confirmed, alsoInFlight, contradicted, rejected}

const (
	tolerance = money.Paise(100)
	small     = 10 * tolerance // below it a plan could mean something else, as twice 0.40
	terms     = 14             // days, of every supplier in the master
)

// A derivation is what was made of one ledger.
type derivation struct {
	items    []ledger.Item
	asOf     day.Date // two days after the last payment, so that some are not overdue yet
	plans    []plan
	promised []bool // rows of which the plan alone says what must come out
	changed  map[plan]int
	suppliers
}

// derive gives each row of the ledger its plan. A promise is made of a row whose
// supplier has its number once, in any year, and which is owed; where the
// supplier has no B2B id, no row of another such supplier may have the number.
func derive(items []ledger.Item) *derivation {
	d := &derivation{items: items, suppliers: nameSuppliers(items), changed: make(map[plan]int)}
	type debt struct{ supplier, key string }
	rows := make(map[debt]int)
	destroyed := make(map[string]bool)
	whose := func(it *ledger.Item) string {
		if id := d.of(it).id; id != "" {
			return id
		}
		return "without"
	}
	numbers := make(map[debt]bool)
	for i := range items {
		it := &items[i]
		rows[debt{whose(it), it.Key}]++
		numbers[debt{whose(it), it.Number}] = true
		destroyed[whose(it)] = destroyed[whose(it)] || it.Damaged
		d.asOf = max(d.asOf, it.PaymentDate+2)
	}
	for i := range items {
		it := &items[i]
		p := cycle[i%len(cycle)]
		lone := rows[debt{whose(it), it.Key}] == 1 && it.Key != ""
		switch {
		case it.Type != ledger.Invoice || it.Gross <= 0:
			p = nothingOwed
		case it.Damaged:
			p = guessed
		case !lone && i%3 == 0:
			p = left
		case !lone:
			p = repeated
		case it.Gross < small:
			p = exactly
		case p == spelt:
			if s := respell(it.Number); s == it.Number || party.NumberKey(s) != it.Key || numbers[debt{whose(it), s}] {
				p = exactly
			}
		case p == absent && destroyed[whose(it)]:
			p = exactly // else it could be suggested for what its neighbour was paid
		case whose(it) == "without" && (p == twice || p == halves || p == tooLittle || p == alsoInFlight):
			p = exactly // without a supplier a number takes one line, of its amount
		}
		d.plans = append(d.plans, p)
		d.promised = append(d.promised, lone && !it.Damaged && p != nothingOwed && it.PaymentDate != 0)
		d.changed[p]++
	}
	return d
}

// respell writes an invoice number in another way that has the same key: with
// zeros in front of figures, else in the other case.
func respell(number string) string {
	first := rune(number[0])
	switch {
	case unicode.IsDigit(first):
		return "00" + number
	case strings.ToLower(number) != number:
		return strings.ToLower(number)
	}
	return strings.ToUpper(number)
}

// A payee is a supplier of a real ledger.
type payee struct {
	id     string // B2B id; empty where we do not know it
	paidAs string // B2B id in the log: id, or one that our books have never seen
	listed bool   // in the master, and so with terms
}

// suppliers are those of one ledger, by code where the ledger has codes, else by
// name.
type suppliers struct {
	payees map[string]payee
	master [][]string // lines of the derived supplier master
}

// nameSuppliers gives the suppliers B2B ids, which no public ledger has. Every
// seventh has none; of these, every other stands in the master without one.
func nameSuppliers(items []ledger.Item) suppliers {
	s := suppliers{payees: make(map[string]payee), master: [][]string{{"supplier_code", "supplier_name", "supplier_b2b_id", "terms_days"}}}
	for i := range items {
		it := &items[i]
		key := supplierKey(it)
		if _, seen := s.payees[key]; seen {
			continue
		}
		n := len(s.payees)
		var p payee
		switch {
		case it.Supplier.Anonymous(), n%14 == 6:
			p = payee{paidAs: numbered("RDN", n)}
		case n%14 == 13:
			p = payee{paidAs: numbered("RDN", n), listed: true}
		default:
			p = payee{id: numbered("RDS", n), paidAs: numbered("RDS", n), listed: true}
		}
		s.payees[key] = p
		if p.listed {
			s.master = append(s.master, []string{it.Supplier.Code, it.Supplier.Name, p.id, "14"})
		}
	}
	return s
}

func (s suppliers) of(it *ledger.Item) payee { return s.payees[supplierKey(it)] }

func supplierKey(it *ledger.Item) string {
	if it.Supplier.Code != "" {
		return "code " + strings.TrimLeft(strings.ToUpper(it.Supplier.Code), "0")
	}
	return "name " + party.FoldName(it.Supplier.Name)
}

// An answer is what must be said of an item.
type answer struct {
	Status, Match string
	Paid          money.Paise // N
	Flying        money.Paise // F
	Codes         map[matcher.Code]money.Paise
}

// want says what the plan of a promised row leads to, by sections 5.1 to 5.3 of
// the contract and nothing else. booked: the books call the row paid.
func (d *derivation) want(i int, booked bool) answer {
	it, p, c := &d.items[i], d.plans[i], d.items[i].Gross
	to := d.of(it)
	a := answer{Status: "paid", Match: "exact", Codes: make(map[matcher.Code]money.Paise)}
	age := int(d.asOf - it.PaymentDate)
	due := it.InvoiceDate + terms
	if !to.listed {
		due = 0
		a.Codes[matcher.NoDueDate] = c
	}
	if to.id == "" { // the master was asked, and has none
		a.Codes[matcher.SupplierUnknown] = c
	}
	unpaid := func(held bool) string {
		switch {
		case booked && c > tolerance:
			return "unsupported"
		case c <= tolerance:
			return "closed"
		case due != 0 && due > d.asOf:
			return "not_due"
		case held || due == 0:
			return "on_hold"
		}
		return "due"
	}
	overdue := func() {
		if age > 2 {
			a.Codes[matcher.OutcomeOverdue] = c
		}
	}
	settled := true
	switch p {
	case exactly, halves:
		a.Paid = c
	case confirmed:
		a.Paid, a.Status = c, "confirmed"
	case spelt:
		a.Paid, a.Match = c, "normalised"
		a.Codes[matcher.ReferenceVariant] = 0
	case twice:
		a.Paid = 2 * c
		a.Codes[matcher.DuplicatePayment] = c
	case alsoInFlight:
		a.Paid, a.Flying = c, c
		a.Codes[matcher.DuplicateInFlight] = c
		overdue()
	case tooMuch:
		a.Paid = c + tolerance + 1
		a.Codes[matcher.Overpaid] = tolerance + 1
		if to.id == "" { // number and amount do not agree
			a = answer{Status: unpaid(false), Match: "none", Codes: a.Codes}
			delete(a.Codes, matcher.Overpaid)
			settled = false
		}
	case tooLittle:
		a.Paid, a.Status, settled = c-tolerance-1, "part_paid", false
		if booked {
			a.Codes[matcher.Underpaid] = tolerance + 1
		}
	case failed, reversed:
		a.Status, settled = unpaid(false), false
		a.Codes[matcher.PaymentFailed] = c
	case rejected:
		a.Status, settled = unpaid(true), false
		a.Codes[matcher.SupplierRejected] = c
	case inFlight, contradicted:
		a.Status, a.Flying, settled = "in_flight", c, false
		overdue()
	case absent:
		a.Status, a.Match, settled = unpaid(false), "none", false
	}
	if a.Match == "none" && booked && c > tolerance {
		a.Codes[matcher.PaidWithoutEvent] = c
	}
	if !booked && a.Paid > tolerance && a.Paid <= c+tolerance {
		a.Codes[matcher.LedgerBehind] = a.Paid
	}
	if settled && a.Status != "confirmed" && age > 7 {
		a.Codes[matcher.ConfirmationOverdue] = c
	}
	return a
}
