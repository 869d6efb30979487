package submit

import (
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

// Grace is how long after the deadline of a write nobody may settle it by hand, at
// the least: a webhook may be late, and a bank's day must have ended.
const Grace = 24 * time.Hour

// Resolve says what the verdict of two people is to the journal, or why it cannot
// be given. Theirs to say is what became of a payment that is Unsure or Acked (or
// whose sender died); of one that is Paid, that it came back, which perhaps only
// the bank's statement shows; and of one that is Paid and whose evidence contradicts
// itself in any way, that it was not: then it keeps its debts no longer; and of one that
// is Failed in the same way, that it was paid: then it keeps them again. Never before its
// deadline and after, which is Grace where it is less. Whether there are two of them, and
// their reference, is for the caller to see to.
func Resolve(e *Entry, verdict Verdict, now time.Time, after time.Duration) (Say, error) {
	say, known := map[Verdict]Say{ItWasPaid: SaysPaid, ItWasNotPaid: SaysFailed, ItWasReturned: SaysReturned}[verdict]
	if !known {
		return 0, fmt.Errorf("%q is no outcome; it is paid, not-paid or returned", verdict)
	}
	doubted := len(e.Alarms) > 0
	switch {
	case e.State == Unsure || e.State == Acked || e.State == Sending:
	case e.State == Paid && (verdict == ItWasReturned || verdict == ItWasNotPaid && doubted):
		say = SaysReturned
	case e.State == Failed && verdict == ItWasPaid && doubted:
	case e.State == Intended:
		return 0, fmt.Errorf("%s was not sent; submit or withdraw it", e.ObjectID)
	case e.State == Paid && verdict == ItWasPaid && doubted:
		return 0, fmt.Errorf("%s is PAID already; what is left of its alarm is lifted by reconcile release %s", e.ObjectID, e.Supplier)
	default:
		return 0, fmt.Errorf("%s is %s; only what is SENDING, UNSURE or ACKED can be resolved, and what is PAID as returned", e.ObjectID, e.State)
	}
	from := e.Deadline
	if from.IsZero() { // the world knew it before this journal did
		from = e.Since
	}
	after = max(after, Grace)
	if from = from.Add(after); now.Before(from) {
		return 0, fmt.Errorf("%s can be resolved from %s on, %.0f hours after the last moment at which it could be sent; until then a webhook may tell",
			e.ObjectID, from.In(now.Location()).Format(time.RFC3339), after.Hours())
	}
	return say, nil
}

// Settle makes a move until nothing changes any more: a return that is told before
// any acknowledgement is two steps. It returns the state in which the instruction
// ends.
func Settle(move func() (State, error)) (state State, err error) {
	for {
		to, err := move()
		if err != nil || to == state {
			return to, err
		}
		state = to
	}
}
