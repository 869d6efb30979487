package schedule

import (
	"errors"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// A Cron is an expression of five fields, in what a clock on the wall shows, or
// @daily and its like. The zero Cron is never due.
type Cron struct {
	text string
	spec cron.Schedule
}

// String returns the expression as it was given.
func (c Cron) String() string { return c.text }

// Empty tells whether there is no expression.
func (c Cron) Empty() bool { return c.spec == nil }

// Parse reads an expression. What it refuses besides nonsense: a zone, which is
// set once for all; @every, which counts from nobody knows when; and a day that
// never comes, such as 30 February.
func Parse(s string) (c Cron, err error) {
	if strings.Contains(s, "TZ=") {
		return Cron{}, errors.New("a zone has no place in the expression; timezone is set once for all")
	}
	if strings.HasPrefix(strings.TrimSpace(s), "@every") {
		return Cron{}, errors.New("@every counts from when the program was started; name the times, like 0 */6 * * *")
	}
	// The parser slices without looking on some malformed fields.
	defer func() {
		if recover() != nil {
			c, err = Cron{}, errFields
		}
	}()
	spec, err := cron.ParseStandard(s)
	if err != nil {
		return Cron{}, errFields
	}
	c = Cron{s, spec}
	// A leap year and the four after it have every day that there is.
	if c.next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Cron{}, errors.New("it names a day that never comes")
	}
	return c, nil
}

var errFields = errors.New("expected five fields: minute, hour, day of the month, month, day of the week, like 30 1 * * *")

// next returns the first time after wall that the expression names. Both are what
// a clock on the wall shows, written as if it were UTC, where no hour is missing
// and none comes twice; the zero time means never.
func (c Cron) next(wall time.Time) time.Time {
	if c.Empty() {
		return time.Time{}
	}
	return c.spec.Next(wall)
}
