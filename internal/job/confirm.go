package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"reconcile/internal/approval"
	"reconcile/internal/day"
	"reconcile/internal/enkash"
	"reconcile/internal/history"
	"reconcile/internal/journal"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/submit"
)

// An Answering is what reconcile confirm is asked to do.
type Answering struct {
	DryRun bool // say what would be answered, and send nothing

	Reject  string // objectId of the one payment that is rejected; empty: accept what matches
	Remarks string // what its buyer is told; 1 to 100 characters without \ and "

	// Who rejects, as in a Decision. Where there is no reason, the remarks are.
	KeyFile, StatementFile, Reason string
}

// acceptRemarks is what every buyer is told whose payment is accepted. The page
// wants a text even then.
const acceptRemarks = "Received and matched with our books"

// The statuses of an Answer.
const (
	AnswerToAccept = "to accept" // a dry run would be accepting it
	AnswerAccepted = "accepted"
	AnswerRejected = "rejected"
	AnswerUnsent   = "unsent" // decided, and not sent yet: the next run sends it
	AnswerUnsure   = "unsure" // sent, perhaps; never sent again by itself
	AnswerLater    = "later"  // nothing is to be done yet
	AnswerPerson   = "person" // somebody has to look at it
	AnswerNone     = "none"   // there is nothing to answer
)

// An Answer is how one received payment stands.
type Answer struct {
	ObjectID   string      `json:"object_id"`
	Buyer      string      `json:"buyer_b2b_id"`
	Supplier   string      `json:"supplier_b2b_id"`
	Type       string      `json:"type"`
	UTR        string      `json:"utr"`
	Invoices   []string    `json:"invoices"`
	Net        money.Paise `json:"net"`
	Adjustment money.Paise `json:"adjustment"`
	Status     string      `json:"status"`
	Why        string      `json:"why"`
}

// Confirmed is what came of reconcile confirm.
type Confirmed struct {
	AsOf     day.Date `json:"as_of"`
	ExitCode int      `json:"exit_code"`
	Settled  int      `json:"settled"` // payments that need nothing any more
	Answers  []Answer `json:"answers"` // the others, and what was answered just now; by objectId
	Notices  []string `json:"notices"`
}

// A confirming is one pass over the payments that we received.
type confirming struct {
	in      Input
	ask     Answering
	books   *receivables
	log     *enkash.Log
	store   *journal.Store // nil: a dry run, and there is no journal
	replies map[string]journal.Reply
	claims  map[*ledger.Item]int // how many invoices of living payments pay it
	failed  map[string]string    // answers of ours that came to nothing, with the platform's word
	told    map[string]bool      // payments of which the log shows an answer
	sent    submit.Report
	touched map[string]bool // answered in this pass
	again   *journal.Signed // who says a rejection again whose signer has left; else nil

	missing payment.Known // what was known of payments to us and the logs no longer say
	lost    string        // that it is missing, for a person; empty where nothing is, or two people released it
}

func newConfirming(in Input, ask Answering) *confirming {
	return &confirming{in: in, ask: ask, claims: make(map[*ledger.Item]int), failed: make(map[string]string), told: make(map[string]bool), touched: make(map[string]bool)}
}

// Confirm answers, as the supplier, the payment requests of the event logs: it
// accepts what the receivables show to be as it should, rejects what a person
// says, and lists the rest with the reason.
func Confirm(ctx context.Context, in Input, ask Answering) (done *Confirmed, err error) {
	c := in.Config
	if len(c.Supplier) == 0 {
		return nil, &ExitError{ExitConfig, fmt.Errorf("%s has no section supplier, so nobody pays us; name our registrations there, and our receivables [supplier-absent]", c.File)}
	}
	k := newConfirming(in, ask)
	if !ask.DryRun {
		release, err := history.Lock(c.Path(c.Store))
		if err != nil {
			return nil, withIO(err)
		}
		defer func() { err = errors.Join(err, release()) }()
	}
	if err := k.read(ctx); err != nil {
		return nil, err
	}
	if err := k.open(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if k.store != nil {
			err = errors.Join(err, withIO(k.store.Close()))
		}
	}()
	if err := k.recall(ctx); err != nil {
		return nil, err
	}
	decided, err := k.decide(ctx)
	if err != nil {
		return nil, err
	}
	if !ask.DryRun {
		if err := k.send(ctx, decided); err != nil {
			return nil, err
		}
	}
	return k.result(), nil
}

