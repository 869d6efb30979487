package testbed

import (
	"time"

	"reconcile/internal/day"
)

// A Mix says what a world is made of.
type Mix uint8

const (
	Clean     Mix = iota // everything paid, matched and confirmed, or plainly open
	Realistic            // mostly clean, with each kind of trouble at a believable rate
	Nasty                // small pools, many ties; no truth, and not meant to be written to files
)

// Options choose the mix and the wire. The zero Options are a clean world of one
// buyer whose log holds bare bodies, once each.
type Options struct {
	Mix       Mix
	Buyers    int      // registrations of ours, 1 to 3; 0 means 1
	Suppliers int      // 0 means one for each twelve rows, at least four
	AsOf      day.Date // the business date; 0 means 21 November 2026

	Copies  int  // percentage of deliveries that come twice
	Wrapped bool // deliveries carry received_at, path and headers; the body is an object or a string
	Noise   int  // percentage of deliveries that are about something else
}

func (o Options) withDefaults(rows int) Options {
	if o.Buyers == 0 {
		o.Buyers = 1
	}
	if o.Suppliers == 0 {
		o.Suppliers = max(4, rows/12)
	}
	if o.AsOf == 0 {
		o.AsOf, _ = day.Of(2026, 11, 21)
	}
	return o
}

// India is the zone of every moment in a world; it has no summer time.
var India = time.FixedZone("IST", 5*3600+1800)

// at is a moment of the day d in India.
func at(d day.Date, hour, minute, second int) time.Time {
	year, month, dayOfMonth := d.Civil()
	return time.Date(year, time.Month(month), dayOfMonth, hour, minute, second, 0, India)
}
