package submit

import (
	"cmp"
	"slices"
)

// A State is how far an instruction of ours has come. The zero State is none.
type State uint8

const (
	Intended State = iota + 1 // written down, approved, not sent
	Sending                   // begun: its bytes may be on the wire
	Unsure                    // sent, perhaps; nobody knows what became of it
	Acked                     // the platform said that it has the request
	Paid                      // evidence says that the money moved
	Failed                    // evidence says that it did not
	Returned                  // it moved and came back: the supplier's REJECT, or the bank's reversal
	Void                      // withdrawn before it was ever sent
)

// States lists all of them in order.
func States() []State {
	return []State{Intended, Sending, Unsure, Acked, Paid, Failed, Returned, Void}
}

// String returns the word that the journal keeps.
func (s State) String() string {
	return [...]string{"", "INTENT", "SENDING", "UNSURE", "ACKED", "PAID", "FAILED", "RETURNED", "VOID"}[s]
}

// ParseState is the inverse of String.
func ParseState(word string) (State, bool) {
	for _, s := range States() {
		if s.String() == word {
			return s, true
		}
	}
	return 0, false
}

// Holds tells whether an instruction in this state keeps its debts from every
// other one.
func (s State) Holds() bool {
	switch s {
	case Intended, Sending, Unsure, Acked, Paid:
		return true
	case Failed, Returned, Void:
		return false
	}
	return true // an unknown state frees nothing
}

// A Say is one thing that is known of an instruction and may move it.
type Say uint8

const (
	Begun        Say = iota + 1 // we are about to write its bytes
	Acknowledged                // the answer was a clean acknowledgement
	Unclear                     // anything else followed the write, or the sender died
	Withdrawn                   // what it was to pay has changed, or a person withdrew it, before it was sent
	SaysUnknown                 // the world names it and does not tell success from failure
	SaysPaid                    // a success, or the supplier's ACCEPT, that matches what was sent
	SaysFailed                  // a failure that matches what was sent
	SaysBoth                    // a failure, and a success, be it of something else than was sent
	SaysReturned                // a reversal, or the supplier's REJECT of an OFFPLATFORM payment, that matches what was sent
	Contradicted                // evidence that does not match what was sent, or is against itself in another way
)

// Says lists all of them in order.
func Says() []Say {
	return []Say{Begun, Acknowledged, Unclear, Withdrawn, SaysUnknown, SaysPaid, SaysFailed, SaysBoth, SaysReturned, Contradicted}
}

// String returns the word that the journal keeps.
func (s Say) String() string {
	return [...]string{"", "BEGUN", "ACKNOWLEDGED", "UNCLEAR", "WITHDRAWN", "UNKNOWN", "PAID", "FAILED", "PAID_AND_FAILED", "RETURNED", "CONTRADICTED"}[s]
}

// An Alarm is what must be told to a person at once; empty means nothing.
type Alarm string

const (
	LatePaid      Alarm = "LATE_PAID"    // it failed, and it was paid, whichever was said first: perhaps a second payment lives
	NotSentByUs   Alarm = "NOT_SENT"     // evidence for an instruction that this journal never sent: the journal is older than the world
	Contradictory Alarm = "CONTRADICTED" // its evidence contradicts what was sent, or itself
)

// An Alarmed is one alarm of an instruction: what it is, and the evidence that rang
// it. What two people have looked into stays silent, and whatever comes after it
// rings anew. That the journal never sent something is said once: evidence adds
// nothing to it.
type Alarmed struct {
	Alarm  Alarm
	SHA256 string // of the evidence, in hexadecimal; empty for NotSentByUs
}

// Of is the alarm as evidence of that SHA-256 raises it.
func (a Alarm) Of(sha256 string) Alarmed {
	if a == NotSentByUs {
		sha256 = ""
	}
	return Alarmed{a, sha256}
}

// compare orders alarms by their words.
func (a Alarmed) compare(b Alarmed) int {
	return cmp.Or(cmp.Compare(a.Alarm, b.Alarm), cmp.Compare(a.SHA256, b.SHA256))
}

// Next says what a state becomes and what must be told; legal is false where the
// two cannot meet unless the program is at fault.
//
// A step with evidence is taken whoever brings it: a webhook, or two people.
//
// Where evidence comes in any order and in any portions, the same evidence must
// end in the same state with the same alarms. So what evidence says is a join:
// a return outweighs a payment, a payment outweighs a failure, and each alarm
// belongs to what is said and not to what was said first. Which evidence rings is the
// set of all that takes part in a contradiction: see Alarmed.
func Next(s State, say Say) (to State, alarm Alarm, legal bool) {
	switch say {
	case Begun:
		return Sending, "", s == Intended
	case Withdrawn:
		return Void, "", s == Intended
	case Acknowledged:
		// A sender that was thought dead may still bring its answer.
		return pick(s, Acked, Sending, Unsure), "", s.sent()
	case Unclear:
		return pick(s, Unsure, Sending), "", s.sent()
	}
	switch {
	case s == 0 || s > Void || say == 0 || say > Contradicted:
		return s, "", false
	case !s.sent():
		return unsent(s, say), NotSentByUs, true
	}
	switch say {
	case SaysUnknown:
		return pick(s, Unsure, Sending), "", true
	case SaysPaid:
		if s == Failed {
			return Paid, LatePaid, true
		}
		return pick(s, Paid, Sending, Unsure, Acked), "", true
	case SaysFailed:
		if s == Paid {
			return Paid, LatePaid, true
		}
		return pick(s, Failed, Sending, Unsure, Acked), "", true
	case SaysBoth:
		return pick(s, Paid, Sending, Unsure, Acked, Failed), LatePaid, true
	case SaysReturned:
		if s == Sending || s == Unsure {
			return Acked, "", true // it arrived; the return follows by the same evidence
		}
		return Returned, "", true
	}
	return pick(s, Unsure, Sending), Contradictory, true
}

// unsent is what becomes of an instruction that this journal never sent when the
// world speaks of it. What is Intended becomes at least Unsure, for its bytes are
// out there; what is Void keeps nothing from anyone until it is known to be paid.
func unsent(s State, say Say) State {
	switch {
	case say == SaysPaid || say == SaysBoth:
		return Paid
	case s == Intended:
		return Unsure
	}
	return s
}

// sent tells whether the bytes of an instruction in this state may have left.
func (s State) sent() bool { return s != 0 && s != Intended && s != Void && s <= Void }

// pick returns to where s is one of from, and else s.
func pick(s, to State, from ...State) State {
	if slices.Contains(from, s) {
		return to
	}
	return s
}
