package proof

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"reconcile/internal/enkash/sandbox"
)

// some returns about n of them, spread evenly, and all of them in a soak.
func some[T any](all []T, n int, seed uint64) []T {
	var few []T
	if soak() || len(all) <= n {
		for _, i := range inTurn(len(all)) {
			few = append(few, all[i])
		}
		return few
	}
	dice := rand.New(rand.NewPCG(seed, 1))
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

// TestKillAtEveryBoundary: P2, and of P1 what no decorator can reach. The binary
// as it is released dies before and after every single call by which it touches a
// file or the network; and further on, until a run ends by itself.
func TestKillAtEveryBoundary(t *testing.T) {
	if why := cannotTrace(t); why != "" {
		notRun("P2: kill -9 before and after every system call", why)
		return
	}
	template := warm(t)
	all := everyBoundary(t, like(t, template, sandbox.Options{}, ""))
	c := count(t, fmt.Sprintf("P2: kill -9 before and after every system call (of %d)", len(all)))
	at := func(t *testing.T, n int) (died bool) {
		w := like(t, template, sandbox.Options{}, "")
		last, r := w.killAt(n, "run")
		if died = r.code == -1; died {
			c.also("died", 1)
		}
		c.trial(t, fmt.Sprintf("boundary %d", n), aftermath(w, last.String()))
		return died
	}
	t.Run("each", func(t *testing.T) {
		for _, b := range some(all, 10, 1) {
			t.Run(fmt.Sprint(b.n), func(t *testing.T) {
				t.Parallel()
				if !c.over() {
					at(t, b.n)
				}
			})
		}
	})
	// No run is quite like another: an answer may come in two parts.
	for n := len(all) + 1; !c.over() && at(t, n); n++ {
	}
}

// everyBoundary traces one whole run.
func everyBoundary(t *testing.T, w *world) []boundary {
	t.Helper()
	all, r := w.boundaries("run")
	if !slices.Contains(mayEnd, r.code) || len(all) == 0 {
		t.Fatalf("the traced run ended with exit code %d and %d boundaries: %s", r.code, len(all), r.err)
	}
	return all
}

// TestKillInBadWeather: P2. The same on nights on which the platform misbehaves
// too, and half of the times the next run dies as well.
func TestKillInBadWeather(t *testing.T) {
	template := warm(t)
	killed(t, "P2: kill -9 at a boundary, in bad weather, and often the next run too", 3, 400, func(t *testing.T, seed uint64) *world {
		return like(t, template, weather(seed), "")
	})
}

// TestKillWhileTheStoreIsMade: P2, in the first run of all.
func TestKillWhileTheStoreIsMade(t *testing.T) {
	killed(t, "P2: kill -9 at a boundary of the first run of all", 3, 300, func(t *testing.T, seed uint64) *world {
		return newWorld(t, weather(seed), "")
	})
}

// killed kills runs of new worlds at boundaries spread over the whole of a run, of
// every fourth seed two in a row.
func killed(t *testing.T, what string, few, many int, world func(*testing.T, uint64) *world) {
	t.Helper()
	if why := cannotTrace(t); why != "" {
		notRun(what, why)
		return
	}
	all := everyBoundary(t, world(t, 0))
	c := count(t, fmt.Sprintf("%s (of %d)", what, len(all)))
	trials := sample(few, many)
	for _, i := range inTurn(trials) {
		seed := uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			dice, w := rand.New(rand.NewPCG(seed, 3)), world(t, seed)
			from, to := int(seed)*len(all)/trials, (int(seed)+1)*len(all)/trials
			last, r := w.killAt(from+1+dice.IntN(max(1, to-from)), "run")
			died := last.String()
			if r.code == -1 {
				c.also("died", 1)
			}
			if seed%4 >= 2 {
				last, r = w.killAt(1+dice.IntN(len(all)), "run")
				died += ", and then " + last.String()
				if r.code == -1 {
					c.also("died again", 1)
				}
			}
			c.trial(t, fmt.Sprintf("seed %d", seed), aftermath(w, died))
		})
	}
}

// TestKillAtTheNetwork: P1. It dies when a request has come and is not executed
// yet, and when it is executed and not answered.
func TestKillAtTheNetwork(t *testing.T) {
	c := count(t, "P1: kill -9 at a request, before and after its execution")
	for seed := range uint64(sample(6, 340)) { // where the platform misbehaves a run may end before its last request
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
			if w.finish(cmd).code != -1 {
				c.also("lived", 1)
				return
			}
			c.trial(t, fmt.Sprintf("seed %d", seed), aftermath(w, fmt.Sprintf("request %d, late %v", which, late)))
		})
	}
}

// TestKillAtAnyMoment: P1. It dies at a moment of the dice, untraced, up to four
// nights in a row: of the whole run in half of the trials, and after its first
// request in the others, for most of a run is spent before it.
func TestKillAtAnyMoment(t *testing.T) {
	c := count(t, "P1: kill -9 at a moment of the dice, up to four nights in a row")
	// Of a plain run, and until its first request; the shorter of two, for one may
	// have been kept waiting.
	var whole, asked time.Duration
	for range 2 {
		w := newWorld(t, sandbox.Options{}, "")
		begun, first := time.Now(), time.Duration(0)
		w.before = func(n int, _ string) {
			if n == 1 {
				first = time.Since(begun)
			}
		}
		w.run("run")
		if took := time.Since(begun); whole == 0 || took < whole {
			whole, asked = took, first
		}
	}
	for seed := range uint64(sample(4, 1040)) { // some live
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			dice := rand.New(rand.NewPCG(seed, 4))
			w := newWorld(t, weather(seed), "")
			for range 1 + dice.IntN(4) {
				cmd := w.command("run")
				dies := func(within time.Duration) {
					time.AfterFunc(time.Duration(dice.Int64N(int64(within))), func() {
						if cmd.Process != nil {
							_ = cmd.Process.Kill() // it may have ended
						}
					})
				}
				if seed%4 < 2 {
					var once sync.Once
					w.before = func(int, string) { once.Do(func() { dies(whole - asked) }) }
				} else {
					dies(whole)
				}
				w.finish(cmd)
			}
			if w.deaths.Load() == 0 {
				c.also("lived", 1)
				return
			}
			c.also("died", int(w.deaths.Load()))
			c.trial(t, fmt.Sprintf("seed %d", seed), aftermath(w, "killed"))
		})
	}
}
