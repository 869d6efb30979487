package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// A Side is whose payments are known: each is known by others.
type Side int

const (
	Made     Side = iota + 1 // by us
	Received                 // by us as a supplier
)

// Known returns what was known so far of the payments of one side, in a form that
// is for others to read; nil where there is none.
func (s *Store) Known(ctx context.Context, of Side) (marks []byte, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT marks FROM known WHERE id = ?", of).Scan(&marks)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	return marks, nil
}

// SetKnown puts marks in the place of those that are there. It is on disk when it
// returns, so that what a run does next cannot be known without them.
func (s *Store) SetKnown(ctx context.Context, of Side, marks []byte) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO known (id, marks) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET marks = excluded.marks", of, marks)
	if err != nil {
		return fmt.Errorf("writing what is known into %s: %w", s.path, err)
	}
	return nil
}
