package history

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"reconcile/internal/day"
)

const (
	// casesKept is of how many business dates the exceptions are kept: enough to
	// run any day of the last quarter again and get the same report.
	casesKept = 100

	// maxCases is how large the text of one snapshot may be: a million exceptions.
	maxCases = 512 << 20
)

// keepCases keeps the exceptions of a run, and lets those of long ago go.
func keepCases(ctx context.Context, tx *sql.Tx, id string, snapshot []byte) error {
	if len(snapshot) > maxCases {
		return fmt.Errorf("the exceptions are %d bytes, and %d can be kept", len(snapshot), maxCases)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(snapshot); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO cases (run_id, snapshot) VALUES (?, ?)", id, packed.Bytes()); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM cases WHERE run_id IN (SELECT run_id FROM runs WHERE as_of < (
		SELECT min(as_of) FROM (SELECT DISTINCT as_of FROM runs NATURAL JOIN cases ORDER BY as_of DESC LIMIT ?)))`, casesKept)
	return err
}

// Cases returns the exceptions that a run kept, and false where it kept none: it
// wrote no report, or is of long ago, or of a version that did not compare.
func (s *Store) Cases(ctx context.Context, id string) ([]byte, bool, error) {
	var packed []byte
	err := s.db.QueryRowContext(ctx, "SELECT snapshot FROM cases WHERE run_id = ?", id).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading %s: %w", s.path, err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, false, &CorruptError{Path: s.path, Reason: "the exceptions of run " + id + " cannot be read", Err: err}
	}
	text, err := io.ReadAll(io.LimitReader(z, maxCases+1))
	if err != nil || len(text) > maxCases {
		return nil, false, &CorruptError{Path: s.path, Reason: "the exceptions of run " + id + " cannot be read", Err: err}
	}
	return text, true, nil
}

// Last returns the run that wrote the newest report, whatever its business date:
// what a controller may have before him. Newest is what was begun last, which no
// clock decides that is set back. It returns false where there is none.
func (s *Store) Last(ctx context.Context) (Run, bool, error) {
	runs, err := s.query(ctx, "SELECT "+columns+` FROM runs WHERE finished IS NOT NULL AND results_sha256 <> ''
		ORDER BY rowid DESC LIMIT 1`)
	if err != nil || len(runs) == 0 {
		return Run{}, false, err
	}
	return runs[0], true, nil
}

// Overtaken tells whether a run of a later business date has written a report.
func (s *Store) Overtaken(ctx context.Context, asOf day.Date) (later bool, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM runs WHERE as_of > ? AND results_sha256 <> '')", asOf.String()).Scan(&later)
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", s.path, err)
	}
	return later, nil
}
