package history

import (
	"context"
	"errors"
	"fmt"

	"reconcile/internal/day"
)

// A HandedOut says in which run a line of a payment was first handed out to be
// booked.
type HandedOut struct {
	Run  string
	AsOf day.Date
}

// HandOut writes down that a run is about to hand out these lines. The caller
// does so before the folder of the run appears: if we die in between, Withdraw
// finds lines of a run without a folder, and takes them back.
func (s *Store) HandOut(ctx context.Context, id string, lines []string) (err error) {
	if len(lines) == 0 {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing what run %s hands out into %s: %w", id, s.path, err)
		}
	}()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	insert, err := tx.PrepareContext(ctx, "INSERT OR IGNORE INTO postings (line, run_id) VALUES (?, ?)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	for _, line := range lines {
		if _, err := insert.ExecContext(ctx, line, id); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Withdraw takes back what runs handed out that died before their folder
// appeared; there tells whether a run has one. It is called while no run is at
// work but the caller's.
func (s *Store) Withdraw(ctx context.Context, there func(id string) bool) error {
	var dead []string
	runs, err := s.query(ctx, "SELECT "+columns+" FROM runs WHERE finished IS NULL AND run_id IN (SELECT run_id FROM postings)")
	if err != nil {
		return err
	}
	for _, r := range runs {
		if !there(r.ID) {
			dead = append(dead, r.ID)
		}
	}
	for _, id := range dead {
		if _, err := s.db.ExecContext(ctx, "DELETE FROM postings WHERE run_id = ?", id); err != nil {
			return fmt.Errorf("taking back what run %s was to hand out, in %s: %w", id, s.path, err)
		}
	}
	return nil
}

// HandedOutBefore returns which of the lines were handed out by a run of an
// earlier business date than asOf, and by which first. Runs of the same date do
// not count, so that a night that is run again says the same again; runs that
// wrote no report handed out nothing.
func (s *Store) HandedOutBefore(ctx context.Context, asOf day.Date, lines []string) (before map[string]HandedOut, err error) {
	find, err := s.db.PrepareContext(ctx, `SELECT runs.run_id, runs.as_of FROM postings JOIN runs USING (run_id)
		WHERE postings.line = ? AND runs.as_of < ? AND (runs.finished IS NULL OR runs.results_sha256 <> '')
		ORDER BY runs.as_of, runs.started, runs.run_id LIMIT 1`)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	defer func() { err = errors.Join(err, find.Close()) }()
	before = map[string]HandedOut{}
	for _, line := range lines {
		rows, err := find.QueryContext(ctx, line, asOf.String())
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", s.path, err)
		}
		for rows.Next() {
			var h HandedOut
			var text string
			if err := rows.Scan(&h.Run, &text); err != nil {
				return nil, errors.Join(fmt.Errorf("reading %s: %w", s.path, err), rows.Close())
			}
			if h.AsOf, err = day.Parse(text); err != nil {
				return nil, errors.Join(&CorruptError{Path: s.path, Reason: "a business date cannot be read", Err: err}, rows.Close())
			}
			before[line] = h
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, fmt.Errorf("reading %s: %w", s.path, err)
		}
	}
	return before, nil
}
