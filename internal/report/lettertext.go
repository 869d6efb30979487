package report

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"reconcile/internal/party"
)

var letterVPA = regexp.MustCompile(`[\pL\pN._+-]+@[\pL\pN.-]+`)

// letterText returns text that came from outside as a mail may show it: clean
// like a cell; without what could be an account number, a PAN or a VPA, but for
// the references that the line is about; with no link in it that a mail program
// would make live, and no formula at its beginning.
func letterText(s string, references ...string) string {
	s = letterVPA.ReplaceAllString(cleanText(s), "***@***")
	s = party.FreeText(s, references...)
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

// cut shortens a text to so many characters, and says so.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}
