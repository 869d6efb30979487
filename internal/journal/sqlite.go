package journal

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
	"strings"

	"modernc.org/sqlite" // the driver "sqlite", in pure Go
	sqlite3 "modernc.org/sqlite/lib"
)

// fileName is the database, in the folder of the store.
const fileName = "journal.db"

// application marks the file as ours, in the header of an SQLite file: "recj".
const application = 0x7265636a

//go:embed migrations/*.sql
var migrationFiles embed.FS

// connect opens the database with one connection. In writing, a commit is on disk
// when it returns, and so is the deletion of SQLite's own rollback journal
// (synchronous EXTRA). In reading, query_only forbids changes; the mode stays rw,
// because after a crash even a reader has to roll back what was half written.
func connect(ctx context.Context, path string, readOnly bool) (*sql.DB, *sql.Conn, error) {
	pragmas := []string{"busy_timeout(30000)", "journal_mode(DELETE)", "synchronous(EXTRA)", "foreign_keys(1)",
		"recursive_triggers(1)", "trusted_schema(0)", "cell_size_check(1)",
		"secure_delete(1)"} // what is erased is overwritten
	if readOnly {
		pragmas = []string{"busy_timeout(30000)", "query_only(1)", "foreign_keys(1)", "trusted_schema(0)", "cell_size_check(1)"}
	}
	address := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"mode": {"rw"}, "_txlock": {"immediate"}, "_dqs": {"0"}, "_defensive": {"1"}, "_pragma": pragmas,
	}.Encode()}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, conn, nil
}

// sound reads every page, and looks whether the file is a journal of a version
// that this program knows. An empty file is one of version 0.
func sound(ctx context.Context, db database, path string) (version int, err error) {
	if err := whole(ctx, db, path); err != nil {
		return 0, err
	}
	var id int
	if err := errors.Join(db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version),
		db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id)); err != nil {
		return 0, explain(err, path)
	}
	switch {
	case version > len(migrations(migrationFiles)):
		return 0, damaged(path, fmt.Sprintf("the file was written by a newer version of this program (%d, this one knows %d)", version, len(migrations(migrationFiles))), nil)
	case id != application && (id != 0 || version != 0):
		return 0, damaged(path, "the file is a database of another program", nil)
	}
	return version, nil
}

// whole reads every page. quick_check would be faster and does not look whether an
// index still says what its table says: one flipped bit there, and an instruction
// is not found.
func whole(ctx context.Context, db database, path string) error {
	var verdict string
	err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict)
	var e *sqlite.Error
	switch {
	case errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_ERROR: // a CHECK that cannot even be asked
		return damaged(path, "the file is damaged", err)
	case err != nil:
		return explain(err, path)
	case verdict != "ok":
		return damaged(path, "the file is damaged: "+verdict, nil)
	}
	return nil
}

// migrations returns the names of the migrations in order.
func migrations(files fs.FS) []string {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		panic(err) // unreachable: the pattern is a constant
	}
	sort.Strings(names)
	return names
}

// migrate brings the file from version to the newest form, each migration in a
// transaction of its own. Where there is something to lose a copy is made first,
// and it stays.
func migrate(ctx context.Context, db database, path string, files fs.FS, version int) error {
	names := migrations(files)
	if version > 0 && version < len(names) {
		if err := keep(ctx, db, fmt.Sprintf("%s.before-%d", path, len(names))); err != nil {
			return err
		}
	}
	for i, name := range names[min(version, len(names)):] {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		script := fmt.Sprintf("BEGIN IMMEDIATE;\n%s;\nPRAGMA user_version = %d; PRAGMA application_id = %d; COMMIT", text, version+i+1, application)
		if _, err := db.ExecContext(ctx, script); err != nil {
			_, undo := db.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			return errors.Join(fmt.Errorf("migrating the journal by %s: %w", name, explain(err, path)), ignoreIdle(undo))
		}
	}
	return nil
}

// keep makes the copy that stays, as the file is now. It has the name only when it
// is whole: whoever died while it was made, or while the file was migrated, makes
// it anew.
func keep(ctx context.Context, db database, path string) error {
	half := path + ".new"
	if err := os.Remove(half); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &DiskError{half, err}
	}
	if err := vacuumInto(ctx, db, half); err != nil {
		return err
	}
	if err := os.Rename(half, path); err != nil {
		return &DiskError{path, err}
	}
	return toDisk(filepath.Dir(path))
}

// ignoreIdle forgets that there was nothing to roll back.
func ignoreIdle(err error) error {
	if err != nil && strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return err
}

// schemaHash is over every statement that made the schema: without its triggers
// the file would accept anything.
func schemaHash(ctx context.Context, db database) (hash string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT type || char(10) || name || char(10) || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var all strings.Builder
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return "", err
		}
		fmt.Fprintf(&all, "%s\n\n", one)
	}
	return digest([]byte(all.String())), rows.Err()
}

// schemaSHA256 is the hash of the schema that the migrations make; a test holds it
// to them.
const schemaSHA256 = "154fc2336f4a62f82041de5769af53101354260dd4d713148fb1464f9dfbf9f7"

// sameSchema compares the schema of a file with that of a journal just made.
func sameSchema(ctx context.Context, db database, path string) error {
	got, err := schemaHash(ctx, db)
	if err != nil {
		return explain(err, path)
	}
	if got != schemaSHA256 {
		return damaged(path, "a table, trigger or index of it was changed or dropped", nil)
	}
	return nil
}

// vacuumInto writes a copy to path, for its owner alone, and brings it to disk.
func vacuumInto(ctx context.Context, db database, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("making a copy of the journal: %w", err)
	}
	if err := f.Close(); err != nil {
		return &DiskError{path, err}
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return errors.Join(&DiskError{path, err}, os.Remove(path))
	}
	return errors.Join(toDisk(path), toDisk(filepath.Dir(path)))
}

// toDisk brings a file, or the names in a folder, to disk.
func toDisk(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return &DiskError{path, err}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return &DiskError{path, err}
	}
	return nil
}

// explain turns what SQLite says into an error for a person.
func explain(err error, path string) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Code() == sqlite3.SQLITE_IOERR_SHORT_READ { // no disk makes a file shorter
		return damaged(path, "the end of the file is missing", err)
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return damaged(path, "the file is not a database", err)
	case sqlite3.SQLITE_CORRUPT:
		return damaged(path, "the file is damaged", err)
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM:
		return &DiskError{path, err}
	case sqlite3.SQLITE_BUSY:
		return &BusyError{path, err}
	case sqlite3.SQLITE_CONSTRAINT:
		return refusedBySQL(e)
	}
	return fmt.Errorf("the journal %s: %w", path, err)
}

// damaged is the doubt about the file itself. Recover does not help while it is
// there: but without it, Recover makes it anew from the side log.
func damaged(path, what string, err error) error {
	return &CorruptError{Path: path, What: what, Check: "journal-corrupt", Err: err,
		Do: "nothing is sent by it. Put back a backup, or move the file away, and run `reconcile recover`: the side log knows every step"}
}
