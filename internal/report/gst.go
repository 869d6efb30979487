package report

import (
	"cmp"
	"slices"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/statute"
)

// A creditAtRisk is an invoice whose input tax credit is given back unless it is
// paid within 180 days (CGST Act 2017, s. 16(2), second proviso).
type creditAtRisk struct {
	item  *matcher.ItemResult
	open  money.Paise
	tax   money.Paise // on the invoice; 0 where the ledger does not tell it
	share money.Paise // of it, for what is not paid
}

// creditsAtRisk returns the unpaid invoices from their 150th day, the first to
// be lost first. Those without tax are left out.
func (f *Facts) creditsAtRisk() []creditAtRisk {
	var list []creditAtRisk
	for i := range f.Result.Items {
		r := &f.Result.Items[i]
		it := r.Item
		watch := statute.GSTWatch(it.InvoiceDate)
		if it.Type != ledger.Invoice || watch == 0 || watch > f.AsOf || it.HasTaxable && it.Taxable >= it.Gross {
			continue
		}
		c := creditAtRisk{item: r, open: open(r)}
		if c.open == 0 {
			continue
		}
		if it.HasTaxable && it.Taxable > 0 {
			c.tax = it.Gross - it.Taxable
			c.share = statute.Share(c.tax, c.open, it.Gross)
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b creditAtRisk) int {
		return cmp.Compare(a.item.Item.InvoiceDate, b.item.Item.InvoiceDate)
	})
	return list
}

// gstTable lists the input tax credit that is at risk.
func (f *Facts) gstTable() table {
	list := f.creditsAtRisk()
	t := table{
		name:  "GST 180 days",
		empty: "No unpaid invoice is 150 days old.",
		fixed: 1,
		columns: []column{
			{title: "State"}, {title: "Pay by"}, {title: "Days left", right: true}, {title: "Supplier", max: 30}, {title: "GSTIN"}, {title: "Invoice number", max: 24}, {title: "Invoice date"},
			{title: "Invoice amount", right: true}, {title: "GST on it", right: true}, {title: "Open", right: true}, {title: "Credit at risk", right: true}, {title: "Remark", max: 30}, {title: "Ledger row", max: 30},
		},
		marks: []mark{{0, "reverse"}},
		rows: func(yield func([]cell) error) error {
			row := make([]cell, 0, 13)
			for i := range list {
				c := &list[i]
				it := c.item.Item
				by := statute.GSTPayBy(it.InvoiceDate)
				state, tax, risk, remark := "pay", amount(c.tax), amount(c.share), ""
				if by < f.AsOf {
					state = "reverse"
				}
				if c.tax == 0 {
					tax, risk, remark = cell{}, cell{}, "the ledger has no taxable value"
				}
				row = append(row[:0], text(state), date(by), count(int(by-f.AsOf)), text(it.Supplier.Name), text(it.Supplier.GSTIN), text(it.Number), date(it.InvoiceDate),
					amount(it.Gross), tax, amount(c.open), risk, text(remark), text(it.Pos.String()))
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		},
	}
	if len(list) > 0 {
		t.notes = []string{
			"CGST Act 2017, s. 16(2), second proviso, and CGST Rules, r. 37: what is not paid within 180 days of the invoice gives back its share of the input tax credit, with interest (s. 50), in the return of the next period; it is taken again when it is paid. Listed from day 150. Supplies under reverse charge are not bound by this, and the ledger does not tell them.",
		}
	}
	return t
}
