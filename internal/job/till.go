package job

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/enkash"
	"reconcile/internal/journal"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/report"
	"reconcile/internal/submit"
)

// A till is our own payments: the journal, and what a run knows of it.
type till struct {
	in      Input
	journal *journal.Store

	// As of the last refresh:
	entries []submit.Entry  // all of them
	holds   []journal.Hold  // that are on
	alarms  []journal.Alarm // raised ever

	// What the logs of this run make of the entries, in their order; nil before they
	// are read. raised are the alarms that the journal does not have yet.
	heard  []submit.Entry
	raised []journal.Alarm
	proved map[string]bool // by objectId, whether a log has the message that tells so
}

// openTill opens the journal for writing. Where payments are off and nothing was
// ever paid there is none, and the till is nil.
func openTill(ctx context.Context, in Input) (*till, error) {
	c := in.Config
	if c.Payments.Mode == config.ModeOff && !journalExists(c) {
		return nil, nil
	}
	return beginTill(ctx, in)
}

// beginTill opens the journal for writing, and begins one where there is none.
func beginTill(ctx context.Context, in Input) (*till, error) {
	c := in.Config
	if err := sideLogApart(c); err != nil {
		return nil, err
	}
	store, err := journal.Open(ctx, c.Path(c.Store), journalOptions(in))
	if err != nil {
		return nil, withIO(err)
	}
	t := &till{in: in, journal: store}
	return t, t.refresh(ctx)
}

// sideLogApart refuses a side log that only seems to lie outside the store: it
// would be restored together with it, and what was sent since be forgotten.
func sideLogApart(c *config.Config) error {
	side, store := c.Path(c.Payments.SideLog), c.Path(c.Store)
	if info, err := os.Lstat(side); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return &ExitError{ExitConfig, fmt.Errorf("the side log %s is a symbolic link; name the file itself in payments.side_log [side-log-link]", side)}
	}
	// The folders may not be there yet; then nothing leads anywhere.
	folder, err1 := filepath.EvalSymlinks(filepath.Dir(side))
	real, err2 := filepath.EvalSymlinks(store)
	if err1 != nil || err2 != nil {
		return nil
	}
	if rel, err := filepath.Rel(real, folder); err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
		return &ExitError{ExitConfig, fmt.Errorf("the side log %s lies in the store by way of a symbolic link, and would be restored together with it; "+
			"name another folder in payments.side_log [side-log-link]", side)}
	}
	return nil
}

// openTillReadOnly opens the journal to be looked at; nil where there is none and
// never was: who pays by hand by what a report calls due must not read it without.
func openTillReadOnly(ctx context.Context, in Input) (*till, error) {
	store, err := openToLook(ctx, in)
	if err != nil || store == nil {
		return nil, err
	}
	t := &till{in: in, journal: store}
	return t, t.refresh(ctx)
}

// openToLook opens the journal to be looked at, whatever the side log tells; nil where
// there is none and never was.
func openToLook(ctx context.Context, in Input) (*journal.Store, error) {
	c := in.Config
	if !journalExists(c) {
		return nil, notTheFirst(c)
	}
	store, err := journal.OpenReadOnly(ctx, c.Path(c.Store), journalOptions(in))
	if errors.Is(err, fs.ErrNotExist) {
		err = journal.Doubt(ctx, c.Path(c.Store), journalOptions(in)) // what is there is a side log
	}
	return store, withIO(err)
}

// outdated tells that a journal cannot be looked at only because an older version of
// this program wrote it.
func outdated(err error) bool {
	var corrupt *journal.CorruptError
	return errors.As(err, &corrupt) && corrupt.Check == journal.CheckOutdated
}

func journalOptions(in Input) journal.Options {
	c := in.Config
	return journal.Options{SideLog: c.Path(c.Payments.SideLog), Now: in.Now, Actor: cmp.Or(in.Actor, c.Payments.Maker), Zone: c.Timezone,
		DayCap: c.Payments.Caps.Day, First: func() error { return notTheFirst(c) }}
}

