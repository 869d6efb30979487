package table

import (
	"math"
	"strconv"
	"strings"
	"time"

	"reconcile/internal/day"
)

// Serials of dates run from 1 (1 January 1900) to 31 December 9999.
const (
	firstSerial = 1
	lastSerial  = 2_958_465
	offset1904  = 1462 // days between the two calendars
)

// shortest returns the shortest decimal form of a stored number: 201 for
// 201.0, 147559.02 for 147559.01999999999, which is how a spreadsheet stores
// it. Numbers of 16 digits and more, which no spreadsheet keeps exactly, and
// those too small to be an amount, come back as stored.
func shortest(stored string) (text string, ok bool) {
	if stored == "" || strings.Trim(stored, "0123456789+-.eE") != "" {
		return stored, false
	}
	if plainInteger(stored) {
		return stored, true
	}
	f, err := strconv.ParseFloat(stored, 64)
	switch {
	case err != nil && !math.IsInf(f, 0):
		return stored, false
	case f == 0:
		return "0", true
	case math.Abs(f) >= 1e15 || math.Abs(f) < 1e-9:
		return stored, true
	}
	return strconv.FormatFloat(f, 'f', -1, 64), true
}

// plainInteger tells whether s is already in its shortest form, as most are.
func plainInteger(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if s == "" || len(s) > 15 || s[0] == '0' {
		return s == "0"
	}
	return strings.Trim(s, "0123456789") == ""
}

// serialDate returns the date that a serial number stands for, 0 where it
// stands for none. The calendar of 1900 has a 29 February 1900, serial 60,
// which is no date.
func serialDate(serial string, date04 bool) day.Date {
	f, err := strconv.ParseFloat(serial, 64)
	if err != nil || !(f >= 0 && f < lastSerial+1) {
		return 0
	}
	// Half a millisecond before midnight is midnight, rounded badly.
	n := int(math.Floor(f + 5e-9))
	if date04 {
		n += offset1904
	}
	if n < firstSerial || n > lastSerial || n == 60 {
		return 0
	}
	if n < 60 {
		n++
	}
	first, _ := day.Of(1899, 12, 30)
	return first + day.Date(n)
}

// isoDate reads the cell of type d, which holds an ISO date and perhaps a time,
// and returns the serial that another writer would have stored.
func isoDate(s string, date04 bool) (serial string, date day.Date, ok bool) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04", time.RFC3339} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		date, valid := day.Of(t.Year(), int(t.Month()), t.Day())
		if !valid {
			return s, 0, false
		}
		first, _ := day.Of(1899, 12, 30)
		n := int(date - first)
		if n <= 60 {
			n--
		}
		if date04 {
			n -= offset1904
		}
		clock := t.Hour()*3600 + t.Minute()*60 + t.Second()
		return strconv.FormatFloat(float64(n)+float64(clock)/86_400, 'f', -1, 64), date, true
	}
	return s, 0, false
}
