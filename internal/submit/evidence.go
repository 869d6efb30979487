package submit

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// A testimony is what the world says of one instruction, body by body: facts that
// a body either states or not. It is a function of the set of bodies, and grows
// with it; no fact is ever taken back.
type testimony struct {
	paid, failed []*payment.Event // the bodies that say so, by their place
	reversed     *payment.Event   // the first one
	seen         *payment.Event   // any body that matches

	// What says that it was paid and does not match what was sent. It proves no
	// payment, and it stands against every failure: only what nobody denies frees.
	claimed []*payment.Event
	denied  string // by what the journal has it Failed; empty where it has not
	lost    bool   // something contradicted it before, and no log says any more what: it may have been a claim

	accepted, rejected [][]*payment.Event // by allocation; OFFPLATFORM only for rejected

	// What contradicts what was sent, or another body in anything but its outcome,
	// each once. Where two contradict each other both are in here: which of them was
	// there first is nothing that a set of bodies tells.
	contradicting []contradiction
}

type contradiction struct {
	body *payment.Event
	why  string // what it contradicts
}

// hear reads every body about the instruction.
func hear(e *Entry, bodies []payment.Event) testimony {
	t := testimony{
		accepted: make([][]*payment.Event, len(e.Allocations)),
		rejected: make([][]*payment.Event, len(e.Allocations)),
	}
	if e.State == Failed {
		t.denied = "FAILED, " + e.Last.Text
	}
	t.lost = e.lost(bodies)
	for i := range bodies {
		b := &bodies[i]
		if why := mismatch(e, b); why != "" {
			t.contradict(why, b)
			if saysPaid(b) && !e.failedKnowing(b) {
				t.claimed = append(t.claimed, b)
			}
			continue
		}
		note(&t.seen, b)
		switch {
		case b.Family == payment.Response:
			t.response(b)
		case b.Family == payment.ConfirmationRequest:
			t.confirmation(e, b)
		}
	}
	for i := range e.Allocations {
		if len(t.accepted[i]) > 0 && len(t.rejected[i]) > 0 {
			t.contradict("the supplier both accepted and rejected invoice "+e.Allocations[i].Number, slices.Concat(t.rejected[i], t.accepted[i])...)
		}
	}
	if referenced := t.referenced(); slices.ContainsFunc(referenced, func(b *payment.Event) bool { return !payment.SameUTR(b.UTR, referenced[0].UTR) }) {
		t.contradict("two success responses carry different UTRs", referenced...)
	}
	return t
}

// saysPaid tells whether a body says that money moved.
func saysPaid(b *payment.Event) bool {
	return b.Family == payment.Response && b.Result == payment.Success || b.Family == payment.ConfirmationRequest && !b.Reject
}

// failedKnowing tells whether people said that the instruction failed when a body that
// does not match had already rung: they looked into it. A webhook and the answer to a
// request know of nothing but themselves.
func (e *Entry) failedKnowing(b *payment.Event) bool {
	return e.State == Failed && e.Last.ByPeople() && slices.Contains(e.Alarms, Contradictory.Of(digest(b)))
}

// lost tells whether a body that contradicted the instruction is in no log any more.
// The alarm does not say what it claimed, so it is taken to stand against a failure.
func (e *Entry) lost(bodies []payment.Event) bool {
	return e.State.Holds() && slices.ContainsFunc(e.Alarms, func(a Alarmed) bool {
		return a.Alarm == Contradictory && !slices.ContainsFunc(bodies, func(b payment.Event) bool { return digest(&b) == a.SHA256 })
	})
}

// referenced are the success responses that bring a reference.
func (t *testimony) referenced() (all []*payment.Event) {
	for _, b := range t.paid {
		if b.Family == payment.Response && !payment.SameUTR(b.UTR, "") {
			all = append(all, b)
		}
	}
	return all
}

func (t *testimony) response(b *payment.Event) {
	switch b.Result {
	case payment.Success:
		t.paid = append(t.paid, b)
	case payment.Failure:
		t.failed = append(t.failed, b)
	case payment.Reversal:
		note(&t.reversed, b)
	}
}

// confirmation hears the supplier. ACCEPT proves the payment (it says that the
// money came). REJECT is only for OFFPLATFORM payments (API page of the payment
// confirmation), and gives back the invoices that it names.
func (t *testimony) confirmation(e *Entry, b *payment.Event) {
	if b.Reject && e.Type != payment.OffPlatform {
		t.contradict("the supplier rejected an ONPLATFORM payment", b)
		return
	}
	said := t.accepted
	if b.Reject {
		said = t.rejected
	} else {
		t.paid = append(t.paid, b)
	}
	for i := range e.Allocations {
		names := func(l payment.EventLine) bool { return sameInvoice(&l, &e.Allocations[i]) }
		if len(b.Lines) == 0 || slices.ContainsFunc(b.Lines, names) { // without lines it is about all of the payment
			said[i] = append(said[i], b)
		}
	}
}

func (t *testimony) contradict(why string, bodies ...*payment.Event) {
	for _, b := range bodies {
		if !slices.ContainsFunc(t.contradicting, func(c contradiction) bool { return c.body == b }) {
			t.contradicting = append(t.contradicting, contradiction{b, why})
		}
	}
}

func note(first **payment.Event, b *payment.Event) {
	if *first == nil {
		*first = b
	}
}

// A statement is one thing to be said to the journal.
type statement struct {
	say       Say
	proof     Proof
	positions []int
}

