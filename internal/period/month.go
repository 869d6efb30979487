package period

import (
	"fmt"
	"time"

	"reconcile/internal/day"
)

// A Period is a calendar month, counted in months since the beginning of the year 0.
// The zero Period is none.
type Period int32

// Parse reads a period as people write it: 2026-11.
func Parse(s string) (Period, error) {
	d, err := day.Parse(s + "-01")
	if err != nil {
		return 0, fmt.Errorf("%q is not a month like 2026-11", s)
	}
	return Of(d), nil
}

// Of returns the period that a date lies in; none for no date.
func Of(d day.Date) Period {
	if d == 0 {
		return 0
	}
	year, month, _ := d.Civil()
	return Period(year*12 + month - 1)
}

// First returns the first day of the period.
func (p Period) First() day.Date {
	d, _ := day.Of(int(p)/12, int(p)%12+1, 1)
	return d
}

// Last returns the last day of the period, which is the business date of its closing.
func (p Period) Last() day.Date {
	if p == 0 {
		return 0
	}
	return p.Next().First() - 1
}

// Next returns the period after p.
func (p Period) Next() Period { return p + 1 }

// Previous returns the period before p.
func (p Period) Previous() Period { return p - 1 }

// String returns 2026-11, and nothing for none.
func (p Period) String() string {
	if p == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", int(p)/12, int(p)%12+1)
}

// Long returns the period in words: November 2026.
func (p Period) Long() string {
	if p == 0 {
		return ""
	}
	return fmt.Sprintf("%s %d", time.Month(int(p)%12+1), int(p)/12)
}

// MarshalText writes the text of String.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Period) UnmarshalText(b []byte) (err error) {
	if *p = 0; len(b) > 0 {
		*p, err = Parse(string(b))
	}
	return err
}
