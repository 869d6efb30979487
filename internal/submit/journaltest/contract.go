package journaltest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
)

// A Bench is a journal on the test bench: with what comes before the loop, and
// with a way to pull its plug.
type Bench interface {
	submit.Journal

	// Intend registers one proposal of these instructions, has it approved, and
	// writes it down: all or none of it. The state of the entries is ignored.
	Intend(ctx context.Context, entries ...submit.Entry) error

	// Steps counts the traces that were left so far: steps and alarms, or
	// transactions; only whether it grows is looked at.
	Steps(ctx context.Context) (int, error)

	// Crash ends the process without a goodbye and opens the journal in the next
	// one. The old Bench is used no more.
	Crash() (Bench, error)
}

// Run is the contract of a Journal. open returns an empty one and closes it when
// the test is over.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	for _, c := range []struct {
		name string
		test func(*bench)
	}{
		{"an intended instruction is there, in order, and holds its debts", intended},
		{"an instruction is begun once", begunOnce},
		{"of many that begin at once, one does", begunAtOnce},
		{"every state takes every say as Entry.Take says", everyStep},
		{"a debt is held by one instruction", heldOnce},
		{"a payment after a failure is believed, and holds what it can", latePaid},
		{"a part comes back", partReturned},
		{"a proposal is written down whole or not at all", allOrNone},
		{"what is unknown is refused", unknown},
		{"a crash changes nothing", crash},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(&bench{T: t, ctx: t.Context(), Bench: open(t)}) })
	}
}

// A bench is a Bench with the questions that every test asks it.
type bench struct {
	*testing.T
	Bench
	ctx context.Context
}

func (b *bench) intend(entries ...submit.Entry) {
	b.Helper()
	if err := b.Intend(b.ctx, entries...); err != nil {
		b.Fatalf("writing down %s: %v", entries[0].ObjectID, err)
	}
}

func (b *bench) all() []submit.Entry {
	b.Helper()
	entries, err := b.Entries(b.ctx, true)
	if err != nil {
		b.Fatal(err)
	}
	return entries
}

func (b *bench) entry(objectID string) submit.Entry {
	b.Helper()
	for _, e := range b.all() {
		if e.ObjectID == objectID {
			return e
		}
	}
	b.Fatalf("%s is not in the journal", objectID)
	return submit.Entry{}
}

