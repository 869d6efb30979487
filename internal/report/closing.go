package report

import (
	"encoding/json"
	"fmt"
	"io"

	"reconcile/internal/money"
	"reconcile/internal/period"
)

// The names of the files of a closing, in its pack.
const (
	ClosingName         = "closing.json"
	ClosingWorkbookName = "closing.xlsx"
	SnapshotName        = "snapshot.jsonl"
	StepsName           = "journal.jsonl"
)

// Late is what a run says of payments of closed periods.
type Late struct {
	Period   period.Period // the last one that is closed or soft-closed
	State    string
	Payments []period.Late
}

// WriteTotals writes what summary.json says of the facts, without what is true of one
// run only.
func (f *Facts) WriteTotals(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	// The fields that are named here hide those of the summary, and are left out.
	if err := enc.Encode(struct {
		Summary
		Run   *RunSummary `json:"run,omitempty"`
		Files *Files      `json:"files,omitempty"`
	}{Summary: f.Summary(RunInfo{})}); err != nil {
		return fmt.Errorf("writing the totals: %w", err)
	}
	return nil
}

// closingWidths are the columns of the first sheet, A to D.
var closingWidths = []hundredths{66_00, 14_00, 24_00, 48_00}

// WriteClosing writes the workbook of a closing, as the two who sign it read it and
// an auditor after them.
func WriteClosing(w io.Writer, c *period.Closing) error {
	title := "Closing of " + c.Period.Long()
	return writeBook(w, maxSheetRows, propertiesOf(title, c.AsOf, c.Program), func(b *workbook) error {
		p := &page{}
		closingPage(p, c, title)
		if err := b.addPage("Closing", p, closingWidths); err != nil {
			return err
		}
		tables := []table{rollTable(c), carriedTable(c), lateTable(c.Late)}
		if c.Replaces != nil {
			tables = append(tables, changesTable(c))
		}
		for _, t := range tables {
			if err := b.addTable(t); err != nil {
				return err
			}
		}
		return nil
	})
}

// closingPage is the first sheet: to what the books tie, and how they came there.
func closingPage(p *page, c *period.Closing, title string) {
	p.add(text(title).styled(titleStyle))
	p.last().height = 28_00
	p.add(text(fmt.Sprintf("Version %d · as of %s · amounts in rupees, what we owe is positive", c.Version, c.AsOf.Long())).styled(subtitleStyle))
	p.add()
	p.add(text(closingVerdict(c)).styled(strongStyle))
	p.spread(0, 3, closingWidths)
	statement(p, "To the creditors' control account", c.Tie.Bridge)
	for _, note := range tieNotes(&c.Tie) {
		p.add(text(note).styled(noteStyle))
		p.spread(0, 3, closingWidths)
	}
	rollSection(p, c)
	statement(p, "Paid up to the end of the period: ledger, webhooks and journal", c.ThreeWay)
	p.section("Carried forward", 4, "What", ">Lines", ">Amount")
	for _, r := range carriedRows(c) {
		p.add(text(r.What), count(r.Count), amount(r.Amount))
	}
	p.section("What it was made from", 4, "File", "", "SHA-256")
	for _, in := range c.Inputs {
		p.add(text(in.Path), text(in.Kind), text(in.SHA256))
		p.spread(2, 3, closingWidths)
	}
	facts := [][2]string{{"Steps of the journal, proved", fmt.Sprint(c.Journal.Steps)}, {"Hash of the last of them", c.Journal.Head}}
	if c.Previous != nil {
		facts = append(facts, [2]string{fmt.Sprintf("Rolled forward from %s, version %d", c.Previous.Period, c.Previous.Version), c.Previous.Closing})
	}
	if c.Replaces != nil {
		facts = append(facts, [2]string{fmt.Sprintf("Takes the place of version %d", c.Replaces.Version), c.Replaces.Closing})
	}
	for _, f := range facts {
		p.add(text(f[0]), cell{}, text(f[1]))
		p.spread(2, 3, closingWidths)
	}
}

// closingVerdict says in one sentence what is signed.
func closingVerdict(c *period.Closing) string {
	if c.Tie.Ties() {
		return fmt.Sprintf("The sub-ledger of ₹ %s is what the creditors' control account shows.", c.Tie.SubLedger.Grouped())
	}
	return fmt.Sprintf("THE SUB-LEDGER DOES NOT TIE: the control account shows ₹ %s and the sub-ledger ₹ %s, a difference of ₹ %s. Signed for with: %s",
		c.Tie.Control.Grouped(), c.Tie.SubLedger.Grouped(), c.Tie.Difference.Grouped(), c.DifferenceReason)
}

