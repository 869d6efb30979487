package statute

import (
	"strings"
	"testing"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		name         string
		gap, taxable money.Paise
		on           string
		want         string // the formulas, joined by |
	}{
		{"contractor and all others of two per cent", 2_040_00, 1_02_000_00, "2026-06-01",
			"TDS 2% of taxable 1,02,000.00 = 2,040.00 (contractor; technical services; commission; rent of plant and machinery)|GST-TDS 2% of taxable 1,02,000.00 = 2,040.00"},
		{"commission was five per cent", 5_000_00, 1_00_000_00, "2024-09-30",
			"TDS 5% of taxable 1,00,000.00 = 5,000.00 (commission; purchase of goods, no PAN)"},
		{"and is two", 5_000_00, 1_00_000_00, "2024-10-01",
			"TDS 5% of taxable 1,00,000.00 = 5,000.00 (purchase of goods, no PAN)"},
		{"both taxes", 4_000_00, 1_00_000_00, "2026-06-01",
			"TDS 2% and GST-TDS 2% of taxable 1,00,000.00 = 4,000.00 (contractor; technical services; commission; rent of plant and machinery)"},
		{"a tenth of a per cent, rounded up", 123_00, 1_22_500_00, "2026-06-01",
			"TDS 0.1% of taxable 1,22,500.00 = 123.00 (purchase of goods; e-commerce)"},
		{"within a rupee", 122_00, 1_22_500_00, "2026-06-01",
			"TDS 0.1% of taxable 1,22,500.00 = 123.00 (purchase of goods; e-commerce)"},
		{"a paisa beyond a rupee", 121_99, 1_22_500_00, "2026-06-01", ""},
		{"too small to be called tax", 9_99, 9_990_00, "2026-06-01", ""},
		{"no date, no law", 2_000_00, 1_00_000_00, "", ""},
		{"no taxable value", 2_000_00, 0, "2026-06-01", ""},
	} {
		var on day.Date
		if err := on.UnmarshalText([]byte(c.on)); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range Explain(c.gap, c.taxable, on) {
			got = append(got, e.String())
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, strings.Join(got, "|"), c.want)
		}
	}
}
