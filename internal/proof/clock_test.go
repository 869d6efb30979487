package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/job"
	"reconcile/internal/submit"
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

// jumps are by how much the clock is set otherwise: back and forward, and to just
// before midnight in India, the end of the year and a 29 February, so that the run
// goes on behind it. It is asked when a run begins.
func jumps(now time.Time) (all []time.Duration) {
	const date = 24 * time.Hour
	for _, by := range []time.Duration{time.Second, time.Hour, date, 5 * 365 * date} {
		all = append(all, by, -by)
	}
	india := time.FixedZone("IST", 19800)
	local := now.In(india)
	leap := local.Year() + 4 - local.Year()%4
	for _, to := range []time.Time{
		time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, india),
		time.Date(local.Year()+1, time.January, 1, 0, 0, 0, 0, india),
		time.Date(leap, time.February, 29, 0, 0, 0, 0, india),
		time.Date(leap, time.March, 1, 0, 0, 0, 0, india),
	} {
		all = append(all, to.Sub(now)-50*time.Millisecond)
	}
	return all
}

// TestClockJumps: P15. The clock jumps at any of its readings, by a second to
// five years, forward and back, and to dates that are special. Nobody is paid
// twice, no payment gets another id by it, and after a jump back of more than five
// minutes nothing more is sent.
func TestClockJumps(t *testing.T) {
	readings, plain := &clock{at: 1 << 40}, newWorld(t, sandbox.Options{}, "")
	if code, err := plain.inside(readings); code != 0 {
		t.Fatalf("a plain run ended with exit code %d: %v", code, err)
	}
	ids := map[string]bool{}
	for _, r := range plain.bank.Books().Requests {
		ids[r.ObjectID] = true
	}
	n := readings.reads.Load()
	ways := len(jumps(time.Now()))
	c := count(t, fmt.Sprintf("P15: the clock is set at one of its %d readings, in %d ways", n, ways))
	step := int64(sample(int(n), 1))
	for i := range ways {
		for at := 1 + int64(i)%step; at <= n; at += step {
			t.Run(fmt.Sprintf("way %d at %d", i, at), func(t *testing.T) {
				t.Parallel()
				if c.over() {
					return
				}
				w := newWorld(t, sandbox.Options{}, "")
				by := jumps(time.Now())[i]
				code, wrong := w.jumps(&clock{at: at, by: by})
				c.also(fmt.Sprintf("exit %d", code), 1)
				for _, r := range w.bank.Books().Requests {
					if !ids[r.ObjectID] {
						wrong = append(wrong, r.ObjectID+" was sent, which is not the id of that payment by another clock")
					}
				}
				c.trial(t, fmt.Sprintf("%v at reading %d", by, at), wrong)
			})
		}
	}
}

// jumps runs the job while its clock jumps, three times after it, and then with
// the right one. The code is that of the first run.
func (w *world) jumps(jump *clock) (code int, wrong []string) {
	w.t.Helper()
	var late []string
	ask := func(by *clock) {
		w.before = func(int, string) {
			if newest := w.newestStep(); newest.Sub(by.now()) > 5*time.Minute {
				late = append(late, fmt.Sprintf("a request was sent though the clock stood before the step of %s", newest))
			}
		}
	}
	ask(jump)
	code, _ = w.inside(jump) // whichever way it ends
	// The one that had begun when the clock was set back may still be written: its
	// deadline is kept by the monotonic clock as well.
	late = late[min(1, len(late)):]
	// The clock stays where it is.
	for range 3 {
		wrongly := &clock{by: jump.by}
		ask(wrongly)
		if code, err := w.inside(wrongly); code == 70 {
			wrong = append(wrong, fmt.Sprintf("a run after it ended as a fault of the program: %v", err))
		}
	}
	w.undisturbed()
	wrong = append(wrong, late...)
	// And is set right.
	w.run("run")
	entries, err := w.entries()
	if err != nil && !os.IsNotExist(err) {
		wrong = append(wrong, err.Error())
	}
	w.deaths.Add(1) // a payment whose time was over when the clock was set
	wrong = append(wrong, w.writtenOff(entries)...)
	for _, o := range w.bank.Books().Objects() {
		if !slices.ContainsFunc(entries, func(e submit.Entry) bool { return e.ObjectID == o.ObjectID }) {
			wrong = append(wrong, o.ObjectID+" was executed, and the journal does not know it")
		}
	}
	return code, append(wrong, w.twice()...)
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
