package job

import (
	"context"
	"fmt"

	"reconcile/internal/config"
	"reconcile/internal/journal"
	"reconcile/internal/payment"
	"reconcile/internal/report"
	"reconcile/internal/submit"
)

// pay does what a run of this kind does about payments. An error ends paying and
// not the run: what was found out about the payments so far is reported.
func (g *gathering) pay(ctx context.Context, t *till) (*report.Plan, error) {
	if t == nil {
		switch g.in.Kind {
		case KindPropose:
			return nil, paymentsOff(g.in)
		case KindSubmit:
			return nil, noJournal(g.in.Config)
		}
		return nil, nil
	}
	r := &payrun{in: g.in, till: t, g: g}
	g.pays = r
	if g.in.Kind == KindMatch {
		return nil, r.tell(ctx) // as the journal has them; nothing is learnt
	}
	plan, err := r.all(ctx)
	if matching := r.again(ctx); err == nil {
		err = matching
	}
	if telling := r.tell(ctx); err == nil {
		err = telling
	}
	return plan, err
}

// all is the order of a night: learn, send what was approved before, propose, and
// send what the program may approve alone.
func (r *payrun) all(ctx context.Context) (*report.Plan, error) {
	if err := r.absorb(ctx); err != nil {
		return nil, err
	}
	off := r.in.Config.Payments.Mode == config.ModeOff
	closed := r.g.mayPay()
	switch r.in.Kind {
	case KindSubmit:
		if r.g.lost != "" {
			return nil, r.run(ctx, nil) // what was approved waits; see goneVerdict
		}
		if closed != nil {
			return nil, closed
		}
		if off {
			return nil, paymentsOff(r.in)
		}
		return nil, r.submitOne(ctx)
	case KindPropose:
		if closed != nil {
			return nil, closed
		}
		if off {
			return nil, paymentsOff(r.in)
		}
		return r.propose(ctx)
	}
	if off || closed != nil {
		return nil, r.run(ctx, nil) // senders that died are recorded even so
	}
	send := r.send
	switch {
	case r.g.lost != "":
		send = func(ctx context.Context, _ string) error { return r.run(ctx, nil) }
	case byHand(r.in.Config):
		send = func(ctx context.Context, _ string) error { return r.leave(ctx) }
	}
	if err := send(ctx, ""); err != nil {
		return nil, err
	}
	if err := r.again(ctx); err != nil {
		return nil, err
	}
	plan, err := r.propose(ctx)
	if err != nil || plan == nil {
		return nil, err
	}
	if r.sent.Stopped != "" {
		return plan, nil // what stopped the first pass stops the run: see submit.Options
	}
	if r.g.autoApproved, err = r.approveAlone(ctx, plan); err != nil || !r.g.autoApproved {
		return plan, err
	}
	return plan, r.send(ctx, plan.Hash)
}

func paymentsOff(in Input) error {
	return &ExitError{ExitConfig, fmt.Errorf("payments.mode is off, and nothing is proposed or sent: say payments.mode: propose and payments.type in %s [payments-off]", in.Config.File)}
}

// again matches once more, with what was sent in this run.
func (r *payrun) again(ctx context.Context) error {
	if !r.moved() || ctx.Err() != nil {
		return nil
	}
	var err error
	if r.g.remittances, err = r.till.merge(ctx, r.g.remittances); err != nil {
		return err
	}
	return r.g.match()
}

// submitOne sends the plan that was named, or says why not.
func (r *payrun) submitOne(ctx context.Context) error {
	if err := r.in.checkTyped(); err != nil {
		return err
	}
	plan, p, err := r.till.planOf(ctx, r.in.Plan)
	if err != nil {
		return err
	}
	no := func(format string, args ...any) error {
		return &ExitError{ExitNotApproved, fmt.Errorf("plan %s "+format, append([]any{short(plan.Hash)}, args...)...)}
	}
	switch plan.Status {
	case journal.Waiting:
		return r.in.enough(&plan)
	case journal.Rejected, journal.Expired:
		if err := r.lapse(ctx, &plan); err != nil {
			return err
		}
		if plan.Status == journal.Rejected {
			return no("was rejected; propose again [plan-rejected]")
		}
		return no("has expired on %s; propose again [plan-expired]", plan.Expires.In(r.in.Config.Timezone).Format("2 January 2006 15:04"))
	case journal.Done:
		return nil // all of it was sent or withdrawn before: the report shows how it stands
	}
	if err := r.sameWay(plan.Hash, p); err != nil {
		return err
	}
	return r.send(ctx, plan.Hash)
}

// tell puts into the facts what the report says of our own payments. Where their
// days cannot be read it says all the rest; a run that was told to stop while it
// sent still tells what it sent.
func (r *payrun) tell(ctx context.Context) error {
	dates, err := r.till.journal.Dates(context.WithoutCancel(ctx))
	p := r.till.payments(r.g.supplierNames(), dates)
	unclear := r.unclear()
	for i := range p.Own {
		p.Own[i].Unclear = unclear[p.Own[i].ObjectID]
	}
	p.Approved = r.approved
	p.Withdrawn = len(r.sent.Voided)
	for _, list := range [][]submit.Outcome{r.sent.Acked, r.sent.Unsure, r.sent.Refused} {
		for _, o := range list {
			p.Submitted.Count++
			p.Submitted.Amount += o.Net
		}
	}
	p.Stopped = r.sent.Stopped
	for _, a := range r.till.ringing() {
		p.Alarms = append(p.Alarms, fmt.Sprintf("%s: %s (%s)", a.ObjectID, r.till.alarmText(a), a.Text))
	}
	r.g.facts.Payments = p
	if err != nil {
		return withIO(fmt.Errorf("reading when our own payments were proposed, approved and sent: %w", err))
	}
	return nil
}

