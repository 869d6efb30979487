package submit_test

import (
	"context"
	"fmt"
	"hash/maphash"
	"strings"
	"testing"
	"time"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
	"reconcile/internal/submit/journaltest"
)

// The search tries every order of everything that can happen to a few debts, with
// the real Run, Absorb, Resolve and Next. Two nights are at work at the same time,
// though a lock forbids it; each can be stopped for any length of time between two
// calls, and die there. The platform pays, refuses and loses as it likes, late or
// at once, and never recognises a repetition; webhooks come late or never; two
// people settle what nobody told, by the truth; failed and returned debts are
// tried again.
//
// A night is stopped by running it from its beginning on recorded replies up to
// the first call that has none. So the code under test is the program's own, and
// the state of a night is the replies that it had.

// A cell is one instruction in the journal.
type cell struct {
	state  submit.State // 0: not written down
	sends  uint8
	held   bool
	alarms bool
}

// A fact is the truth about one instruction, which nobody sees whole.
type fact struct {
	wire               uint8 // copies of the request under way
	paid               uint8
	refused, returned  bool
	expired            bool  // the time to write it is over
	told               uint8 // webhooks that are in the log: see success, failure, reversal
	knewNot, wroteLate bool  // paid although the journal did not know
}

const (
	success uint8 = 1 << iota
	failure
	reversal
)

// A stage is how far a night has come.
type stage uint8

const (
	idle stage = iota
	absorbing
	running
)

// A night is one process.
type night struct {
	stage   stage
	log     string // what the log held when it read it
	replies string // what it was answered so far in this stage, encoded
}

const (
	maxInstructions = 4
	nights          = 2
)

// A moment is everything, at one time.
type moment struct {
	journal [maxInstructions]cell
	facts   [maxInstructions]fact
	nights  [nights]night
	crashes uint8
}

// A search is one model world.
type search struct {
	instructions []submit.Entry // attempts of one debt stand in order
	previous     []int          // the attempt before; -1 where there is none
	maxCrashes   uint8
	broken       string // the guard that is taken away
	calm         bool   // nothing is reversed, and no answer is a definite refusal

	told    map[string][]payment.Remittance
	stands  map[night]*request
	seed    maphash.Seed
	seen    map[uint64]parent
	queue   []moment
	reached map[string]bool
	failed  string
}

// A parent is how a moment came to be.
type parent struct {
	of   uint64
	what label
}

// A label says what happened, in words that are only put together when somebody
// reads them.
type label [3]string

func newSearch(attempts ...int) *search {
	s := &search{told: make(map[string][]payment.Remittance), stands: make(map[night]*request), seed: maphash.MakeSeed(), seen: make(map[uint64]parent), reached: make(map[string]bool)}
	for d, n := range attempts {
		for k := 1; k <= n; k++ {
			s.previous = append(s.previous, len(s.instructions)-1)
			if k == 1 {
				s.previous[len(s.previous)-1] = -1
			}
			s.instructions = append(s.instructions, journaltest.Instruction(string(rune('A'+d)), k, payment.OnPlatform, fmt.Sprint(d)))
		}
	}
	return s
}

// run searches until every moment was looked at, one of them is wrong, or there
// are too many.
func (s *search) run(limit int) (states int) {
	var first moment
	for i := range s.instructions {
		if s.previous[i] < 0 {
			first.journal[i] = cell{state: submit.Intended, held: true}
		}
	}
	s.visit(first, first, label{"the beginning"})
	for len(s.queue) > 0 && s.failed == "" && len(s.seen) < limit {
		m := s.queue[0]
		s.queue = s.queue[1:]
		s.expand(m)
	}
	return len(s.seen)
}

// visit notes a moment that follows from another, and holds it to the promise.
func (s *search) visit(m, from moment, what label) {
	m.settle()
	key := s.key(&m)
	if _, known := s.seen[key]; known {
		return
	}
	s.seen[key] = parent{s.key(&from), what}
	s.queue = append(s.queue, m)
	if wrong := s.wrong(&m); wrong != "" && s.failed == "" {
		s.failed = wrong + s.history(key)
	}
}

// settle puts the nights, which are alike, into one order.
func (m *moment) settle() {
	a, b := &m.nights[0], &m.nights[1]
	if a.stage > b.stage || a.stage == b.stage && (a.log > b.log || a.log == b.log && a.replies > b.replies) {
		*a, *b = *b, *a
	}
}

func (s *search) key(m *moment) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	maphash.WriteComparable(&h, m.journal)
	maphash.WriteComparable(&h, m.facts)
	maphash.WriteComparable(&h, m.nights)
	maphash.WriteComparable(&h, m.crashes)
	return h.Sum64()
}