// journalExists tells whether either half of a journal is there: one without the
// other is a doubt that Open has to find. A file without a byte is none.
func journalExists(c *config.Config) bool {
	for _, path := range []string{journal.File(c.Path(c.Store)), c.Path(c.Payments.SideLog)} {
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			return true
		}
	}
	return false
}

func (t *till) close() error {
	if t == nil {
		return nil
	}
	return withIO(t.journal.Close())
}

// refresh reads the entries anew, after something has moved.
func (t *till) refresh(ctx context.Context) (err error) {
	if t.entries, err = t.journal.Entries(ctx, true); err != nil {
		return withIO(fmt.Errorf("reading our own payments: %w", err))
	}
	if t.holds, err = t.journal.Holds(ctx); err != nil {
		return withIO(err)
	}
	t.raised = nil
	t.alarms, err = t.journal.Alarms(ctx, 0)
	return withIO(err)
}

// follow brings the entries to where a pass of the loop left them that the journal
// broke off: it could not be told of the last of them, and what it would read now may
// be on no disk. So the report does not call due what has perhaps been paid.
func (t *till) follow(done submit.Report) {
	left := func(state submit.State, sends int, list []submit.Outcome) {
		for _, o := range list {
			for i := range t.entries {
				if e := &t.entries[i]; e.ObjectID == o.ObjectID {
					e.State, e.Sends, e.Since = state, sends, t.in.Now()
					e.Last = submit.Proof{Actor: submit.ActorProgram, Text: o.Why}
				}
			}
		}
	}
	left(submit.Acked, 1, done.Acked)
	left(submit.Unsure, 1, done.Unsure)
	left(submit.Failed, 1, done.Refused)
	left(submit.Void, 0, done.Voided)
}

// hear says what the logs make of the entries, as absorbing them will: told is
// what they say of a payment of ours.
func (t *till) hear(told func(objectID string) []payment.Event) error {
	t.heard, t.raised, t.proved = make([]submit.Entry, len(t.entries)), nil, make(map[string]bool)
	for i := range t.entries {
		bodies := told(t.entries[i].ObjectID)
		after, raised, err := t.entries[i].After(bodies)
		if err != nil {
			return fault("%v", err)
		}
		t.heard[i] = after
		// A failure may lead to PAID, where it frees nothing; it does not tell that.
		t.proved[after.ObjectID] = slices.ContainsFunc(bodies, func(b payment.Event) bool {
			return hex.EncodeToString(b.Sum[:]) == after.Last.SHA256 && (after.State != submit.Paid || b.Result != payment.Failure)
		})
		for _, r := range raised {
			t.raised = append(t.raised, journal.Alarm{ObjectID: r.ObjectID, Kind: r.Alarm, Text: r.Why})
		}
	}
	return nil
}

// ringing are the alarms that nobody has looked into yet: those whose supplier is
// still frozen for it, and those that the logs raise and the journal does not have.
// Of several of one kind about one payment the first speaks for all.
func (t *till) ringing() (on []journal.Alarm) {
	supplier := make(map[string]string, len(t.entries))
	for i := range t.entries {
		supplier[t.entries[i].ObjectID] = t.entries[i].Supplier
	}
	ring := func(a journal.Alarm) {
		if !slices.ContainsFunc(on, func(o journal.Alarm) bool { return o.ObjectID == a.ObjectID && o.Kind == a.Kind }) {
			on = append(on, a)
		}
	}
	for _, a := range t.alarms {
		if slices.ContainsFunc(t.holds, func(h journal.Hold) bool {
			return h.What == journal.HoldSupplier && h.Subject == supplier[a.ObjectID] && !a.At.Before(h.At)
		}) {
			ring(a)
		}
	}
	for _, a := range t.raised {
		ring(a)
	}
	return on
}

