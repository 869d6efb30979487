package history

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"

	"modernc.org/sqlite" // the driver "sqlite", in pure Go
	sqlite3 "modernc.org/sqlite/lib"
)

// fileName is the database, in the folder of the store.
const fileName = "history.db"

// application marks the file as ours, in the header of an SQLite file: "recn".
const application = 0x7265636e

// A Store is the run history, open. It is safe for one run at a time; see Lock.
type Store struct {
	db   *sql.DB
	path string
}

// A CorruptError says that the run history cannot be trusted.
type CorruptError struct {
	Path   string
	Reason string
	Err    error // what lies beneath; may be nil
}

// Error says what to do about it.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("%s: %s; put back a copy of it, or move it away: the next run begins a new history, "+
		"and no invoice or payment is forgotten by that [history-corrupt]", e.Path, e.Reason)
}

func (e *CorruptError) Unwrap() error { return e.Err }

// ExitCode is that of a corrupt store (EX_DATAERR of sysexits.h).
func (e *CorruptError) ExitCode() int { return 65 }

// Open opens the history in the folder dir, and makes both where they do not
// exist.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := MakeFolder(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, fileName)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the run history: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("opening the run history: %w", err)
	}
	s, err := open(ctx, path, "rw")
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(s.explain(err), s.Close())
	}
	return s, nil
}

// OpenReadOnly opens a history that exists and changes nothing. Where there is
// none the error is fs.ErrNotExist.
func OpenReadOnly(ctx context.Context, dir string) (*Store, error) {
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("opening the run history: %w", err)
	}
	return open(ctx, path, "ro")
}

// MakeFolder makes the folder of the store, for its owner alone.
func MakeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the folder of the store: %w", err)
	}
	return nil
}

// Close closes the file.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing the run history: %w", err)
	}
	return nil
}

func open(ctx context.Context, path, mode string) (*Store, error) {
	address := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"mode":    {mode},
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "foreign_keys(1)", "synchronous(FULL)"},
	}.Encode()}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return nil, fmt.Errorf("opening the run history %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	s := &Store{db: db, path: path}
	if err := s.sound(ctx); err != nil {
		return nil, errors.Join(s.explain(err), db.Close())
	}
	return s, nil
}

// sound reads the whole file once; a history is small.
func (s *Store) sound(ctx context.Context) error {
	var verdict string
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return &CorruptError{Path: s.path, Reason: "the run history is damaged: " + verdict}
	}
	version, id, err := s.header(ctx)
	switch {
	case err != nil:
		return err
	case version > len(migrations()):
		return &CorruptError{Path: s.path, Reason: fmt.Sprintf("the run history was written by a newer version of this program (%d, this one knows %d)", version, len(migrations()))}
	case id != application && (id != 0 || version != 0):
		return &CorruptError{Path: s.path, Reason: "the file is a database of another program"}
	}
	return nil
}

func (s *Store) header(ctx context.Context) (version, id int, err error) {
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, 0, err
	}
	err = s.db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id)
	return version, id, err
}

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations returns the names of the migrations in order.
func migrations() []string {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		panic(err) // unreachable: the pattern is a constant
	}
	sort.Strings(names)
	return names
}

// migrate brings the file to the newest form. If we die here, the transaction is
// undone and the next run begins where this one did.
func (s *Store) migrate(ctx context.Context) error {
	version, _, err := s.header(ctx)
	if err != nil {
		return err
	}
	for i, name := range migrations()[version:] {
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return err
		}
		tx, err := s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("%s;\nPRAGMA user_version = %d; PRAGMA application_id = %d", text, version+i+1, application))
		if err != nil {
			return errors.Join(fmt.Errorf("migrating the run history by %s: %w", name, err), tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// explain turns what SQLite says of a damaged file into a CorruptError.
func (s *Store) explain(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_NOTADB:
			return &CorruptError{Path: s.path, Reason: "the file is not a database", Err: err}
		case sqlite3.SQLITE_CORRUPT:
			return &CorruptError{Path: s.path, Reason: "the run history is damaged", Err: err}
		}
	}
	var c *CorruptError
	if errors.As(err, &c) {
		return c
	}
	return fmt.Errorf("opening the run history %s: %w", s.path, err)
}
