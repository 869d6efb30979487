package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"reconcile/internal/money"
)

// Options say where the other half of a journal is and who opens it.
type Options struct {
	SideLog string           // the path of the side log; it should be on another disk than the journal
	Now     func() time.Time // the clock; the journal keeps UTC to the millisecond
	Actor   string           // who opens: a person's login, or the service's name
	Zone    *time.Location   // whose midnight begins a new day of Caps.Day; nil means India's
	DayCap  money.Paise      // the most that is sent in a day, besides the cap of the plan; 0 is no limit

	// Remote names the file system of a folder where neither locks nor fsync can be
	// relied on, empty where they can; nil asks the system.
	Remote func(dir string) (kind string, err error)

	// First is asked before a journal is begun where neither it nor the side log has
	// a single step: the error says why this cannot be the first. Nil means that
	// nobody knows better.
	First func() error
}

// A Store is a journal, open. Its methods may be called at once and run one after
// the other.
type Store struct {
	mu       sync.Mutex // over conn and all that follows
	options  Options
	path     string
	db       *sql.DB
	conn     *sql.Conn
	side     *sideWriter // nil where it was opened to be read
	readOnly bool
	fence    int64

	recovering bool  // two people have signed that the clock may go back
	broken     error // after a failure that leaves open what is on disk
}

// File returns the path of the journal in the folder dir.
func File(dir string) string { return filepath.Join(dir, fileName) }

// Open opens the journal in the folder dir for writing, makes it where neither
// it nor its side log exists, and takes a new fence: whoever had it open before
// can change nothing more (submit.ErrFenced). The caller holds the lock of the
// store (history.Lock).
//
// Every doubt is a CorruptError, which is submit.ErrDoubt and has exit code 65:
// a damaged or altered file, tables that the chain does not explain, a side log
// that tells another story, a clock that stands before the last step.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	s, existed, err := openFile(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx, existed); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openFile opens the database for writing, brings it to the newest form and finds
// it to be the file that we wrote; whether its content holds together is for the
// caller.
func openFile(ctx context.Context, dir string, o Options) (s *Store, existed bool, err error) {
	if o.SideLog == "" || o.Now == nil || o.Actor == "" {
		return nil, false, errors.New("a journal needs a side log, a clock and somebody who opens it")
	}
	if o.Zone == nil {
		o.Zone = time.FixedZone("IST", 5*3600+1800)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, false, fmt.Errorf("making the folder of the store: %w", err)
	}
	if err := o.local(dir); err != nil {
		return nil, false, err
	}
	path := filepath.Join(dir, fileName)
	if existed, err = plain(path, "journal-corrupt"); err != nil {
		return nil, false, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, false, &DiskError{path, err}
	}
	if err := errors.Join(f.Close(), toDisk(dir)); err != nil {
		return nil, false, &DiskError{path, err}
	}
	s = &Store{options: o, path: path}
	if s.db, s.conn, err = connect(ctx, path, false); err != nil {
		return nil, false, explain(err, path)
	}
	version, err := sound(ctx, s.conn, path)
	if err == nil {
		err = s.first(ctx, version)
	}
	if err == nil {
		err = migrate(ctx, s.conn, path, migrationFiles, version)
	}
	if err == nil {
		err = sameSchema(ctx, s.conn, path)
	}
	if err != nil {
		return nil, false, errors.Join(err, s.Close())
	}
	return s, existed, nil
}

// first asks whether there may be a first step. That a file is there says nothing:
// it may be empty, or its only line torn.
func (s *Store) first(ctx context.Context, version int) error {
	if version > 0 {
		head, err := lastStep(ctx, s.conn)
		if err != nil || head.Seq > 0 {
			return explain(err, s.path)
		}
	}
	l, err := readSideLog(s.options.SideLog)
	if err != nil || len(l.steps) > 0 || l.bad != "" {
		return err // what is there of a doubt is found where the two are compared
	}
	return s.options.first()
}

func (o *Options) first() error {
	if o.First == nil {
		return nil
	}
	return o.First()
}

// start proves the journal, ends the side log cleanly and takes the fence.
func (s *Store) start(ctx context.Context, existed bool) error {
	// Where the lock of the store was taken away, another process may be at work:
	// between the comparison and the note nobody may commit what is noted as void.
	if err := s.frozen(ctx, "BEGIN IMMEDIATE", func() error { return s.compare(ctx, existed) }); err != nil {
		return err
	}
	return s.takeFence(ctx)
}

