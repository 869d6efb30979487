package journal

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// Timeline returns the steps about an objectId, the hash of a plan, a supplier, an
// invoice number as the ledger writes it, a reference of ours or a bank's: its own
// and those of the instructions that have it. Oldest first.
func (s *Store) Timeline(ctx context.Context, ref string) (steps []Step, err error) {
	defer s.alone()()
	err = chain(ctx, s.conn, `WHERE subject = ?1 OR subject IN (SELECT object_id FROM instruction WHERE supplier = ?1 OR plan = ?1 OR reference = ?1
		UNION SELECT object_id FROM allocation WHERE number = ?1
		UNION SELECT subject FROM evidence WHERE utr = ?1
		UNION SELECT object_id FROM answer WHERE buyer = ?1) OR seq IN (SELECT seq FROM hold WHERE subject = ?1)`, []any{ref}, func(one Step) error {
		steps = append(steps, one)
		return nil
	})
	return steps, explain(err, s.path)
}

// A Verdict is what Verify found.
type Verdict struct {
	Steps int64  // in the chain
	Head  string // hash of the last one
	Rows  int    // of the tables, each explained by the chain
	Side  int64  // steps in the side log
}

// Verify proves the chain, the tables and the side log against each other. What
// it finds wrong is a CorruptError that names the first bad step. A run may be at
// work meanwhile: so the side log is read before and after the journal. What was
// marked as committed before, the journal must have; what the journal has, must be
// in the side log after.
func (s *Store) Verify(ctx context.Context) (Verdict, error) {
	defer s.alone()()
	before, err := readSideLog(s.options.SideLog)
	if err != nil {
		return Verdict{}, err
	}
	sure, sureHash := before.head(before.sure)
	var head Step
	var rows int
	found := sure == 0
	err = s.reading(ctx, func() (err error) {
		if err := whole(ctx, s.conn, s.path); err != nil {
			return err
		}
		if err := sameSchema(ctx, s.conn, s.path); err != nil {
			return err
		}
		if head, rows, err = s.prove(ctx); err != nil || found {
			return err
		}
		return s.conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM step WHERE seq = ? AND hash = ?)", sure, sureHash).Scan(&found)
	})
	if err != nil {
		return Verdict{}, err
	}
	after, err := readSideLog(s.options.SideLog)
	if err != nil {
		return Verdict{}, err
	}
	switch {
	case after.bad != "":
		err = sideDoubt(after.path, head.Hash, fmt.Sprintf("line %d of the side log: %s", after.badAt, after.bad))
	case !after.exists && head.Seq > 0:
		err = sideDoubt(after.path, head.Hash, fmt.Sprintf("the side log is missing, and the journal has %d steps", head.Seq))
	case !found:
		err = sideDoubt(after.path, sureHash, fmt.Sprintf("the journal ends at step %d and the side log at step %d: an older journal was put in its place", head.Seq, sure))
	case !known(after, head.Seq, head.Hash):
		err = sideDoubt(after.path, head.Hash, fmt.Sprintf("the side log does not know step %d of the journal", head.Seq))
	}
	if err != nil {
		return Verdict{}, err
	}
	return Verdict{Steps: head.Seq, Head: head.Hash, Rows: rows, Side: int64(len(after.steps))}, nil
}

// Export writes the chain as lines of JSON, the same lines as in the side log.
func (s *Store) Export(ctx context.Context, w io.Writer) error {
	defer s.alone()()
	buffered := bufio.NewWriter(w)
	err := chain(ctx, s.conn, "", nil, func(one Step) error {
		line, err := one.line(one.Hash)
		if err != nil {
			return err
		}
		_, err = buffered.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return explain(err, s.path)
	}
	return buffered.Flush()
}

// Backup writes a copy of the journal to path, which must not exist, proves the
// copy sound and returns its SHA-256 in hexadecimal. A copy of the file by other
// means may miss what SQLite has beside it.
func (s *Store) Backup(ctx context.Context, path string) (hash string, err error) {
	defer s.alone()()
	if err := s.copyTo(ctx, path); err != nil {
		return "", err
	}
	if err := s.proveCopy(ctx, path); err != nil {
		return "", errors.Join(fmt.Errorf("the copy is not sound: %w", err), os.Remove(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading the copy of the journal: %w", err)
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("reading the copy of the journal: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// copyTo has a connection of its own: one that may only read may not write a copy
// either.
func (s *Store) copyTo(ctx context.Context, path string) (err error) {
	db, conn, err := connect(ctx, s.path, false)
	if err != nil {
		return explain(err, s.path)
	}
	defer func() { err = errors.Join(err, conn.Close(), db.Close()) }()
	return vacuumInto(ctx, conn, path)
}

func (s *Store) proveCopy(ctx context.Context, path string) (err error) {
	db, conn, err := connect(ctx, path, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(), db.Close()) }()
	if err := whole(ctx, conn, path); err != nil {
		return err
	}
	if err := sameSchema(ctx, conn, path); err != nil {
		return err
	}
	copied := &Store{path: path, conn: conn}
	head, _, err := copied.prove(ctx)
	if err != nil {
		return err
	}
	last, err := lastStep(ctx, s.conn)
	if err != nil {
		return explain(err, s.path)
	}
	if head.Hash != last.Hash {
		return fmt.Errorf("it ends at step %d, and the journal at step %d", head.Seq, last.Seq)
	}
	return nil
}
