package schedule

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for _, good := range []string{"30 1 * * *", "*/15 8-20 * * 1-5", "0 2 29 2 *", "@daily", "@monthly", "0 0 1,15 * *", "0 2 30 2 1"} {
		c, err := Parse(good)
		if err != nil || c.String() != good || c.Empty() {
			t.Errorf("%s: got %q and %v", good, c, err)
		}
	}
	tests := []struct{ text, want string }{
		{"", "five fields"},
		{"every night", "five fields"},
		{"30 1 * *", "five fields"},
		{"30 1 * * * *", "five fields"},
		{"60 1 * * *", "five fields"},
		{"30 24 * * *", "five fields"},
		{"@reboot", "five fields"},
		{"@every 1h", "counts from"},
		{" @every 1h", "counts from"},
		{"TZ=UTC 30 1 * * *", "timezone"},
		{"CRON_TZ=America/New_York 30 1 * * *", "timezone"},
		{"CRON_TZ=0", "timezone"},
		{"TZ=0", "timezone"},
		{"0 2 30 2 *", "never comes"},
		{"0 2 31 4,6,9,11 *", "never comes"},
	}
	for _, tt := range tests {
		c, err := Parse(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !c.Empty() {
			t.Errorf("%q: got %v and %v, want an error with %q", tt.text, c, err, tt.want)
		}
	}
}

// FuzzParse: no text brings the parser down, and what it takes has a next time,
// which is a whole minute after the one that was asked about.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"30 1 * * *", "@daily", "@every 1s", "TZ=UTC * * * * *", "CRON_TZ=0", "* * * * *", "0 0 30 2 *", "*/0 * * * *", "1-0 * * * *", "0 0 29 2 1", "? ? ? ? ?"} {
		f.Add(seed)
	}
	wall := time.Date(2026, 11, 22, 4, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if (err == nil) == c.Empty() {
			t.Fatalf("%q: got %v and %v", text, c, err)
		}
		if err != nil {
			return
		}
		if again, err := Parse(c.String()); err != nil || again.next(wall) != c.next(wall) {
			t.Fatalf("%q is not read as it is printed: %v", text, err)
		}
		if next := c.next(wall); !next.After(wall) || next.Second() != 0 {
			t.Fatalf("%q: after %v comes %v", text, wall, next)
		}
	})
}
