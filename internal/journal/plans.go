package journal

import (
	"context"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/proposal"
)

// Caps are what is never exceeded by one proposal, and by one day of several. They
// are stored with the proposal and enforced by the tables. Zero means no cap.
type Caps struct {
	Invoice  money.Paise // of one allocation
	Supplier money.Paise // of one supplier in one proposal
	Run      money.Paise // of one proposal
	Day      money.Paise // of everything that is begun on one day, whatever proposal it is of
}

// A Status is how far a proposal has come.
type Status string

// The statuses of a proposal.
const (
	Waiting    Status = "waiting"     // for approvals
	Approved   Status = "approved"    // enough of them, nothing written down to be sent yet
	Rejected   Status = "rejected"    // by one person
	Expired    Status = "expired"     // before everything of it was begun
	InProgress Status = "in progress" // Intend was done, something is still to be sent
	Done       Status = "done"        // everything of it was begun or withdrawn
)

// A Plan is a proposal as the journal keeps it.
type Plan struct {
	Hash          string // SHA-256 of the plan, in hexadecimal
	Plan          []byte // the canonical JSON; nil where the journal was recovered without it
	Maker         string
	AsOf          day.Date
	Round         int
	Total         money.Paise
	Count         int // of instructions
	Need          int // of approvals
	SecondAttempt bool
	Caps          Caps
	Registered    time.Time
	Expires       time.Time
	Status        Status
	Decisions     []Decision
}

// A Decision is what somebody decided about a proposal.
type Decision struct {
	By      string // an approver's name, or Auto
	Approve bool
	At      time.Time // when the journal heard of it
	Reason  string
	SHA256  string // of the signed statement; empty for Auto
}

// Auto is the name of the approver that is a setting and no person.
const Auto = "auto"

// A Signed is a statement whose signature was verified before (approval.Verify).
// The journal keeps its text as evidence.
type Signed struct {
	approval.Statement
	Text   []byte
	Logins []string // of its author, as the configuration has them
}

// Register writes down that a proposal exists, from when its validity counts.
// plan is its canonical JSON, which was read back before. What is registered
// already is returned as it stands and changes nothing: where its Status is
// Rejected or Expired, the caller raises Round and encodes anew. fresh tells
// whether it was written now.
func (s *Store) Register(ctx context.Context, plan []byte, p *proposal.Proposal, need int, caps Caps) (registered Plan, fresh bool, err error) {
	return Plan{}, false, errLater
}

// Proposals returns every proposal, in the order of their registration.
func (s *Store) Proposals(ctx context.Context) ([]Plan, error) { return nil, errLater }

// Proposal returns one. The error is ErrUnknown where there is none of that hash.
func (s *Store) Proposal(ctx context.Context, hash string) (Plan, error) { return Plan{}, errLater }

// Decide takes a signed approval or rejection of a plan. Its maker, whoever
// shares a login with the maker or with an earlier approver, and one person for
// the second time are refused; so is a plan that is rejected, expired or done.
func (s *Store) Decide(ctx context.Context, d Signed) (Plan, error) { return Plan{}, errLater }

// DecideAuto approves a plan in the name of Auto, which is enough by itself. It is
// refused over limit, and where anything of the plan is a second attempt.
func (s *Store) DecideAuto(ctx context.Context, hash string, limit money.Paise) (Plan, error) {
	return Plan{}, errLater
}

// A PaidInput is a file that a proposal was made from of which something was sent.
type PaidInput struct {
	Path, SHA256 string
	AsOf         day.Date // the business date of that proposal
}

// PaidInputs returns the files of every proposal of which something was begun, by
// SHA-256 and business date.
func (s *Store) PaidInputs(ctx context.Context) ([]PaidInput, error) { return nil, errLater }

// LastPaidAsOf returns the latest business date of a proposal of which something
// was begun; false where nothing ever was.
func (s *Store) LastPaidAsOf(ctx context.Context) (day.Date, bool, error) { return 0, false, errLater }
