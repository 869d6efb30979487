package proposal

import (
	"slices"
	"strings"
	"unicode"
)

// A likeness says how two number keys look alike.
type likeness int

const (
	unlike likeness = iota
	slip            // one may be a slip of the other
	below           // they differ in one digit, and the first has the smaller one
	above           // likewise, and it has the larger
)

// shortSerial is how many digits a number has, at most, that tells too little to
// be a slip of another: of 1 and 10, or 12 and 21, each is a number that a small
// supplier comes to.
const shortSerial = 2

// compareNumbers says how two number keys look alike. They are a slip where they
// are the same or differ by O for 0 or I for 1, by one letter, by one character
// that is missing, or by two neighbours that changed places. Of two that differ
// in one digit only their dates can tell more.
func compareNumbers(a, b string) likeness {
	x, y := []rune(strings.ReplaceAll(a, "/", "")), []rune(strings.ReplaceAll(b, "/", ""))
	if len(x) == 0 || len(y) == 0 {
		return unlike
	}
	at := 0
	for at < len(x) && at < len(y) && alike(x[at]) == alike(y[at]) {
		at++
	}
	fx, fy := x[at:], y[at:]
	for len(fx) > 0 && len(fy) > 0 && alike(fx[len(fx)-1]) == alike(fy[len(fy)-1]) {
		fx, fy = fx[:len(fx)-1], fy[:len(fy)-1]
	}
	slipped := false
	switch {
	case len(fx)+len(fy) == 0:
		slipped = true
	case len(fx)+len(fy) == 1:
		slipped = !digits(append(slices.Clone(fx), fy...)) || min(serial(x, at), serial(y, at)) > shortSerial
	case len(fx) == 2 && len(fy) == 2:
		slipped = alike(fx[0]) == alike(fy[1]) && alike(fx[1]) == alike(fy[0]) && (!digits(fx) || serial(x, at) > shortSerial)
	case len(fx) != 1 || len(fy) != 1:
	case !digits(fx) || !digits(fy):
		slipped = true
	case fx[0] < fy[0]:
		return below
	default:
		return above
	}
	if slipped {
		return slip
	}
	return unlike
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
