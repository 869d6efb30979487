package job

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"reconcile/internal/enkash"
	"reconcile/internal/journal"
	"reconcile/internal/payment"
	"reconcile/internal/source"
	"reconcile/internal/submit"
)

// receivedPayments reads what the event logs say of payments to us.
func receivedPayments(ctx context.Context, in Input) (*enkash.Log, error) {
	c := in.Config
	files, err := source.Find(c.Dir, c.Events.Files)
	if err != nil {
		return nil, name(err, "events.files")
	}
	return enkash.ReadLogs(ctx, files, enkash.LogOptions{Received: c.Supplier, Zone: c.Timezone})
}

// An answerBook is the journal's answers as the loop of submit knows a journal:
// answers leave by the same recipe as payments, each at most once.
type answerBook struct {
	store *journal.Store
	again *journal.Signed // see confirming
}

var _ submit.Journal = answerBook{}

// Entries returns every answer; an answer is never void, failed or returned.
func (b answerBook) Entries(ctx context.Context, _ bool) ([]submit.Entry, error) {
	replies, err := b.store.Answers(ctx)
	entries := make([]submit.Entry, len(replies))
	for i, r := range replies {
		entries[i] = submit.Entry{
			ObjectID: r.ObjectID, Attempt: 1, Buyer: r.Buyer, Supplier: r.Supplier, Type: r.Type, Body: r.Body,
			State: r.State, Deadline: r.Deadline, Since: r.Since,
		}
	}
	return entries, err
}

func (b answerBook) Begin(ctx context.Context, objectID string, deadline time.Time) (submit.Ticket, error) {
	return b.store.AnswerBegin(ctx, objectID, deadline, b.again)
}

func (b answerBook) Move(ctx context.Context, objectID string, say submit.Say, proof submit.Proof, _ []int) (submit.State, error) {
	return b.store.AnswerMove(ctx, objectID, say, proof)
}

// send sends what is decided and was not sent. Senders that died are recorded
// even where there is nothing.
func (k *confirming) send(ctx context.Context, decided map[string]bool) error {
	work := false
	for id, r := range k.replies {
		work = work || r.State == submit.Sending || r.State == submit.Intended && decided[id]
	}
	if !work {
		return nil
	}
	in := k.in
	c := *in.Config
	c.EnKash.DefiniteRefusals = nil // they were confirmed for payments
	in.Config = &c
	gateway, err := gatewayTo(in, enkash.PathConfirm)
	if err != nil {
		return err
	}
	k.sent, err = submit.Run(ctx, answerBook{k.store, k.again}, gateway, submit.Options{
		Look: func(*submit.Entry) (bool, string) { return true, "" }, // decide has just looked
		Only: func(e *submit.Entry) bool { return decided[e.ObjectID] },
		Now:  in.Now, Timeout: c.EnKash.Timeout, // Dial itself tries more than once
	})
	for _, list := range [][]submit.Outcome{k.sent.Acked, k.sent.Unsure} {
		for _, o := range list {
			k.touched[o.ObjectID] = true
		}
	}
	in.log().Info("answers sent", "acknowledged", len(k.sent.Acked), "unsure", len(k.sent.Unsure), "left", len(k.sent.Left), "stopped", k.sent.Stopped)
	if err != nil {
		return withIO(err)
	}
	return k.refresh(ctx)
}

// result says how every payment stands now, and what that makes of the exit code.
func (k *confirming) result() *Confirmed {
	done := &Confirmed{AsOf: k.in.AsOf, Answers: []Answer{}, Notices: []string{}}
	seen := make(map[string]bool)
	for i := range k.log.Remittances {
		p := &k.log.Remittances[i]
		seen[p.ObjectID] = true
		k.list(done, k.answer(p))
	}
	for id, r := range k.replies {
		if !seen[id] {
			a := Answer{ObjectID: id, Buyer: r.Buyer, Supplier: r.Supplier, Type: r.Type.String(), Invoices: []string{}}
			a.Status, a.Why = k.replied(nil, r)
			k.list(done, a)
		}
	}
	slices.SortFunc(done.Answers, func(a, b Answer) int { return strings.Compare(a.ObjectID, b.ObjectID) })
	k.verdict(done)
	return done
}

// list takes a payment into the list, unless it needs nothing any more.
func (k *confirming) list(done *Confirmed, a Answer) {
	switch a.Status {
	case AnswerAccepted, AnswerRejected, AnswerNone:
		if !k.touched[a.ObjectID] {
			done.Settled++
			return
		}
	}
	done.Answers = append(done.Answers, a)
}

