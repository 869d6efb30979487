package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/job"
)

// A clock can be set while it is read.
type clock struct {
	reads atomic.Int64
	at    int64         // from this reading on it stands otherwise
	by    time.Duration // by so much
}

func (c *clock) now() time.Time {
	now := time.Now()
	if c.reads.Add(1) >= c.at {
		return now.Round(0).Add(c.by) // a clock that was set has lost its monotonic reading
	}
	return now
}

// inside runs the job in this process, by a clock of ours.
func (w *world) inside(c *clock) (code int, err error) {
	w.t.Helper()
	settings, err := config.Load(w.path("reconcile.yaml"), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	asOf, err := day.Parse(w.asOf)
	if err != nil {
		w.t.Fatal(err)
	}
	done, err := job.Run(context.Background(), job.Input{Config: settings, AsOf: asOf, Kind: job.KindRun, Actor: "proof", Version: "test", Now: c.now})
	if err != nil {
		return job.Code(err), err
	}
	return done.Code, nil
}

// TestClockJumps: P15. The clock jumps at any of its readings, by a second to
// five years, forward and back. Nobody is paid twice, and after a jump back of
// more than five minutes nothing more is sent.
func TestClockJumps(t *testing.T) {
	readings := &clock{at: 1 << 40}
	if code, err := newWorld(t, sandbox.Options{}, "").inside(readings); code != 0 {
		t.Fatalf("a plain run ended with exit code %d: %v", code, err)
	}
	n := readings.reads.Load()
	c := count(t, fmt.Sprintf("P15: the clock jumps at one of its %d readings", n))
	const date = 24 * time.Hour
	jumps := []time.Duration{time.Second, time.Hour, date, 5 * 365 * date}
	step := int64(sample(int(n), 3))
	for i, by := range jumps {
		for _, sign := range []time.Duration{1, -1} {
			for at := 1 + int64(i); at <= n; at += step {
				t.Run(fmt.Sprintf("%v at %d", sign*by, at), func(t *testing.T) {
					t.Parallel()
					if c.over() {
						return
					}
					w := newWorld(t, sandbox.Options{}, "")
					jump := &clock{at: at, by: sign * by}
					var late []string
					w.before = func(int, string) {
						if newest := w.newestStep(); newest.Sub(jump.now()) > 5*time.Minute {
							late = append(late, fmt.Sprintf("a request was sent though the clock stood before the step of %s", newest))
						}
					}
					code, _ := w.inside(jump) // whichever way it ends
					// The one that had begun when the clock was set may still be written:
					// its deadline is kept by the monotonic clock as well.
					wrong := append(w.twice(), late[min(1, len(late)):]...)
					c.also(fmt.Sprintf("exit %d", code), 1)
					// The clock stays where it is.
					w.before = nil
					for range 3 {
						if code, err := w.inside(&clock{by: sign * by}); code == 70 {
							wrong = append(wrong, fmt.Sprintf("a run after it ended as a fault of the program: %v", err))
						}
					}
					// And is set right.
					w.run("run")
					if _, err := w.entries(); err != nil && !os.IsNotExist(err) {
						wrong = append(wrong, err.Error())
					}
					c.trial(t, fmt.Sprintf("%v at reading %d", sign*by, at), append(wrong, w.twice()...))
				})
			}
		}
	}
}

// newestStep is the latest time that the side log knows.
func (w *world) newestStep() (newest time.Time) {
	all, err := os.ReadFile(w.path("state-side/steps.jsonl"))
	if err != nil {
		return newest
	}
	for line := range bytes.Lines(all) {
		var s struct {
			At int64 `json:"at"`
		}
		if json.Unmarshal(line, &s) == nil && s.At > newest.UnixMilli() {
			newest = time.UnixMilli(s.At)
		}
	}
	return newest
}
