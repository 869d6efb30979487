package report

import (
	"slices"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// An Amount is how many of something there are, and what they come to.
type Amount struct {
	Count  int         `json:"count"`
	Amount money.Paise `json:"amount"`
}

func (a *Amount) add(p money.Paise) {
	a.Count++
	a.Amount = money.Sum(a.Amount, p)
}

// A StatusTotal sums the items of one status. Credits count negative.
type StatusTotal struct {
	Count         int         `json:"count"`
	Amount        money.Paise `json:"amount"` // cash payable
	InvoiceAmount money.Paise `json:"invoice_amount"`
	CashPaid      money.Paise `json:"cash_paid"` // on the platform
}

// statusTotals sums the items by status, in the order of the contract.
func (f *Facts) statusTotals() Ordered[StatusTotal] {
	totals := make(Ordered[StatusTotal], len(matcher.Statuses))
	for i, s := range matcher.Statuses {
		totals[i].Name = s.String()
	}
	for i := range f.Result.Items {
		r := &f.Result.Items[i]
		t := &totals[slices.Index(matcher.Statuses[:], r.Status)].Value
		t.Count++
		t.Amount = money.Sum(t.Amount, signed(r.Item, r.Item.Cash()))
		t.InvoiceAmount = money.Sum(t.InvoiceAmount, signed(r.Item, r.Item.Gross))
		t.CashPaid = money.Sum(t.CashPaid, r.CashPaid)
	}
	return totals
}

// breakTotals sums the breaks by code, worst first. Codes overlap, so these
// amounts are not to be added to each other.
func (f *Facts) breakTotals() Ordered[Amount] {
	byCode := map[matcher.Code]*Amount{}
	var codes []matcher.Code
	add := func(breaks []matcher.Break) {
		for _, b := range breaks {
			if byCode[b.Code] == nil {
				byCode[b.Code] = new(Amount)
				codes = append(codes, b.Code)
			}
			byCode[b.Code].add(b.Amount)
		}
	}
	for i := range f.Result.Items {
		add(f.Result.Items[i].Breaks)
	}
	for i := range f.Result.Lines {
		add(f.Result.Lines[i].Breaks)
	}
	slices.SortFunc(codes, newCodeBook().compare)
	totals := make(Ordered[Amount], 0, len(codes))
	for _, c := range codes {
		totals = append(totals, Entry[Amount]{string(c), *byCode[c]})
	}
	return totals
}

// dueTotals sums what would be proposed, and what is left out by reason.
func (f *Facts) dueTotals() DueSummary {
	var due DueSummary
	for _, p := range f.Due() {
		if p.Reason == "" {
			due.Proposed.add(p.Amount)
			continue
		}
		i := slices.IndexFunc(due.LeftOut, func(e Entry[Amount]) bool { return e.Name == string(p.Reason) })
		if i < 0 {
			i = len(due.LeftOut)
			due.LeftOut = append(due.LeftOut, Entry[Amount]{Name: string(p.Reason)})
		}
		due.LeftOut[i].Value.add(p.Amount)
	}
	slices.SortFunc(due.LeftOut, func(a, b Entry[Amount]) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return due
}

// A Proof is one equation between two numbers that were counted apart.
type Proof struct {
	What  string `json:"what"`
	Left  string `json:"left"`
	Right string `json:"right"`
	Ties  bool   `json:"ties"`

	left, right number // the same, for cells
}

// number is a count or an amount.
type number struct {
	money bool
	count int
	paise money.Paise
}

func (n number) String() string {
	if n.money {
		return n.paise.String()
	}
	return money.Paise(n.count * 100).String()[:len(money.Paise(n.count*100).String())-3]
}

func equalCounts(what string, left, right int) Proof {
	return proof(what, number{count: left}, number{count: right})
}

func equalAmounts(what string, left, right money.Paise) Proof {
	return proof(what, number{money: true, paise: left}, number{money: true, paise: right})
}

func proof(what string, left, right number) Proof {
	return Proof{What: what, Left: left.String(), Right: right.String(), Ties: left == right, left: left, right: right}
}

// proofs returns what must be equal if nothing was lost between the input and
// the results. The left sides come from the readers or from one way of adding
// up, the right sides from another.
func (f *Facts) proofs() []Proof {
	accepted, quarantinedRows, events := 0, 0, 0
	for _, in := range f.Ledger.Inputs {
		accepted += in.Accepted
		quarantinedRows += in.Quarantined
	}
	if f.Suppliers != nil {
		quarantinedRows += f.Suppliers.Quarantined
	}
	for _, log := range f.Logs {
		events += log.Quarantined
	}
	var byStatus StatusTotal
	for _, t := range f.statusTotals() {
		byStatus.Count += t.Value.Count
		byStatus.Amount = money.Sum(byStatus.Amount, t.Value.Amount)
		byStatus.InvoiceAmount = money.Sum(byStatus.InvoiceAmount, t.Value.InvoiceAmount)
	}
	var booked, gross money.Paise
	for i := range f.Ledger.Items {
		it := &f.Ledger.Items[i]
		booked = money.Sum(booked, signed(it, it.Cash()))
		gross = money.Sum(gross, signed(it, it.Gross))
	}
	lines := f.lineTotals()
	return append([]Proof{
		equalCounts("Ledger rows accepted = items in all statuses", accepted, byStatus.Count),
		equalAmounts("Invoice amount of the rows accepted = of all statuses", gross, byStatus.InvoiceAmount),
		equalAmounts("Cash payable of the rows accepted = of all statuses", booked, byStatus.Amount),
		equalCounts("Payment lines = matched + unmatched", lines.all.Count, lines.matched.Count+lines.unmatched.Count),
		equalAmounts("Net of all payment lines = matched + unmatched", lines.all.Amount, money.Sum(lines.matched.Amount, lines.unmatched.Amount)),
		equalAmounts("Net of the matched lines = their shares on items", lines.matched.Amount, lines.shares),
		equalAmounts("Cash paid on all items = standing shares", lines.paid, lines.standing),
		equalCounts("Ledger rows and events quarantined = listed", quarantinedRows+events, f.listed()),
	}, f.changeProofs()...)
}

// listed counts the rows and events that stand in the list of what could not be
// read. A problem of a whole file is no row, and no reader counts it as one.
func (f *Facts) listed() int {
	n := 0
	for _, q := range f.quarantined() {
		if q.Pos.Row > 0 {
			n++
		}
	}
	return n
}

// lineTotals are the payment lines, added up as lines and as shares on items.
type lineTotals struct {
	all, matched, unmatched Amount
	shares, standing, paid  money.Paise
}

func (f *Facts) lineTotals() lineTotals {
	var t lineTotals
	for i := range f.Result.Lines {
		r := &f.Result.Lines[i]
		t.all.add(r.Line.Net)
		if matched(r) {
			t.matched.add(r.Line.Net)
		} else {
			t.unmatched.add(r.Line.Net)
		}
	}
	for i := range f.Result.Items {
		r := &f.Result.Items[i]
		t.paid = money.Sum(t.paid, r.CashPaid)
		for _, m := range r.Matches {
			if m.Rule == matcher.Suggested {
				continue
			}
			t.shares = money.Sum(t.shares, m.Net)
			if m.Remittance.Stands(m.Line) {
				t.standing = money.Sum(t.standing, m.Net)
			}
		}
	}
	return t
}

// matched tells whether a line counts for an item; a suggested one does not.
func matched(r *matcher.LineResult) bool {
	return len(r.Items) > 0 && r.Rule != matcher.Suggested && r.Rule != matcher.NoMatch
}

// signed returns an amount of an item as it counts in the totals: negative for
// what is not an invoice, whatever sign the ledger gave it.
func signed(it *ledger.Item, p money.Paise) money.Paise {
	if it.Type == ledger.Invoice {
		return p
	}
	return -p.Abs()
}
