package job

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/foldcache"
)

// logsOf returns the folder of the event logs of a run.
func logsOf(t *testing.T, in Input) string {
	t.Helper()
	return filepath.Join(in.Config.Dir, filepath.Dir(in.Config.Events.Files[0]))
}

// split puts every line of the one log of the world into a file of its own.
func split(t *testing.T, in Input) {
	t.Helper()
	folder := logsOf(t, in)
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Fatalf("the world has logs %v (%v), want one", files, err)
	}
	content, err := os.ReadFile(filepath.Join(folder, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder, files[0].Name())); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.SplitAfter(strings.TrimSpace(string(content)), "\n") {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("m%d.jsonl", i)), []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLogsThatAreRenamedWhileTheyAreRead rotates logs behind the reader: what was
// found is not there any more, or was moved to where the reader has been.
func TestLogsThatAreRenamedWhileTheyAreRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		rotate func(t *testing.T, folder string)
	}{
		{"renamed", func(t *testing.T, folder string) {
			mustDo(t, os.Rename(filepath.Join(folder, "m1.jsonl"), filepath.Join(folder, "a.jsonl")))
		}},
		{"renamed, and begun anew", func(t *testing.T, folder string) {
			mustDo(t, os.Rename(filepath.Join(folder, "m1.jsonl"), filepath.Join(folder, "a.jsonl")))
			mustDo(t, os.WriteFile(filepath.Join(folder, "m1.jsonl"), nil, 0o600))
		}},
		{"packed", func(t *testing.T, folder string) {
			content, err := os.ReadFile(filepath.Join(folder, "m1.jsonl"))
			mustDo(t, err)
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, err = z.Write(content)
			mustDo(t, err)
			mustDo(t, z.Close())
			mustDo(t, os.WriteFile(filepath.Join(folder, "a.jsonl"), b.Bytes(), 0o600))
			mustDo(t, os.Remove(filepath.Join(folder, "m1.jsonl")))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := input(t, "2026-11-21")
			split(t, in)
			calm, err := Run(t.Context(), in)
			mustDo(t, err)
			mustDo(t, os.RemoveAll(filepath.Join(in.Config.Path(in.Config.Store), foldcache.Folder)))
			rotated := false
			in.Progress = func(what string, _, _ int64) {
				if what == "bytes of events" && !rotated {
					rotated = true
					c.rotate(t, logsOf(t, in))
				}
			}
			done, err := Run(t.Context(), in)
			mustDo(t, err)
			if !rotated {
				t.Fatal("nothing was rotated, so nothing was tried")
			}
			if diff := cmp.Diff(calm.Summary.Totals, done.Summary.Totals); diff != "" {
				t.Errorf("the totals differ (-calm +rotated):\n%s", diff)
			}
			if got, want := len(done.Facts.Result.Lines), len(calm.Facts.Result.Lines); got != want {
				t.Errorf("got %d payment lines, want %d", got, want)
			}
		})
	}
}

// TestARotationWithoutEnd renames a log each time the logs are read.
func TestARotationWithoutEnd(t *testing.T) {
	in := input(t, "2026-11-21")
	split(t, in)
	folder, n := logsOf(t, in), 0
	in.Progress = func(what string, _, _ int64) {
		if what == "bytes of events" {
			old := "m1.jsonl"
			if n > 0 {
				old = fmt.Sprintf("n%d.jsonl", n)
			}
			n++
			mustDo(t, os.Rename(filepath.Join(folder, old), filepath.Join(folder, fmt.Sprintf("n%d.jsonl", n))))
		}
	}
	_, err := Run(t.Context(), in)
	if Code(err) != ExitIO || !strings.Contains(err.Error(), "[logs-moving]") {
		t.Errorf("got %v, want that the logs are renamed while they are read", err)
	}
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