// history tells how a moment came to be.
func (s *search) history(key uint64) string {
	var steps []string
	for {
		p := s.seen[key]
		steps = append(steps, strings.TrimSpace(strings.Join(p.what[:], " ")))
		if p.of == key {
			break
		}
		key = p.of
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteString("\n  " + steps[i])
	}
	return b.String()
}

// wrong says what must never be and is.
func (s *search) wrong(m *moment) string {
	net := 0
	for i := range s.instructions {
		f, c := &m.facts[i], &m.journal[i]
		if s.previous[i] < 0 {
			net = 0
		}
		net += int(f.paid)
		if f.returned {
			net--
		}
		switch {
		case net > 1:
			return fmt.Sprintf("a debt was paid %d times", net)
		case f.knewNot:
			return "something was paid that the journal did not know"
		case c.alarms && s.broken == "":
			return "an alarm was raised although nobody lied"
		}
		if f.paid > 0 && s.previous[i] >= 0 {
			s.reached["paid at the second attempt"] = true
			s.reached["paid again after a return"] = s.reached["paid again after a return"] || m.facts[s.previous[i]].returned
		}
		s.reached[c.state.String()] = true
		s.reached["a sender out of time"] = s.reached["a sender out of time"] || f.wroteLate
	}
	return ""
}

// expand visits everything that can happen next.
func (s *search) expand(m moment) {
	for n := range m.nights {
		s.expandNight(m, n)
	}
	for i := range s.instructions {
		s.expandWorld(m, i)
		s.expandPeople(m, i)
	}
	if s.broken == "an old journal is restored" {
		to := m
		to.journal = [maxInstructions]cell{}
		for i := range s.instructions {
			if s.previous[i] < 0 {
				to.journal[i] = cell{state: submit.Intended, held: true}
			}
		}
		s.visit(to, m, label{"the first journal is restored"})
	}
}

// expandWorld is what the platform and the clock do.
func (s *search) expandWorld(m moment, i int) {
	f, c := m.facts[i], m.journal[i]
	do := func(may bool, what string, change func(*fact)) {
		if may {
			to := m
			change(&to.facts[i])
			s.visit(to, m, label{what, "of", s.instructions[i].ObjectID[30:]})
		}
	}
	do(f.wire > 0, "payment", func(f *fact) { f.wire--; f.paid++; f.knewNot = c.sends == 0 })
	do(f.wire > 0 && f.paid == 0, "refusal", func(f *fact) { f.wire--; f.refused = true })
	do(f.wire > 0, "loss", func(f *fact) { f.wire-- })
	do(f.paid > 0 && !f.returned && !s.calm, "reversal", func(f *fact) { f.returned = true })
	do(c.sends > 0 && !f.expired, "deadline", func(f *fact) { f.expired = true })
	do(f.paid > 0 && f.told&success == 0, "success webhook", func(f *fact) { f.told |= success })
	do(f.refused && f.told&failure == 0, "failure webhook", func(f *fact) { f.told |= failure })
	do(f.returned && f.told&reversal == 0, "reversal webhook", func(f *fact) { f.told |= reversal })
}

// expandPeople is what people do: settle what nobody told, by the truth, and
// approve another attempt.
func (s *search) expandPeople(m moment, i int) {
	f, c := m.facts[i], m.journal[i]
	name := s.instructions[i].ObjectID[30:]
	if p := s.previous[i]; p >= 0 && c.state == 0 && m.journal[p].state != 0 {
		j := s.memory(&m)
		if j.Intend(context.Background(), s.instructions[i]) == nil {
			s.visit(s.with(m, j), m, label{"a second attempt:", name})
		}
	}
	verdict := submit.ItWasNotPaid
	switch {
	case f.returned:
		verdict = submit.ItWasReturned
	case f.paid > 0:
		verdict = submit.ItWasPaid
	}
	certain := f.expired && f.wire == 0
	if s.broken == "a debt is settled before its deadline" {
		certain = true
	}
	if certain && c.state != 0 {
		j := s.memory(&m)
		e := s.entry(&m, i)
		if say, err := submit.Resolve(&e, verdict, start.Add(25*time.Hour), 0); err == nil {
			if _, err := settle(context.Background(), j, &e, say, submit.Proof{Actor: "anna+ben"}); err == nil {
				s.visit(s.with(m, j), m, label{"two people settle", name, string(verdict)})
			}
		}
	}
	if s.broken == "time frees" && f.expired && c.state == submit.Unsure {
		to := m
		to.journal[i].state, to.journal[i].held = submit.Failed, false
		s.visit(to, m, label{name, "is taken for failed after a day"})
	}
}

