package journal

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"reconcile/internal/submit"
)

// early are the first so many migrations: what an older version of the program
// made a journal with.
func early(t testing.TB, version int) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range migrations(migrationFiles)[:version] {
		files[name] = &fstest.MapFile{Data: must(fs.ReadFile(migrationFiles, name))(t)}
	}
	return files
}

// older is the journal of b as a program of that version would have written it,
// each step held to the triggers of its time, and its side log. What that version
// knew no kind of ends it.
func older(t testing.TB, b *bench, version int) copied {
	t.Helper()
	ctx := context.Background()
	c := copyOf(t, b, []byte{}, []byte{})
	db, conn, err := connect(ctx, c.file(), false)
	b.ok(err)
	defer func() { b.ok(errors.Join(conn.Close(), db.Close())) }()
	b.ok(migrate(ctx, conn, c.file(), early(t, version), 0))
	x := &batch{ctx: ctx, db: conn}
	const alarmsHaveEvidence = 5 // since this version; for us to write an older one, they have it for a moment
	if version < alarmsHaveEvidence {
		b.ok(errOnly(conn.ExecContext(ctx, "ALTER TABLE alarm ADD COLUMN evidence_sha256 TEXT")))
	}
	b.ok(errOnly(conn.ExecContext(ctx, "BEGIN IMMEDIATE")))
	b.ok(ignoreEnough(chain(ctx, b.conn, "", nil, func(s Step) error {
		if version == 1 && s.Kind == KindNoted {
			return errEnough
		}
		return x.put(s, blobsOf(t, b, s.Seq))
	})))
	b.ok(errOnly(conn.ExecContext(ctx, "COMMIT")))
	if version < alarmsHaveEvidence {
		b.ok(errOnly(conn.ExecContext(ctx, "ALTER TABLE alarm DROP COLUMN evidence_sha256")))
	}
	b.ok(writeSideLog(c.options.SideLog, x.steps))
	return c
}

// TestSchemaHash: every start compares the schema with what is written down here,
// which is what the migrations make.
func TestSchemaHash(t *testing.T) {
	db := must(sql.Open("sqlite", "file::memory:?_dqs=0"))(t)
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := migrate(t.Context(), db, ":memory:", migrationFiles, 0); err != nil {
		t.Fatal(err)
	}
	if got := must(schemaHash(t.Context(), db))(t); got != schemaSHA256 {
		t.Errorf("the migrations make a schema of hash %s: write that into schemaSHA256, which is %s", got, schemaSHA256)
	}
}

func errOnly(_ sql.Result, err error) error { return err }

func ignoreEnough(err error) error {
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// blobsOf are the bytes that came with a step.
func blobsOf(t testing.TB, b *bench, seq int64) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, one := range tables() {
		if one.blob == "" {
			continue
		}
		var bytes []byte
		err := b.conn.QueryRowContext(t.Context(), "SELECT "+one.blob+" FROM "+one.name+" WHERE seq = ?", seq).Scan(&bytes)
		if err == nil {
			found[one.name] = bytes
		} else if !errors.Is(err, sql.ErrNoRows) {
			t.Fatal(err)
		}
	}
	return found
}

// upgraded opens an older journal, and holds it to be the newest form of the same
// story, with which payments go on.
func upgraded(t testing.TB, name string, c copied, want []submit.Entry) {
	t.Helper()
	s, err := Open(t.Context(), c.dir, c.options)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	defer s.Close()
	if _, err := s.Verify(t.Context()); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if got := must(s.Entries(t.Context(), true))(t); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("%s: the journal tells another story:\n%+v\nwant\n%+v", name, got, want)
	}
	if _, err := s.Begin(t.Context(), objectID("intent"), noon); err != nil {
		t.Errorf("%s: what waited cannot be sent: %v", name, err)
	}
	if _, err := s.Move(t.Context(), objectID("part"), submit.SaysReturned, evidenceOf("part", submit.SaysPaid), []int{1}); err != nil {
		t.Errorf("%s: a return is refused: %v", name, err)
	}
}

// A journal of every earlier version, with a payment of every kind in it, is
// brought to the newest form by whoever opens it, and a copy of it stays.
func TestOlderJournalsAreUpgraded(t *testing.T) {
	t.Parallel()
	b, _ := theBench(t)
	want := must(b.Entries(t.Context(), true))(t)
	newest := len(migrations(migrationFiles))
	for version := 1; version < newest; version++ {
		c := older(t, b, version)
		var outdated *CorruptError
		if _, err := OpenReadOnly(t.Context(), c.dir, c.options); !errors.As(err, &outdated) || outdated.Check != CheckOutdated {
			t.Errorf("version %d, to be read: got %v, want to be sent to the next run", version, err)
		}
		if err := Doubt(t.Context(), c.dir, c.options); err != nil {
			t.Errorf("version %d is in doubt: %v", version, err)
		}
		upgraded(t, fmt.Sprintf("version %d", version), c, want)
		kept := must(sql.Open("sqlite", fmt.Sprintf("%s.before-%d", c.file(), newest)))(t)
		var had int
		b.ok(kept.QueryRow("PRAGMA user_version").Scan(&had))
		b.ok(kept.Close())
		if had != version {
			t.Errorf("the copy of version %d says that it is of version %d", version, had)
		}
	}
}

