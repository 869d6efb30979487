package journaltest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"reconcile/internal/payment"
	"reconcile/internal/source"
	"reconcile/internal/submit"
)

// A Deed is what the platform makes of one request.
type Deed uint8

const (
	Executes         Deed = iota // pays, acknowledges, and says so later
	LosesAnswer                  // pays; the acknowledgement is lost
	LosesRequest                 // never sees it
	RefusesLater                 // acknowledges, and says later that it failed
	RefusesAtOnce                // an answer that is no acknowledgement, and says later that it failed
	StaysSilent                  // acknowledges, and nothing is ever heard
	PaysLater                    // acknowledges, and pays when Work is called
	PaysLaterUnheard             // gives no answer, and pays when Work is called
)

// Deeds lists them.
func Deeds() []Deed {
	return []Deed{Executes, LosesAnswer, LosesRequest, RefusesLater, RefusesAtOnce, StaysSilent, PaysLater, PaysLaterUnheard}
}

// String names it in a test.
func (d Deed) String() string {
	return [...]string{"executes", "loses the answer", "loses the request", "refuses later", "refuses at once", "stays silent", "pays later", "pays later, unheard"}[d]
}

// World is a platform in its worst mode: it never recognises a repetition, and
// pays whatever reaches it. It remembers what nobody else can know.
type World struct {
	Does  func(objectID string) Deed // nil: Executes
	Knows func(objectID string) bool // asked before each payment: does the journal know that it was sent?
	Down  bool                       // no connection can be made

	Events   []payment.Event // what the log will hold, in the order in which it happened
	Writes   map[string]int  // by objectId: requests that were written
	queue    []string        // requests that will be paid
	ran      map[string]bool // by objectId: paid
	back     map[string]bool // and returned
	executed map[payment.Debt]int
	returned map[payment.Debt]int
	contents map[string]submit.Entry // what the bytes of a request ask for
	wrong    []string
}

// NewWorld returns a World that understands the requests of these instructions.
func NewWorld(entries ...submit.Entry) *World {
	w := &World{
		Writes: make(map[string]int), ran: make(map[string]bool), back: make(map[string]bool),
		executed: make(map[payment.Debt]int), returned: make(map[payment.Debt]int),
		contents: make(map[string]submit.Entry),
	}
	w.Learn(entries...)
	return w
}

// Learn makes it understand more requests.
func (w *World) Learn(entries ...submit.Entry) {
	for _, e := range entries {
		w.contents[e.ObjectID] = e
	}
}

// Dial implements submit.Gateway.
func (w *World) Dial(context.Context) (submit.Conn, error) {
	if w.Down {
		return nil, errors.New("connection refused")
	}
	return worldConn{w}, nil
}

type worldConn struct{ *World }

func (worldConn) Close() error { return nil }

// Send implements submit.Conn.
func (w worldConn) Send(_ context.Context, t submit.Ticket) submit.Answer {
	w.Writes[t.ObjectID]++
	if w.Writes[t.ObjectID] > 1 {
		w.complain("%s was written %d times", t.ObjectID, w.Writes[t.ObjectID])
	}
	deed := Executes
	if w.Does != nil {
		deed = w.Does(t.ObjectID)
	}
	e, known := w.contents[t.ObjectID]
	if !known || string(t.Body) != string(e.Body) {
		w.complain("%s was sent with bytes that nobody approved", t.ObjectID)
	}
	acked := submit.Answer{Acked: true, Text: "HTTP 200, response_code 0", SHA256: sha([]byte("acknowledged"))}
	switch deed {
	case Executes:
		w.execute(&e)
		return acked
	case LosesAnswer:
		w.execute(&e)
		return submit.Answer{Text: "the connection was reset"}
	case LosesRequest:
		return submit.Answer{Text: "the time for the answer was over"}
	case RefusesLater:
		w.Tell(Response(&e, payment.Failure))
		return acked
	case RefusesAtOnce:
		w.Tell(Response(&e, payment.Failure))
		return submit.Answer{Text: "HTTP 400"}
	case PaysLater:
		w.queue = append(w.queue, t.ObjectID)
		return acked
	case PaysLaterUnheard:
		w.queue = append(w.queue, t.ObjectID)
		return submit.Answer{Text: "HTTP 504"}
	}
	return acked
}

func (w *World) execute(e *submit.Entry) {
	if w.Knows != nil && !w.Knows(e.ObjectID) {
		w.complain("%s was paid and the journal did not know that it was sent", e.ObjectID)
	}
	w.ran[e.ObjectID] = true
	for _, a := range e.Allocations {
		w.executed[a.Debt]++
	}
	w.Tell(Response(e, payment.Success))
	w.weigh()
}