// read reads the receivables and the logs.
func (k *confirming) read(ctx context.Context) (err error) {
	if k.books, err = readReceivables(ctx, k.in); err != nil {
		return err
	}
	k.log, err = receivedPayments(ctx, k.in)
	if err != nil {
		return err
	}
	for i := range k.log.Remittances {
		p := &k.log.Remittances[i]
		if p.Outcome == payment.Failed {
			continue
		}
		for l := range p.Lines {
			if it, err := k.books.of(p, &p.Lines[l]); err == nil {
				k.claims[it]++
			}
		}
		if slices.ContainsFunc(p.Lines, func(l payment.Line) bool { return l.Confirmation != payment.Unconfirmed }) {
			k.told[p.ObjectID] = true
		}
	}
	for _, a := range k.log.Answered {
		if a.Failed {
			k.failed[a.ObjectID] = a.Word
		} else {
			k.told[a.ObjectID] = true
		}
	}
	return nil
}

// open opens the journal; a dry run only looks.
func (k *confirming) open(ctx context.Context) (err error) {
	dir, o := k.in.Config.Path(k.in.Config.Store), journalOptions(k.in)
	if k.ask.DryRun {
		k.store, err = journal.OpenReadOnly(ctx, dir, o)
		if errors.Is(err, fs.ErrNotExist) {
			k.store, err = nil, nil
		}
	} else {
		k.store, err = journal.Open(ctx, dir, o)
	}
	if err != nil {
		return withIO(err)
	}
	return k.refresh(ctx)
}

// recall looks whether the logs have forgotten anything; a dry run notes nothing.
func (k *confirming) recall(ctx context.Context) (err error) {
	open := history.Open
	if k.ask.DryRun {
		open = history.OpenReadOnly
	}
	runs, err := open(ctx, k.in.Config.Path(k.in.Config.Store))
	if k.ask.DryRun && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return withIO(err)
	}
	defer func() { err = errors.Join(err, withIO(runs.Close())) }()
	return k.knownBefore(ctx, runs)
}

// refresh reads our answers anew.
func (k *confirming) refresh(ctx context.Context) error {
	k.replies = make(map[string]journal.Reply)
	if k.store == nil {
		return nil
	}
	all, err := k.store.Answers(ctx)
	if err != nil {
		return withIO(err)
	}
	for _, r := range all {
		k.replies[r.ObjectID] = r
	}
	return nil
}

// decide writes down what is answered, and returns which answers may be sent.
func (k *confirming) decide(ctx context.Context) (map[string]bool, error) {
	if k.ask.Reject != "" {
		if err := k.reject(ctx); err != nil {
			return nil, err
		}
		reply := k.replies[k.ask.Reject]
		return map[string]bool{k.ask.Reject: k.overtaken(k.payment(k.ask.Reject), reply) == ""}, nil
	}
	decided := make(map[string]bool)
	for i := range k.log.Remittances {
		p := &k.log.Remittances[i]
		reply, known := k.replies[p.ObjectID]
		if known && (reply.State != submit.Intended || !reply.Accept) {
			// A rejection that a person signed. Whether it still is right nobody
			// knows without its row; the person may say it again.
			decided[p.ObjectID] = reply.State == submit.Intended && k.overtaken(p, reply) == "" && k.signed(reply) && k.stillOpen(p)
			continue
		}
		items, status, _ := k.judge(p)
		if status != AnswerToAccept || k.ask.DryRun {
			continue
		}
		if !known {
			body, err := k.body(p, items, false, acceptRemarks)
			if err != nil {
				continue // judge has tried the same: it is listed with the reason
			}
			if err := k.store.AnswerIntend(ctx, journal.Reply{
				ObjectID: p.ObjectID, Buyer: p.Buyer, Supplier: p.Supplier, Type: p.Type, Accept: true, Remarks: acceptRemarks, Body: body,
			}); err != nil {
				return nil, withIO(err)
			}
		}
		decided[p.ObjectID] = true
	}
	return decided, k.refresh(ctx)
}

// body writes a confirmation. Version and status of the invoices are those of our
// own books, where they keep them.
func (k *confirming) body(p *payment.Remittance, items []*ledger.Item, reject bool, remarks string) ([]byte, error) {
	c := enkash.Confirmation{ObjectID: p.ObjectID, Buyer: p.Buyer, Supplier: p.Supplier, Type: p.Type, Reject: reject, Remarks: remarks}
	for i := range p.Lines {
		v := enkash.ConfirmedInvoice{InvoiceID: p.Lines[i].InvoiceID, Number: p.Lines[i].Number}
		if i < len(items) && items[i] != nil {
			it := items[i]
			v.Version, v.Status = it.ObjectVersion, it.InvoiceStatus
			if v.InvoiceID == "" {
				v.InvoiceID = it.InvoiceID
			}
		}
		c.Invoices = append(c.Invoices, v)
	}
	e := k.in.Config.EnKash
	return enkash.RenderConfirm(&c, enkash.Device{Name: e.DeviceName, Value: e.DeviceValue}, k.in.Now())
}