// Whoever dies in a migration, after any of its statements, with the copy made or
// half made, leaves a journal that the next start brings up to date.
func TestCrashInAMigration(t *testing.T) {
	t.Parallel()
	b, _ := theBench(t)
	want := must(b.Entries(t.Context(), true))(t)
	names := migrations(migrationFiles)
	tried, hot := 0, 0
	for version := 1; version < len(names); version++ {
		c := older(t, b, version)
		clean := must(os.ReadFile(c.file()))(t)
		side := must(os.ReadFile(c.options.SideLog))(t)
		statements := strings.SplitAfter(string(must(fs.ReadFile(migrationFiles, names[version]))(t)), ";\n")
		for n := 1; n <= len(statements); n++ {
			journal, undo := crashed(t, b, c, strings.Join(statements[:n], ""))
			if undo != nil && !bytes.Equal(journal, clean) {
				hot++
			}
			died := copyOf(t, b, journal, side)
			if undo != nil {
				b.ok(os.WriteFile(died.file()+"-journal", undo, 0o600))
			}
			for _, left := range []string{"", ".new"} {
				b.ok(os.WriteFile(fmt.Sprintf("%s.before-%d%s", died.file(), len(names), left), clean[:len(clean)/2], 0o600))
			}
			upgraded(t, fmt.Sprintf("%s, dead after %d of %d statements", names[version], n, len(statements)), died, want)
			tried++
		}
	}
	t.Logf("%d deaths, %d of them with half a migration on disk", tried, hot)
	if hot < len(names)-1 {
		t.Errorf("only %d of %d left half a migration on disk: the test does not try what it says", hot, tried)
	}
}

// crashed does a part of a migration and returns what is on disk while its
// transaction is open: the file, and what SQLite keeps to undo it.
func crashed(t testing.TB, b *bench, c copied, part string) (journal, undo []byte) {
	t.Helper()
	ctx := context.Background()
	db, conn, err := connect(ctx, c.file(), false)
	b.ok(err)
	defer func() { b.ok(errors.Join(conn.Close(), db.Close())) }()
	// A cache of nothing: every page goes to disk at once.
	b.ok(errOnly(conn.ExecContext(ctx, "PRAGMA cache_size = 0; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;\n"+part)))
	journal = must(os.ReadFile(c.file()))(t)
	undo, err = os.ReadFile(c.file() + "-journal")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	b.ok(errOnly(conn.ExecContext(ctx, "ROLLBACK")))
	return journal, undo
}

// A migration is done in a transaction of its own, after a copy was made. One that
// failed leaves its copy, and the next one is made over it.
func TestMigrationKeepsACopy(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "old.db")
	first := fstest.MapFS{"migrations/0001_a.sql": {Data: []byte("CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7)")}}
	must(os.Create(path))(t).Close()
	db, conn, err := connect(ctx, path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(conn.Close(), db.Close()) }()
	if err := migrate(ctx, conn, path, first, 0); err != nil {
		t.Fatal(err)
	}
	broken := fstest.MapFS{"migrations/0001_a.sql": first["migrations/0001_a.sql"], "migrations/0002_b.sql": {Data: []byte("DELETE FROM a; nonsense")}}
	if err := migrate(ctx, conn, path, broken, 1); err == nil {
		t.Error("a migration in no words went through")
	}
	if n := count(t, conn, "a WHERE x = 7"); n != 1 {
		t.Errorf("half a migration stayed: got %d rows, want 1", n)
	}
	if _, err := os.Stat(path + ".before-2"); err != nil {
		t.Errorf("no copy was made: %v", err)
	}
	if _, err := conn.ExecContext(ctx, "INSERT INTO a VALUES (9)"); err != nil {
		t.Fatal(err)
	}
	second := fstest.MapFS{"migrations/0001_a.sql": first["migrations/0001_a.sql"], "migrations/0002_b.sql": {Data: []byte("UPDATE a SET x = x + 1")}}
	if err := migrate(ctx, conn, path, second, 1); err != nil {
		t.Fatal(err)
	}
	old := must(sql.Open("sqlite", path+".before-2"))(t)
	defer old.Close()
	if a, b := count(t, conn, "a WHERE x IN (8, 10)"), count(t, old, "a WHERE x IN (7, 9)"); a != 2 || b != 2 {
		t.Errorf("got %d new rows and %d in the copy, want two each: the copy is of what was there last", a, b)
	}
	names := must(filepath.Glob(path + ".*"))(t)
	if !slices.Equal(names, []string{path + ".before-2"}) {
		t.Errorf("got the files %v, want the copy alone", names)
	}
}
