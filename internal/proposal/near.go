package proposal

import (
	"slices"
	"strings"
	"unicode"

	"reconcile/internal/day"
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

// nearDuplicate: a number mistyped, or one invoice booked under two of our
// registrations or two of the supplier's.
func (s *survey) nearDuplicate(c *claim) *refusal {
	if s.released[DebtRelease(c.Debt)] {
		return nil
	}
	for _, party := range parties(c.Debt.Supplier, c.PAN) {
		for _, b := range s.byGross[grossKey{party, c.Gross}] {
			if sameInvoice(c, &b) || !closeDates(c.InvoiceDate, b.Date) {
				continue
			}
			if nearNumbers(c.Debt.NumberKey, c.InvoiceDate, b.Debt.NumberKey, b.Date) {
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

func closeDates(a, b day.Date) bool {
	return a == 0 || b == 0 || max(a, b)-min(a, b) <= nearWithin
}

// shortSerial is how many digits a number has, at most, that tells too little to
// be a slip of another: of 1 and 10, or 12 and 21, each is a number that a small
// supplier comes to.
const shortSerial = 2

// nearNumbers tells whether one number may be a slip of the other: their keys
// differ by O for 0 or I for 1, by one letter, by one character that is missing,
// or by two neighbours that changed places. Two that differ in one digit are the
// next of a series, as rents and guards come, and a slip only where the larger
// number is the earlier invoice.
func nearNumbers(a string, aOn day.Date, b string, bOn day.Date) bool {
	x, y := []rune(strings.ReplaceAll(a, "/", "")), []rune(strings.ReplaceAll(b, "/", ""))
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	at := 0
	for at < len(x) && at < len(y) && alike(x[at]) == alike(y[at]) {
		at++
	}
	fx, fy := x[at:], y[at:]
	for len(fx) > 0 && len(fy) > 0 && alike(fx[len(fx)-1]) == alike(fy[len(fy)-1]) {
		fx, fy = fx[:len(fx)-1], fy[:len(fy)-1]
	}
	switch {
	case len(fx)+len(fy) == 0:
		return true
	case len(fx)+len(fy) == 1:
		return !digits(append(slices.Clone(fx), fy...)) || min(serial(x, at), serial(y, at)) > shortSerial
	case len(fx) == 2 && len(fy) == 2:
		return alike(fx[0]) == alike(fy[1]) && alike(fx[1]) == alike(fy[0]) && (!digits(fx) || serial(x, at) > shortSerial)
	case len(fx) != 1 || len(fy) != 1:
		return false
	case !digits(fx) || !digits(fy):
		return true
	}
	return aOn != 0 && bOn != 0 && aOn != bOn && (fx[0] < fy[0]) != (aOn < bOn)
}

func digits(text []rune) bool {
	return !slices.ContainsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })
}

// serial returns how many digits the number at or just before a place has.
func serial(text []rune, at int) int {
	from, to := min(at, len(text)), min(at, len(text))
	for from > 0 && unicode.IsDigit(text[from-1]) {
		from--
	}
	for to < len(text) && unicode.IsDigit(text[to]) {
		to++
	}
	return to - from
}

// alike makes one of two characters that are taken for each other.
func alike(r rune) rune {
	switch r {
	case 'O':
		return '0'
	case 'I':
		return '1'
	}
	return r
}