// reject writes down that a person rejects one payment.
func (k *confirming) reject(ctx context.Context) error {
	id := k.ask.Reject
	no := func(format string, args ...any) error {
		return &ExitError{ExitNotApproved, fmt.Errorf("payment %s "+format, append([]any{id}, args...)...)}
	}
	p := k.payment(id)
	if p == nil {
		return &ExitError{ExitMissing, fmt.Errorf("the event log knows no payment %s to us; look at its id, and at events.files [payment-not-received]", id)}
	}
	if p.Type != payment.OffPlatform {
		return no("is %s, and only an OFFPLATFORM payment can be rejected; settle it with its buyer [reject-onplatform]", p.Type)
	}
	reply, known := k.replies[id]
	switch {
	case known && !reply.Accept && (k.ask.Remarks == "" || k.ask.Remarks == reply.Remarks):
		if k.signed(reply) {
			return nil // the same again
		}
		s, err := k.statement(id, reply.Remarks)
		k.again = &s
		return err
	case known, k.told[id]:
		return no("was answered before, and the first answer counts; settle it with its buyer [answered-before]")
	}
	if number, row := k.booked(p); number != "" {
		return no("is for invoice %s, whose money the books show as received, at %s; correct the books, or accept it [reject-received]", number, row)
	}
	items := make([]*ledger.Item, len(p.Lines))
	for l := range p.Lines {
		items[l], _ = k.books.of(p, &p.Lines[l]) // one that matches nothing is rejected without its version
	}
	body, err := k.body(p, items, true, k.ask.Remarks)
	if err != nil {
		return withCode(ExitUsage, fmt.Errorf("%w [remarks-malformed]", err))
	}
	s, err := k.statement(id, k.ask.Remarks)
	if err != nil {
		return err
	}
	if err := k.store.AnswerIntend(ctx, journal.Reply{
		ObjectID: id, Buyer: p.Buyer, Supplier: p.Supplier, Type: p.Type, Remarks: k.ask.Remarks, Body: body, By: &s,
	}); err != nil {
		return withIO(err)
	}
	return k.refresh(ctx)
}

// statement is the word of who rejects a payment with these remarks.
func (k *confirming) statement(id, remarks string) (journal.Signed, error) {
	d := Decision{Verb: approval.AnswerReject, KeyFile: k.ask.KeyFile, StatementFile: k.ask.StatementFile, Reason: cmp.Or(k.ask.Reason, remarks)}
	s, err := statement(k.in, d, id, map[string]string{approval.DetailRemarks: remarks})
	if err == nil && s.Detail[approval.DetailRemarks] != remarks {
		err = &ExitError{ExitNotApproved, fmt.Errorf("payment %s is rejected with other remarks in the statement: give them as they stand there [statement-other]", id)}
	}
	return s, err
}

// signed tells whether an answer that was not sent may still be sent by the word of
// who signed it: of a rejection, whether that is an approver of today.
func (k *confirming) signed(r journal.Reply) bool {
	if r.Accept || r.State != submit.Intended {
		return true
	}
	s, err := approval.Verify(r.Statement, k.in.Config.Payments.Approvers, k.in.Now())
	return err == nil && s.Action == approval.AnswerReject && s.Subject == r.ObjectID && s.Detail[approval.DetailRemarks] == r.Remarks
}

// payment finds a payment that was made to us; nil where the log has none.
func (k *confirming) payment(id string) *payment.Remittance {
	for i := range k.log.Remittances {
		if p := &k.log.Remittances[i]; p.ObjectID == id && !p.OnlyConfirmed {
			return p
		}
	}
	return nil
}

// overtaken says why a rejection that was signed and not sent is not sent any
// more; empty where it still stands. The payment is nil where the log has none.
func (k *confirming) overtaken(p *payment.Remittance, r journal.Reply) string {
	switch {
	case r.Accept || r.State != submit.Intended:
		return ""
	case k.told[r.ObjectID]:
		return "the log shows an answer that we did not send"
	case k.lost != "":
		return whileMissing
	case p == nil:
		return ""
	}
	if number, row := k.booked(p); number != "" {
		return fmt.Sprintf("the books show the money for invoice %s as received, at %s", number, row)
	}
	return ""
}

