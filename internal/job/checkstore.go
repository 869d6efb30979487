package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"reconcile/internal/history"
)

// diskNeeded is the free space below which a check warns, whatever the last run
// wrote: a report of a million rows takes some hundred megabytes. diskFactor is how
// often what it wrote should fit: once as it is written, once more beside it until
// it has its name, and once for the night after.
const (
	diskNeeded = 1 << 30
	diskFactor = 3
)

// store looks at the run history without making one, and at who may read it.
func (c *checker) store(ctx context.Context) {
	dir := c.in.Config.Path(c.in.Config.Store)
	if !c.folder("store", dir, ExitIO) {
		return
	}
	c.private(dir)
	runs, err := history.OpenReadOnly(ctx, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.ok("history", "the store is empty; the first run begins its history")
		return
	case err != nil:
		c.fail("history", err, Code(withIO(err)))
		return
	}
	all, err := runs.List(ctx)
	if err := errors.Join(err, runs.Close()); err != nil {
		c.fail("history", err, Code(withIO(err)))
		return
	}
	c.ok("history", "run history is sound: %s", counted(len(all), "run", "runs"))
	for _, r := range all {
		if r.Finished.IsZero() {
			c.warn("history", "run "+r.ID+" has not ended", "it is at work just now, or it was interrupted; a new run is not disturbed by it")
		}
	}
}

// private tells whether others may look into the store. Secrets that others may
// read the configuration has refused already.
func (c *checker) private(dir string) {
	open := false
	for _, name := range []string{"", "journal.db", "history.db", keyName} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 == 0 {
			continue
		}
		open = true
		c.warn("permissions", fmt.Sprintf("others may look into %s (mode %04o)", path, info.Mode().Perm()), "chmod go= "+path)
	}
	if _, err := os.Stat(dir); err == nil && !open {
		c.ok("permissions", "the store and the files of secrets are for this user alone")
	}
}

// folder tells whether files can be made in dir, or dir be made, and whether there
// is room. It returns false where they cannot.
func (c *checker) folder(name, dir string, code int) bool {
	at, err := standing(dir)
	if err == nil {
		err = writable(at)
	}
	if err != nil {
		c.fail(name, fmt.Errorf("%s %s cannot be written: %w; give this user the right to write there, or name another folder", name, dir, err), code)
		return false
	}
	free, known := freeBytes(at)
	switch {
	case !known:
		c.ok(name, "%s %s can be written", name, dir)
	case c.wrote > 0 && free < uint64(c.wrote):
		c.fail(name, fmt.Errorf("only %s are free under %s, and the last run wrote %s; make room before the next run", size(int64(free)), at, size(c.wrote)), code)
		return false
	case free < max(diskNeeded, uint64(c.wrote)*diskFactor):
		c.warn(name, fmt.Sprintf("%s %s can be written, and only %s are free there", name, dir, size(int64(free))), "make room before the next run")
	default:
		c.ok(name, "%s %s can be written, and %s are free", name, dir, size(int64(free)))
	}
	return true
}

// size writes a number of bytes for people.
func size(n int64) string {
	const kib = 1 << 10
	unit, names := int64(1), []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; n/unit >= kib && i < len(names)-1; i++ {
		unit *= kib
	}
	if n/unit < 10 && i > 0 {
		return fmt.Sprintf("%d.%d %s", n/unit, n%unit*10/unit, names[i])
	}
	return fmt.Sprintf("%d %s", n/unit, names[i])
}

// standing returns the nearest folder above dir that exists.
func standing(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case err == nil && !info.IsDir():
			return "", fmt.Errorf("%s is not a folder", at)
		case err == nil:
			return at, nil
		case !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at):
			return "", err
		}
	}
}

// clock tells whether the time can be true: this program was written in 2026, time
// does not run backwards from the last run, and a time server keeps it right.
func (c *checker) clock(ctx context.Context) {
	now := c.in.Now()
	if year := now.Year(); year < 2026 || year > 2100 {
		c.fail("clock", fmt.Errorf("the clock of this machine says %s; set it, best by NTP", now.UTC().Format(time.DateTime)), ExitIO)
		return
	}
	c.ok("clock", "the clock says %s in %s", now.In(c.in.Config.Timezone).Format(time.DateTime), c.in.Config.Timezone)
	if synchronised, known := clockSynchronised(); known && !synchronised {
		c.warn("clock", "no time server keeps the clock of this machine right, as far as its kernel knows",
			"let chrony or systemd-timesyncd keep it by servers that follow NIC or NPL (CERT-In directions of 28 April 2022)")
	}
	runs, err := history.OpenReadOnly(ctx, c.in.Config.Path(c.in.Config.Store))
	if err != nil {
		return // reported by store
	}
	all, err := runs.List(ctx)
	if errors.Join(err, runs.Close()) != nil {
		return
	}
	for _, r := range all {
		if r.Started.After(now.Add(5 * time.Minute)) {
			c.warn("clock", fmt.Sprintf("run %s started in the future of this clock, at %s", r.ID, r.Started.Format(time.DateTime)), "set the clock, best by NTP")
			return
		}
	}
}