func (b *bench) steps() int {
	b.Helper()
	n, err := b.Steps(b.ctx)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// deadline is of every write here, to the millisecond, which a journal must keep.
var deadline = time.Date(2031, 5, 6, 7, 8, 9, 123e6, time.UTC)

func (b *bench) begin(objectID string) submit.Ticket {
	b.Helper()
	ticket, err := b.Begin(b.ctx, objectID, deadline)
	if err != nil {
		b.Fatalf("beginning %s: %v", objectID, err)
	}
	return ticket
}

func (b *bench) move(objectID string, say submit.Say, positions ...int) submit.State {
	b.Helper()
	state, err := b.Move(b.ctx, objectID, say, proof(say), positions)
	if err != nil {
		b.Fatalf("moving %s by %s: %v", objectID, say, err)
	}
	return state
}

func proof(say submit.Say) submit.Proof {
	text := "said " + say.String()
	return submit.Proof{Actor: "webhook", Text: text, SHA256: sha([]byte(text)), UTR: "N1"}
}

// to brings an intended instruction into a state.
func (b *bench) to(objectID string, state submit.State) {
	b.Helper()
	if state != submit.Intended && state != submit.Void {
		b.begin(objectID)
	}
	switch state {
	case submit.Void:
		b.move(objectID, submit.Withdrawn)
	case submit.Unsure:
		b.move(objectID, submit.Unclear)
	case submit.Acked:
		b.move(objectID, submit.Acknowledged)
	case submit.Paid:
		b.move(objectID, submit.SaysPaid)
	case submit.Failed:
		b.move(objectID, submit.SaysFailed)
	case submit.Returned:
		b.move(objectID, submit.Acknowledged)
		b.move(objectID, submit.SaysReturned)
	}
	if e := b.entry(objectID); e.State != state {
		b.Fatalf("%s is %s, want %s", objectID, e.State, state)
	}
}

func intended(b *bench) {
	one := Instruction("B", 1, payment.OnPlatform, "1", "2")
	two := Instruction("A", 1, payment.OnPlatform, "3")
	three := Instruction("C", 1, payment.OnPlatform, "4")
	b.intend(one, two)
	b.intend(three)
	all := b.all()
	if len(all) != 3 {
		b.Fatalf("got %d entries, want 3", len(all))
	}
	for i, want := range []submit.Entry{one, two, three} {
		got := all[i]
		if got.ObjectID != want.ObjectID {
			b.Fatalf("entry %d is %s, want %s: the order is that of Intend and of the proposal", i, got.ObjectID, want.ObjectID)
		}
		if got.State != submit.Intended || got.Sends != 0 || !got.Deadline.IsZero() || got.Since.IsZero() || len(got.Alarms) != 0 {
			b.Errorf("%s is %s with %d sends, deadline %v, since %v, alarms %v", got.ObjectID, got.State, got.Sends, got.Deadline, got.Since, got.Alarms)
		}
		if why := unlike(&got, &want); why != "" {
			b.Errorf("%s: %s", got.ObjectID, why)
		}
	}
	b.to(one.ObjectID, submit.Failed)
	open, err := b.Entries(b.ctx, false)
	if err != nil {
		b.Fatal(err)
	}
	if len(open) != 2 {
		b.Errorf("got %d entries that hold, want the two that did not fail", len(open))
	}
}

// unlike says in what an entry differs from what was intended.
func unlike(got, want *submit.Entry) string {
	switch {
	case got.Buyer != want.Buyer || got.Supplier != want.Supplier || got.Type != want.Type || got.Attempt != want.Attempt:
		return "its parties, type or attempt are others"
	case got.Mode != want.Mode || got.Reference != want.Reference:
		return "its mode or reference is another"
	case got.Net != want.Net || got.Adjustment != want.Adjustment:
		return "its amounts are others"
	case string(got.Body) != string(want.Body) || got.BodySHA256 != sha(want.Body):
		return "its body is another"
	case len(got.Allocations) != len(want.Allocations):
		return "its allocations are others"
	}
	for i := range got.Allocations {
		g, w := got.Allocations[i], want.Allocations[i]
		w.Held = true
		if g != w {
			return fmt.Sprintf("allocation %d: got %+v, want %+v", i, g, w)
		}
	}
	return ""
}

func begunOnce(b *bench) {
	for i, state := range submit.States() {
		e := Instruction("B"+letters(i), 1, payment.OnPlatform, letters(i))
		b.intend(e)
		if state != submit.Intended {
			b.to(e.ObjectID, state)
		} else {
			ticket := b.begin(e.ObjectID)
			if ticket.ObjectID != e.ObjectID || string(ticket.Body) != string(e.Body) || !ticket.Deadline.Equal(deadline) {
				b.Errorf("the ticket is for %s until %v with %d bytes, want %s until %v with %d", ticket.ObjectID, ticket.Deadline, len(ticket.Body), e.ObjectID, deadline, len(e.Body))
			}
			got := b.entry(e.ObjectID)
			if got.State != submit.Sending || got.Sends != 1 || !got.Deadline.Equal(deadline) {
				b.Errorf("begun, it is %s with %d sends until %v", got.State, got.Sends, got.Deadline)
			}
		}
		before := b.steps()
		if _, err := b.Begin(b.ctx, e.ObjectID, deadline); !errors.Is(err, submit.ErrNotIntended) {
			b.Errorf("beginning what is %s: got error %v, want ErrNotIntended", b.entry(e.ObjectID).State, err)
		}
		if got := b.steps(); got != before {
			b.Errorf("beginning what is %s in vain left %d traces", b.entry(e.ObjectID).State, got-before)
		}
	}
}

func begunAtOnce(b *bench) {
	const senders = 8
	e := Instruction("Q", 1, payment.OnPlatform, "1")
	b.intend(e)
	errs := make([]error, senders)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() { _, errs[i] = b.Begin(b.ctx, e.ObjectID, deadline) })
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, submit.ErrNotIntended):
			b.Errorf("a loser got error %v, want ErrNotIntended", err)
		}
	}
	if got := b.entry(e.ObjectID); won != 1 || got.Sends != 1 {
		b.Errorf("%d of %d began it, with %d sends; want one", won, senders, got.Sends)
	}
}

