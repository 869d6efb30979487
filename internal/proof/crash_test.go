package proof

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/enkash/sandbox"
)

// deadly are the calls of the system by which the program changes anything
// outside itself: the two halves of the journal, the history, the reports, the
// network.
var deadly = []string{"fsync", "fdatasync", "pwrite64", "write", "unlink", "unlinkat", "rename", "renameat", "ftruncate", "mkdirat", "connect", "sendto", "openat"}

// A place is one such call, as strace counts them: by thread.
type place struct {
	call string
	n    int
}

func (p place) String() string { return fmt.Sprintf("%s %d", p.call, p.n) }

// kill are the options of strace that end the program before the call is made.
func (p place) kill() []string {
	return []string{"-e", "trace=" + p.call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", p.call, p.n)}
}

// fail are those that let the call fail instead. A filter in the kernel makes them
// quick, and does not carry signals.
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

// some returns about n of them, spread evenly, and all of them in a soak.
func some[T any](all []T, n int, seed uint64) []T {
	if soak() || len(all) <= n {
		return all
	}
	dice := rand.New(rand.NewPCG(seed, 1))
	var few []T
	for i := range n {
		from, to := i*len(all)/n, (i+1)*len(all)/n
		few = append(few, all[from+dice.IntN(to-from)])
	}
	return few
}

// warm returns a folder of a company whose store exists already.
func warm(t *testing.T) string {
	t.Helper()
	w := newWorld(t, sandbox.Options{}, "")
	w.ledger(nil)
	if r := w.run("run"); r.code != 0 {
		t.Fatalf("a run over an empty ledger ended with exit code %d: %s", r.code, r.err)
	}
	return w.dir
}

// like makes a world with the store of another.
func like(t *testing.T, template string, o sandbox.Options, payments string) *world {
	t.Helper()
	w := newWorld(t, o, payments)
	for _, name := range []string{"state", "state-side"} {
		if err := os.CopyFS(w.path(name), os.DirFS(filepath.Join(template, name))); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(w.path(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// weather is how the sandbox behaves in the trial of a seed: mostly well, for a
// death is trouble enough, and in every other trial not.
func weather(seed uint64) sandbox.Options {
	dice := rand.New(rand.NewPCG(seed, 2))
	o := sandbox.Options{Seed: seed, Copies: dice.IntN(2), Shuffle: dice.IntN(2) == 0, Late: sandbox.Late{Held: dice.IntN(2) == 0}}
	if seed%2 == 0 {
		return o
	}
	faults := []string{"lose-request", "lose-answer", "503", "503+not-executed", "reset", "garbage", "empty+failure+not-executed", "code+not-executed+failure", "failed-paid", "reversed"}
	bad, which := faults[dice.IntN(len(faults))], 1+dice.IntN(3)
	f, err := sandbox.ParseFault(bad)
	o.Faults = func(n int, _ string) sandbox.Fault {
		if n != which || err != nil {
			return sandbox.Fault{}
		}
		return f
	}
	return o
}

// after a death a plain run goes on without a person, and all is as it should be.
func aftermath(w *world, died string) []string {
	wrong := w.twice()
	bad, codes := w.settle()
	wrong = append(append(wrong, bad...), w.judge(codes[len(codes)-1])...)
	for i := range wrong {
		wrong[i] = died + ": " + wrong[i]
	}
	return wrong
}

// TestKillAtEverySystemCall: P2, and of P1 what no decorator can reach. The
// binary as it is released dies before every single call by which it changes
// anything, and half of the times the next one dies too.
func TestKillAtEverySystemCall(t *testing.T) {
	if !straceWorks() {
		notRun("kill -9 at every system call", "strace cannot trace here")
		return
	}
	template := warm(t)
	all := places(t, like(t, template, sandbox.Options{}, ""), deadly)
	c := count(t, fmt.Sprintf("P2: kill -9 before a system call (of %d places)", len(all)))
	for i, p := range some(all, 6, 1) {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			seed := uint64(i)
			w := like(t, template, weather(seed), "")
			died := p.String()
			if w.traced("", p.kill(), "run").code == -1 {
				c.also("died", 1)
			}
			if seed%4 >= 2 {
				again := all[rand.New(rand.NewPCG(seed, 3)).IntN(len(all))]
				died += ", and then " + again.String()
				if w.traced("", again.kill(), "run").code == -1 {
					c.also("died again", 1)
				}
			}
			c.trial(t, fmt.Sprintf("seed %d", seed), aftermath(w, died))
		})
	}
}

// TestKillWhileTheStoreIsMade: the same in the first run of all.
func TestKillWhileTheStoreIsMade(t *testing.T) {
	if !straceWorks() {
		notRun("kill -9 while the store is made", "strace cannot trace here")
		return
	}
	all := places(t, newWorld(t, sandbox.Options{}, ""), deadly)
	c := count(t, fmt.Sprintf("P2: kill -9 in the first run of all (of %d places)", len(all)))
	if soak() { // every third, for most of them are the same writes as above
		all = slices.DeleteFunc(all, func(p place) bool { return p.n%3 != 0 })
	}
	for i, p := range some(all, 3, 2) {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			w := newWorld(t, weather(uint64(i)), "")
			if w.traced("", p.kill(), "run").code == -1 {
				c.also("died", 1)
			}
			c.trial(t, fmt.Sprintf("seed %d", i), aftermath(w, p.String()))
		})
	}
}

// TestKillAtTheNetwork: P1. It dies when a request has come and is not executed
// yet, and when it is executed and not answered.
func TestKillAtTheNetwork(t *testing.T) {
	c := count(t, "P1: kill -9 at a request, before and after its execution")
	for seed := range uint64(sample(4, 300)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			w := newWorld(t, weather(seed/2), "")
			which, late := 1+int(seed/2)%3, seed%2 == 1
			cmd := w.command("run")
			w.before = func(n int, _ string) {
				if n == which && !late {
					_ = cmd.Process.Kill() // it may have ended
				}
			}
			w.after = func(n int) bool {
				if n == which && late {
					_ = cmd.Process.Kill()
				}
				return n == which
			}
			if finish(t, cmd).code == -1 {
				c.also("died", 1)
			}
			c.trial(t, fmt.Sprintf("seed %d", seed), aftermath(w, fmt.Sprintf("request %d, late %v", which, late)))
		})
	}
}

// TestKillAtAnyMoment: P1. It dies at a moment of the dice, untraced, up to four
// nights in a row.
func TestKillAtAnyMoment(t *testing.T) {
	c := count(t, "P1: kill -9 at a moment of the dice, up to four nights in a row")
	w := newWorld(t, sandbox.Options{}, "")
	begun := time.Now()
	w.run("run")
	whole := time.Since(begun)
	for seed := range uint64(sample(4, 1000)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			dice := rand.New(rand.NewPCG(seed, 4))
			w := newWorld(t, weather(seed), "")
			for range 1 + dice.IntN(4) {
				cmd := w.command("run")
				timer := time.AfterFunc(time.Duration(dice.Int64N(int64(whole))), func() {
					if cmd.Process != nil {
						_ = cmd.Process.Kill()
					}
				})
				if finish(t, cmd).code == -1 {
					c.also("died", 1)
				}
				timer.Stop()
			}
			c.trial(t, fmt.Sprintf("seed %d", seed), aftermath(w, "killed"))
		})
	}
}