// tieNotes say what is in no sum, or is there for want of a date.
func tieNotes(t *period.Tie) (notes []string) {
	if t.Foreign > 0 {
		notes = append(notes, plural(t.Foreign, "row is", "rows are")+" in another currency and in none of these sums.")
	}
	if q := t.Quarantined; t.Ties() && q.Amount != 0 {
		notes = append(notes, fmt.Sprintf("It ties without %s in quarantine, of which ₹ %s can be read as due: see why the account does not have them.", plural(q.Count, "row"), q.Amount.Grouped()))
	}
	if t.Undated > 0 {
		notes = append(notes, plural(t.Undated, "row has", "rows have")+" no date and counts as of the period or before it.")
	}
	return notes
}

// statement writes rows that add up, with the sums as formulas. From one sum the
// next part goes on.
func statement(p *page, title string, rows []period.Row) {
	p.section(title, 4, "What", ">Count", ">Amount", "Ties")
	first := len(p.rows) + 1
	var running money.Paise
	exact := true
	for _, r := range rows {
		exact = exact && fits(r.Amount)
		if !r.Sum {
			running = money.Sum(running, r.Amount)
			p.add(text(r.What), count(r.Count), amount(r.Amount), cell{style: textStyle})
			continue
		}
		n := len(p.rows) + 1
		value := amount(r.Amount).styled(totalLabelStyle)
		above := fmt.Sprintf("SUM(C%d:C%d)", first, n-1)
		ties := tiesCell(running == r.Amount, fmt.Sprintf("C%d", n), above, number{money: true, paise: r.Amount})
		if !exact {
			ties.formula = ""
		}
		p.add(text(r.What).styled(totalLabelStyle), cell{style: totalLabelStyle}, value, ties)
		first = n // the sum is the first row of the next part
	}
}

func rollSection(p *page, c *period.Closing) {
	m := &c.Roll.Total
	from := "Opening balance: the books' documents of earlier months, for there is no closing before"
	if c.Previous != nil {
		from = fmt.Sprintf("Opening balance: closing of %s, version %d", c.Previous.Period.Long(), c.Previous.Version)
	}
	rows := []period.Row{
		{What: from, Amount: m.Opening},
		{What: "add: new invoices", Amount: m.New},
		{What: "less: paid or cleared", Amount: m.Cleared},
		{What: "credit notes, advances, tax and discounts that came later", Amount: m.Credits},
		{What: "corrections: booked late, or changed", Amount: m.Corrections},
		{What: "Closing balance", Amount: m.Closing, Sum: true},
	}
	p.section("Roll-forward", 4, "What", "", ">Amount", "Ties")
	first := len(p.rows) + 1
	for _, r := range rows {
		if !r.Sum {
			p.add(text(r.What), cell{style: textStyle}, amount(r.Amount), cell{style: textStyle})
			continue
		}
		n := len(p.rows) + 1
		p.add(text(r.What).styled(totalLabelStyle), cell{style: totalLabelStyle}, amount(r.Amount).styled(totalLabelStyle),
			tiesCell(m.Ties(), fmt.Sprintf("C%d", n), fmt.Sprintf("SUM(C%d:C%d)", first, n-1),
				number{money: true, paise: m.Opening}, number{money: true, paise: m.New}, number{money: true, paise: m.Cleared},
				number{money: true, paise: m.Credits}, number{money: true, paise: m.Corrections}, number{money: true, paise: m.Closing}))
	}
	if c.Roll.Gone.Count > 0 {
		p.add(text(fmt.Sprintf("Of what was cleared, ₹ %s left the books: %s that had a balance at the last closing. Of ₹ %s (%s) no payment of the platform is known.",
			(-c.Roll.Gone.Amount).Grouped(), plural(c.Roll.Gone.Count, "invoice"), (-c.Roll.Unpaid.Amount).Grouped(), plural(c.Roll.Unpaid.Count, "invoice"))).styled(noteStyle))
		p.spread(0, 3, closingWidths)
	}
}

// carriedRows sum what comes in from the period before, is done with, and goes on.
func carriedRows(c *period.Closing) []period.Row {
	rows := []period.Row{{What: "Carried in and done with"}, {What: "Carried on: " + period.Undecided}, {What: "Carried on: " + period.Unmatched},
		{What: "Late payments, dated in a period that was closed"}}
	put := func(i int, p money.Paise) {
		rows[i].Count++
		rows[i].Amount = money.Sum(rows[i].Amount, p)
	}
	for _, l := range c.Cleared {
		put(0, l.Net)
	}
	for _, l := range c.Carried {
		if l.Why == period.Undecided {
			put(1, l.Net)
		} else {
			put(2, l.Net)
		}
	}
	for _, l := range c.Late {
		put(3, l.Net)
	}
	return rows
}

