package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// since returns the day from which a finding is counted: that of the newest
// payment, else the day the books say it was paid, else the due date, else the
// date of the invoice; 0 where there is none of them.
func (b *finding) since() day.Date {
	if b.line != nil {
		return b.line.Remittance.Date
	}
	newest := day.Date(0)
	for i := range b.item.Matches {
		newest = max(newest, b.item.Matches[i].Remittance.Date)
	}
	it := b.item.Item
	return cmp.Or(newest, it.PaymentDate, it.DueDate, it.InvoiceDate)
}

// days returns how long the finding has been there on a day; 0 where no date
// tells it.
func (b *finding) days(asOf day.Date) int {
	if since := b.since(); since != 0 && since < asOf {
		return int(asOf - since)
	}
	return 0
}

// atRisk is the money behind a finding: its own amount, or where the contract
// gives it none all that the item or the line is about.
func (b *finding) atRisk() money.Paise {
	switch {
	case b.Amount != 0:
		return b.Amount.Abs()
	case b.line != nil:
		return b.line.Line.Net
	}
	return b.item.Item.Cash()
}

// weight is the amount at risk × its days, of which even the first counts as
// one. What cannot be held is the most there is.
func (b *finding) weight(asOf day.Date) int64 {
	amount, days := int64(b.atRisk()), int64(max(b.days(asOf), 1))
	if amount > math.MaxInt64/days {
		return math.MaxInt64
	}
	return amount * days
}

// turn is 0 for what can still be stopped, and then the severity.
func (b *finding) turn() int {
	if b.Code == matcher.DuplicateInFlight {
		return 0
	}
	return int(b.info.Severity)
}

// toAct returns the findings that somebody has to do something about, which what a
// controller accepted is not: first
// those where money may be lost, then those to settle before the period closes,
// each by amount at risk × days, the greatest first. What can still be stopped
// stands before all, for it is worth more the younger it is.
func (f *Facts) toAct() []finding {
	all := slices.DeleteFunc(f.findings(), func(b finding) bool { return b.quiet || b.info.Severity > matcher.Settle })
	weights := make([]int64, len(all))
	order := make([]int, len(all))
	for i := range all {
		weights[i], order[i] = all[i].weight(f.AsOf), i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(all[a].turn(), all[b].turn()),
			cmp.Compare(weights[b], weights[a]),
		)
	})
	sorted := make([]finding, len(all))
	for i, k := range order {
		sorted[i] = all[k]
	}
	return sorted
}

// actTable is what to do first: of each finding what happened, why we think so
// and what to do about it. Alarms of our own payments stand before all.
func (f *Facts) actTable() table {
	names := f.supplierNames()
	found := f.toAct()
	return table{
		name:  "Act today",
		empty: "Nothing to act on.",
		fixed: 3,
		paper: 12, // what is behind them leads back to the sheet Breaks
		columns: slices.Concat([]column{
			{title: "Urgency"}, {title: "At risk", right: true}, {title: "Days", right: true}, {title: "Supplier", max: 22}, {title: "Invoice number", max: 17},
			{title: "What happened", max: 30}, {title: "Why we think so", max: 40}, {title: "What to do", max: 32},
		}, noteColumns(), []column{{title: "Code", max: 25}}, seenColumns(), idColumns()),
		marks: []mark{{0, matcher.Act.String()}},
		early: []early{{11, f.AsOf}},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 17)
			alarms := f.Payments.Alarms
			if f.Payments.Stopped != "" {
				alarms = append([]string{"Sending ended before its end: " + f.Payments.Stopped}, alarms...)
			}
			for _, alarm := range alarms {
				row = append(row[:0], text(matcher.Act.String()), cell{}, cell{}, cell{}, cell{},
					text(alarm), cell{}, text("Look at the sheet Payments before anything else is sent."))
				if err := yield(row); err != nil {
					return err
				}
			}
			for i := range found {
				b := &found[i]
				row = f.noteCells(b.actCells(row[:0], f.AsOf, names), b.ExceptionID)
				row = f.idCells(f.seenCells(append(row, text(string(b.Code))), b.ExceptionID), b.ExceptionID)
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
		notes: []string{
			"In order of amount at risk × days: first what can still be stopped, then what to act on, then what to settle by the end of the period. Days are counted from the newest payment, else from when the books say it was paid, else from the due date.",
			"One invoice may stand here under several codes: these amounts are not added up. Both sides in full stand in the sheet Breaks, by the exception id.",
		},
	}
}

func (b *finding) actCells(row []cell, asOf day.Date, names map[string]string) []cell {
	where := ""
	if b.item != nil {
		where = b.item.Item.Pos.String()
		if len(b.item.Matches) > 0 {
			where = lastEvidence(b.item.Matches[len(b.item.Matches)-1].Remittance, where)
		}
	} else {
		where = lastEvidence(b.line.Remittance, "")
	}
	supplier, number := b.party(names)
	why := b.Detail
	if where != "" {
		why = strings.TrimSuffix(why, ".") + " (" + where + ")"
	}
	if b.about != "" {
		why = strings.TrimSuffix(why, ".") + ". " + strings.ToUpper(b.about[:1]) + b.about[1:]
	}
	return append(row, text(b.info.Severity.String()), amount(b.atRisk()), count(b.days(asOf)), text(supplier), text(number),
		text(b.info.Meaning), text(why), text(remedy(b.Code)))
}

// party returns the supplier that a finding is about, by name or else by its B2B
// id, and the number of its invoice.
func (b *finding) party(names map[string]string) (supplier, number string) {
	if b.item != nil {
		return b.item.Item.Supplier.Name, b.item.Item.Number
	}
	p := b.line.Remittance
	return cmp.Or(names[p.Supplier], p.Supplier), b.line.Line.Number
}

// lastEvidence returns where a payment is spoken of last, behind the row of the
// ledger: the place to look at first.
func lastEvidence(p *payment.Remittance, row string) string {
	if len(p.Evidence) == 0 {
		return row
	}
	last := p.Evidence[len(p.Evidence)-1].Pos.String()
	if row == "" {
		return last
	}
	return row + ", " + last
}
