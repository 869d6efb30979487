package submit_test

import (
	"context"
	"flag"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
	"reconcile/internal/submit/journaltest"
)

// A history is a company's life with a platform in its worst mode: nights that
// fail and die at any call, webhooks late and in any order, payments that come
// back, new attempts, people, and journals put back from a backup.
type history struct {
	journal *journaltest.Memory
	side    *journaltest.Memory // what the side log knows: every step, never restored
	backups []*journaltest.Memory
	world   *journaltest.World
	shown   []payment.Event // what the event log holds so far
	hidden  int             // how many of the world's events were not looked at yet
	late    []payment.Event // webhooks under way
	entries []submit.Entry  // every instruction that was made, attempts of one debt in order
	hours   int
}

func (h *history) now() time.Time { return start.Add(time.Duration(h.hours) * time.Hour) }

// TestHistories draws them: a few hundred here, a hundred thousand where there is
// time.
func TestHistories(t *testing.T) {
	checks := 300
	if soak() {
		checks = 100_000
	}
	setFlag(t, "rapid.checks", strconv.Itoa(checks))
	setFlag(t, "rapid.steps", "60")
	rapid.Check(t, func(t *rapid.T) {
		h := &history{world: journaltest.NewWorld()}
		h.journal = journaltest.NewMemory(h.now)
		h.side = h.journal
		h.world.Knows = func(id string) bool { return knows(h.side, id) }
		t.Repeat(map[string]func(*rapid.T){
			"":                h.check,
			"a new debt":      h.newDebt,
			"another attempt": h.anotherAttempt,
			"a night":         h.night,
			"webhooks":        h.webhooks,
			"the bank works":  func(*rapid.T) { h.world.Work() },
			"money back":      h.moneyBack,
			"people":          h.people,
			"a day passes":    func(*rapid.T) { h.hours += 26 },
			"backup":          func(*rapid.T) { h.backups = append(h.backups, h.journal.Copy()) },
			"restore":         h.restore,
		})
	})
	proved(t, "P6: random histories of 60 steps", checks)
}

func setFlag(t *testing.T, name, value string) {
	t.Helper()
	old := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set(name, old) })
}

func knows(j submit.Journal, objectID string) bool {
	entries, _ := j.Entries(context.Background(), true)
	return slices.ContainsFunc(entries, func(e submit.Entry) bool {
		return e.ObjectID == objectID && e.Sends == 1 && e.State != submit.Intended && e.State != submit.Void
	})
}

// inDoubt tells whether the side log knows more than the journal: nothing may be
// sent then.
func (h *history) inDoubt() bool { return h.journal != h.side }

func (h *history) check(t *rapid.T) {
	for _, wrong := range h.world.Wrong() {
		t.Error(wrong)
	}
	entries, _ := h.side.Entries(context.Background(), true)
	for i := range entries {
		e := &entries[i]
		if len(e.Alarms) > 0 {
			t.Errorf("%s raised %v although nobody lied", e.ObjectID, e.Alarms)
		}
		verdict, _ := h.world.Truth(e.ObjectID)
		if e.State == submit.Paid && verdict == submit.ItWasNotPaid || e.State == submit.Failed && verdict == submit.ItWasPaid {
			t.Errorf("%s is %s, and the truth is %s", e.ObjectID, e.State, verdict)
		}
	}
}

func (h *history) newDebt(t *rapid.T) {
	n := len(h.entries)
	typ := rapid.SampledFrom([]payment.Type{payment.OnPlatform, payment.OffPlatform}).Draw(t, "type")
	name := "X" + string(rune('A'+n/26)) + string(rune('A'+n%26)) + "X"
	h.intend(t, journaltest.Instruction(name, 1, typ, strconv.Itoa(n)), true)
}

// anotherAttempt is always tried, whatever state the one before is in: the
// journal must know better.
func (h *history) anotherAttempt(t *rapid.T) {
	if len(h.entries) == 0 {
		return
	}
	last := rapid.SampledFrom(h.entries).Draw(t, "of")
	next := last
	next.Attempt++
	next.ObjectID = last.ObjectID[:3] + last.ObjectID[4:] + "T"
	next.Reference += "T"
	next.Body = []byte(next.ObjectID)
	free := !slices.ContainsFunc(h.all(), func(e submit.Entry) bool {
		return e.Allocations[0].Debt == last.Allocations[0].Debt && e.State.Holds() || e.ObjectID == next.ObjectID
	})
	h.intend(t, next, free)
}

