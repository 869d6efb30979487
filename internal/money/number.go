package money

import (
	"strings"

	"github.com/shopspring/decimal"
)

// maxNumberLen bounds the text of a JSON number: the longest amount has 18
// characters, and a few more are spent on harmless zeros.
const maxNumberLen = 64

// ParseNumber reads a JSON number, exponent forms included: 1180, 1180.5,
// 1.18e3. It returns ErrSyntax, ErrPrecision or ErrRange.
func ParseNumber(s string) (Paise, error) {
	if len(s) > maxNumberLen {
		return 0, ErrRange
	}
	if !strings.ContainsAny(s, "eE") {
		return Parse(s)
	}
	d, err := decimalOf(s)
	if err != nil {
		return 0, err
	}
	return fromDecimal(d)
}

// decimalOf reads a number in exponent form. An exponent beyond ±30 is refused
// before any arithmetic is done with it: 1e999999999 must not be computed.
func decimalOf(s string) (decimal.Decimal, error) {
	mark := strings.IndexAny(s, "eE")
	exponent := strings.TrimLeft(strings.TrimLeft(s[mark+1:], "+-"), "0")
	if len(exponent) > 2 || exponent > "30" && len(exponent) == 2 {
		if strings.Trim(exponent, "0123456789") != "" {
			return decimal.Decimal{}, ErrSyntax
		}
		return decimal.Decimal{}, ErrRange
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, ErrSyntax
	}
	return d, nil
}

func fromDecimal(d decimal.Decimal) (Paise, error) {
	paise := d.Shift(2)
	if !paise.IsInteger() {
		return 0, ErrPrecision
	}
	if paise.Abs().GreaterThan(decimal.NewFromInt(int64(Max))) {
		return 0, ErrRange
	}
	return Paise(paise.IntPart()), nil
}

// noise is how far a number stored by a spreadsheet may lie from a whole paisa,
// in rupees: binary fractions such as 45236.480000000003 stand for 45236.48.
var noise = decimal.New(1, -6)

// ParseStored reads a number as a workbook stores it. Such a number is a binary
// fraction printed in decimal, so a distance of at most 0.000001 from a whole
// paisa is noise of the format; noisy tells that there was some. Anything
// further away is ErrPrecision.
func ParseStored(s string) (p Paise, noisy bool, err error) {
	if len(s) > maxNumberLen {
		return 0, false, ErrRange
	}
	if p, err := ParseNumber(s); err == nil {
		return p, false, nil
	}
	var d decimal.Decimal
	if strings.ContainsAny(s, "eE") {
		if d, err = decimalOf(s); err != nil {
			return 0, false, err
		}
	} else if d, err = decimal.NewFromString(s); err != nil {
		return 0, false, ErrSyntax
	}
	whole := d.Round(2)
	if d.Sub(whole).Abs().GreaterThan(noise) {
		return 0, false, ErrPrecision
	}
	p, err = fromDecimal(whole)
	return p, err == nil, err
}
