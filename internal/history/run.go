package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"reconcile/internal/day"
)

// A Run is one row of the history.
type Run struct {
	ID       string // such as 2026-11-21-run-01
	Kind     string // run, match
	AsOf     day.Date
	Version  string // of the program
	Started  time.Time
	Finished time.Time // zero: interrupted, or still at work

	ExitCode       int
	Inputs         string // JSON
	ResultsSHA256  string // in hexadecimal; empty where nothing was written
	WorkbookSHA256 string
	Totals         string // JSON
}

// An Ending is what a run leaves behind.
type Ending struct {
	Finished       time.Time
	ExitCode       int
	Inputs         []byte // JSON; nil where nothing was read
	ResultsSHA256  string
	WorkbookSHA256 string
	Totals         []byte // JSON; nil where nothing was counted
	Outputs        []Output
	Cases          []byte // what the run knew of all exceptions; nil where it wrote no report
}

// ErrUnknownRun means that there is no such run, or that it has ended already.
var ErrUnknownRun = errors.New("no such run is at work")

// Begin writes down that a run has started and returns its id: the business
// date, the kind, and the next number of both. taken says of an id that it is in
// use elsewhere, such as by a folder of a report; it may be nil.
func (s *Store) Begin(ctx context.Context, asOf day.Date, kind, version string, started time.Time, taken func(id string) bool) (string, error) {
	id, err := s.begin(ctx, asOf, kind, version, started, taken)
	if err != nil {
		return "", fmt.Errorf("writing the start of the run into %s: %w", s.path, err)
	}
	return id, nil
}

func (s *Store) begin(ctx context.Context, asOf day.Date, kind, version string, started time.Time, taken func(string) bool) (string, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	var last sql.NullInt64
	err = tx.QueryRowContext(ctx, "SELECT max(sequence) FROM runs WHERE as_of = ? AND kind = ?", asOf.String(), kind).Scan(&last)
	if err != nil {
		return "", err
	}
	next := last.Int64 + 1
	for taken != nil && taken(runID(asOf, kind, next)) {
		next++
	}
	id := runID(asOf, kind, next)
	_, err = tx.ExecContext(ctx, "INSERT INTO runs (run_id, kind, as_of, sequence, version, started) VALUES (?, ?, ?, ?, ?, ?)",
		id, kind, asOf.String(), next, version, stamp(started))
	if err != nil {
		return "", err
	}
	return id, tx.Commit()
}

func runID(asOf day.Date, kind string, sequence int64) string {
	return fmt.Sprintf("%s-%s-%02d", asOf, kind, sequence)
}

// Finish writes down how the run ended, and what it wrote. A run ends once; one
// that wrote no report has handed out nothing.
func (s *Store) Finish(ctx context.Context, id string, e Ending) error {
	if err := s.finish(ctx, id, e); err != nil {
		return fmt.Errorf("writing the end of run %s into %s: %w", id, s.path, err)
	}
	return nil
}

func (s *Store) finish(ctx context.Context, id string, e Ending) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	done, err := tx.ExecContext(ctx, `UPDATE runs SET finished = ?, exit_code = ?, inputs = ?, results_sha256 = ?, workbook_sha256 = ?, totals = ?
		WHERE run_id = ? AND finished IS NULL`,
		stamp(e.Finished), e.ExitCode, orElse(e.Inputs, "[]"), e.ResultsSHA256, e.WorkbookSHA256, orElse(e.Totals, "{}"), id)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrUnknownRun, err)
	}
	for _, o := range e.Outputs {
		if _, err := tx.ExecContext(ctx, "INSERT INTO outputs (run_id, name, bytes, sha256) VALUES (?, ?, ?, ?)", id, o.Name, o.Bytes, o.SHA256); err != nil {
			return err
		}
	}
	if e.Cases != nil && e.ResultsSHA256 != "" {
		if err := keepCases(ctx, tx, id, e.Cases); err != nil {
			return err
		}
	}
	if e.ResultsSHA256 == "" {
		if _, err := tx.ExecContext(ctx, "DELETE FROM postings WHERE run_id = ?", id); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// columns are those of a Run, in its order.
const columns = "run_id, kind, as_of, version, started, coalesce(finished, ''), coalesce(exit_code, 0), inputs, results_sha256, workbook_sha256, totals"

// Previous returns the run with which a run of asOf is compared: the last of an
// earlier business date that wrote a report. It returns false where there is
// none.
func (s *Store) Previous(ctx context.Context, asOf day.Date) (Run, bool, error) {
	runs, err := s.query(ctx, "SELECT "+columns+` FROM runs WHERE as_of < ? AND finished IS NOT NULL AND results_sha256 <> ''
		ORDER BY as_of DESC, finished DESC, run_id DESC LIMIT 1`, asOf.String())
	if err != nil || len(runs) == 0 {
		return Run{}, false, err
	}
	return runs[0], true, nil
}

// List returns all runs, the latest business date first.
func (s *Store) List(ctx context.Context) ([]Run, error) {
	return s.query(ctx, "SELECT "+columns+" FROM runs ORDER BY as_of DESC, started DESC, run_id DESC")
}

// Unfinished returns the runs that began and never ended: while the caller holds
// the lock and has begun none, those that died.
func (s *Store) Unfinished(ctx context.Context) ([]Run, error) {
	return s.query(ctx, "SELECT "+columns+" FROM runs WHERE finished IS NULL ORDER BY run_id")
}

func (s *Store) query(ctx context.Context, query string, args ...any) (runs []Run, err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r Run
		var asOf, started, finished string
		err := rows.Scan(&r.ID, &r.Kind, &asOf, &r.Version, &started, &finished, &r.ExitCode, &r.Inputs, &r.ResultsSHA256, &r.WorkbookSHA256, &r.Totals)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", s.path, err)
		}
		if r.AsOf, err = day.Parse(asOf); err != nil {
			return nil, &CorruptError{Path: s.path, Reason: "a business date cannot be read", Err: err}
		}
		if r.Started, err = time.Parse(time.RFC3339Nano, started); err != nil {
			return nil, &CorruptError{Path: s.path, Reason: "a time cannot be read", Err: err}
		}
		if finished != "" {
			if r.Finished, err = time.Parse(time.RFC3339Nano, finished); err != nil {
				return nil, &CorruptError{Path: s.path, Reason: "a time cannot be read", Err: err}
			}
		}
		runs = append(runs, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	return runs, nil
}

// stamp writes a time so that text order is time order.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

func orElse(b []byte, empty string) string {
	if b == nil {
		return empty
	}
	return string(b)
}
