package proof

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/submit"
)

// TestStoppedSender: P11. A sender is stopped (SIGSTOP) after one of its calls
// between the step BEGUN and the request, for longer than its deadline; its lock is
// gone, as on a machine that was taken over. A day later another run finds the
// payment SENDING, two people settle it as not paid, approve it anew, and it is
// paid. Then the first one wakes: nothing of it may reach the wire.
//
// It is stopped after calls only: before the write of the request itself nothing
// looks at a clock any more, a risk that remains (docs/adr/0029).
func TestStoppedSender(t *testing.T) {
	const what = "P11: SIGSTOP after BEGUN, a day later two people pay anew, SIGCONT"
	if why := cannotTrace(t); why != "" {
		notRun(what, why)
		return
	}
	late := ahead(t)
	template := warm(t)
	dry := &window{}
	if _, r := dry.pass(like(t, template, sandbox.Options{}, "")); r.code != 0 || dry.size == 0 {
		t.Fatalf("the plain run ended with exit code %d and %d calls between BEGUN and the request: %s", r.code, dry.size, r.err)
	}
	c := count(t, fmt.Sprintf("%s (%d calls in between)", what, dry.size))
	for round := range sample(4, 56) { // a tenth of them stands in the midst of a transaction
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			dice := rand.New(rand.NewPCG(uint64(round), 11))
			w := like(t, template, sandbox.Options{}, "")
			w.wait = 2 * time.Second // its deadline, which is waited out
			w.configure(`mode: auto, auto_limit: "1000000.00", same_ledger: allow, ` + approvers(t, w) + `, approvals: [{need: 2}]`)
			at := &window{which: 1 + round%3, stop: 1 + dice.IntN(dry.size)}
			if round%10 < 9 { // mostly afterwards, for while it holds the journal nobody else can write
				at.stop = dry.size - round%(dry.size-dry.locked+1)
			}
			pid, _ := at.pass(w)
			if pid == 0 {
				c.also("not stopped", 1) // its window was shorter
				return
			}
			stopped := time.Now()
			wrong, anew := w.whileItStands(t, c, pid, at.objectID, late, stopped)
			paid := w.executed(at.objectID)
			c.also(fmt.Sprintf("woke and ended with %d", wake(t, pid)), 1)
			if n := w.executed(at.objectID); n != paid {
				wrong = append(wrong, fmt.Sprintf("when it woke, %s was executed %d times more", at.objectID, n-paid))
			}
			bad, codes := w.settle()
			last := codes[len(codes)-1]
			if last == 65 {
				// Two wrote into one side log: refused is safe, if not convenient.
				c.also("refused until two people recover", 1)
			} else {
				wrong = append(wrong, bad...)
				for _, d := range w.bank.Books().Debts() {
					if d.Executed != 1 {
						wrong = append(wrong, fmt.Sprintf("%s was paid %d times", d.Debt, d.Executed))
					}
				}
			}
			for i := range wrong {
				wrong[i] = at.where.String() + ": " + wrong[i]
			}
			if wrong = append(wrong, w.twice()...); anew || len(wrong) > 0 { // or else nobody could pay anew
				c.trial(t, fmt.Sprintf("round %d", round), wrong)
			}
		})
	}
}

// A window is what a run does between the step BEGUN of one of its payments and
// the request.
type window struct {
	which int // of the payments, from 1; 0 means the first
	stop  int // after which of its calls the run is stopped; 0 means never

	size     int // how many calls there were
	locked   int // and how many of them until the journal was let go
	objectID string
	where    boundary
	begun    int
	open     bool
}

// pass runs the program through the window. The id is that of the process if it
// was stopped there.
func (o *window) pass(w *world) (pid int, r ended) {
	w.t.Helper()
	pid, r = w.traceOr(func(b boundary) order {
		switch {
		case b.on == "socket" && b.call == "write":
			o.open = false
		case b.done && b.call == "write" && strings.HasSuffix(b.on, "steps.jsonl"):
			if id := w.lastBegun(); id != o.objectID && !o.open && o.begun < max(1, o.which) {
				o.objectID = id
				o.begun++
				o.open = o.begun == max(1, o.which)
			}
		}
		if !o.open || !b.done {
			return goOn
		}
		o.size++
		if b.call == "fcntl lock" {
			o.locked = o.size // the last one lets go
		}
		if o.size != o.stop {
			return goOn
		}
		o.where = b
		return stand
	}, "run")
	if o.where.n == 0 {
		pid = 0
	}
	return pid, r
}

// lastBegun is the payment that was begun last, by the side log.
func (w *world) lastBegun() (objectID string) {
	for line := range strings.Lines(w.read("state-side/steps.jsonl")) {
		var l sideLine
		if json.Unmarshal([]byte(line), &l) == nil && l.Kind == "BEGUN" {
			objectID = l.Subject
		}
	}
	return objectID
}

