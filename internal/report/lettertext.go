package report

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"reconcile/internal/party"
)

var (
	// letterWords finds what may be a number of somebody: letters and digits
	// without a break, or digits in groups.
	letterWords = regexp.MustCompile(`[0-9]+(?:[ -][0-9]+)*|[\pL\pN]+`)
	letterPAN   = regexp.MustCompile(`^(?:[0-9]{2})?[A-Za-z]{5}[0-9]{4}[A-Za-z](?:[0-9A-Za-z]{3})?$`) // or a GSTIN, which holds one
	letterVPA   = regexp.MustCompile(`[\pL\pN._+-]+@[\pL\pN.-]+`)
	letterDate  = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-[0-9]{4}`)
)

// accountDigits is from how many digits on a number may be an account; the
// longest have 18.
const accountDigits = 9

// letterText returns text that came from outside as a mail may show it: clean
// like a cell; without what could be an account number, a PAN or a VPA, but for
// the references that the line is about; with no link in it that a mail program
// would make live, and no formula at its beginning.
func letterText(s string, references ...string) string {
	s = letterVPA.ReplaceAllString(cleanText(s), "***@***")
	s = maskWords(s, references)
	s = strings.ReplaceAll(s, "://", ": //")
	for _, www := range []string{"www.", "WWW.", "Www."} {
		s = strings.ReplaceAll(s, www, "www ")
	}
	s = strings.Join(strings.Fields(s), " ")
	// Whoever pastes the mail into a spreadsheet gets no formula of a supplier's.
	if first, _ := utf8.DecodeRuneInString(s); strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + s
	}
	return s
}

// maskWords hides accounts and PANs. A word may be part of a reference that
// stays, such as the digits at the end of an invoice number.
func maskWords(s string, references []string) string {
	var kept [][]int
	for _, r := range references {
		for from := 0; r != "" && !letterPAN.MatchString(r); {
			at := strings.Index(s[from:], r)
			if at < 0 {
				break
			}
			kept = append(kept, []int{from + at, from + at + len(r)})
			from += at + len(r)
		}
	}
	kept = append(kept, letterDate.FindAllStringIndex(s, -1)...)
	var b strings.Builder
	end := 0
	for _, w := range letterWords.FindAllStringIndex(s, -1) {
		word := s[w[0]:w[1]]
		b.WriteString(s[end:w[0]])
		end = w[1]
		inside := slices.ContainsFunc(kept, func(k []int) bool { return k[0] <= w[0] && w[1] <= k[1] })
		switch {
		case letterPAN.MatchString(word):
			b.WriteString("(PAN)")
		case !inside && digits(word) >= accountDigits && strings.Trim(word, "0123456789 -") == "":
			b.WriteString(party.MaskAccount(word))
		default:
			b.WriteString(word)
		}
	}
	return b.String() + s[end:]
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// cut shortens a text to so many characters, and says so.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}
