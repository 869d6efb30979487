package journaltest

import (
	"errors"
	"slices"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
)

func heldOnce(b *bench) {
	for i, state := range submit.States() {
		name := "H" + letters(i)
		first := Instruction(name, 1, payment.OnPlatform, letters(i))
		second := Instruction(name, 2, payment.OnPlatform, letters(i))
		b.intend(first)
		b.to(first.ObjectID, state)
		err := b.Intend(b.ctx, second)
		if got := err == nil; got == state.Holds() {
			b.Errorf("a second instruction for a debt whose first is %s: got error %v, holding: %v", state, err, state.Holds())
		}
	}
	// Two instalments of one debt are one too many where they are more than is owed.
	part := func(attempt, instalment int) submit.Entry {
		e := Instruction("HP", attempt, payment.OnPlatform, "PARTS")
		e.Net = 60000
		e.Allocations[0].Net, e.Allocations[0].Instalment = 60000, instalment
		return e
	}
	first := part(1, 1)
	b.intend(first)
	b.to(first.ObjectID, submit.Paid)
	if err := b.Intend(b.ctx, part(2, 2)); err == nil {
		b.Errorf("1,200.00 were written down to be paid of a debt of 1,000.00")
	}
}

func latePaid(b *bench) {
	// Alone, it takes its hold back.
	alone := Instruction("LA", 1, payment.OnPlatform, "1")
	b.intend(alone)
	b.to(alone.ObjectID, submit.Failed)
	b.move(alone.ObjectID, submit.SaysPaid)
	if err := b.Intend(b.ctx, Instruction("LA", 2, payment.OnPlatform, "1")); err == nil {
		b.Errorf("a debt that was paid after a failure was written down to be paid again")
	}
	// With a second attempt alive, it is believed all the same.
	first := Instruction("LB", 1, payment.OnPlatform, "2", "3")
	second := Instruction("LB", 2, payment.OnPlatform, "2")
	b.intend(first)
	b.to(first.ObjectID, submit.Failed)
	b.intend(second)
	b.to(second.ObjectID, submit.Acked)
	b.move(first.ObjectID, submit.SaysPaid)
	got := b.entry(first.ObjectID)
	if got.State != submit.Paid || len(got.Alarms) != 1 || got.Alarms[0] != (submit.Alarmed{Alarm: submit.LatePaid, SHA256: proof(submit.SaysPaid).SHA256}) {
		b.Errorf("got %s with alarms %v, want PAID with LATE_PAID", got.State, got.Alarms)
	}
	if got.Allocations[0].Held || !got.Allocations[1].Held {
		b.Errorf("held: %v and %v; want the debt of the second attempt left to it, and the other one held",
			got.Allocations[0].Held, got.Allocations[1].Held)
	}
	steps := b.steps()
	b.move(first.ObjectID, submit.SaysPaid)
	if b.steps() != steps {
		b.Errorf("the same evidence for the second time left a trace")
	}
	// Other evidence is another alarm: perhaps people have looked into the first.
	later := proof(submit.SaysFailed)
	if state, err := b.Move(b.ctx, first.ObjectID, submit.SaysFailed, later, nil); err != nil || state != submit.Paid {
		b.Errorf("a failure after the payment: got %s, error %v, want PAID", state, err)
	}
	if got := b.entry(first.ObjectID).Alarms; len(got) != 2 || !slices.Contains(got, submit.Alarmed{Alarm: submit.LatePaid, SHA256: later.SHA256}) {
		b.Errorf("after other evidence: got alarms %v, want a second one for it", got)
	}
}

