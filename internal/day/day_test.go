package day

import (
	"encoding/json"
	"testing"
	"time"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		year, month, day int
		want             string // empty: no such day
	}{
		{1, 1, 1, "0001-01-01"},
		{9999, 12, 31, "9999-12-31"},
		{1970, 1, 1, "1970-01-01"},
		{2024, 2, 29, "2024-02-29"},
		{2000, 2, 29, "2000-02-29"},
		{1900, 2, 29, ""},
		{2026, 2, 29, ""},
		{2026, 4, 31, ""},
		{2026, 13, 1, ""},
		{2026, 0, 1, ""},
		{2026, 1, 0, ""},
		{2026, 1, 32, ""},
		{0, 1, 1, ""},
		{10000, 1, 1, ""},
		{2026, -1, -1, ""},
	} {
		d, ok := Of(c.year, c.month, c.day)
		if d.String() != c.want || ok != (c.want != "") {
			t.Errorf("Of(%d, %d, %d) = %q, %v; want %q", c.year, c.month, c.day, d, ok, c.want)
		}
	}
	if first, _ := Of(1, 1, 1); first != 1 {
		t.Errorf("the first day is %d, want 1", first)
	}
}

func TestParse(t *testing.T) {
	for _, s := range []string{"", "2026-2-3", "03/04/2026", "2026-02-30", "0000-01-01", "2026-11-21T00:00:00", "20261121", " 2026-11-21"} {
		if d, err := Parse(s); err == nil || d != 0 {
			t.Errorf("Parse(%q) = %v, %v; want an error", s, d, err)
		}
	}
	d, err := Parse("2026-11-21")
	if err != nil || d.Long() != "21-Nov-2026" || !d.Time().Equal(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("Parse = %s, %s, %v; want 21-Nov-2026", d.Long(), d.Time(), err)
	}
}

func TestNoDate(t *testing.T) {
	var d Date
	if d.String() != "" || d.Long() != "" || d.FinancialYear() != 0 || d.FinancialYear().String() != "" {
		t.Errorf("no date is %q, %q, %q; want nothing", d, d.Long(), d.FinancialYear())
	}
}

func TestIn(t *testing.T) {
	kolkata := time.FixedZone("IST", 5*3600+1800)
	at := time.Date(2026, 3, 31, 18, 30, 0, 0, time.UTC)
	if got := In(at, kolkata).String(); got != "2026-04-01" {
		t.Errorf("In(%s) = %s, want the first of April", at, got)
	}
	if got := In(at.Add(-time.Nanosecond), kolkata).String(); got != "2026-03-31" {
		t.Errorf("a moment before is %s, want the last of March", got)
	}
}

func TestFinancialYear(t *testing.T) {
	for _, c := range []struct{ date, want string }{
		{"2026-03-31", "2025-26"},
		{"2026-04-01", "2026-27"},
		{"2027-03-31", "2026-27"},
		{"2026-12-31", "2026-27"},
		{"1999-04-01", "1999-00"},
	} {
		d, err := Parse(c.date)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.FinancialYear().String(); got != c.want {
			t.Errorf("%s is in %s, want %s", c.date, got, c.want)
		}
	}
}

func FuzzDate(f *testing.F) {
	f.Add(2026, 11, 21, "2026-11-21")
	f.Add(2024, 2, 29, "")
	f.Add(1, 1, 1, "0001-01-01")
	f.Fuzz(func(t *testing.T, year, month, dayOfMonth int, text string) {
		d, ok := Of(year, month, dayOfMonth)
		if !ok {
			if d != 0 {
				t.Errorf("Of(%d, %d, %d) = %d and false, want 0", year, month, dayOfMonth, d)
			}
		} else {
			if y, m, dd := d.Civil(); y != year || m != month || dd != dayOfMonth {
				t.Errorf("Of(%d, %d, %d) is %d, %d, %d", year, month, dayOfMonth, y, m, dd)
			}
			if back, err := Parse(d.String()); err != nil || back != d {
				t.Errorf("Parse(%q) = %d, %v; want %d", d, back, err, d)
			}
			if y := d.FinancialYear(); int(y) != year && int(y) != year-1 {
				t.Errorf("%s is in the financial year %s", d, y)
			}
			b, err := json.Marshal(d)
			var back Date
			if err == nil {
				err = json.Unmarshal(b, &back)
			}
			if err != nil || back != d {
				t.Errorf("%s came back from JSON as %s, %v", d, back, err)
			}
		}
		if d, err := Parse(text); err == nil && d.String() != text {
			t.Errorf("Parse(%q) is %q", text, d)
		}
	})
}
