package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"reconcile/internal/config"
	"reconcile/internal/enkash"
	"reconcile/internal/journal"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/report"
	"reconcile/internal/submit"
)

// A payrun is what one run does about payments, in this order: learn from the
// logs what became of those that were sent, send what is approved, propose what
// is due, and where the configuration lets the program approve, send that too.
type payrun struct {
	in   Input
	till *till
	g    *gathering

	absorbed submit.AbsorbReport
	sent     submit.Report // of all sending in this run
	approved report.Amount
	refused  []string // what could not be taken further, and why
	waiting  []string // plans that wait for a person although they seem not to have to, and why

	stale   int      // approved payments that wait because their books are too old to pay from
	doubted []string // of those that wait because an input could not be read whole: what is to be mended
	left    []string // approved plans that only a person sends, by the beginning of their hash
	nextOTP int      // payments that wait for a one-time password of their own
}

// absorb lets the journal learn from the logs. Only what the world says counts
// here: what we said ourselves is no evidence.
func (r *payrun) absorb(ctx context.Context) error {
	var err error
	r.absorbed, err = submit.Absorb(ctx, r.till.journal, worldly(r.g.remittances), r.ours)
	if err != nil {
		return withIO(err)
	}
	if len(r.absorbed.Orphans) > 0 {
		return olderThanTheWorld(r.absorbed.Orphans)
	}
	if len(r.absorbed.Moved) == 0 && len(r.absorbed.Alarms) == 0 {
		return nil
	}
	for _, m := range r.absorbed.Moved {
		r.in.log().Info("payment moved", "object_id", m.ObjectID, "from", m.From.String(), "to", m.To.String(), "evidence", m.Why)
	}
	return r.till.refresh(ctx)
}

// olderThanTheWorld is said where a log tells of payments of ours that our journal
// never heard of.
func olderThanTheWorld(ids []string) error {
	return &ExitError{ExitCorrupt, fmt.Errorf("the event log tells of %s that this program made and its journal does not know, the first %s: "+
		"the store is older than the world; put the newest copy back, or see reconcile recover [journal-older]", countOf(len(ids), "payment"), ids[0])}
}

// strangers are the instructions of a proposal whose ids the world knows and the
// journal does not, and those of lines that wait for one to be over. Ids follow
// from what is paid, so a journal that is lost shows in them; and what is said of
// the first would be taken for the second.
func (r *payrun) strangers(p *proposal.Proposal) (ids []string) {
	known := make(map[string]bool)
	for i := range r.g.remittances {
		known[r.g.remittances[i].ObjectID] = true
	}
	for i := range r.till.entries {
		delete(known, r.till.entries[i].ObjectID)
	}
	for i := range p.Instructions {
		if known[p.Instructions[i].ObjectID] {
			ids = append(ids, p.Instructions[i].ObjectID)
		}
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Reason != proposal.AttemptWaits || !known[l.Failed.ObjectID] {
			continue
		}
		first := []proposal.Allocation{{Debt: l.Debt, Instalment: 1, Net: l.Amount}}
		if l.Failed.ObjectID == proposal.ObjectID(l.Debt.Buyer, l.Debt.Supplier, first, 1) {
			ids = append(ids, l.Failed.ObjectID)
		}
	}
	return ids
}

// worldly returns the remittances of which bodies were kept, without the bodies
// that are our own journal's.
func worldly(all []payment.Remittance) []payment.Remittance {
	told := make([]payment.Remittance, 0, len(all))
	for _, r := range all {
		if len(r.Bodies) > 0 {
			r.Bodies = slices.DeleteFunc(slices.Clone(r.Bodies), func(e payment.Event) bool { return e.Pos.File == enkash.OwnPlace })
			r.Evidence = slices.DeleteFunc(slices.Clone(r.Evidence), func(e payment.Evidence) bool { return e.Pos.File == enkash.OwnPlace })
			if len(r.Bodies) == 0 {
				continue
			}
		}
		told = append(told, r)
	}
	return told
}

// ours tells whether a payment that the journal does not know bears the reference
// that only this program makes.
func (r *payrun) ours(p *payment.Remittance) bool {
	return p.UTR != "" && p.UTR == proposal.Reference(p.ObjectID)
}