func (k *confirming) answer(p *payment.Remittance) Answer {
	a := Answer{ObjectID: p.ObjectID, Buyer: p.Buyer, Supplier: p.Supplier, Type: p.Type.String(), UTR: p.UTR, Invoices: []string{}}
	for i := range p.Lines {
		a.Invoices = append(a.Invoices, p.Lines[i].Number)
		a.Net += p.Lines[i].Net
		a.Adjustment += p.Lines[i].Adjustment
	}
	if r, known := k.replies[p.ObjectID]; known {
		a.Status, a.Why = k.replied(p, r)
	} else {
		_, a.Status, a.Why = k.judge(p)
	}
	return a
}

// replied says how our own answer stands. Where the log shows it, it arrived; p is
// nil where the logs know the payment no longer.
func (k *confirming) replied(p *payment.Remittance, r journal.Reply) (status, why string) {
	settled := AnswerAccepted
	if !r.Accept {
		settled = AnswerRejected
	}
	const portal = "; look into the portal, and answer there where it did not arrive"
	switch {
	case k.told[r.ObjectID] && k.contradicted(p, r):
		// A person hears of it as long as outcomes are waited for, and not for ever.
		return k.recent(p), "the log shows another answer than ours; settle it with its buyer"
	case k.told[r.ObjectID]:
		return settled, "the log shows the answer"
	case r.State == submit.Sending || r.State == submit.Unsure:
		return AnswerUnsure, "nobody knows whether the answer arrived" + portal
	case r.State == submit.Intended && k.lost != "":
		return AnswerPerson, "its answer waits: " + whileMissing
	case r.State == submit.Intended && p == nil:
		return AnswerPerson, "it was to be answered, and the log knows it no longer"
	case k.overtaken(p, r) != "":
		return AnswerPerson, "it was to be rejected, and " + k.overtaken(p, r) + "; settle it with its buyer"
	case !k.signed(r):
		return AnswerPerson, "it was to be rejected, and no approver of today has signed that; where the money did not come, have one say it again with --reject"
	case r.State == submit.Intended && !r.Accept && !k.stillOpen(p):
		return AnswerPerson, "it was to be rejected, and the books have no row for it any more; where the money did not come, say it again with --reject"
	case r.State == submit.Intended:
		if _, now, reason := k.judge(p); r.Accept && now != AnswerToAccept {
			return AnswerPerson, "it was to be accepted and does not match any more: " + reason
		}
		return AnswerUnsent, "the next reconcile confirm sends the answer"
	case k.failed[r.ObjectID] != "":
		return AnswerPerson, fmt.Sprintf("EnKash says of our answer: %s%s", k.failed[r.ObjectID], portal)
	}
	return settled, "EnKash has the answer"
}

// recent is a person's while an outcome may still be waited for, and nobody's after.
func (k *confirming) recent(p *payment.Remittance) string {
	if k.early(p) == AnswerLater {
		return AnswerPerson
	}
	return AnswerNone
}

// verdict adds exit code and notices.
func (k *confirming) verdict(done *Confirmed) {
	worse := func(code int, format string, args ...any) {
		done.ExitCode = Worse(done.ExitCode, code)
		if format != "" {
			done.Notices = append(done.Notices, fmt.Sprintf(format, args...))
		}
	}
	counts := make(map[string]int)
	for _, a := range done.Answers {
		counts[a.Status]++
	}
	if n := counts[AnswerPerson]; n > 0 {
		worse(ExitBreaks, "")
	}
	if n := counts[AnswerUnsure]; n > 0 {
		worse(ExitUnsure, "whether the answer to %s arrived is not known, and none is ever sent again by itself: look into the portal [answer-unsure]", countOf(n, "payment"))
	}
	if k.sent.Unreachable {
		worse(ExitUnreachable, "EnKash was not reached, and %s not sent; the next reconcile confirm sends them [enkash-unreachable]: %s",
			countOf(len(k.sent.Left), "answer"), k.sent.Stopped)
	} else if k.sent.Stopped != "" {
		worse(0, "sending stopped: %s", k.sent.Stopped)
	}
	if n := len(k.books.book.Problems); n > 0 {
		worse(ExitBreaks, "%s of the receivables could not be read, the first: %s", countOf(n, "row"), k.books.book.Problems[0].String())
	}
	if n := k.books.nobody; n > 0 {
		worse(ExitBreaks, "%s of the receivables name no registration of ours beside a customer's B2B id, and no payment is matched with them [receivable-parties]", countOf(n, "row"))
	}
	if k.lost != "" {
		worse(ExitMissing, "%s", k.lost)
	}
	if n := len(k.log.Problems); n > 0 {
		worse(ExitBreaks, "%s of the event log could not be read, the first: %s", counted(n, "delivery", "deliveries"), k.log.Problems[0].String())
	}
}
