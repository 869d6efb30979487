package oracle

import (
	"slices"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// breaks is the table of 5.3 for an item, row by row.
func (w *world) breaks(y *row, k facts) []matcher.Break {
	it, tolerance := y.item, w.rules.Tolerance
	invoice := it.Type == ledger.Invoice
	comparable := invoice && inRupees(it) // CURRENCY_MISMATCH: nothing that compares amounts
	nothingLeft := len(k.standing) == 0 && len(k.inFlight) == 0

	var found []matcher.Break
	add := func(code matcher.Code, when bool, amount money.Paise) {
		if when {
			found = append(found, matcher.Break{Code: code, Amount: amount})
		}
	}

	add("DUPLICATE_IN_FLIGHT", comparable && k.f > 0 && k.n+k.f > k.c+tolerance, k.n+k.f-k.c)
	// Too much takes a payment: an invoice below zero has nothing to be overpaid by.
	tooMuch := comparable && len(k.standing) > 0 && k.n > k.c+tolerance
	twice := tooMuch && w.droppingHelps(k)
	add("DUPLICATE_PAYMENT", twice, k.n-k.c)
	add("OVERPAID", tooMuch && !twice, k.n-k.c)
	add("LEDGER_BEHIND", comparable && it.Paid+tolerance < k.n && k.n <= k.c+tolerance &&
		w.older(newest(k.standing), w.rules.PostingWithin), k.n-it.Paid)
	add("UNDERPAID", comparable && k.n > 0 && k.n+k.f < it.Paid-tolerance, it.Paid-k.n-k.f)
	unseen := it.Paid - sumNet(k.lost) - k.f
	add("PAID_WITHOUT_EVENT", comparable && k.n == 0 && k.status != matcher.Outside && !y.ambiguous && unseen > tolerance, unseen)

	failed := only(k.lost, func(m matcher.Share) bool {
		return m.Remittance.Outcome == payment.Failed || m.Remittance.Outcome == payment.Reversed
	})
	add("PAYMENT_FAILED", nothingLeft && len(failed) > 0, lastNet(failed))
	rejected := only(k.lost, func(m matcher.Share) bool { return m.Line.Confirmation == payment.Rejected })
	add("SUPPLIER_REJECTED", w.supplierRejected(k), sumNet(rejected))

	byBooks := comparable && k.settled && !near(k.a, it.TDS+it.Adjustment, tolerance)
	byRate := comparable && len(k.standing) > 0 && k.a == 0 && explained(it, k.c-k.n)
	if byBooks {
		add("ADJUSTMENT_MISMATCH", true, (k.a - (it.TDS + it.Adjustment)).Abs())
	} else {
		add("ADJUSTMENT_MISMATCH", byRate, k.c-k.n)
	}
	add("UTR_MISMATCH", w.otherUTR(it, k), k.c)
	add("REFERENCE_VARIANT", k.match == matcher.Normalised || k.match == matcher.UTRAmount || k.match == matcher.Grouped, 0)
	add("SUPPLIER_MISMATCH", k.match == matcher.CrossSupplier, k.c)
	add("AMBIGUOUS_MATCH", y.ambiguous, 0)
	add("DUPLICATE_LEDGER_ITEM", it.Repeated, k.c)
	add("BANK_DETAILS_CHANGED", w.otherAccount(it, slices.Concat(k.standing, k.inFlight, k.lost)), k.c)
	add("CURRENCY_MISMATCH", !inRupees(it), k.c)
	add("LEDGER_ARITHMETIC", it.Gap.Abs() > tolerance, it.Gap.Abs())
	add("DAMAGED_KEY", it.Damaged, k.c)
	add("NO_DUE_DATE", invoice && it.DueDate == 0, k.c)
	add("OUTCOME_OVERDUE", slices.ContainsFunc(k.inFlight, func(m matcher.Share) bool {
		return w.older(m.Remittance.Date, w.rules.OutcomeWithin)
	}), k.c)
	add("CONFIRMATION_OVERDUE", k.settled && slices.ContainsFunc(k.standing, func(m matcher.Share) bool {
		return m.Line.Confirmation == payment.Unconfirmed && w.older(m.Remittance.Date, w.rules.ConfirmationWithin)
	}), k.c)
	// Beyond the contract: the master was asked, and gave no B2B id.
	add("SUPPLIER_UNKNOWN", it.Doubt != nil && !it.Doubt.Ambiguous, k.c)
	add("SUPPLIER_AMBIGUOUS", it.Doubt != nil && it.Doubt.Ambiguous, k.c)
	return found
}

// droppingHelps: DUPLICATE_PAYMENT. Payments are dropped whole, so all lines of
// one objectId go together.
func (w *world) droppingHelps(k facts) bool {
	var payments []*payment.Remittance
	for _, m := range k.standing {
		if !slices.Contains(payments, m.Remittance) {
			payments = append(payments, m.Remittance)
		}
	}
	for _, dropped := range subsets(payments) {
		if len(dropped) == 0 || len(dropped) == len(payments) {
			continue
		}
		left := k.n
		for _, m := range k.standing {
			if slices.Contains(dropped, m.Remittance) {
				left -= m.Net
			}
		}
		if near(left, k.c, w.rules.Tolerance) {
			return true
		}
	}
	return false
}

func (w *world) otherUTR(it *ledger.Item, k facts) bool {
	someFinal, someEqual := false, false
	for _, m := range k.standing {
		if m.Remittance.UTRFinal && m.Remittance.UTR != "" {
			someFinal = true
			someEqual = someEqual || m.Remittance.UTR == it.UTR
		}
	}
	return it.UTR != "" && someFinal && !someEqual
}

// otherAccount compares as many trailing digits as both sides show.
func (w *world) otherAccount(it *ledger.Item, lines []matcher.Share) bool {
	return slices.ContainsFunc(lines, func(m matcher.Share) bool {
		shown := min(len(it.Account.Last4), len(m.Line.Last4))
		ours := it.Account.Last4[len(it.Account.Last4)-shown:]
		theirs := m.Line.Last4[len(m.Line.Last4)-shown:]
		return ours != theirs || it.IFSC != "" && m.Line.IFSC != "" && it.IFSC != m.Line.IFSC
	})
}

// place is where a line went, and the table of 5.3 for a line.
func (w *world) place(x *wire) matcher.LineResult {
	r := matcher.LineResult{Remittance: x.payment, Line: x.line, Rule: matcher.NoMatch}
	for _, y := range x.rows {
		r.Items = append(r.Items, y.item)
		r.Rule = x.rule
	}
	slices.SortFunc(r.Items, byPlace)

	add := func(code matcher.Code, when bool, amount money.Paise) {
		if when {
			r.Breaks = append(r.Breaks, matcher.Break{Code: code, Amount: amount})
		}
	}
	open := x.payment.Stands(x.line) || x.payment.InFlight(x.line)
	add("CONFIRMED_UNSEEN", x.payment.OnlyConfirmed, 0)
	add("UNKNOWN_INVOICE", open && (len(x.rows) == 0 || x.rule == matcher.Suggested), x.line.Net)
	add("UTR_REUSED", open && w.reused(x), x.line.Net)
	add("PAYMENT_ARITHMETIC", x.line.Unbalanced != "", x.line.Net)
	add("CONFLICTING_EVENTS", x.payment.Conflict != "", x.line.Net)
	return r
}

// reused: UTR_REUSED, whatever buyer and supplier the other payment names.
func (w *world) reused(x *wire) bool {
	numbered := func(z *wire) bool {
		return !slices.Contains([]string{"CHEQUE", "CASH", "WALLET"}, z.payment.Mode)
	}
	return finalUTR(x) != "" && numbered(x) && slices.ContainsFunc(w.wires, func(other *wire) bool {
		return other.payment != x.payment && numbered(other) && finalUTR(other) == finalUTR(x) &&
			(other.payment.Stands(other.line) || other.payment.InFlight(other.line))
	})
}

func only(lines []matcher.Share, keep func(matcher.Share) bool) []matcher.Share {
	return slices.DeleteFunc(slices.Clone(lines), func(m matcher.Share) bool { return !keep(m) })
}

func sumNet(lines []matcher.Share) (sum money.Paise) {
	for _, m := range lines {
		sum += m.Net
	}
	return sum
}

// lastNet is the net of the last line by ts.
func lastNet(lines []matcher.Share) money.Paise {
	if len(lines) == 0 {
		return 0
	}
	last := lines[0]
	for _, m := range lines[1:] { // by objectId and position, so that the later wins a tie
		if !m.Remittance.Time.Before(last.Remittance.Time) {
			last = m
		}
	}
	return last.Net
}

// newest is the date of the newest of them; 0 where none can be read.
func newest(lines []matcher.Share) day.Date {
	var d day.Date
	for _, m := range lines {
		d = max(d, m.Remittance.Date)
	}
	return d
}
