package proposal

import (
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/payment"
)

// otherYear: a number may recur in another financial year (CGST Rules, r. 46(b)),
// and an invoice entered with the wrong date looks just like that. Of two that
// are both open each waits: nobody knows which of them is the wrong one.
func (s *survey) otherYear(c *claim) *refusal {
	if c.Debt.NumberKey == "" || s.released[DebtRelease(c.Debt)] {
		return nil
	}
	for _, party := range parties(c.Debt.Supplier, c.PAN) {
		for _, b := range s.byNumber[numberKey{party, c.Debt.NumberKey}] {
			if b.Debt.Year != c.Debt.Year {
				return because(OtherYear, "number", b.Number, "source", b.Source)
			}
		}
	}
	return nil
}

// nearWithin is how many days lie at most between an invoice and a near
// duplicate of it: a year, and what is late at its end.
const nearWithin = 400

// nearDuplicate: a number mistyped or written in another way, or one invoice
// booked under two of our registrations or two of the supplier's.
func (s *survey) nearDuplicate(c *claim) *refusal {
	if s.released[DebtRelease(c.Debt)] {
		return nil
	}
	for _, party := range parties(c.Debt.Supplier, c.PAN) {
		for _, b := range s.byGross[grossKey{party, c.Gross}] {
			if !sameInvoice(c, &b) && closeDates(c.InvoiceDate, &b) && s.near(c, &b, party) {
				return because(NearDuplicate, "number", b.Number, "source", b.Source)
			}
		}
	}
	return nil
}

// sameInvoice tells whether a bill is the claim's own invoice, or a part of it.
// Another year is for otherYear to tell.
func sameInvoice(c *claim, b *Bill) bool {
	d := b.Debt
	return d.Buyer == c.Debt.Buyer && d.Supplier == c.Debt.Supplier && d.NumberKey == c.Debt.NumberKey
}

// closeDates tells whether a bill may be of a day near enough to another. Of one
// whose day is not known the financial year may be.
func closeDates(on day.Date, b *Bill) bool {
	from, to := b.Date, b.Date
	if year := int(b.Debt.Year); b.Date == 0 && year != 0 {
		from, _ = day.Of(year, 4, 1)
		to, _ = day.Of(year+1, 3, 31)
	}
	return on == 0 || from == 0 || on >= from-nearWithin && on <= to+nearWithin
}

// near tells whether the number of a bill over the same amount may be the claim's.
//
// Two that differ in one digit are the next of a series, as rents and guards
// come, and a slip only where the larger number is the earlier invoice, or where
// both are of one day and no series of that day leads from one to the other.
//
// Of one day, numbers are near that are so without year and prefix; of different
// days, if that is all that one of them leaves out.
func (s *survey) near(c *claim, b *Bill, party string) bool {
	known := c.InvoiceDate != 0 && b.Date != 0
	sameDay := known && c.InvoiceDate == b.Date
	switch compareNumbers(c.Debt.NumberKey, b.Debt.NumberKey) {
	case slip:
		return true
	case below:
		return known && (c.InvoiceDate > b.Date || sameDay && !s.series(c, b, party))
	case above:
		return known && (c.InvoiceDate < b.Date || sameDay && !s.series(c, b, party))
	}
	x, y := shorten(c.Debt), shorten(b.Debt)
	if sameDay {
		return compareNumbers(x.rest, y.rest) == slip
	}
	return x.rest != "" && x.rest == y.rest && agree(x.year, y.year) && agree(x.prefix, y.prefix)
}

// series tells whether the numbers of a claim and of a bill of its day are
// neighbours, or the supplier billed every number between them on that day too,
// over whatever amount.
func (s *survey) series(c *claim, b *Bill, party string) bool {
	x, y := strings.Split(c.Debt.NumberKey, "/"), strings.Split(b.Debt.NumberKey, "/")
	at := 0
	for at < len(x) && at < len(y) && x[at] == y[at] {
		at++
	}
	if len(x) != len(y) || at == len(x) || !slices.Equal(x[at+1:], y[at+1:]) {
		return false
	}
	from, err1 := strconv.Atoi(x[at])
	to, err2 := strconv.Atoi(y[at])
	if err1 != nil || err2 != nil {
		return false
	}
	for n := min(from, to) + 1; n < max(from, to); n++ {
		x[at] = strconv.Itoa(n)
		if !slices.ContainsFunc(s.byNumber[numberKey{party, strings.Join(x, "/")}], func(o Bill) bool { return o.Date == b.Date }) {
			return false
		}
	}
	return true
}

// A short number is an invoice number without what clerks leave out.
type short struct{ prefix, year, rest string }

// shorten takes the letters at the head and the financial year out of a number
// key, where anything is left of it. A year of four or six digits in one is only
// that of the invoice itself.
func shorten(d payment.Debt) (s short) {
	year := d.Year.String()
	spelt := strings.ReplaceAll(year, "-", "")
	for token := range strings.SplitSeq(d.NumberKey, "/") {
		switch {
		case s.year == "" && len(token) == 6 && token[:2] == "FY" && digits([]rune(token[2:])):
			s.year = token
		case s.year == "" && year != "" && (token == spelt || token == spelt[2:]):
			s.year = "FY" + spelt[:4]
		case s.rest == "" && !digits([]rune(token)):
			s.prefix += token
		case s.rest == "":
			s.rest = token
		default:
			s.rest += "/" + token
		}
	}
	return s
}

// agree tells whether two texts are one, where both are there.
func agree(a, b string) bool { return a == b || a == "" || b == "" }
