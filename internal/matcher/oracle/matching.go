package oracle

import (
	"slices"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// match is section 5.2: the rules, the strongest first.
func (w *world) match() {
	w.claim(matcher.Exact, many, sameInvoiceID)
	w.claim(matcher.Exact, many, sameNumber)
	w.claim(matcher.Normalised, many, sameKey)
	w.claim(matcher.UTRAmount, single, w.sameUTRAndAmount)
	w.group()
	w.unknownSuppliers()
	w.claim(matcher.CrossSupplier, many, sameKeyAndUTR)
	w.claim(matcher.Suggested, single, w.sameAmount)
}

// How often a rule may give an item a line.
type quota bool

const (
	many   quota = true  // also to items that have one, or are ambiguous
	single quota = false // only to items that have none and are not ambiguous; one each
)

// claim applies one rule to all lines at once: it finds the candidates of each,
// then it settles who gets which.
func (w *world) claim(rule matcher.Rule, q quota, agree func(*wire, *row) bool) {
	if q == many {
		settleMany(rule, w.ties(agree))
		return
	}
	for {
		ties := w.ties(func(x *wire, y *row) bool { return y.open() && agree(x, y) })
		if !settleSome(rule, ties) {
			for _, t := range ties {
				t.isAmbiguous()
			}
			return
		}
	}
}

// A tie is all lines that have the same best candidates, both in the order in
// which they are paired. Most ties are one line and one item.
type tie struct {
	wires []*wire
	rows  []*row
}

func (w *world) ties(agree func(*wire, *row) bool) []*tie {
	var ties []*tie
	for _, x := range w.wires {
		if !x.free() {
			continue
		}
		var candidates []*row
		for _, y := range w.rows {
			if y.payable() && agree(x, y) {
				candidates = append(candidates, y)
			}
		}
		if len(candidates) == 0 {
			continue
		}
		best := w.tellApart(x, candidates)
		i := slices.IndexFunc(ties, func(t *tie) bool { return slices.Equal(t.rows, best) })
		if i < 0 {
			i = len(ties)
			ties = append(ties, &tie{rows: best})
		}
		ties[i].wires = append(ties[i].wires, x)
	}
	return ties
}

// settleMany: an item may take any number of lines, so only a line that has
// several equal candidates needs others like it.
func settleMany(rule matcher.Rule, ties []*tie) {
	for _, t := range ties {
		switch {
		case len(t.rows) == 1:
			for _, x := range t.wires {
				x.give(t.rows[0], rule, x.line.Net, x.line.Adjustment)
			}
		case len(t.rows) == len(t.wires):
			t.pair(rule)
		default:
			t.isAmbiguous()
		}
	}
}

// settleSome: an item takes one line, and an item that has one is no candidate
// any more. So the narrowest ties that come out even go first, unless another
// as narrow wants the same item; then all are looked at again. It tells whether
// any tie was settled.
func settleSome(rule matcher.Rule, ties []*tie) bool {
	narrowest := 0
	for _, t := range ties {
		if len(t.rows) == len(t.wires) && (narrowest == 0 || len(t.rows) < narrowest) {
			narrowest = len(t.rows)
		}
	}
	settled := false
	for _, t := range ties {
		contested := slices.ContainsFunc(ties, func(other *tie) bool {
			return other != t && len(other.rows) <= narrowest && overlap(other.rows, t.rows)
		})
		if len(t.rows) == narrowest && len(t.wires) == narrowest && !contested {
			t.pair(rule)
			settled = true
		}
	}
	return settled
}

func (t *tie) pair(rule matcher.Rule) {
	for i, x := range t.wires {
		x.give(t.rows[i], rule, x.line.Net, x.line.Adjustment)
	}
}

func (t *tie) isAmbiguous() {
	for _, x := range t.wires {
		x.ambiguous = true
	}
	for _, y := range t.rows {
		y.ambiguous = true
	}
}

func overlap(a, b []*row) bool {
	return slices.ContainsFunc(a, func(y *row) bool { return slices.Contains(b, y) })
}

// free: stronger rules claim first, a line is used once, and an ambiguous line
// goes to no later rule.
func (x *wire) free() bool { return len(x.rows) == 0 && !x.ambiguous }

// payable: what is no invoice takes part in no match.
func (y *row) payable() bool { return y.item.Type == ledger.Invoice }

// open: for the rules that take only items that have no line and are not
// ambiguous.
func (y *row) open() bool { return len(y.matches) == 0 && !y.ambiguous }

// inRupees: utr_amount, group and suggested leave other currencies alone (5.3,
// CURRENCY_MISMATCH).
func inRupees(it *ledger.Item) bool { return it.Currency == "INR" || it.Currency == "" }

func (x *wire) give(y *row, rule matcher.Rule, net, adjustment money.Paise) {
	x.rows = append(x.rows, y)
	x.rule = rule
	y.matches = append(y.matches, matcher.Share{
		Remittance: x.payment, Line: x.line, Rule: rule, Net: net, Adjustment: adjustment,
	})
}

// tellApart keeps the best of several candidates: by UTR, then by amount, then
// by date.
func (w *world) tellApart(x *wire, candidates []*row) []*row {
	candidates = keepBest(candidates, func(y *row) int {
		switch {
		case finalUTR(x) == "" || y.item.UTR == "":
			return 1
		case finalUTR(x) == y.item.UTR:
			return 2
		}
		return 0
	})
	candidates = keepBest(candidates, func(y *row) int {
		if w.amountFits(x, y) {
			return 1
		}
		return 0
	})
	return keepBest(candidates, func(y *row) int {
		if y.item.InvoiceDate > x.payment.Date {
			return int(day.Date(0))
		}
		return int(y.item.InvoiceDate)
	})
}

func keepBest(candidates []*row, score func(*row) int) []*row {
	var kept []*row
	for _, y := range candidates {
		isBest := true
		for _, other := range candidates {
			isBest = isBest && score(other) <= score(y)
		}
		if isBest {
			kept = append(kept, y)
		}
	}
	return kept
}

// amountFits compares with what is booked as paid, where anything is.
func (w *world) amountFits(x *wire, y *row) bool {
	if y.item.Paid != 0 {
		return near(x.line.Net, y.item.Paid, w.rules.Tolerance)
	}
	return near(x.line.Net, y.item.Cash(), w.rules.Tolerance)
}

// finalUTR: a provisional UTR is shown, never compared (section 4).
func finalUTR(x *wire) string {
	if x.payment.UTRFinal {
		return x.payment.UTR
	}
	return ""
}

// sameInvoiceID: objectIds are unique across all parties, but the contract's
// author lets nothing but cross_supplier cross suppliers (design, decisions).
func sameInvoiceID(x *wire, y *row) bool {
	return samePair(x, y) && x.line.InvoiceID != "" && x.line.InvoiceID == y.item.InvoiceID
}

// samePair: of one buyer and one supplier. Only the rules that go by the number
// name the buyer; the others find what one registration paid for another.
func samePair(x *wire, y *row) bool {
	return sameBuyer(x, y) && sameSupplier(x, y)
}

func sameBuyer(x *wire, y *row) bool { return x.payment.Buyer == y.item.Buyer }

// sameSupplier: of one supplier, who is known.
func sameSupplier(x *wire, y *row) bool {
	return y.item.Supplier.B2BID != "" && x.payment.Supplier == y.item.Supplier.B2BID
}

func sameNumber(x *wire, y *row) bool {
	return samePair(x, y) && numbersAgree(x, y)
}

// numbersAgree: a damaged number says nothing, not even as written.
func numbersAgree(x *wire, y *row) bool {
	return x.line.Number != "" && !y.item.Damaged && x.line.Number == y.item.Number
}

func sameKey(x *wire, y *row) bool { return samePair(x, y) && keysAgree(x, y) }

// keysAgree: an empty key equals nothing, and the key of a damaged number says
// nothing.
func keysAgree(x *wire, y *row) bool {
	return x.line.Key != "" && !y.item.Damaged && x.line.Key == y.item.Key
}

func utrsAgree(x *wire, y *row) bool { return finalUTR(x) != "" && finalUTR(x) == y.item.UTR }

func (w *world) sameUTRAndAmount(x *wire, y *row) bool {
	return sameSupplier(x, y) && inRupees(y.item) && utrsAgree(x, y) && hasAmount(x) && near(x.line.Net, y.item.Paid, w.rules.Tolerance)
}

// sameKeyAndUTR also finds items of an unknown supplier, whose amount no earlier
// rule could agree with: that the supplier differs cannot be excluded.
func sameKeyAndUTR(x *wire, y *row) bool {
	return y.item.Supplier.B2BID != x.payment.Supplier &&
		keysAgree(x, y) && utrsAgree(x, y)
}

func (w *world) sameAmount(x *wire, y *row) bool {
	return sameSupplier(x, y) && inRupees(y.item) && hasAmount(x) && near(x.line.Net, y.item.Cash(), w.rules.Tolerance)
}

// hasAmount: a payment known by its confirmation alone gives lines without
// amounts (section 4), and nothing can be found by an amount that is not there.
func hasAmount(x *wire) bool { return !x.payment.OnlyConfirmed }

// unknownSuppliers: a row without B2B id is matched by UTR and by number and
// amount (section 3); one line each, as by the other rules that go by amounts.
func (w *world) unknownSuppliers() {
	unknown := func(x *wire, y *row) bool { return y.item.Supplier.B2BID == "" && hasAmount(x) }
	w.claim(matcher.Exact, single, func(x *wire, y *row) bool {
		return unknown(x, y) && sameBuyer(x, y) && numbersAgree(x, y) && w.amountFits(x, y)
	})
	w.claim(matcher.Normalised, single, func(x *wire, y *row) bool {
		return unknown(x, y) && sameBuyer(x, y) && keysAgree(x, y) && w.amountFits(x, y)
	})
	w.claim(matcher.UTRAmount, single, func(x *wire, y *row) bool {
		return unknown(x, y) && inRupees(y.item) && utrsAgree(x, y) && near(x.line.Net, y.item.Paid, w.rules.Tolerance)
	})
}
