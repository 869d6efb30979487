package submit_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
	"reconcile/internal/submit/journaltest"
)

// TestNext is the whole table, to be read: a row is a state, a column a say. A dot
// leaves the state as it is, a dash is illegal; L, N and C are alarms.
func TestNext(t *testing.T) {
	const table = `
         BEGUN   ACKNOWLEDGED UNCLEAR WITHDRAWN UNKNOWN  PAID     FAILED   PAID_AND_FAILED RETURNED CONTRADICTED
INTENT   SENDING -            -       VOID      UNSURE+N PAID+N   UNSURE+N PAID+N          UNSURE+N UNSURE+N
SENDING  -       ACKED        UNSURE  -         UNSURE   PAID     FAILED   PAID+L          ACKED    UNSURE+C
UNSURE   -       ACKED        .       -         .        PAID     FAILED   PAID+L          ACKED    .+C
ACKED    -       .            .       -         .        PAID     FAILED   PAID+L          RETURNED .+C
PAID     -       .            .       -         .        .        .+L      .+L             RETURNED .+C
FAILED   -       .            .       -         .        PAID+L   .        PAID+L          RETURNED .+C
RETURNED -       .            .       -         .        .        .        .+L             .        .+C
VOID     -       -            -       -         .+N      PAID+N   .+N      PAID+N          .+N      .+N
`
	letter := map[submit.Alarm]string{"": "", submit.LatePaid: "+L", submit.NotSentByUs: "+N", submit.Contradictory: "+C"}
	rows := strings.Split(strings.Trim(table, "\n"), "\n")
	for i, say := range submit.Says() {
		if got := strings.Fields(rows[0])[i]; got != say.String() {
			t.Fatalf("column %d is %s, want %s", i, got, say)
		}
	}
	for i, s := range submit.States() {
		cells := strings.Fields(rows[i+1])
		if cells[0] != s.String() {
			t.Fatalf("row %d is %s, want %s", i, cells[0], s)
		}
		for k, say := range submit.Says() {
			to, alarm, legal := submit.Next(s, say)
			got := to.String() + letter[alarm]
			switch {
			case !legal:
				got = "-"
			case to == s:
				got = "." + letter[alarm]
			}
			if got != cells[k+1] {
				t.Errorf("%s, %s: got %s, want %s", s, say, got, cells[k+1])
			}
		}
	}
}

// TestOnlyEvidenceFrees: nothing but a failure or a return takes a hold away from
// what may have been sent, and nothing at all gives a second send.
func TestOnlyEvidenceFrees(t *testing.T) {
	for _, s := range submit.States() {
		for _, say := range submit.Says() {
			to, _, legal := submit.Next(s, say)
			if !legal {
				continue
			}
			frees := s.Holds() && !to.Holds()
			if frees && say != submit.SaysFailed && say != submit.SaysReturned && (say != submit.Withdrawn || s != submit.Intended) {
				t.Errorf("%s is freed by %s", s, say)
			}
			if to == submit.Sending && (s != submit.Intended && s != submit.Sending || say != submit.Begun) || to == submit.Intended && s != submit.Intended {
				t.Errorf("%s becomes %s by %s, and could be sent again", s, to, say)
			}
		}
	}
}

