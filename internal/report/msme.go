package report

import (
	"cmp"
	"fmt"
	"slices"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/statute"
)

// An msmeClock is an invoice of a micro or small enterprise and its time to pay
// (MSMED Act 2006, s. 15).
type msmeClock struct {
	item     *matcher.ItemResult
	accepted day.Date // or the day of the invoice
	assumed  bool     // acceptance is not known, and the invoice's day stands for it
	terms    string   // what the days follow from
	payBy    day.Date
	open     money.Paise
	paidOn   day.Date // where nothing is open; 0 where nobody tells the day
}

// enterprise returns what the law asks of the supplier of an item to know.
func (f *Facts) enterprise(it *ledger.Item) statute.Enterprise {
	e := statute.Enterprise{Size: it.MSME}
	if m := f.supplier(it.Supplier.B2BID); m != nil {
		e.Trader, e.Agreement, e.Days = m.Trader, m.Agreement, m.AgreementDays
	}
	return e
}

// msmeClocks returns the invoices that the Act protects and that are open, or
// were paid too late: the open ones first, the earliest last day first.
func (f *Facts) msmeClocks() []msmeClock {
	var list []msmeClock
	for i := range f.Result.Items {
		r := &f.Result.Items[i]
		it := r.Item
		if it.MSME == "" || it.Type != ledger.Invoice {
			continue
		}
		c := msmeClock{item: r, accepted: it.AcceptanceDate, open: open(r)}
		if c.accepted == 0 {
			c.accepted, c.assumed = it.InvoiceDate, true
		}
		e := f.enterprise(it)
		if c.payBy = statute.MSMEPayBy(e, c.accepted); c.payBy == 0 {
			continue
		}
		switch {
		case !e.Agreement:
			c.terms = "15 days"
		default:
			c.terms = fmt.Sprintf("%d days, agreed", c.payBy-c.accepted)
		}
		if c.open == 0 {
			c.paidOn = paidOn(r)
		}
		if c.open > 0 || c.paidOn > c.payBy {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b msmeClock) int {
		return cmp.Or(cmp.Compare(min(b.open, 1), min(a.open, 1)), cmp.Compare(a.payBy, b.payBy))
	})
	return list
}

// paidOn returns the day of the newest payment that stands, else the day that
// the books say; 0 where there is neither.
func paidOn(r *matcher.ItemResult) day.Date {
	newest := day.Date(0)
	for i := range r.Matches {
		if m := &r.Matches[i]; m.Rule != matcher.Suggested && m.Remittance.Stands(m.Line) {
			newest = max(newest, m.Remittance.Date)
		}
	}
	return cmp.Or(newest, r.Item.PaymentDate)
}

// late returns since when an amount was late until a day: what is open until the
// business date, what is paid until it was.
func (c *msmeClock) late(asOf day.Date) (amount money.Paise, until day.Date) {
	if c.open > 0 {
		return c.open, asOf
	}
	return c.item.Item.Cash(), c.paidOn
}

func (c *msmeClock) state(asOf day.Date) string {
	switch {
	case c.open == 0:
		return "paid late"
	case c.payBy < asOf:
		return "overdue"
	case c.payBy-asOf <= 7:
		return "this week"
	}
	return "in time"
}

