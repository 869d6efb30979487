package period

import (
	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// An Own is a payment of ours as the journal has it.
type Own struct {
	ObjectID string
	Net      money.Paise
	Date     day.Date // since when it stands as it does
	Paid     bool     // the journal has it as paid
	ByPeople bool     // two people settled it, and no webhook did
}

// ThreeWay goes from what the ledger says was paid up to the end of a period over
// what the webhooks say to what the journal says, and names every difference on the
// way. Each of the three sums is counted from its own source.
func ThreeWay(result *matcher.Result, own []Own, end day.Date) []Row {
	ours := make(map[string]*Own, len(own))
	for i := range own {
		ours[own[i].ObjectID] = &own[i]
	}
	paid := Row{What: "Ledger: paid, as the books say"}
	behind := Row{What: "less: booked, and no payment of the platform behind it"}
	ahead := Row{What: "add: paid on the platform, and not booked"}
	for i := range result.Items {
		it := result.Items[i].Item
		if !inScope(it) {
			continue
		}
		booked, seen := paidBy(it, end), seenBy(&result.Items[i], end)
		if booked != 0 {
			paid.add(booked)
		}
		switch {
		case booked > seen:
			behind.add(seen - booked)
		case booked < seen:
			ahead.add(seen - booked)
		}
	}
	stray := strays(result, end)
	people := Row{What: "less: settled by people, without a webhook"}
	webhooks := Row{What: "Webhooks: paid, as the messages say", Sum: true}
	standing := make(map[string]money.Paise) // by objectId, what webhooks say
	for i := range result.Lines {
		r, l := result.Lines[i].Remittance, result.Lines[i].Line
		if !stands(r, l, end) {
			continue
		}
		if o := ours[r.ObjectID]; o != nil && o.ByPeople {
			people.add(-l.Net)
			continue
		}
		webhooks.Amount = plus(webhooks.Amount, l.Net)
		standing[r.ObjectID] = plus(standing[r.ObjectID], l.Net)
	}
	return append([]Row{paid, behind, ahead, stray, people, webhooks}, toJournal(standing, own, dates(result), end)...)
}

// inScope tells of the items whose books can say that cash was paid.
func inScope(it *ledger.Item) bool { return counts(it) && it.Type == ledger.Invoice }

// seenBy returns what standing lines up to the end of a period paid of an item.
func seenBy(r *matcher.ItemResult, end day.Date) (sum money.Paise) {
	for _, m := range r.Matches {
		if m.Rule != matcher.Suggested && stands(m.Remittance, m.Line, end) {
			sum = plus(sum, m.Net)
		}
	}
	return sum
}

// strays are the standing lines that pay no invoice of the books.
func strays(result *matcher.Result, end day.Date) Row {
	row := Row{What: "add: paid on the platform, and no invoice of the books matches"}
	for i := range result.Items {
		if r := &result.Items[i]; !inScope(r.Item) {
			if seen := seenBy(r, end); seen != 0 {
				row.add(seen)
			}
		}
	}
	for i := range result.Lines {
		l := &result.Lines[i]
		if stands(l.Remittance, l.Line, end) && stray(l) {
			row.add(l.Line.Net)
		}
	}
	return row
}

// dates returns the date of every payment.
func dates(result *matcher.Result) map[string]day.Date {
	all := make(map[string]day.Date, len(result.Lines))
	for i := range result.Lines {
		all[result.Lines[i].Remittance.ObjectID] = result.Lines[i].Remittance.Date
	}
	return all
}

// toJournal goes from the sum of the webhooks to that of the journal.
func toJournal(standing map[string]money.Paise, own []Own, date map[string]day.Date, end day.Date) []Row {
	others := Row{What: "less: not sent by this program"}
	untold := Row{What: "less: paid by a webhook that the journal has not read yet"}
	differs := Row{What: "add: the journal has another amount than the webhook"}
	people := Row{What: "add: settled by people, without a webhook"}
	journal := Row{What: "Journal: paid, as our own steps say", Sum: true}
	ours := make(map[string]bool, len(own))
	for i := range own {
		o := &own[i]
		ours[o.ObjectID] = true
		when, told := date[o.ObjectID]
		if !told || when == 0 {
			when = o.Date
		}
		seen, paid := standing[o.ObjectID], o.Paid && when <= end
		if paid {
			journal.Amount = plus(journal.Amount, o.Net)
		}
		switch {
		case paid && o.ByPeople:
			people.add(o.Net)
		case paid && seen != o.Net:
			differs.add(o.Net - seen)
		case !paid && seen != 0:
			untold.add(-seen)
		}
	}
	for id, seen := range standing {
		if !ours[id] {
			others.add(-seen)
		}
	}
	return []Row{others, untold, differs, people, journal}
}
