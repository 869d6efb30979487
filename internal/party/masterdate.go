package party

import (
	"time"

	"reconcile/internal/day"
)

// masterDates are the spellings of a date in a supplier master, the day before
// the month as everywhere in India. Years are written in full, for 26 is a day
// too.
var masterDates = []string{"2006-01-02", "2/1/2006", "2-1-2006", "2.1.2006", "2-Jan-2006", "2 Jan 2006", "2-Jan-06"}

func (r *masterReader) date(column, text string) day.Date {
	if text == "" {
		return 0
	}
	for _, layout := range masterDates {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if d, ok := day.Of(t.Year(), int(t.Month()), t.Day()); ok && t.Year() >= 1990 && t.Year() <= 2100 {
			return d
		}
	}
	r.fault(checkMasterDate, column, text, "")
	return 0
}