func TestStateWords(t *testing.T) {
	for _, s := range submit.States() {
		if got, ok := submit.ParseState(s.String()); !ok || got != s {
			t.Errorf("ParseState(%q) = %v, %v", s.String(), got, ok)
		}
	}
	if _, ok := submit.ParseState(""); ok {
		t.Error("the empty word is a state")
	}
	if !submit.State(0).Holds() || !submit.State(99).Holds() {
		t.Error("an unknown state frees its debts")
	}
	for _, say := range append(submit.Says(), 0, 99) {
		for _, s := range []submit.State{0, 99} {
			if _, _, legal := submit.Next(s, say); legal {
				t.Errorf("state %d takes say %d", s, say)
			}
		}
	}
	for _, s := range submit.States() {
		for _, say := range []submit.Say{0, 99} {
			if _, _, legal := submit.Next(s, say); legal {
				t.Errorf("%s takes say %d", s, say)
			}
		}
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		state    submit.State
		verdict  submit.Verdict
		after    time.Duration // since the deadline
		say      submit.Say
		complain string
	}{
		{submit.Unsure, submit.ItWasPaid, 24 * time.Hour, submit.SaysPaid, ""},
		{submit.Unsure, submit.ItWasNotPaid, 24 * time.Hour, submit.SaysFailed, ""},
		{submit.Acked, submit.ItWasReturned, 48 * time.Hour, submit.SaysReturned, ""},
		{submit.Sending, submit.ItWasPaid, 24 * time.Hour, submit.SaysPaid, ""},
		{submit.Unsure, submit.ItWasPaid, 24*time.Hour - 1, 0, "can be resolved from 2026-11-23T01:30:00Z on"},
		{submit.Unsure, submit.ItWasPaid, -time.Hour, 0, "can be resolved from"},
		{submit.Unsure, "perhaps", 24 * time.Hour, 0, "is no outcome"},
		{submit.Intended, submit.ItWasNotPaid, 24 * time.Hour, 0, "was not sent"},
		{submit.Paid, submit.ItWasNotPaid, 24 * time.Hour, 0, "is PAID; only"},
		{submit.Paid, submit.ItWasPaid, 24 * time.Hour, 0, "is PAID; only"},
		{submit.Paid, submit.ItWasReturned, 24 * time.Hour, submit.SaysReturned, ""},
		{submit.Paid, submit.ItWasReturned, time.Hour, 0, "can be resolved from"},
		{submit.Failed, submit.ItWasPaid, 24 * time.Hour, 0, "is FAILED; only"},
		{submit.Returned, submit.ItWasPaid, 24 * time.Hour, 0, "is RETURNED; only"},
		{submit.Void, submit.ItWasPaid, 24 * time.Hour, 0, "is VOID; only"},
	} {
		e := submit.Entry{ObjectID: "PMT1", State: c.state, Deadline: start}
		say, err := submit.Resolve(&e, c.verdict, start.Add(c.after), 0)
		if say != c.say || (err == nil) != (c.complain == "") || err != nil && !strings.Contains(err.Error(), c.complain) {
			t.Errorf("%s, %s, %v after its deadline: got %s and error %v, want %s and %q", c.state, c.verdict, c.after, say, err, c.say, c.complain)
		}
	}
	// What the world knew before this journal did has no deadline.
	e := submit.Entry{ObjectID: "PMT1", State: submit.Unsure, Since: start}
	if _, err := submit.Resolve(&e, submit.ItWasPaid, start.Add(time.Hour), 0); err == nil {
		t.Error("a payment without a deadline was resolved an hour after it became known")
	}
	// A company may wait longer.
	if _, err := submit.Resolve(&e, submit.ItWasPaid, start.Add(71*time.Hour), 72*time.Hour); err == nil {
		t.Error("a payment was resolved after 71 hours where 72 are asked for")
	}
	if _, err := submit.Resolve(&e, submit.ItWasPaid, start.Add(72*time.Hour), 72*time.Hour); err != nil {
		t.Errorf("after 72 hours: %v", err)
	}
	// Where the evidence of what is PAID contradicts itself, two people may say that it
	// was not paid.
	for _, alarm := range []submit.Alarm{submit.LatePaid, submit.Contradictory, submit.NotSentByUs} {
		late := submit.Entry{ObjectID: "PMT1", Supplier: "S1", State: submit.Paid, Alarms: []submit.Alarmed{alarm.Of("")}, Deadline: start}
		if say, err := submit.Resolve(&late, submit.ItWasNotPaid, start.Add(24*time.Hour), 0); say != submit.SaysReturned || err != nil {
			t.Errorf("%s, and it was none: got %s, error %v, want %s", alarm, say, err, submit.SaysReturned)
		}
		if _, err := submit.Resolve(&late, submit.ItWasPaid, start.Add(24*time.Hour), 0); err == nil || !strings.Contains(err.Error(), "reconcile release S1") {
			t.Errorf("%s, and it is known to be paid: got error %v, want one that names what is left to do", alarm, err)
		}
		late.State = submit.Failed // and of what is FAILED, that it was
		if say, err := submit.Resolve(&late, submit.ItWasPaid, start.Add(24*time.Hour), 0); say != submit.SaysPaid || err != nil {
			t.Errorf("%s, and it was paid: got %s, error %v, want %s", alarm, say, err, submit.SaysPaid)
		}
		if _, err := submit.Resolve(&late, submit.ItWasPaid, start.Add(23*time.Hour), 0); err == nil {
			t.Errorf("%s: what is FAILED was resolved 23 hours after its deadline", alarm)
		}
	}
}

