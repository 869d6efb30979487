package party

import (
	"regexp"
	"strings"
)

var (
	scientific = regexp.MustCompile(`^[0-9](?:[.,][0-9]+)?[Ee]\+?[0-9]{1,3}$`)
	monthDate  = regexp.MustCompile(`(?i)^(?:[0-9]{1,2}[- ])?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ](?:[0-9]{2}|[0-9]{4})$`)
	dayMonth   = regexp.MustCompile(`(?i)^[0-9]{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$`)
	fullDate   = regexp.MustCompile(`^(?:(?:0?[1-9]|[12][0-9]|3[01])([-/.])(?:0?[1-9]|1[0-2])[-/.](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?:[ T]00:00(?::00)?)?$`)
	rounded    = regexp.MustCompile(`^[1-9][0-9]{0,14}0+$`)
)

var cellErrors = map[string]bool{
	"#NAME?": true, "#N/A": true, "#REF!": true, "#VALUE!": true,
	"#DIV/0!": true, "#NULL!": true, "#NUM!": true,
}

// Damaged tells whether a supplier invoice number is what a spreadsheet made of
// one: scientific notation, a date with a month's name or a full year, an error
// value, or sixteen and more digits of which only fifteen survived. Numbers such
// as 03-04-22, 25/16 and #4706 are real ones and are left alone.
func Damaged(number string) bool {
	n := strings.TrimSpace(number)
	return scientific.MatchString(n) ||
		monthDate.MatchString(n) || dayMonth.MatchString(n) || fullDate.MatchString(n) ||
		cellErrors[strings.ToUpper(n)] ||
		len(n) >= 16 && rounded.MatchString(n)
}
