package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/approval"
	"reconcile/internal/day"
	"reconcile/internal/history"
	"reconcile/internal/journal"
	"reconcile/internal/money"
	"reconcile/internal/period"
	"reconcile/internal/proposal"
	"reconcile/internal/report"
	"reconcile/internal/submit"
)

// KindClose is the closing of a period: it matches as of the last day.
const KindClose = "close"

// A CloseOrder is what a person asks for with close.
type CloseOrder struct {
	Period           period.Period
	Soft             bool        // reconcile only from now on; nobody signs
	Control          money.Paise // of the creditors' control account, a credit balance positive
	DifferenceReason string      // why it may be closed although it does not tie
	Anew             bool        // signatures that were given so far count no more

	KeyFile, StatementFile, Reason string // of who signs; without them nobody does
}

// A Closed is what came of it.
type Closed struct {
	Period     period.Period `json:"period"`
	Version    int           `json:"version"`
	Effect     string        `json:"effect"` // draft, waits, done, soft
	By         string        `json:"by"`
	Control    money.Paise   `json:"control"`
	SubLedger  money.Paise   `json:"sub_ledger"`
	Difference money.Paise   `json:"difference"`
	Bridge     []period.Row  `json:"bridge"`
	SHA256     string        `json:"sha256"` // of the manifest: the one hash
	Pack       string        `json:"pack"`   // where it lies
	Warnings   []string      `json:"warnings"`
	Text       string        `json:"text"`
}

// A closer closes one period.
type closer struct {
	in       Input
	order    CloseOrder
	till     *till
	calendar period.Calendar
	g        *gathering
	version  int
}

// ClosePeriod closes a period, or takes one step towards it. Nobody's signature: a
// draft of the pack, to be read. The first: the pack is kept and waits. The second,
// of another person over the same bytes: the period is closed. The pack is made anew
// each time and compared, so that nobody signs what the inputs do not say any more.
//
// Where the sub-ledger does not tie, both the figures and the error are returned.
func ClosePeriod(ctx context.Context, in Input, order CloseOrder) (done *Closed, err error) {
	dir := in.Config.Path(in.Config.Store)
	release, err := history.Lock(dir)
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, release()) }()
	in.AsOf, in.Kind = order.Period.Last(), KindClose
	c := &closer{in: in, order: order}
	if c.till, err = beginTill(ctx, in); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.till.close()) }()
	if c.calendar, err = c.till.calendar(ctx); err != nil {
		return nil, err
	}
	warnings, err := c.calendar.MayClose(order.Period, order.Soft, in.today())
	if err != nil {
		return nil, err
	}
	c.version = c.calendar.NextVersion(order.Period)
	key, err := fingerprintKey(dir)
	if err != nil {
		return nil, withIO(err)
	}
	if c.g, err = gather(ctx, in, key, c.till); err != nil {
		return nil, err
	}
	r := &payrun{in: in, till: c.till, g: c.g}
	if err := r.tell(ctx); err != nil {
		return nil, err
	}
	if order.Soft {
		done, err = c.softly(ctx)
	} else {
		done, err = c.close(ctx)
	}
	if done != nil {
		done.Warnings = append(warnings, done.Warnings...)
	}
	return done, err
}

// softly writes down that a period is only reconciled from now on, with what was
// known of it. It moves no figure, so one person may do it.
func (c *closer) softly(ctx context.Context) (*Closed, error) {
	p := c.order.Period
	snapshot := period.Take(p, c.g.facts.Result, nil)
	text, err := textOf(snapshot.Write)
	if err != nil {
		return nil, err
	}
	e := period.Event{Period: p, Snapshot: proposal.Hash(text)}
	path := filepath.Join(c.in.Config.Path(c.in.Config.Store), closingsFolder, softName(&e))
	if err := keepFile(path, 0o600, writes(text)); err != nil {
		return nil, err
	}
	body, err := json.Marshal(periodRecord{Snapshot: e.Snapshot, SubLedger: snapshot.Total().String()})
	if err != nil {
		return nil, fault("%v", err)
	}
	if err := c.till.journal.Record(ctx, journal.Record{Kind: journal.KindSoftClosed, Subject: p.String(), Actor: c.in.Actor, Body: body}); err != nil {
		return nil, withIO(err)
	}
	return &Closed{Period: p, Effect: "soft", By: c.in.Actor, SubLedger: snapshot.Total(),
		Text: fmt.Sprintf("%s is soft-closed: runs for a business date up to %s only reconcile. The sub-ledger is ₹ %s; close it with --control",
			p.Long(), p.Last().Long(), snapshot.Total().Grouped())}, nil
}

// close makes the pack, and takes the signature where one is given.
func (c *closer) close(ctx context.Context) (*Closed, error) {
	made, err := c.make(ctx)
	if made == nil {
		return nil, err
	}
	t := &made.closing.Tie
	done := &Closed{Period: c.order.Period, Version: c.version, Effect: "draft", Control: t.Control, SubLedger: t.SubLedger, Difference: t.Difference,
		Bridge: t.Bridge, SHA256: made.hash}
	if err != nil {
		return done, err
	}
	done.Pack = packPaths(c.in.Config, c.order.Period, c.version)[1]
	if c.order.KeyFile == "" && c.order.StatementFile == "" {
		done.Text = fmt.Sprintf("nothing is closed yet: read %s, then two approvers sign it with --key", done.Pack)
		return done, made.publish()
	}
	return done, c.sign(ctx, made, done)
}

// detail is what both people sign besides the period.
func (m *made) detail() map[string]string {
	t := &m.closing.Tie
	return map[string]string{approval.DetailReport: m.hash, detailVersion: strconv.Itoa(m.closing.Version),
		"control": t.Control.String(), "difference": t.Difference.String()}
}

