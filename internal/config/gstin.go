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
