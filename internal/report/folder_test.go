package report

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
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

func smallOutput() []File {
	f := smallFacts()
	return append(f.Output(nil), f.SummaryOutput(smallRun()))
}

// A folder may be named from where the program stands.
func TestWriteFolderHere(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := WriteFolder("run", smallOutput(), nil); err != nil {
		t.Errorf("got %v, want it written", err)
	}
}

// When what comes before the name fails, there is no folder.
func TestWriteFolderIsReady(t *testing.T) {
	output := t.TempDir()
	dir := filepath.Join(output, "run")
	refused := errors.New("no room in the store")
	called := 0
	ready := func() error {
		called++
		if left := names(t, output); len(left) != 1 || left[0] == "run" {
			t.Errorf("when all is written there stands %q, want a hidden folder alone", left)
		}
		return refused
	}
	if err := WriteFolder(dir, smallOutput(), ready); !errors.Is(err, refused) || called != 1 {
		t.Errorf("got %v after %d calls, want %v after one", err, called, refused)
	}
	if left := names(t, output); len(left) != 0 {
		t.Errorf("left over: %q", left)
	}
}

func TestWriteFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reports", "2026-11-21-run-01")
	if err := WriteFolder(dir, smallOutput(), nil); err != nil {
		t.Fatal(err)
	}
	got := names(t, dir)
	want := []string{CSVFolder, WorkbookName, ResultsName, SummaryName}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the folder (-want +got):\n%s", diff)
	}
	if got, want := len(names(t, filepath.Join(dir, CSVFolder))), len(smallFacts().CSVOutput()); got != want {
		t.Errorf("got %d CSVs, want %d", got, want)
	}
	if left := names(t, filepath.Dir(dir)); len(left) != 1 {
		t.Errorf("beside the report stands %q", left)
	}
	err := WriteFolder(dir, smallOutput(), nil)
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("writing the same run again gives %v, want fs.ErrExist", err)
	}
}

// TestWriteFolderFails: when one file cannot be written there is no folder, and
// nothing else is left over.
func TestWriteFolderFails(t *testing.T) {
	broken := errors.New("disk full")
	for at := range 4 {
		files := smallOutput()
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
