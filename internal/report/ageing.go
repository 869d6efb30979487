package report

import (
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// ageBands are the bands in which money past its due date is counted, by the
// last day of each; the last has none.
var ageBands = [...]struct {
	title string
	to    int
}{
	{"0–30 days", 30}, {"31–60 days", 60}, {"61–90 days", 90}, {"more than 90 days", 0},
}

// open returns what is still to be paid of an item: what neither the platform
// paid nor, where no payment was seen, the books say is paid. What is owed in
// another currency is not counted among rupees.
func open(r *matcher.ItemResult) money.Paise {
	if r.Item.Type != ledger.Invoice || r.Item.Currency != "" && r.Item.Currency != "INR" {
		return 0
	}
	switch r.Status {
	case matcher.Credit, matcher.Confirmed, matcher.Paid, matcher.Closed:
		return 0
	case matcher.Unsupported, matcher.Outside:
		return max(0, r.Item.Due)
	}
	return max(0, r.Item.Cash()-r.CashPaid)
}

// An ageing is the open money of all invoices by how long it has been due. What
// is under way is counted too, for it is open until it arrives.
type ageing struct {
	bands  [len(ageBands)]Amount
	notDue Amount
	noDate Amount // without a due date
}

func (f *Facts) ageing() ageing {
	var a ageing
	for i := range f.Result.Items {
		r := &f.Result.Items[i]
		owed := open(r)
		switch {
		case owed == 0:
		case r.Item.DueDate == 0:
			a.noDate.add(owed)
		case r.AgeDays < 0:
			a.notDue.add(owed)
		default:
			a.bands[bandOf(r.AgeDays)].add(owed)
		}
	}
	return a
}

// bandOf returns the band of an age; the day that it is due is the first.
func bandOf(days int) int {
	for i, b := range ageBands[:len(ageBands)-1] {
		if days <= b.to {
			return i
		}
	}
	return len(ageBands) - 1
}

// ageingSection writes how old the open money is, and returns the row of its
// header, below which the columns behind it are free.
func (f *Facts) ageingSection(p *page) int {
	a := f.ageing()
	p.section("Open money by days past its due date", 8, "Past due", ">Invoices", ">Open")
	head := len(p.rows)
	first := len(p.rows) + 1
	var all Amount
	exact := true
	add := func(name string, v Amount) {
		p.add(text(name), count(v.Count), amount(v.Amount))
		all.Count += v.Count
		all.Amount = money.Sum(all.Amount, v.Amount)
		exact = exact && fits(v.Amount, all.Amount)
	}
	for i, band := range ageBands {
		add(band.title, a.bands[i])
	}
	add("not due yet", a.notDue)
	add("without a due date", a.noDate)
	last := len(p.rows)
	owed := total(amount(all.Amount), 2, first, last)
	if !exact {
		owed.formula = ""
	}
	p.add(text("All that is open").styled(totalLabelStyle), total(count(all.Count), 1, first, last), owed)
	p.add()
	return head
}

// oldest returns how many days the oldest break of each code has been there.
func (f *Facts) oldest() map[matcher.Code]int {
	days := map[matcher.Code]int{}
	found := f.findings()
	for i := range found {
		days[found[i].Code] = max(days[found[i].Code], found[i].days(f.AsOf))
	}
	return days
}

// hasMoney tells whether there is anything to draw.
func (f *Facts) hasMoney() bool {
	for i := range f.Result.Items {
		if f.Result.Items[i].Item.Cash() != 0 {
			return true
		}
	}
	return false
}