// booked returns an invoice of a payment whose money the books show as received;
// empty where there is none.
func (k *confirming) booked(p *payment.Remittance) (number, row string) {
	for i := range p.Lines {
		if it, err := k.books.of(p, &p.Lines[i]); err == nil && k.books.received(p, &p.Lines[i], it) == nil {
			return p.Lines[i].Number, sourceOf(it)
		}
	}
	return "", ""
}

// stillOpen tells whether the books have a row for every invoice of a payment: an
// export of open items leaves out what was received.
func (k *confirming) stillOpen(p *payment.Remittance) bool {
	for i := range p.Lines {
		if _, err := k.books.of(p, &p.Lines[i]); err != nil {
			return false
		}
	}
	return true
}

// contradicted tells whether the log shows another answer than ours.
func (k *confirming) contradicted(p *payment.Remittance, r journal.Reply) bool {
	other := payment.Accepted
	if r.Accept {
		other = payment.Rejected
	}
	return p != nil && slices.ContainsFunc(p.Lines, func(l payment.Line) bool { return l.Confirmation == other })
}

// unread says which delivery that cannot be read may be about a payment; why is
// empty where there is none. An answer cannot be taken back.
func (k *confirming) unread(p *payment.Remittance) (status, why string) {
	for _, u := range k.log.Unread {
		switch {
		case slices.Contains(u.ObjectIDs, p.ObjectID):
			return AnswerPerson, fmt.Sprintf("a delivery about it cannot be read, at %s:%d", u.Pos.File, u.Pos.Row)
		case u.Torn && len(u.ObjectIDs) == 0:
			status, why = AnswerLater, fmt.Sprintf("the end of %s is not written yet, and may be about it", u.Pos.File)
		}
	}
	return status, why
}

// whileMissing is why nothing is answered while the logs say less than they did.
const whileMissing = "a log is missing, and with it perhaps what became of it"

// judge says what is to be done about a payment that we have not answered, with
// the rows that its invoices pay.
func (k *confirming) judge(p *payment.Remittance) (items []*ledger.Item, status, why string) {
	switch {
	case k.told[p.ObjectID] || p.OnlyConfirmed:
		return nil, AnswerNone, "the log shows its answer"
	case p.Conflict != "":
		return nil, AnswerPerson, "its evidence contradicts itself: " + p.Conflict
	case p.Outcome == payment.Failed:
		return nil, AnswerNone, "it failed"
	case p.Outcome == payment.Reversed:
		return nil, AnswerPerson, "the money went back"
	case !slices.ContainsFunc(p.Evidence, func(e payment.Evidence) bool { return e.Says == "request" }):
		return nil, AnswerPerson, "the log has no payment request of it"
	}
	if file := lostLog(k.log.Inputs, k.log.Problems); file != "" {
		return nil, AnswerPerson, "a part of " + file + " is lost, and with it perhaps what became of it"
	}
	if k.lost != "" {
		return nil, AnswerPerson, whileMissing
	}
	if status, why := k.unread(p); why != "" {
		return nil, status, why
	}
	for i := range p.Lines {
		it, err := k.line(p, &p.Lines[i])
		if err != nil {
			return nil, AnswerPerson, err.Error()
		}
		items = append(items, it)
	}
	if _, err := k.body(p, items, false, acceptRemarks); err != nil {
		return nil, AnswerPerson, strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	if p.Type == payment.OnPlatform && p.Outcome != payment.Paid {
		return items, k.early(p), "the platform has not said that it succeeded"
	}
	return items, AnswerToAccept, ""
}

// line finds the row that one invoice pays, or says what is wrong with it.
func (k *confirming) line(p *payment.Remittance, l *payment.Line) (*ledger.Item, error) {
	it, err := k.books.of(p, l)
	switch {
	case err != nil:
		return nil, err
	case l.Unbalanced != "":
		return nil, errors.New("its amounts do not add up: " + l.Unbalanced)
	case k.claims[it] > 1:
		return nil, fmt.Errorf("%d payments are for invoice %s at %s", k.claims[it], l.Number, sourceOf(it))
	}
	if p.Type == payment.OffPlatform {
		if err := k.books.received(p, l, it); err != nil {
			return nil, err
		}
	}
	return it, k.books.agrees(p, l, it)
}

// early tells whether an outcome may still be waited for.
func (k *confirming) early(p *payment.Remittance) string {
	if p.Date == 0 || int(k.in.AsOf-p.Date) > k.in.Config.Matching.OutcomeWithin {
		return AnswerPerson
	}
	return AnswerLater
}
