package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/money"
	"reconcile/internal/submit"
)

// What a Hold is about.
const (
	HoldSupplier = "SUPPLIER" // everything to a supplier
	HoldAccount  = "ACCOUNT"  // a new or changed account of a supplier
	HoldDebt     = "DEBT"     // one invoice: its number in another year, a near duplicate
)

// A Hold keeps payments from being proposed until two people lift it; a release of
// something that only the ledger shows (a new account, a near duplicate) is one
// too, with no freeze before it.
type Hold struct {
	Hash    string // of the step that put it on, or that released it
	What    string // HoldSupplier, HoldAccount, HoldDebt
	Subject string // a supplier's B2B id, or the reference of a debt
	Key     string // tells holds of one subject apart, such as an account's fingerprint; may be empty
	Reason  string
	By      string // the program, or two people joined by +
	At      time.Time
	Alarm   int64 // HoldSupplier: the step of the newest alarm of the supplier, which may be newer than the hold; 0 where there is none
}

// Freeze puts a hold on. One that is on already changes nothing.
func (s *Store) Freeze(ctx context.Context, h Hold) error {
	return s.write(ctx, false, func(b *batch) error { return b.freeze(h) })
}

func (b *batch) freeze(h Hold) error {
	var n int
	err := b.db.QueryRowContext(b.ctx, "SELECT count(*) FROM frozen WHERE what = ? AND subject = ? AND key = ?", h.What, h.Subject, h.Key).Scan(&n)
	if err != nil || n > 0 {
		return err
	}
	_, err = b.step(Step{Actor: h.By, Kind: kindFrozen, Subject: h.Subject}, held{Holds: []heldOne{{h.Key, h.Subject, h.What}}, Reason: clip(h.Reason, 2000)}, nil)
	return err
}

// Digest names exactly these holds, in this order: what two people sign to release
// them (approval.DetailHold). A hold that is put on again has another hash, and one
// that another alarm rings for has another alarm, so that an old statement lifts no
// new hold and silences nothing that its author has not heard.
func Digest(holds []Hold) string {
	h := sha256.New()
	for _, hold := range holds {
		fmt.Fprintf(h, "%q %q %q %q %d\n", hold.What, hold.Subject, hold.Key, hold.Hash, hold.Alarm)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Release lifts holds, or allows what the ledger alone shows (a Hold without a
// Hash), by two people who agree and who name them by their Digest. Both
// statements are kept, and the pending one is used up.
func (s *Store) Release(ctx context.Context, holds []Hold, first, second Signed) error {
	if err := pair(first, second, approval.Release); err != nil {
		return err
	}
	if len(holds) == 0 || first.Detail[approval.DetailHold] != Digest(holds) {
		return refuse(nil, "sign the release of the holds that stand now", "the statements are about other holds of %s than those that are on", first.Subject)
	}
	return s.write(ctx, false, func(b *batch) error {
		d := held{Reason: clip(second.Reason, 2000)}
		for _, h := range holds {
			if err := b.stillOn(h); err != nil {
				return err
			}
			d.Holds = append(d.Holds, heldOne{h.Key, h.Subject, h.What})
		}
		var err error
		if d.Used, err = b.pledgeBoth(first, second); err != nil {
			return err
		}
		_, err = b.step(Step{Actor: names(first, second), Kind: kindReleased, Subject: first.Subject}, d, nil)
		return err
	})
}

// stillOn tells whether the hold that was signed for is the one that stands.
func (b *batch) stillOn(h Hold) error {
	var on string
	var alarm int64
	err := b.db.QueryRowContext(b.ctx, "SELECT "+newestAlarm+", s.hash FROM frozen h JOIN step s ON s.seq = h.seq WHERE h.what = ? AND h.subject = ? AND h.key = ?",
		h.What, h.Subject, h.Key).Scan(&alarm, &on)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err == nil && (on != h.Hash || alarm != h.Alarm) {
		err = refuse(nil, "sign the release of the hold that stands now", "another hold of %s is on than the one that was signed for", h.Subject)
	}
	return err
}

// newestAlarm is the step of the newest alarm that a hold h of a supplier is for.
const newestAlarm = `coalesce((SELECT max(a.seq) FROM alarm a JOIN instruction i USING (object_id) WHERE h.what = 'SUPPLIER' AND i.supplier = h.subject), 0)`

// Holds returns the holds that are on, in the order in which they were put on.
func (s *Store) Holds(ctx context.Context) ([]Hold, error) {
	return s.holds(ctx, "SELECT s.hash, h.what, h.subject, h.key, h.reason, h.actor, s.at, "+newestAlarm+" FROM frozen h JOIN step s ON s.seq = h.seq ORDER BY h.seq")
}

// Releases returns what was released and not put on hold again since.
func (s *Store) Releases(ctx context.Context) ([]Hold, error) {
	return s.holds(ctx, `SELECT s.hash, h.what, h.subject, h.key, h.reason, h.actor, s.at, 0 FROM hold h JOIN step s ON s.seq = h.seq
		WHERE h.act = 'RELEASED' AND NOT EXISTS (SELECT 1 FROM hold l WHERE l.what = h.what AND l.subject = h.subject AND l.key = h.key AND l.seq > h.seq) ORDER BY h.seq`)
}

func (s *Store) holds(ctx context.Context, query string) (found []Hold, err error) {
	defer s.alone()()
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, explain(err, s.path)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var h Hold
		var at int64
		if err := rows.Scan(&h.Hash, &h.What, &h.Subject, &h.Key, &h.Reason, &h.By, &at, &h.Alarm); err != nil {
			return nil, explain(err, s.path)
		}
		h.At = moment(at)
		found = append(found, h)
	}
	return found, rows.Err()
}

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
func (s *Store) Alarms(ctx context.Context, after int64) (found []Alarm, err error) {
	defer s.alone()()
	rows, err := s.conn.QueryContext(ctx, `SELECT a.seq, s.at, a.object_id, a.kind, a.text, a.paid_paise, a.others
		FROM alarm a JOIN step s ON s.seq = a.seq WHERE a.seq > ? ORDER BY a.seq`, after)
	if err != nil {
		return nil, explain(err, s.path)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var a Alarm
		var at int64
		var kind, others string
		if err := rows.Scan(&a.Seq, &at, &a.ObjectID, &kind, &a.Text, &a.Paid, &others); err != nil {
			return nil, explain(err, s.path)
		}
		if err := json.Unmarshal([]byte(others), &a.Others); err != nil {
			return nil, fmt.Errorf("reading the alarm of step %d: %w", a.Seq, err)
		}
		a.At, a.Kind = moment(at), submit.Alarm(kind)
		found = append(found, a)
	}
	return found, rows.Err()
}

// Head returns the number and hash of the last step.
func (s *Store) Head(ctx context.Context) (seq int64, hash string, err error) {
	defer s.alone()()
	last, err := lastStep(ctx, s.conn)
	return last.Seq, last.Hash, explain(err, s.path)
}
