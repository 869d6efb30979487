package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/day"
)

func TestBankRates(t *testing.T) {
	c, err := load(t, small+`
statute: {bank_rates: [{from: 2026-06-05, percent: "5.5"}, {from: 2026-10-01, percent: 5.25}, {from: 2026-12-04, percent: 6}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	on := func(year, month, dayOfMonth int) day.Date {
		d, _ := day.Of(year, month, dayOfMonth)
		return d
	}
	want := []BankRate{{on(2026, 6, 5), 550}, {on(2026, 10, 1), 525}, {on(2026, 12, 4), 600}}
	if diff := cmp.Diff(want, c.Statute.BankRates); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	shown := ""
	for _, s := range c.Settings() {
		if s.Name == "statute.bank_rates" {
			shown = s.Value
		}
	}
	if want := "5.5% from 2026-06-05, 5.25% from 2026-10-01, 6% from 2026-12-04"; shown != want {
		t.Errorf("got %q, want %q", shown, want)
	}
}

func TestBankRateFaults(t *testing.T) {
	rates := func(s string) string { return small + "statute: {bank_rates: [" + s + "]}" }
	tests := []struct{ name, text, check, want string }{
		{"no day", rates(`{percent: 5.5}`), checkRequired, "from is missing"},
		{"no rate", rates(`{from: 2026-06-05}`), checkRequired, "percent is missing"},
		{"two for one day", rates(`{from: 2026-06-05, percent: 5.5}, {from: 2026-06-05, percent: 5.25}`), checkDuplicate, "second bank rate"},
		{"a slipped point", rates(`{from: 2026-06-05, percent: 55}`), checkValue, "between 1% and 20%"},
		{"a share instead of a percentage", rates(`{from: 2026-06-05, percent: 0.055}`), checkValue, "two decimals"},
		{"a sign", rates(`{from: 2026-06-05, percent: "-5.5"}`), checkValue, "two decimals"},
		{"an exponent", rates(`{from: 2026-06-05, percent: "5e0"}`), checkValue, "two decimals"},
		{"a point and nothing", rates(`{from: 2026-06-05, percent: "5."}`), checkValue, "two decimals"},
		{"no number", rates(`{from: 2026-06-05, percent: repo}`), checkValue, "two decimals"},
		{"another word", rates(`{from: 2026-06-05, rate: 5.5}`), checkUnknown, "rate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.text)
			e, ok := err.(*Error)
			if !ok {
				t.Fatalf("got %v, want an *Error", err)
			}
			for _, f := range e.Faults {
				if f.Check == tt.check && strings.Contains(f.String(), tt.want) {
					return
				}
			}
			t.Errorf("got\n%v\nwant … %s … [%s]", err, tt.want, tt.check)
		})
	}
}
