package submit

import (
	"fmt"
	"slices"
)

// A Step is what one say does to one entry.
type Step struct {
	From, To State
	Alarm    Alarmed // raised by it and not there before; zero where none is
	// Held is, by allocation, whether it keeps its debt from others afterwards.
	// Where a step takes back a hold that was given up (a payment after a
	// failure), another instruction may have it by then: the journal then leaves
	// that allocation unheld, and the alarm stands.
	Held []bool
}

// Changes tells whether the step leaves a trace.
func (s *Step) Changes(e *Entry) bool {
	if s.From != s.To || s.Alarm.Alarm != "" {
		return true
	}
	for i, held := range s.Held {
		if held != e.Allocations[i].Held {
			return true
		}
	}
	return false
}

// Take says what a say with the evidence of that SHA-256 would do to the entry, and
// changes nothing. ErrIllegal where Next has no such step, and where the positions
// are not of the entry.
//
// Positions other than nil go with SaysReturned alone: the supplier rejected some
// invoices of the payment. They give up their holds, and the payment stays what it
// is until all of its allocations have come back.
func (e *Entry) Take(say Say, sha256 string, positions []int) (Step, error) {
	to, alarm, legal := Next(e.State, say)
	if !legal {
		return Step{}, fmt.Errorf("%s is %s and cannot take %s: %w", e.ObjectID, e.State, say, ErrIllegal)
	}
	step := Step{From: e.State, To: to, Held: make([]bool, len(e.Allocations))}
	if rings := alarm.Of(sha256); alarm != "" && !slices.Contains(e.Alarms, rings) {
		step.Alarm = rings
	}
	for i := range e.Allocations {
		step.Held[i] = to.Holds() && (e.Allocations[i].Held || !e.State.Holds())
	}
	if positions == nil {
		return step, nil
	}
	for _, p := range positions {
		if say != SaysReturned || p < 0 || p >= len(e.Allocations) {
			return Step{}, fmt.Errorf("%s has no allocation %d that %s could be said of alone: %w", e.ObjectID, p, say, ErrIllegal)
		}
	}
	if to == Returned {
		step.part(e, positions)
	}
	return step, nil
}

// part takes back only some allocations.
func (s *Step) part(e *Entry, positions []int) {
	s.To = s.From
	for i := range e.Allocations {
		s.Held[i] = e.Allocations[i].Held && !slices.Contains(positions, i)
	}
	if s.From.Holds() && !slices.Contains(s.Held, true) {
		s.To = Returned
	}
}
