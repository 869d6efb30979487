package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// local refuses a file system for the store, or for the side log, that does not
// keep what was promised: a lock there may be nobody's, and what was synced may be
// gone.
func (o *Options) local(dir string) error {
	if err := o.localFolder(dir, "the store", "set store: to a folder on a disk of this machine, and move what is in it there while nothing runs"); err != nil || o.SideLog == "" {
		return err
	}
	return o.localFolder(filepath.Dir(o.SideLog), "the side log", "name a file on a disk of this machine in payments.side_log:, and move what is there to it while nothing runs")
}

func (o *Options) localFolder(dir, what, do string) error {
	ask := o.Remote
	if ask == nil {
		ask = remote
	}
	there, err := nearest(dir)
	if err != nil {
		return err
	}
	kind, err := ask(there)
	if err != nil || kind == "" {
		return err
	}
	return &CorruptError{Path: dir, Check: "journal-folder", What: "the folder of " + what + " is on " + kind + ", where neither locks nor fsync can be relied on", Do: do}
}

// nearest is the folder itself, or the nearest above it that exists: it will be
// made there.
func nearest(dir string) (string, error) {
	for {
		_, err := os.Stat(dir)
		if !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return dir, err
		}
		dir = filepath.Dir(dir)
	}
}
