package proof

import (
	"fmt"
	"os"
	"testing"

	"reconcile/internal/enkash/sandbox"
)

// people is a configuration in which two people may decide, and the program may
// approve by itself.
func people(t *testing.T, w *world) {
	t.Helper()
	w.configure(`mode: auto, auto_limit: "1000000.00", ` + approvers(t, w))
}

// TestRestored: P12. Copies of the store are taken at every request, before and
// after its execution, and after every run; each is put back in the end, with the
// side log, without it, and nothing at all in its place, or in that of both. None is ever paid from
// until two people recover, and then nobody is paid twice.
func TestRestored(t *testing.T) {
	c := count(t, "P12: an older store is put back: refused, recovered, quiet")
	for seed := range uint64(sample(1, 8)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			o := weather(seed / 2)
			o.Late.Held = o.Late.Held || seed%2 == 1 // nothing comes by itself
			w := newWorld(t, o, "")
			people(t, w)
			copies := snapshots(w, seed%2 == 0)
			final := w.keep("state", "state-side")
			paid := len(w.bank.Books().Executions)
			for i, restore := range copies {
				for n, how := range []string{"the store alone", "the store, and no side log", "no store", "neither"} {
					if !soak() && (i*7+3*n)%13 != 0 || c.over() {
						continue
					}
					final()
					var wrong []string
					switch how {
					case "the store alone":
						restore()
					case "the store, and no side log":
						restore()
						w.remove("state-side")
					case "no store":
						w.remove("state")
					case "neither":
						w.remove("state")
						w.remove("state-side")
						wrong = w.refused()
						restore() // as it asks for
					}
					c.trial(t, fmt.Sprintf("copy %d of %d, %s", i, len(copies), how), append(wrong, w.refusedThenRecovered()...))
					if n := len(w.bank.Books().Executions); n != paid {
						c.also("executed after recovery", n-paid)
						paid = n
					}
				}
			}
		})
	}
}

func (w *world) remove(name string) {
	w.t.Helper()
	if err := os.RemoveAll(w.path(name)); err != nil {
		w.t.Fatal(err)
	}
}

// snapshots goes through a company's nights and copies the store wherever it
// stands still. The first copy is of a store in which nothing was ever proposed.
// Where the webhooks are not delivered, only our own books tell what was paid.
func snapshots(w *world, deliver bool) (copies []func()) {
	w.t.Helper()
	take := func() { copies = append(copies, w.keep("state")) }
	books := w.read("ledger/open.csv")
	w.ledger(nil)
	w.must(0, "run")
	take()
	w.write("ledger/open.csv", books)
	w.before = func(int, string) { take() }
	w.after = func(int) bool { take(); return false }
	for range 4 {
		w.run("run")
		take()
	}
	w.undisturbed()
	if !deliver {
		w.run("run")
		return copies
	}
	if err := w.bank.Deliver(); err != nil {
		w.t.Fatal(err)
	}
	w.run("run")
	take()
	w.run("run")
	return copies
}

// refused asks three times for a run, and says where it got one.
func (w *world) refused() (wrong []string) {
	w.t.Helper()
	had := w.requests()
	for _, verb := range []string{"run", "propose", "run"} {
		if r := w.run(verb); r.code != 65 {
			wrong = append(wrong, fmt.Sprintf("%s ended with exit code %d, want 65: %s", verb, r.code, r.err))
		}
	}
	if w.requests() != had {
		wrong = append(wrong, "something was sent from a store that is in doubt")
	}
	return wrong
}

// refusedThenRecovered asks three times for a run, lets two people recover, and
// goes on until all is quiet.
func (w *world) refusedThenRecovered() []string {
	w.t.Helper()
	wrong := w.refused()
	if r := w.run("recover", "--key", w.path("asha.key"), "--reason", "put back"); r.code != 0 {
		wrong = append(wrong, fmt.Sprintf("recover by the first: exit code %d: %s", r.code, r.err))
	}
	if r := w.run("run"); r.code != 65 {
		wrong = append(wrong, fmt.Sprintf("with the word of one person a run ended with exit code %d, want 65", r.code))
	}
	if r := w.run("recover", "--key", w.path("vikram.key"), "--reason", "put back"); r.code != 0 {
		wrong = append(wrong, fmt.Sprintf("recover by the second: exit code %d: %s", r.code, r.err))
	}
	bad, _ := w.settle()
	wrong = append(append(wrong, bad...), w.twice()...)
	if _, err := w.entries(); err != nil {
		wrong = append(wrong, err.Error())
	}
	return wrong
}

// TestRestoredAfterDeath: P12. The store of a program that was killed, as it was
// left, is put back when all is over.
func TestRestoredAfterDeath(t *testing.T) {
	const what = "P12: the store that a death left is put back: refused, recovered, quiet"
	if why := cannotTrace(t); why != "" {
		notRun(what, why)
		return
	}
	template := warm(t)
	all := everyBoundary(t, like(t, template, sandbox.Options{}, ""))
	c := count(t, what)
	trials := sample(2, 150)
	for i := range trials {
		b := all[(2*i+1)*len(all)/(2*trials)]
		t.Run(fmt.Sprint(b.n), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			w := like(t, template, weather(uint64(i)), "")
			people(t, w)
			last, _ := w.killAt(b.n, "run")
			restore := w.keep("state")
			wrong, _ := w.settle()
			restore()
			c.trial(t, last.String(), append(wrong, w.refusedThenRecovered()...))
		})
	}
}