func everyStep(b *bench) {
	n := 0
	for _, state := range submit.States() {
		for _, say := range submit.Says() {
			if say == submit.Begun {
				continue // Begin alone
			}
			n++
			b.takes(Instruction("S"+letters(n), 1, payment.OnPlatform, letters(n), "X"+letters(n)), state, say, nil)
		}
		for _, positions := range [][]int{{1}, {0, 1}, {2}} {
			n++
			b.takes(Instruction("S"+letters(n), 1, payment.OffPlatform, letters(n), "X"+letters(n)), state, submit.SaysReturned, positions)
		}
	}
	e := Instruction("SP", 1, payment.OnPlatform, "P")
	b.intend(e)
	b.to(e.ObjectID, submit.Acked)
	if _, err := b.Move(b.ctx, e.ObjectID, submit.SaysPaid, proof(submit.SaysPaid), []int{0}); !errors.Is(err, submit.ErrIllegal) {
		b.Errorf("a payment of one allocation alone: got error %v, want ErrIllegal", err)
	}
	if _, err := b.Move(b.ctx, e.ObjectID, submit.Begun, proof(submit.Begun), nil); !errors.Is(err, submit.ErrIllegal) {
		b.Errorf("Begun without Begin: got error %v, want ErrIllegal", err)
	}
}

// takes holds one step to what Take says of it.
func (b *bench) takes(e submit.Entry, state submit.State, say submit.Say, positions []int) {
	b.Helper()
	b.intend(e)
	b.to(e.ObjectID, state)
	for range 3 { // until nothing changes, and once more
		before, steps := b.entry(e.ObjectID), b.steps()
		step, wantErr := before.Take(say, proof(say).SHA256, positions)
		got, err := b.Move(b.ctx, e.ObjectID, say, proof(say), positions)
		after := b.entry(e.ObjectID)
		name := fmt.Sprintf("%s by %s %v", before.State, say, positions)
		if wantErr != nil {
			if !errors.Is(err, submit.ErrIllegal) || after.State != before.State || b.steps() != steps {
				b.Errorf("%s: got error %v and %s, want ErrIllegal and no change", name, err, after.State)
			}
			return
		}
		if err != nil || got != step.To || after.State != step.To {
			b.Errorf("%s: got %s and error %v, and it is %s; want %s", name, got, err, after.State, step.To)
			return
		}
		if want := withAlarm(before.Alarms, step.Alarm); !slices.Equal(after.Alarms, want) {
			b.Errorf("%s: got alarms %v, want %v", name, after.Alarms, want)
		}
		for i := range after.Allocations {
			if after.Allocations[i].Held != step.Held[i] {
				b.Errorf("%s: allocation %d is held: %v, want %v", name, i, after.Allocations[i].Held, step.Held[i])
			}
		}
		if left := b.steps() > steps; left != step.Changes(&before) {
			b.Errorf("%s: left a trace: %v, want %v", name, left, step.Changes(&before))
		}
		if after.Sends != before.Sends || !after.Deadline.Equal(before.Deadline) {
			b.Errorf("%s: changed the sends or the deadline", name)
		}
		if step.From != step.To && after.Last != proof(say) {
			b.Errorf("%s: the last word is %+v, want %+v", name, after.Last, proof(say))
		}
	}
}

func withAlarm(alarms []submit.Alarmed, more submit.Alarmed) []submit.Alarmed {
	if more.Alarm == "" {
		return alarms
	}
	all := append(slices.Clone(alarms), more)
	slices.SortFunc(all, byWords)
	return all
}

// letters spells a number without the digits that an objectId of ours never has.
func letters(n int) string {
	return string(rune('A'+n/26%26)) + string(rune('A'+n%26))
}
