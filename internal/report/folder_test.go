package report

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestWriteFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reports", "2026-11-21-run-01")
	if err := WriteFolder(dir, smallFacts().Output(smallRun()), nil); err != nil {
		t.Fatal(err)
	}
	got := names(t, dir)
	want := []string{WorkbookName, ResultsName, SummaryName}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
	if left := names(t, filepath.Dir(dir)); len(left) != 1 {
		t.Errorf("beside the report stands %q", left)
	}
	err := WriteFolder(dir, smallFacts().Output(smallRun()), nil)
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("writing the same run again gives %v, want fs.ErrExist", err)
	}
}

// TestWriteFolderFails: when one file cannot be written there is no folder, and
// nothing else is left over.
func TestWriteFolderFails(t *testing.T) {
	broken := errors.New("disk full")
	for at := range 4 {
		files := smallFacts().Output(smallRun())
		bad := File{Name: "plan.json", Write: func(w io.Writer) error {
			_, _ = w.Write([]byte("half of"))
			return broken
		}}
		files = append(files[:at:at], append([]File{bad}, files[at:]...)...)
		output := t.TempDir()
		err := WriteFolder(filepath.Join(output, "run"), files, nil)
		if !errors.Is(err, broken) {
			t.Errorf("file %d fails: got %v, want %v", at, err, broken)
		}
		if left := names(t, output); len(left) != 0 {
			t.Errorf("file %d fails: %q is left", at, left)
		}
	}
}
