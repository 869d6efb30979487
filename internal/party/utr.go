package party

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// utrLabels stand before a bank reference in narrations; longer ones first.
var utrLabels = []string{"UTR NO", "UTR", "REF", "RRN", "NEFT", "RTGS", "IMPS", "UPI"}

// UTR returns a bank reference in the form in which two are compared: upper
// case, without leading labels, without anything that is neither letter nor
// digit. Nothing is padded or guessed. The empty result means that there is no
// reference, which equals nothing and differs from nothing.
func UTR(s string) string {
	s = strings.TrimSpace(strings.ToUpper(norm.NFKC.String(s)))
	for stripped := true; stripped; {
		stripped = false
		for _, label := range utrLabels {
			rest, found := strings.CutPrefix(s, label)
			if !found || rest == "" {
				continue
			}
			if next, _ := utf8.DecodeRuneInString(rest); !alphanumeric(next) {
				s = strings.TrimLeftFunc(rest, func(r rune) bool { return !alphanumeric(r) })
				stripped = true
				break
			}
		}
	}
	return strings.Map(func(r rune) rune {
		if alphanumeric(r) {
			return r
		}
		return -1
	}, s)
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
