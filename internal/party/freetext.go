package party

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	// freeWords finds what may be a number of somebody: digits in groups, or
	// letters and digits without a break.
	freeWords  = regexp.MustCompile(`\p{Nd}+(?:[ \x{a0}\x{2010}-\x{2013}-]\p{Nd}+)*|[\pL\pN]+`)
	freePAN    = regexp.MustCompile(`^(?:[0-9]{2})?[A-Za-z]{5}[0-9]{4}[A-Za-z](?:[0-9A-Za-z]{3})?$`) // or a GSTIN, which holds one
	freeDate   = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-[0-9]{4}`)
	freePaise  = regexp.MustCompile(`^(?:\.[0-9]{1,8}|,[0-9]{2})(?:[^0-9]|$)`) // behind the rupees of an amount
	freePrefix = regexp.MustCompile(`^(?i:c|ac|acc|acct|account|no)(\p{Nd}+)$`)
)

// accountDigits is from how many digits on a number may be an account; the
// longest have 18.
const accountDigits = 9

// FreeText returns what may be kept and shown of text that somebody typed or that
// came from outside: without what could be an account number, of which the last
// four digits stay, and without PANs. A number with paise behind it is an
// amount, as is one with commas, and stays; so do dates, and whatever is a word of
// one of the texts of keep, such as the digits at the end of an invoice number. A
// PAN never stays. FreeText of its own result, with the same keep, changes nothing.
func FreeText(s string, keep ...string) string {
	if len(s) < accountDigits {
		return s
	}
	kept := freeDate.FindAllStringIndex(s, -1)
	for _, r := range keep {
		for from := 0; r != ""; {
			at := strings.Index(s[from:], r)
			if at < 0 {
				break
			}
			kept = append(kept, []int{from + at, from + at + len(r)})
			from += at + len(r)
		}
	}
	var b strings.Builder
	end := 0
	for _, w := range freeWords.FindAllStringIndex(s, -1) {
		word := s[w[0]:w[1]]
		b.WriteString(s[end:w[0]])
		end = w[1]
		switch {
		case freePAN.MatchString(word):
			b.WriteString("(PAN)")
		case mayBeAccount(word) && !isRupees(word, s[end:]) &&
			!slices.ContainsFunc(kept, func(k []int) bool { return k[0] <= w[0] && w[1] <= k[1] }):
			b.WriteString(MaskAccount(word))
		default:
			b.WriteString(word)
		}
	}
	return b.String() + s[end:]
}

// mayBeAccount tells whether a word has nothing but the digits of an account, in
// groups or not, or stands directly behind the word for one.
func mayBeAccount(word string) bool {
	if m := freePrefix.FindStringSubmatch(word); m != nil {
		word = m[1]
	}
	digits := 0
	for _, r := range word {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.In(r, unicode.L, unicode.N):
			return false
		}
	}
	return digits >= accountDigits
}

// isRupees tells whether a number is the rupees of an amount, for paise follow.
func isRupees(word, behind string) bool {
	return strings.Trim(word, "0123456789") == "" && freePaise.MatchString(behind)
}

// MaskPAN hides every word that has the form of a PAN, five letters, four digits
// and a letter. A GSTIN has one inside and is no secret.
func MaskPAN(text string) string {
	word := func(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	var b strings.Builder
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && word(text[end]) {
			end++
		}
		switch {
		case end == i:
			b.WriteByte(text[i])
			i++
			continue
		case IsPAN(text[i:end]):
			b.WriteString("****" + text[end-1:end])
		default:
			b.WriteString(text[i:end])
		}
		i = end
	}
	return b.String()
}

// IsPAN tells whether a text has the form of a PAN.
func IsPAN(s string) bool {
	if len(s) != 10 {
		return false
	}
	for i := range len(s) {
		digit := s[i] >= '0' && s[i] <= '9'
		if digit != (i >= 5 && i < 9) {
			return false
		}
	}
	return true
}
