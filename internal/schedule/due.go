package schedule

import (
	"fmt"
	"slices"
	"time"

	"reconcile/internal/day"
)

// A Plan is when runs are due and as of which day.
type Plan struct {
	Cron     Cron
	Zone     *time.Location // of the expression and of business dates
	Previous bool           // the business date of a run is the day before it; else its own
	CatchUp  int            // of the dates before the latest, how many are looked at for a missing report; 0: none
}

// String tells one plan from another, for a log.
func (p Plan) String() string {
	rule := "its own day"
	if p.Previous {
		rule = "the day before"
	}
	return fmt.Sprintf("%s in %s, as of %s, catching up %d", p.Cron, p.Zone, rule, p.CatchUp)
}

// A Tick is a moment at which a run is due, and its business date. The zero Tick
// is none.
type Tick struct {
	At   time.Time
	AsOf day.Date
}

// A Ran is what the history knows of one run.
type Ran struct {
	AsOf     day.Date
	Started  time.Time
	Reported bool // it wrote a report: one that did not is made once more, when somebody asks
	Night    bool // it was a run that may pay, and not one that only reconciles
}

// Due is what is to be done now.
type Due struct {
	Missed  []day.Date // to be reconciled, and no more: the oldest first
	Skipped []day.Date // missed too, and further back than Plan.CatchUp
	Tick    Tick       // the run that may pay; none where it has been
}

// slack is more than any clock was ever put forward or back at once: a day and
// an hour, for Samoa once left out a day.
const slack = 25 * time.Hour

// Next returns the first tick after a moment; none where the expression is empty.
func (p Plan) Next(after time.Time) Tick {
	for w := p.Cron.next(p.wall(after).Add(-slack)); !w.IsZero(); w = p.Cron.next(w) {
		if t := p.tick(w); t.At.After(after) {
			return t
		}
	}
	return Tick{}
}

// Last returns the last tick up to a moment; none where there was none for years.
func (p Plan) Last(now time.Time) Tick {
	for _, days := range []int{2, 9, 33, 367, 5 * 366} {
		if all := p.dates(now.AddDate(0, 0, -days), now); len(all) > 0 {
			latest := all[len(all)-1]
			return Tick{latest.last, latest.AsOf}
		}
	}
	return Tick{}
}

// Due returns what is to be done at now. since is when whoever asks began to keep
// the schedule.
func (p Plan) Due(now, since time.Time, ran []Ran) Due {
	dates := p.dates(begin(since, ran), now)
	if len(dates) == 0 {
		return Due{}
	}
	var due Due
	latest := dates[len(dates)-1]
	if !slices.ContainsFunc(ran, func(r Ran) bool { return r.Reported && r.Night && p.covers(r, latest) }) {
		due.Tick = Tick{latest.last, latest.AsOf}
	}
	past := dates[:len(dates)-1]
	window := max(0, len(past)-p.CatchUp)
	var reported day.Date // the last that has a report
	for _, r := range ran {
		if r.Reported && r.AsOf <= latest.AsOf {
			reported = max(reported, r.AsOf)
		}
	}
	for i, d := range past {
		switch {
		case d.reported(ran):
		case i >= window:
			due.Missed = append(due.Missed, d.AsOf)
		case d.AsOf > reported:
			due.Skipped = append(due.Skipped, d.AsOf)
		}
	}
	return due
}

// covers tells whether a night was that of the latest date, or that of a later one
// before the clock was set back. A run that looks ahead, to the end of the month,
// is neither: it was before its own tick.
func (p Plan) covers(r Ran, latest date) bool {
	if r.AsOf == latest.AsOf {
		return !r.Started.Before(latest.last)
	}
	if r.AsOf < latest.AsOf {
		return false
	}
	own := p.Next(latest.last)
	for !own.At.IsZero() && own.AsOf < r.AsOf && !own.At.After(r.Started) {
		own = p.Next(own.At)
	}
	return own.AsOf == r.AsOf && !own.At.After(r.Started)
}

// begin is the moment before which nothing is due.
func begin(since time.Time, ran []Ran) time.Time {
	for _, r := range ran {
		if r.Reported && r.Started.Before(since) {
			since = r.Started
		}
	}
	return since
}

// A date is a business date with the first of its ticks and the last that has
// come.
type date struct {
	AsOf        day.Date
	first, last time.Time
}

// reported tells whether the date has a report from when it was due or later.
func (d date) reported(ran []Ran) bool {
	return slices.ContainsFunc(ran, func(r Ran) bool {
		return r.Reported && r.AsOf == d.AsOf && !r.Started.Before(d.first)
	})
}

// dates returns the business dates with a tick after from and up to to.
func (p Plan) dates(from, to time.Time) []date {
	var all []date
	var first time.Time // of the latest date, on the wall
	for w := p.Cron.next(p.wall(from).Add(-slack)); !w.IsZero(); {
		t := p.tick(w)
		if t.At.After(to) {
			break
		}
		if !t.At.After(from) {
			w = p.Cron.next(w)
			continue
		}
		all, first = append(all, date{t.AsOf, t.At, t.At}), w
		w = p.Cron.next(endOfDay(w)) // only of the latest date more than this matters
	}
	if len(all) == 0 {
		return nil
	}
	latest := &all[len(all)-1]
	for w := p.Cron.next(first); !w.IsZero(); w = p.Cron.next(w) {
		t := p.tick(w)
		if t.AsOf != latest.AsOf || t.At.After(to) {
			break
		}
		latest.last = t.At
	}
	return all
}

// endOfDay returns the last second of the day of a wall clock.
func endOfDay(wall time.Time) time.Time {
	y, m, d := wall.Date()
	return time.Date(y, m, d, 23, 59, 59, 0, time.UTC)
}

// tick returns the tick of a time on the wall.
func (p Plan) tick(wall time.Time) Tick {
	asOf := day.In(wall, time.UTC)
	if p.Previous {
		asOf--
	}
	return Tick{p.moment(wall), asOf}
}

// wall returns what a clock on the wall shows at a moment, as if it were UTC.
func (p Plan) wall(at time.Time) time.Time {
	at = at.In(p.Zone)
	y, m, d := at.Date()
	return time.Date(y, m, d, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
}

// moment returns the first moment at which clocks on the wall show wall or, where
// they are put forward over it, that of the change. It never falls when wall
// rises.
func (p Plan) moment(wall time.Time) time.Time {
	// No zone is further from UTC than 14 hours, so these are the offsets before
	// and after.
	before, after := p.offset(wall.Add(-15*time.Hour)), p.offset(wall.Add(15*time.Hour))
	for _, offset := range []time.Duration{before, after} {
		if at := wall.Add(-offset).In(p.Zone); p.wall(at).Equal(wall) {
			return at
		}
	}
	late := wall.Add(-before).In(p.Zone)
	if change, _ := late.ZoneBounds(); !change.IsZero() {
		return change
	}
	return late
}

// offset is how far the clocks of the zone are ahead of UTC.
func (p Plan) offset(at time.Time) time.Duration {
	_, seconds := at.In(p.Zone).Zone()
	return time.Duration(seconds) * time.Second
}