// entry is an instruction as the journal of the moment has it.
func (s *search) entry(m *moment, i int) submit.Entry {
	c := &m.journal[i]
	e := s.instructions[i]
	e.State, e.Sends, e.Since = c.state, int(c.sends), start
	if c.sends > 0 {
		e.Deadline = start.Add(time.Minute)
	}
	a := e.Allocations[0]
	a.Held = c.held
	e.Allocations = []submit.Allocated{a}
	if c.alarms {
		e.Alarms = []submit.Alarmed{{Alarm: submit.Contradictory}, {Alarm: submit.LatePaid}, {Alarm: submit.NotSentByUs}}
	}
	return e
}

// memory is the journal of the moment.
func (s *search) memory(m *moment) *journaltest.Memory {
	entries := make([]submit.Entry, 0, len(s.instructions))
	for i := range s.instructions {
		if m.journal[i].state != 0 {
			entries = append(entries, s.entry(m, i))
		}
	}
	return journaltest.MemoryOf(stopped, entries)
}

// with is the moment with another journal.
func (s *search) with(m moment, j *journaltest.Memory) moment {
	entries, _ := j.Entries(context.Background(), true)
	for i := range s.instructions {
		for k := range entries {
			if e := &entries[k]; e.ObjectID == s.instructions[i].ObjectID {
				m.journal[i] = cell{e.State, uint8(e.Sends), e.Allocations[0].Held, len(e.Alarms) > 0}
			}
		}
	}
	return m
}

// index is the place of an instruction.
func (s *search) index(objectID string) int {
	for i := range s.instructions {
		if s.instructions[i].ObjectID == objectID {
			return i
		}
	}
	return -1
}

// TestEveryInterleaving: the smaller worlds in full, every time; the larger ones
// as far as memory goes where there is time for them.
func TestEveryInterleaving(t *testing.T) {
	worlds := []struct {
		name     string
		attempts []int
		crashes  uint8
		calm     bool
		most     int
	}{
		{"one debt, two attempts, two deaths", []int{2}, 2, false, 1 << 40},
		{"two debts, two deaths, nothing comes back", []int{1, 1}, 2, true, 1 << 40},
	}
	if soak() {
		worlds = append(worlds, worlds[1], worlds[1])
		worlds[2].name, worlds[2].calm, worlds[2].crashes, worlds[2].most = "two debts, two deaths", false, 2, 1<<23
		worlds[3].name, worlds[3].calm, worlds[3].attempts, worlds[3].most = "two debts, two attempts of each, one death", false, []int{2, 2}, 1<<23
	}
	if testing.Short() { // under the race detector each state takes ten times as long
		worlds[0].most, worlds[1].most = 1<<16, 1<<14
	}
	for _, c := range worlds {
		s := newSearch(c.attempts...)
		s.maxCrashes, s.calm = c.crashes, c.calm
		states := s.run(c.most)
		how := "all states"
		if len(s.queue) > 0 {
			how = "states until the limit"
		}
		if s.failed != "" {
			t.Errorf("%s: %s", c.name, s.failed)
		}
		wanted := []string{"INTENT", "SENDING", "UNSURE", "ACKED", "PAID", "FAILED", "a sender out of time"}
		if !c.calm {
			wanted = append(wanted, "RETURNED")
		}
		if c.attempts[0] > 1 && len(c.attempts) == 1 {
			wanted = append(wanted, "paid at the second attempt", "paid again after a return")
		}
		for _, want := range wanted {
			if !s.reached[want] {
				t.Errorf("%s: %s was never reached", c.name, want)
			}
		}
		proved(t, fmt.Sprintf("P5: %s, %s", c.name, how), states)
	}
}

// TestSearchFindsFaults: a search that cannot fail proves nothing. Each guard is
// taken away, and the search must find how a debt is paid twice.
func TestSearchFindsFaults(t *testing.T) {
	guards := []string{
		"an instruction is begun twice",
		"a request is sent again when the answer is unclear",
		"a sender does not mind its deadline",
		"a debt is settled before its deadline",
		"time frees",
		"an old journal is restored",
	}
	for _, broken := range guards {
		s := newSearch(2)
		s.maxCrashes, s.broken = 1, broken
		states := s.run(1 << 20)
		if s.failed == "" {
			t.Errorf("%s, and in %d states nothing was found", broken, states)
		} else {
			t.Logf("%s: %s", broken, s.failed)
		}
	}
	proved(t, "P5: without one guard the search finds how a debt is paid twice, guards", len(guards))
}
