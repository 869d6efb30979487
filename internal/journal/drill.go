package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// A Drill is what a restore of a copy came to.
type Drill struct {
	Steps  int64     // in the copy
	Head   string    // hash of its last step
	At     time.Time // of the last step
	Behind int       // steps of the side log that the copy lacks, and that a recovery would take over
	Unsure []string  // instructions whose outcome would not be known after that: they were being sent
	Void   []string  // instructions that would be withdrawn: never begun, and their request is in no copy
}

// Rehearse restores a copy of the journal into the folder dir, which must be empty,
// and recovers it there by the side log as it is now. Nothing outside dir is
// changed. An error means that the copy is of no use, and says why.
func Rehearse(ctx context.Context, path, dir string, o Options) (d *Drill, err error) {
	if err := copyFile(path, File(dir)); err != nil {
		return nil, err
	}
	o.Actor = "drill"
	s, _, err := openFile(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	head, _, err := s.prove(ctx)
	if err != nil {
		return nil, err
	}
	l, err := readSideLog(o.SideLog)
	if err != nil {
		return nil, err
	}
	switch {
	case !l.exists:
		return nil, sideDoubt(o.SideLog, "", "the side log is missing, and nobody can say what happened since the copy")
	case l.bad != "":
		return nil, sideDoubt(o.SideLog, "", fmt.Sprintf("line %d of the side log: %s", l.badAt, l.bad))
	case !known(l, head.Seq, orGenesis(head.Hash)):
		return nil, sideDoubt(o.SideLog, "", fmt.Sprintf("the side log does not know step %d of the copy %s: it is of another journal", head.Seq, path))
	}
	missing := l.steps[head.Seq:]
	d = &Drill{Steps: head.Seq, Head: head.Hash, At: head.At, Behind: len(missing)}
	s.recovering = true
	err = s.write(ctx, false, func(b *batch) error {
		for _, one := range missing {
			if err := b.put(one, nil); err != nil {
				return fmt.Errorf("taking over step %d of the side log: %w", one.Seq, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if _, _, err := s.prove(ctx); err != nil {
		return nil, err
	}
	return d, d.left(ctx, s)
}

// left says what a recovery would have to settle.
func (d *Drill) left(ctx context.Context, s *Store) error {
	return explain(each(ctx, s.conn, "SELECT object_id, state FROM instruction WHERE state = 'SENDING' OR (state = 'INTENT' AND body IS NULL) ORDER BY object_id", nil, func(rows *sql.Rows) error {
		var id, state string
		if err := rows.Scan(&id, &state); err != nil {
			return err
		}
		if state == "SENDING" {
			d.Unsure = append(d.Unsure, id)
		} else {
			d.Void = append(d.Void, id)
		}
		return nil
	}), s.path)
}

// copyFile copies a file into a new one, for its owner alone.
func copyFile(from, to string) (err error) {
	if _, err := plain(from, "journal-corrupt"); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("opening the copy of the journal: %w", err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return &DiskError{to, err}
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(&DiskError{to, err}, out.Close())
	}
	return out.Close()
}
