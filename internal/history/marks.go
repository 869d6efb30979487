package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"reconcile/internal/day"
)

// A Mark is that a run was, and how it ended: what a schedule and a monitor ask.
type Mark struct {
	ID       string
	Kind     string
	AsOf     day.Date
	Started  time.Time
	Finished time.Time // zero: interrupted, or still at work
	ExitCode int
	Reported bool // it wrote a report
}

// Marks returns one for every run, in the order in which they began.
func (s *Store) Marks(ctx context.Context) (marks []Mark, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT run_id, kind, as_of, started, coalesce(finished, ''), coalesce(exit_code, 0),
		finished IS NOT NULL AND results_sha256 <> '' FROM runs ORDER BY started, run_id`)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var m Mark
		var asOf, started, finished string
		if err := rows.Scan(&m.ID, &m.Kind, &asOf, &started, &finished, &m.ExitCode, &m.Reported); err != nil {
			return nil, fmt.Errorf("reading %s: %w", s.path, err)
		}
		if m.AsOf, err = day.Parse(asOf); err != nil {
			return nil, &CorruptError{Path: s.path, Reason: "a business date cannot be read", Err: err}
		}
		if m.Started, err = time.Parse(time.RFC3339Nano, started); err == nil && finished != "" {
			m.Finished, err = time.Parse(time.RFC3339Nano, finished)
		}
		if err != nil {
			return nil, &CorruptError{Path: s.path, Reason: "a time cannot be read", Err: err}
		}
		marks = append(marks, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	return marks, nil
}
