package journal

import (
	"context"
	"time"

	"reconcile/internal/money"
	"reconcile/internal/submit"
)

// A Hold keeps payments from being proposed until two people lift it; a release of
// something that only the ledger shows (a new account, a near duplicate) is one
// too, with no freeze before it.
type Hold struct {
	Hash    string // of the step that put it on, or that released it
	What    string // SUPPLIER, ACCOUNT, DEBT
	Subject string // a supplier's B2B id, or the reference of a debt
	Key     string // tells holds of one subject apart, such as an account's fingerprint; may be empty
	Reason  string
	By      string // the program, or two people joined by +
	At      time.Time
}

// Freeze puts a hold on. One that is on already changes nothing.
func (s *Store) Freeze(ctx context.Context, h Hold) error { return errLater }

// Release lifts a hold, or allows what the ledger alone shows, by two people who
// agree. Both statements are kept, and the pending one is used up.
func (s *Store) Release(ctx context.Context, h Hold, first, second Signed) error { return errLater }

// Holds returns the holds that are on, in the order in which they were put on.
func (s *Store) Holds(ctx context.Context) ([]Hold, error) { return nil, errLater }

// Releases returns what was released and not put on hold again since.
func (s *Store) Releases(ctx context.Context) ([]Hold, error) { return nil, errLater }

// An Alarm is what a person must be told at once.
type Alarm struct {
	Seq      int64
	At       time.Time
	ObjectID string
	Kind     submit.Alarm
	Text     string      // a sentence
	Paid     money.Paise // LatePaid: the sum of all paid allocations of its debts
	Others   []string    // LatePaid: the instructions that hold or paid the same debts
}

// Alarms returns every alarm after the step seq, oldest first.
func (s *Store) Alarms(ctx context.Context, after int64) ([]Alarm, error) { return nil, errLater }

// Head returns the number and hash of the last step.
func (s *Store) Head(ctx context.Context) (seq int64, hash string, err error) { return 0, "", errLater }

// Pledge keeps the first of two statements until the second comes. It returns the
// pending statements that ask for the same (action, subject and detail), by
// others: where there is one, nothing is written, and the caller hands it and
// this one to Resolve or Release.
func (s *Store) Pledge(ctx context.Context, st Signed) (others []Signed, err error) {
	return nil, errLater
}

// Pending returns every statement that waits for a second person.
func (s *Store) Pending(ctx context.Context) ([]Signed, error) { return nil, errLater }
