package proposal

import (
	"strings"
	"testing"
)

// dated is an invoice of 1,180.00 under a number, of a day.
func dated(number, invoiced string) Candidate {
	c := invoice(number, 1_180_00)
	c.Source, c.InvoiceDate = "ledger.csv:"+number, 0
	if invoiced != "" {
		c.InvoiceDate = on(invoiced)
	}
	c.Debt.Year = c.InvoiceDate.FinancialYear()
	return c
}

// asBill is the row of the books that a candidate is.
func asBill(c Candidate) Bill {
	return Bill{Debt: c.Debt, PAN: c.PAN, Number: c.Number, Source: c.Source, Date: c.InvoiceDate, Gross: c.Gross, Cash: c.Cash}
}

// TestNearDuplicates: of two invoices over one amount, whatever the order, both
// wait or neither does.
func TestNearDuplicates(t *testing.T) {
	for _, c := range []struct {
		name     string
		a, aOn   string
		b, bOn   string
		want     bool
		between  []string // numbers of further invoices of a's day, over another amount
		unlikely func(*Candidate)
	}{
		{"a slip in one digit, of one day", "INV/1234", "2026-10-01", "INV/1834", "2026-10-01", true, nil, nil},
		{"and of a short number", "INV/12", "2026-10-01", "INV/17", "2026-10-01", true, nil, nil},
		{"neighbours of one day", "INV/1234", "2026-10-01", "INV/1235", "2026-10-01", false, nil, nil},
		{"the ends of a series of one day", "INV/1234", "2026-10-01", "INV/1237", "2026-10-01", false, []string{"INV/1235", "INV/1236"}, nil},
		{"the ends of a series with a gap", "INV/1234", "2026-10-01", "INV/1237", "2026-10-01", true, []string{"INV/1235"}, nil},
		{"a series by the month", "INV/1234", "2026-10-01", "INV/1235", "2026-11-01", false, nil, nil},
		{"and one that goes backwards", "INV/1235", "2026-10-01", "INV/1234", "2026-11-01", true, nil, nil},
		{"a slip in the year, of one day", "INV/25-26/42", "2026-10-01", "INV/26-27/42", "2026-10-01", true, nil, nil},
		{"one of each year", "INV/25-26/42", "2026-03-01", "INV/26-27/42", "2026-10-01", false, nil, nil},

		{"the year and the prefix left out", "INV/26-27/0042", "2026-10-01", "0042", "2026-10-01", true, nil, nil},
		{"the year left out", "INV/26-27/0042", "2026-10-01", "INV-42", "2026-10-01", true, nil, nil},
		{"the prefix left out", "INV-42", "2026-10-01", "0042", "2026-10-01", true, nil, nil},
		{"and entered with another day", "INV/26-27/0042", "2026-10-01", "42", "2026-10-12", true, nil, nil},
		{"the year behind the serial", "42/26-27", "2026-10-01", "INV/42", "2026-10-12", true, nil, nil},
		{"the year in four digits", "INV/2627/42", "2026-10-01", "INV-42", "2026-10-12", true, nil, nil},
		{"four digits that are no year of it", "INV/2526/42", "2026-10-01", "INV-42", "2026-10-12", false, nil, nil},
		{"another prefix, of one day", "INV/42", "2026-10-01", "BILL-42", "2026-10-01", true, nil, nil},
		{"another prefix, of another day", "MUM/42", "2026-10-01", "DEL-42", "2026-10-12", false, nil, nil},
		{"shortened, and a slip besides", "INV/26-27/1234", "2026-10-01", "1243", "2026-10-01", true, nil, nil},
		{"shortened, and the next one", "INV/26-27/1234", "2026-10-01", "1235", "2026-10-01", false, nil, nil},
		{"only a prefix", "INV", "2026-10-01", "BILL", "2026-10-01", false, nil, nil},

		{"400 days apart", "INV/1234", "2025-08-27", "INV/12234", "2026-10-01", true, nil, nil},
		{"401 days apart", "INV/1234", "2025-08-26", "INV/12234", "2026-10-01", false, nil, nil},
		{"400 days apart, and shortened", "INV/1234", "2025-08-27", "1234", "2026-10-01", true, nil, nil},
		{"401 days apart, and shortened", "INV/1234", "2025-08-26", "1234", "2026-10-01", false, nil, nil},
		{"of no day", "INV/1234", "", "INV/12234", "2026-10-01", true, nil, nil},
		{"of no day, and one digit", "INV/1234", "", "INV/1834", "2026-10-01", false, nil, nil},

		{"over another amount", "INV/1234", "2026-10-01", "INV/12234", "2026-10-01", false, nil, func(c *Candidate) { c.Amount--; c.Gross--; c.Cash-- }},
		{"of another supplier", "INV/1234", "2026-10-01", "INV/12234", "2026-10-01", false, nil, func(c *Candidate) { c.Debt.Supplier, c.PAN = "OTHER", "AAAPL1234C" }},
		{"of another registration of it", "INV/1234", "2026-10-01", "INV/12234", "2026-10-01", true, nil, func(c *Candidate) { c.Debt.Supplier = "OTHER" }},
		{"of another registration of ours", "INV/1234", "2026-10-01", "INV/1234", "2026-10-01", true, nil, func(c *Candidate) { c.Debt.Buyer = "BUYER2" }},
	} {
		a, b := dated(c.a, c.aOn), dated(c.b, c.bOn)
		if c.unlikely != nil {
			c.unlikely(&b)
		}
		w := World{Bills: []Bill{asBill(a), asBill(b)}}
		for _, number := range c.between {
			other := asBill(dated(number, c.aOn))
			other.Gross--
			w.Bills = append(w.Bills, other)
		}
		p := Propose(policy(), []Candidate{a, b}, w)
		for _, l := range p.Lines {
			if near := l.Reason == NearDuplicate; near != c.want {
				t.Errorf("%s, %s of %s and %s of %s: got %q (%s) for %s, want a near duplicate %v", c.name, c.a, c.aOn, c.b, c.bOn, l.Reason, l.Why, l.Number, c.want)
			}
		}
	}
}