// compare holds the journal to its chain and to the side log, and notes there
// what became of the last batch.
func (s *Store) compare(ctx context.Context, existed bool) error {
	head, _, err := s.prove(ctx)
	if err != nil {
		return err
	}
	l, err := readSideLog(s.options.SideLog)
	if err != nil {
		return err
	}
	t, err := agree(head, l, existed)
	if err != nil {
		return err
	}
	if err := clockDoubt(s.path, head, s.options.Now()); err != nil {
		return err
	}
	if s.side, err = openSideLog(s.options.SideLog, l.size); err != nil {
		return err
	}
	if t.cut {
		if err := s.side.cut(l.good); err != nil {
			return err
		}
	}
	if t.note == "" {
		return nil
	}
	return s.side.note(t.note, t.seq, t.hash, true)
}

// prove holds the tables to the chain.
func (s *Store) prove(ctx context.Context) (head Step, rows int, err error) {
	head, rows, wrong, err := proof(ctx, s.conn)
	if err != nil {
		return head, 0, explain(err, s.path)
	}
	if wrong != nil {
		return head, 0, &CorruptError{Path: s.path, Seq: wrong.seq, What: wrong.what, Check: "journal-chain",
			Do: "nothing is sent by it. Put back a backup, or move the file away, and run `reconcile recover`: the side log knows every step"}
	}
	return head, rows, nil
}

func (s *Store) takeFence(ctx context.Context) error {
	var fence int64
	err := s.write(ctx, true, func(b *batch) error {
		err := b.db.QueryRowContext(ctx, "SELECT fence FROM lease").Scan(&fence)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		fence++
		_, err = b.step(Step{Kind: kindOpened, Subject: subjectOfTheLot}, opened{fence}, nil)
		return err
	})
	s.fence = fence
	return err
}

// OpenReadOnly opens a journal that exists, to be looked at while a run may be
// at work. Its methods that change something fail. Where there is none the error
// is fs.ErrNotExist. The chain is proved; the side log only by Verify.
func OpenReadOnly(ctx context.Context, dir string, o Options) (*Store, error) {
	if o.Now == nil {
		return nil, errors.New("a journal needs a clock")
	}
	if err := o.local(dir); err != nil && errors.As(err, new(*CorruptError)) {
		return nil, err
	}
	path := filepath.Join(dir, fileName)
	there, err := plain(path, "journal-corrupt")
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, fmt.Errorf("opening the journal: %s: %w", path, fs.ErrNotExist)
	}
	s := &Store{options: o, path: path, readOnly: true}
	if s.db, s.conn, err = connect(ctx, path, true); err != nil {
		return nil, explain(err, path)
	}
	err = s.reading(ctx, func() error {
		version, err := sound(ctx, s.conn, path)
		if err != nil {
			return err
		}
		if version == 0 {
			return fmt.Errorf("%s is empty: %w", path, fs.ErrNotExist)
		}
		if version < len(migrations(migrationFiles)) {
			return &CorruptError{Path: path, Check: CheckOutdated, What: "it was written by an older version of this program",
				Do: "`reconcile propose` brings it up to date and sends nothing, and so does the next run"}
		}
		if err := sameSchema(ctx, s.conn, path); err != nil {
			return err
		}
		_, _, err = s.prove(ctx)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Clock returns what Open would say of the clock: a CorruptError where it stands
// well before the last step.
func (s *Store) Clock(ctx context.Context) error {
	defer s.alone()()
	head, err := lastStep(ctx, s.conn)
	if err != nil {
		return explain(err, s.path)
	}
	return clockDoubt(s.path, head, s.options.Now().UTC())
}

// Agrees returns what Open would say of the side log: a CorruptError where it tells
// another story. The caller holds the lock of the store, so that the two are of one
// moment.
func (s *Store) Agrees(ctx context.Context) error {
	defer s.alone()()
	head, err := lastStep(ctx, s.conn)
	if err != nil {
		return explain(err, s.path)
	}
	l, err := readSideLog(s.options.SideLog)
	if err != nil {
		return err
	}
	_, err = agree(head, l, true)
	return err
}

// alone waits for the others and returns what lets the next one go on.
func (s *Store) alone() (done func()) {
	s.mu.Lock()
	return s.mu.Unlock
}

// reading runs fn on one state of the file, whoever writes meanwhile.
func (s *Store) reading(ctx context.Context, fn func() error) error {
	return s.frozen(ctx, "BEGIN DEFERRED", fn)
}

// frozen runs fn, which changes nothing, in a transaction that begins so.
func (s *Store) frozen(ctx context.Context, begin string, fn func() error) (err error) {
	if _, err := s.conn.ExecContext(ctx, begin); err != nil {
		return explain(err, s.path)
	}
	defer func() {
		_, undo := s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, ignoreIdle(undo))
	}()
	return explain(fn(), s.path)
}

// Close closes the files. Whatever was promised is on disk already.
func (s *Store) Close() error {
	err := errors.Join(s.conn.Close(), s.db.Close())
	if s.side != nil {
		err = errors.Join(err, s.side.close())
	}
	if err != nil {
		return fmt.Errorf("closing the journal: %w", err)
	}
	return nil
}