// send takes approved plans one step further: all of them, or only the one of
// that hash.
func (r *payrun) send(ctx context.Context, only string) error {
	plans, err := r.till.journal.Proposals(ctx)
	if err != nil {
		return withIO(err)
	}
	wanted := make(map[string]bool)
	for _, plan := range plans {
		if only != "" && plan.Hash != only {
			continue
		}
		switch plan.Status {
		case journal.Approved, journal.InProgress:
		case journal.Expired, journal.Rejected:
			if err := r.lapse(ctx, &plan); err != nil {
				return err
			}
			continue
		default:
			continue
		}
		if err := r.intend(ctx, &plan); err != nil {
			// One plan that cannot be sent does not keep back the others, and one
			// that is to be approved again waits as any other.
			var few unapproved
			switch {
			case only == "" && errors.As(err, &few):
				over, unknown := r.overtaken(ctx, &plan)
				if unknown != nil {
					return withIO(unknown)
				}
				if !over {
					r.waiting = append(r.waiting, err.Error())
				}
			case only == "" && Code(err) == ExitNotApproved:
				r.refused = append(r.refused, err.Error())
			default:
				return withIO(err)
			}
			continue
		}
		wanted[plan.Hash] = true
	}
	if err := r.till.refresh(ctx); err != nil {
		return err
	}
	return r.run(ctx, wanted)
}

// lapse withdraws what is left of a plan that nobody may send any more, so that its
// debts can be proposed anew.
func (r *payrun) lapse(ctx context.Context, plan *journal.Plan) error {
	why := "its plan expired before it was sent"
	if plan.Status == journal.Rejected {
		why = "its plan was rejected" // by somebody who died before it was withdrawn
	}
	for i := range r.till.entries {
		e := &r.till.entries[i]
		if e.Plan != plan.Hash || e.State != submit.Intended {
			continue
		}
		if _, err := r.till.journal.Move(ctx, e.ObjectID, submit.Withdrawn, submit.Proof{Actor: submit.ActorProgram, Text: why}, nil); err != nil {
			return withIO(fmt.Errorf("withdrawing %s: %w", e.ObjectID, err))
		}
		r.sent.Voided = append(r.sent.Voided, submit.Outcome{ObjectID: e.ObjectID, Net: e.Net, Why: why})
	}
	return r.till.refresh(ctx)
}

// run is the loop over what is intended. Senders that died are recorded even
// where nothing is to be sent.
func (r *payrun) run(ctx context.Context, wanted map[string]bool) error {
	waiting, dead := 0, false
	for i := range r.till.entries {
		e := &r.till.entries[i]
		dead = dead || e.State == submit.Sending
		if e.State == submit.Intended && wanted[e.Plan] {
			r.approved.Count++
			r.approved.Amount += e.Net
			waiting++
		}
	}
	if waiting == 0 && !dead {
		return nil
	}
	gateway, err := newGateway(r.in)
	if err != nil {
		return err
	}
	look, known, err := r.look(ctx, wanted)
	if err != nil {
		return err
	}
	mine := r.mine(wanted)
	done, err := submit.Run(ctx, r.till.journal, gateway, submit.Options{
		Look: look, Only: func(e *submit.Entry) bool { return mine(e) && known(e) },
		Now: r.in.Now, Timeout: r.in.Config.EnKash.Timeout,
	})
	r.add(done)
	if err != nil {
		r.till.follow(done)
		return withIO(err)
	}
	return r.till.refresh(ctx)
}

// add counts what one pass of the loop did.
func (r *payrun) add(done submit.Report) {
	r.sent.Acked = append(r.sent.Acked, done.Acked...)
	r.sent.Unsure = append(r.sent.Unsure, done.Unsure...)
	r.sent.Refused = append(r.sent.Refused, done.Refused...)
	r.sent.Voided = append(r.sent.Voided, done.Voided...)
	r.sent.Left = append(r.sent.Left, done.Left...)
	if r.sent.Stopped == "" {
		r.sent.Stopped = done.Stopped
	}
	r.sent.Unreachable = r.sent.Unreachable || done.Unreachable
	r.sent.NotApproved = r.sent.NotApproved || done.NotApproved
	r.sent.OverCap = r.sent.OverCap || done.OverCap
	r.in.log().Info("payments sent", "acknowledged", len(done.Acked), "unsure", len(done.Unsure), "refused", len(done.Refused),
		"withdrawn", len(done.Voided), "left", len(done.Left), "stopped", done.Stopped)
}

