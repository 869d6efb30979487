package report

import (
	"fmt"
	"io"
	"strings"

	"reconcile/internal/proposal"
)

// The names of the files of a proposal, in the folder of its run.
const (
	PlanName         = "plan.json"
	PlanWorkbookName = "plan.xlsx"
)

// A Plan is a proposal as a checker reads it before approving its hash.
type Plan struct {
	Proposal *proposal.Proposal
	Text     []byte // plan.json
	Hash     string // SHA-256 of Text, in hexadecimal
	Need     int    // approvals that it takes
	Version  string // of the program
}

// Files returns the files of the plan; none where there is no plan.
func (p *Plan) Files() []File {
	if p == nil {
		return nil
	}
	return []File{
		{Name: PlanName, Write: func(w io.Writer) error {
			_, err := w.Write(p.Text)
			return err
		}},
		{Name: PlanWorkbookName, Write: p.WriteWorkbook},
	}
}

// planWidths are the columns of the first sheet, A to F.
var planWidths = []hundredths{40_00, 20_00, 16_00, 22_00, 22_00, 22_00}

// WriteWorkbook writes the workbook of the plan. It is there to be read: what is
// approved is the hash of plan.json, and an edit of the workbook changes nothing.
func (p *Plan) WriteWorkbook(w io.Writer) error {
	asOf := p.Proposal.AsOf
	return writeBook(w, maxSheetRows, propertiesOf("Payment proposal "+asOf.String(), asOf, p.Version), func(b *workbook) error {
		if err := p.addFirst(b); err != nil {
			return err
		}
		for _, t := range []table{p.paymentsTable(), p.leftOutTable()} {
			if err := b.addTable(t); err != nil {
				return err
			}
		}
		return p.addMade(b)
	})
}

// addFirst writes the first sheet: how much, from which account, and what is
// being asked of the checker.
func (p *Plan) addFirst(b *workbook) error {
	q := p.Proposal
	g := &page{}
	g.add(text("Payment proposal").styled(titleStyle))
	g.last().height = 28_00
	g.add(text("Business date " + q.AsOf.Long() + " · " + q.Type.String() + " · made by " + q.Maker).styled(subtitleStyle))
	g.add()
	ask := fmt.Sprintf("%s of ₹ %s in all, for %s. ", plural(len(q.Instructions), "payment"), q.Total().Grouped(), plural(p.invoices(), "invoice"))
	switch {
	case len(q.Instructions) == 0:
		ask = "Nothing is proposed."
	case p.Need == 1:
		ask += "It takes the approval of one person other than the maker."
	default:
		ask += fmt.Sprintf("It takes the approval of %d people other than the maker.", p.Need)
	}
	if again := p.secondAttempts(); again > 0 {
		ask += fmt.Sprintf(" %s failed or came back before: see the column Failed before.", plural(again, "of them has", "of them have"))
	}
	g.add(text(ask).styled(strongStyle))
	g.spread(0, 5, planWidths)
	g.section("Funding needed", 6, "Buyer", "Date", ">Payments", ">Cash")
	for _, f := range q.Funding {
		g.add(text(f.Buyer), date(f.Date), count(f.Instructions), amount(f.Net))
	}
	g.section("What is approved", 6)
	facts := [][2]string{
		{"SHA-256 of plan.json", p.Hash},
		{"Sent to", q.BaseURL + " (" + q.API + ")"},
		{"Overridden settings", strings.Join(q.Overrides, ", ")},
	}
	if q.Round > 1 {
		facts = append(facts, [2]string{"Round", fmt.Sprintf("%d: the same was rejected or has expired before", q.Round)})
	}
	for _, fact := range facts {
		if fact[1] == "" {
			continue
		}
		g.add(text(fact[0]), text(fact[1]))
		g.spread(1, 5, planWidths)
	}
	return b.addPage("Proposal", g, planWidths)
}

// secondAttempts counts the invoices of which an earlier payment failed.
func (p *Plan) secondAttempts() (n int) {
	for i := range p.Proposal.Lines {
		if l := &p.Proposal.Lines[i]; l.SecondAttempt && l.Instruction != "" {
			n++
		}
	}
	return n
}

func (p *Plan) invoices() (n int) {
	for i := range p.Proposal.Instructions {
		n += len(p.Proposal.Instructions[i].Allocations)
	}
	return n
}

