package source

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestFindNeverLeaves tries every way out of the fixed leading folder of a
// pattern: links to folders and files, relative and absolute, and dots behind a
// wildcard.
func TestFindNeverLeaves(t *testing.T) {
	dir := tree(t, "secret/a.csv", "in/real/a.csv")
	in := filepath.Join(dir, "in")
	for name, target := range map[string]string{
		"folder":   "../secret",
		"absolute": filepath.Join(dir, "secret"),
		"deep":     "real/../../secret",
	} {
		if err := os.Symlink(target, filepath.Join(in, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "secret", "a.csv"), filepath.Join(in, "real", "b.csv")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pattern string
		found   int
		refused bool
	}{
		{"*/a.csv", 0, true},
		{"f*/a.csv", 0, true},
		{"abs*/a.csv", 0, true},
		{"d*/a.csv", 0, true},
		{"real/b*", 0, true},
		{"real/a*", 1, false},
		{"r*/../../secret/a.csv", 0, false},
		{"*/../*/../../secret/*.csv", 0, true},
	} {
		refs, err := Find(in, []string{c.pattern})
		_, refused := errors.AsType[*RefusedError](err)
		if len(refs) != c.found || refused != c.refused {
			t.Errorf("%s: got %q and %v, want %d files, refused %v", c.pattern, paths(refs), err, c.found, c.refused)
		}
	}
}
