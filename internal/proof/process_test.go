package proof

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"reconcile/internal/enkash/sandbox"
)

// TestEightAtOnce: P10. Eight runs on one store; who finds it locked says so.
func TestEightAtOnce(t *testing.T) {
	c := count(t, "P10: eight runs at once, a round")
	for round := range sample(1, 200) {
		if c.over() {
			break
		}
		w := newWorld(t, weather(uint64(round)), "")
		var group sync.WaitGroup
		ends := make([]ended, 8)
		slow := make([]bool, len(ends))
		for i := range ends {
			group.Go(func() {
				begun := time.Now()
				ends[i] = finish(t, w.command("run"))
				slow[i] = ends[i].code == 75 && time.Since(begun) > 5*time.Second
			})
		}
		group.Wait()
		var wrong []string
		for i, r := range ends {
			if r.code == 75 {
				c.also("locked out", 1)
			}
			if r.code != 75 && !slices.Contains(mayEnd, r.code) {
				wrong = append(wrong, fmt.Sprintf("one of eight ended with exit code %d: %s", r.code, r.err))
			}
			if slow[i] {
				c.also("slow to say so", 1)
			}
		}
		c.trial(t, fmt.Sprintf("round %d", round), append(wrong, aftermath(w, "eight at once")...))
		w.close()
	}
}

// TestStoppedSender: P11. A sender stands still at one of its calls around Begin,
// for longer than its deadline; its lock is gone, as on a machine that was taken
// over. Another run finds out and goes on; then the first one wakes. Which of the
// two sends is for the fence; that only one does is what is asked here. A store
// whose lock was removed under a living process may end in doubt.
func TestStoppedSender(t *testing.T) {
	if !straceWorks() {
		notRun("P11: a sender that stands still", "strace cannot trace here")
		return
	}
	c := count(t, "P11: a sender stands still past its deadline, another run goes on")
	template := warm(t)
	for round := range sample(1, 50) {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			w := like(t, template, sandbox.Options{}, "")
			which := 7 + round%10
			done := make(chan ended, 1)
			go func() {
				done <- w.traced("", []string{"-P", w.path("state-side/steps.jsonl"), "-e", "trace=fsync",
					"-e", fmt.Sprintf("inject=fsync:delay_enter=3500000:when=%d", which)}, "run")
			}()
			still := w.still(done)
			if still {
				c.also("stood still", 1)
				if err := os.Remove(w.path("state/lock")); err != nil {
					t.Error(err)
				}
			}
			second := w.run("run")
			during := w.requests()
			first := <-done
			if still {
				c.also("requests of the first when the second had ended", w.requests()-during)
			}
			c.also(fmt.Sprintf("first exit %d", first.code), 1)
			c.also(fmt.Sprintf("second exit %d", second.code), 1)
			bad, codes := w.settle()
			last := codes[len(codes)-1]
			if last == 65 {
				// Two wrote into one side log: refused is safe, if not convenient.
				c.also("refused until two people recover", 1)
				bad = nil
			} else {
				bad = append(bad, w.judge(last)...)
			}
			c.trial(t, fmt.Sprintf("still at %d", which), append(bad, w.twice()...))
		})
	}
}

// still waits until the side log does not grow any more though the sender lives.
func (w *world) still(done chan ended) bool {
	same, size := 0, int64(-1)
	for same < 15 {
		select {
		case e := <-done:
			done <- e
			return false
		case <-time.After(20 * time.Millisecond):
		}
		info, err := os.Stat(w.path("state-side/steps.jsonl"))
		if err != nil {
			continue
		}
		if same++; info.Size() != size {
			same, size = 0, info.Size()
		}
	}
	return true
}
