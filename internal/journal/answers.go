package journal

import (
	"context"
	"time"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
)

// A Reply is our answer, as the supplier, to a payment that we received
// (req-pay-confirmation). There is one for every objectId, for ever.
type Reply struct {
	ObjectID        string // of the payment received
	Buyer, Supplier string
	Type            payment.Type
	Accept          bool
	Remarks         string
	Body            []byte  // as it is sent
	By              *Signed // who rejects; nil where it accepts

	State    submit.State // Intended, Sending, Unsure, Acked
	Deadline time.Time    // zero before AnswerBegin
	Since    time.Time
}

// AnswerIntend writes an answer down. The same one again changes nothing, another
// one for the same objectId is refused; so is a rejection that nobody signed or
// that is about an ONPLATFORM payment.
func (s *Store) AnswerIntend(ctx context.Context, r Reply) error { return errLater }

// AnswerBegin is Begin for an answer.
func (s *Store) AnswerBegin(ctx context.Context, objectID string, deadline time.Time) (submit.Ticket, error) {
	return submit.Ticket{}, errLater
}

// AnswerMove takes Acknowledged or Unclear from Sending.
func (s *Store) AnswerMove(ctx context.Context, objectID string, say submit.Say, proof submit.Proof) (submit.State, error) {
	return 0, errLater
}

// Answers returns every answer in the order of AnswerIntend.
func (s *Store) Answers(ctx context.Context) ([]Reply, error) { return nil, errLater }
