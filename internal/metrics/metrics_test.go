package metrics

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	got := Text([]Family{
		One("a_seconds", "How long.", Seconds(12*time.Second+34*time.Millisecond+999*time.Microsecond)),
		{Name: "b", Help: "A back\\slash\nand a line.", Samples: []Sample{{"code", `A"\` + "\n", Whole(-3)}, {"code", "₹", Whole(1 << 62)}}},
		{Name: "nothing", Help: "Left out."},
		One("c", "Before it began.", Seconds(-time.Second)),
	})
	want := `# HELP a_seconds How long.
# TYPE a_seconds gauge
a_seconds 12.034
# HELP b A back\\slash\nand a line.
# TYPE b gauge
b{code="A\"\\\n"} -3
b{code="₹"} 4611686018427387904
# HELP c Before it began.
# TYPE c gauge
c 0.000
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWrite: the file is there whole, for everybody, and nothing lies beside it.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "reconcile.prom")
	for _, n := range []int64{1, 2} {
		if err := Write(path, []Family{One("n", "N.", Whole(n))}); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if want := Text([]Family{One("n", "N.", Whole(n))}); err != nil || string(b) != want {
			t.Errorf("got %q and %v, want %q", b, err, want)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o644 {
		t.Errorf("got mode %v and %v, want 0644", info.Mode(), err)
	}
	if names := list(t, dir); len(names) != 1 {
		t.Errorf("got %v, want the file alone", names)
	}
}

// TestWriteFails: what was there stays, and what was begun goes.
func TestWriteFails(t *testing.T) {
	if err := Write(filepath.Join(t.TempDir(), "none", "reconcile.prom"), nil); err == nil {
		t.Error("a folder that is not there: got no error")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "reconcile.prom")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o755); err != nil { // nothing can take its place
		t.Fatal(err)
	}
	if err := Write(path, nil); err == nil {
		t.Error("a folder in the way: got no error")
	}
	if names := list(t, dir); len(names) != 1 || names[0] != "reconcile.prom" {
		t.Errorf("got %v, want nothing beside what was there", names)
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		names = append(names, f.Name())
	}
	return names
}
