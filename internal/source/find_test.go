package source

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// tree makes the files, each with its own name as content, and returns the folder.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func paths(refs []Ref) []string {
	var p []string
	for _, r := range refs {
		p = append(p, r.Path())
	}
	return p
}

func TestFind(t *testing.T) {
	dir := tree(t, "conf/ledger/b.csv", "conf/ledger/a.csv", "conf/ledger/~$a.csv", "conf/ledger/.a.csv",
		"conf/ledger/2026/c.csv", "conf/events.jsonl", "other/d.csv")
	base := filepath.Join(dir, "conf")
	for _, c := range []struct {
		name     string
		patterns []string
		want     []string
	}{
		{"relative", []string{"ledger/*.csv"}, []string{"ledger/a.csv", "ledger/b.csv"}},
		{"literal", []string{"events.jsonl"}, []string{"events.jsonl"}},
		{"dot", []string{"./ledger/a.csv"}, []string{"ledger/a.csv"}},
		{"folder", []string{"ledger/*/*.csv"}, []string{"ledger/2026/c.csv"}},
		{"folder is no file", []string{"ledger/*"}, []string{"ledger/a.csv", "ledger/b.csv"}},
		{"twice", []string{"ledger/*.csv", "ledger/a.*"}, []string{"ledger/a.csv", "ledger/b.csv"}},
		{"above", []string{"../other/*.csv"}, []string{"../other/d.csv"}},
		{"absolute inside", []string{filepath.ToSlash(base) + "/ledger/a*"}, []string{"ledger/a.csv"}},
		{"absolute outside", []string{filepath.ToSlash(dir) + "/other/d.csv"}, []string{filepath.ToSlash(dir) + "/other/d.csv"}},
		{"either", []string{"ledger/*.xlsx", "ledger/a.*"}, []string{"ledger/a.csv"}},
		{"none", nil, nil},
	} {
		got, err := Find(base, c.patterns)
		if err != nil || !slices.Equal(paths(got), c.want) {
			t.Errorf("%s: got %q and %v, want %q", c.name, paths(got), err, c.want)
		}
	}
	for _, c := range []struct{ patterns, missing []string }{
		{[]string{"ledger/*.xlsx"}, []string{"ledger/*.xlsx"}},
		{[]string{"ledger/*.xlsx", "nowhere/*.csv"}, []string{"ledger/*.xlsx", "nowhere/*.csv"}},
		{[]string{"events.jsonl", "nowhere.csv"}, []string{"nowhere.csv"}},
	} {
		_, err := Find(base, c.patterns)
		if e, ok := errors.AsType[*NotFoundError](err); !ok || !slices.Equal(e.Patterns, c.missing) {
			t.Errorf("Find(%q) = %v, want a NotFoundError of %q", c.patterns, err, c.missing)
		}
	}
	if _, err := Find(base, []string{"ledger/[a"}); err == nil {
		t.Error("a pattern that cannot be understood is accepted")
	}
}

func TestFindConfined(t *testing.T) {
	dir := tree(t, "secret.csv", "in/a.csv")
	in := filepath.Join(dir, "in")
	if err := os.Symlink("a.csv", filepath.Join(in, "b.csv")); err != nil {
		t.Fatal(err)
	}
	got, err := Find(in, []string{"*.csv"})
	if want := []string{"a.csv"}; err != nil || !slices.Equal(paths(got), want) {
		t.Errorf("a link inside: got %q and %v, want the file once", paths(got), err)
	}
	if err := os.Symlink("../secret.csv", filepath.Join(in, "c.csv")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(in, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"c*", "pipe"} {
		_, err := Find(in, []string{pattern})
		if _, ok := errors.AsType[*RefusedError](err); !ok {
			t.Errorf("Find(%q) = %v, want a RefusedError", pattern, err)
		}
	}
}

// A file may be replaced between finding and opening it.
func TestOpenReplaced(t *testing.T) {
	dir := tree(t, "secret.csv", "in/a.csv")
	in := filepath.Join(dir, "in")
	refs, err := Find(in, []string{"a.csv"})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(in, "a.csv")
	for _, replace := range []func() error{
		func() error { return os.Symlink("../secret.csv", path) },
		func() error { return syscall.Mkfifo(path, 0o644) },
	} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := replace(); err != nil {
			t.Fatal(err)
		}
		if r, err := refs[0].Open(); err == nil {
			r.Close()
			t.Error("what took the place of a file is opened")
		}
	}
}
