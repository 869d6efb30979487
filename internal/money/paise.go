package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Paise is an amount of Indian money, in paise: 100 are one rupee. Range ±Max.
type Paise int64

// Max is the largest single amount that is read, in paise: ten lakh crore
// rupees. It is more than any company of India owes, and small enough that nine
// thousand such amounts can be added without overflow.
const Max Paise = 1_000_000_000_000_000

// The ways in which text fails to be an amount.
var (
	ErrSyntax    = errors.New("not an amount")
	ErrPrecision = errors.New("more than two decimals")
	ErrRange     = errors.New("larger than ten lakh crore rupees")
	ErrOverflow  = errors.New("the sum is too large to hold")
)

// Parse reads plain decimal text such as "1180", "-0.5" or "1180.00": an
// optional sign, digits, and at most two decimals (more, if they are zeros).
// It returns ErrSyntax, ErrPrecision or ErrRange.
func Parse(s string) (Paise, error) { return parse(s, Max) }

func parse(s string, limit Paise) (Paise, error) {
	rest := s
	negative := false
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		negative = rest[0] == '-'
		rest = rest[1:]
	}
	p, err := parseDigits(rest, limit)
	if err != nil {
		return 0, err
	}
	if negative {
		p = -p
	}
	return p, nil
}

// parseDigits reads unsigned decimal text: digits, and perhaps a point and more
// digits; at least one digit in all. limit is Max, or more for sums.
func parseDigits(s string, limit Paise) (Paise, error) {
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" && fraction == "" || point && fraction == "" {
		return 0, ErrSyntax
	}
	var p Paise
	for i := 0; i < len(whole); i++ {
		c := whole[i]
		if c < '0' || c > '9' {
			return 0, ErrSyntax
		}
		p = appendDigit(p, c, limit)
	}
	places := 0
	precise := true
	for i := 0; i < len(fraction); i++ {
		c := fraction[i]
		switch {
		case c < '0' || c > '9':
			return 0, ErrSyntax
		case places == 2:
			precise = precise && c == '0'
		default:
			p = appendDigit(p, c, limit)
			places++
		}
	}
	if !precise {
		return 0, ErrPrecision
	}
	for ; places < 2; places++ {
		p = appendDigit(p, '0', limit)
	}
	if p < 0 {
		return 0, ErrRange
	}
	return p, nil
}

// appendDigit returns p followed by the digit, or -1 where that is beyond the
// limit; it stays -1 from then on.
func appendDigit(p Paise, digit byte, limit Paise) Paise {
	d := Paise(digit - '0')
	if p < 0 || p > (limit-d)/10 {
		return -1
	}
	return p*10 + d
}

// String returns the amount as the contract writes it: "1180.00", "-0.50".
func (p Paise) String() string {
	return string(p.Append(make([]byte, 0, 24)))
}

// Append appends the text of String to b.
func (p Paise) Append(b []byte) []byte {
	n := uint64(p)
	if p < 0 {
		b = append(b, '-')
		n = -n
	}
	b = strconv.AppendUint(b, n/100, 10)
	return append(b, '.', byte('0'+n/10%10), byte('0'+n%10))
}

// Grouped returns the amount as an Indian reader expects it, in lakh grouping:
// "1,02,000.00", "-5,00,00,000.00".
func (p Paise) Grouped() string {
	plain := strings.TrimPrefix(p.String(), "-")
	whole, fraction := plain[:len(plain)-3], plain[len(plain)-3:]
	var b strings.Builder
	if p < 0 {
		b.WriteByte('-')
	}
	for i := 0; i < len(whole); i++ {
		left := len(whole) - i
		if i > 0 && (left == 3 || left > 3 && left%2 == 1) {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	return b.String() + fraction
}

// Abs returns the amount without its sign.
func (p Paise) Abs() Paise {
	if p < 0 {
		return -p
	}
	return p
}

// Add returns p + q, or ErrOverflow.
func (p Paise) Add(q Paise) (Paise, error) {
	s := p + q
	if (s > p) != (q > 0) && q != 0 {
		return 0, fmt.Errorf("%w: %s + %s", ErrOverflow, p, q)
	}
	return s, nil
}

// Sum adds two totals that are only shown and compared. One that cannot be held
// stays at the end of the range, so that it does not tie, instead of wrapping
// around to a likely number.
func Sum(a, b Paise) Paise {
	s, err := a.Add(b)
	switch {
	case err == nil:
		return s
	case a < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// MarshalText writes the text of String, which is how amounts stand in JSON.
func (p Paise) MarshalText() ([]byte, error) { return p.Append(nil), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Paise) UnmarshalText(b []byte) error {
	v, err := parse(string(b), math.MaxInt64) // a sum may be beyond Max
	if err != nil {
		return fmt.Errorf("amount %q: %w", b, err)
	}
	*p = v
	return nil
}