// rollTable is the roll-forward by supplier.
func rollTable(c *period.Closing) table {
	return table{
		name:  "Roll-forward",
		empty: "Nothing was owed, and nothing is.",
		fixed: 2,
		columns: []column{
			{title: "Supplier", max: 36}, {title: "Name", max: 36}, {title: "Opening", right: true}, {title: "New invoices", right: true},
			{title: "Paid or cleared", right: true}, {title: "Credits", right: true}, {title: "Corrections", right: true}, {title: "Closing", right: true}, {title: "Ties"},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 9)
			for i := range c.Roll.Suppliers {
				m := &c.Roll.Suppliers[i]
				ties := "ties"
				if !m.Ties() {
					ties = "DOES NOT TIE"
				}
				row = append(row[:0], text(m.Supplier), text(m.Name), amount(m.Opening), amount(m.New), amount(m.Cleared),
					amount(m.Credits), amount(m.Corrections), amount(m.Closing), text(ties))
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
		marks: []mark{{8, "DOES NOT TIE"}},
	}
}

// carriedTable lists what the next period takes over.
func carriedTable(c *period.Closing) table {
	return table{
		name:  "Carried forward",
		empty: "Every payment of the period has its outcome and its item.",
		fixed: 1,
		columns: []column{
			{title: "Payment", max: 38}, {title: "Line", right: true}, {title: "Supplier", max: 30}, {title: "Invoice number", max: 26}, {title: "Date"},
			{title: "Amount", right: true}, {title: "Why", max: 30}, {title: "Since"}, {title: "Now", max: 24},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 9)
			lists := []struct {
				lines []period.Carried
				now   string
			}{{c.Carried, "carried on"}, {c.Cleared, "done with"}}
			for _, list := range lists {
				for i := range list.lines {
					l := &list.lines[i]
					row = append(row[:0], text(l.ObjectID), count(l.Position+1), text(l.Supplier), text(l.Number), date(l.Date),
						amount(l.Net), text(l.Why), text(l.Since.String()), text(list.now))
					if err := yield(row); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
}

// lateTable lists payments of closed periods that were first known after the
// closing, with the period that they come from.
func lateTable(late []period.Late) table {
	return table{
		name:  "Late payments",
		empty: "No payment of a closed period came after its closing.",
		fixed: 1,
		columns: []column{
			{title: "Payment", max: 38}, {title: "Of period"}, {title: "Date"}, {title: "Supplier", max: 30}, {title: "Supplier B2B id"}, {title: "Invoice numbers", max: 40},
			{title: "Amount", right: true}, {title: "Outcome"}, {title: "Outcome at the closing", max: 30},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 9)
			for i := range late {
				l := &late[i]
				was := l.Was
				if was == "" {
					was = "no webhook of it yet"
				}
				row = append(row[:0], text(l.ObjectID), text(l.Origin.String()), date(l.Date), text(l.Name), text(l.Supplier), text(l.Numbers), amount(l.Net), text(l.Outcome), text(was))
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// changesTable lists in what this version differs from the one before.
func changesTable(c *period.Closing) table {
	var moved money.Paise
	for i := range c.Changes {
		moved = money.Sum(moved, money.Sum(c.Changes[i].After, -c.Changes[i].Before))
	}
	return table{
		notes: []string{fmt.Sprintf("Version %d came to ₹ %s and this one comes to ₹ %s: a difference of ₹ %s.",
			c.Replaces.Version, money.Sum(c.Tie.SubLedger, -moved).Grouped(), c.Tie.SubLedger.Grouped(), moved.Grouped())},
		name:  fmt.Sprintf("Difference to v%d", c.Replaces.Version),
		empty: "No document differs.",
		fixed: 2,
		columns: []column{
			{title: "Supplier", max: 36}, {title: "Number", max: 26}, {title: "Document"}, {title: "What"},
			{title: "Balance before", right: true}, {title: "Balance now", right: true}, {title: "Difference", right: true},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 7)
			for i := range c.Changes {
				d := &c.Changes[i]
				row = append(row[:0], text(d.Supplier), text(d.Number), text(d.Type), text(d.What), amount(d.Before), amount(d.After), amount(money.Sum(d.After, -d.Before)))
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
