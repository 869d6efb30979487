package statute

import (
	"testing"

	"reconcile/internal/money"
)

func TestBankRateOn(t *testing.T) {
	entered := []BankRate{{From: on(t, "2026-06-05"), Rate: 525}}
	for _, c := range []struct {
		day   string
		rate  money.Rate
		known bool
	}{
		{"2023-02-07", 0, false}, {"2023-02-08", 675, true}, {"2025-02-06", 675, true}, {"2025-02-07", 650, true},
		{"2025-06-05", 625, true}, {"2025-12-05", 550, true}, {"2026-06-04", 550, true}, {"2026-06-05", 550, false},
	} {
		if got, known := BankRateOn(on(t, c.day), nil); got.Rate != c.rate || known != c.known {
			t.Errorf("bank rate of %s: got %s, known %t, want %s, known %t", c.day, got.Rate, known, c.rate, c.known)
		}
	}
	if got, known := BankRateOn(on(t, "2026-11-21"), entered); !known || got.Rate != 525 {
		t.Errorf("with a rate entered: got %s, known %t, want 5.25%%", got.Rate, known)
	}
	for i, r := range bankRates() {
		if r.Source == "" || i > 0 && r.From <= bankRates()[i-1].From {
			t.Errorf("bank rate %d of %s has no source or stands out of order", i, r.From)
		}
	}
}

// TestMSMEInterest: the amounts are worked out by hand, in rupees: 1,00,000 at
// 3 × 5.50 % = 16.5 % for the 31 days of January is 1,401.37, and for the 28 of
// February on 1,01,401.37 it is 1,283.49.
func TestMSMEInterest(t *testing.T) {
	payBy := on(t, "2025-12-31")
	for _, c := range []struct {
		until string
		want  money.Paise
	}{
		{"2025-12-31", 0}, {"2026-01-01", 45_21}, {"2026-01-31", 1_401_37}, {"2026-02-28", 1_401_37 + 1_283_49},
	} {
		if got, missing := MSMEInterest(1_00_000_00, payBy, on(t, c.until), nil); got != c.want || missing != 0 {
			t.Errorf("interest until %s: got %s, missing %v, want %s", c.until, got, missing, c.want)
		}
	}
	if got, missing := MSMEInterest(1_00_000_00, on(t, "2026-05-10"), on(t, "2026-11-21"), nil); got != 0 || missing != on(t, "2026-06-11") {
		t.Errorf("beyond the table: got %s, missing %s, want nothing and the month from 11 June 2026", got, missing)
	}
	if got, _ := MSMEInterest(money.Max, payBy, on(t, "2026-01-31"), nil); got < 0 {
		t.Errorf("interest on the greatest amount wrapped around to %s", got)
	}
}

// TestInterestGrows: a longer delay never costs less, and a greater debt neither.
func TestInterestGrows(t *testing.T) {
	payBy := on(t, "2023-03-15")
	last := money.Paise(0)
	for until := payBy; until < bankRateKnown(); until += 7 {
		got, missing := MSMEInterest(7_77_777_77, payBy, until, nil)
		more, _ := MSMEInterest(7_77_778_77, payBy, until, nil)
		if missing != 0 || got < last || more < got {
			t.Fatalf("until %s: %s after %s, and %s on a rupee more (missing %v)", until, got, last, more, missing)
		}
		last = got
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct{ amount, part, whole, want money.Paise }{
		{18_000_00, 59_000_00, 1_18_000_00, 9_000_00}, {1, 1, 2, 1}, {1, 1, 3, 0}, {100, 5, 4, 100}, {100, 0, 4, 0}, {money.Max, money.Max, money.Max, money.Max},
	} {
		if got := Share(c.amount, c.part, c.whole); got != c.want {
			t.Errorf("Share(%s, %s, %s) = %s, want %s", c.amount, c.part, c.whole, got, c.want)
		}
	}
}

func TestPeriods(t *testing.T) {
	for _, c := range []struct{ day, first, last, year string }{
		{"2026-04-01", "2026-04-01", "2026-09-30", "2027-03-31"}, {"2026-09-30", "2026-04-01", "2026-09-30", "2027-03-31"},
		{"2026-11-21", "2026-10-01", "2027-03-31", "2027-03-31"}, {"2027-03-31", "2026-10-01", "2027-03-31", "2027-03-31"},
	} {
		first, last := HalfYear(on(t, c.day))
		if first != on(t, c.first) || last != on(t, c.last) || YearEnd(on(t, c.day)) != on(t, c.year) {
			t.Errorf("%s lies in %s to %s, year to %s; want %s to %s, year to %s", c.day, first, last, YearEnd(on(t, c.day)), c.first, c.last, c.year)
		}
	}
	if got := addMonths(on(t, "2026-01-31"), 1); got != on(t, "2026-02-28") {
		t.Errorf("a month after 31 January 2026 is %s, want 28 February", got)
	}
	if got := GSTWatch(on(t, "2026-05-25")); got != on(t, "2026-10-22") {
		t.Errorf("an invoice of 25 May 2026 is watched from %s, want its day 150, 22 October", got)
	}
}
