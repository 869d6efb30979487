package ledger

import (
	"testing"

	"reconcile/internal/day"
	"reconcile/internal/table"
)

func TestParseDate(t *testing.T) {
	for _, c := range []struct{ text, dayFirst, monthFirst string }{ // empty: no date
		{"03/04/2026", "2026-04-03", "2026-03-04"},
		{"25/12/2026", "2026-12-25", ""},
		{"12/25/2026", "", "2026-12-25"},
		{"3-4-26", "2026-04-03", "2026-03-04"},
		{"03.04.2026", "2026-04-03", "2026-03-04"},
		{"03.04.26", "2026-04-03", "2026-03-04"},
		{"31/02/2026", "", ""},
		{"21-Nov-2026", "2026-11-21", "2026-11-21"},
		{"1-Apr-25", "2025-04-01", "2025-04-01"},
		{"17-MAY-11", "2011-05-17", "2011-05-17"},
		{"21 November 2026", "2026-11-21", "2026-11-21"},
		{"21 Sept, 2026", "2026-09-21", "2026-09-21"},
		{"2026-11-21", "2026-11-21", "2026-11-21"},
		{"2026-04-03", "2026-04-03", "2026-04-03"},
		{"2026-11-21 13:45:00", "2026-11-21", "2026-11-21"},
		{"2026-11-21T13:45:00+05:30", "2026-11-21", "2026-11-21"},
		{"21/11/2026 00:00", "2026-11-21", ""},
		{"20261121", "2026-11-21", "2026-11-21"},
		{"20261321", "", ""},
		{"46347", "2026-11-21", "2026-11-21"},
		{"45597.50778935", "2024-11-01", "2024-11-01"},
		{"25569", "1970-01-01", "1970-01-01"},
		{"19999", "", ""},
		{"80001", "", ""},
		{"", "", ""},
		{"N/A", "", ""},
		{"03/04", "", ""},
		{"03/04-2026", "", ""},
		{"03/04/202", "", ""},
		{"003/04/2026", "", ""},
		{"03/04/2026x", "", ""},
		{"03/04/2026 soon", "", ""},
		{"21-Foo-2026", "", ""},
		{"Nov-2026", "", ""},
		{"21-Nov", "", ""},
		{"21Nov2026", "", ""},
		{"999999999999/1/1", "", ""},
		{"-1/1/2026", "", ""},
	} {
		for order, want := range map[DateOrder]string{DayFirst: c.dayFirst, MonthFirst: c.monthFirst} {
			got := day.Date(0)
			if w, ok := parseDate(c.text); ok {
				got, _ = w.in(order)
			}
			if got.String() != want {
				t.Errorf("%q by order %d = %q, want %q", c.text, order, got, want)
			}
		}
	}
}

func TestReadDateCell(t *testing.T) {
	d, _ := day.Of(2026, 11, 21)
	for _, c := range []struct {
		cell table.Cell
		want day.Date
	}{
		{table.Cell{Kind: table.Date, Text: "46347", Date: d}, d},
		{table.Cell{Kind: table.Date, Text: "-5"}, 0},
		{table.Cell{Kind: table.Number, Text: "46347"}, d},
		{table.Cell{Kind: table.Number, Text: "20261121"}, d},
		{table.Cell{Kind: table.Bool, Text: "TRUE"}, 0},
	} {
		var got day.Date
		if w, ok := readDate(&c.cell); ok {
			got, _ = w.in(DayFirst)
		}
		if got != c.want {
			t.Errorf("%+v is %q, want %q", c.cell, got, c.want)
		}
	}
}