// Return is the bank's reversal of what was paid.
func (w *World) Return(objectID string) {
	e := w.contents[objectID]
	w.back[objectID] = true
	for _, a := range e.Allocations {
		w.returned[a.Debt]++
	}
	w.Tell(Response(&e, payment.Reversal))
}

// Work pays what it said it would pay, or said nothing about.
func (w *World) Work() {
	for _, objectID := range w.queue {
		e := w.contents[objectID]
		w.execute(&e)
	}
	w.queue = nil
}

// Truth is what became of a request, as a bank statement shows it; certain is
// false while it may still be paid.
func (w *World) Truth(objectID string) (verdict submit.Verdict, certain bool) {
	switch {
	case w.back[objectID]:
		return submit.ItWasReturned, true
	case w.ran[objectID]:
		return submit.ItWasPaid, true
	}
	return submit.ItWasNotPaid, !slices.Contains(w.queue, objectID)
}

// Tell adds a body to the log.
func (w *World) Tell(e payment.Event) {
	e.Pos = source.Pos{File: "events.jsonl", Row: len(w.Events) + 1}
	w.Events = append(w.Events, e)
}

// Paid tells how often a debt was paid and did not come back.
func (w *World) Paid(d payment.Debt) int { return w.executed[d] - w.returned[d] }

func (w *World) weigh() {
	for d := range w.executed {
		if w.Paid(d) > 1 {
			w.complain("%s of %s was paid %d times", d.NumberKey, d.Supplier, w.Paid(d))
		}
	}
}

func (w *World) complain(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

// Wrong lists what must never happen and did.
func (w *World) Wrong() []string { return w.wrong }

// Remittances folds the log as a night does.
func (w *World) Remittances() []payment.Remittance { return Fold(w.contents, w.Events) }

// Fold folds events about instructions of ours.
func Fold(ours map[string]submit.Entry, events []payment.Event) []payment.Remittance {
	f := payment.NewFolder(time.UTC)
	for id := range ours {
		f.Keep(id)
	}
	for i := range events {
		f.Add(&events[i])
	}
	if len(f.Contested()) > 0 {
		for i := range events {
			f.Settle(&events[i])
		}
	}
	return f.Remittances()
}

// Response is a resp-pay about the instruction.
func Response(e *submit.Entry, result payment.Result) payment.Event {
	b := payment.Event{
		Family: payment.Response, ObjectID: e.ObjectID, Buyer: e.Buyer, Supplier: e.Supplier, Type: e.Type,
		Mode: e.Mode, UTR: e.Reference, TS: "2026-11-22T02:00:00+05:30", Result: result,
		Word: [...]string{"", "SUCCESS", "FAILURE", "REVERSED", "PERHAPS"}[result],
	}
	b.Totals = payment.Totals{Net: e.Net, Adjustment: e.Adjustment, Total: e.Net + e.Adjustment, HasNet: true, HasAdjustment: true, HasTotal: true}
	for _, a := range e.Allocations {
		b.Lines = append(b.Lines, payment.EventLine{InvoiceID: a.InvoiceID, Number: a.Number, Net: a.Net, Adjustment: a.Adjustment, Total: a.Net + a.Adjustment})
	}
	return Seal(b)
}

// Confirmation is the supplier's answer to the instruction, about the allocations
// at the positions; none means all.
func Confirmation(e *submit.Entry, reject bool, positions ...int) payment.Event {
	b := payment.Event{
		Family: payment.ConfirmationRequest, ObjectID: e.ObjectID, Buyer: e.Buyer, Supplier: e.Supplier, Type: e.Type,
		TS: "2026-11-23T02:00:00+05:30", Reject: reject,
	}
	for _, p := range positions {
		b.Lines = append(b.Lines, payment.EventLine{InvoiceID: e.Allocations[p].InvoiceID, Number: e.Allocations[p].Number})
	}
	return Seal(b)
}

// Seal gives an event a canonical body of what it says, after it was changed.
func Seal(b payment.Event) payment.Event {
	pos := b.Pos
	b.Pos, b.Canonical, b.Sum = source.Pos{}, nil, [sha256.Size]byte{}
	b.Canonical = fmt.Appendf(nil, "%+v", b)
	b.Sum = sha256.Sum256(b.Canonical)
	b.Pos = pos
	return b
}
