package party

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NumberKeyVersion names the rule that NumberKey follows. It is stored with
// every debt.
const NumberKeyVersion = 1

// NumberKey returns the form in which two spellings of one supplier invoice
// number are equal: INV/26-27/0042, inv-2026-27-42 and "INV FY27 042" are all
// INV/FY2026/42. The key of text without a letter or digit is empty, and equals
// nothing.
//
// GST invoice numbers are unique within a financial year only (CGST Rules,
// r. 46(b)); the year is part of the key where the number spells it, and of the
// debt in any case.
func NumberKey(number string) string {
	tokens := splitNumber(strings.ToUpper(norm.NFKC.String(number)))
	tokens = nameYear(tokens)
	for i, t := range tokens {
		if t[0] == '0' {
			if t = strings.TrimLeft(t, "0"); t == "" {
				t = "0"
			}
			tokens[i] = t
		}
	}
	return strings.Join(tokens, "/")
}

// splitNumber cuts at everything that is neither letter nor digit, and between
// letters and digits.
func splitNumber(s string) []string {
	const (
		other = iota
		letter
		digit
	)
	var tokens []string
	start, kind := 0, other
	for i, r := range s {
		k := other
		switch {
		case unicode.IsLetter(r):
			k = letter
		case unicode.IsDigit(r):
			k = digit
		}
		if k != kind {
			if kind != other {
				tokens = append(tokens, s[start:i])
			}
			start, kind = i, k
		}
	}
	if kind != other {
		tokens = append(tokens, s[start:])
	}
	return tokens
}

// nameYear replaces the first spelling of a financial year by FY and the year
// in which it begins. A number that is nothing but such a spelling is left as
// it is: 26-27 may well be the twenty-seventh page of book 26.
func nameYear(tokens []string) []string {
	for i := range tokens {
		year, used := yearAt(tokens[i:])
		if used == 0 || used == len(tokens) {
			continue
		}
		named := append(tokens[:i:i], "FY"+strconv.Itoa(year))
		return append(named, tokens[i+used:]...)
	}
	return tokens
}

// yearAt reads a financial year at the head of tokens: 2026 27, 26 27, 2026 2027,
// and behind FY also a single year, in which the financial year ends. It
// returns how many tokens it used, 0 where there is no year.
func yearAt(tokens []string) (year, used int) {
	prefix := 0
	if tokens[0] == "FY" {
		prefix = 1
		tokens = tokens[1:]
	}
	if len(tokens) == 0 {
		return 0, 0
	}
	first, ok := century(tokens[0])
	if !ok {
		return 0, 0
	}
	if len(tokens) > 1 && len(tokens[1]) <= len(tokens[0]) {
		if second, ok := century(tokens[1]); ok && second == first+1 {
			return first, prefix + 2
		}
	}
	if prefix == 1 {
		return first - 1, 2
	}
	return 0, 0
}

// century reads a year of this century from two digits or four.
func century(s string) (int, bool) {
	if len(s) != 2 && len(s) != 4 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		return 0, false
	case len(s) == 2:
		return 2000 + n, true
	case len(s) == 4 && n >= 2000 && n < 2100:
		return n, true
	}
	return 0, false
}
