package config

import (
	"errors"
	"regexp"
	"strings"
)

// gstins have a State code, a PAN, an entity number, a letter (Z so far) and a
// check digit.
var gstins = regexp.MustCompile(`^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][A-Z][0-9A-Z]$`)

type gstin struct{ to *string }

func (v gstin) String() string { return *v.to }
func (v gstin) Set(s string) error {
	s = strings.ToUpper(strings.TrimSpace(s))
	if !gstins.MatchString(s) {
		return errors.New("expected a GSTIN of 15 characters like 27AAPFU0939F1ZV")
	}
	*v.to = s
	return nil
}

// gstinDigits are the values 0 to 35 of the characters of a GSTIN.
const gstinDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// gstinCheckDigit returns the fifteenth character that the first fourteen of s
// ask for: weights 1 and 2 in turn, the digits of each product in base 36
// added, and the sum brought up to a multiple of 36.
func gstinCheckDigit(s string) byte {
	sum := 0
	for i := range 14 {
		product := strings.IndexByte(gstinDigits, s[i]) * (1 + i%2)
		sum += product/36 + product%36
	}
	return gstinDigits[(36-sum%36)%36]
}
