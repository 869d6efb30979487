package schedule

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/day"
)

// plan returns a plan of an expression that must be right.
func plan(t rapid.TB, expr, zone string, previous bool, catchUp int) Plan {
	t.Helper()
	c, err := Parse(expr)
	if err != nil {
		t.Fatalf("Parse(%q): %v", expr, err)
	}
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return Plan{Cron: c, Zone: z, Previous: previous, CatchUp: catchUp}
}

func at(t rapid.TB, p Plan, text string) time.Time {
	t.Helper()
	m, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if m, err = time.ParseInLocation("2006-01-02 15:04", text, p.Zone); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func date1(t rapid.TB, text string) day.Date {
	t.Helper()
	d, err := day.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// night is a run as the schedule makes it: due at its tick, with a report.
func night(t rapid.TB, p Plan, asOf, started string) Ran {
	return Ran{AsOf: date1(t, asOf), Started: at(t, p, started), Reported: true, Night: true}
}

// TestNext walks over changes of the clock: every date has its tick, once.
func TestNext(t *testing.T) {
	tests := []struct {
		name, cron, zone, after string
		want                    []string // moment and business date (its own day)
	}{
		{"India has no other time", "30 1 * * *", "Asia/Kolkata", "2026-11-21T19:59:59Z",
			[]string{"2026-11-22T01:30:00+05:30 2026-11-22", "2026-11-23T01:30:00+05:30 2026-11-23"}},
		{"02:30 does not exist: at the change", "30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z",
			[]string{"2026-03-08T03:00:00-04:00 2026-03-08", "2026-03-09T02:30:00-04:00 2026-03-09"}},
		{"01:30 comes twice: the first", "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z",
			[]string{"2026-11-01T01:30:00-04:00 2026-11-01", "2026-11-02T01:30:00-05:00 2026-11-02"}},
		{"after the first of two, not the second", "30 1 * * *", "America/New_York", "2026-11-01T05:45:00Z",
			[]string{"2026-11-02T01:30:00-05:00 2026-11-02"}},
		{"half an hour is left out", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z",
			[]string{"2026-10-04T02:30:00+11:00 2026-10-04", "2026-10-05T02:15:00+11:00 2026-10-05"}},
		{"midnight does not exist", "0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
			[]string{"2018-11-04T01:00:00-02:00 2018-11-04", "2018-11-05T00:00:00-02:00 2018-11-05"}},
		{"a whole day is left out", "30 1 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z",
			[]string{"2011-12-29T01:30:00-10:00 2011-12-29", "2011-12-31T00:00:00+14:00 2011-12-30", "2011-12-31T01:30:00+14:00 2011-12-31"}},
		{"weekdays", "0 2 * * 1-5", "Asia/Kolkata", "2026-11-20T00:00:00Z",
			[]string{"2026-11-23T02:00:00+05:30 2026-11-23"}},
		{"a leap day", "0 2 29 2 *", "Asia/Kolkata", "2026-11-20T00:00:00Z",
			[]string{"2028-02-29T02:00:00+05:30 2028-02-29"}},
		{"just now is not after now", "@daily", "Asia/Kolkata", "2026-11-20T18:30:00Z",
			[]string{"2026-11-22T00:00:00+05:30 2026-11-22"}},
	}
	for _, tt := range tests {
		p := plan(t, tt.cron, tt.zone, false, 10)
		after := at(t, p, tt.after)
		for i, want := range tt.want {
			tick := p.Next(after)
			if got := tick.At.Format(time.RFC3339) + " " + tick.AsOf.String(); got != want {
				t.Errorf("%s, tick %d: got %s, want %s", tt.name, i+1, got, want)
			}
			after = tick.At
		}
	}
	if got := (Plan{Zone: time.UTC}).Next(time.Unix(0, 0)); got != (Tick{}) {
		t.Errorf("without an expression: got %v, want no tick", got)
	}
}

func TestLast(t *testing.T) {
	tests := []struct{ cron, now, want string }{
		{"30 1 * * *", "2026-11-22 01:30", "2026-11-22 01:30"},
		{"30 1 * * *", "2026-11-22 01:29", "2026-11-21 01:30"},
		{"*/10 * * * *", "2026-11-22 01:29", "2026-11-22 01:20"},
		{"0 2 1 * *", "2026-11-30 09:00", "2026-11-01 02:00"},
		{"0 2 1 4 *", "2026-03-31 09:00", "2025-04-01 02:00"},
		{"0 2 29 2 *", "2026-11-22 09:00", "2024-02-29 02:00"},
	}
	for _, tt := range tests {
		p := plan(t, tt.cron, "Asia/Kolkata", false, 10)
		if got := p.Last(at(t, p, tt.now)).At.Format("2006-01-02 15:04"); got != tt.want {
			t.Errorf("%s before %s: got %s, want %s", tt.cron, tt.now, got, tt.want)
		}
	}
	if got := (Plan{Zone: time.UTC}).Last(time.Unix(1e9, 0)); got != (Tick{}) {
		t.Errorf("without an expression: got %v, want no tick", got)
	}
}

// TestDue: every night but the first is told in the time of India, at 01:30 with
// the business date of the day before.
func TestDue(t *testing.T) {
	p := plan(t, "30 1 * * *", "Asia/Kolkata", true, 10)
	long := []Ran{night(t, p, "2026-11-01", "2026-11-02 01:30")}
	tests := []struct {
		name, now, since string
		ran              []Ran
		missed           []string
		skipped          int
		asOf, at         string // of the tick; empty: none
	}{
		{"a new installation has missed nothing", "2026-11-22 09:00", "2026-11-22 09:00", nil, nil, 0, "", ""},
		{"and waits for its first night", "2026-11-23 01:29", "2026-11-22 09:00", nil, nil, 0, "", ""},
		{"which comes", "2026-11-23 01:30", "2026-11-22 09:00", nil, nil, 0, "2026-11-22", "2026-11-23 01:30"},
		{"and has been", "2026-11-23 01:40", "2026-11-22 09:00", []Ran{night(t, p, "2026-11-22", "2026-11-23 01:30")}, nil, 0, "", ""},
		{"a run by hand in the evening before is not the night", "2026-11-23 01:40", "2026-11-22 09:00",
			[]Ran{night(t, p, "2026-11-22", "2026-11-22 18:00")}, nil, 0, "2026-11-22", "2026-11-23 01:30"},
		{"a run by hand after the tick is", "2026-11-23 08:00", "2026-11-23 08:00",
			[]Ran{night(t, p, "2026-11-21", "2026-11-22 01:30"), night(t, p, "2026-11-22", "2026-11-23 07:00")}, nil, 0, "", ""},
		{"a match by hand is not", "2026-11-23 08:00", "2026-11-22 09:00",
			[]Ran{{AsOf: date1(t, "2026-11-22"), Started: at(t, p, "2026-11-23 07:00"), Reported: true}}, nil, 0, "2026-11-22", "2026-11-23 01:30"},
		{"a night without a report is due as long as it is the latest", "2026-11-23 02:00", "2026-11-22 09:00",
			[]Ran{{AsOf: date1(t, "2026-11-22"), Started: at(t, p, "2026-11-23 01:30"), Night: true}}, nil, 0, "2026-11-22", "2026-11-23 01:30"},
		{"then its date is only reconciled", "2026-11-24 01:30", "2026-11-22 09:00",
			[]Ran{{AsOf: date1(t, "2026-11-22"), Started: at(t, p, "2026-11-23 01:30"), Night: true}},
			[]string{"2026-11-22"}, 0, "2026-11-23", "2026-11-24 01:30"},
		{"three nights without power", "2026-11-05 10:00", "2026-11-05 10:00", long,
			[]string{"2026-11-02", "2026-11-03"}, 0, "2026-11-04", "2026-11-05 01:30"},
		{"the last is run, and those before it go on where they stopped", "2026-11-05 10:00", "2026-11-05 10:00",
			append(slices.Clone(long), Ran{AsOf: date1(t, "2026-11-02"), Started: at(t, p, "2026-11-05 10:00"), Reported: true}),
			[]string{"2026-11-03"}, 0, "2026-11-04", "2026-11-05 01:30"},
		{"three weeks: ten are made up for, and the others named", "2026-11-23 10:00", "2026-11-23 10:00", long,
			[]string{"2026-11-12", "2026-11-13", "2026-11-14", "2026-11-15", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"},
			10, "2026-11-22", "2026-11-23 01:30"},
		{"which are named once", "2026-11-24 01:30", "2026-11-23 10:00",
			append(slices.Clone(long), night(t, p, "2026-11-22", "2026-11-23 10:00")),
			[]string{"2026-11-13", "2026-11-14", "2026-11-15", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"},
			0, "2026-11-23", "2026-11-24 01:30"},
		{"a run as of a day that has not come changes nothing", "2026-11-05 10:00", "2026-11-05 10:00",
			append(slices.Clone(long), night(t, p, "2027-01-31", "2026-11-03 12:00")),
			[]string{"2026-11-02", "2026-11-03"}, 0, "2026-11-04", "2026-11-05 01:30"},
		{"the clock went back over the night that has been", "2026-11-23 00:30", "2026-11-20 09:00",
			[]Ran{night(t, p, "2026-11-20", "2026-11-21 01:30"), night(t, p, "2026-11-21", "2026-11-22 01:30"), night(t, p, "2026-11-22", "2026-11-23 01:30")}, nil, 0, "", ""},
		{"and shows its moment again", "2026-11-23 01:30", "2026-11-20 09:00",
			[]Ran{night(t, p, "2026-11-20", "2026-11-21 01:30"), night(t, p, "2026-11-21", "2026-11-22 01:30"), night(t, p, "2026-11-22", "2026-11-23 01:30")}, nil, 0, "", ""},
		{"and back over the whole of it", "2026-11-22 23:00", "2026-11-20 09:00",
			[]Ran{night(t, p, "2026-11-20", "2026-11-21 01:30"), {AsOf: date1(t, "2026-11-21"), Started: at(t, p, "2026-11-23 01:30"), Reported: true}, night(t, p, "2026-11-22", "2026-11-23 01:30")}, nil, 0, "", ""},
	}
	for _, tt := range tests {
		due := p.Due(at(t, p, tt.now), at(t, p, tt.since), tt.ran)
		var missed []string
		for _, d := range due.Missed {
			missed = append(missed, d.String())
		}
		asOf, when := "", ""
		if !due.Tick.At.IsZero() {
			asOf, when = due.Tick.AsOf.String(), due.Tick.At.Format("2006-01-02 15:04")
		}
		if diff := cmp.Diff(tt.missed, missed); diff != "" || len(due.Skipped) != tt.skipped || asOf != tt.asOf || when != tt.at {
			t.Errorf("%s: got tick %q as of %q and %d skipped, want %q as of %q and %d; missed (-want +got):\n%s",
				tt.name, when, asOf, len(due.Skipped), tt.at, tt.asOf, tt.skipped, diff)
		}
	}
}

// TestMissedNights: one to ten nights without power are nothing to one fewer
// dates to reconcile, and one run.
func TestMissedNights(t *testing.T) {
	p := plan(t, "30 1 * * *", "Asia/Kolkata", true, 10)
	for nights := 1; nights <= 10; nights++ {
		now := at(t, p, "2026-11-02 10:00").AddDate(0, 0, nights)
		first := date1(t, "2026-11-01")
		due := p.Due(now, now, []Ran{night(t, p, "2026-11-01", "2026-11-02 01:30")})
		if len(due.Missed) != nights-1 || len(due.Skipped) != 0 || due.Tick.AsOf != first+day.Date(nights) {
			t.Errorf("%d nights: got %v, want the run of %v and the dates between", nights, due, first+day.Date(nights))
		}
	}
}

// With several ticks a day the last that has come is due, and a date whose first
// tick has its report is not missed for want of the others.
func TestSeveralTicksADay(t *testing.T) {
	p := plan(t, "0 6,12,18 * * *", "Asia/Kolkata", false, 3)
	ran := []Ran{night(t, p, "2026-11-20", "2026-11-20 06:00"), night(t, p, "2026-11-21", "2026-11-21 06:00")}
	due := p.Due(at(t, p, "2026-11-22 13:00"), at(t, p, "2026-11-20 00:00"), ran)
	if want := (Tick{at(t, p, "2026-11-22 12:00"), date1(t, "2026-11-22")}); len(due.Missed) != 0 || !due.Tick.At.Equal(want.At) || due.Tick.AsOf != want.AsOf {
		t.Errorf("got %v, want nothing missed and %v", due, want)
	}
	if latestOnly := plan(t, "0 6 * * *", "Asia/Kolkata", false, 0).Due(at(t, p, "2026-11-29 13:00"), at(t, p, "2026-11-29 13:00"), ran); len(latestOnly.Missed) != 0 || len(latestOnly.Skipped) != 7 || latestOnly.Tick.AsOf != date1(t, "2026-11-29") {
		t.Errorf("without catching up: got %v, want 7 skipped and the tick of 29 November", latestOnly)
	}
}

// TestEveryDateOnce lives through weeks in which the program is now up and now
// down, the clock jumps, and runs fail; and asks afterwards that no date had two
// nights, none was reconciled before it was due, and none was left out.
func TestEveryDateOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "UTC"}).Draw(t, "zone")
		expr := rapid.SampledFrom([]string{"30 1 * * *", "30 2 * * *", "0 0 * * *", "59 23 * * *"}).Draw(t, "cron")
		p := plan(t, expr, zone, rapid.Bool().Draw(t, "previous"), 60)
		now := time.Date(2026, 3, rapid.IntRange(1, 10).Draw(t, "day"), 12, 0, 0, 0, time.UTC)
		since, begun := now, now
		var ran []Ran
		nights := map[day.Date]int{}
		var reported []day.Date
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				since = now // it was down
			case 1:
				now = now.Add(-time.Duration(rapid.IntRange(1, 180).Draw(t, "back")) * time.Minute)
			default:
				now = now.Add(time.Duration(rapid.IntRange(1, 4000).Draw(t, "on")) * time.Minute)
			}
			due := p.Due(now, since, ran)
			if !slices.IsSorted(due.Missed) || len(due.Skipped) != 0 {
				t.Fatalf("got %v", due)
			}
			for _, d := range due.Missed {
				if !due.Tick.At.IsZero() && d >= due.Tick.AsOf {
					t.Fatalf("%v is missed, and the tick is of %v", d, due.Tick.AsOf)
				}
				ran = append(ran, Ran{AsOf: d, Started: now, Reported: true})
				reported = append(reported, d)
			}
			if !due.Tick.At.IsZero() {
				if due.Tick.At.After(now) {
					t.Fatalf("at %v a tick of %v is due", now, due.Tick.At)
				}
				nights[due.Tick.AsOf]++
				ran = append(ran, Ran{AsOf: due.Tick.AsOf, Started: now, Reported: true, Night: true})
				reported = append(reported, due.Tick.AsOf)
			}
			if again := p.Due(now, since, ran); len(again.Missed) > 0 || !again.Tick.At.IsZero() {
				t.Fatalf("what was done is due again: %v", again)
			}
		}
		for d, n := range nights {
			if n > 1 {
				t.Fatalf("%v had %d nights", d, n)
			}
		}
		slices.Sort(reported)
		if len(reported) > 1 && len(slices.Compact(slices.Clone(reported))) != len(reported) {
			t.Fatalf("a date was reconciled twice: %v", reported)
		}
		if len(reported) > 0 && int(reported[len(reported)-1]-reported[0]) != len(reported)-1 {
			t.Fatalf("from %v on, a date between was left out: %v", begun, reported)
		}
	})
}
