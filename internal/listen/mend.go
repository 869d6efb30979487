package listen

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"reconcile/internal/enkash"
)

// mendAll puts right what a crash has left at the end of the files of a folder.
// A line without its end was acknowledged to nobody, for the newline is written
// and synced before the answer. Where it is whole but for the newline it gets
// one; else it is cut off, so that the next line is not glued to it and no run
// finds half a webhook.
func mendAll(folder string, log *slog.Logger) error {
	paths, err := filepath.Glob(filepath.Join(escaped(folder), namePattern))
	if err != nil {
		return fmt.Errorf("looking for files in %s: %w", folder, err)
	}
	for _, path := range paths {
		if err := mendFile(path, log); err != nil {
			return fmt.Errorf("mending %s: %w", path, err)
		}
	}
	return nil
}

// escaped makes a folder a pattern for itself.
func escaped(folder string) string {
	var b []byte
	for _, c := range []byte(folder) {
		if bytes.IndexByte([]byte(`*?[\`), c) >= 0 {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return string(b)
}

func mendFile(path string, log *slog.Logger) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) && whole(path) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	tail, err := tailOf(f, info.Size())
	if err != nil || len(tail) == 0 {
		return err
	}
	if len(bytes.TrimRight(tail, "\x00")) == len(tail) && enkash.Receive(tail).Fault == nil {
		if _, err := f.Write([]byte{'\n'}); err != nil {
			return err
		}
		log.Warn("a webhook of the event log lacked its newline after a crash, and has it again", "file", path)
		return f.Sync()
	}
	if err := f.Truncate(info.Size() - int64(len(tail))); err != nil {
		return err
	}
	log.Warn("an unfinished webhook was cut off the event log after a crash; its sender was not told that it had been received", "file", path, "bytes", len(tail))
	return f.Sync()
}

// whole tells whether a file that may not be written to needs no mending: an
// archive that somebody has made read-only.
func whole(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false
	}
	tail, err := tailOf(f, info.Size())
	return err == nil && len(tail) == 0
}

// tailOf returns what stands behind the last newline of a file.
func tailOf(f *os.File, size int64) ([]byte, error) {
	const step = 64 << 10
	var tail []byte
	for at := size; at > 0; {
		n := min(at, step)
		at -= n
		piece := make([]byte, n)
		if _, err := f.ReadAt(piece, at); err != nil {
			return nil, err
		}
		if i := bytes.LastIndexByte(piece, '\n'); i >= 0 {
			return append(piece[i+1:], tail...), nil
		}
		tail = append(piece, tail...)
	}
	return tail, nil
}
