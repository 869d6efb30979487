package proof

import (
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/enkash/sandbox"
)

// TestFullDisk: P13. Every call that writes fails once, because the disk is full
// or broken: the run ends with the exit code of the disk, names the file, and the
// next run finds everything as it was.
func TestFullDisk(t *testing.T) {
	if !straceWorks() {
		notRun("P13: a full or broken disk", "strace cannot trace here")
		return
	}
	template := warm(t)
	for _, one := range []struct {
		errno string
		calls []string
	}{
		{"ENOSPC", []string{"pwrite64", "write", "mkdirat", "ftruncate"}},
		{"EIO", []string{"fsync", "pwrite64", "write", "unlink", "renameat"}},
	} {
		all := places(t, like(t, template, sandbox.Options{}, ""), one.calls)
		c := count(t, fmt.Sprintf("P13: %s at a call (of %d places)", one.errno, len(all)))
		for i, p := range some(all, 3, 7) {
			t.Run(one.errno+" "+p.String(), func(t *testing.T) {
				t.Parallel()
				if c.over() {
					return
				}
				w := like(t, template, weather(uint64(i)), "")
				log := w.path("trace.txt")
				r := w.traced(log, append([]string{"-y"}, p.fail(one.errno)...), "run")
				struck := ""
				for line := range strings.Lines(w.read("trace.txt")) {
					if strings.Contains(line, "(INJECTED)") {
						struck = line
					}
				}
				c.also(fmt.Sprintf("exit %d", r.code), 1)
				c.trial(t, p.String(), append(afterFault(w, r, struck), aftermath(w, p.String())...))
			})
		}
	}
}

// afterFault says what is wrong with how a run ended of which one call failed.
func afterFault(w *world, r ended, struck string) []string {
	ours := strings.Contains(struck, w.dir)
	switch {
	case !ours: // a pipe, the network, something of the runtime: the aftermath tells
		return nil
	case r.code == 74 || r.code == 40:
		if !strings.Contains(r.err, w.dir) {
			return []string{"the message names no file: " + r.err}
		}
		return nil
	}
	return []string{fmt.Sprintf("it ended with exit code %d after %s%s", r.code, struck, r.err)}
}
