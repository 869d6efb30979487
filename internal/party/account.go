package party

import (
	"crypto/hmac"
	"crypto/sha256"
	"strings"
)

// ReadAccount reduces an account number to what may be kept of it. Spaces and
// hyphens between the digits do not count. A number of which only the end is
// shown (XXXX1234, ****1234), or of four digits and fewer, has no fingerprint;
// nor has any where key is empty. It reports false for what is no account number.
func ReadAccount(number string, key []byte) (Account, bool) {
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, number)
	if plain == "" {
		return Account{}, number == ""
	}
	shown := strings.TrimLeft(plain, "Xx*•#.")
	if shown == "" || strings.Trim(shown, "0123456789") != "" {
		return Account{}, false
	}
	a := Account{Last4: shown[max(0, len(shown)-4):]}
	if shown == plain && len(plain) > 4 && len(key) > 0 {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(plain))
		copy(a.Fingerprint[:], mac.Sum(nil))
	}
	return a, true
}

// MaskAccount returns what may be shown of text that stands where an account
// number belongs.
func MaskAccount(text string) string {
	end := len(text)
	start := end
	for start > 0 && end-start < 4 && text[start-1] >= '0' && text[start-1] <= '9' {
		start--
	}
	return "****" + text[start:end]
}
