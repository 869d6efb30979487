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

// claim applies one rule to all lines at once: first it finds the candidates of
// each, then it settles who gets which.
func (w *world) claim(rule matcher.Rule, q quota, agree func(*wire, *row) bool) {
	best := map[*wire][]*row{}
	for _, x := range w.wires {
		if !x.free() {
			continue
		}
		var candidates []*row
		for _, y := range w.rows {
			if y.payable() && (q == many || y.open()) && agree(x, y) {
				candidates = append(candidates, y)
			}
		}
		if len(candidates) > 0 {
			best[x] = w.tellApart(x, candidates)
		}
	}
	var pairs []pair
	var lost []*wire
	for _, x := range w.wires {
		candidates := best[x]
		if candidates == nil {
			continue
		}
		if q == many && len(candidates) == 1 {
			pairs = append(pairs, pair{x, candidates[0]})
			continue
		}
		// 5.2: equal candidates are paired in order if they are as many as the
		// lines. Both are already in that order.
		var lines []*wire
		contested := false
		for _, other := range w.wires {
			if slices.Equal(best[other], candidates) {
				lines = append(lines, other)
			} else if q == single && overlap(best[other], candidates) {
				contested = true
			}
		}
		if contested || len(lines) != len(candidates) {
			lost = append(lost, x)
			continue
		}
		pairs = append(pairs, pair{x, candidates[slices.Index(lines, x)]})
	}
	for _, x := range lost {
		x.ambiguous = true
		for _, y := range best[x] {
			y.ambiguous = true
		}
	}
	for _, p := range pairs {
		p.wire.give(p.row, rule, p.wire.line.Net, p.wire.line.Adjustment)
	}
}

type pair struct {
	wire *wire
	row  *row
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
// ambiguous. The same three rules leave other currencies alone (5.3,
// CURRENCY_MISMATCH).
func (y *row) open() bool { return len(y.matches) == 0 && !y.ambiguous && inRupees(y.item) }

func inRupees(it *ledger.Item) bool { return it.Currency == "INR" || it.Currency == "" }

func (x *wire) give(y *row, rule matcher.Rule, net, adjustment money.Paise) {
	x.rows = append(x.rows, y)
	x.rule = rule
	y.matches = append(y.matches, matcher.Match{
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

func sameInvoiceID(x *wire, y *row) bool {
	return x.line.InvoiceID != "" && x.line.InvoiceID == y.item.InvoiceID
}

// samePair: of one buyer and one supplier, who is known.
func samePair(x *wire, y *row) bool {
	return x.payment.Buyer == y.item.Buyer && y.item.Supplier.B2BID != "" && x.payment.Supplier == y.item.Supplier.B2BID
}

func sameNumber(x *wire, y *row) bool {
	return samePair(x, y) && numbersAgree(x, y)
}

func numbersAgree(x *wire, y *row) bool {
	return x.line.Number != "" && x.line.Number == y.item.Number
}

func sameKey(x *wire, y *row) bool { return samePair(x, y) && keysAgree(x, y) }

// keysAgree: an empty key equals nothing, and the key of a damaged number says
// nothing.
func keysAgree(x *wire, y *row) bool {
	return x.line.Key != "" && !y.item.Damaged && x.line.Key == y.item.Key
}

func utrsAgree(x *wire, y *row) bool { return finalUTR(x) != "" && finalUTR(x) == y.item.UTR }

func (w *world) sameUTRAndAmount(x *wire, y *row) bool {
	return samePair(x, y) && utrsAgree(x, y) && hasAmount(x) && near(x.line.Net, y.item.Paid, w.rules.Tolerance)
}

func sameKeyAndUTR(x *wire, y *row) bool {
	return x.payment.Buyer == y.item.Buyer &&
		y.item.Supplier.B2BID != "" && y.item.Supplier.B2BID != x.payment.Supplier &&
		keysAgree(x, y) && utrsAgree(x, y)
}

func (w *world) sameAmount(x *wire, y *row) bool {
	return samePair(x, y) && hasAmount(x) && near(x.line.Net, y.item.Cash(), w.rules.Tolerance)
}

// hasAmount: a payment known by its confirmation alone gives lines without
// amounts (section 4), and nothing can be found by an amount that is not there.
func hasAmount(x *wire) bool { return !x.payment.OnlyConfirmed }

// unknownSuppliers: a row without B2B id is matched by UTR and by number and
// amount (section 3); only where a single item and a single line agree.
func (w *world) unknownSuppliers() {
	w.onlyOne(matcher.Exact, func(x *wire, y *row) bool {
		return numbersAgree(x, y) && w.amountFits(x, y)
	})
	w.onlyOne(matcher.Normalised, func(x *wire, y *row) bool {
		return keysAgree(x, y) && w.amountFits(x, y)
	})
	w.onlyOne(matcher.UTRAmount, func(x *wire, y *row) bool {
		return inRupees(y.item) && utrsAgree(x, y) && near(x.line.Net, y.item.Paid, w.rules.Tolerance)
	})
}

func (w *world) onlyOne(rule matcher.Rule, agree func(*wire, *row) bool) {
	var all []pair
	for _, x := range w.wires {
		for _, y := range w.rows {
			unknown := y.payable() && y.item.Supplier.B2BID == "" && len(y.matches) == 0 && !y.ambiguous
			if x.free() && unknown && hasAmount(x) && x.payment.Buyer == y.item.Buyer && agree(x, y) {
				all = append(all, pair{x, y})
			}
		}
	}
	for _, p := range all {
		times := 0
		for _, other := range all {
			if p.wire == other.wire || p.row == other.row {
				times++
			}
		}
		if times == 1 {
			p.wire.give(p.row, rule, p.wire.line.Net, p.wire.line.Adjustment)
		}
	}
}