// settled puts an end to conflicts that people have looked into: two who said what
// became of the payment, or two who released its supplier after the alarm. Then
// it is what the journal has it for. What a log says against them since is an
// alarm, and no such conflict ends before it is released.
func (t *till) settled(remittances []payment.Remittance) {
	if t == nil {
		return
	}
	ringing := make(map[string]bool)
	for _, a := range t.ringing() {
		ringing[a.ObjectID] = true
	}
	outcome := map[submit.State]payment.Outcome{submit.Paid: payment.Paid, submit.Failed: payment.Failed, submit.Returned: payment.Reversed}
	for i := range t.heard {
		e := &t.heard[i]
		became, known := outcome[e.State]
		if !known || ringing[e.ObjectID] {
			continue
		}
		k, found := slices.BinarySearchFunc(remittances, e.ObjectID, func(r payment.Remittance, id string) int { return strings.Compare(r.ObjectID, id) })
		if !found || remittances[k].Conflict == "" {
			continue
		}
		if r := &remittances[k]; len(e.Alarms) > 0 || e.Last.ByPeople() {
			r.Conflict, r.Outcome = "", became
		}
	}
}

// ownAfter returns what is to be folded behind the logs.
func (t *till) ownAfter(told func(objectID string) []payment.Event) ([]enkash.Own, error) {
	if t == nil {
		return nil, nil
	}
	if err := t.hear(told); err != nil {
		return nil, err
	}
	return t.own(t.heard)
}

// own returns what the journal knows of payments whose bytes may have been on
// the wire, to be folded with what the logs say of them. What no log tells is told
// as a response: what people settled, an answer that was a definite refusal, and
// what a message said whose log is gone.
func (t *till) own(entries []submit.Entry) ([]enkash.Own, error) {
	var own []enkash.Own
	for i := range entries {
		e := &entries[i]
		if e.Sends == 0 && e.State != submit.Paid || len(e.Body) == 0 && testimony(e.State) == "" {
			continue
		}
		body, err := toldAsPay(e)
		if err != nil {
			return nil, err
		}
		o := enkash.Own{Body: body}
		if !t.proved[e.ObjectID] {
			o.Result, o.UTR = testimony(e.State), e.Last.UTR
		}
		own = append(own, o)
	}
	return own, nil
}

// toldAsPay is the request of an instruction, or what it would be as a req-pay:
// where it was another call, or where the request was erased or lost and the
// journal has only what it was for.
func toldAsPay(e *submit.Entry) ([]byte, error) {
	if _, payable := enkash.APPaymentID(e.Body); !payable && len(e.Body) > 0 {
		return e.Body, nil
	}
	body, err := enkash.DescribePay(e)
	if err != nil {
		return nil, fault("describing payment %s: %v", e.ObjectID, err)
	}
	return body, nil
}

// ids returns the objectIds of all of them.
func (t *till) ids() []string {
	if t == nil {
		return nil
	}
	ids := make([]string, len(t.entries))
	for i := range t.entries {
		ids[i] = t.entries[i].ObjectID
	}
	return ids
}

// testimony is what a state says in the words of a response.
func testimony(s submit.State) string {
	switch s {
	case submit.Paid:
		return "SUCCESS"
	case submit.Failed:
		return "FAILURE"
	case submit.Returned:
		return "REVERSED"
	}
	return ""
}

