package proof

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"reconcile/internal/enkash/sandbox"
)

// decisions are what people do between a plan and its payments, in their order.
var decisions = []string{"propose", "the first approve", "the second approve", "submit"}

// TestKillWhilePeopleDecide: P2. Whoever proposes, approves or submits is killed
// at a boundary and does it again. Nothing is sent before two have approved; then
// everything is, once.
func TestKillWhilePeopleDecide(t *testing.T) {
	const what = "P2: kill -9 in propose, approve and submit, which are done again"
	if why := cannotTrace(t); why != "" {
		notRun(what, why)
		return
	}
	template := warm(t)
	counted := make([]int, len(decisions)) // boundaries of each
	total := 0
	for i := range decisions {
		last, wrong := decided(like(t, template, sandbox.Options{}, ""), i, 1<<30)
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		counted[i] = last.n
		total += last.n
	}
	c := count(t, fmt.Sprintf("%s (of %d)", what, total))
	trials := sample(1, 60)
	for _, i := range inTurn(trials * len(decisions)) {
		step, n := i%len(decisions), i/len(decisions)
		t.Run(fmt.Sprintf("%s %d", decisions[step], n), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			w := like(t, template, sandbox.Options{}, "")
			last, wrong := decided(w, step, 1+(2*n+1)*counted[step]/(2*trials))
			c.also(decisions[step], 1)
			died := decisions[step] + " died " + last.String()
			c.trial(t, died, append(wrong, aftermath(w, died)...))
		})
	}
}

// decided goes from a plan to its payments, is killed at the nth boundary of one
// step, and does that step again.
func decided(w *world, step, n int) (last boundary, wrong []string) {
	w.t.Helper()
	w.configure(`mode: propose, ` + approvers(w.t, w) + `, approvals: [{need: 2}]`)
	for i, name := range decisions {
		var args []string
		ends := mayEnd
		switch i {
		case 0:
			args = []string{"propose"}
		case 1, 2:
			key := []string{"asha", "vikram"}[i-1]
			args = []string{"approve", w.lastPlan(), "--key", w.path(key + ".key")}
		case 3:
			args = []string{"submit", w.lastPlan()}
			if had := w.requests(); had > 0 {
				wrong = append(wrong, fmt.Sprintf("%d requests were sent before anybody submitted", had))
			}
		}
		if i == step {
			var r ended
			if last, r = w.killAt(n, args...); r.code == -1 && i < 3 {
				// Nobody may say the same twice, and a dead man may have said it.
				ends = append(slices.Clone(mayEnd), 77)
				wrong = append(wrong, w.submitTooEarly(i)...)
			} else if r.code != -1 {
				continue // it ended before
			}
		}
		if r := w.run(args...); !slices.Contains(ends, r.code) {
			wrong = append(wrong, fmt.Sprintf("%s ended with exit code %d: %s", name, r.code, r.err))
		}
	}
	return last, wrong
}

// submitTooEarly submits what not everybody has approved yet.
func (w *world) submitTooEarly(step int) []string {
	w.t.Helper()
	if step > 1 || len(w.runs()) == 0 {
		return nil
	}
	plan := w.lastPlan()
	r := w.run("submit", plan)
	if n := w.requests(); n > 0 || r.code != 77 && r.code != 66 {
		return []string{fmt.Sprintf("submit with one approval at most: exit code %d and %d requests: %s", r.code, n, r.err)}
	}
	return nil
}

// lastPlan is the plan that was written last.
func (w *world) lastPlan() string {
	w.t.Helper()
	all, err := filepath.Glob(w.path("reports/[0-9]*-propose-*/plan.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	if len(all) == 0 {
		return w.path("reports/none/plan.json")
	}
	slices.Sort(all)
	return all[len(all)-1]
}
