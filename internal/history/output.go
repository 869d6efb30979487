package history

import (
	"context"
	"errors"
	"fmt"
)

// An Output is one file that a run wrote, as it was.
type Output struct {
	Name   string // in the folder of the run, with slashes; "facts" for what the store keeps of it
	Bytes  int64
	SHA256 string // in hexadecimal
}

// FactsName is the name of the output that is kept in the store and not in the
// folder of the run.
const FactsName = "facts"

// outputsSince is the migration that made room for outputs.
const outputsSince = 2

// Outputs returns the files that a run wrote, by name; none where it wrote no
// report, or was written by a version that did not note them.
func (s *Store) Outputs(ctx context.Context, id string) (list []Output, err error) {
	version, _, err := s.header(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	if version < outputsSince {
		return nil, nil // opened for reading alone, and as the first version left it
	}
	rows, err := s.db.QueryContext(ctx, "SELECT name, bytes, sha256 FROM outputs WHERE run_id = ? ORDER BY name", id)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var o Output
		if err := rows.Scan(&o.Name, &o.Bytes, &o.SHA256); err != nil {
			return nil, fmt.Errorf("reading %s: %w", s.path, err)
		}
		list = append(list, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	return list, nil
}

// Find returns one run by its id, and false where there is none.
func (s *Store) Find(ctx context.Context, id string) (Run, bool, error) {
	runs, err := s.query(ctx, "SELECT "+columns+" FROM runs WHERE run_id = ?", id)
	if err != nil || len(runs) == 0 {
		return Run{}, false, err
	}
	return runs[0], true, nil
}
