package statute

import (
	"testing"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

func on(t *testing.T, s string) day.Date {
	t.Helper()
	var d day.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMSMEPayBy(t *testing.T) {
	for _, c := range []struct {
		name     string
		e        Enterprise
		accepted string
		want     string
	}{
		{"no agreement", Enterprise{Size: "micro"}, "2026-11-01", "2026-11-16"},
		{"thirty days agreed", Enterprise{Size: "small", Agreement: true, Days: 30}, "2026-11-01", "2026-12-01"},
		{"ninety days agreed are forty-five", Enterprise{Size: "small", Agreement: true, Days: 90}, "2026-11-01", "2026-12-16"},
		{"agreed, nobody knows on what", Enterprise{Size: "small", Agreement: true}, "2026-11-01", "2026-12-16"},
		{"days without an agreement are none", Enterprise{Size: "small", Days: 30}, "2026-11-01", "2026-11-16"},
		{"over the end of the year", Enterprise{Size: "micro"}, "2026-12-20", "2027-01-04"},
		{"medium", Enterprise{Size: "medium"}, "2026-11-01", ""},
		{"not registered", Enterprise{}, "2026-11-01", ""},
		{"a trader", Enterprise{Size: "micro", Trader: true}, "2026-11-01", ""},
		{"not accepted yet", Enterprise{Size: "micro"}, "", ""},
		{"before the Act", Enterprise{Size: "micro"}, "2006-10-01", ""},
	} {
		if got := MSMEPayBy(c.e, on(t, c.accepted)).String(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestGSTPayBy(t *testing.T) {
	for invoice, want := range map[string]string{
		"2026-05-25": "2026-11-21", "2027-09-01": "2028-02-28", "2017-07-01": "2017-12-28", "2017-06-30": "", "": "",
	} {
		if got := GSTPayBy(on(t, invoice)).String(); got != want {
			t.Errorf("an invoice of %q: got %q, want %q", invoice, got, want)
		}
	}
}

func TestSection(t *testing.T) {
	for _, c := range []struct {
		name         string
		tds, taxable money.Paise
		on           string
		want         string
	}{
		{"one rate, one section", 1_000_00, 1_00_000_00, "2026-03-31", "194C"},
		{"under the new Act", 1_000_00, 1_00_000_00, "2026-04-01", "393 1023"},
		{"two per cent is bought under many", 2_000_00, 1_00_000_00, "2026-06-01", ""},
		{"ten per cent is a fee or a rent", 10_000_00, 1_00_000_00, "2025-06-01", ""},
		{"no rate", 3_333_00, 1_00_000_00, "2026-06-01", ""},
	} {
		if got := Section(Explain(c.tds, c.taxable, on(t, c.on)), on(t, c.on)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRailLimit(t *testing.T) {
	for _, c := range []struct {
		mode, on string
		want     money.Paise
	}{
		{"IMPS", "2026-11-21", 5_00_000_00}, {"IMPS", "2021-10-07", 2_00_000_00}, {"IMPS", "2010-01-01", 0},
		{"UPI", "2026-11-21", 1_00_000_00}, {"NEFT", "2026-11-21", 0}, {"ACCOUNT TRANSFER", "2026-11-21", 0},
	} {
		if got := RailLimit(c.mode, on(t, c.on)); got != c.want {
			t.Errorf("%s on %s: got %s, want %s", c.mode, c.on, got, c.want)
		}
	}
}
