package report

import (
	"cmp"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/payment"
)

// confirmationTable follows every payment on its way, from proposed over sent and
// paid to confirmed, with the day of each step: first those of ours that no log has
// seen yet, then each line of those that it has. What is printed ends with the
// days; the stage says in a word what the columns behind them say in the contract's.
func (f *Facts) confirmationTable() table {
	names := f.supplierNames()
	late := f.lateItems()
	return table{
		name:  "Confirmation status",
		empty: "No payments in the event logs.",
		fixed: 2,
		paper: 12,
		columns: []column{
			{title: "Stage"}, {title: "Overdue"}, {title: "Days waiting", right: true}, {title: "Supplier", max: 30}, {title: "Invoice number", max: 26}, {title: "Net", right: true},
			{title: "Proposed"}, {title: "Approved"}, {title: "Sent"}, {title: "Paid"}, {title: "Confirmed"},
			{title: "UTR", max: 26}, {title: "Outcome"}, {title: "Confirmation"}, {title: "Mode"}, {title: "Adjustment", right: true}, {title: "Payment", max: 44}, {title: "Line", right: true}, {title: "Type"},
			{title: "Supplier B2B id"}, {title: "Match"}, {title: "Ledger row", max: 36},
		},
		marks: []mark{{1, "overdue"}},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 22)
			own := f.unseen()
			for _, o := range own {
				row = f.ownCells(row[:0], o)
				if err := yield(row); err != nil {
					return err
				}
			}
			ours := f.ownByID()
			for i := range f.Result.Lines {
				row = f.lineCells(row[:0], &f.Result.Lines[i], names, late, ours)
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// lateItems returns the items of which an outcome or a confirmation is overdue.
func (f *Facts) lateItems() map[*ledger.Item]bool {
	late := map[*ledger.Item]bool{}
	for i := range f.Result.Items {
		r := &f.Result.Items[i]
		for k := range r.Breaks {
			if c := r.Breaks[k].Code; c == matcher.OutcomeOverdue || c == matcher.ConfirmationOverdue {
				late[r.Item] = true
			}
		}
	}
	return late
}

func (f *Facts) ownByID() map[string]*OwnPayment {
	own := make(map[string]*OwnPayment, len(f.Payments.Own))
	for i := range f.Payments.Own {
		own[f.Payments.Own[i].ObjectID] = &f.Payments.Own[i]
	}
	return own
}

// unseen returns the payments of ours that no log has a line of.
func (f *Facts) unseen() []*OwnPayment {
	if len(f.Payments.Own) == 0 {
		return nil
	}
	own := f.ownByID()
	for i := range f.Result.Lines {
		delete(own, f.Result.Lines[i].Remittance.ObjectID)
	}
	var list []*OwnPayment
	for i := range f.Payments.Own {
		if o := &f.Payments.Own[i]; own[o.ObjectID] == o {
			list = append(list, o)
		}
	}
	return list
}

// ownStages says in the words of this sheet how far a payment of ours is.
var ownStages = map[string]string{
	"INTENT": "proposed", "SENDING": "perhaps sent", "UNSURE": "perhaps sent", "ACKED": "sent",
	"PAID": "paid", "FAILED": "failed", "RETURNED": "reversed", "VOID": "withdrawn",
}

func (f *Facts) ownCells(row []cell, o *OwnPayment) []cell {
	var waiting cell
	switch o.State {
	case "INTENT":
		waiting = waited(f.AsOf, cmp.Or(o.Approved, o.Proposed, o.Since))
	case "SENDING", "UNSURE", "ACKED":
		waiting = waited(f.AsOf, cmp.Or(o.Sent, o.Since))
	}
	return append(row, text(ownStages[o.State]), cell{}, waiting, text(o.SupplierName), text(o.Numbers), amount(o.Net),
		date(o.Proposed), date(o.Approved), date(o.Sent), date(o.Paid), cell{},
		cell{}, cell{}, cell{}, cell{}, amount(o.Adjustment), text(o.ObjectID), cell{}, text(payment.OnPlatform.String()),
		text(o.Supplier), cell{}, cell{})
}

func waited(asOf, since day.Date) cell {
	if since == 0 || since > asOf {
		return cell{}
	}
	return count(int(asOf - since))
}

func (f *Facts) lineCells(row []cell, r *matcher.LineResult, names map[string]string, late map[*ledger.Item]bool, ours map[string]*OwnPayment) []cell {
	p, l := r.Remittance, r.Line
	w := wayOf(p, l, ours[p.ObjectID])
	stage, waits := stageOf(p, l)
	waiting, overdue := cell{}, cell{}
	if waits {
		waiting = waited(f.AsOf, cmp.Or(w.paid, w.sent, p.Date))
		if matched(r) && slices.ContainsFunc(r.Items, func(it *ledger.Item) bool { return late[it] }) {
			overdue = text("overdue")
		}
	}
	return append(row, text(stage), overdue, waiting, text(names[p.Supplier]), text(l.Number), amount(l.Net),
		date(w.proposed), date(w.approved), date(w.sent), date(w.paid), date(w.answered),
		text(p.UTR), text(p.Outcome.String()), text(l.Confirmation.String()), text(p.Mode), amount(l.Adjustment), text(p.ObjectID), count(l.Position+1),
		text(p.Type.String()), text(p.Supplier), text(r.Rule.String()), text(strings.Join(places(r.Items), "; ")))
}

// A way is the days on which a line came further; 0 where it has not, or where
// nothing says when.
type way struct{ proposed, approved, sent, paid, answered day.Date }

// wayOf puts together what our own journal and the logs say. o is nil where the
// payment is not ours. When it was sent the journal knows best, for it wrote that
// down before the request left; when it was paid the message that said so, and the
// journal where there was none.
func wayOf(p *payment.Remittance, l *payment.Line, o *OwnPayment) way {
	w := way{sent: p.SentOn, paid: p.PaidOn}
	if l.Confirmation == payment.Accepted {
		w.answered = l.AnsweredOn
	}
	if o != nil {
		w.proposed, w.approved, w.sent = o.Proposed, o.Approved, cmp.Or(o.Sent, w.sent)
		if o.Told {
			w.paid = o.Paid
		}
	}
	switch p.Outcome {
	case payment.Paid, payment.Reversed:
		w.paid = cmp.Or(w.paid, p.Date)
	default:
		// A success that is contradicted is none, and stands with the evidence.
		w.sent, w.paid = cmp.Or(w.sent, p.Date), 0
	}
	return w
}

// stageOf says how far a line is on its way, and whether anybody waits for more.
func stageOf(p *payment.Remittance, l *payment.Line) (stage string, waits bool) {
	switch {
	case l.Confirmation == payment.Rejected && p.Conflict == "":
		return "rejected", false
	case p.Outcome == payment.Paid && l.Confirmation == payment.Accepted:
		return "confirmed", false
	case p.Outcome == payment.Paid:
		return "paid", true
	case p.Outcome == payment.Failed, p.Outcome == payment.Reversed:
		return p.Outcome.String(), false
	}
	return p.Outcome.String(), true
}
