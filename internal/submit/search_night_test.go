package submit_test

import (
	"context"
	"time"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
	"reconcile/internal/submit/journaltest"
)

// A request is the call at which a night stands still.
type request struct {
	name      string
	objectID  string
	all       bool
	say       submit.Say
	proof     submit.Proof
	positions []int
	deadline  time.Time
	ticket    submit.Ticket
}

// halt ends a night at a call that has no reply yet.
type halt struct{}

// A tape is a journal and a gateway that give recorded replies, and stop the
// night at the first call beyond them.
type tape struct {
	s       *search
	replies string
	waiting *request
}

// The replies are one byte each, and Entries is followed by its cells.
const (
	replyFine    = 'y'
	replyRefused = 'n' // ErrNotIntended, ErrIllegal
	replyAcked   = 'a'
	replyUnclear = 'u'
	replyDenied  = 'd'
	replyState   = '0' // and the state
)

// next takes the next reply, or stops.
func (t *tape) next(r request) byte {
	if t.replies == "" {
		t.waiting = &r
		panic(halt{})
	}
	b := t.replies[0]
	t.replies = t.replies[1:]
	return b
}

func (t *tape) Entries(_ context.Context, all bool) ([]submit.Entry, error) {
	t.next(request{name: "Entries", all: all})
	var m moment
	for i := range t.s.instructions {
		c := t.replies[4*i : 4*i+4]
		m.journal[i] = cell{submit.State(c[0]), c[1], c[2] == 1, c[3] == 1}
	}
	t.replies = t.replies[4*len(t.s.instructions):]
	return t.s.memory(&m).Entries(context.Background(), all)
}

func (t *tape) Begin(_ context.Context, objectID string, deadline time.Time) (submit.Ticket, error) {
	if t.next(request{name: "Begin", objectID: objectID, deadline: deadline}) == replyRefused {
		return submit.Ticket{}, submit.ErrNotIntended
	}
	return submit.Ticket{ObjectID: objectID, Body: t.s.instructions[t.s.index(objectID)].Body, Deadline: deadline}, nil
}

func (t *tape) Move(_ context.Context, objectID string, say submit.Say, proof submit.Proof, positions []int) (submit.State, error) {
	b := t.next(request{name: "Move", objectID: objectID, say: say, proof: proof, positions: positions})
	if b == replyRefused {
		return 0, submit.ErrIllegal
	}
	return submit.State(b - replyState), nil
}

// Dial always finds a connection: nothing else depends on it.
func (t *tape) Dial(context.Context) (submit.Conn, error) { return t, nil }

func (t *tape) Close() error { return nil }

func (t *tape) Send(_ context.Context, ticket submit.Ticket) submit.Answer {
	switch t.next(request{name: "Send", objectID: ticket.ObjectID, ticket: ticket}) {
	case replyAcked:
		return submit.Answer{Acked: true}
	case replyDenied:
		return submit.Answer{Refused: true}
	}
	return submit.Answer{}
}

// waits returns the call at which a night stands; nil where this stage of it is
// over. It is remembered, for the world may change in many ways meanwhile.
func (s *search) waits(n *night) *request {
	r, known := s.stands[*n]
	if !known {
		r = s.rerun(n)
		s.stands[*n] = r
	}
	return r
}

// rerun runs a night on its replies.
func (s *search) rerun(n *night) (r *request) {
	t := &tape{s: s, replies: n.replies}
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(halt); !ok {
				panic(p)
			}
			r = t.waiting
		}
	}()
	switch n.stage {
	case absorbing:
		_, _ = submit.Absorb(context.Background(), t, s.remittances(n.log), nil)
	case running:
		_, _ = submit.Run(context.Background(), t, t, submit.Options{Look: looksGood, Now: stopped, NoCanary: true})
	}
	return nil
}

// log is what the event log holds at a moment.
func (s *search) log(m *moment) string {
	told := make([]byte, len(s.instructions))
	for i := range told {
		told[i] = m.facts[i].told
	}
	return string(told)
}

func (s *search) remittances(log string) []payment.Remittance {
	if told, known := s.told[log]; known {
		return told
	}
	ours := make(map[string]submit.Entry)
	var events []payment.Event
	for i := range s.instructions {
		e := &s.instructions[i]
		ours[e.ObjectID] = *e
		for bit, result := range map[uint8]payment.Result{success: payment.Success, failure: payment.Failure, reversal: payment.Reversal} {
			if log[i]&bit != 0 {
				events = append(events, journaltest.Response(e, result))
			}
		}
	}
	s.told[log] = journaltest.Fold(ours, events)
	return s.told[log]
}

// expandNight is what one process does next: begin a night, take one step, die.
func (s *search) expandNight(m moment, n int) {
	if m.nights[n].stage == idle {
		to := m
		to.nights[n] = night{stage: absorbing, log: s.log(&m)}
		s.answer(to, m, n, "a night begins: ", replyFine)
		return
	}
	if m.crashes < s.maxCrashes {
		to := m
		to.nights[n] = night{}
		to.crashes++
		s.visit(to, m, label{"a night dies"})
	}
	r := s.waits(&m.nights[n])
	if r.name != "Send" {
		s.answer(m, m, n, "", replyFine)
		return
	}
	i := s.index(r.objectID)
	f := m.facts[i]
	if f.expired && s.broken != "a sender does not mind its deadline" {
		to := m
		to.facts[i].wroteLate = true
		s.answer(to, m, n, "out of time: ", replyUnclear)
		return
	}
	under := m
	under.facts[i].wire++
	// A request that is lost on its way is one that is under way and then lost.
	s.answer(under, m, n, "without an answer: ", replyUnclear)
	s.answer(under, m, n, "acknowledged: ", replyAcked)
	if f.wire == 0 && f.paid == 0 && !s.calm {
		denied := m
		denied.facts[i].refused = true
		s.answer(denied, m, n, "definitely refused: ", replyDenied)
	}
	if s.broken == "a request is sent again when the answer is unclear" {
		under.facts[i].wire++
		s.answer(under, m, n, "twice: ", replyUnclear)
	}
}

// answer carries out the call at which a night stands, with the given reply of
// the platform, and brings the night to its next call.
func (s *search) answer(m, from moment, n int, how string, reply byte) {
	ctx := context.Background()
	r := s.waits(&m.nights[n])
	j := s.memory(&m)
	replies := []byte{reply}
	switch r.name {
	case "Entries":
		for i := range s.instructions {
			c := m.journal[i]
			replies = append(replies, byte(c.state), c.sends, bit(c.held), bit(c.alarms))
		}
	case "Begin":
		_, err := j.Begin(ctx, r.objectID, r.deadline)
		if err != nil && s.broken != "an instruction is begun twice" {
			replies[0] = replyRefused
		}
	case "Move":
		state, err := j.Move(ctx, r.objectID, r.say, r.proof, r.positions)
		if replies[0] = replyState + byte(state); err != nil {
			replies[0] = replyRefused
		}
	}
	to := s.with(m, j)
	it := &to.nights[n]
	it.replies += string(replies)
	for it.stage != idle && s.waits(it) == nil {
		it.replies = ""
		if it.stage++; it.stage > running {
			*it = night{}
		}
		if it.stage == running {
			it.log = "" // it is of no use any more
		}
	}
	what := label{how, r.name}
	if r.objectID != "" {
		what[2] = r.objectID[30:]
	}
	if r.name == "Move" {
		what[0] = r.say.String()
	}
	s.visit(to, from, what)
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
