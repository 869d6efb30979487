package journal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/money"
	"reconcile/internal/submit"
)

// Move implements submit.Journal. A return of some allocations frees these alone;
// the instruction is Returned when all are. A late success holds again what no
// other instruction holds. Every alarm freezes the supplier.
func (s *Store) Move(ctx context.Context, objectID string, say submit.Say, proof submit.Proof, positions []int) (submit.State, error) {
	return s.move(ctx, objectID, say, proof, positions, nil)
}

// Withdraw is Move with Withdrawn by a signed statement.
func (s *Store) Withdraw(ctx context.Context, by Signed, proof submit.Proof) (submit.State, error) {
	if by.Action != approval.Withdraw {
		return 0, refuse(nil, "sign a withdrawal", "the statement is to %s something", by.Action)
	}
	proof.Actor, proof.SHA256 = by.By, digest(by.Text)
	return s.move(ctx, by.Subject, submit.Withdrawn, proof, nil, []Signed{by})
}

// settleAfter is how long after its deadline an instruction may still turn out by
// itself: before that no two people can know better.
const settleAfter = 24 * time.Hour

// Resolve is Move by two people who agree, until nothing changes any more
// (submit.Settle). Both statements are
// kept, and the pending one is used up. It is refused before the deadline of the
// write and 24 hours have passed.
func (s *Store) Resolve(ctx context.Context, first, second Signed, say submit.Say, proof submit.Proof, positions []int) (submit.State, error) {
	if err := pair(first, second, approval.Resolve); err != nil {
		return 0, err
	}
	proof.Actor, proof.SHA256 = names(first, second), digest(second.Text)
	return s.move(ctx, first.Subject, say, proof, positions, []Signed{first, second})
}

