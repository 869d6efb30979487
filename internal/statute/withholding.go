package statute

import (
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

// A Withholding is one rate at which a buyer withholds tax from a supplier.
type Withholding struct {
	Nature   string     // what is bought, as accountants say it
	Rate     money.Rate // of the value before GST
	Section  string     // of the Income-tax Act 1961, in force to 31 March 2026
	Code     string     // payment code under s. 393 of the Income-tax Act 2025, in force from 1 April 2026; empty where sources differ
	From, To day.Date   // first and last day in force; 0 is open
}

// date is the Date of a day that is known to exist.
func date(year, month, dayOfMonth int) day.Date {
	d, ok := day.Of(year, month, dayOfMonth)
	if !ok {
		panic("no such day") // unreachable: the table below is constant
	}
	return d
}

// incomeTax returns the rates of tax deducted at source. Finance (No. 2) Act
// 2024 lowered commission and e-commerce from 1 October 2024.
func incomeTax() []Withholding {
	cut := date(2024, 10, 1)
	return []Withholding{
		{Nature: "contractor, individual or HUF", Rate: 100, Section: "194C", Code: "1023"},
		{Nature: "contractor", Rate: 200, Section: "194C", Code: "1024"},
		{Nature: "technical services", Rate: 200, Section: "194J", Code: "1026", From: date(2020, 4, 1)},
		{Nature: "professional services", Rate: 1000, Section: "194J", Code: "1027"},
		{Nature: "commission", Rate: 500, Section: "194H", To: cut - 1},
		{Nature: "commission", Rate: 200, Section: "194H", Code: "1006", From: cut},
		{Nature: "rent of plant and machinery", Rate: 200, Section: "194-I", Code: "1008"},
		{Nature: "rent of land and buildings", Rate: 1000, Section: "194-I", Code: "1009"},
		{Nature: "purchase of goods", Rate: 10, Section: "194Q", From: date(2021, 7, 1)},
		{Nature: "e-commerce", Rate: 100, Section: "194-O", From: date(2020, 10, 1), To: cut - 1},
		{Nature: "e-commerce", Rate: 10, Section: "194-O", Code: "1035", From: cut},
		{Nature: "purchase of goods, no PAN", Rate: 500, Section: "206AA", From: date(2021, 7, 1)},
		{Nature: "no PAN", Rate: 2000, Section: "206AA", From: date(2010, 4, 1)},
	}
}

// gstRate is tax deducted at source under s. 51 of the CGST Act: 1 % central
// and 1 % State, or 2 % integrated.
const gstRate money.Rate = 200

// gstFrom is the day from which s. 51 applies (Notification 50/2018).
func gstFrom() day.Date { return date(2018, 10, 1) }

// An Explanation is a rate that accounts for a gap.
type Explanation struct {
	Rate    money.Rate
	Natures []string    // what is bought at that rate; empty for GST-TDS alone
	GST     bool        // the rate contains GST-TDS
	Taxable money.Paise // the value before GST
	Tax     money.Paise // the rate's share of it, in whole rupees
}

// String returns the formula: "TDS 2% of taxable 1,02,000.00 = 2,040.00 (contractor)".
func (e Explanation) String() string {
	name := "TDS " + e.Rate.String()
	switch {
	case e.GST && len(e.Natures) == 0:
		name = "GST-TDS " + e.Rate.String()
	case e.GST:
		name = fmt.Sprintf("TDS %s and GST-TDS %s", e.Rate-gstRate, gstRate)
	}
	s := fmt.Sprintf("%s of taxable %s = %s", name, e.Taxable.Grouped(), e.Tax.Grouped())
	if len(e.Natures) > 0 {
		s += " (" + strings.Join(e.Natures, "; ") + ")"
	}
	return s
}

// The gap that a rate may explain: at least ten rupees, so that rounding is
// never called tax, and within one rupee of the tax, which is rounded to the
// rupee by s. 288B and rounded otherwise by many.
const (
	minGap money.Paise = 10_00
	within money.Paise = 1_00
)

// Explain returns every rate in force on the invoice date that explains why gap
// was not paid on an invoice of the taxable value, lowest rate first; none where
// the invoice has no date.
func Explain(gap, taxable money.Paise, invoice day.Date) []Explanation {
	if gap < minGap || taxable <= 0 || invoice == 0 {
		return nil
	}
	var found []Explanation
	add := func(rate money.Rate, nature string, gst bool) {
		tax := rate.OfRounded(taxable)
		if (gap - tax).Abs() > within {
			return
		}
		i := slices.IndexFunc(found, func(e Explanation) bool { return e.Rate == rate && e.GST == gst })
		if i < 0 {
			found = append(found, Explanation{Rate: rate, GST: gst, Taxable: taxable, Tax: tax})
			i = len(found) - 1
		}
		if nature != "" && !slices.Contains(found[i].Natures, nature) {
			found[i].Natures = append(found[i].Natures, nature)
		}
	}
	gst := invoice >= gstFrom()
	if gst {
		add(gstRate, "", true)
	}
	for _, w := range incomeTax() {
		if invoice < w.From || w.To != 0 && invoice > w.To {
			continue
		}
		add(w.Rate, w.Nature, false)
		if gst {
			add(w.Rate+gstRate, w.Nature, true)
		}
	}
	slices.SortStableFunc(found, func(a, b Explanation) int {
		if a.Rate != b.Rate {
			return int(a.Rate - b.Rate)
		}
		return btoi(a.GST) - btoi(b.GST)
	})
	return found
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
