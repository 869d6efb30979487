package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// breaksTable lists all breaks, worst first, with both sides beside each other.
func (f *Facts) breaksTable() table {
	names := f.supplierNames()
	found := f.findings()
	return table{
		name:  "Breaks",
		empty: "No breaks.",
		fixed: 3,
		paper: 11, // with the platform beside the books nobody could read either on paper
		bands: []band{{"Break", 0}, {"Books", 7}, {"Platform", 15}, {"Both", 24}, {"Known", 26}, {"Yours", 28}, {"For the program", 33}},
		columns: slices.Concat([]column{
			{title: "Urgency"}, {title: "Code"}, {title: "Amount", right: true}, {title: "Supplier", max: 26}, {title: "Supplier B2B id"},
			{title: "Invoice number", max: 26}, {title: "Explanation", max: 50},
			{title: "Ledger row", max: 26}, {title: "Invoice amount", right: true}, {title: "Cash payable", right: true},
			{title: "Booked paid", right: true}, {title: "UTR in books", max: 24}, {title: "Booked on"}, {title: "Due date"}, {title: "Status"},
			{title: "Payment", max: 44}, {title: "Line", right: true}, {title: "Net", right: true}, {title: "Adjustment", right: true},
			{title: "UTR", max: 26}, {title: "Paid on"}, {title: "Outcome"}, {title: "Confirmation"}, {title: "Match"},
			{title: "Difference", right: true}, {title: "Evidence", max: 90},
		}, seenColumns(), noteColumns(), []column{{title: aboutTitle, max: 40}}, idColumns()),
		early: []early{{31, f.AsOf}},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 35)
			for i := range found {
				id := found[i].ExceptionID
				row = f.noteCells(f.seenCells(found[i].cells(row[:0], names), id), id)
				row = f.idCells(append(row, text(found[i].about)), id)
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (b *finding) cells(row []cell, names map[string]string) []cell {
	urgency := text(b.info.Severity.String())
	switch {
	case b.quiet:
		urgency = text("accepted")
	case b.info.Severity == matcher.Act:
		urgency.style = strongStyle
	}
	row = append(row, urgency, text(string(b.Code)), amount(b.Amount))
	if b.item != nil {
		return b.itemCells(row)
	}
	return b.lineCells(row, names)
}

func (b *finding) itemCells(row []cell) []cell {
	r, it := b.item, b.item.Item
	row = append(row, text(it.Supplier.Name), text(it.Supplier.B2BID), text(it.Number), text(b.Detail),
		text(it.Pos.String()), amount(it.Gross), amount(it.Cash()), amount(it.Paid), text(it.UTR),
		date(it.PaymentDate), date(it.DueDate), text(r.Status.String()))
	side := sideOf(r)
	row = append(row, text(strings.Join(side.ids, "; ")), side.line, side.net, side.adjustment, text(strings.Join(side.utrs, "; ")),
		date(side.newest), text(strings.Join(side.outcomes, "; ")), text(r.Confirmation), text(r.Rule.String()))
	return append(row, amount(it.Cash()-r.CashPaid), text(evidence(side.payments)))
}

func (b *finding) lineCells(row []cell, names map[string]string) []cell {
	p, l := b.line.Remittance, b.line.Line
	row = append(row, text(names[p.Supplier]), text(p.Supplier), text(l.Number), text(b.Detail),
		text(strings.Join(places(b.line.Items), "; ")), cell{}, cell{}, cell{}, cell{}, cell{}, cell{}, cell{})
	row = append(row, text(p.ObjectID), count(l.Position+1), amount(l.Net), amount(l.Adjustment), text(p.UTR),
		date(p.Date), text(p.Outcome.String()), text(l.Confirmation.String()), text(b.line.Rule.String()))
	return append(row, cell{}, text(evidence([]*payment.Remittance{p})))
}

// A platformSide is what the platform has about one item: all its matches, the
// ones that failed included.
type platformSide struct {
	payments            []*payment.Remittance // each once
	ids, utrs, outcomes []string              // each once, in order of the matches
	line                cell                  // the number of the line, where there is one line only
	net, adjustment     cell                  // sums over the matches
	newest              day.Date
}

func sideOf(r *matcher.ItemResult) platformSide {
	var s platformSide
	var net, adjustment money.Paise
	for i := range r.Matches {
		m := &r.Matches[i]
		p := m.Remittance
		if !slices.Contains(s.payments, p) {
			s.payments = append(s.payments, p)
			s.ids = append(s.ids, p.ObjectID)
		}
		if p.UTR != "" && !slices.Contains(s.utrs, p.UTR) {
			s.utrs = append(s.utrs, p.UTR)
		}
		if word := p.Outcome.String(); !slices.Contains(s.outcomes, word) {
			s.outcomes = append(s.outcomes, word)
		}
		net, adjustment = money.Sum(net, m.Net), money.Sum(adjustment, m.Adjustment)
		s.newest = max(s.newest, p.Date)
	}
	if len(r.Matches) > 0 {
		s.net, s.adjustment = amount(net), amount(adjustment)
	}
	if len(r.Matches) == 1 {
		s.line = count(r.Matches[0].Line.Position + 1)
	}
	return s
}

// maxEvidence is how many places of evidence a cell lists before it only counts
// them.
const maxEvidence = 8

// evidence returns where the log speaks of the payments: file:line and what it
// says there.
func evidence(payments []*payment.Remittance) string {
	var list []string
	more := 0
	for _, p := range payments {
		for _, e := range p.Evidence {
			if len(list) == maxEvidence {
				more++
				continue
			}
			list = append(list, e.Pos.String()+" "+e.Says)
		}
	}
	if more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, "; ")
}

// unmatchedTable lists the lines that moved money, or may still, for no item of
// the ledger.
func (f *Facts) unmatchedTable() table {
	names := f.supplierNames()
	return table{
		name:  "Unmatched payments",
		empty: "Every payment that stands or is in flight is matched to an item.",
		fixed: 2,
		paper: 10,
		columns: []column{
			{title: "Supplier", max: 28}, {title: "Invoice number", max: 24}, {title: "Net", right: true}, {title: "Adjustment", right: true},
			{title: "Paid on"}, {title: "Outcome"}, {title: "Confirmation"}, {title: "Why", max: 50}, {title: "Likely item", max: 28}, {title: "UTR", max: 26},
			{title: "Supplier B2B id"}, {title: "Payment", max: 44}, {title: "Line", right: true}, {title: "Evidence", max: 90},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 14)
			for i := range f.Result.Lines {
				r := &f.Result.Lines[i]
				p, l := r.Remittance, r.Line
				if matched(r) || !p.Stands(l) && !p.InFlight(l) {
					continue
				}
				row = append(row[:0], text(names[p.Supplier]), text(l.Number), amount(l.Net), amount(l.Adjustment),
					date(p.Date), text(p.Outcome.String()), text(l.Confirmation.String()), text(details(r.Breaks)), text(strings.Join(places(r.Items), "; ")), text(p.UTR),
					text(p.Supplier), text(p.ObjectID), count(l.Position+1), text(evidence([]*payment.Remittance{p})))
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// dueTable lists the items that are due, and whether they would be proposed.
func (f *Facts) dueTable() table {
	return table{
		name:  "Due",
		empty: "Nothing is due, or this run does not propose.",
		fixed: 2,
		paper: 10,
		columns: []column{
			{title: "Decision"}, {title: "Reason", max: 30}, {title: "Supplier", max: 28}, {title: "Invoice number", max: 24}, {title: "Part"},
			{title: "Due date"}, {title: "To be paid", right: true}, {title: "Why", max: 56}, {title: "Pay by"}, {title: "Law", max: 28},
			{title: "Second attempt"}, {title: "Supplier B2B id"}, {title: "Buyer B2B id"}, {title: "Ledger row", max: 36},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 14)
			due := f.Due()
			for i := range due {
				p := &due[i]
				decision := "would be proposed"
				if p.Reason != "" {
					decision = "left out"
				}
				row = append(row[:0], text(decision), text(string(p.Reason)), text(p.SupplierName), text(p.Number), text(p.Debt.Part),
					date(p.DueDate), amount(p.Amount), text(p.Why), date(p.PayBy), text(p.PayByRule),
					text(yesOrNothing(p.SecondAttempt)), text(p.Debt.Supplier), text(p.Debt.Buyer), text(p.Source))
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func yesOrNothing(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// itemsTable lists every accepted row of the ledgers.
func (f *Facts) itemsTable() table {
	return table{
		name:  "Items",
		empty: "No items in the ledgers.",
		fixed: 3,
		paper: 16,
		columns: []column{
			{title: "Status"}, {title: "Supplier", max: 26}, {title: "Invoice number", max: 24}, {title: "Document"},
			{title: "Invoice date"}, {title: "Due date"}, {title: "Age in days", right: true},
			{title: "Invoice amount", right: true}, {title: "Tax withheld", right: true}, {title: "Adjustment", right: true},
			{title: "Cash payable", right: true}, {title: "Booked paid", right: true}, {title: "Paid on platform", right: true}, {title: "Adjusted on platform", right: true},
			{title: "In flight", right: true}, {title: "Difference", right: true}, {title: "Match"}, {title: "Confirmation"}, {title: "Breaks", max: 44},
			{title: "Payments", max: 44}, {title: "UTRs", max: 28}, {title: "Hold", max: 20}, {title: "Supplier B2B id"}, {title: "Supplier code"}, {title: "Buyer B2B id"}, {title: "Ledger row", max: 36}, {title: "Note", max: 40},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 27)
			for i := range f.Result.Items {
				row = itemRow(row[:0], &f.Result.Items[i])
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func itemRow(row []cell, r *matcher.ItemResult) []cell {
	it := r.Item
	age := cell{}
	if it.DueDate != 0 {
		age = count(r.AgeDays)
	}
	return append(row, text(r.Status.String()), text(it.Supplier.Name), text(it.Number), text(it.Type.String()),
		date(it.InvoiceDate), date(it.DueDate), age,
		amount(it.Gross), amount(it.TDS), amount(it.Adjustment),
		amount(it.Cash()), amount(it.Paid), amount(r.CashPaid), amount(r.Adjusted),
		amount(r.InFlight), amount(it.Cash()-r.CashPaid), text(r.Rule.String()), text(r.Confirmation), text(codes(r.Breaks)),
		text(strings.Join(payments(r), "; ")), text(strings.Join(utrs(r), "; ")), text(it.Hold), text(it.Supplier.B2BID), text(it.Supplier.Code), text(it.Buyer), text(it.Pos.String()), text(r.Note))
}

// quarantineTable lists what could not be read, ledger rows with their own cells
// behind the reasons.
func (f *Facts) quarantineTable() table {
	list := f.quarantined()
	own := newOwnColumns(f.Ledger.Quarantined)
	t := table{
		name:  "Quarantined",
		empty: "Every row and every event could be read.",
		fixed: 1,
		paper: 8,
		columns: []column{
			{title: "File", max: 40}, {title: "Sheet", max: 24}, {title: "Row or line", right: true}, {title: "Column", max: 30}, {title: "Value", max: 36},
			{title: "Reason", max: 60}, {title: "What to do", max: 60}, {title: "Check", max: 36},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 8+len(own.titles))
			for i := range list {
				q := &list[i]
				at := cell{}
				if q.Pos.Row > 0 {
					at = count(q.Pos.Row)
				}
				row = append(row[:0], text(q.Pos.File), text(q.Pos.Sheet), at, text(columnOf(q)), text(q.Value), text(q.Text), text(q.Remedy), text(q.Check))
				row = append(row, own.cells(q)...)
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for _, title := range own.titles {
		t.columns = append(t.columns, column{title: title, max: 30})
	}
	if len(own.titles) > 0 {
		t.bands = []band{{"Why", 0}, {"The row in its own columns", 8}}
	}
	return t
}

// columnOf returns the heading of the column at fault, or its letters.
func columnOf(q *quarantine) string {
	switch {
	case q.Column != "":
		return q.Column
	case q.Pos.Col > 0:
		return "column " + strconv.Itoa(q.Pos.Col)
	}
	return ""
}

// supplierNames returns the name of each supplier that the ledger knows, by B2B
// id; where it has several the first in the order of the ledger.
func (f *Facts) supplierNames() map[string]string {
	names := map[string]string{}
	for i := range f.Ledger.Items {
		s := &f.Ledger.Items[i].Supplier
		if s.B2BID != "" && s.Name != "" && names[s.B2BID] == "" {
			names[s.B2BID] = s.Name
		}
	}
	return names
}

func codes(breaks []matcher.Break) string {
	list := make([]string, 0, len(breaks))
	for _, b := range breaks {
		list = append(list, string(b.Code))
	}
	return strings.Join(list, "; ")
}

func details(breaks []matcher.Break) string {
	list := make([]string, 0, len(breaks))
	for _, b := range breaks {
		list = append(list, b.Detail)
	}
	return strings.Join(list, "; ")
}
