package report

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

// A cell is one cell of the workbook before it is written. There is no formula
// among the kinds that data can take: text stays text.
type cell struct {
	kind    cellKind
	text    string
	paise   money.Paise
	count   int
	date    day.Date
	formula string // of ours alone; the value beside it is what it computes to
	style   style  // 0 takes the style of the kind
}

type cellKind uint8

const (
	blankCell cellKind = iota
	textCell
	amountCell
	countCell
	dateCell
)

// text makes a text cell of anything that came from outside.
func text(s string) cell {
	if s = cleanText(s); s == "" {
		return cell{}
	}
	return cell{kind: textCell, text: s}
}

func amount(p money.Paise) cell { return cell{kind: amountCell, paise: p} }

func count(n int) cell { return cell{kind: countCell, count: n} }

// date makes a date cell. Dates before March 1900, where the calendar of
// spreadsheets has a day too many, stay text.
func date(d day.Date) cell {
	if d == 0 {
		return cell{}
	}
	if d < firstDate {
		return text(d.String())
	}
	return cell{kind: dateCell, date: d}
}

func (c cell) styled(s style) cell {
	c.style = s
	return c
}

const (
	epoch     day.Date = 693_594 // 30 December 1899, the day 0 of a workbook
	firstDate          = epoch + 61
)

// width returns how many characters the cell shows.
func (c *cell) width() int {
	switch c.kind {
	case textCell:
		return utf8.RuneCountInString(c.text)
	case amountCell:
		return groupedWidth(int64(c.paise)/100) + len(".00")
	case countCell:
		return groupedWidth(int64(c.count))
	case dateCell:
		return len("21-Nov-2026")
	}
	return 0
}

// groupedWidth returns how many characters a whole number takes in Indian
// grouping, with its sign: 1,18,000 takes 8.
func groupedWidth(n int64) int {
	width, digits := 0, 0
	if n < 0 {
		width, n = 1, -n
	}
	for digits = 1; n > 9; n /= 10 {
		digits++
	}
	if digits > 3 {
		width += (digits - 2) / 2
	}
	return width + digits
}

// hundredths counts in hundredths what a workbook stores as a decimal number:
// rupees (of which a hundredth is a paisa), widths in characters, heights in
// points.
type hundredths int64

// maxExact is 2^53: up to here a float64 holds every whole number.
const maxExact = 1 << 53

// alwaysExact is 10^15: any decimal of fifteen digits comes back from a float64
// as it was, so what is smaller need not be tried.
const alwaysExact = 1_000_000_000_000_000

// numberOf returns the number that stands for n in a workbook, and false where a
// float64 cannot hold it to the hundredth; then an amount is to be written as
// text. It is the only place where money is in a float64.
func numberOf(n hundredths) (float64, bool) {
	if n > maxExact || n < -maxExact {
		return 0, false
	}
	number := float64(n) / 100
	if n < alwaysExact && n > -alwaysExact {
		return number, true
	}
	// What stands in the file is the shortest text that gives this float64.
	back, err := money.Parse(strconv.FormatFloat(number, 'f', -1, 64))
	return number, err == nil && back == money.Paise(n)
}

const (
	maxCellUnits = 32_767 // UTF-16 units that a cell may hold
	cutMark      = " … (cut)"
)

// cleanText returns s as a cell can hold it and show it honestly: valid UTF-8,
// one line, without control characters, and without the marks that reverse or
// hide parts of a name. Text too long for a cell is cut, and says so.
func cleanText(s string) string {
	if plainASCII(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
			return -1
		case disguises(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if units(s) <= maxCellUnits {
		return s
	}
	left := maxCellUnits - units(cutMark)
	for i, r := range s {
		if left -= units(string(r)); left < 0 {
			return s[:i] + cutMark
		}
	}
	return s // unreachable
}

// disguises tells of a rune that shows nothing itself, but turns or hides what
// is near it. The joiners U+200C and U+200D are left, for Indian scripts need
// them.
func disguises(r rune) bool {
	switch {
	case r == 0x061c, r == 0x200b, r == 0x200e, r == 0x200f, r == 0x2060, r == 0xfeff,
		r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x2028, r == 0x2029:
		return true
	}
	return false
}

func plainASCII(s string) bool {
	if len(s) > maxCellUnits {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// units counts UTF-16 units, in which spreadsheets measure text.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}
