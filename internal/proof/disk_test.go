package proof

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/submit"
)

// aBrokenDisk is which calls about a file may fail, and how: because the disk is
// full, or because it is broken.
var aBrokenDisk = []struct {
	name  string
	errno syscall.Errno
	calls []string
}{
	{"ENOSPC", syscall.ENOSPC, []string{"pwrite64", "write", "writev", "ftruncate", "fallocate", "mkdirat", "mkdir", "openat O_CREAT", "open O_CREAT", "linkat", "symlinkat"}},
	{"EIO", syscall.EIO, []string{"pwrite64", "write", "writev", "ftruncate", "fsync", "fdatasync", "unlinkat", "unlink", "renameat", "rename"}},
}

// TestFullDisk: P13. Every call that changes a file fails once, because the disk
// is full or broken: the run ends with the exit code of the disk, names the file,
// and the next run finds everything as it was.
func TestFullDisk(t *testing.T) {
	if why := cannotTrace(t); why != "" || !failsCalls {
		notRun("P13: a full or broken disk", "no call can be made to fail here: "+why)
		return
	}
	template := warm(t)
	all := everyBoundary(t, like(t, template, sandbox.Options{}, ""))
	for _, disk := range aBrokenDisk {
		may := func(b boundary) bool { return !b.done && b.on != "socket" && slices.Contains(disk.calls, b.call) }
		total := 0
		for _, b := range all {
			if may(b) {
				total++
			}
		}
		c := count(t, fmt.Sprintf("P13: %s at a call (of %d)", disk.name, total))
		var places []int
		for n := range total {
			places = append(places, n+1)
		}
		for _, n := range some(places, 4, 7) {
			t.Run(fmt.Sprintf("%s %d", disk.name, n), func(t *testing.T) {
				t.Parallel()
				if c.over() {
					return
				}
				w := like(t, template, weather(uint64(n)), "")
				at := 0
				var struck, previous boundary
				last := map[int]boundary{} // by thread
				_, r := w.traceOr(func(b boundary) order {
					if may(b) && !isThere(b) {
						if at++; at == n {
							struck, previous = b, last[b.thread]
							return fail(disk.errno)
						}
					}
					last[b.thread] = b
					return goOn
				}, "run")
				if struck.n == 0 {
					c.also("not reached", 1) // on such a night a run does less
					return
				}
				w.deaths.Add(1) // what was begun may not have been sent
				c.also(fmt.Sprintf("exit %d", r.code), 1)
				wrong := afterFault(w, r, struck)
				if len(wrong) > 0 && passedOver(struck, previous) {
					c.also("passed over by SQLite", 1)
					wrong = nil
				}
				c.trial(t, fmt.Sprintf("%s %d", disk.name, n), append(wrong, aftermath(w, struck.String())...))
			})
		}
	}
}

// isThere tells whether a call would make a file that is there already, for which
// no room is needed.
func isThere(b boundary) bool {
	if !strings.HasSuffix(b.call, "O_CREAT") {
		return false
	}
	_, err := os.Lstat(b.on)
	return err == nil
}

// afterFault says what is wrong with how a run ended of which one call failed. What
// became of payments is worse than a disk, and hides neither its file nor itself.
func afterFault(w *world, r ended, struck boundary) []string {
	if strings.Contains(struck.on, "/state/foldcache") { // may be lost at any time: the next night reads everything
		return nil
	}
	want := []int{74, 40}
	switch unknown, rings := w.inDoubt(); {
	case rings:
		want = []int{21}
	case unknown:
		want = []int{20}
	}
	switch {
	case !slices.Contains(want, r.code):
		return []string{fmt.Sprintf("it ended with exit code %d and not %v after %s failed: %s", r.code, want, struck, r.err)}
	case !strings.Contains(r.err, w.dir):
		return []string{"the message names no file: " + r.err}
	}
	return nil
}

// inDoubt tells whether the journal has a payment whose outcome is unknown, and one
// whose alarm rings; neither where it cannot be read. What was begun and never came by
// the wire is unknown to the next run alone: this one knows that it did not write.
func (w *world) inDoubt() (unknown, rings bool) {
	entries, err := w.entries()
	if err != nil {
		return false, false
	}
	for i := range entries {
		e := &entries[i]
		came := slices.ContainsFunc(w.bank.Books().Requests, func(r sandbox.Request) bool { return r.ObjectID == e.ObjectID })
		unknown = unknown || e.State == submit.Unsure || e.State == submit.Sending && came
		rings = rings || len(e.Alarms) > 0
	}
	return unknown, rings
}

// passedOver tells whether a call failed of which SQLite does not tell anybody:
// when it has synced a journal that is new, and the folder around it cannot be
// synced. Another process sees no difference; after a power cut the side log does.
func passedOver(struck, previous boundary) bool {
	return struck.call == "fsync" && strings.HasSuffix(struck.on, "/state") && strings.HasSuffix(previous.on, "-journal")
}
