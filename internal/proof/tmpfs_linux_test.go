package proof

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// mounts tells whether this process may mount a file system.
func mounts(t *testing.T) error {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		return err
	}
	return syscall.Unmount(dir, 0)
}

// TestFullFileSystem: P13. The store, the side log or the reports lie on a file
// system of one mebibyte on which there is room for so many pages and no more. The
// run ends with the exit code of the disk or of the report and names a file there;
// with room again the next runs do what is left to do.
func TestFullFileSystem(t *testing.T) {
	if err := mounts(t); err != nil {
		notRun("P13: a file system of 1 MiB that is full", fmt.Sprintf("mounting a tmpfs: %v", err))
		return
	}
	template := warm(t)
	trials := sample(2, 32)
	for _, folder := range []string{"state", "state-side", "reports"} {
		c := count(t, fmt.Sprintf("P13: %s on a file system of 1 MiB that is full", folder))
		enough := map[string]int{"state": 32, "state-side": 6, "reports": 32}[folder] // pages for a run
		for i := range trials {
			free := int64(i * enough / trials)
			t.Run(fmt.Sprintf("%s %d, %d pages free", folder, i, free), func(t *testing.T) {
				t.Parallel()
				if c.over() {
					return
				}
				w := like(t, template, weather(uint64(i)), "")
				w.onSmallDisk(folder, free)
				r := w.run("run")
				c.also(fmt.Sprintf("exit %d", r.code), 1)
				var wrong []string
				switch {
				case r.code == 74 || r.code == 40:
					if !strings.Contains(r.err, w.path(folder)) {
						wrong = append(wrong, fmt.Sprintf("the message names no file of %s: %s", folder, r.err))
					}
				case !slices.Contains(mayEnd, r.code):
					wrong = append(wrong, fmt.Sprintf("exit code %d: %s", r.code, r.err))
				}
				if err := os.Remove(w.path(folder + "/filler")); err != nil {
					t.Fatal(err)
				}
				c.trial(t, fmt.Sprintf("%d pages free", free), append(wrong, aftermath(w, "with room again")...))
			})
		}
	}
}

// onSmallDisk moves a folder to a file system of its own, and fills that until so
// many pages are free.
func (w *world) onSmallDisk(folder string, free int64) {
	w.t.Helper()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	path, was := w.path(folder), w.path("was")
	must(os.MkdirAll(path, 0o700))
	must(os.Rename(path, was))
	must(os.Mkdir(path, 0o700))
	must(syscall.Mount("tmpfs", path, "tmpfs", 0, "size=1m,mode=0700"))
	w.t.Cleanup(func() { _ = syscall.Unmount(path, syscall.MNT_DETACH) }) // or else the folder cannot be removed, which nobody minds
	must(os.CopyFS(path, os.DirFS(was)))
	var room syscall.Statfs_t
	must(syscall.Statfs(path, &room))
	must(os.WriteFile(w.path(folder+"/filler"), make([]byte, max(0, int64(room.Bavail)-free)*room.Bsize), 0o600))
}
