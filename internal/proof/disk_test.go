package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/enkash/sandbox"
)

// A place is one call of the system, as strace counts them: by thread.
type place struct {
	call string
	n    int
}

func (p place) String() string { return fmt.Sprintf("%s %d", p.call, p.n) }

// fail are the options of strace that let the call fail.
func (p place) fail(errno string) []string {
	return []string{"--seccomp-bpf", "-e", "trace=" + p.call, "-e", fmt.Sprintf("inject=%s:error=%s:when=%d", p.call, errno, p.n)}
}

var tracedCall = regexp.MustCompile(`(?m)^(\d+) +([a-z0-9_]+)\(`)

// places traces one whole run and returns every place in it.
func places(t *testing.T, w *world, calls []string) []place {
	t.Helper()
	log := w.path("places.txt")
	if r := w.traced(log, []string{"-e", "trace=" + strings.Join(calls, ",")}, "run"); !slices.Contains(mayEnd, r.code) {
		t.Fatalf("the traced run ended with exit code %d: %s", r.code, r.err)
	}
	byThread, most := map[string]int{}, map[string]int{}
	for _, m := range tracedCall.FindAllStringSubmatch(w.read("places.txt"), -1) {
		thread := m[1] + " " + m[2]
		byThread[thread]++
		most[m[2]] = max(most[m[2]], byThread[thread])
	}
	var all []place
	for _, call := range calls {
		for n := range most[call] {
			all = append(all, place{call, n + 1})
		}
	}
	return all
}

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
				struck, previous := "", ""
				last := make(map[string]string) // by thread
				for line := range strings.Lines(w.read("trace.txt")) {
					thread, _, _ := strings.Cut(line, " ")
					if strings.Contains(line, "(INJECTED)") {
						struck, previous = line, last[thread]
						break
					}
					last[thread] = line
				}
				c.also(fmt.Sprintf("exit %d", r.code), 1)
				wrong := afterFault(w, r, struck)
				if len(wrong) > 0 && passedOver(struck, previous) {
					c.also("passed over by SQLite", 1)
					wrong = nil
				}
				c.trial(t, p.String(), append(wrong, aftermath(w, p.String())...))
			})
		}
	}
}

// afterFault says what is wrong with how a run ended of which one call failed.
func afterFault(w *world, r ended, struck string) []string {
	ours := strings.Contains(struck, w.dir) && !strings.Contains(struck, "<pipe:[") // what is printed names files too
	switch {
	case strings.Contains(struck, "/state/foldcache/"): // may be lost at any time: the next night reads everything
		return nil
	case !ours: // a pipe, the network, something of the runtime: the aftermath tells
		return nil
	case r.code == 74 || r.code == 40 || r.code == 20 && strings.Contains(r.err, w.dir): // 20 is worse, and hides the others
		if !strings.Contains(r.err, w.dir) {
			return []string{"the message names no file: " + r.err}
		}
		return nil
	}
	return []string{fmt.Sprintf("it ended with exit code %d after %s%s", r.code, struck, r.err)}
}

// passedOver tells whether a call failed of which SQLite does not tell anybody:
// when it has synced a journal that is new, and the folder around it cannot be
// synced. Another process sees no difference; after a power cut the side log does.
func passedOver(struck, previous string) bool {
	return strings.Contains(struck, "fsync(") && strings.Contains(struck, "/state>") && strings.Contains(previous, "-journal>")
}