// detailVersion is the detail of a statement that says which closing it is about.
const detailVersion = "version"

// sign takes one of the two signatures.
func (c *closer) sign(ctx context.Context, m *made, done *Closed) error {
	reason := closingReason(c.order.Reason, c.order.Period)
	d := Decision{Verb: approval.Close, Subject: c.order.Period.String(), KeyFile: c.order.KeyFile, StatementFile: c.order.StatementFile, Reason: reason}
	s, err := c.till.signed(d, m.detail())
	if err != nil {
		return err
	}
	first, err := c.till.partner(ctx, s)
	if err != nil {
		return err
	}
	done.By = s.By
	if first == nil {
		done.Effect = "waits"
		done.Text = fmt.Sprintf("%s signed version %d of %s; a second approver has to sign the same %s", s.By, c.version, c.order.Period.Long(), short(m.hash))
		return m.publish()
	}
	return c.finish(ctx, m, done, *first, s)
}

// closingReason is what an approver says who says nothing else.
func closingReason(given string, p period.Period) string {
	if given != "" {
		return given
	}
	return "the figures of " + p.String() + " are right"
}

// finish closes the period. If we die before the record is written, the pack lies
// there signed and the period is open: the second person signs again. After it, the
// period is closed, and the copy in the output can be made from the store.
func (c *closer) finish(ctx context.Context, m *made, done *Closed, first, second journal.Signed) error {
	if err := m.countersign([]report.Signature{{Name: first.By, Text: first.Text}, {Name: second.By, Text: second.Text}}); err != nil {
		return err
	}
	t := &m.closing.Tie
	inputs := make(map[string]string, len(m.closing.Inputs))
	for _, in := range m.closing.Inputs {
		inputs[in.Path] = in.SHA256
	}
	body, err := json.Marshal(periodRecord{Closing: m.hash, Control: t.Control.String(), Difference: t.Difference.String(), DifferenceReason: m.closing.DifferenceReason,
		Inputs: inputs, Report: m.hashOf(report.WorkbookName), Results: m.hashOf(report.ResultsName), Snapshot: m.hashOf(report.SnapshotName),
		SubLedger: t.SubLedger.String(), Version: c.version})
	if err != nil {
		return fault("%v", err)
	}
	if err := c.till.journal.RecordByTwo(ctx, journal.Record{Kind: journal.KindClosed, Subject: c.order.Period.String(), Body: body}, first, second); err != nil {
		return withIO(err)
	}
	people := []string{first.By, second.By}
	slices.Sort(people)
	done.Effect, done.By = "done", strings.Join(people, "+")
	done.Text = fmt.Sprintf("%s is closed (version %d), signed by %s: ₹ %s; SHA-256 %s",
		c.order.Period.Long(), c.version, strings.Join(people, " and "), t.SubLedger.Grouped(), m.hash)
	if err := m.publish(); err != nil {
		return withCode(ExitNoReport, fmt.Errorf("%s is closed, and its pack is %s; copy it by hand, for it could not be: %w", c.order.Period.Long(), m.path, err))
	}
	return nil
}

// signed returns a statement about exactly these details, signed here or elsewhere.
func (t *till) signed(d Decision, detail map[string]string) (journal.Signed, error) {
	s, err := statement(t.in, d, d.Subject, detail)
	if err == nil && !maps.Equal(s.Detail, detail) {
		err = &ExitError{ExitNotApproved, fmt.Errorf("the statement is about another version of %s, or other figures: sign it again [statement-other]", d.Subject)}
	}
	return s, err
}

// partner returns the statement of another person who signed the same, or keeps this
// one until the second comes. What was signed of another version or other figures is
// nobody's partner.
func (t *till) partner(ctx context.Context, s journal.Signed) (*journal.Signed, error) {
	waiting, err := t.waitingFor(ctx, s.Action, s.Subject)
	if err != nil {
		return nil, err
	}
	var alone error
	for i := range waiting {
		w := &waiting[i]
		if !maps.Equal(w.Detail, s.Detail) {
			continue
		}
		err := approval.Pair(w.Statement, s.Statement, t.in.Config.Payments.Approvers)
		if err == nil {
			return w, nil
		}
		alone = refusal(err)
	}
	if alone != nil {
		return nil, alone
	}
	return nil, withIO(t.journal.Pledge(ctx, s))
}

// waitingFor returns the statements that wait for a second person and that people
// who are approvers now have signed.
func (t *till) waitingFor(ctx context.Context, action approval.Action, subject string) ([]journal.Signed, error) {
	all, err := t.journal.Pending(ctx)
	if err != nil {
		return nil, withIO(err)
	}
	var found []journal.Signed
	for _, w := range all {
		if w.Action != action || w.Subject != subject {
			continue
		}
		// Read again as it was signed: who is no approver any more says nothing.
		if w.Statement, err = approval.Verify(w.Text, t.in.Config.Payments.Approvers, t.in.Now()); err == nil {
			found = append(found, w)
		}
	}
	return found, nil
}

// ownPayments is what a closing knows of payments of ours.
func (c *closer) ownPayments() []period.Own {
	own := make([]period.Own, 0, len(c.till.entries))
	zone := c.in.Config.Timezone
	for i := range c.till.entries {
		e := &c.till.entries[i]
		own = append(own, period.Own{ObjectID: e.ObjectID, Net: e.Net, Date: day.In(e.Since, zone), Paid: e.State == submit.Paid,
			ByPeople: e.State == submit.Paid && e.Last.Actor != submit.ActorWebhook})
	}
	return own
}
