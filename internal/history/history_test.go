package history

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/day"
)

func open21(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func date(t *testing.T, s string) day.Date {
	t.Helper()
	d, err := day.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func begin(t *testing.T, s *Store, asOf, kind string, taken func(string) bool) string {
	t.Helper()
	id, err := s.Begin(t.Context(), date(t, asOf), kind, "v1", time.Date(2026, 11, 22, 1, 30, 0, 0, time.UTC), taken)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func finish(t *testing.T, s *Store, id, results string) {
	t.Helper()
	err := s.Finish(t.Context(), id, Ending{Finished: time.Date(2026, 11, 22, 1, 31, 0, 0, time.UTC), ExitCode: 10,
		Inputs: []byte(`[{"path":"l.csv"}]`), ResultsSHA256: results, WorkbookSHA256: "w", Totals: []byte(`{"due":1}`)})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNumbers(t *testing.T) {
	s := open21(t, t.TempDir())
	folders := map[string]bool{"2026-11-21-run-03": true, "2026-11-21-run-04": true}
	taken := func(id string) bool { return folders[id] }
	for _, want := range []string{"2026-11-21-run-01", "2026-11-21-run-02", "2026-11-21-run-05"} {
		if got := begin(t, s, "2026-11-21", "run", taken); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got, want := begin(t, s, "2026-11-21", "match", nil), "2026-11-21-match-01"; got != want {
		t.Errorf("another kind: got %s, want %s", got, want)
	}
	if got, want := begin(t, s, "2026-11-22", "run", nil), "2026-11-22-run-01"; got != want {
		t.Errorf("another date: got %s, want %s", got, want)
	}
	for range 100 {
		begin(t, s, "2026-11-23", "run", nil)
	}
	if got, want := begin(t, s, "2026-11-23", "run", nil), "2026-11-23-run-101"; got != want {
		t.Errorf("after a hundred: got %s, want %s", got, want)
	}
}

func TestPrevious(t *testing.T) {
	s := open21(t, t.TempDir())
	finish(t, s, begin(t, s, "2026-11-19", "run", nil), "first")
	finish(t, s, begin(t, s, "2026-11-20", "run", nil), "second")
	finish(t, s, begin(t, s, "2026-11-20", "match", nil), "") // wrote no report
	begin(t, s, "2026-11-20", "run", nil)                     // interrupted
	finish(t, s, begin(t, s, "2026-11-21", "run", nil), "same date")
	tests := []struct {
		asOf, want string
		found      bool
	}{
		{"2026-11-21", "second", true},
		{"2026-11-20", "first", true},
		{"2026-11-19", "", false},
		{"2026-12-31", "same date", true},
	}
	for _, tt := range tests {
		got, found, err := s.Previous(t.Context(), date(t, tt.asOf))
		if err != nil || found != tt.found || got.ResultsSHA256 != tt.want {
			t.Errorf("before %s: got %q, %v, %v; want %q, %v", tt.asOf, got.ResultsSHA256, found, err, tt.want, tt.found)
		}
	}
}

func TestListReadsWhatWasWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder with #, ? and %")
	s := open21(t, dir)
	id := begin(t, s, "2026-11-21", "run", nil)
	finish(t, s, id, "r")
	if err := s.Finish(t.Context(), id, Ending{}); !errors.Is(err, ErrUnknownRun) {
		t.Errorf("a second end: got %v, want %v", err, ErrUnknownRun)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenReadOnly(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	got, err := again.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Run{{
		ID: "2026-11-21-run-01", Kind: "run", AsOf: date(t, "2026-11-21"), Version: "v1",
		Started:  time.Date(2026, 11, 22, 1, 30, 0, 0, time.UTC),
		Finished: time.Date(2026, 11, 22, 1, 31, 0, 0, time.UTC), ExitCode: 10,
		Inputs: `[{"path":"l.csv"}]`, ResultsSHA256: "r", WorkbookSHA256: "w", Totals: `{"due":1}`,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := again.Begin(t.Context(), date(t, "2026-11-21"), "run", "v1", time.Time{}, nil); err == nil {
		t.Error("a history opened for reading was written to")
	}
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	open21(t, dir)
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for name, want := range map[string]fs.FileMode{".": 0o700, fileName: 0o600, lockName: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %04o, want %04o", name, got, want)
		}
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := Lock(dir); !errors.As(err, &locked) || locked.ExitCode() != 75 {
		t.Errorf("a second lock: got %v, want a LockedError", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, err = Lock(dir)
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
}

func TestCorrupt(t *testing.T) {
	ctx := context.Background()
	tests := map[string]func(t *testing.T, path string){
		"not a database": func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("this is a shopping list, and no database at all"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"torn": func(t *testing.T, path string) {
			if err := os.Truncate(path, 4096+100); err != nil {
				t.Fatal(err)
			}
		},
		"overwritten": func(t *testing.T, path string) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 4096; i < len(b); i++ {
				b[i] = 0xa5
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"of a newer version": func(t *testing.T, path string) { execute(t, path, "PRAGMA user_version = 99") },
		"of another program": func(t *testing.T, path string) { execute(t, path, "PRAGMA application_id = 7") },
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open21(t, dir)
			finish(t, s, begin(t, s, "2026-11-21", "run", nil), "r")
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			damage(t, filepath.Join(dir, fileName))
			var corrupt *CorruptError
			if _, err := Open(ctx, dir); !errors.As(err, &corrupt) || corrupt.ExitCode() != 65 {
				t.Errorf("Open: got %v, want a CorruptError", err)
			}
			if _, err := OpenReadOnly(ctx, dir); !errors.As(err, &corrupt) {
				t.Errorf("OpenReadOnly: got %v, want a CorruptError", err)
			}
		})
	}
}

func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnlyMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if _, err := OpenReadOnly(t.Context(), dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder was made")
	}
}
