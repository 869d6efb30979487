package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reconcile/internal/submit"
)

// tamper does to the file what somebody would who knows SQLite well: the triggers
// are dropped, the script is run, and they are made again as they were.
func tamper(t *testing.T, path, script string) {
	t.Helper()
	ctx := context.Background()
	db := must(sql.Open("sqlite", path))(t)
	defer db.Close()
	db.SetMaxOpenConns(1)
	rows := must(db.QueryContext(ctx, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid"))(t)
	var drop, create strings.Builder
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&drop, "DROP TRIGGER %s;\n", name)
		fmt.Fprintf(&create, "%s;\n", text)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, "PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = 1; BEGIN;\n"+drop.String()+script+";\n"+create.String()+"COMMIT"); err != nil {
		t.Fatalf("%s: %v", script, err)
	}
}

// A copy is a journal and its side log in a folder of their own.
type copied struct {
	dir     string
	options Options
}

func copyOf(t testing.TB, b *bench, journal, side []byte) copied {
	t.Helper()
	root := t.TempDir()
	c := copied{filepath.Join(root, "state"), b.options}
	c.options.SideLog = filepath.Join(root, "side", "steps.jsonl")
	for path, bytes := range map[string][]byte{filepath.Join(c.dir, fileName): journal, c.options.SideLog: side} {
		if bytes == nil {
			continue
		}
		b.ok(os.MkdirAll(filepath.Dir(path), 0o700))
		b.ok(os.WriteFile(path, bytes, 0o600))
	}
	return c
}

func (c copied) file() string { return filepath.Join(c.dir, fileName) }

// files reads both. Between two transactions the file of the journal is whole.
func (b *bench) files() (journal, side []byte) {
	b.t.Helper()
	return must(os.ReadFile(b.file()))(b.t), must(os.ReadFile(b.options.SideLog))(b.t)
}

// inDoubt wants a CorruptError with exit code 65 that is submit.ErrDoubt.
func inDoubt(t testing.TB, err error) *CorruptError {
	t.Helper()
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) || !errors.Is(err, submit.ErrDoubt) || corrupt.ExitCode() != 65 || corrupt.Check == "" {
		t.Errorf("got %v, want a doubt", err)
		return &CorruptError{}
	}
	return corrupt
}

// Every value of every row of every table, changed behind the back of the triggers.
func TestEveryChangedValueIsFound(t *testing.T) {
	t.Parallel()
	b, _ := theBench(t)
	_, hash, err := b.Head(t.Context())
	b.ok(err)
	b.shut()
	journal, side := b.files()
	every := append(tables(), table{name: "step", key: 1, columns: []string{"seq", "at", "actor", "kind", "subject", "old", "new", "evidence_sha256", "detail", "prev_hash", "hash"}})
	for _, table := range every {
		columns := append([]string{}, table.columns...)
		for _, more := range []string{table.summed, table.blob} {
			if more != "" {
				columns = append(columns, more)
			}
		}
		for _, column := range columns {
			c := copyOf(t, b, journal, side)
			row := "rowid = (SELECT max(rowid) FROM " + table.name + ")"
			if table.blob == column {
				row += " AND " + column + " IS NOT NULL"
			}
			tamper(t, c.file(), fmt.Sprintf("UPDATE %s SET %s = CASE typeof(%s) WHEN 'integer' THEN %s + 1 WHEN 'text' THEN iif(%s = '', 'x', substr(%s, 2)) WHEN 'blob' THEN X'00' ELSE 1 END WHERE %s",
				table.name, column, column, column, column, column, row))
			s, err := Open(t.Context(), c.dir, c.options)
			if err == nil {
				if table.blob == column && count(t, s.conn, table.name+" WHERE "+row) == 0 {
					_ = s.Close()
					continue // there were no bytes to change
				}
				_ = s.Close()
				t.Errorf("%s.%s was changed, and the journal opened", table.name, column)
				continue
			}
			if corrupt := inDoubt(t, err); corrupt.Seq == 0 && corrupt.Check == "journal-chain" {
				t.Errorf("%s.%s: the doubt names no step: %v", table.name, column, corrupt)
			}
		}
		c := copyOf(t, b, journal, side)
		tamper(t, c.file(), "DELETE FROM "+table.name+" WHERE rowid = (SELECT max(rowid) FROM "+table.name+")")
		_, err := Open(t.Context(), c.dir, c.options)
		inDoubt(t, err)
	}
	t.Logf("the head was %s", hash)
}

