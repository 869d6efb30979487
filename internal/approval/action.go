package approval

// An Action is what a statement asks for. The zero Action is none.
type Action uint8

const (
	Approve      Action = iota + 1 // Subject is the SHA-256 of a plan
	Reject                         // Subject is the SHA-256 of a plan; one is enough to end it
	Withdraw                       // Subject is the objectId of an instruction that was never sent
	Resolve                        // Subject is the objectId of an instruction whose outcome nobody knows; two people
	Release                        // Subject is a supplier's B2B id, or the reference of a debt; two people
	Recover                        // Subject is the hash of the step that the journal goes on from; two people
	AnswerReject                   // Subject is the objectId of a payment received that we, as the supplier, reject
	Close                          // Subject is a period, such as 2026-11; two people
	Reopen                         // Subject is a period that was closed; two people
)

// Actions lists all of them in order.
func Actions() []Action {
	return []Action{Approve, Reject, Withdraw, Resolve, Release, Recover, AnswerReject, Close, Reopen}
}

// String returns the word that stands in a statement.
func (a Action) String() string {
	words := [...]string{"", "approve", "reject", "withdraw", "resolve", "release", "recover", "answer-reject", "close", "reopen"}
	if int(a) >= len(words) {
		return ""
	}
	return words[a]
}

// ParseAction is the inverse of String.
func ParseAction(word string) (Action, bool) {
	for _, a := range Actions() {
		if a.String() == word {
			return a, true
		}
	}
	return 0, false
}

// TwoPeople tells whether the action takes effect only with a Pair of statements.
// How many approve a plan depends on its total (Quorum).
func (a Action) TwoPeople() bool {
	switch a {
	case Resolve, Release, Recover, Close, Reopen:
		return true
	case Approve, Reject, Withdraw, AnswerReject:
		return false
	}
	return true // an unknown action is not easier than any known one
}

// The names of details that the rooms agree on.
const (
	DetailOutcome   = "outcome"   // of Resolve: paid, not-paid, returned
	DetailReference = "reference" // of Resolve: the UTR or the bank's reference by which it is known
	DetailUTR       = "utr"       // of Resolve, where it was paid: the UTR of the bank; absent where nobody knows it
	DetailHold      = "hold"      // of Release: the hash of the step that put the hold on, so that an old release lifts no new hold
	DetailReport    = "report"    // of Close and Reopen: the SHA-256 of what the period was closed with
	DetailRemarks   = "remarks"   // of AnswerReject: what the buyer is told
)
