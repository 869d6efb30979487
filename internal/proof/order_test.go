package proof

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"reconcile/internal/enkash/sandbox"
)

var (
	unfinished = regexp.MustCompile(`^(\d+) +(.*) <unfinished \.\.\.>$`)
	resumed    = regexp.MustCompile(`^(\d+) +<\.\.\. \w+ resumed>`)
)

// calls returns what a process asked of the system, one call a line, in the order
// in which the calls returned; a write to the network where it began.
func calls(trace string) []string {
	var all []string
	open := map[string]string{}
	for line := range strings.Lines(trace) {
		line = strings.TrimSuffix(line, "\n")
		if m := unfinished.FindStringSubmatch(line); m != nil {
			if strings.Contains(m[2], "TCP:") {
				all = append(all, m[2])
			} else {
				open[m[1]] = m[2]
			}
			continue
		}
		if m := resumed.FindStringSubmatch(line); m != nil {
			if open[m[1]] != "" {
				all = append(all, open[m[1]])
				delete(open, m[1])
			}
			continue
		}
		if _, call, there := strings.Cut(line, " "); there {
			all = append(all, strings.TrimSpace(call))
		}
	}
	return all
}

// A mark is one of the calls that must precede a request, in their order.
type mark struct {
	what string
	is   func(call string) bool
}

func has(call string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(call, p) {
			return false
		}
	}
	return true
}

// beforeASend is the order of a power cut: whatever is on disk when the current
// goes, what comes later in this list is not there without what comes before it.
func beforeASend() []mark {
	return []mark{
		{"the side log has the step", func(c string) bool {
			return strings.HasPrefix(c, "write(") && has(c, "steps.jsonl", "BEGUN", "prepared")
		}},
		{"and has it on disk", func(c string) bool { return strings.HasPrefix(c, "fsync(") && has(c, "steps.jsonl") }},
		{"the journal is on disk", func(c string) bool { return strings.HasPrefix(c, "fsync(") && has(c, "journal.db>") }},
		{"and commits", func(c string) bool { return strings.HasPrefix(c, "unlink") && has(c, "journal.db-journal") }},
		{"and its folder is on disk", func(c string) bool { return strings.HasPrefix(c, "fsync(") && has(c, "/state>") }},
		{"the side log has the mark", func(c string) bool {
			return strings.HasPrefix(c, "write(") && has(c, "steps.jsonl", "committed")
		}},
		{"and has it on disk", func(c string) bool { return strings.HasPrefix(c, "fsync(") && has(c, "steps.jsonl") }},
	}
}

// TestOrderBeforeTheWire: P3. In one trace of a whole run: the side log before the
// journal, the journal before its mark, the mark before the first byte on the
// wire; for every request anew.
func TestOrderBeforeTheWire(t *testing.T) {
	if !straceWorks() {
		notRun("P3: the order on disk before the wire", "strace cannot trace here")
		return
	}
	c := count(t, "P3: side log, journal, mark and wire in this order, by request")
	for range sample(1, 20) {
		w := newWorld(t, sandbox.Options{}, "")
		r := w.traced(w.path("trace.txt"), []string{"-yy", "-s", "8192", "-e", "trace=write,fsync,fdatasync,unlink,unlinkat,sendto,sendmsg,writev"}, "run")
		if r.code != 0 {
			t.Fatalf("the run ended with exit code %d: %s", r.code, r.err)
		}
		marks, reached, sends := beforeASend(), 0, 0
		for _, call := range calls(w.read("trace.txt")) {
			if has(call, "TCP:") {
				sends++
				var wrong []string
				if !strings.HasPrefix(call, "write(") || !has(call, "POST /api/v0/payment/req-pay ") {
					wrong = append(wrong, "this is no request in one write: "+call[:min(len(call), 100)])
				}
				if reached < len(marks) {
					wrong = append(wrong, "it was written before: "+marks[reached].what)
				}
				c.trial(t, fmt.Sprintf("request %d", sends), wrong)
				reached = 0
				continue
			}
			if reached < len(marks) && marks[reached].is(call) {
				reached++
			}
		}
		if sends != 3 {
			t.Errorf("got %d writes on the wire, want 3", sends)
		}
	}
}
