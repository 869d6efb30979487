package mail

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// A disk is what an outbox asks of its folder. Each call is one step that a
// crash may come before or after; tests stop between them.
type disk interface {
	list() ([]string, error)           // the names, sorted; none where there is no folder
	read(name string) ([]byte, error)  // fs.ErrNotExist where there is none
	draft(name string, b []byte) error // writes the file and syncs its bytes
	rename(from, to string) error      // replaces what is there
	remove(name string) error          // nil where there is none
	sync() error                       // makes the names outlive a power cut
}

// maxFile is more than any message has; a larger file is none of ours.
const maxFile = 256 << 20

// A folder is a disk on the file system.
type folder string

func (f folder) list() ([]string, error) {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	sort.Strings(names)
	return names, err
}

func (f folder) read(name string) ([]byte, error) {
	info, err := os.Lstat(f.path(name))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is not a file of an outbox", f.path(name))
	}
	return os.ReadFile(f.path(name))
}

func (f folder) draft(name string, b []byte) (err error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.Write(b); err != nil {
		return err
	}
	return file.Sync()
}

func (f folder) rename(from, to string) error { return os.Rename(f.path(from), f.path(to)) }

func (f folder) remove(name string) error {
	if err := os.Remove(f.path(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f folder) sync() (err error) {
	// The folder's own name is made sure of too, for it may be new.
	return errors.Join(syncOne(string(f)), syncOne(filepath.Dir(string(f))))
}

func syncOne(path string) (err error) {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

// draftMark begins the names of files that are not whole yet.
const draftMark = ".draft-"

// put writes a file, whole or not at all.
func put(d disk, name string, b []byte) error {
	if err := d.draft(draftMark+name, b); err != nil {
		return err
	}
	if err := d.rename(draftMark+name, name); err != nil {
		return err
	}
	return d.sync()
}

func isDraft(name string) bool { return strings.HasPrefix(name, draftMark) }
