package proof

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"reconcile/internal/enkash/sandbox"
)

// TestDamage: P14. A byte of the journal or of the side log is another one, or
// its end is gone, while approved payments wait to be sent. Either nothing
// is sent and a person is told, or the damage is of no consequence and everything
// is as it should be, byte for byte.
func TestDamage(t *testing.T) {
	c := count(t, "P14: a changed byte or a lost end, with two payments waiting")
	for seed := range uint64(sample(12, 1200)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			dice := rand.New(rand.NewPCG(seed, 8))
			w := newWorld(t, sandbox.Options{}, "")
			w.waiting()
			name := []string{"state/journal.db", "state-side/steps.jsonl"}[dice.IntN(2)]
			b := []byte(w.read(name))
			at, what := dice.IntN(len(b)), ""
			if seed%6 == 5 {
				if seed%12 == 11 {
					at = max(0, len(b)-1-dice.IntN(4000)) // in the last page
				}
				b, what = b[:at], fmt.Sprintf("%s ends at %d of %d", name, at, len(b))
			} else {
				was := b[at]
				b[at] ^= byte(1 << dice.IntN(8))
				what = fmt.Sprintf("byte %d of %s is %#x instead of %#x", at, name, b[at], was)
			}
			w.write(name, string(b))
			r := w.run("run")
			var wrong []string
			if slices.Contains(mayEnd, r.code) {
				c.also("of no consequence", 1)
				wrong = append(aftermath(w, what), w.bytesAreThose()...)
			} else {
				c.also(fmt.Sprintf("exit %d", r.code), 1)
				if r.code != 65 {
					wrong = append(wrong, fmt.Sprintf("%s: exit code %d, want 65: %s", what, r.code, r.err))
				}
				if n := w.requests(); n > 1 {
					wrong = append(wrong, fmt.Sprintf("%s: %d requests were sent all the same", what, n-1))
				}
			}
			c.trial(t, fmt.Sprintf("seed %d", seed), wrong)
		})
	}
}

// waiting leaves two approved payments in the journal that were not sent yet, for
// the first of the night was not acknowledged, and one whose outcome is unknown.
func (w *world) waiting() {
	w.t.Helper()
	calm := w.plan
	w.plan = func(int, string) sandbox.Fault { return sandbox.Fault{Kind: sandbox.Status} }
	w.must(20, "run")
	w.plan = calm
}