func partReturned(b *bench) {
	e := Instruction("P", 1, payment.OffPlatform, "1", "2")
	b.intend(e)
	b.to(e.ObjectID, submit.Acked)
	if state := b.move(e.ObjectID, submit.SaysReturned, 0); state != submit.Acked {
		b.Errorf("one of two came back: %s, want ACKED", state)
	}
	b.move(e.ObjectID, submit.SaysPaid)
	if got := b.entry(e.ObjectID); got.Allocations[0].Held || !got.Allocations[1].Held {
		b.Errorf("held: %v and %v, want the second alone", got.Allocations[0].Held, got.Allocations[1].Held)
	}
	if err := b.Intend(b.ctx, Instruction("P", 2, payment.OffPlatform, "2")); err == nil {
		b.Errorf("the invoice that was not sent back was written down to be paid again")
	}
	b.intend(Instruction("P", 3, payment.OffPlatform, "1"))
	if state := b.move(e.ObjectID, submit.SaysReturned, 1); state != submit.Returned {
		b.Errorf("both came back: %s, want RETURNED", state)
	}
	b.intend(Instruction("P", 4, payment.OffPlatform, "2"))
}

func allOrNone(b *bench) {
	held := Instruction("N", 1, payment.OnPlatform, "1")
	b.intend(held)
	steps := b.steps()
	other := Instruction("M", 1, payment.OnPlatform, "2")
	if err := b.Intend(b.ctx, other, Instruction("N", 2, payment.OnPlatform, "1")); err == nil {
		b.Errorf("a proposal with a debt that is held was written down")
	}
	twice := Instruction("K", 1, payment.OnPlatform, "3")
	if err := b.Intend(b.ctx, twice, Instruction("K", 2, payment.OnPlatform, "3")); err == nil {
		b.Errorf("a proposal that pays a debt twice was written down")
	}
	wrong := Instruction("J", 1, payment.OnPlatform, "4")
	wrong.Net++
	if err := b.Intend(b.ctx, wrong); err == nil {
		b.Errorf("an instruction that does not sum to its allocations was written down")
	}
	if got := b.all(); len(got) != 1 {
		b.Errorf("%d instructions are written down, want one (%d traces more)", len(got), b.steps()-steps)
	}
	b.intend(other)
}

func unknown(b *bench) {
	id := ID("NOBODY", 1)
	if _, err := b.Begin(b.ctx, id, deadline); !errors.Is(err, submit.ErrNoSuch) {
		b.Errorf("beginning it: got error %v, want ErrNoSuch", err)
	}
	if _, err := b.Move(b.ctx, id, submit.SaysPaid, proof(submit.SaysPaid), nil); !errors.Is(err, submit.ErrNoSuch) {
		b.Errorf("moving it: got error %v, want ErrNoSuch", err)
	}
}

// crash pulls the plug after every call of a payment's life.
func crash(b *bench) {
	e := Instruction("V", 1, payment.OffPlatform, "1", "2")
	for _, do := range []func(){
		func() { b.intend(e) },
		func() { b.begin(e.ObjectID) },
		func() { b.move(e.ObjectID, submit.Unclear) },
		func() { b.move(e.ObjectID, submit.SaysFailed) },
		func() { b.move(e.ObjectID, submit.SaysPaid) },
		func() { b.move(e.ObjectID, submit.Contradicted) },
		func() { b.move(e.ObjectID, submit.SaysReturned, 0) },
	} {
		do()
		before, steps := b.all(), b.steps()
		next, err := b.Crash()
		if err != nil {
			b.Fatalf("opening it after a crash: %v", err)
		}
		b.Bench = next
		after := b.all()
		if len(after) != 1 || !same(&before[0], &after[0]) {
			b.Fatalf("before the crash %+v, after it %+v", before, after)
		}
		if b.steps() < steps {
			b.Errorf("the crash took %d traces away", steps-b.steps())
		}
	}
}

// same compares two readings of one entry.
func same(a, o *submit.Entry) bool {
	return a.ObjectID == o.ObjectID && a.State == o.State && a.Sends == o.Sends && a.Last == o.Last &&
		a.Deadline.Equal(o.Deadline) && a.Since.Equal(o.Since) &&
		slices.Equal(a.Alarms, o.Alarms) && slices.Equal(a.Allocations, o.Allocations) && string(a.Body) == string(o.Body)
}
