package report

import (
	"fmt"
	"strings"

	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// summaryWidths are the columns of the first sheet, A to H.
var summaryWidths = []hundredths{48_00, 18_00, 18_00, 18_00, 18_00, 18_00, 18_00, 36_00}

// summaryPage returns the first sheet: the verdict, where the money stands, what
// to look at, and the proof that nothing was lost.
func (f *Facts) summaryPage() *page {
	p := &page{}
	f.titles(p, "Payables reconciliation")
	p.add()
	p.add(text(f.verdict()).styled(strongStyle))
	p.spread(0, 7, summaryWidths)
	p.last().height += 4_00
	if n := len(f.toAct()); n > 0 {
		p.add(text(plural(n, "thing") + " to do, worst first, in the sheet Act today.").styled(noteStyle))
	}
	if line := f.changesLine(); line != "" {
		p.add(text(line).styled(noteStyle))
	}
	f.firstSection(p)
	below := f.ageingSection(p)
	first := f.statusSection(p)
	if f.hasMoney() {
		p.chart = &chart{row: below, column: 3, columns: 5, title: "Cash payable of invoices by status", labels: 0, values: 2, first: first + 1, last: first + len(matcher.Statuses) - 1}
	}
	f.breaksSection(p)
	f.changesSection(p)
	f.dueSection(p)
	f.ledgerSection(p)
	f.eventsSection(p)
	f.proofSection(p)
	return p
}

// firstThings is how many findings stand on the first sheet; Act today has all.
const firstThings = 3

// firstSection says what to do first of all.
func (f *Facts) firstSection(p *page) {
	found := f.toAct()
	if len(found) == 0 {
		return
	}
	p.section("First of all", 8, "Supplier, invoice", ">At risk", ">Days", "What happened, and what to do")
	p.spread(3, 7, summaryWidths)
	names := f.supplierNames()
	for i := range found[:min(len(found), firstThings)] {
		b := &found[i]
		supplier, number := b.party(names)
		p.add(text(supplier+", "+number), amount(b.atRisk()), count(b.days(f.AsOf)), text(b.info.Meaning+" "+remedy(b.Code)))
		p.spread(0, 0, summaryWidths)
		p.spread(3, 7, summaryWidths)
	}
}

func (f *Facts) titles(p *page, title string) {
	p.add(text(title).styled(titleStyle))
	p.last().height = 28_00
	for _, buyer := range f.Buyers {
		parts := []string{}
		for _, s := range []string{buyer.Name, buyer.B2BID, buyer.GSTIN} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		p.add(text(strings.Join(parts, " · ")).styled(subtitleStyle))
	}
	p.add(text("Business date " + f.AsOf.Long() + " · reconcile " + f.Kind).styled(subtitleStyle))
}

// statusMeanings says what each status means, in the order of the contract.
var statusMeanings = [...]string{
	"not an invoice: counts negative, is never paid",
	"paid on the platform, and the supplier confirmed it",
	"paid on the platform",
	"a payment is on its way, or its outcome is not known",
	"less is paid than the invoice takes",
	"the books say paid, by a way that the log does not cover",
	"the books say paid, and no payment supports it",
	"nothing is left to pay",
	"not due yet",
	"due, and held back for a reason",
	"due, and may be paid",
}

// statusSection returns in which row the first status stands.
func (f *Facts) statusSection(p *page) int {
	p.section("Money by status", 8, "Status", ">Items", ">Cash payable", ">Invoice amount", ">Paid on platform", "Meaning")
	first := len(p.rows) + 1
	var all StatusTotal
	exact := true
	for i, t := range f.statusTotals() {
		v := t.Value
		p.add(text(t.Name), count(v.Count), amount(v.Amount), amount(v.InvoiceAmount), amount(v.CashPaid), text(statusMeanings[i]))
		p.spread(5, 7, summaryWidths)
		all.Count += v.Count
		all.Amount, all.InvoiceAmount, all.CashPaid = money.Sum(all.Amount, v.Amount), money.Sum(all.InvoiceAmount, v.InvoiceAmount), money.Sum(all.CashPaid, v.CashPaid)
		exact = exact && fits(v.Amount, v.InvoiceAmount, v.CashPaid)
	}
	last := len(p.rows)
	row := []cell{text("All").styled(totalLabelStyle), total(count(all.Count), 1, first, last)}
	for i, v := range []money.Paise{all.Amount, all.InvoiceAmount, all.CashPaid} {
		c := total(amount(v), i+2, first, last)
		if !exact {
			c.formula = ""
		}
		row = append(row, c)
	}
	p.add(append(row, blanks(3, totalLabelStyle)...)...)
	return first
}

// fits tells whether all amounts can be numbers in cells.
func fits(amounts ...money.Paise) bool {
	for _, a := range amounts {
		if _, ok := numberOf(hundredths(a)); !ok {
			return false
		}
	}
	return true
}

func blanks(n int, look style) []cell {
	cells := make([]cell, n)
	for i := range cells {
		cells[i].style = look
	}
	return cells
}

func (f *Facts) breaksSection(p *page) {
	totals := f.breakTotals()
	if len(totals) == 0 {
		p.section("Breaks", 8)
		p.add(text("None.").styled(noteStyle))
		return
	}
	p.section("Breaks, worst first", 8, "Code", ">Breaks", ">Amount", ">Oldest, days", "Urgency", "Meaning")
	book, oldest := newCodeBook(), f.oldest()
	for _, t := range totals {
		info := book.of(matcher.Code(t.Name))
		p.add(text(t.Name), count(t.Value.Count), amount(t.Value.Amount), count(oldest[info.Code]), text(info.Severity.String()), text(info.Meaning))
		p.spread(5, 7, summaryWidths)
	}
	p.add(text("Codes overlap: one rupee may stand under several, so these amounts are not added up.").styled(noteStyle))
}

func (f *Facts) dueSection(p *page) {
	due := f.dueTotals()
	if due.Proposed.Count == 0 && len(due.LeftOut) == 0 {
		return
	}
	p.section("Due", 8, "Decision", ">Items", ">To be paid")
	p.add(append([]cell{text("would be proposed"), count(due.Proposed.Count), amount(due.Proposed.Amount)}, blanks(5, textStyle)...)...)
	for _, r := range due.LeftOut {
		p.add(append([]cell{text("left out: " + r.Name), count(r.Value.Count), amount(r.Value.Amount)}, blanks(5, textStyle)...)...)
	}
}

func (f *Facts) ledgerSection(p *page) {
	p.section("Control totals of the ledgers: read = accepted + skipped + quarantined", 8,
		"File", "Of", ">Read", ">Accepted", ">Skipped", ">Quarantined", "", "Ties")
	for _, in := range f.inputs() {
		if in.Kind != "ledger" {
			continue
		}
		counts := func(n int) number { return number{count: n} }
		p.addTotals(in.Path, "rows", counts(in.Rows), counts(in.Accepted), counts(in.Skipped), counts(in.Quarantined))
		for _, c := range in.Amounts {
			rupees := func(v money.Paise) number { return number{money: true, paise: v} }
			p.addTotals("", c.Name, rupees(c.Value.Read), rupees(c.Value.Accepted), rupees(c.Value.Skipped), rupees(c.Value.Quarantined))
		}
		for _, wrong := range in.Wrong {
			p.add(text(wrong).styled(noteStyle))
			p.spread(0, 7, summaryWidths)
		}
	}
}

// addTotals adds a row that shows read = accepted + skipped + quarantined.
func (p *page) addTotals(path, of string, read, accepted, skipped, quarantined number) {
	n := len(p.rows) + 1
	ties := read.count == accepted.count+skipped.count+quarantined.count &&
		read.paise == money.Sum(accepted.paise, money.Sum(skipped.paise, quarantined.paise))
	p.add(text(path), text(of), read.cell(), accepted.cell(), skipped.cell(), quarantined.cell(), cell{},
		tiesCell(ties, fmt.Sprintf("C%d", n), fmt.Sprintf("D%d+E%d+F%d", n, n, n), read, accepted, skipped, quarantined))
}

func (f *Facts) eventsSection(p *page) {
	p.section("Control totals of the event logs: bodies = folded + copies + foreign + counted + quarantined", 8,
		"File", ">Bodies", ">Folded", ">Copies", ">Foreign", ">Counted", ">Quarantined", "Ties")
	for _, log := range f.Logs {
		counted := 0
		for _, c := range log.Counted {
			counted += c.Bodies
		}
		n := len(p.rows) + 1
		ties := log.Bodies == log.Folded+log.Copies+log.Foreign+counted+log.Quarantined
		p.add(text(log.Path), count(log.Bodies), count(log.Folded), count(log.Copies), count(log.Foreign), count(counted), count(log.Quarantined),
			tiesCell(ties, fmt.Sprintf("B%d", n), fmt.Sprintf("C%d+D%d+E%d+F%d+G%d", n, n, n, n, n)))
	}
	if len(f.Logs) == 0 {
		p.add(text("No event logs.").styled(noteStyle))
	}
}

func (f *Facts) proofSection(p *page) {
	p.section("Nothing lost between input and results", 8, "Proof", ">Left", ">Right", "", "", "", "", "Ties")
	for _, e := range f.proofs() {
		n := len(p.rows) + 1
		p.add(text(e.What), e.left.cell(), e.right.cell(), cell{}, cell{}, cell{}, cell{},
			tiesCell(e.Ties, fmt.Sprintf("B%d", n), fmt.Sprintf("C%d", n), e.left, e.right))
	}
}