// wrote tells whether the journal moved by our own doing.
func (r *payrun) moved() bool {
	return len(r.sent.Acked)+len(r.sent.Unsure)+len(r.sent.Refused)+len(r.sent.Voided) > 0
}

// intend writes an approved plan down, with the bytes that will be sent. For a
// plan that is written down already nothing changes.
func (r *payrun) intend(ctx context.Context, plan *journal.Plan) error {
	if len(plan.Plan) == 0 {
		return planLost(plan)
	}
	p, err := proposal.Decode(plan.Plan)
	if err != nil {
		return withCode(ExitCorrupt, err)
	}
	// Also of what is written down already: the bytes are the same, and they would
	// go elsewhere, or by the word of who has none any more.
	if err := cmp.Or(r.sameWay(plan.Hash, p), r.in.enough(plan)); err != nil || plan.Status == journal.InProgress {
		return err
	}
	taken, err := r.till.journal.Taken(ctx, plan.Hash)
	if err != nil {
		return err
	}
	if r.in.Config.EnKash.DeviceValue == "" {
		return &ExitError{ExitConfig, errors.New("enkash.device.value is missing, which every request has to carry: say where this machine stands, like \"19.0760,72.8777\" [device-missing]")}
	}
	device := enkash.Device{Name: r.in.Config.EnKash.DeviceName, Value: r.in.Config.EnKash.DeviceValue}
	now := r.in.Now()
	bodies := make(map[string][]byte, len(p.Instructions))
	for i := range p.Instructions {
		in := &p.Instructions[i]
		if k := slices.IndexFunc(taken, func(t journal.Taken) bool { return t.ObjectID == in.ObjectID }); k >= 0 {
			r.refused = append(r.refused, taken[k].Why)
			continue
		}
		if p.API == config.APIPayment {
			bodies[in.ObjectID], err = payable(in, r.in.Config.EnKash.Payment)
		} else {
			bodies[in.ObjectID], err = enkash.RenderPay(in, p.Type, device, now)
		}
		if err != nil {
			return withCode(ExitCorrupt, err)
		}
	}
	if len(bodies) == 0 {
		return nil
	}
	return r.till.journal.Intend(ctx, plan.Hash, bodies)
}

// sameWay refuses to send a plan to another place than the one it was approved
// for.
func (r *payrun) sameWay(hash string, p *proposal.Proposal) error {
	c := r.in.Config
	if base := origin(c.EnKash.BaseURL); base != p.BaseURL || c.EnKash.API != p.API {
		return &ExitError{ExitNotApproved, fmt.Errorf("plan %s was approved for %s (%s), and enkash.base_url is %s (%s): set it back, or propose again [plan-elsewhere]",
			short(hash), p.BaseURL, p.API, base, c.EnKash.API)}
	}
	return nil
}

// short is how much of a hash is enough for people.
func short(hash string) string { return hash[:min(len(hash), 12)] }

// propose writes the proposal down. It returns nil where nothing is proposed.
func (r *payrun) propose(ctx context.Context) (*report.Plan, error) {
	payables, err := r.g.payables(ctx, nil)
	if err != nil {
		return nil, err
	}
	for round := 1; ; round++ {
		payables.policy.Round = round
		p := payables.propose()
		r.g.facts.Proposal = p
		if ids := r.strangers(p); len(ids) > 0 {
			return nil, olderThanTheWorld(ids)
		}
		if len(p.Instructions) == 0 {
			return nil, nil
		}
		text, err := proposal.Encode(p)
		if err != nil {
			return nil, fault("%v", err)
		}
		need, err := quorum(r.in.Config, p.Total())
		if err != nil {
			return nil, err
		}
		plan, _, err := r.till.journal.Register(ctx, text, need, caps(r.in.Config))
		if err != nil {
			return nil, withIO(err)
		}
		// The same again, after it was refused, has lapsed or is lost, is asked anew.
		if plan.Status == journal.Rejected || plan.Status == journal.Expired || len(plan.Plan) == 0 {
			continue
		}
		return &report.Plan{Proposal: p, Text: text, Hash: plan.Hash, Need: max(need, plan.Need), Version: r.in.Version}, nil
	}
}
