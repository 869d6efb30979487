package proof

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// An affair is what people must settle beside a payment run: the world in which it
// arises, the commands that settle it, and what must be so before each of them and
// after all.
type affair struct {
	name   string
	world  func(t *testing.T, late string) *world
	steps  func(w *world) [][]string // commands, in their order; as many in every world
	before func(w *world, step int) (wrong []string)
	after  func(w *world) (wrong []string)
	again  []int // how a step may end besides, where a dead man may have done it already
}

var affairs = []affair{rejectedPlan, withdrawnPayment, unknownOutcome, frozenSupplier, olderStore, paymentsReceived}

// TestKillWhilePeopleSettle: P2. Whoever rejects, withdraws, resolves, releases, recovers or answers is
// killed at a boundary and does it again. Until two have spoken nothing changes;
// then all of it does, and nobody is paid, or answered, twice.
func TestKillWhilePeopleSettle(t *testing.T) {
	const what = "P2: kill -9 in reject, withdraw, resolve, release, recover and confirm, which are done again"
	if why := cannotTrace(t); why != "" {
		notRun(what, why)
		return
	}
	late := ahead(t)
	type place struct {
		affair
		step, boundaries int
	}
	var places []place
	total := 0
	for _, a := range affairs {
		for step, more := 0, true; more; step++ {
			w := a.world(t, late)
			last, wrong := a.settled(w, step, 1<<30)
			if len(wrong) > 0 {
				t.Fatal(a.name, wrong)
			}
			places = append(places, place{a, step, last.n})
			total += last.n
			more = step+1 < len(a.steps(w))
		}
	}
	c := count(t, fmt.Sprintf("%s (of %d)", what, total))
	trials := sample(1, 40)
	for _, i := range inTurn(trials * len(places)) {
		p, n := places[i%len(places)], i/len(places)
		t.Run(fmt.Sprintf("%s %d %d", p.name, p.step+1, n), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			last, wrong := p.settled(p.world(t, late), p.step, 1+(2*n+1)*p.boundaries/(2*trials))
			c.also(p.name, 1)
			c.trial(t, fmt.Sprintf("%s, command %d, died %s", p.name, p.step+1, last), wrong)
		})
	}
}

// settled goes through an affair, is killed at the nth boundary of one step, and
// does that step again.
func (a *affair) settled(w *world, step, n int) (last boundary, wrong []string) {
	w.t.Helper()
	for i, args := range a.steps(w) {
		wrong = append(wrong, a.before(w, i)...)
		ends := mayEnd
		if i == step {
			var r ended
			if last, r = w.killAt(n, args...); r.code == -1 {
				ends = append(slices.Clone(mayEnd), a.again...)
			} else if slices.Contains(mayEnd, r.code) {
				continue // it ended before
			}
		}
		if r := w.run(args...); !slices.Contains(ends, r.code) {
			wrong = append(wrong, fmt.Sprintf("%s ended with exit code %d: %s", strings.Join(args, " "), r.code, r.err))
		}
	}
	return last, append(append(wrong, a.after(w)...), w.twice()...)
}
