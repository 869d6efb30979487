package ledger

import (
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/table"
)

// A DateOrder says which of two numbers in a date such as 03/04/2026 is the day.
type DateOrder uint8

const (
	AutoDates  DateOrder = iota // as the column proves, else day first
	DayFirst                    // 3 April
	MonthFirst                  // 4 March
)

// written is a date as a cell has it, before it is known which number is the
// day. Where the text leaves no choice, first is the day and fixed is true.
type written struct {
	year, first, second int
	fixed               bool
}

// proves returns the only order in which the date makes sense, or AutoDates.
func (w written) proves() DateOrder {
	switch {
	case w.fixed:
		return AutoDates
	case w.first > 12 && w.second <= 12:
		return DayFirst
	case w.second > 12 && w.first <= 12:
		return MonthFirst
	}
	return AutoDates
}

// in returns the date by the order, and false where the calendar has none.
func (w written) in(order DateOrder) (day.Date, bool) {
	if order == MonthFirst && !w.fixed {
		return day.Of(w.year, w.first, w.second)
	}
	return day.Of(w.year, w.second, w.first)
}

// The numbers by which spreadsheets count days: 20000 is in 1954 and 80000 in
// 2119. Day 0 of the count is 30 December 1899, for Excel believes in a
// 29 February 1900.
const (
	serialMin, serialMax = 20_000, 80_000
	serialZero           = day.Date(693_594)
)

// readDate reads the date of a cell. It returns false for what is none; the
// cell must not be empty.
func readDate(c *table.Cell) (written, bool) {
	switch c.Kind {
	case table.Date:
		if c.Date == 0 {
			return written{}, false
		}
		return writtenAs(c.Date), true
	case table.Number, table.Text:
		if c.Date != 0 {
			return writtenAs(c.Date), true
		}
		return parseDate(c.Text)
	}
	return written{}, false
}

func writtenAs(d day.Date) written {
	year, month, dayOfMonth := d.Civil()
	return written{year, dayOfMonth, month, true}
}

// parseDate reads the forms of date that ledgers have: 21/11/2026, 21-11-26,
// 21.11.2026, 21-Nov-2026, 21 November 26, 2026-11-21, 20261121, each also with
// a time behind it, and 46347, as spreadsheets count days.
func parseDate(s string) (written, bool) {
	n, rest := digits(s)
	switch {
	case n.len == 0 || n.len > 8:
		return written{}, false
	case rest == "" && n.len == 8:
		return written{n.value / 10000, n.value % 100, n.value / 100 % 100, true}, true
	case n.len == 5 && (rest == "" || rest[0] == '.' && onlyDigits(rest[1:])):
		if n.value < serialMin || n.value > serialMax {
			return written{}, false
		}
		return writtenAs(serialZero + day.Date(n.value)), true
	case rest == "":
		return written{}, false
	}
	mark := rest[0]
	if mark != '/' && mark != '-' && mark != '.' && mark != ' ' {
		return written{}, false
	}
	if c := rest[1:]; c != "" && (c[0]|0x20) >= 'a' && (c[0]|0x20) <= 'z' {
		return namedMonth(n, c)
	}
	second, rest := digits(rest[1:])
	if mark == ' ' || second.len == 0 || second.len > 2 || rest == "" || rest[0] != mark {
		return written{}, false
	}
	third, rest := digits(rest[1:])
	if !timeOfDay(rest) {
		return written{}, false
	}
	if n.len == 4 {
		return written{n.value, third.value, second.value, true}, third.len == 1 || third.len == 2
	}
	year, ok := third.year()
	return written{year, n.value, second.value, false}, ok && n.len <= 2
}

// namedMonth reads what follows the day and a mark: Nov-2026, November 26.
func namedMonth(dayOfMonth number, s string) (written, bool) {
	end := 0
	for end < len(s) && (s[end]|0x20) >= 'a' && (s[end]|0x20) <= 'z' {
		end++
	}
	month := monthNamed(s[:end])
	rest := strings.TrimLeft(s[end:], "-/. ,")
	if month == 0 || rest == s[end:] || dayOfMonth.len > 2 {
		return written{}, false
	}
	third, rest := digits(rest)
	year, ok := third.year()
	return written{year, dayOfMonth.value, month, true}, ok && timeOfDay(rest)
}

var monthNames = [...]string{
	"january", "february", "march", "april", "may", "june",
	"july", "august", "september", "october", "november", "december",
}

// monthNamed returns 1 to 12 for a name of a month or its first letters, three
// at least, and 0 for anything else.
func monthNamed(s string) int {
	if len(s) < 3 || len(s) > 9 {
		return 0
	}
	for i, name := range monthNames {
		if len(s) <= len(name) && strings.EqualFold(s, name[:len(s)]) {
			return i + 1
		}
	}
	return 0
}

// timeOfDay tells whether what follows a date is nothing or a time, which the
// books have no use for.
func timeOfDay(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != ' ' && s[0] != 'T' || len(s) < 5 || s[1] < '0' || s[1] > '9' {
		return false
	}
	return strings.Contains(s, ":") && strings.Trim(s[1:], "0123456789:. +-ZAPMapm") == ""
}

// A number is a run of digits: its value and its length.
type number struct{ value, len int }

// year reads four digits, or two of this century.
func (n number) year() (int, bool) {
	switch n.len {
	case 4:
		return n.value, true
	case 2:
		return 2000 + n.value, true
	}
	return 0, false
}

// digits cuts the run of digits, nine at most, off the head of s.
func digits(s string) (number, string) {
	var n number
	for n.len < len(s) && n.len < 9 && s[n.len] >= '0' && s[n.len] <= '9' {
		n.value = n.value*10 + int(s[n.len]-'0')
		n.len++
	}
	return n, s[n.len:]
}

func onlyDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
