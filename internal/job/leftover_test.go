package job

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"reconcile/internal/history"
)

// A run that died while it wrote its report has left a hidden folder. The next one
// removes it, and nothing else.
func TestLeftoversOfDeadRuns(t *testing.T) {
	in := input(t, "2026-11-21")
	store, err := history.Open(t.Context(), in.Config.Path(in.Config.Store))
	if err != nil {
		t.Fatal(err)
	}
	begin := func() string {
		id, err := store.Begin(t.Context(), in.AsOf, KindRun, "test", in.Now(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	dead, ended := begin(), begin()
	if err := store.Finish(t.Context(), ended, history.Ending{Finished: in.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	output := in.Config.Path(in.Config.Output)
	for _, name := range []string{"." + dead + ".tmp-123/csv", "." + dead + ".tmp-", "." + dead + ".tmp-12x", "." + ended + ".tmp-123", ".2026-11-20-run-01.tmp-123"} {
		if err := os.MkdirAll(filepath.Join(output, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := filepath.Join(t.TempDir(), "books")
	if err := os.Mkdir(elsewhere, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(output, "."+dead+".tmp-456")); err != nil {
		t.Fatal(err)
	}

	done, err := Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(output)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	want := []string{"." + dead + ".tmp-", "." + dead + ".tmp-12x", "." + dead + ".tmp-456", "." + ended + ".tmp-123", ".2026-11-20-run-01.tmp-123", filepath.Base(done.Folder)}
	slices.Sort(want)
	if !slices.Equal(got, want) || !exists(elsewhere) {
		t.Errorf("got %q in the output, want %q", got, want)
	}
}
