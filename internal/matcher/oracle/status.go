package oracle

import (
	"slices"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// facts are the words of 5.1 about one item.
type facts struct {
	c, n, a, f, g money.Paise

	standing, inFlight, lost []matcher.Share // lost: neither standing nor in flight

	match   matcher.Rule
	settled bool
	status  matcher.Status
}

// judge is sections 5.1 and 5.3 for one item.
func (w *world) judge(y *row) matcher.ItemResult {
	slices.SortFunc(y.matches, func(a, b matcher.Share) int {
		if a.Remittance != b.Remittance {
			if a.Remittance.ObjectID < b.Remittance.ObjectID {
				return -1
			}
			return 1
		}
		return a.Line.Position - b.Line.Position
	})
	k := w.facts(y)
	k.status = w.status(y, k)
	return matcher.ItemResult{
		Item:         y.item,
		Status:       k.status,
		Rule:         k.match,
		CashPaid:     k.n,
		Adjusted:     k.a,
		InFlight:     k.f,
		Matches:      y.matches,
		Confirmation: confirmation(k),
		AgeDays:      int(w.rules.AsOf - y.item.DueDate),
		Breaks:       w.breaks(y, k),
	}
}

func (w *world) facts(y *row) facts {
	it := y.item
	k := facts{c: it.Paid + it.Due, g: it.Gross, match: matcher.NoMatch}
	for _, m := range y.matches {
		switch {
		case m.Rule == matcher.Suggested:
			k.match = matcher.Suggested // it counts as nothing
		case m.Remittance.Stands(m.Line):
			k.standing = append(k.standing, m)
			k.n += m.Net
			k.a += m.Adjustment
		case m.Remittance.InFlight(m.Line):
			k.inFlight = append(k.inFlight, m)
			k.f += m.Net
		default:
			k.lost = append(k.lost, m)
		}
	}
	// 5.2, last paragraph: the weakest among those that stand or are in flight,
	// else among all.
	deciding := slices.Concat(k.standing, k.inFlight)
	if len(deciding) == 0 {
		deciding = k.lost
	}
	for i, m := range deciding {
		if i == 0 || m.Rule > k.match {
			k.match = m.Rule
		}
	}
	k.settled = len(k.standing) > 0 && (k.n >= k.c-w.rules.Tolerance ||
		k.n+k.a >= k.g-w.rules.Tolerance && w.adjustmentExplained(it, k.a))
	return k
}

func (w *world) adjustmentExplained(it *ledger.Item, a money.Paise) bool {
	return near(a, it.TDS+it.Adjustment, w.rules.Tolerance) || explained(it, a)
}

// status is the table of 5.1, row by row.
func (w *world) status(y *row, k facts) matcher.Status {
	it, tolerance := y.item, w.rules.Tolerance
	everyAccepted := !slices.ContainsFunc(k.standing, func(m matcher.Share) bool { return m.Line.Confirmation != payment.Accepted })
	switch {
	case it.Type != ledger.Invoice:
		return matcher.Credit
	case k.settled && everyAccepted && k.match != matcher.CrossSupplier:
		return matcher.Confirmed
	case k.settled:
		return matcher.Paid
	case len(k.inFlight) > 0:
		return matcher.InFlight
	case k.n > 0:
		return matcher.PartPaid
	case it.Paid > tolerance && w.outside(it):
		return matcher.Outside
	case it.Paid > tolerance:
		return matcher.Unsupported
	case k.c <= tolerance:
		return matcher.Closed
	case it.DueDate > w.rules.AsOf && int(it.DueDate-w.rules.AsOf) > w.rules.LeadDays:
		return matcher.NotDue
	case it.Hold != "" || statusHolds(it.InvoiceStatus) || it.DueDate == 0 || w.blocked(y, k):
		return matcher.OnHold
	}
	return matcher.Due
}

// outside: the books say when and how they paid; what they do not say puts
// nothing outside.
func (w *world) outside(it *ledger.Item) bool {
	before := w.rules.CoversFrom != 0 && it.PaymentDate != 0 && it.PaymentDate < w.rules.CoversFrom
	elsewhere := len(w.rules.CoversModes) > 0 && it.PaymentMode != "" && !slices.Contains(w.rules.CoversModes, it.PaymentMode)
	return before || elsewhere
}

// statusHolds: the platform's status of the invoice is a reason not to pay
// unless it is known to be payable (domain, 2.4: what is unknown is never paid).
func statusHolds(status string) bool {
	return status != "" && !slices.Contains([]string{
		"CONFIRMED", "ACCEPTED", "UNPAID", "PARTIAL_PAID", "PARTIALLY PAID", "PARTIALLY_PAID", "PAYMENT PENDING",
	}, status)
}

// blocked is the list under the table of 5.1, but for NO_DUE_DATE, which the
// table names itself.
func (w *world) blocked(y *row, k facts) bool {
	return y.ambiguous ||
		y.item.Repeated ||
		w.supplierRejected(k) ||
		k.match == matcher.CrossSupplier ||
		!inRupees(y.item) ||
		y.item.Gap.Abs() > w.rules.Tolerance ||
		y.item.Damaged ||
		k.match == matcher.Suggested
}

func (w *world) supplierRejected(k facts) bool {
	return len(k.standing) == 0 && len(k.inFlight) == 0 &&
		slices.ContainsFunc(k.lost, func(m matcher.Share) bool { return m.Line.Confirmation == payment.Rejected })
}

// confirmation: over the standing lines, else over all.
func confirmation(k facts) string {
	over := k.standing
	if len(over) == 0 {
		over = slices.Concat(k.inFlight, k.lost)
	}
	if len(over) == 0 {
		return payment.Unconfirmed.String()
	}
	for _, m := range over {
		if m.Line.Confirmation != over[0].Line.Confirmation {
			return "partial"
		}
	}
	return over[0].Line.Confirmation.String()
}
