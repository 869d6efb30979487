package submit

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
	SaysUnknown                 // a webhook names it and does not tell success from failure
	SaysPaid                    // a success, or the supplier's ACCEPT, that matches what was sent
	SaysFailed                  // a failure that matches what was sent
	SaysReturned                // a reversal, or the supplier's REJECT of an OFFPLATFORM payment, that matches what was sent
	Contradicted                // evidence against itself without a success, or not matching what was sent
)

// Says lists all of them in order.
func Says() []Say {
	return []Say{Begun, Acknowledged, Unclear, Withdrawn, SaysUnknown, SaysPaid, SaysFailed, SaysReturned, Contradicted}
}

// String returns the word that the journal keeps.
func (s Say) String() string {
	return [...]string{"", "BEGUN", "ACKNOWLEDGED", "UNCLEAR", "WITHDRAWN", "UNKNOWN", "PAID", "FAILED", "RETURNED", "CONTRADICTED"}[s]
}

// An Alarm is what must be told to a person at once; empty means nothing.
type Alarm string

const (
	LatePaid      Alarm = "LATE_PAID"    // paid after it was failed, returned or void: perhaps a second payment lives
	NotSentByUs   Alarm = "NOT_SENT"     // evidence for an instruction that this journal never sent: the journal is older than the world
	Contradictory Alarm = "CONTRADICTED" // its evidence contradicts itself or what was sent
)

// Next says what a state becomes. moved is false where nothing changes; legal is
// false where the two cannot meet unless the program is at fault.
//
// A step with evidence is taken whoever brought it: webhook, or two people.
func Next(s State, say Say) (to State, alarm Alarm, legal bool) {
	switch say {
	case Begun:
		return Sending, "", s == Intended
	case Withdrawn:
		return Void, "", s == Intended
	case Acknowledged:
		return Acked, "", s == Sending
	case Unclear:
		return Unsure, "", s == Sending
	case SaysUnknown:
		switch s {
		case Intended:
			return Unsure, NotSentByUs, true
		case Sending:
			return Unsure, "", true
		}
		return s, "", true
	case SaysPaid:
		switch s {
		case Intended:
			return Paid, NotSentByUs, true
		case Sending, Unsure, Acked, Paid:
			return Paid, "", true
		case Failed, Void:
			return Paid, LatePaid, true
		}
		return s, "", true // Returned: the success is older than the return
	case SaysFailed:
		switch s {
		case Intended:
			return Unsure, NotSentByUs, true
		case Sending, Unsure, Acked:
			return Failed, "", true
		case Paid:
			return Paid, Contradictory, true
		}
		return s, "", true
	case SaysReturned:
		switch s {
		case Intended:
			return Unsure, NotSentByUs, true
		case Sending, Unsure:
			return Acked, "", true // the return follows by the same evidence
		case Acked, Paid:
			return Returned, "", true
		case Failed, Void:
			return s, Contradictory, true
		}
		return s, "", true
	case Contradicted:
		if s == Intended {
			return Unsure, NotSentByUs, true
		}
		if s == Sending {
			return Unsure, Contradictory, true
		}
		return s, Contradictory, true
	}
	return s, "", false
}
