package period

import (
	"errors"
	"strings"
	"testing"

	"reconcile/internal/day"
)

func on(t *testing.T, text string) day.Date {
	t.Helper()
	d, err := day.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func month(t *testing.T, text string) Period {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMonths(t *testing.T) {
	for _, test := range []struct{ text, first, last, next, long string }{
		{"2026-11", "2026-11-01", "2026-11-30", "2026-12", "November 2026"},
		{"2026-12", "2026-12-01", "2026-12-31", "2027-01", "December 2026"},
		{"2028-02", "2028-02-01", "2028-02-29", "2028-03", "February 2028"},
	} {
		p := month(t, test.text)
		got := []string{p.String(), p.First().String(), p.Last().String(), p.Next().String(), p.Long()}
		if want := []string{test.text, test.first, test.last, test.next, test.long}; strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("got %v, want %v", got, want)
		}
		if Of(p.Last()) != p || Of(p.First()) != p || p.Next().Previous() != p {
			t.Errorf("%s does not hold its own days", p)
		}
		var back Period
		if err := back.UnmarshalText([]byte(p.String())); err != nil || back != p {
			t.Errorf("read back got %v, %v, want %v", back, err, p)
		}
	}
	for _, bad := range []string{"", "2026", "2026-13", "2026-1", "2026-11-01", "26-11", "november"} {
		if p, err := Parse(bad); err == nil {
			t.Errorf("%q was read as %v", bad, p)
		}
	}
	if none := Of(0); none != 0 || none.String() != "" || none.Long() != "" || none.Last() != 0 {
		t.Errorf("no date is of the month %q", none)
	}
}

// What may be done with a month follows from what was done with it and with later
// ones.
func TestCalendar(t *testing.T) {
	sep, oct, nov := month(t, "2026-09"), month(t, "2026-10"), month(t, "2026-11")
	today := on(t, "2026-12-03")
	closed := Event{Period: nov, To: Closed, Version: 1, Closing: "aa", By: "asha+ravi"}
	open := Event{Period: nov, To: Open, Version: 1, Closing: "aa"}
	soft := Event{Period: nov, To: SoftClosed, Snapshot: "bb"}
	for _, test := range []struct {
		name   string
		events []Event
		p      Period
		soft   bool
		today  string
		check  string // of the refusal; empty where it may be closed
		warns  int
	}{
		{"nothing was closed yet", nil, nov, false, "2026-12-01", "", 0},
		{"on its last day", nil, nov, false, "2026-11-30", CheckNotOver, 0},
		{"softly on its last day", nil, nov, true, "2026-11-30", CheckNotOver, 0},
		{"closed", []Event{closed}, nov, false, "2026-12-03", CheckClosed, 0},
		{"softly what is closed", []Event{closed}, nov, true, "2026-12-03", CheckClosed, 0},
		{"soft-closed", []Event{soft}, nov, false, "2026-12-03", "", 0},
		{"softly again", []Event{soft}, nov, true, "2026-12-03", CheckClosed, 0},
		{"opened again", []Event{closed, open}, nov, false, "2026-12-03", "", 0},
		{"before a closed one", []Event{closed}, oct, false, "2026-12-03", CheckLater, 0},
		{"before a soft-closed one", []Event{soft}, oct, true, "2026-12-03", CheckLater, 0},
		{"before one that was opened", []Event{closed, open}, oct, false, "2026-12-03", "", 0},
		{"after its predecessor", []Event{{Period: oct, To: Closed, Version: 1}}, nov, false, "2026-12-03", "", 0},
		{"after a gap", []Event{{Period: sep, To: Closed, Version: 1}}, nov, false, "2026-12-03", "", 1},
		{"after a soft-closed one", []Event{{Period: sep, To: Closed, Version: 1}, {Period: oct, To: SoftClosed}}, nov, false, "2026-12-03", "", 1},
	} {
		warnings, err := Fold(test.events).MayClose(test.p, test.soft, on(t, test.today))
		var refused *Refusal
		got := ""
		if errors.As(err, &refused) {
			got = refused.Check
		}
		if got != test.check || len(warnings) != test.warns {
			t.Errorf("%s: got %q and %v, want %q and %d warnings", test.name, got, warnings, test.check, test.warns)
		}
	}

	c := Fold([]Event{{Period: oct, To: Closed, Version: 1, Closing: "cc"}, closed, open, {Period: nov, To: Closed, Version: 2, Closing: "dd"}})
	if got := c.State(nov); got != Closed {
		t.Errorf("November is %v, want %v", got, Closed)
	}
	if got := c.NextVersion(nov); got != 3 {
		t.Errorf("the next closing of November is version %d, want 3", got)
	}
	if e, is := c.Before(nov); !is || e.Closing != "cc" {
		t.Errorf("November rolls forward from %+v, want October", e)
	}
	if e, is := c.Closing(nov, 1); !is || e.Closing != "aa" {
		t.Errorf("got %+v for the first version, want the one that was opened", e)
	}
	if _, is := c.Closing(nov, 3); is {
		t.Error("a closing was found that was never made")
	}
	for date, want := range map[string]bool{"2026-08-15": true, "2026-11-30": true, "2026-12-01": false} {
		if e, locked := c.Locked(on(t, date)); locked != want || locked && e.Period != nov {
			t.Errorf("%s: locked %v by %s, want %v", date, locked, e.Period, want)
		}
	}
	if _, err := c.MayReopen(oct); !isRefusal(err, CheckLater) {
		t.Errorf("October was opened under November: %v", err)
	}
	if e, err := c.MayReopen(nov); err != nil || e.Version != 2 {
		t.Errorf("got %+v, %v, want the second version", e, err)
	}
	if _, err := c.MayReopen(month(t, "2026-12")); !isRefusal(err, CheckOpen) {
		t.Errorf("an open month was opened: %v", err)
	}
	if _, err := c.MayClose(month(t, "2026-12"), false, today); !isRefusal(err, CheckNotOver) {
		t.Errorf("a month that is not over was closed: %v", err)
	}
}

func isRefusal(err error, check string) bool {
	var refused *Refusal
	return errors.As(err, &refused) && refused.Check == check
}

func TestReasons(t *testing.T) {
	for text, enough := range map[string]bool{"": false, "mistake": false, strings.Repeat("a", 19): false, strings.Repeat("a", 20): true, strings.Repeat("न", 20): true} {
		if err := CheckReason(text); (err == nil) != enough {
			t.Errorf("%q: got %v, want enough %v", text, err, enough)
		}
	}
}

// Every check has its words, and its name in its message.
func TestChecks(t *testing.T) {
	names := map[string]bool{}
	for _, c := range Checks() {
		if names[c.Name] || c.Meaning == "" || c.Remedy == "" {
			t.Errorf("%+v is said twice, or not in full", c)
		}
		names[c.Name] = true
		if text := refuse(c.Name, "do it", "it is so").Error(); text != "it is so; do it ["+c.Name+"]" {
			t.Errorf("got %q", text)
		}
	}
}