// alarmText says what an alarm means, and what ends it in the state in which its
// payment is.
func (t *till) alarmText(a journal.Alarm) string {
	release := "Its supplier is paid nothing until two people release it"
	if e, err := t.entry(a.ObjectID); err == nil {
		switch e.State {
		case submit.Sending, submit.Unsure, submit.Acked:
			release = "It is held until two people resolve it, and its supplier is paid nothing until two people then release it"
		case submit.Failed:
			release += ", and may then be paid this again: where the bank shows that it was paid, they resolve it as paid before"
		}
	}
	switch a.Kind {
	case submit.LatePaid:
		return "paid after it had failed, come back or been withdrawn; perhaps a second payment lives. " + release
	case submit.NotSentByUs:
		return "the world knows a payment that the journal did not send: the journal is older than the world. " + release
	}
	return "its evidence contradicts itself or what was sent. " + release
}

// supplierNames returns how suppliers are called, by B2B id.
func (g *gathering) supplierNames() func(string) string {
	names := make(map[string]string)
	for i := range g.facts.Result.Items {
		s := &g.facts.Result.Items[i].Item.Supplier
		if s.B2BID != "" && names[s.B2BID] == "" {
			names[s.B2BID] = s.Name
		}
	}
	return func(id string) string { return names[id] }
}

// alarmVerdict reports what rings.
func (r *payrun) alarmVerdict(worse func(code int, notice string)) {
	for _, a := range r.till.ringing() {
		worse(ExitContradiction, fmt.Sprintf("%s: %s; %s [payment-contradicted]", a.ObjectID, r.till.alarmText(a), a.Text))
	}
}

// paymentsVerdict says what our own payments make of the exit code.
func (g *gathering) paymentsVerdict(worse func(code int, notice string)) {
	r := g.pays
	if r == nil {
		return
	}
	r.alarmVerdict(worse)
	if unsure := len(r.unknown()); unsure > 0 {
		worse(ExitUnsure, fmt.Sprintf("the outcome of %s is not known, and none of them is ever sent again: "+
			"wait for the webhook, or settle it with reconcile resolve [payment-unsure]", countOf(unsure, "payment")))
	}
	for _, why := range r.refused {
		worse(ExitNotApproved, why)
	}
	for _, why := range r.waiting {
		worse(0, why)
	}
	switch {
	case r.sent.Unreachable:
		code := ExitUnreachable
		if len(r.sent.Acked)+len(r.sent.Unsure)+len(r.sent.Refused) > 0 {
			code = 0 // it says that nothing was sent
		}
		worse(code, fmt.Sprintf("EnKash was not reached, and %s wait approved: the next run sends them [enkash-unreachable]: %s",
			countOf(len(r.sent.Left), "payment"), r.sent.Stopped))
	case r.sent.NotApproved:
		worse(ExitNotApproved, fmt.Sprintf("%s not sent, for their plan is not approved any more: propose again [plan-expired]", countOf(len(r.sent.Left), "payment")))
	case r.sent.OverCap:
		worse(ExitNotApproved, fmt.Sprintf("%s not sent, for the cap of the day is reached; the next run sends them [cap-reached]", countOf(len(r.sent.Left), "payment")))
	case r.sent.Stopped != "":
		worse(0, "sending stopped: "+r.sent.Stopped)
	}
	r.byHandVerdict(worse)
	if n := len(r.doubted); n > 0 {
		worse(ExitCorrupt, fmt.Sprintf("%s not sent though approved, for nobody knows whether anything has changed: %s, and the next run sends them [input-in-doubt]",
			countOf(n, "payment"), r.doubted[0]))
	}
	if r.stale > 0 {
		worse(ExitMissing, fmt.Sprintf("%s not sent though approved, for the ledger was written longer ago than payments.ledger_max_age: "+
			"export it again, and the next run sends them [ledger-stale]", countOf(r.stale, "payment")))
	}
	g.staleVerdict(worse)
	if n := len(r.sent.Voided); n > 0 {
		worse(0, fmt.Sprintf("%s withdrawn, for the ledger, the log or the configuration has changed since the approval; the first: %s", countOf(n, "payment"), r.sent.Voided[0].Why))
	}
}

// unclear names the payments that the platform has acknowledged and of which its
// messages tell neither success nor failure, such as PENDING.
func (r *payrun) unclear() map[string]bool {
	acked := make(map[string]bool)
	for i := range r.till.entries {
		if e := &r.till.entries[i]; e.State == submit.Acked {
			acked[e.ObjectID] = true
		}
	}
	unclear := make(map[string]bool)
	for i := range r.g.remittances {
		if m := &r.g.remittances[i]; m.Outcome == payment.Unknown && acked[m.ObjectID] {
			unclear[m.ObjectID] = true
		}
	}
	return unclear
}

// unknown are the payments of which neither the journal nor a log knows the
// outcome: a run that only matches has told the journal nothing.
func (r *payrun) unknown() (entries []*submit.Entry) {
	told := make(map[string]bool)
	for i := range r.g.remittances {
		switch r.g.remittances[i].Outcome {
		case payment.Paid, payment.Failed, payment.Reversed:
			told[r.g.remittances[i].ObjectID] = r.in.Kind == KindMatch
		}
	}
	unclear := r.unclear()
	for i := range r.till.entries {
		e := &r.till.entries[i]
		if (e.State == submit.Unsure || e.State == submit.Sending) && !told[e.ObjectID] || unclear[e.ObjectID] {
			entries = append(entries, e)
		}
	}
	return entries
}