// The first bad step is named, wherever it is: one that was changed, that is
// missing, or that changed places with the next.
func TestVerifyNamesTheFirstBadStep(t *testing.T) {
	t.Parallel()
	b, _ := theBench(t)
	steps := b.steps()
	b.shut()
	journal, side := b.files()
	for seq := int64(1); seq <= steps; seq++ {
		for what, script := range map[string]string{
			"changed": "UPDATE step SET actor = 'somebody else' WHERE seq = %d",
			"deleted": "DELETE FROM step WHERE seq = %d",
			"swapped": "UPDATE step SET seq = -seq WHERE seq IN (%[1]d, %[1]d + 1); UPDATE step SET seq = 2 * %[1]d + 1 + seq WHERE seq < 0",
		} {
			if what == "swapped" && seq == steps {
				continue // it has no next
			}
			c := copyOf(t, b, journal, side)
			tamper(t, c.file(), fmt.Sprintf(script, seq))
			_, err := OpenReadOnly(t.Context(), c.dir, c.options)
			if corrupt := inDoubt(t, err); corrupt.Seq != seq {
				t.Errorf("step %d was %s: got %v", seq, what, err)
			}
		}
	}
}

func TestDroppedTriggersAreNoticed(t *testing.T) {
	t.Parallel()
	b, _ := theBench(t)
	rows := must(b.conn.QueryContext(t.Context(), "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"))(t)
	var drops []string
	for rows.Next() {
		var kind, name string
		b.ok(rows.Scan(&kind, &name))
		drops = append(drops, "DROP "+kind+" "+name)
	}
	b.ok(errors.Join(rows.Err(), rows.Close()))
	if len(drops) < 50 {
		t.Fatalf("got %d triggers and indexes, want more than 50", len(drops))
	}
	b.shut()
	journal, side := b.files()
	for _, drop := range drops {
		c := copyOf(t, b, journal, side)
		db := must(sql.Open("sqlite", c.file()))(t)
		_, err := db.Exec(drop)
		b.ok(errors.Join(err, db.Close()))
		_, err = Open(t.Context(), c.dir, c.options)
		if corrupt := inDoubt(t, err); corrupt.Check != "journal-corrupt" {
			t.Errorf("%s: got %v", drop, err)
		}
	}
}

// Bytes are flipped and files cut anywhere. Whatever opens all the same says what
// it said before: the byte was of no use.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	flips, cuts := 30, 10
	if os.Getenv("RECONCILE_SOAK") != "" {
		flips, cuts = 1_000, 200
	}
	b, _ := theBench(t)
	want := fmt.Sprintf("%+v", must(b.Entries(t.Context(), true))(t))
	b.shut()
	journal, side := b.files()
	random := rand.New(rand.NewPCG(1, 2))
	opened := 0
	try := func(name string, journal, side []byte) {
		t.Helper()
		c := copyOf(t, b, journal, side)
		s, err := Open(t.Context(), c.dir, c.options)
		if err != nil {
			inDoubt(t, err)
			return
		}
		opened++
		defer s.Close()
		if got := fmt.Sprintf("%+v", must(s.Entries(t.Context(), true))(t)); got != want {
			t.Errorf("%s: the journal opened and tells another story", name)
		}
	}
	for range flips {
		at, bit := random.IntN(len(journal)), byte(1)<<random.IntN(8)
		changed := append([]byte{}, journal...)
		changed[at] ^= bit
		try(fmt.Sprintf("journal byte %d", at), changed, side)
		at = random.IntN(len(side))
		changed = append([]byte{}, side...)
		changed[at] ^= bit
		try(fmt.Sprintf("side log byte %d", at), journal, changed)
	}
	for _, lost := range []int{1, 1000, 4095} { // of the last page: SQLite calls that a short read
		c := copyOf(t, b, journal[:len(journal)-lost], side)
		_, err := Open(t.Context(), c.dir, c.options)
		inDoubt(t, err)
	}
	for range cuts {
		try("cut", journal[:random.IntN(len(journal))], side)
		try("side log cut", journal, side[:random.IntN(len(side))])
	}
	t.Logf("%d of %d damaged pairs opened, as they were", opened, 2*(flips+cuts))
	if os.Getenv("RECONCILE_SOAK") != "" && !t.Failed() {
		fmt.Printf("PROOF  %-84s × %7d = 0 violations\n", "P14: a flipped bit or a lost end of the journal or the side log alone", 2*(flips+cuts))
	}
	if opened > flips {
		t.Errorf("%d of %d opened: too many to be of bytes without use", opened, 2*(flips+cuts))
	}
}
