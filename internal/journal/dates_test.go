package journal

import (
	"testing"
	"time"

	"reconcile/internal/submit"
)

// The way of every payment is told by the steps, however far it has come; the
// approval is the one that completed what the plan needs, and neither the first
// nor one too many.
func TestDatesOfEveryPayment(t *testing.T) {
	b := newBench(t)
	at := func(days int) time.Time { return noon.AddDate(0, 0, days) }
	one := pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))
	p := plan(1, one, pay("two", "S2", 1, line("S2", "INV/2", 1, 500, 500)))
	hash := b.register(p, 2, Caps{})
	b.now = at(1)
	b.approve(hash, "asha")
	b.now = at(2)
	b.approve(hash, "dev")
	b.ok(b.writeDown(hash, p))
	b.begin("one")
	b.now = at(3)
	b.move("one", submit.Acknowledged)
	b.move("one", submit.SaysPaid)
	b.now = at(4)
	b.move("one", submit.SaysReturned)

	b.shut()
	b.open()
	got := must(b.Dates(t.Context()))(t)
	for name, want := range map[string]Dates{
		"one": {Proposed: at(0), Approved: at(2), Sent: at(2), Paid: at(3)},
		"two": {Proposed: at(0), Approved: at(2)},
	} {
		if got[objectID(name)] != want {
			t.Errorf("payment %s: got %v, want %v", name, got[objectID(name)], want)
		}
	}
	if len(got) != 2 {
		t.Errorf("got the dates of %d payments, want 2", len(got))
	}
}
