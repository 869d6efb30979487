package money

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// A Separator says which mark stands before the paise in a column of amounts.
type Separator uint8

// Point is what India writes, 1,18,000.00; Comma is 1.18.000,00, as some SAP
// user settings do. The zero value leaves the choice to the column.
const (
	AutoSeparator Separator = iota
	Point
	Comma
)

// ParseCell reads an amount as ledgers write it. It knows Indian and Western
// grouping, ₹, Rs, Rs., INR and "/-"; and for a negative a leading or trailing
// minus (hyphen, U+2212 or en dash), brackets, or Cr behind it. Dr changes
// nothing. It returns ErrSyntax, ErrPrecision or ErrRange; an empty cell, a
// group of the wrong length and two signs are ErrSyntax, for a misplaced comma
// may be a decimal comma.
func ParseCell(s string, sep Separator) (Paise, error) {
	if sep != Comma {
		if p, err := parseDigits(s, Max); err == nil {
			return p, nil // plain digits, as most cells are
		}
	}
	body, negative, ok := stripMarks(s)
	if !ok {
		return 0, ErrSyntax
	}
	point, group := byte('.'), byte(',')
	if sep == Comma {
		point, group = ',', '.'
	}
	whole, fraction := body, ""
	if i := strings.IndexByte(body, point); i >= 0 {
		whole, fraction = body[:i], body[i:]
		if len(fraction) == 1 || strings.IndexByte(fraction[1:], group) >= 0 {
			return 0, ErrSyntax
		}
	}
	plain, ok := ungroup(whole, group)
	if !ok {
		return 0, ErrSyntax
	}
	if fraction != "" {
		plain += "." + fraction[1:]
	}
	p, err := parseDigits(plain, Max)
	if err != nil {
		return 0, err
	}
	if negative {
		p = -p
	}
	return p, nil
}

// A Reading tells what the text of one cell proves about its column.
type Reading uint8

const (
	Unreadable Reading = iota // an amount by neither reading
	Silent                    // no separator: the same by both
	ProvesPoint
	ProvesComma
	Either       // as grouping by the point and decimals by the comma, not the same amount: 1,180
	EitherDotted // the other way round: 1.180
)

// Read tells what a cell proves about the separator of its column.
func Read(s string) Reading {
	if r, ok := readPlain(s); ok {
		return r
	}
	p, errPoint := ParseCell(s, Point)
	q, errComma := ParseCell(s, Comma)
	switch {
	case errPoint == nil && errComma == nil && p == q:
		return Silent
	case errPoint == nil && errComma == nil && p.Abs() < q.Abs():
		return EitherDotted
	case errPoint == nil && errComma == nil:
		return Either
	case errPoint == nil:
		return ProvesPoint
	case errComma == nil && errors.Is(errPoint, ErrPrecision):
		// 1.234 is a grouping, or an amount with three decimals that somebody
		// must round: the point proves nothing.
		return EitherDotted
	case errComma == nil:
		return ProvesComma
	}
	return Unreadable
}

// readPlain is Read for what most cells are, digits in groups or not and at
// most two decimals behind a point. It reports false where a closer look is
// needed.
func readPlain(s string) (Reading, bool) {
	point, grouped := -1, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
		case c == ',' && point < 0:
			grouped = true
		case c == '.' && point < 0 && i > 0:
			point = i
		default:
			return 0, false
		}
	}
	decimals := len(s) - point - 1
	switch {
	case s == "" || len(s) > 13: // may be out of range
		return 0, false
	case point < 0 && !grouped:
		return Silent, true
	case point < 0 || decimals != 1 && decimals != 2:
		return 0, false
	case grouped:
		// A point behind a comma is never a mark of grouping.
		_, ok := ungroup(s[:point], ',')
		return ProvesPoint, ok
	}
	return ProvesPoint, true
}

// currencyMarks may stand before or behind an amount.
var currencyMarks = []string{"₹", "INR", "RS.", "RS"}

// stripMarks takes the signs, the currency and the spaces off an amount. It
// reports false when nothing is left, or when the sign is given twice.
func stripMarks(s string) (body string, negative, ok bool) {
	signs := 0
	s = trim(s)
	for changed := true; changed; {
		changed = false
		if rest, cut := cutSuffixFold(s, "CR"); cut {
			s, negative, changed = rest, true, true
			signs++
		} else if rest, cut := cutSuffixFold(s, "DR"); cut {
			s, changed = rest, true
			signs++
		}
		if rest, cut := strings.CutSuffix(s, "/-"); cut {
			s, changed = trim(rest), true
		}
		if len(s) > 1 && s[0] == '(' && s[len(s)-1] == ')' {
			s, negative, changed = trim(s[1:len(s)-1]), true, true
			signs++
		}
		for _, mark := range currencyMarks {
			if rest, cut := cutPrefixFold(s, mark); cut {
				s, changed = rest, true
			}
			if rest, cut := cutSuffixFold(s, mark); cut {
				s, changed = rest, true
			}
		}
		for _, minus := range []string{"-", "\u2212", "\u2013"} {
			if rest, cut := strings.CutPrefix(s, minus); cut {
				s, negative, changed = trim(rest), true, true
				signs++
			}
			if rest, cut := strings.CutSuffix(s, minus); cut {
				s, negative, changed = trim(rest), true, true
				signs++
			}
		}
		if rest, cut := strings.CutPrefix(s, "+"); cut {
			s, changed = trim(rest), true
			signs++
		}
	}
	return s, negative, s != "" && signs <= 1
}

// ungroup removes the group marks of whole if they stand as India or the West
// puts them: groups of three, or a last group of three and twos before it.
func ungroup(whole string, mark byte) (string, bool) {
	first := strings.IndexByte(whole, mark)
	switch {
	case first < 0:
		return whole, true
	case first == 0 || first > 3:
		return "", false
	case whole[0] == '0' && strings.Trim(whole, "0"+string(mark)) != "":
		return "", false // nobody groups 0,180: it is a fraction
	}
	western, indian := true, first <= 2
	plain := make([]byte, 0, 32)
	plain = append(plain, whole[:first]...)
	for rest := whole[first+1:]; ; {
		next := strings.IndexByte(rest, mark)
		if next < 0 {
			return string(append(plain, rest...)), len(rest) == 3 && (western || indian)
		}
		western = western && next == 3
		indian = indian && next == 2
		plain = append(plain, rest[:next]...)
		rest = rest[next+1:]
	}
}

func cutPrefixFold(s, mark string) (string, bool) {
	if len(s) < len(mark) || !strings.EqualFold(s[:len(mark)], mark) {
		return s, false
	}
	return trim(s[len(mark):]), true
}

func cutSuffixFold(s, mark string) (string, bool) {
	at := len(s) - len(mark)
	if at < 0 || !utf8.RuneStart(s[at]) || !strings.EqualFold(s[at:], mark) {
		return s, false
	}
	return trim(s[:at]), true
}

// trim drops what pads a cell: spaces of every kind and the byte order mark.
func trim(s string) string {
	return strings.Trim(s, " \t\r\n\u00a0\u200b\u202f\ufeff")
}
