package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/submit"
)

var _ submit.Journal = (*Store)(nil)

// Entries implements submit.Journal.
func (s *Store) Entries(ctx context.Context, all bool) ([]submit.Entry, error) {
	defer s.alone()()
	where := "WHERE i.state NOT IN ('FAILED', 'RETURNED', 'VOID')"
	if all {
		where = ""
	}
	entries, err := s.entries(ctx, where)
	return entries, explain(err, s.path)
}

func (s *Store) entries(ctx context.Context, where string, args ...any) (found []submit.Entry, err error) {
	rows, err := s.conn.QueryContext(ctx, `SELECT i.object_id, i.plan, i.attempt, i.buyer, i.supplier, i.type, i.mode, i.reference, i.net_paise, i.adjustment_paise,
		i.payee_digest, i.body, i.body_sha256, i.state, i.sends, i.deadline, i.since,
		st.kind, st.actor, st.evidence_sha256, coalesce(st.detail ->> 'text', ''), coalesce(st.detail ->> 'utr', ''),
		(SELECT json_group_array(json_object('Alarm', kind, 'SHA256', evidence_sha256) ORDER BY kind, evidence_sha256) FROM alarm WHERE alarm.object_id = i.object_id)
		FROM instruction i JOIN step st ON st.seq = i.state_seq `+where+" ORDER BY i.seq", args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	at := map[string]int{}
	for rows.Next() {
		var e submit.Entry
		var kind, state, by, alarms string
		var deadline sql.NullInt64
		var since int64
		if err := rows.Scan(&e.ObjectID, &e.Plan, &e.Attempt, &e.Buyer, &e.Supplier, &kind, &e.Mode, &e.Reference, &e.Net, &e.Adjustment,
			&e.PayeeDigest, &e.Body, &e.BodySHA256, &state, &e.Sends, &deadline, &since,
			&by, &e.Last.Actor, &e.Last.SHA256, &e.Last.Text, &e.Last.UTR, &alarms); err != nil {
			return nil, err
		}
		if by == kindIntended || by == submit.Begun.String() {
			e.Last = submit.Proof{} // nobody said anything yet
		}
		if err := json.Unmarshal([]byte(alarms), &e.Alarms); err != nil {
			return nil, err
		}
		e.Type, e.Since = typeOf(kind), moment(since)
		if deadline.Valid {
			e.Deadline = moment(deadline.Int64)
		}
		var known bool
		if e.State, known = submit.ParseState(state); !known {
			return nil, damaged(s.path, "an instruction is in the state "+state, nil)
		}
		at[e.ObjectID] = len(found)
		found = append(found, e)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return found, s.allocations(ctx, found, at, where, args)
}

// allocations fills in what the entries pay.
func (s *Store) allocations(ctx context.Context, found []submit.Entry, at map[string]int, where string, args []any) (err error) {
	rows, err := s.conn.QueryContext(ctx, `SELECT a.object_id, a.position, d.buyer, d.supplier, d.number_key, d.financial_year, d.part, a.instalment, a.number,
		a.invoice_id, a.source, d.owed_paise, a.net_paise, a.adjustment_paise, a.held
		FROM allocation a JOIN debt d USING (debt_id) JOIN instruction i USING (object_id) `+where+" ORDER BY i.seq, a.position", args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		var a submit.Allocated
		var year int
		if err := rows.Scan(&id, &a.Position, &a.Debt.Buyer, &a.Debt.Supplier, &a.Debt.NumberKey, &year, &a.Debt.Part, &a.Instalment, &a.Number,
			&a.InvoiceID, &a.Source, &a.Owed, &a.Net, &a.Adjustment, &a.Held); err != nil {
			return err
		}
		a.Debt.Year = day.FinancialYear(year)
		found[at[id]].Allocations = append(found[at[id]].Allocations, a)
	}
	return rows.Err()
}

func typeOf(word string) payment.Type {
	if word == payment.OffPlatform.String() {
		return payment.OffPlatform
	}
	return payment.OnPlatform
}

// Begin implements submit.Journal. When it returns, the side log says on disk
// that the journal has the step, so that no older copy of the journal can be
// taken for the present one.
func (s *Store) Begin(ctx context.Context, objectID string, deadline time.Time) (ticket submit.Ticket, err error) {
	err = s.write(ctx, true, func(b *batch) error {
		e, err := s.one(ctx, objectID)
		if err != nil {
			return err
		}
		sentOn := day.In(b.at, s.options.Zone).String()
		if err := s.mayBegin(b, e, sentOn); err != nil {
			return err
		}
		ticket = submit.Ticket{ObjectID: objectID, Body: e.Body, Deadline: deadline, Fence: s.fence}
		_, err = b.step(Step{Kind: submit.Begun.String(), Subject: objectID, Old: e.State.String(), New: submit.Sending.String()},
			moved{Deadline: deadline.UnixMilli(), Fence: s.fence, SentOn: sentOn}, nil)
		return err
	})
	if err != nil {
		return submit.Ticket{}, err
	}
	return ticket, nil
}

// mayBegin asks what the tables ask too, in words.
func (s *Store) mayBegin(b *batch, e submit.Entry, sentOn string) error {
	if e.State != submit.Intended {
		return fmt.Errorf("instruction %s is %s: %w", e.ObjectID, e.State, submit.ErrNotIntended)
	}
	if len(e.Body) == 0 || digest(e.Body) != e.BodySHA256 {
		return refuse(nil, "withdraw it and propose anew", "the request of instruction %s was lost", e.ObjectID)
	}
	var approved, rejected, frozen bool
	var expires int64
	var dayCap, sent money.Paise
	err := b.db.QueryRowContext(b.ctx, `SELECT st.approved, st.rejected, st.expires_at, p.day_cap_paise,
		EXISTS (SELECT 1 FROM frozen WHERE what = 'SUPPLIER' AND subject = ?),
		(SELECT coalesce(sum(net_paise), 0) FROM instruction WHERE sent_on = ?)
		FROM standing st JOIN proposal p ON p.hash = st.hash WHERE st.hash = ?`, e.Supplier, sentOn, e.Plan).Scan(&approved, &rejected, &expires, &dayCap, &frozen, &sent)
	if now := s.options.DayCap; now > 0 && (dayCap == 0 || now < dayCap) {
		dayCap = now
	}
	switch {
	case err != nil:
		return err
	case rejected:
		return refuse(submit.ErrNotApproved, "propose anew", "the plan of instruction %s was rejected", e.ObjectID)
	case !approved:
		return refuse(submit.ErrNotApproved, "have it approved", "the plan of instruction %s is not approved", e.ObjectID)
	case b.at.UnixMilli() >= expires:
		return refuse(submit.ErrNotApproved, "propose anew", "the plan of instruction %s has expired", e.ObjectID)
	case frozen:
		return refuse(submit.ErrNotApproved, "two people release the supplier, once it is clear what happened", "supplier %s is frozen, so instruction %s is not sent", e.Supplier, e.ObjectID)
	case dayCap > 0 && sent+e.Net > dayCap:
		return refuse(submit.ErrOverCap, "go on tomorrow, or raise the cap of a day", "₹%s were sent on %s, and with instruction %s it would be more than ₹%s", sent.Grouped(), sentOn, e.ObjectID, dayCap.Grouped())
	}
	return nil
}

// one reads one entry.
func (s *Store) one(ctx context.Context, objectID string) (submit.Entry, error) {
	found, err := s.entries(ctx, "WHERE i.object_id = ?", objectID)
	if err != nil {
		return submit.Entry{}, err
	}
	if len(found) == 0 {
		return submit.Entry{}, fmt.Errorf("instruction %s: %w", objectID, submit.ErrNoSuch)
	}
	return found[0], nil
}

// A Total is what stands in one state.
type Total struct {
	State  submit.State
	Count  int         // of instructions
	Amount money.Paise // the sum of their net
}

// Totals returns one for every State, in their order.
func (s *Store) Totals(ctx context.Context) ([]Total, error) {
	defer s.alone()()
	var totals []Total
	for _, state := range submit.States() {
		t := Total{State: state}
		err := s.conn.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(net_paise), 0) FROM instruction WHERE state = ?", state.String()).Scan(&t.Count, &t.Amount)
		if err != nil {
			return nil, explain(err, s.path)
		}
		totals = append(totals, t)
	}
	return totals, nil
}
