package history

import (
	"context"
	"encoding/json"
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
	list, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, "INSERT OR IGNORE INTO postings (line, run_id) SELECT value, ? FROM json_each(?)", id, string(list))
	return err
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

// HandedOutElsewhere returns which of the lines were handed out by a run of
// another business date than asOf, and by which first. A later date counts too,
// for a missed night may be made up for. Runs of the same date do not count, so
// that a night that is run again says the same again; runs that wrote no report
// handed out nothing.
func (s *Store) HandedOutElsewhere(ctx context.Context, asOf day.Date, lines []string) (before map[string]HandedOut, err error) {
	before = map[string]HandedOut{}
	if len(lines) == 0 {
		return before, nil
	}
	list, err := json.Marshal(lines)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	rows, err := s.db.QueryContext(ctx, `SELECT postings.line, runs.run_id, runs.as_of
		FROM json_each(?) AS asked JOIN postings ON postings.line = asked.value JOIN runs USING (run_id)
		WHERE runs.as_of <> ? AND (runs.finished IS NULL OR runs.results_sha256 <> '')
		ORDER BY runs.as_of DESC, runs.started DESC, runs.run_id DESC`, string(list), asOf.String())
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var h HandedOut
		var line, text string
		if err := rows.Scan(&line, &h.Run, &text); err != nil {
			return nil, fmt.Errorf("reading %s: %w", s.path, err)
		}
		if h.AsOf, err = day.Parse(text); err != nil {
			return nil, &CorruptError{Path: s.path, Reason: "a business date cannot be read", Err: err}
		}
		before[line] = h // the first run comes last
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	return before, nil
}