// TestBothNear: what a release of one of two says nothing of the other.
func TestBothNear(t *testing.T) {
	a, b := dated("INV/1234", "2026-10-01"), dated("INV/12234", "2026-10-01")
	w := World{Bills: []Bill{asBill(a), asBill(b)}, Journal: Journalled{Released: []Released{{Release: DebtRelease(a.Debt)}}}}
	p := Propose(policy(), []Candidate{a, b}, w)
	if len(p.Instructions) != 1 || p.Instructions[0].Allocations[0].Debt != a.Debt {
		t.Errorf("got %s, want the released one alone", told(p))
	}
	for _, l := range p.Lines {
		if l.Debt == b.Debt && !strings.Contains(l.Why, a.Source) {
			t.Errorf("the other one says %q, and should name %s", l.Why, a.Source)
		}
	}
}

// TestPaidRowGone: a ledger of open items drops what was paid. That the journal
// holds it keeps its duplicates out all the same.
func TestPaidRowGone(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Past)
		number string
		want   Reason
	}{
		{"under another registration of the supplier", func(p *Past) { p.Supplier, p.Allocations[0].Debt.Supplier = "SUPPLIER2", "SUPPLIER2" }, "INV/1234", NearDuplicate},
		{"under another registration of ours", func(p *Past) { p.Allocations[0].Debt.Buyer = "BUYER2" }, "INV/1234", NearDuplicate},
		{"by somebody else", func(p *Past) { p.PAN, p.Supplier, p.Allocations[0].Debt.Supplier = "AAAPL1234C", "OTHER", "OTHER" }, "INV/1234", ""},
		{"a slip of the number", nil, "INV/12234", NearDuplicate},
		{"without its prefix", nil, "1234", NearDuplicate},
		{"the next of a series", nil, "INV/1235", ""},
		{"in two instalments", func(p *Past) {
			p.Allocations[0].Net = 500_00
			p.Allocations = append(p.Allocations, PastAllocation{Debt: p.Allocations[0].Debt, Instalment: 2, Owed: 1_160_00, Net: 660_00, Held: true})
		}, "INV/12234", NearDuplicate},
		{"with a credit note netted", func(p *Past) {
			p.Allocations[0].Net, p.Allocations[0].Adjustment = 1_060_00, 120_00
			p.Allocations[0].Credits = []Split{{Name: SplitCreditNote, Value: 100_00, RefNo: "CN/1"}}
		}, "INV/12234", NearDuplicate},
		{"over another amount", func(p *Past) { p.Allocations[0].Owed++ }, "INV/12234", ""},
		{"and came back", func(p *Past) { p.Allocations[0].Held = false }, "INV/12234", ""},
		{"a year that ended 400 days before or less", func(p *Past) { p.Allocations[0].Debt.Year = 2025 }, "INV/12234", NearDuplicate},
		{"a year that ended longer ago", func(p *Past) { p.Allocations[0].Debt.Year = 2024 }, "INV/12234", ""},
	} {
		past := Past{ObjectID: "PMTOLD", Supplier: "SUPPLIER", PAN: "AAPFU0939F", State: "PAID", Paid: true, Sent: true, Attempt: 1, Allocations: []PastAllocation{
			{Debt: dated("INV/1234", "2026-10-01").Debt, Instalment: 1, Number: "INV/1234", Owed: 1_160_00, Net: 1_160_00, Adjustment: 20_00, Held: true}}}
		if c.change != nil {
			c.change(&past)
		}
		open := dated(c.number, "2026-10-01")
		p := Propose(policy(), []Candidate{open}, World{Bills: []Bill{asBill(open)}, Journal: Journalled{Instructions: []Past{past}}})
		if l := p.Lines[0]; l.Reason != c.want {
			t.Errorf("paid %s: got %q (%s), want %q", c.name, l.Reason, l.Why, c.want)
		}
	}
}
