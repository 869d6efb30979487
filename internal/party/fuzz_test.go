package party

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FuzzNumberKey holds the key to what makes two spellings one: the case, the
// separators and the width of the characters are of no consequence, zeros lead
// no token, and nothing but letters and digits is left between the slashes.
func FuzzNumberKey(f *testing.F) {
	for _, s := range []string{"INV/2026-27/0042", "inv 26-27 42", "FY27", "26-27", "A-000-07", "ＩＮＶ００１", "2627", "ß/İ", "1²", "٣", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, number string) {
		key := NumberKey(number)
		same := func(what, other string) {
			if got := NumberKey(other); got != key {
				t.Errorf("NumberKey(%q) = %q, but with %s, %q, it is %q", number, key, what, other, got)
			}
		}
		same("separators around it", "-/ "+number+" .")
		same("other separators", strings.ReplaceAll(number, "/", "-"))
		same("composed characters", norm.NFKC.String(number))
		if isASCII(number) {
			same("small letters", strings.ToLower(number))
			same("capital letters", strings.ToUpper(number))
		}
		if key == "" {
			return
		}
		for token := range strings.SplitSeq(key, "/") {
			if token == "" || len(token) > 1 && token[0] == '0' {
				t.Errorf("NumberKey(%q) = %q has the token %q", number, key, token)
			}
			for _, r := range token {
				if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					t.Errorf("NumberKey(%q) = %q holds %q", number, key, r)
				}
			}
		}
	})
}

// FuzzUTR: a reference that has been read once reads as itself, and holds
// nothing but letters and digits.
func FuzzUTR(f *testing.F) {
	for _, s := range []string{"UTR NO: HDFC-1", "NEFT/RTGS 1", "UTR", "REF-", "hdfcr52026112112345678", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		utr := UTR(text)
		if again := UTR(utr); again != utr {
			t.Errorf("UTR(%q) = %q, and read again %q", text, utr, again)
		}
		if strings.ContainsFunc(utr, func(r rune) bool { return !alphanumeric(r) }) {
			t.Errorf("UTR(%q) = %q holds more than letters and digits", text, utr)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
