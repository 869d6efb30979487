package submit

import (
	"context"
	"fmt"
	"time"
)

// A Verdict is what two people say became of a payment whose outcome nobody told.
type Verdict string

const (
	ItWasPaid     Verdict = "paid"
	ItWasNotPaid  Verdict = "not-paid"
	ItWasReturned Verdict = "returned"
)

// grace is how long after the deadline of a write nobody may settle it by hand: a
// webhook may be late, and a bank's day must have ended.
const grace = 24 * time.Hour

// Resolve says what the verdict of two people is to the journal, or why it cannot
// be given: only the outcome of an Unsure or Acked payment (or one whose sender
// died) is theirs to say, and not before its deadline + 24 h. Whether there are
// two of them, and their reference, is for the caller to see to.
func Resolve(e *Entry, verdict Verdict, now time.Time) (Say, error) {
	say, known := map[Verdict]Say{ItWasPaid: SaysPaid, ItWasNotPaid: SaysFailed, ItWasReturned: SaysReturned}[verdict]
	if !known {
		return 0, fmt.Errorf("%q is no outcome; it is paid, not-paid or returned", verdict)
	}
	switch e.State {
	case Unsure, Acked, Sending:
	case Intended:
		return 0, fmt.Errorf("%s was not sent; submit or withdraw it", e.ObjectID)
	default:
		return 0, fmt.Errorf("%s is %s; only what is SENDING, UNSURE or ACKED can be resolved", e.ObjectID, e.State)
	}
	from := e.Deadline
	if from.IsZero() { // the world knew it before this journal did
		from = e.Since
	}
	if from = from.Add(grace); now.Before(from) {
		return 0, fmt.Errorf("%s can be resolved from %s on, 24 hours after the last moment at which it could be sent; until then a webhook may tell", e.ObjectID, from.Format(time.RFC3339))
	}
	return say, nil
}

// Settle makes the journal take a say until nothing changes any more: a return
// that is told before any acknowledgement is two steps. It returns the state in
// which the instruction ends.
func Settle(ctx context.Context, journal Journal, e *Entry, say Say, proof Proof, positions []int) (State, error) {
	state := e.State
	for {
		to, err := journal.Move(ctx, e.ObjectID, say, proof, positions)
		if err != nil || to == state {
			return to, err
		}
		state = to
	}
}
