package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"reconcile/internal/approval"
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
	By              *Signed // who rejects; nil where it accepts, and in what Answers returns
	Statement       []byte  // in what Answers returns: that of By; nil also where a recovery lost it

	State    submit.State // Intended, Sending, Unsure, Acked
	Deadline time.Time    // zero before AnswerBegin
	Since    time.Time
}

// AnswerIntend writes an answer down. The same decision again changes nothing and
// the first Body stays; another one for the same objectId is refused; so is a
// rejection that nobody signed or that is about an ONPLATFORM payment.
func (s *Store) AnswerIntend(ctx context.Context, r Reply) error {
	if !r.Accept && (r.Type != payment.OffPlatform || r.By == nil || r.By.Action != approval.AnswerReject || r.By.Subject != r.ObjectID) {
		return refuse(nil, "sign the rejection of an OFFPLATFORM payment", "payment %s cannot be rejected like that", r.ObjectID)
	}
	step := Step{Kind: kindAnswer, Subject: r.ObjectID, New: submit.Intended.String()}
	d := answered{Accept: r.Accept, BodySHA256: digest(r.Body), Buyer: r.Buyer, Supplier: r.Supplier, Remarks: r.Remarks, Type: r.Type.String()}
	blobs := map[string][]byte{"answer": r.Body}
	if r.By != nil {
		step.Actor, step.Evidence, d.Reason, blobs["evidence"] = r.By.By, digest(r.By.Text), r.By.Reason, r.By.Text
	}
	return s.write(ctx, false, func(b *batch) error {
		there, err := answers(ctx, b.db, "WHERE object_id = ?", r.ObjectID)
		if err != nil {
			return err
		}
		if len(there) > 0 {
			if there[0].Accept != r.Accept || there[0].Remarks != r.Remarks {
				return refuse(nil, "nothing can be done: the first answer counts", "payment %s was answered otherwise before", r.ObjectID)
			}
			return nil
		}
		_, err = b.step(step, d, blobs)
		return err
	})
}

// AnswerBegin is Begin for an answer. by is who said a rejection again, where whoever
// signed it has no say any more; else nil.
func (s *Store) AnswerBegin(ctx context.Context, objectID string, deadline time.Time, by *Signed) (ticket submit.Ticket, err error) {
	if by != nil && (by.Action != approval.AnswerReject || by.Subject != objectID) {
		return submit.Ticket{}, refuse(nil, "sign the rejection of this payment", "payment %s cannot be rejected like that", objectID)
	}
	err = s.write(ctx, true, func(b *batch) error {
		r, err := oneAnswer(ctx, b.db, objectID)
		if err != nil {
			return err
		}
		if r.State != submit.Intended {
			return fmt.Errorf("the answer to payment %s is %s: %w", objectID, r.State, submit.ErrNotIntended)
		}
		if len(r.Body) == 0 {
			return refuse(nil, "answer it in the portal", "the answer to payment %s was lost", objectID)
		}
		ticket = submit.Ticket{ObjectID: objectID, Body: r.Body, Deadline: deadline, Fence: s.fence}
		d := moved{Deadline: deadline.UnixMilli(), Fence: s.fence}
		if by == nil {
			return b.moveAnswer(r, submit.Begun, submit.Sending, submit.Proof{}, d, nil)
		}
		d.Text = by.Reason
		return b.moveAnswer(r, submit.Begun, submit.Sending, submit.Proof{Actor: by.By, SHA256: digest(by.Text)}, d, by.Text)
	})
	if err != nil {
		return submit.Ticket{}, err
	}
	return ticket, nil
}

// AnswerMove takes Acknowledged or Unclear from Sending.
func (s *Store) AnswerMove(ctx context.Context, objectID string, say submit.Say, proof submit.Proof) (state submit.State, err error) {
	err = s.write(ctx, false, func(b *batch) error {
		r, err := oneAnswer(ctx, b.db, objectID)
		if err != nil {
			return err
		}
		to, _, legal := submit.Next(r.State, say)
		if !legal || say != submit.Acknowledged && say != submit.Unclear {
			return fmt.Errorf("the answer to payment %s is %s, and the journal was told %s: %w", objectID, r.State, say, submit.ErrIllegal)
		}
		state = to
		return b.moveAnswer(r, say, to, proof, moved{Text: clip(proof.Text, 2000)}, nil)
	})
	if err != nil {
		return 0, err
	}
	return state, nil
}

func (b *batch) moveAnswer(r Reply, say submit.Say, to submit.State, proof submit.Proof, d moved, statement []byte) error {
	_, err := b.step(Step{Actor: clip(proof.Actor, 500), Kind: answerMoves + say.String(), Subject: r.ObjectID, Old: r.State.String(), New: to.String(), Evidence: proof.SHA256}, d,
		map[string][]byte{"evidence": statement})
	return err
}

// Answers returns every answer in the order of AnswerIntend.
func (s *Store) Answers(ctx context.Context) ([]Reply, error) {
	defer s.alone()()
	found, err := answers(ctx, s.conn, "")
	return found, explain(err, s.path)
}

func oneAnswer(ctx context.Context, db database, objectID string) (Reply, error) {
	found, err := answers(ctx, db, "WHERE object_id = ?", objectID)
	if err != nil {
		return Reply{}, err
	}
	if len(found) == 0 {
		return Reply{}, fmt.Errorf("the answer to payment %s: %w", objectID, ErrUnknown)
	}
	return found[0], nil
}

func answers(ctx context.Context, db database, where string, args ...any) (found []Reply, err error) {
	rows, err := db.QueryContext(ctx, `SELECT a.object_id, a.buyer, a.supplier, a.type, a.accept, a.remarks, a.body, a.state, a.deadline, a.since, e.bytes
		FROM answer a JOIN step s ON s.seq = a.seq LEFT JOIN evidence e ON e.sha256 = s.evidence_sha256 AND e.subject = a.object_id `+where+" ORDER BY a.seq", args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r Reply
		var kind, state string
		var deadline sql.NullInt64
		var since int64
		if err := rows.Scan(&r.ObjectID, &r.Buyer, &r.Supplier, &kind, &r.Accept, &r.Remarks, &r.Body, &state, &deadline, &since, &r.Statement); err != nil {
			return nil, err
		}
		r.Type, r.Since = typeOf(kind), moment(since)
		if deadline.Valid {
			r.Deadline = moment(deadline.Int64)
		}
		var known bool
		if r.State, known = submit.ParseState(state); !known {
			return nil, fmt.Errorf("the answer to payment %s is in the state %s", r.ObjectID, state)
		}
		found = append(found, r)
	}
	return found, rows.Err()
}