// journalled is what a proposal has to know of the journal, without the
// instructions that without names; nil names none.
func (t *till) journalled(ctx context.Context, without func(*submit.Entry) bool) (proposal.Journalled, error) {
	var j proposal.Journalled
	if t == nil {
		return j, nil
	}
	dates, err := t.journal.Dates(ctx)
	if err != nil {
		return j, withIO(err)
	}
	for i := range t.entries {
		e := &t.entries[i]
		if without != nil && without(e) {
			continue
		}
		past := proposal.Past{
			ObjectID: e.ObjectID, Plan: e.Plan, Supplier: e.Supplier, State: e.State.String(), Paid: e.State == submit.Paid, Sent: e.Sends > 0,
			Attempt: e.Attempt, Since: e.Since, Begun: begun(e, dates[e.ObjectID]), Failed: proposal.Failure{ObjectID: e.ObjectID, On: day.In(e.Since, t.in.Config.Timezone), Why: e.Last.Text}, PayeeDigest: e.PayeeDigest, Reference: e.Reference,
		}
		payable, _ := enkash.APPaymentID(e.Body)
		for _, a := range e.Allocations {
			past.Allocations = append(past.Allocations, proposal.PastAllocation{
				Debt: a.Debt, Instalment: a.Instalment, Number: a.Number, Owed: a.Owed, Net: a.Net, Adjustment: a.Adjustment, Held: a.Held, PaymentID: payable,
			})
		}
		j.Instructions = append(j.Instructions, past)
		if e.Sends > 0 && day.In(e.Deadline, t.in.Config.Timezone) == t.in.today() && e.State != submit.Failed {
			j.SentToday += e.Net
		}
	}
	for _, h := range t.holds {
		if h.What == journal.HoldSupplier {
			j.Frozen = append(j.Frozen, proposal.Frozen{Supplier: h.Subject, Why: h.Reason})
		}
	}
	released, err := t.journal.Releases(ctx)
	if err != nil {
		return j, withIO(err)
	}
	for _, h := range released {
		j.Released = append(j.Released, proposal.Released{Release: proposal.Release{What: h.What, Subject: h.Subject, Key: h.Key}, At: h.At, On: day.In(h.At, t.in.Config.Timezone)})
	}
	return j, nil
}

// begun is from when on the money of an entry may have been on its way. What a
// recovered journal learnt from evidence alone is known since that.
func begun(e *submit.Entry, way journal.Dates) time.Time {
	if way.Sent.IsZero() && e.State == submit.Paid {
		return e.Since
	}
	return way.Sent
}

// payments is what the report says of our own payments, whose way was on these
// dates.
func (t *till) payments(names func(supplier string) string, dates map[string]journal.Dates) report.Payments {
	on := func(at time.Time) day.Date {
		if at.IsZero() {
			return 0
		}
		return day.In(at, t.in.Config.Timezone)
	}
	var p report.Payments
	if t == nil {
		return p
	}
	for i := range t.entries {
		e := &t.entries[i]
		way := dates[e.ObjectID]
		numbers := make([]string, len(e.Allocations))
		for k, a := range e.Allocations {
			numbers[k] = a.Number
		}
		p.Own = append(p.Own, report.OwnPayment{
			ObjectID: e.ObjectID, State: e.State.String(), Supplier: e.Supplier, SupplierName: names(e.Supplier), Buyer: e.Buyer,
			Numbers: strings.Join(numbers, ", "), Net: e.Net, Adjustment: e.Adjustment, Attempt: e.Attempt,
			Since: day.In(e.Since, t.in.Config.Timezone), Why: e.Last.Text, Plan: e.Plan,
			Proposed: on(way.Proposed), Approved: on(way.Approved), Sent: on(way.Sent), Paid: on(way.Paid),
			Told: testimony(e.State) != "" && !t.proved[e.ObjectID],
		})
	}
	return p
}

// merge puts what we know of our own payments beside what the logs said, where no
// log and no earlier reading of the journal has them: those sent a moment ago.
func (t *till) merge(ctx context.Context, remittances []payment.Remittance) ([]payment.Remittance, error) {
	sent, err := t.own(t.entries)
	if err != nil {
		return nil, err
	}
	own, err := enkash.FoldOwn(ctx, sent, enkash.LogOptions{Buyers: t.in.Config.Buyers, Zone: t.in.Config.Timezone})
	if err != nil {
		return nil, err
	}
	return payment.Merge(remittances, own), nil
}
