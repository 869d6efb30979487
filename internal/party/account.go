package party

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"strings"
)

// An AccountReader reads account numbers with one key. It is not for use by
// several goroutines at once.
type AccountReader struct{ mac hash.Hash }

// NewAccountReader returns a reader whose fingerprints are made with the key,
// or that makes none where there is no key.
func NewAccountReader(key []byte) *AccountReader {
	if len(key) == 0 {
		return &AccountReader{}
	}
	return &AccountReader{mac: hmac.New(sha256.New, key)}
}

// Read reduces an account number to what may be kept of it. Spaces and hyphens
// between the digits do not count. A number of which only the end is shown
// (XXXX1234, ****1234), or of four digits and fewer, has no fingerprint. It
// reports false for what is no account number.
func (r *AccountReader) Read(number string) (Account, bool) {
	plain := number
	if strings.ContainsAny(number, " -\u00a0") {
		plain = strings.Map(func(r rune) rune {
			if r == ' ' || r == '-' || r == '\u00a0' {
				return -1
			}
			return r
		}, number)
	}
	if plain == "" {
		return Account{}, number == ""
	}
	shown := strings.TrimLeft(plain, "Xx*•#.")
	if shown == "" || strings.Trim(shown, "0123456789") != "" {
		return Account{}, false
	}
	a := Account{Last4: strings.Clone(shown[max(0, len(shown)-4):])} // no part of the number itself
	if shown == plain && len(plain) > 4 && r.mac != nil {
		r.mac.Reset()
		r.mac.Write([]byte(plain))
		var sum [sha256.Size]byte
		copy(a.Fingerprint[:], r.mac.Sum(sum[:0]))
	}
	return a, true
}

// ReadAccount is Read of a new AccountReader.
func ReadAccount(number string, key []byte) (Account, bool) {
	return NewAccountReader(key).Read(number)
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
