package proposal

import (
	"slices"
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
	x, inX := words(a)
	y, inY := words(b)
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
		longer := inX
		if len(fy) == 1 {
			longer = inY
		}
		word := longer[at]
		slipped = !digits(append(slices.Clone(fx), fy...)) || min(serial(x, inX, word, at), serial(y, inY, word, at)) > shortSerial
	case len(fx) == 2 && len(fy) == 2:
		slipped = alike(fx[0]) == alike(fy[1]) && alike(fx[1]) == alike(fy[0]) && (!digits(fx) || serial(x, inX, inX[at], at) > shortSerial)
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

// words returns the characters of a number key, and for each in which of its words
// it stands.
func words(key string) (text []rune, word []int) {
	n := 0
	for _, r := range key {
		if r == '/' {
			n++
			continue
		}
		text, word = append(text, r), append(word, n)
	}
	return text, word
}

// serial returns how many digits the number at or just before a place has, as far
// as it stands in one word: of RENT/1/2026 and RENT/10/2026 neither is long.
func serial(text []rune, in []int, word, at int) int {
	from, to := min(at, len(text)), min(at, len(text))
	for from > 0 && in[from-1] == word && unicode.IsDigit(text[from-1]) {
		from--
	}
	for to < len(text) && in[to] == word && unicode.IsDigit(text[to]) {
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
