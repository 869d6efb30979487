package journal

import (
	"context"
	"errors"
	"path/filepath"
)

// Doubt returns what Open would refuse the journal in the folder dir for, a
// CorruptError whose From two people sign to recover it or what Options.First says,
// and nil where Open would take it. It changes nothing: neither file is made, brought to a newer form or
// noted in. The caller holds the lock of the store, so that the two are of one
// moment.
func Doubt(ctx context.Context, dir string, o Options) error {
	if o.SideLog == "" || o.Now == nil {
		return errors.New("a journal needs a side log and a clock")
	}
	if err := o.local(dir); err != nil && errors.As(err, new(*CorruptError)) {
		return err
	}
	path := filepath.Join(dir, fileName)
	existed, err := plain(path, "journal-corrupt")
	if err != nil {
		return err
	}
	var head Step
	if existed {
		if head, err = headOf(ctx, path, o); err != nil {
			return err
		}
	}
	l, err := readSideLog(o.SideLog)
	if err != nil {
		return err
	}
	if _, err := agree(head, l, existed); err != nil {
		return err
	}
	if head.Seq == 0 && len(l.steps) == 0 {
		return o.first()
	}
	return clockDoubt(path, head, o.Now())
}

// headOf proves the file and returns its last step. One that an older version
// wrote is proved when it is brought to the newest form; until then its end alone
// is compared.
func headOf(ctx context.Context, path string, o Options) (head Step, err error) {
	s := &Store{options: o, path: path, readOnly: true}
	if s.db, s.conn, err = connect(ctx, path, true); err != nil {
		return Step{}, explain(err, path)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = s.reading(ctx, func() error {
		version, err := sound(ctx, s.conn, path)
		switch {
		case err != nil || version == 0:
			return err
		case version < len(migrations(migrationFiles)):
			head, err = lastStep(ctx, s.conn)
			return err
		}
		if err := sameSchema(ctx, s.conn, path); err != nil {
			return err
		}
		head, _, err = s.prove(ctx)
		return err
	})
	return head, err
}