// msmeTable lists what is owed to micro and small enterprises, and what was paid
// to them too late.
func (f *Facts) msmeTable() table {
	clocks := f.msmeClocks()
	t := table{
		name:  "MSME",
		empty: "No open invoice of a micro or small enterprise, and none that was paid late.",
		fixed: 1,
		paper: 16,
		columns: []column{
			{title: "State"}, {title: "Pay by"}, {title: "Days left", right: true}, {title: "Supplier", max: 24}, {title: "Size"}, {title: "Invoice number", max: 20},
			{title: "Clock from"}, {title: "Clock is", max: 18}, {title: "Terms", max: 15}, {title: "Open", right: true}, {title: "Paid on"},
			{title: "Disallowance at risk", right: true}, {title: "Deduction safe if paid by"}, {title: "Interest so far", right: true}, {title: "On the interest", max: 18}, {title: "Ledger row", max: 28},
		},
		marks: []mark{{0, "overdue"}},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 16)
			for i := range clocks {
				row = f.msmeRow(row[:0], &clocks[i])
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
	if len(clocks) > 0 {
		t.notes = []string{
			"Pay by: MSMED Act 2006, s. 15: 15 days after acceptance where no written agreement is known, else what is agreed, at most 45. Where the day of acceptance is not in the ledger the clock runs from the invoice date: the careful reading. Traders and medium enterprises are not protected.",
			"Disallowance at risk: Income-tax Act 1961, s. 43B(h): the expense counts in the year in which it is paid, where it is paid after the last day of s. 15 and after 31 March. Its counterpart in the Income-tax Act 2025, in force since 1 April 2026, is to be confirmed with your tax adviser. The amount is the open cash; GST on which credit was taken is no expense.",
			"Interest: MSMED Act 2006, s. 16: compound with monthly rests at three times the RBI bank rate, from the day after the last day; each month by its days of 365, at the rate when it begins. It is no deduction (s. 23). \"Rate to be entered\": no bank rate is known for the month.",
		}
	}
	return t
}

func (f *Facts) msmeRow(row []cell, c *msmeClock) []cell {
	it := c.item.Item
	clock := "acceptance"
	if c.assumed {
		clock = "invoice date"
	}
	left, risk, safe := cell{}, cell{}, cell{}
	if c.open > 0 {
		left, risk = count(int(c.payBy-f.AsOf)), amount(0)
		if c.payBy < f.AsOf {
			risk = amount(c.open)
		}
		safe = date(max(c.payBy, statute.YearEnd(c.accepted)))
	}
	owed, until := c.late(f.AsOf)
	interest, missing := statute.MSMEInterest(owed, c.payBy, until, f.BankRates)
	cost, remark := amount(interest), cell{}
	if missing != 0 {
		cost, remark = cell{}, text("rate to be entered, from "+missing.String())
	} else if rate, ok := statute.BankRateOn(until, f.BankRates); ok && interest > 0 {
		remark = text("three times " + rate.Rate.String() + " at the end")
	}
	return append(row, text(c.state(f.AsOf)), date(c.payBy), left, text(it.Supplier.Name), text(it.MSME), text(it.Number),
		date(c.accepted), text(clock), text(c.terms), amount(c.open), date(c.paidOn),
		risk, safe, cost, remark, text(it.Pos.String()))
}

// An msmeDue is what one supplier was owed beyond forty-five days in one half
// year.
type msmeDue struct {
	first, last day.Date // of the half year
	item        *ledger.Item
	beyond      Amount      // owed beyond the days at any time in it
	open        money.Paise // of that, still open at its end or today
	since       day.Date    // the earliest acceptance
	assumed     bool
}

// msmeReturn returns what the half-yearly return MSME-1 lists: by half year, this
// one and the one before, and by supplier, what was owed longer than forty-five
// days after acceptance, also where it has been paid since.
func (f *Facts) msmeReturn() []msmeDue {
	var list []msmeDue
	thisFirst, thisLast := statute.HalfYear(f.AsOf)
	pastFirst, pastLast := statute.HalfYear(thisFirst - 1)
	clocks := f.msmeClocks()
	for _, half := range [][2]day.Date{{pastFirst, pastLast}, {thisFirst, thisLast}} {
		at := map[string]int{}
		from := len(list)
		for i := range clocks {
			c := &clocks[i]
			owed, until := c.late(f.AsOf)
			// Owed on a day means before the payment of that day arrives.
			if begins := statute.Accepted45(c.accepted) + 1; begins > min(half[1], f.AsOf) || until < max(begins, half[0]) {
				continue
			}
			id := c.item.Item.Supplier.ID()
			k, ok := at[id]
			if !ok {
				k = len(list)
				at[id] = k
				list = append(list, msmeDue{first: half[0], last: half[1], item: c.item.Item, since: c.accepted})
			}
			d := &list[k]
			d.beyond.add(owed)
			d.since, d.assumed = min(d.since, c.accepted), d.assumed || c.assumed
			if c.open > 0 || c.paidOn > half[1] {
				d.open = money.Sum(d.open, owed)
			}
		}
		slices.SortStableFunc(list[from:], func(a, b msmeDue) int {
			return cmp.Or(cmp.Compare(a.item.Supplier.Name, b.item.Supplier.Name), cmp.Compare(a.item.Supplier.ID(), b.item.Supplier.ID()))
		})
	}
	return list
}

// msmeReturnTable is the list for the return MSME-1.
func (f *Facts) msmeReturnTable() table {
	dues := f.msmeReturn()
	t := table{
		name:  "MSME-1",
		empty: "No micro or small enterprise was owed anything beyond 45 days in this half year or the one before.",
		fixed: 2,
		columns: []column{
			{title: "Half year", max: 30}, {title: "Supplier", max: 36}, {title: "Supplier code", max: 16}, {title: "GSTIN"}, {title: "Size"}, {title: "Invoices", right: true},
			{title: "Owed beyond 45 days", right: true}, {title: "Of it open at the end, or today", right: true}, {title: "Accepted first on"}, {title: "Remark", max: 30}, {title: "Reason for the delay", max: 30},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 11)
			for i := range dues {
				d := &dues[i]
				s := &d.item.Supplier
				remark := ""
				if d.assumed {
					remark = "acceptance taken from the invoice"
				}
				row = append(row[:0], text(d.first.String()+" to "+d.last.String()), text(s.Name), text(s.Code), text(s.GSTIN), text(d.item.MSME), count(d.beyond.Count),
					amount(d.beyond.Amount), amount(d.open), date(d.since), text(remark), cell{})
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
	if len(dues) > 0 {
		t.notes = []string{
			"For the half-yearly return MSME-1 (Companies Act 2013, s. 405; order S.O. 368(E) of 2019): April to September by 31 October, October to March by 30 April. The reason for the delay is yours to write. What left the ledger before this run is not in it.",
		}
	}
	return t
}