// statements are what the testimony comes to, in the order in which it is told:
// what frees comes last, and what only alarms after it.
func (t *testimony) statements() []statement {
	var all []statement
	tell := func(say Say, b *payment.Event, why string, positions []int) {
		all = append(all, statement{say, proofOf(b, why), positions})
	}
	said := slices.Concat(t.paid, t.claimed)
	switch {
	case len(said) > 0 && len(t.failed) > 0:
		tell(SaysBoth, proving(said), "against "+place(t.failed[0]), nil)
		for _, b := range said {
			tell(SaysBoth, b, "against "+place(t.failed[0]), nil)
		}
		for _, b := range t.failed {
			tell(SaysBoth, b, "against "+place(proving(said)), nil)
		}
	case len(t.paid) > 0:
		tell(SaysPaid, proving(t.paid), "", nil)
	case len(t.claimed) > 0 && t.denied != "":
		tell(SaysBoth, proving(t.claimed), "against "+t.denied, nil)
	case t.lost:
		for _, b := range t.failed {
			tell(SaysBoth, b, "against a message that contradicted the payment and is in no log any more", nil)
		}
	default:
		for _, b := range t.failed {
			tell(SaysFailed, b, "", nil)
		}
	}
	var back []int
	var rejection *payment.Event
	for i, said := range t.rejected {
		if len(said) > 0 {
			back = append(back, i)
			note(&rejection, said[0])
		}
	}
	switch {
	case t.reversed != nil:
		tell(SaysReturned, t.reversed, "", nil)
	case len(back) > 0 && len(back) == len(t.rejected):
		tell(SaysReturned, rejection, "", nil)
	case len(back) > 0:
		tell(SaysReturned, rejection, "", back)
	}
	for _, c := range t.contradicting {
		tell(Contradicted, c.body, c.why, nil)
	}
	if len(all) == 0 && t.seen != nil {
		tell(SaysUnknown, t.seen, "", nil)
	}
	return all
}

// proving is the body that says best that it was paid: the first, and better the
// first that brings a reference.
func proving(said []*payment.Event) *payment.Event {
	for _, b := range said {
		if b.UTR != "" {
			return b
		}
	}
	return said[0]
}

func proofOf(b *payment.Event, why string) Proof {
	text := place(b)
	if why != "" {
		text += "; " + why
	}
	return Proof{Actor: ActorWebhook, Text: text, SHA256: digest(b), UTR: b.UTR}
}

func digest(b *payment.Event) string { return hex.EncodeToString(b.Sum[:]) }

func place(b *payment.Event) string { return b.Pos.String() + " " + b.Says() }

// mismatch says in what a body differs from what was sent; empty where it does
// not. Only a body that speaks of just this payment may move it: a failure of
// another amount frees nothing.
func mismatch(e *Entry, b *payment.Event) string {
	switch {
	case b.Buyer != e.Buyer:
		return "it names another buyer"
	case b.Supplier != e.Supplier:
		return "it names another supplier"
	case b.Type != e.Type:
		return "its type is not the one that was sent"
	case b.Family == payment.ConfirmationRequest:
		return unknownInvoice(e, b)
	case e.Type == payment.OffPlatform && strings.TrimSpace(b.UTR) != "" && !payment.SameUTR(b.UTR, e.Reference):
		return "its UTR is not the one that was reported"
	case len(b.Lines) == 0 && b.Family == payment.Response:
		return "it names no invoice"
	}
	differs := func(has bool, said, sent money.Paise) bool { return has && said != sent }
	if t := &b.Totals; differs(t.HasNet, t.Net, e.Net) || differs(t.HasAdjustment, t.Adjustment, e.Adjustment) || differs(t.HasTotal, t.Total, e.Net+e.Adjustment) {
		return "its amount is not the one that was sent"
	}
	if len(b.Lines) == 0 { // an acknowledgement may leave them out
		return ""
	}
	return otherLines(e, b)
}

func unknownInvoice(e *Entry, b *payment.Event) string {
	for k := range b.Lines {
		found := false
		for i := range e.Allocations {
			found = found || sameInvoice(&b.Lines[k], &e.Allocations[i])
		}
		if !found {
			return fmt.Sprintf("it speaks of invoice %q, which was not in the payment", b.Lines[k].Number)
		}
	}
	return ""
}

// otherLines pairs each line with an allocation, in whatever order they stand:
// first those that share the platform's id, then those that share the number.
func otherLines(e *Entry, b *payment.Event) string {
	if len(b.Lines) != len(e.Allocations) {
		return fmt.Sprintf("it lists %d invoices, and %d were sent", len(b.Lines), len(e.Allocations))
	}
	paired := make([]bool, len(b.Lines))
	taken := make([]bool, len(e.Allocations))
	for _, byID := range []bool{true, false} {
		for k := range b.Lines {
			for i := range e.Allocations {
				l, a := &b.Lines[k], &e.Allocations[i]
				if paired[k] || taken[i] || byID && l.InvoiceID == "" || byID && l.InvoiceID != a.InvoiceID {
					continue
				}
				if sameInvoice(l, a) && l.Net == a.Net && l.Adjustment == a.Adjustment {
					paired[k], taken[i] = true, true
				}
			}
		}
	}
	for k := range paired {
		if !paired[k] {
			return fmt.Sprintf("its invoice %q, or the amount of it, is not what was sent", b.Lines[k].Number)
		}
	}
	return ""
}

// sameInvoice tells whether a body means this allocation: by the platform's id
// where both have one, and by the number as it was sent.
func sameInvoice(l *payment.EventLine, a *Allocated) bool {
	number := strings.TrimSpace(a.Number)
	if l.InvoiceID != "" && a.InvoiceID != "" {
		return l.InvoiceID == a.InvoiceID && (l.Number == "" || l.Number == number)
	}
	return l.Number != "" && l.Number == number
}
