package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"reconcile/internal/submit"
)

// maxBack is by how much the clock may have gone back since the last step: more
// than that is no correction by a time server.
const maxBack = 5 * time.Minute

// A batch is one transaction: its steps go into the side log, on disk, before
// the journal commits.
type batch struct {
	ctx   context.Context
	db    database
	actor string
	at    time.Time
	last  Step
	steps []Step
}

// write runs fn in a transaction and makes its steps lasting. eager brings the mark
// of the commit to disk as well.
//
// If we die before the side log has the batch, it never was. If we die before the
// journal has it, the next Open finds one batch too many and voids it. If we die
// after that, the next Open marks it. What was promised to the caller is only
// promised when write returns nil; after any failure from the side log on, the
// Store does nothing more, since only a new Open can tell what is on disk.
func (s *Store) write(ctx context.Context, eager bool, fn func(*batch) error) (err error) {
	defer s.alone()()
	switch {
	case s.readOnly:
		return errors.New("the journal was opened to be read")
	case s.broken != nil:
		return s.broken
	}
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return explain(err, s.path)
	}
	lasting := context.WithoutCancel(ctx)
	open := true
	defer func() {
		if open {
			_, undo := s.conn.ExecContext(lasting, "ROLLBACK")
			err = errors.Join(err, ignoreIdle(undo))
		}
	}()
	b, err := s.batch(ctx)
	if err != nil {
		return err
	}
	once := compile(s.conn)
	b.db = once
	if err := errors.Join(fn(b), once.close()); err != nil {
		return explain(err, s.path)
	}
	if len(b.steps) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	last := b.steps[len(b.steps)-1]
	if s.side != nil {
		if err := s.side.prepare(b.steps); err != nil {
			s.broken = err
			return err
		}
	}
	open = false
	if _, err := s.conn.ExecContext(lasting, "COMMIT"); err != nil {
		s.broken = explain(err, s.path)
		return s.broken
	}
	if s.side == nil {
		return nil // a recovery that writes the side log anew afterwards
	}
	if err := s.side.note(committed, last.Seq, last.Hash, eager); err != nil {
		s.broken = err
		return err
	}
	return nil
}

// batch looks whether we may still write: by fence and by clock.
func (s *Store) batch(ctx context.Context) (*batch, error) {
	head, err := lastStep(ctx, s.conn)
	if err != nil {
		return nil, explain(err, s.path)
	}
	if s.fence > 0 {
		var fence int64
		if err := s.conn.QueryRowContext(ctx, "SELECT fence FROM lease").Scan(&fence); err != nil {
			return nil, explain(err, s.path)
		}
		if fence != s.fence {
			return nil, fmt.Errorf("%s was opened by another process since (fence %d, ours is %d): %w", s.path, fence, s.fence, submit.ErrFenced)
		}
	}
	now := s.options.Now().UTC().Truncate(time.Millisecond)
	if s.recovering {
		return &batch{ctx: ctx, db: s.conn, actor: s.options.Actor, at: now, last: head}, nil
	}
	if err := clockDoubt(s.path, head, now); err != nil {
		return nil, err
	}
	if now.Before(head.At) {
		now = head.At
	}
	return &batch{ctx: ctx, db: s.conn, actor: s.options.Actor, at: now, last: head}, nil
}

// clockDoubt refuses a clock that stands well before the last step.
func clockDoubt(path string, head Step, now time.Time) error {
	if head.Seq == 0 || head.At.Sub(now) <= maxBack {
		return nil
	}
	return &CorruptError{Path: path, Seq: head.Seq, Check: "journal-clock", From: head.Hash,
		What: fmt.Sprintf("the clock says %s, and the last step is of %s", now.Format(time.RFC3339), head.At.Format(time.RFC3339)),
		Do:   "set the clock of this machine right. If it is right now and was wrong then, two people run `reconcile recover`"}
}

// lastStep returns the head of the chain; the zero Step where there is none.
func lastStep(ctx context.Context, db database) (Step, error) {
	var s Step
	var at int64
	err := db.QueryRowContext(ctx, "SELECT seq, at, hash FROM step ORDER BY seq DESC LIMIT 1").Scan(&s.Seq, &at, &s.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Step{}, nil
	}
	s.At = moment(at)
	return s, err
}

// step makes the next step and does to the tables what it says. blobs are bytes
// that the step has the hash of, by the table that keeps them.
func (b *batch) step(s Step, detail any, blobs map[string][]byte) (Step, error) {
	text, err := canonical(detail)
	if err != nil {
		return Step{}, err
	}
	s.Seq, s.At, s.Previous, s.Detail = b.last.Seq+1, b.at, orGenesis(b.last.Hash), string(text)
	s.Actor, s.Subject = strings.ToValidUTF8(s.Actor, "\uFFFD"), strings.ToValidUTF8(s.Subject, "\uFFFD")
	if s.Actor == "" {
		s.Actor = b.actor
	}
	if s.Hash, err = s.sum(); err != nil {
		return Step{}, err
	}
	return s, b.put(s, blobs)
}

// put writes a step as it is.
func (b *batch) put(s Step, blobs map[string][]byte) error {
	changes, err := effects(s)
	if err != nil {
		return err
	}
	if _, err := b.db.ExecContext(b.ctx, "INSERT INTO step (seq, at, actor, kind, subject, old, new, evidence_sha256, detail, prev_hash, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
		s.Seq, s.At.UnixMilli(), s.Actor, s.Kind, s.Subject, s.Old, s.New, s.Evidence, s.Detail, s.Previous, s.Hash); err != nil {
		return err
	}
	for _, c := range changes {
		if err := c.write(b.ctx, b.db, blobs[c.table]); err != nil {
			return err
		}
	}
	b.last = s
	b.steps = append(b.steps, s)
	return nil
}