// paymentsTable lists what would be paid, one row an invoice.
func (p *Plan) paymentsTable() table {
	return table{
		name:  "Payments",
		empty: "Nothing is proposed.",
		fixed: 2,
		columns: []column{
			{title: "Supplier", max: 30}, {title: "Invoice number", max: 26}, {title: "Due date"}, {title: "Cash", right: true},
			{title: "Tax and credits", right: true}, {title: "Why no cash", max: 36}, {title: "Invoice amount", right: true},
			{title: "Account"}, {title: "IFSC"}, {title: "Beneficiary", max: 26}, {title: "VPA", max: 24}, {title: "Mode"},
			{title: "Pay by"}, {title: "Because of", max: 36}, {title: "Attempt", right: true}, {title: "Failed before", max: 60},
			{title: "Supplier B2B id"}, {title: "Buyer B2B id"}, {title: "Ledger row", max: 36}, {title: "Payment", max: 38}, {title: "Reference", max: 30},
		},
		rows: func(yield func([]cell) error) error {
			lines := p.linesByDebt()
			row := make([]cell, 0, 21)
			for i := range p.Proposal.Instructions {
				in := &p.Proposal.Instructions[i]
				for k := range in.Allocations {
					a := &in.Allocations[k]
					line := lines[a.Source]
					row = append(row[:0], text(in.SupplierName), text(a.Number), date(a.DueDate), amount(a.Net),
						amount(a.Adjustment), text(splits(a.Splits)), amount(a.Gross),
						text(masked(in.Payee.Last4)), text(in.Payee.IFSC), text(in.Payee.Beneficiary), text(in.Payee.VPA), text(in.Mode),
						date(line.PayBy), text(line.PayByRule), count(in.Attempt), text(failure(line.Failed)),
						text(in.Supplier), text(in.Buyer), text(a.Source), text(in.ObjectID), text(in.Reference))
					if err := yield(row); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
}

// failure says which payment failed, when, and in what words.
func failure(f proposal.Failure) string {
	if f.ObjectID == "" {
		return ""
	}
	words := f.ObjectID
	if f.On != 0 {
		words += " of " + f.On.Long()
	}
	if f.Why != "" {
		words += ": " + f.Why
	}
	return words
}

// linesByDebt returns the line of each ledger row.
func (p *Plan) linesByDebt() map[string]proposal.Line {
	lines := make(map[string]proposal.Line, len(p.Proposal.Lines))
	for _, l := range p.Proposal.Lines {
		lines[l.Source] = l
	}
	return lines
}

// leftOutTable lists what is due and is not proposed.
func (p *Plan) leftOutTable() table {
	return table{
		name:  "Left out",
		empty: "Everything that is due is proposed.",
		fixed: 2,
		columns: []column{
			{title: "Supplier", max: 30}, {title: "Invoice number", max: 26}, {title: "Due date"}, {title: "Cash", right: true},
			{title: "Reason", max: 30}, {title: "Why, and what to do", max: 70}, {title: "Pay by"}, {title: "Because of", max: 36},
			{title: "Supplier B2B id"}, {title: "Buyer B2B id"}, {title: "Ledger row", max: 36},
		},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 11)
			for _, l := range p.Proposal.Lines {
				if l.Reason == "" {
					continue
				}
				row = append(row[:0], text(l.SupplierName), text(l.Number), date(l.DueDate), amount(l.Amount),
					text(string(l.Reason)), text(l.Why), date(l.PayBy), text(l.PayByRule),
					text(l.Debt.Supplier), text(l.Debt.Buyer), text(l.Source))
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// madeWidths are the columns of the last sheet, A to B.
var madeWidths = []hundredths{48_00, 80_00}

// addMade writes the last sheet: from which files and under which settings.
func (p *Plan) addMade(b *workbook) error {
	g := &page{}
	g.add(text("Made from").styled(titleStyle))
	g.last().height = 28_00
	g.section("Files", 2, "File", "SHA-256")
	for _, in := range p.Proposal.Inputs {
		g.add(text(in.Path), text(in.SHA256))
	}
	g.section("Settings", 2, "Setting", "Value")
	for _, s := range p.Proposal.Settings {
		g.add(text(s.Name), text(s.Value))
	}
	return b.addPage("Made from", g, madeWidths)
}

// masked shows the last four digits of an account as banks print them.
func masked(last4 string) string {
	if last4 == "" {
		return ""
	}
	return "XXXX" + last4
}

func splits(all []proposal.Split) string {
	parts := make([]string, len(all))
	for i, s := range all {
		parts[i] = strings.TrimSpace(s.Name+" "+s.RefNo) + " " + s.Value.Grouped()
	}
	return strings.Join(parts, "; ")
}
