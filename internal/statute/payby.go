package statute

import (
	"slices"

	"reconcile/internal/day"
)

// An Enterprise is what the law asks of a supplier to know when it must be paid.
type Enterprise struct {
	Size      string // micro, small, medium or empty
	Trader    bool   // in wholesale or retail trade only (Office Memorandum of 2 July 2021: registered for priority lending alone)
	Agreement bool   // the day of payment is agreed in writing
	Days      int    // that are agreed, from acceptance; 0 where nobody knows them
}

// The days of s. 15 of the MSMED Act 2006: without an agreement the appointed
// day follows fifteen days after acceptance, and an agreement may not give more
// than forty-five.
const (
	daysWithout = 15
	daysAtMost  = 45
)

// msmedFrom is the day from which the Act is in force (S.O. 1154(E) of 2006).
func msmedFrom() day.Date { return date(2006, 10, 2) }

// MSMEPayBy returns the last day on which a micro or small enterprise is paid in
// time for what was accepted on that day, and 0 where the Act sets none: for
// medium enterprises, for traders, and where the day is not known.
func MSMEPayBy(e Enterprise, accepted day.Date) day.Date {
	protected := e.Size == "micro" || e.Size == "small"
	switch {
	case !protected || e.Trader || accepted == 0 || accepted < msmedFrom():
		return 0
	case !e.Agreement:
		return accepted + daysWithout
	case e.Days == 0:
		return accepted + daysAtMost
	}
	return accepted + day.Date(min(e.Days, daysAtMost))
}

// gstDays are those within which a supplier is paid for its invoice, or the
// input tax credit is given back with interest (CGST Act 2017, s. 16(2), second
// proviso; CGST Rules, r. 37).
const gstDays = 180

// GSTPayBy returns the last day on which an invoice is paid in time to keep its
// input tax credit; 0 where it has no date or is older than GST (1 July 2017).
func GSTPayBy(invoice day.Date) day.Date {
	if invoice < date(2017, 7, 1) {
		return 0
	}
	return invoice + gstDays
}

// newAct is the day from which the Income-tax Act 2025 is in force.
func newAct() day.Date { return date(2026, 4, 1) }

// Section returns under which section tax of that amount was withheld, where one
// rate in force on the day of the invoice explains it and all that is bought at
// that rate stands in one section. From 1 April 2026 it is s. 393 with the
// payment code. Empty where that leaves a doubt: then nothing is better than a
// guess in a request.
func Section(e []Explanation, invoice day.Date) string {
	if len(e) != 1 || e[0].GST {
		return ""
	}
	var sections []string
	for _, w := range incomeTax() {
		if w.Rate != e[0].Rate || invoice < w.From || w.To != 0 && invoice > w.To {
			continue
		}
		section := w.Section
		if invoice >= newAct() {
			if section = ""; w.Code != "" {
				section = "393 " + w.Code
			}
		}
		sections = append(sections, section)
	}
	if sections = slices.Compact(sections); len(sections) != 1 {
		return ""
	}
	return sections[0]
}
