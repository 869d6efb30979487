package statute

import (
	"reconcile/internal/day"
	"reconcile/internal/money"
)

// A railLimit is the most that a rail carries in one transfer from a day on.
type railLimit struct {
	mode  string // as the page Pay Invoice spells it
	from  day.Date
	limit money.Paise
}

// railLimits returns the limits that are set for everyone. NEFT and RTGS have
// none, whatever a bank allows a customer; RTGS begins at two lakh, and is no
// mode of its own on the platform.
func railLimits() []railLimit {
	return []railLimit{
		{"IMPS", date(2010, 11, 22), 2_00_000_00},
		{"IMPS", date(2021, 10, 8), 5_00_000_00}, // RBI/2021-22/109
		{"UPI", date(2016, 4, 11), 1_00_000_00},  // NPCI; more for a few trades, of which a buyer is not to guess
	}
}

// RailLimit returns the most that one transfer by a mode carries on a day, and 0
// where there is no limit.
func RailLimit(mode string, on day.Date) money.Paise {
	var limit money.Paise
	for _, l := range railLimits() {
		if l.mode == mode && on >= l.from {
			limit = l.limit
		}
	}
	return limit
}
