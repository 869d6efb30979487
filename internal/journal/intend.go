package journal

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

// Intend writes down the instructions of an approved proposal of which a body is
// given: the bytes that will be sent. From then on their debts are held. It is one
// transaction, and all of them or none. Where the same were written down already
// it changes nothing, and the bodies of the first time stay; what the rules forbid
// is a RefusedError.
func (s *Store) Intend(ctx context.Context, hash string, bodies map[string][]byte) error {
	known, p, err := s.proposed(ctx, hash)
	if err != nil {
		return err
	}
	return s.intend(ctx, known, p, bodies)
}

// A Taken is an instruction of a proposal that cannot be written down any more,
// because another proposal over the same invoices was approved before it.
type Taken struct{ ObjectID, Why string }

// Taken returns the instructions of a proposal that Intend would refuse because
// another instruction holds their debts, or has brought them to an end.
func (s *Store) Taken(ctx context.Context, hash string) ([]Taken, error) {
	_, p, err := s.proposed(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer s.alone()()
	var taken []Taken
	b := &batch{ctx: ctx, db: s.conn}
	for i := range p.Instructions {
		one := &p.Instructions[i]
		err := b.unknown(one.ObjectID)
		if err == nil {
			err = b.free(one)
		}
		switch {
		case errors.Is(err, ErrHeld):
			taken = append(taken, Taken{one.ObjectID, err.Error()})
		case err != nil:
			return nil, explain(err, s.path)
		}
	}
	return taken, nil
}

// proposed returns a proposal that is whole.
func (s *Store) proposed(ctx context.Context, hash string) (Plan, *proposal.Proposal, error) {
	known, err := s.Proposal(ctx, hash)
	if err != nil {
		return known, nil, err
	}
	if known.Plan == nil {
		return known, nil, refuse(submit.ErrNotApproved, "propose anew", "the plan %s was lost when the journal was recovered", hash)
	}
	p, err := proposal.Decode(known.Plan)
	return known, p, err
}

func (s *Store) intend(ctx context.Context, known Plan, p *proposal.Proposal, bodies map[string][]byte) error {
	return s.write(ctx, false, func(b *batch) error {
		there, err := b.intended(known.Hash)
		if err != nil {
			return err
		}
		if len(there) > 0 {
			return sameAgain(known.Hash, there, p)
		}
		if err := b.mayIntend(known); err != nil {
			return err
		}
		written := 0
		for i := range p.Instructions {
			one := &p.Instructions[i]
			body, wanted := bodies[one.ObjectID]
			if !wanted {
				continue
			}
			if err := b.intend(known.Hash, i, p.Type, one, body); err != nil {
				return fmt.Errorf("instruction %s to %s: %w", one.ObjectID, one.Supplier, explain(err, s.path))
			}
			written++
		}
		if written < len(bodies) {
			return refuse(nil, "propose anew", "the plan %s has no instruction for %d of the requests", known.Hash, len(bodies)-written)
		}
		return nil
	})
}

// intend writes one instruction down.
func (b *batch) intend(hash string, position int, kind payment.Type, in *proposal.Instruction, body []byte) error {
	if len(body) == 0 {
		return fmt.Errorf("instruction %s has no request to be sent", in.ObjectID)
	}
	if err := b.unknown(in.ObjectID); err != nil {
		return err
	}
	if err := b.free(in); err != nil {
		return err
	}
	_, err := b.step(Step{Kind: kindIntended, Subject: in.ObjectID, New: submit.Intended.String()},
		newIntended(hash, position, kind, in, body), map[string][]byte{"instruction": body})
	return err
}

// unknown refuses an instruction that another proposal has brought already, and
// that has come to its end.
func (b *batch) unknown(objectID string) error {
	var state string
	err := b.db.QueryRowContext(b.ctx, "SELECT state FROM instruction WHERE object_id = ?", objectID).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return refuse(ErrHeld, "propose anew where it is still to be paid", "instruction %s came by another plan and is %s", objectID, state)
}

func newIntended(hash string, position int, kind payment.Type, in *proposal.Instruction, body []byte) intended {
	d := intended{Plan: hash, Position: position, Attempt: in.Attempt, Buyer: in.Buyer, Supplier: in.Supplier, Type: kind.String(), Mode: in.Mode,
		Reference: in.Reference, Net: int64(in.Net), Adjustment: int64(in.Adjustment), PayeeDigest: in.Payee.Digest, BodySHA256: digest(body),
		KeyVersion: party.NumberKeyVersion}
	for _, a := range in.Allocations {
		d.Allocations = append(d.Allocations, allocation{Adjustment: int64(a.Adjustment), Instalment: a.Instalment, InvoiceID: a.InvoiceID, Net: int64(a.Net),
			Number: a.Number, NumberKey: a.Debt.NumberKey, Owed: int64(a.Owed), Part: a.Debt.Part, Source: a.Source, Year: int(a.Debt.Year)})
	}
	return d
}

// intended reads the details of what a proposal has in the journal, in its order.
func (b *batch) intended(hash string) (there []Step, err error) {
	err = chain(b.ctx, b.db, "WHERE seq IN (SELECT seq FROM instruction WHERE plan = ?)", []any{hash}, func(s Step) error {
		there = append(there, s)
		return nil
	})
	return there, err
}

// sameAgain compares what is there with what the proposal says, all but the
// requests: they were rendered once, and the first rendering is what is sent.
func sameAgain(hash string, there []Step, p *proposal.Proposal) error {
	other := refuse(nil, "look at `reconcile status` and propose anew", "the journal has other instructions for the plan %s", hash)
	for _, step := range there {
		var d intended
		if err := strict([]byte(step.Detail), &d); err != nil {
			return err
		}
		if d.Position < 0 || d.Position >= len(p.Instructions) || p.Instructions[d.Position].ObjectID != step.Subject {
			return other
		}
		want := newIntended(hash, d.Position, p.Type, &p.Instructions[d.Position], nil)
		want.BodySHA256, want.KeyVersion = d.BodySHA256, d.KeyVersion
		text, err := canonical(want)
		if err != nil {
			return err
		}
		if !bytes.Equal(text, []byte(step.Detail)) {
			return other
		}
	}
	return nil
}

// mayIntend asks what the tables ask too, in words.
func (b *batch) mayIntend(p Plan) error {
	switch {
	case p.Status == Rejected:
		return refuse(submit.ErrNotApproved, "propose anew", "the plan %s was rejected", p.Hash)
	case !b.at.Before(p.Expires):
		return refuse(submit.ErrNotApproved, "propose anew", "the plan %s has expired", p.Hash)
	case p.Status == Waiting:
		return refuse(submit.ErrNotApproved, "have it approved", "the plan %s has %d of %d approvals", p.Hash, len(p.Decisions), p.Need)
	}
	return nil
}

// free tells which instruction holds a debt of this one, and why else it could
// never be sent.
func (b *batch) free(in *proposal.Instruction) error {
	var net, adjustment money.Paise
	for _, a := range in.Allocations {
		net, adjustment = net+a.Net, adjustment+a.Adjustment
		if a.Debt.Buyer != in.Buyer || a.Debt.Supplier != in.Supplier {
			return refuse(nil, "propose anew", "instruction %s is to pay the invoice %s of somebody else", in.ObjectID, a.Number)
		}
		id := debtID(a.Debt)
		var other, state string
		err := b.db.QueryRowContext(b.ctx, `SELECT a.object_id, i.state FROM allocation a JOIN instruction i USING (object_id)
			WHERE a.debt_id = ? AND a.held = 1 AND (a.instalment = ? OR (a.instalment < ? AND i.state <> 'PAID')) ORDER BY a.seq LIMIT 1`, id, a.Instalment, a.Instalment).Scan(&other, &state)
		if err == nil {
			return refuse(ErrHeld, "nothing is to be done where it is paid; else settle that instruction first", "invoice %s of %s is held by instruction %s, which is %s", a.Number, in.Supplier, other, state)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var owed, held money.Paise
		err = b.db.QueryRowContext(b.ctx, "SELECT owed_paise, held_paise FROM debt WHERE debt_id = ?", id).Scan(&owed, &held)
		if errors.Is(err, sql.ErrNoRows) {
			owed, err = a.Owed, nil
		}
		if err != nil {
			return err
		}
		if a.Net > owed-held {
			return refuse(ErrHeld, "look at `reconcile status "+a.Number+"`", "invoice %s of %s: ₹%s would be paid, and of ₹%s that were owed when it was first seen ₹%s are held",
				a.Number, in.Supplier, a.Net.Grouped(), owed.Grouped(), held.Grouped())
		}
	}
	if net != in.Net || adjustment != in.Adjustment {
		return refuse(nil, "propose anew", "the invoices of instruction %s do not sum to it", in.ObjectID)
	}
	return nil
}
