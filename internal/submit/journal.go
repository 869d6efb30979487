package submit

import (
	"context"
	"errors"
	"slices"
	"time"

	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// An Entry is an instruction as the journal keeps it: what the loop needs of the
// proposal, and how far it has come. Everything but State, Alarms, Sends, Deadline,
// Since, Last and the allocations' Held is immutable.
type Entry struct {
	ObjectID string
	Plan     string // SHA-256 of the proposal that it belongs to, in hexadecimal
	Attempt  int    // from 1

	Buyer, Supplier string
	Type            payment.Type
	Mode, Reference string
	Net, Adjustment money.Paise
	PayeeDigest     string

	Body        []byte // the request, byte for byte as it is sent; rendered once
	BodySHA256  string
	Allocations []Allocated

	State    State
	Alarms   []Alarmed // raised so far, each once, in the order of their words
	Sends    int       // 0 or 1
	Deadline time.Time // the write must be over by then; zero before Begin
	Since    time.Time // of State
	Last     Proof     // of the step that led to State; zero while Intended
}

// An Allocated is what an entry pays of one debt.
type Allocated struct {
	Position   int // from 0, in the request
	Debt       payment.Debt
	Instalment int
	Number     string // as the ledger writes it
	InvoiceID  string
	Source     string
	Owed       money.Paise // of the debt, in all
	Net        money.Paise
	Adjustment money.Paise
	Held       bool // keeps the debt from other instructions
}

// Who brings a proof, where it is no person.
const (
	ActorWebhook = "webhook" // the event logs
	ActorGateway = "gateway" // the answer to a request
	ActorProgram = "program" // this program, of what it did itself
)

// A Proof is the evidence for a step: what was said, by whom, and the SHA-256 of
// the bytes that said it.
type Proof struct {
	Actor  string // who brings it: one of the above, or people by name, sorted, joined by +
	Text   string // one line for a person: events/x.jsonl:12 response SUCCESS, HTTP 503 …
	SHA256 string // of the bytes of the evidence, in hexadecimal; never empty where a person or the world spoke
	UTR    string // the bank's reference where the evidence has one
}

// ByPeople tells whether persons bring it.
func (p Proof) ByPeople() bool {
	return !slices.Contains([]string{"", ActorWebhook, ActorGateway, ActorProgram}, p.Actor)
}

// A Ticket is the right to write the bytes of one instruction once. Only Begin
// makes one.
type Ticket struct {
	ObjectID string
	Body     []byte
	Deadline time.Time
	Fence    int64
}

// The errors of a Journal that the loop acts on.
var (
	ErrNotIntended = errors.New("the instruction is no longer waiting to be sent")
	ErrFenced      = errors.New("another process has taken over the journal")
	ErrNotApproved = errors.New("the proposal is not approved, is rejected or has expired")
	ErrOverCap     = errors.New("the day's cap would be exceeded")
	ErrDoubt       = errors.New("the journal is in doubt; nothing may be sent")
	ErrIllegal     = errors.New("the instruction cannot take this step") // by Next
	ErrNoSuch      = errors.New("the journal knows no such instruction")
)

// A Journal remembers. Every method that changes something is one transaction,
// on disk, with its line in the side log written before it, when it returns nil.
// Its contract is a test: journaltest.Run.
type Journal interface {
	// Entries returns every instruction that is not Void, Failed or Returned,
	// and with all those too, in the order of Intend and of the proposal.
	Entries(ctx context.Context, all bool) ([]Entry, error)

	// Begin moves an instruction from Intended to Sending and counts its one
	// send. ErrNotIntended, ErrFenced, ErrNotApproved, ErrOverCap.
	Begin(ctx context.Context, objectID string, deadline time.Time) (Ticket, error)

	// Move takes one step by Next, with its proof; the step and the alarm, where
	// there is one, are in the chain. A say that changes nothing and raises no
	// alarm that is not there already leaves no trace. Positions limits
	// SaysReturned to some allocations; nil means all: see Entry.Take, which says
	// of each step what it changes. It returns the new state. ErrIllegal,
	// ErrNoSuch, ErrFenced.
	Move(ctx context.Context, objectID string, say Say, proof Proof, positions []int) (State, error)
}

// A Gateway is one platform. It has no other way to send than a Conn.
type Gateway interface {
	// Dial connects and finishes the TLS handshake. Nothing has been sent when
	// it fails.
	Dial(ctx context.Context) (Conn, error)
}

// A Conn is one connection for one request.
type Conn interface {
	// Send writes the request once and reads the answer. It never fails: what
	// went wrong is in the answer.
	Send(ctx context.Context, t Ticket) Answer
	// Close gives the connection up.
	Close() error
}

// An Answer is what came of one write.
type Answer struct {
	Acked   bool   // HTTP 200, JSON, response_code 0, payload as documented
	Stop    bool   // 401, 403, a TLS fault: nothing more should be sent in this run
	Refused bool   // listed as a definite refusal by the configuration: nothing was executed
	Text    string // for a person, without secrets: HTTP 503, the connection was reset …
	SHA256  string // of the bytes of the answer, in hexadecimal; of Text where there were none
}
