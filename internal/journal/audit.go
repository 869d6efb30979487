package journal

import (
	"context"
	"io"
	"time"
)

// A Step is one link of the chain, as Export writes it.
type Step struct {
	Seq      int64     // from 1
	At       time.Time // UTC, to the millisecond
	Actor    string
	Kind     string // what happened: BEGUN, PAID, DECIDED …
	Subject  string // an objectId, the hash of a plan, a supplier
	Old, New string // states; empty where it is about none
	Evidence string // SHA-256 of what proves it, in hexadecimal; may be empty
	Detail   string // canonical JSON
	Previous string // hash of the step before
	Hash     string // SHA-256 over all that stands above
}

// Timeline returns the steps of an objectId, of a plan by its hash, or of a
// supplier, oldest first.
func (s *Store) Timeline(ctx context.Context, ref string) ([]Step, error) { return nil, errLater }

// A Verdict is what Verify found.
type Verdict struct {
	Steps int64  // in the chain
	Head  string // hash of the last one
	Rows  int    // of the tables, each explained by the chain
	Side  int64  // steps in the side log
}

// Verify proves the chain, the tables and the side log against each other. What
// it finds wrong is a CorruptError that names the first bad step.
func (s *Store) Verify(ctx context.Context) (Verdict, error) { return Verdict{}, errLater }

// Export writes the chain as lines of JSON, the same lines as in the side log.
func (s *Store) Export(ctx context.Context, w io.Writer) error { return errLater }

// Backup writes a copy of the journal to path, which must not exist, proves the
// copy sound and returns its SHA-256 in hexadecimal.
func (s *Store) Backup(ctx context.Context, path string) (sha256 string, err error) {
	return "", errLater
}
