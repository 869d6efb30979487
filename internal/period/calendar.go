package period

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"reconcile/internal/day"
)

// A State is where a period stands.
type State uint8

// The states. A period that was opened again is open.
const (
	Open       State = iota
	SoftClosed       // reconciled only
	Closed           // reconciled only, and its figures are signed by two people
)

// String returns the word for it.
func (s State) String() string { return [...]string{"open", "soft-closed", "closed"}[s] }

// An Event is what was done with a period. Closing and Snapshot are hashes in
// hexadecimal.
type Event struct {
	Period   Period   `json:"period"`
	To       State    `json:"-"`
	Version  int      `json:"version"` // of the closing that was made or opened; 0 of a soft one
	Closing  string   `json:"closing"` // SHA-256 of what two people signed; empty of a soft one
	Snapshot string   `json:"snapshot"`
	By       string   `json:"by"`
	On       day.Date `json:"on"`
}

// A Calendar says where every period stands.
type Calendar struct {
	events []Event // in the order in which they happened
}

// Fold makes a calendar of the events of the journal, in their order.
func Fold(events []Event) Calendar { return Calendar{slices.Clone(events)} }

// State returns where a period stands.
func (c Calendar) State(p Period) State {
	if last, ever := c.last(p); ever {
		return last.To
	}
	return Open
}

func (c Calendar) last(p Period) (Event, bool) {
	for _, e := range slices.Backward(c.events) {
		if e.Period == p {
			return e, true
		}
	}
	return Event{}, false
}

// NextVersion returns which version the next closing of a period is, from 1.
func (c Calendar) NextVersion(p Period) int {
	version := 1
	for _, e := range c.events {
		if e.Period == p && e.To == Closed {
			version = e.Version + 1
		}
	}
	return version
}

// LastClosing returns the last closing of a period, whether or not it was opened
// again since.
func (c Calendar) LastClosing(p Period) (Event, bool) {
	for _, e := range slices.Backward(c.events) {
		if e.Period == p && e.To == Closed {
			return e, true
		}
	}
	return Event{}, false
}

// Closing returns one closing of a period, whether or not it was opened again since.
func (c Calendar) Closing(p Period, version int) (Event, bool) {
	i := slices.IndexFunc(c.events, func(e Event) bool { return e.Period == p && e.To == Closed && e.Version == version })
	if i < 0 {
		return Event{}, false
	}
	return c.events[i], true
}

// Latest returns the latest period that stands in one of the states, by its last
// event; false where there is none.
func (c Calendar) Latest(states ...State) (latest Event, found bool) {
	for _, e := range c.events {
		if now, _ := c.last(e.Period); slices.Contains(states, now.To) && e.Period > latest.Period {
			latest, found = now, true
		}
	}
	return latest, found
}

// Before returns the closing that a closing of p rolls forward from: that of the
// latest period before it that is closed.
func (c Calendar) Before(p Period) (Event, bool) {
	earlier := slices.DeleteFunc(slices.Clone(c.events), func(e Event) bool { return e.Period >= p })
	return Calendar{earlier}.Latest(Closed)
}

// Locked returns the period by which a business date may no longer pay: the latest
// one that is closed or soft-closed, where the date is not after its end. A period
// that was skipped is locked by the one after it.
func (c Calendar) Locked(asOf day.Date) (Event, bool) {
	e, found := c.Latest(SoftClosed, Closed)
	return e, found && asOf <= e.Period.Last()
}

// MayClose refuses to close a period, softly or not, and says what a person should
// know where it may be closed.
func (c Calendar) MayClose(p Period, soft bool, today day.Date) (warnings []string, err error) {
	now := c.State(p)
	later, _ := c.Latest(SoftClosed, Closed)
	switch {
	case today <= p.Last():
		return nil, refuse(CheckNotOver, "close it from "+(p.Last()+1).Long()+" on", "%s is not over", p.Long())
	case now == Closed:
		return nil, refuse(CheckClosed, "have two people open it with reconcile reopen "+p.String(), "%s is closed", p.Long())
	case soft && now == SoftClosed:
		return nil, refuse(CheckClosed, "close it with --control, or open it with reconcile reopen "+p.String(), "%s is soft-closed already", p.Long())
	case later.Period > p:
		return nil, refuse(CheckLater, "open "+later.Period.String()+" first", "%s is %s, and was rolled forward without %s", later.Period.Long(), later.To, p.Long())
	}
	if before, any := c.Before(p); any && before.Period != p.Previous() {
		warnings = append(warnings, fmt.Sprintf("%s is not closed: the roll-forward goes back to %s [%s]", p.Previous().Long(), before.Period.Long(), CheckGap))
	}
	return warnings, nil
}

// MayReopen refuses to open a period again, and returns what it was closed with.
func (c Calendar) MayReopen(p Period) (Event, error) {
	last, _ := c.last(p)
	if last.To == Open {
		return last, refuse(CheckOpen, "look at the period that you named", "%s is open", p.Long())
	}
	if later, _ := c.Latest(SoftClosed, Closed); later.Period > p {
		return last, refuse(CheckLater, "open "+later.Period.String()+" first", "%s is %s, and rolls forward from %s", later.Period.Long(), later.To, p.Long())
	}
	return last, nil
}

// minReason is how many characters a reason has at least: "ok" is none that an
// auditor can use a year later.
const minReason = 20

// CheckReason refuses a reason that is too short to be one.
func CheckReason(text string) error {
	if n := utf8.RuneCountInString(text); n < minReason {
		return refuse(CheckShort, "say in a sentence why", "the reason has %d characters, and at least %d are asked for", n, minReason)
	}
	return nil
}
