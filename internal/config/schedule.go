package config

import (
	"reconcile/internal/schedule"
)

// Schedule says when `reconcile schedule` runs by itself.
type Schedule struct {
	// Cron is a standard expression of five fields in Timezone; empty means never.
	Cron schedule.Cron

	// BusinessDate of a night run is today or previous (the default: the day
	// before the run).
	BusinessDate string

	// CatchUp is how many business dates before the latest are looked at for one
	// that has no report, to be reconciled afterwards; 0 to 60, 10 when absent.
	// With 0 only the latest night is made up for.
	CatchUp int
}

func (s *Schedule) keys() []key {
	return []key{
		{name: "cron", value: cronLine{&s.Cron}},
		{name: "business_date", value: word{&s.BusinessDate, []string{"today", "previous"}}},
		{name: "catch_up", value: count{&s.CatchUp, 0, 60}},
	}
}

func defaultSchedule() Schedule { return Schedule{BusinessDate: "previous", CatchUp: 10} }

// A cronLine is a standard expression of five fields, or @daily and its like.
type cronLine struct{ to *schedule.Cron }

func (v cronLine) String() string { return v.to.String() }
func (v cronLine) Set(s string) error {
	c, err := schedule.Parse(s)
	if err != nil {
		return err
	}
	*v.to = c
	return nil
}