func (s *Store) move(ctx context.Context, objectID string, say submit.Say, proof submit.Proof, positions []int, by []Signed) (state submit.State, err error) {
	if say == submit.Begun {
		return 0, fmt.Errorf("%s is begun by Begin alone: %w", objectID, submit.ErrIllegal)
	}
	needsProof := !slices.Contains([]submit.Say{submit.Unclear, submit.Withdrawn}, say)
	if proof.Actor == "" || needsProof && proof.SHA256 == "" {
		return 0, fmt.Errorf("instruction %s cannot move by %s without evidence, and somebody who brings it", objectID, say)
	}
	err = s.write(ctx, false, func(b *batch) error {
		once := func() (submit.State, error) {
			e, err := s.one(ctx, objectID)
			if err != nil {
				return 0, err
			}
			m, changes, err := b.plan(e, say, proof.SHA256, positions)
			if err != nil || !changes {
				return e.State, err
			}
			if len(by) == 2 {
				if err := b.mayResolve(e); err != nil {
					return 0, err
				}
			}
			err = b.take(e, say, m, proof, by)
			by = nil // the first step uses what was signed
			return m.to, err
		}
		if len(by) == 2 {
			state, err = submit.Settle(once)
		} else {
			state, err = once()
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return state, nil
}

// mayResolve refuses what may still turn out by itself.
func (b *batch) mayResolve(e submit.Entry) error {
	from := e.Deadline
	if from.IsZero() { // the world knew of it before this journal did
		from = e.Since
	}
	if from = from.Add(settleAfter); b.at.Before(from) {
		return refuse(nil, "wait until then, or for the webhook", "instruction %s may still turn out by itself until %s", e.ObjectID, from.Format(time.RFC3339))
	}
	return nil
}

// take writes the step of a move, the statements before it and the freeze behind.
func (b *batch) take(e submit.Entry, say submit.Say, m movement, proof submit.Proof, by []Signed) error {
	var blob []byte
	if len(by) == 2 {
		used, err := b.pledgeBoth(by[0], by[1])
		if err != nil {
			return err
		}
		m.detail.Used = used
	} else if len(by) == 1 {
		blob = by[0].Text
	}
	m.detail.Text, m.detail.UTR = clip(proof.Text, 2000), clip(proof.UTR, 100)
	_, err := b.step(Step{Actor: clip(proof.Actor, 500), Kind: say.String(), Subject: e.ObjectID, Old: e.State.String(), New: m.to.String(), Evidence: proof.SHA256},
		m.detail, map[string][]byte{"evidence": blob})
	if err != nil || m.detail.Alarm == "" {
		return err
	}
	return b.freeze(Hold{What: HoldSupplier, Subject: e.Supplier, Reason: m.detail.Say})
}

// A movement is what a Say comes to for one instruction.
type movement struct {
	to     submit.State
	detail moved
}

// plan says what a move comes to, by Entry.Take, without writing it.
func (b *batch) plan(e submit.Entry, say submit.Say, sha256 string, positions []int) (m movement, changes bool, err error) {
	step, err := e.Take(say, sha256, positions)
	if err != nil {
		if say == submit.Withdrawn {
			err = fmt.Errorf("%w: %w", submit.ErrNotIntended, err)
		}
		return movement{}, false, err
	}
	if !step.Changes(&e) {
		return movement{}, false, nil
	}
	m.to = step.To
	for i, held := range step.Held {
		a := &e.Allocations[i]
		switch {
		case !a.Held && held:
			m.detail.Holds = append(m.detail.Holds, a.Position)
		case a.Held && !held && say == submit.SaysReturned:
			m.detail.Returned = append(m.detail.Returned, a.Position)
		case a.Held && !held:
			m.detail.Frees = append(m.detail.Frees, a.Position)
		}
	}
	if m.to == submit.Returned && e.State != submit.Returned {
		err = b.returnedWhole(e, &m.detail)
	}
	if err == nil && len(m.detail.Holds) > 0 {
		m.detail.Holds, err = b.canHold(e)
	}
	if err != nil {
		return movement{}, false, err
	}
	return m, true, b.raise(e, step.To, step.Alarm.Alarm, &m.detail)
}

// returnedWhole notes everything that did not come back before, held or not.
func (b *batch) returnedWhole(e submit.Entry, d *moved) error {
	d.Returned = nil
	return each(b.ctx, b.db, "SELECT position FROM allocation WHERE object_id = ? AND returned_seq IS NULL ORDER BY position", []any{e.ObjectID}, func(rows *sql.Rows) error {
		var p int
		err := rows.Scan(&p)
		d.Returned = append(d.Returned, p)
		return err
	})
}

// canHold tells which allocations of a late success no other instruction holds.
func (b *batch) canHold(e submit.Entry) (positions []int, err error) {
	taken := map[string]money.Paise{} // of one debt, by earlier allocations of this instruction
	for _, a := range e.Allocations {
		id := debtID(a.Debt)
		var can bool
		err := b.db.QueryRowContext(b.ctx, `SELECT NOT EXISTS (SELECT 1 FROM allocation WHERE debt_id = d.debt_id AND instalment = ? AND held = 1)
			AND d.held_paise + ? <= d.owed_paise FROM debt d WHERE d.debt_id = ?`, a.Instalment, int64(taken[id]+a.Net), id).Scan(&can)
		if err != nil {
			return nil, err
		}
		if can {
			taken[id] += a.Net
			positions = append(positions, a.Position)
		}
	}
	return positions, nil
}

// raise puts an alarm into words, with what else pays the same debts.
func (b *batch) raise(e submit.Entry, to submit.State, alarm submit.Alarm, d *moved) error {
	d.Alarm = string(alarm)
	switch alarm {
	case submit.NotSentByUs:
		d.Say = fmt.Sprintf("evidence came for instruction %s, which was %s and never sent by this journal: it is older than the world, or somebody else sends in our name", e.ObjectID, e.State)
	case submit.Contradictory:
		d.Say = fmt.Sprintf("the evidence for instruction %s, which is %s, contradicts itself or what was sent", e.ObjectID, e.State)
	case submit.LatePaid:
		d.Say = fmt.Sprintf("instruction %s was %s; the evidence says both that it was paid and that it failed", e.ObjectID, e.State)
	}
	if alarm == "" || to != submit.Paid {
		return nil
	}
	return b.raiseLate(e, d)
}

// raiseLate says which other instructions pay the same debts, and how much is paid
// of them in all.
func (b *batch) raiseLate(e submit.Entry, d *moved) error {
	var paid money.Paise
	for _, a := range e.Allocations {
		paid += a.Net
	}
	seen := map[string]bool{}
	for _, a := range e.Allocations {
		id := debtID(a.Debt)
		if seen[id] {
			continue
		}
		seen[id] = true
		err := each(b.ctx, b.db, `SELECT a.object_id, i.state, a.net_paise FROM allocation a JOIN instruction i USING (object_id)
			WHERE a.debt_id = ? AND a.object_id <> ? AND a.returned_seq IS NULL AND (a.held = 1 OR i.state = 'PAID') ORDER BY a.seq`, []any{id, e.ObjectID}, func(rows *sql.Rows) error {
			var other, state string
			var net money.Paise
			if err := rows.Scan(&other, &state, &net); err != nil {
				return err
			}
			if !slices.Contains(d.Others, other) {
				d.Others = append(d.Others, other)
			}
			if state == submit.Paid.String() {
				paid += net
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	d.Paid = int64(paid)
	d.Say += fmt.Sprintf("; of its debts ₹%s are paid now", paid.Grouped())
	if len(d.Others) > 0 {
		d.Say += ", and others pay the same debts: " + strings.Join(d.Others, ", ")
	}
	return nil
}

// clip keeps a text within what its column takes, in characters.
func clip(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if r := []rune(text); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return text
}
