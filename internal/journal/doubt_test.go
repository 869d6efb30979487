package journal

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"reconcile/internal/submit"
)

// Doubt says what Open says, word for word, and leaves every file as it is.
func TestDoubtOnlyLooks(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(b *bench, old []byte)
		want  bool // a doubt
	}{
		{"all is well", func(*bench, []byte) {}, false},
		{"nothing was ever written", func(b *bench, _ []byte) {
			b.ok(os.Remove(b.file()))
			b.ok(os.Remove(b.options.SideLog))
		}, false},
		{"died in the middle of a line of the side log", func(b *bench, _ []byte) { b.append(`{"prepared":`) }, false},
		{"an older journal", func(b *bench, old []byte) { b.ok(os.WriteFile(b.file(), old, 0o600)) }, true},
		{"no journal", func(b *bench, _ []byte) { b.ok(os.Remove(b.file())) }, true},
		{"an empty journal", func(b *bench, _ []byte) { b.ok(os.Truncate(b.file(), 0)) }, true},
		{"no side log", func(b *bench, _ []byte) { b.ok(os.Remove(b.options.SideLog)) }, true},
		{"a damaged journal", func(b *bench, old []byte) { b.ok(os.WriteFile(b.file(), old[:len(old)/2], 0o600)) }, true},
		{"a clock of yesterday", func(b *bench, _ []byte) { b.now = b.now.Add(-24 * time.Hour) }, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
			b.shut()
			old, err := os.ReadFile(b.file())
			b.ok(err)
			b.open()
			b.begin("one")
			b.move("one", submit.Acknowledged)
			b.shut()
			test.spoil(b, old)

			before := b.everything()
			said := Doubt(t.Context(), b.dir, b.options)
			if after := b.everything(); !maps.Equal(before, after) {
				t.Errorf("the files were changed: got %d of them, want the %d as they were", len(after), len(before))
			}
			s, opened := Open(t.Context(), b.dir, b.options)
			if opened == nil {
				b.ok(s.Close())
			}
			if (said != nil) != test.want || text(said) != text(opened) {
				t.Errorf("got %q, want what Open says: %q", text(said), text(opened))
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// append writes behind the end of the side log.
func (b *bench) append(line string) {
	b.t.Helper()
	f, err := os.OpenFile(b.options.SideLog, os.O_APPEND|os.O_WRONLY, 0)
	b.ok(err)
	_, err = f.WriteString(line)
	b.ok(err)
	b.ok(f.Close())
}

// everything returns what the store and the folder of the side log hold, by path.
func (b *bench) everything() map[string]string {
	b.t.Helper()
	all := make(map[string]string)
	b.ok(filepath.WalkDir(filepath.Dir(b.dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all[path] = string(content)
		return err
	}))
	return all
}

// A journal is begun only where neither half has a step, and whoever opens it is
// asked before that: a file that is there and says nothing is no journal.
func TestFirstIsAsked(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(b *bench)
		want  bool // asked
	}{
		{"a journal", func(*bench) {}, false},
		{"no journal", func(b *bench) { b.ok(os.Remove(b.file())) }, false},
		{"an empty journal", func(b *bench) { b.ok(os.Truncate(b.file(), 0)) }, false},
		{"no side log", func(b *bench) { b.ok(os.Remove(b.options.SideLog)) }, false},
		{"nothing at all", func(b *bench) { b.lose() }, true},
		{"both are empty", func(b *bench) {
			b.ok(os.Truncate(b.file(), 0))
			b.ok(os.Truncate(b.options.SideLog, 0))
		}, true},
		{"a torn line of the side log", func(b *bench) {
			b.lose()
			b.ok(os.WriteFile(b.options.SideLog, []byte(`{"actor":`), 0o600))
		}, true},
		{"a database of nothing", func(b *bench) {
			b.lose()
			b.ok(os.WriteFile(b.file(), nil, 0o600))
			db, conn, err := connect(b.t.Context(), b.file(), false)
			b.ok(err)
			_, err = conn.ExecContext(b.t.Context(), "CREATE TABLE one (a); DROP TABLE one")
			b.ok(errors.Join(err, conn.Close(), db.Close()))
		}, true},
		{"died before the first step", func(b *bench) {
			b.lose()
			s, _, err := openFile(b.t.Context(), b.dir, b.options)
			b.ok(err)
			b.ok(s.Close())
		}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.shut()
			test.spoil(b)
			asked := errors.New("there was one before")
			b.options.First = func() error { return asked }

			said := Doubt(t.Context(), b.dir, b.options)
			s, opened := Open(t.Context(), b.dir, b.options)
			if opened == nil {
				b.ok(s.Close())
			}
			if errors.Is(opened, asked) != test.want || text(said) != text(opened) {
				t.Errorf("got %q of Open and %q of Doubt, want that it asks: %v", text(opened), text(said), test.want)
			}
		})
	}
}

// lose removes both halves.
func (b *bench) lose() {
	b.t.Helper()
	b.ok(os.Remove(b.file()))
	b.ok(os.Remove(b.options.SideLog))
}
