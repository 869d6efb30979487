// Package day is the calendar of the books: a date without a clock, and the
// Indian financial year.
//
// Ledgers know dates, not moments. A Date therefore has no time and no zone;
// where a moment becomes a date (the ts of a webhook, the start of a night run)
// the zone is named by the caller. Nothing here asks what day it is today.
package day

import (
	"fmt"
	"strconv"
	"time"
)

// Date is a day of the calendar, counted from 1 January of the year 1, which is
// day 1. The zero Date is no date.
type Date int32

const unixOffset = 719_163 // the Date of 1 January 1970

// Of returns the date of the given year, month and day, and false where the
// calendar has no such day. Years 1 to 9999.
func Of(year, month, dayOfMonth int) (Date, bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31 {
		return 0, false
	}
	t := time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, time.UTC)
	if t.Day() != dayOfMonth {
		return 0, false
	}
	return Date(t.Unix()/86_400 + unixOffset), true
}

// In returns the date of the moment t in the zone.
func In(t time.Time, zone *time.Location) Date {
	year, month, dayOfMonth := t.In(zone).Date()
	d, _ := Of(year, int(month), dayOfMonth)
	return d
}

// Parse reads an ISO date, 2026-11-21.
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date like 2026-11-21", s)
	}
	d, ok := Of(t.Year(), int(t.Month()), t.Day())
	if !ok {
		return 0, fmt.Errorf("%q is not a date like 2026-11-21", s)
	}
	return d, nil
}

// Civil returns the year, month and day of the month.
func (d Date) Civil() (year, month, dayOfMonth int) {
	y, m, dd := d.time().Date()
	return y, int(m), dd
}

// String returns the ISO form, or nothing for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.time().Format(time.DateOnly)
}

// Long returns the date as Indian readers write it, 21-Nov-2026.
func (d Date) Long() string {
	if d == 0 {
		return ""
	}
	return d.time().Format("02-Jan-2006")
}

// Time returns midnight UTC of the day, which is how a workbook stores a date.
func (d Date) Time() time.Time { return d.time() }

func (d Date) time() time.Time {
	return time.Unix(int64(d-unixOffset)*86_400, 0).UTC()
}

// MarshalText writes the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := Parse(string(b))
	*d = v
	return err
}

// A FinancialYear is the year in which it begins: 2026 is 1 April 2026 to
// 31 March 2027. The zero value is none.
type FinancialYear int16

// FinancialYear returns the year of the books that d falls in.
func (d Date) FinancialYear() FinancialYear {
	if d == 0 {
		return 0
	}
	year, month, _ := d.Civil()
	if month < 4 {
		year--
	}
	return FinancialYear(year)
}

// String returns "2026-27", or nothing for none.
func (y FinancialYear) String() string {
	if y == 0 {
		return ""
	}
	return strconv.Itoa(int(y)) + "-" + fmt.Sprintf("%02d", (int(y)+1)%100)
}