func (h *history) intend(t *rapid.T, e submit.Entry, want bool) {
	if h.inDoubt() {
		return
	}
	err := h.journal.Intend(context.Background(), e)
	if (err == nil) != want {
		t.Fatalf("writing down %s: got error %v, want it taken: %v", e.ObjectID, err, want)
	}
	if err == nil {
		h.entries = append(h.entries, e)
		h.world.Learn(e)
	}
}

func (h *history) all() []submit.Entry {
	entries, _ := h.journal.Entries(context.Background(), true)
	return entries
}

// night is Absorb and Run, with a fault at one call, perhaps; and perhaps with a
// second one at work at that moment, though the lock forbids it.
func (h *history) night(t *rapid.T) {
	if h.inDoubt() {
		return
	}
	h.world.Does = func(string) journaltest.Deed {
		return rapid.SampledFrom(journaltest.Deeds()).Draw(t, "deed")
	}
	told := h.remittances()
	one := func(j submit.Journal, g submit.Gateway) {
		if _, err := submit.Absorb(context.Background(), j, told, nil); err == nil {
			_, _ = submit.Run(context.Background(), j, g, submit.Options{
				Look: func(e *submit.Entry) (bool, string) {
					return rapid.IntRange(0, 9).Draw(t, "look") > 0, "it is not owed any more"
				},
				Now: h.now, NoCanary: rapid.Bool().Draw(t, "no canary"),
			})
		}
	}
	f := &journaltest.Faults{At: rapid.IntRange(0, 25).Draw(t, "fault at"), How: rapid.SampledFrom(journaltest.AllFaults()).Draw(t, "fault")}
	if rapid.Bool().Draw(t, "two nights") {
		f.Meanwhile = func() { one(h.journal, h.world) }
	}
	journaltest.Survive(func() { one(f.Journal(h.journal), f.Gateway(h.world)) })
}

func (h *history) remittances() []payment.Remittance {
	ours := make(map[string]submit.Entry)
	for _, e := range h.entries {
		ours[e.ObjectID] = e
	}
	return journaltest.Fold(ours, h.shown)
}

// webhooks come late, or never, and some of them twice.
func (h *history) webhooks(t *rapid.T) {
	h.late = append(h.late, h.world.Events[h.hidden:]...)
	h.hidden = len(h.world.Events)
	for range rapid.IntRange(0, len(h.late)).Draw(t, "how many") {
		i := rapid.IntRange(0, len(h.late)-1).Draw(t, "which")
		e := h.late[i]
		if !rapid.Bool().Draw(t, "comes again") {
			h.late = slices.Delete(h.late, i, i+1)
		}
		e.Pos.Row = len(h.shown) + 1
		h.shown = append(h.shown, e)
	}
}

func (h *history) moneyBack(t *rapid.T) {
	if len(h.entries) == 0 {
		return
	}
	e := rapid.SampledFrom(h.entries).Draw(t, "of")
	if verdict, _ := h.world.Truth(e.ObjectID); verdict == submit.ItWasPaid {
		h.world.Return(e.ObjectID)
	}
}

// people settle what nobody told, by the truth, as soon as the program lets them.
func (h *history) people(t *rapid.T) {
	entries := h.all()
	if h.inDoubt() || len(entries) == 0 {
		return
	}
	e := rapid.SampledFrom(entries).Draw(t, "of")
	verdict, certain := h.world.Truth(e.ObjectID)
	say, err := submit.Resolve(&e, verdict, h.now(), 0)
	if !certain || err != nil {
		return
	}
	if _, err := settle(context.Background(), h.journal, &e, say, submit.Proof{Actor: "anna+ben", Text: "statement"}); err != nil {
		t.Fatalf("settling %s: %v", e.ObjectID, err)
	}
}

// restore puts an old journal back, and later the side log brings it to the
// present again: recover.
func (h *history) restore(t *rapid.T) {
	switch {
	case h.inDoubt():
		h.journal = h.side
	case len(h.backups) > 0:
		backup := rapid.SampledFrom(h.backups).Draw(t, "backup")
		old, _ := backup.Steps(context.Background())
		now, _ := h.side.Steps(context.Background())
		if old < now {
			h.journal = backup.Copy()
		}
	}
}
