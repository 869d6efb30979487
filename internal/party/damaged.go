package party

import (
	"regexp"
	"strings"
)

const months = `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`

var (
	// Spreadsheets write the sign of the exponent, and Java a point; 2E5 has
	// neither, and is the fifth invoice of book 2E.
	scientific = regexp.MustCompile(`^[0-9](?:[.,][0-9]+[Ee]\+?|[Ee]\+)[0-9]{1,3}$`)
	// Nov-20 is a spreadsheet's; JULY 13 is a landlord's.
	monthDate = regexp.MustCompile(`(?i)^(?:[0-9]{1,2}[- ]` + months + `[a-z]*[- ]|` + months + `-)(?:[0-9]{2}|[0-9]{4})` + midnight)
	dayMonth  = regexp.MustCompile(`(?i)^[0-9]{1,2}-` + months + `$`)
	fullDate  = regexp.MustCompile(`^(?:[0-3]?[0-9]([-/.])[0-3]?[0-9][-/.](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))` + midnight)
	rounded   = regexp.MustCompile(`^[1-9][0-9]{0,14}0+$`)
	tooNarrow = regexp.MustCompile(`^##+$`)
)

// midnight is the time of day that some programs write behind a date.
const midnight = `(?:[ T]00:00(?::00(?:\.0+)?)?)?$`

var cellErrors = map[string]bool{
	"#NAME?": true, "#N/A": true, "#REF!": true, "#VALUE!": true,
	"#DIV/0!": true, "#NULL!": true, "#NUM!": true,
	"#SPILL!": true, "#CALC!": true, "#FIELD!": true, "#GETTING_DATA": true,
}

// Damaged tells whether a supplier invoice number is what a spreadsheet made of
// one: scientific notation, a date with a month's name or a full year, an error
// value, the ### of a column that was too narrow when it was saved as text, or
// sixteen and more digits of which only fifteen survived. Numbers such as
// 03-04-22, 25/16, 2E5 and #4706 are real ones and are left alone.
func Damaged(number string) bool {
	n := strings.TrimSpace(number)
	return scientific.MatchString(n) ||
		monthDate.MatchString(n) || dayMonth.MatchString(n) || calendarDate(n) ||
		cellErrors[strings.ToUpper(n)] || tooNarrow.MatchString(n) ||
		len(n) >= 16 && roundedOff(n)
}

// roundedOff tells whether n is a number of sixteen and more digits of which only
// fifteen survived; some programs write the .0 of a stored number behind it.
func roundedOff(n string) bool {
	n = strings.TrimSuffix(n, ".0")
	return len(n) >= 16 && rounded.MatchString(n)
}

// calendarDate tells whether n is written as a date in figures, with the year in
// full, and one of the calendar: 45/13/2026 is none.
func calendarDate(n string) bool {
	if !fullDate.MatchString(n) {
		return false
	}
	if strings.Trim(n[:4], "0123456789") == "" {
		return true // year first: the pattern knows its months and days
	}
	fields := strings.FieldsFunc(n, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
	a, b := atMost31(fields[0]), atMost31(fields[1])
	return a > 0 && b > 0 && (a <= 12 || b <= 12)
}

// atMost31 reads one or two digits, 0 where they are more than 31.
func atMost31(s string) int {
	n := int(s[0] - '0')
	if len(s) == 2 {
		n = 10*n + int(s[1]-'0')
	}
	if n > 31 {
		return 0
	}
	return n
}
