package submit

import (
	"context"
	"fmt"
	"slices"

	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// An AbsorbReport says what the world's evidence changed.
type AbsorbReport struct {
	Moved  []Moved
	Alarms []Raised
	// Orphans are payments that must be ours and that the journal does not know:
	// it is older than the world, and nothing may be sent (NotSentByUs).
	Orphans []string
}

// A Moved is one instruction whose state is another one than before.
type Moved struct {
	ObjectID string
	Net      money.Paise
	From, To State
	Why      string // the last evidence for it
}

// A Raised is an alarm that was not there before.
type Raised struct {
	ObjectID string
	Alarm    Alarm
	Why      string
}

// Absorb tells the journal what the world says of its instructions, and moves
// each as far as the evidence carries it. The remittances are folded from the
// event logs alone, without events of our own making, by a Folder that was asked
// to Keep every instruction of the journal.
//
// Where an instruction ends, and with which alarms, depends on the set of bodies
// that were ever absorbed; not on their order, their copies, or how they were
// divided among calls. Evidence counts only where it matches what was sent in
// buyer, supplier, type, invoices and amounts, and OFFPLATFORM in the UTR; but a
// success that does not match keeps a failure from freeing anything.
//
// A call sees all that the logs say at that time. Where a body is gone that rang a
// contradiction, nobody knows any more whether it was such a success: a failure
// that comes then frees nothing either, as if it had been.
//
// Ours tells whether a payment that the journal does not know must come from this
// program all the same; nil means that this cannot be told.
func Absorb(ctx context.Context, journal Journal, remittances []payment.Remittance, ours func(*payment.Remittance) bool) (AbsorbReport, error) {
	var report AbsorbReport
	entries, err := journal.Entries(ctx, true)
	if err != nil {
		return report, fmt.Errorf("reading what was sent: %w", err)
	}
	told := make(map[string]*payment.Remittance, len(remittances))
	for i := range remittances {
		told[remittances[i].ObjectID] = &remittances[i]
	}
	for i := range entries {
		e := &entries[i]
		r := told[e.ObjectID]
		if r == nil {
			continue
		}
		delete(told, e.ObjectID)
		if len(r.Bodies) != len(r.Evidence) {
			return report, fmt.Errorf("%d of the %d bodies about %s were kept; the program is at fault", len(r.Bodies), len(r.Evidence), e.ObjectID)
		}
		if err := report.absorb(ctx, journal, e, r.Bodies); err != nil {
			return report, err
		}
	}
	for i := range remittances {
		r := &remittances[i]
		if ours != nil && told[r.ObjectID] == r && ours(r) {
			report.Orphans = append(report.Orphans, r.ObjectID)
		}
	}
	return report, nil
}

// absorb tells the journal what changes something. Between any two steps we may
// die; what is left to say is said again the next time.
func (r *AbsorbReport) absorb(ctx context.Context, journal Journal, e *Entry, bodies []payment.Event) error {
	from, why := e.State, ""
	err := e.hear(bodies, func(s statement, step Step) error {
		state, err := journal.Move(ctx, e.ObjectID, s.say, s.proof, s.positions)
		if err != nil {
			return fmt.Errorf("recording %s for %s: %w", s.proof.Text, e.ObjectID, err)
		}
		if state != step.To {
			return fmt.Errorf("%s became %s by %s, and %s was expected; another process writes the journal", e.ObjectID, state, s.say, step.To)
		}
		why = s.proof.Text
		if step.Alarm.Alarm != "" {
			r.Alarms = append(r.Alarms, Raised{e.ObjectID, step.Alarm.Alarm, why})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if e.State != from {
		r.Moved = append(r.Moved, Moved{e.ObjectID, e.Net, from, e.State, why})
	}
	return nil
}

// After returns the entry as the journal will have it when these bodies are
// absorbed, and the alarms that this raises. It changes nothing: so a report shows
// a payment on the night on which something becomes known as it does on the next
// one, and also where the journal is only looked at.
func (e *Entry) After(bodies []payment.Event) (Entry, []Raised, error) {
	after := *e
	var raised []Raised
	err := after.hear(bodies, func(s statement, step Step) error {
		if step.Alarm.Alarm != "" {
			raised = append(raised, Raised{e.ObjectID, step.Alarm.Alarm, s.proof.Text})
		}
		return nil
	})
	return after, raised, err
}

// hear brings the entry to where the bodies lead, and tells take of each step
// before it is taken. Each statement is made as often as it changes something: a
// return that is told before any acknowledgement is two steps.
func (e *Entry) hear(bodies []payment.Event, take func(statement, Step) error) error {
	t := hear(e, bodies)
	for _, s := range t.statements() {
		for {
			step, err := e.Take(s.say, s.proof.SHA256, s.positions)
			if err != nil {
				return err
			}
			if !step.Changes(e) {
				break
			}
			if err := take(s, step); err != nil {
				return err
			}
			e.apply(step, s.proof)
		}
	}
	return nil
}

// apply brings the entry to where the step leads.
func (e *Entry) apply(step Step, proof Proof) {
	if step.From != step.To {
		e.State, e.Last = step.To, proof
	}
	e.Allocations = slices.Clone(e.Allocations)
	for i, held := range step.Held {
		e.Allocations[i].Held = held
	}
	if step.Alarm.Alarm != "" {
		e.Alarms = append(slices.Clone(e.Alarms), step.Alarm)
		slices.SortFunc(e.Alarms, Alarmed.compare)
	}
}