// whileItStands is what others do while the sender of a payment is stopped, and
// whether they came so far as to pay anew.
func (w *world) whileItStands(t *testing.T, c *tally, pid int, objectID, late string, stopped time.Time) (wrong []string, anew bool) {
	t.Helper()
	allStopped(t, pid)
	if r := w.run("run"); r.code != 75 {
		wrong = append(wrong, fmt.Sprintf("with its lock in place another run ended with exit code %d, want 75: %s", r.code, r.err))
	}
	if err := os.Remove(w.path("state/lock")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(stopped.Add(w.wait + 500*time.Millisecond))) // its deadline is w.wait from BEGUN

	w.later(late, 25*time.Hour)
	if r := w.run("run"); !slices.Contains(mayEnd, r.code) {
		// It holds the journal, in the middle of a transaction: nobody else can write.
		c.also(fmt.Sprintf("another run ended with %d", r.code), 1)
		return wrong, false
	}
	if state := w.state(t, objectID); state != submit.Unsure {
		c.also("another run found it "+state.String(), 1)
		return wrong, false
	}
	if n := w.executed(objectID); n != 0 {
		wrong = append(wrong, fmt.Sprintf("another run sent what is UNSURE, %d times", n))
	}
	bad := w.both("resolve", objectID, "--outcome", "not-paid", "--reference", "statement of the day after", "--reason", "it is not there")
	wrong = append(wrong, bad...)
	w.later(late, 50*time.Hour)
	plan := filepath.Join(filepath.Dir(w.propose(t)), "plan.json")
	wrong = append(wrong, w.both("approve", plan)...)
	before := len(w.bank.Books().Executions)
	if r := w.run("submit", plan); !slices.Contains(mayEnd, r.code) {
		wrong = append(wrong, fmt.Sprintf("the second attempt: exit code %d: %s", r.code, r.err))
	}
	if n := len(w.bank.Books().Executions) - before; n == 0 {
		wrong = append(wrong, "the second attempt was not executed")
	}
	return wrong, true
}

// propose writes a plan and returns the summary of its run.
func (w *world) propose(t *testing.T) string {
	t.Helper()
	r := w.run("propose")
	if !slices.Contains(mayEnd, r.code) {
		t.Fatalf("propose ended with exit code %d: %s", r.code, r.err)
	}
	all := w.runs()
	return all[len(all)-1]
}

// ahead builds the program with a clock that can be put forward, by putting one
// line of its source in place of another.
func ahead(t *testing.T) string {
	t.Helper()
	source, err := exec.Command("go", "list", "-f", "{{.Dir}}", "reconcile/cmd/reconcile").Output()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(strings.TrimSpace(string(source)), "main.go")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const clock, other = "time.Now, os.Args", `func() time.Time {
		by, _ := time.ParseDuration(os.Getenv("PROOF_AHEAD"))
		return time.Now().Add(by)
	}, os.Args`
	if strings.Count(string(text), clock) != 1 {
		t.Fatalf("%s no longer says %q, by which its clock is put forward here", name, clock)
	}
	dir := t.TempDir()
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {name: filepath.Join(dir, "main.go")}})
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{"main.go": strings.Replace(string(text), clock, other, 1), "overlay.json": string(overlay)} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	built := filepath.Join(dir, "reconcile")
	build := exec.Command("go", "build", "-buildvcs=false", "-overlay", filepath.Join(dir, "overlay.json"), "-o", built, "reconcile/cmd/reconcile")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the program with another clock: %v\n%s", err, out)
	}
	return built
}

// later puts the clock of the program forward, and lets the books be written then.
func (w *world) later(program string, by time.Duration) {
	w.t.Helper()
	w.late, w.by = program, by
	w.asOf = w.now().Format(time.DateOnly)
	if err := os.Chtimes(w.path("ledger/open.csv"), w.now(), w.now()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) now() time.Time { return time.Now().Add(w.by) }

// allStopped waits until every thread of a process is stopped.
func allStopped(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err != nil || len(tasks) == 0 {
			t.Fatalf("process %d is gone: %v", pid, err)
		}
		running := 0
		for _, task := range tasks {
			stat, _ := os.ReadFile(task) // a thread may have ended
			if _, after, there := strings.Cut(string(stat), ") "); there && !strings.HasPrefix(after, "T") {
				running++
			}
		}
		if running == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d does not stand still", pid)
		}
	}
}

// wake lets a stopped process go on, and returns its exit code.
func wake(t *testing.T, pid int) int {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, 0, nil)
		if err == nil {
			return status.ExitStatus()
		}
		if err != syscall.EINTR {
			t.Fatal(err)
		}
	}
}

// executed says how often a payment was executed.
func (w *world) executed(objectID string) int {
	for _, o := range w.bank.Books().Objects() {
		if o.ObjectID == objectID {
			return o.Executed
		}
	}
	return 0
}

// state is what the journal says of a payment.
func (w *world) state(t *testing.T, objectID string) submit.State {
	t.Helper()
	entries, err := w.entries()
	if err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		if entries[i].ObjectID == objectID {
			return entries[i].State
		}
	}
	t.Fatalf("the journal does not know %s", objectID)
	return 0
}