// settle is what two people come to, in the loop that the journal makes of it.
func settle(ctx context.Context, j submit.Journal, e *submit.Entry, say submit.Say, proof submit.Proof) (submit.State, error) {
	return submit.Settle(func() (submit.State, error) { return j.Move(ctx, e.ObjectID, say, proof, nil) })
}

// TestSettle: a verdict is one word, and may be two steps.
func TestSettle(t *testing.T) {
	for _, c := range []struct {
		from submit.State
		say  submit.Say
		want submit.State
	}{
		{submit.Unsure, submit.SaysReturned, submit.Returned},
		{submit.Sending, submit.SaysReturned, submit.Returned},
		{submit.Acked, submit.SaysPaid, submit.Paid},
		{submit.Unsure, submit.SaysFailed, submit.Failed},
	} {
		e := journaltest.Instruction("A", 1, payment.OnPlatform, "1")
		j := at(t, e, c.from)
		e.State = c.from
		got, err := settle(t.Context(), j, &e, c.say, submit.Proof{Actor: "anna+ben", Text: "statement 7"})
		if err != nil || got != c.want {
			t.Errorf("%s by %s: got %s, error %v, want %s", c.from, c.say, got, err, c.want)
		}
	}
}

// TestTake: what a say does to the holds.
func TestTake(t *testing.T) {
	held := func(e submit.Entry, held ...bool) submit.Entry {
		e.Allocations = slices.Clone(e.Allocations)
		for i, h := range held {
			e.Allocations[i].Held = h
		}
		return e
	}
	two := journaltest.Instruction("A", 1, payment.OffPlatform, "1", "2")
	for _, c := range []struct {
		name      string
		state     submit.State
		held      []bool
		say       submit.Say
		positions []int
		to        submit.State
		want      []bool
	}{
		{"a failure frees all", submit.Acked, []bool{true, true}, submit.SaysFailed, nil, submit.Failed, []bool{false, false}},
		{"one comes back", submit.Paid, []bool{true, true}, submit.SaysReturned, []int{1}, submit.Paid, []bool{true, false}},
		{"and the other", submit.Paid, []bool{true, false}, submit.SaysReturned, []int{0}, submit.Returned, []bool{false, false}},
		{"one comes back of what is unsure: first it arrived", submit.Unsure, []bool{true, true}, submit.SaysReturned, []int{1}, submit.Acked, []bool{true, true}},
		{"one comes back of what failed", submit.Failed, []bool{false, false}, submit.SaysReturned, []int{1}, submit.Failed, []bool{false, false}},
		{"paid keeps what came back free", submit.Acked, []bool{true, false}, submit.SaysPaid, nil, submit.Paid, []bool{true, false}},
		{"paid after a failure holds again", submit.Failed, []bool{false, false}, submit.SaysPaid, nil, submit.Paid, []bool{true, true}},
	} {
		e := held(two, c.held...)
		e.State = c.state
		step, err := e.Take(c.say, "", c.positions)
		if err != nil || step.To != c.to || !slices.Equal(step.Held, c.want) {
			t.Errorf("%s: got %s %v, error %v; want %s %v", c.name, step.To, step.Held, err, c.to, c.want)
		}
	}
}
