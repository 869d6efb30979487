package proof

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
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
				ends[i] = w.finish(w.command("run"))
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
				if soak() { // a soak has the machine to itself
					wrong = append(wrong, "who was locked out took more than five seconds to say so")
				}
			}
		}
		c.trial(t, fmt.Sprintf("round %d", round), append(wrong, aftermath(w, "eight at once")...))
		w.close()
	}
}
