package listen

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Name returns the name of the file of a day, by the zone of t.
func Name(t time.Time) string { return "webhooks-" + t.Format(time.DateOnly) + ".jsonl" }

// namePattern matches every Name, and no file that is packed.
const namePattern = "webhooks-????-??-??.jsonl"

// A file is what a dayFile needs of an *os.File.
type file interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Stat() (fs.FileInfo, error)
	Sync() error
	Truncate(size int64) error
}

// openFile opens a file to append to. The folder is synced as well, always: that
// the file was there before does not say that it would be after a power cut.
func openFile(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// makeFolder makes a folder where it is missing, and those above it, so that they
// are there after a power cut: a file in a folder that is lost is lost.
func makeFolder(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	above := filepath.Dir(dir)
	if above != dir {
		if err := makeFolder(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return syncFolder(above)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// A dayFile is the file of one day, open.
type dayFile struct {
	path string
	f    file
	end  int64 // behind the last byte that is known to be on disk
	torn bool  // bytes may stand behind end that nobody was told of
}

func openDay(path string, open func(string) (file, error)) (*dayFile, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &dayFile{path: path, f: f, end: info.Size()}, nil
}

// append writes text behind the end and waits for the disk. Where that fails,
// what stands of it is cut off, now or before the next one.
func (d *dayFile) append(text []byte, warn *slog.Logger) error {
	if err := d.mend(); err != nil {
		return err
	}
	text, err := d.behindOthers(text, warn)
	if err != nil {
		return err
	}
	_, err = d.f.Write(text)
	if err == nil {
		err = d.f.Sync()
	}
	if err != nil {
		d.torn = true
		if mending := d.mend(); mending != nil {
			err = errors.Join(err, mending)
		}
		return fmt.Errorf("writing %s: %w", d.path, err)
	}
	d.end += int64(len(text))
	return nil
}

// mend cuts off what a write that failed has left.
func (d *dayFile) mend() error {
	if !d.torn {
		return nil
	}
	if err := errors.Join(d.f.Truncate(d.end), d.f.Sync()); err != nil {
		return fmt.Errorf("cutting off what was not written whole of %s: %w", d.path, err)
	}
	d.torn = false
	return nil
}

// behindOthers looks whether the file is as we left it. Nobody else should write
// into it; who does is not cut off, and no line of ours is glued to theirs.
func (d *dayFile) behindOthers(text []byte, warn *slog.Logger) ([]byte, error) {
	info, err := d.f.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	if size == d.end {
		return text, nil
	}
	if size < d.end {
		warn.Error("a file of the event log was cut short by another program, and webhooks that were acknowledged may be lost", "file", d.path, "bytes", d.end-size)
	} else {
		warn.Warn("another program writes into a file of the event log", "file", d.path, "bytes", size-d.end)
	}
	d.end = size
	if size == 0 || len(text) == 0 {
		return text, nil
	}
	last := make([]byte, 1)
	if _, err := d.f.ReadAt(last, size-1); err != nil {
		return nil, err
	}
	if last[0] != '\n' {
		text = append([]byte{'\n'}, text...)
	}
	return text, nil
}

// inPlace tells whether the file still bears its name.
func (d *dayFile) inPlace() (bool, error) {
	named, err := os.Stat(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	own, err := d.f.Stat()
	if err != nil {
		return false, err
	}
	return os.SameFile(named, own), nil
}

func (d *dayFile) close() error { return errors.Join(d.mend(), d.f.Close()) }
