package payment

import (
	"strings"
	"time"

	"reconcile/internal/day"
)

// layouts are the spellings of ts without an offset from UTC. The API pages
// give no format; these were seen in EnKash's other products. A fraction of a
// second is accepted behind the seconds of each.
var layouts = [...]string{"2006-01-02T15:04:05", "2006-01-02 15:04:05"}

// offsetLayouts are the spellings with an offset.
var offsetLayouts = [...]string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 Z07:00"}

// ParseTime reads the ts of a body: RFC 3339, the same without an offset or with
// a space for the T (then in the zone), or the seconds or milliseconds since
// 1970. It returns the zero time for anything else: ts orders nothing and
// decides nothing, so an odd one is no reason to leave a payment out.
func ParseTime(s string, zone *time.Location) time.Time {
	s = strings.TrimSpace(s)
	if len(s) < len(time.DateTime) {
		return inCalendar(sinceEpoch(s, zone), zone)
	}
	for _, layout := range offsetLayouts { // the usual spelling first
		if t, err := time.Parse(layout, s); err == nil {
			return inCalendar(t.In(zone), zone)
		}
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return inCalendar(t, zone)
		}
	}
	return time.Time{}
}

// dayOf is the day of a ts in the Folder's zone, or 0 where it cannot be read.
func (f *Folder) dayOf(ts string) day.Date {
	t := ParseTime(ts, f.zone)
	if t.IsZero() {
		return 0
	}
	return day.In(t, f.zone)
}

// earlier is the earlier of two days, of which 0 is none.
func earlier(a, b day.Date) day.Date {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// inCalendar drops a moment outside the years 1 to 9999, which no Date can hold.
func inCalendar(t time.Time, zone *time.Location) time.Time {
	if y := t.In(zone).Year(); y < 1 || y > 9999 {
		return time.Time{}
	}
	return t
}

// sinceEpoch reads ten digits as seconds and thirteen as milliseconds, which
// covers the years 2001 to 2286.
func sinceEpoch(s string, zone *time.Location) time.Time {
	if len(s) != 10 && len(s) != 13 || s[0] == '0' {
		return time.Time{}
	}
	var n int64
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return time.Time{}
		}
		n = n*10 + int64(s[i]-'0')
	}
	if len(s) == 10 {
		return time.Unix(n, 0).In(zone)
	}
	return time.UnixMilli(n).In(zone)
}
