package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/journal"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/report"
	"reconcile/internal/submit"
)

// approveAlone approves a plan in the name of the program where the configuration
// lets it, and leaves it to people where not: what one of them refused before is
// for a person to approve, in whatever plan it stands now.
func (r *payrun) approveAlone(ctx context.Context, plan *report.Plan) (bool, error) {
	c := r.in.Config.Payments
	if c.Mode != config.ModeAuto {
		return false, nil
	}
	waits := func(why string) {
		r.waiting = append(r.waiting, fmt.Sprintf("plan %s waits for a person, though it is within payments.auto_limit: %s; "+
			"look at it and approve it, or put on hold in the books what is not to be paid [auto-refused]", short(plan.Hash), why))
	}
	if plan.Proposal.Total() <= c.AutoLimit {
		why, err := r.refusedByPeople(ctx, plan.Proposal)
		if err != nil {
			return false, err
		}
		if why != "" {
			waits(why)
			return false, nil
		}
	}
	_, err := r.till.journal.DecideAuto(ctx, plan.Hash, c.AutoLimit)
	var refused *journal.RefusedError
	if errors.As(err, &refused) {
		if plan.Proposal.Total() <= c.AutoLimit {
			waits(strings.TrimSpace(refused.What))
		}
		return false, nil
	}
	return err == nil, withIO(err)
}

// whileKept is how long the text of a plan is kept at the least: one that is gone
// before was lost by a recovery, one that is older was erased.
const whileKept = 365 * 24 * time.Hour

// refusedByPeople tells what of a proposal a person refused before, by rejecting a
// plan that it stood in or by withdrawing it; empty where nothing is. A rejected
// plan of which only the hash came back from the side log may have held anything.
func (r *payrun) refusedByPeople(ctx context.Context, p *proposal.Proposal) (string, error) {
	plans, err := r.till.journal.Proposals(ctx)
	if err != nil {
		return "", withIO(err)
	}
	refused := make(map[payment.Debt]string)
	for _, plan := range plans {
		by := rejectedBy(&plan)
		switch {
		case by == "":
			continue
		case len(plan.Plan) > 0:
		case r.in.Now().Sub(plan.Registered) < whileKept:
			return fmt.Sprintf("%s rejected plan %s, of which the text was lost with the store that recover replaced", by, short(plan.Hash)), nil
		default:
			continue
		}
		was, err := proposal.Decode(plan.Plan)
		if err != nil {
			return "", withCode(ExitCorrupt, err)
		}
		for i := range was.Instructions {
			for _, a := range was.Instructions[i].Allocations {
				refused[a.Debt] = fmt.Sprintf("%s rejected plan %s", by, short(plan.Hash))
			}
		}
	}
	for i := range r.till.entries {
		if e := &r.till.entries[i]; e.State == submit.Void && e.Last.ByPeople() {
			for _, a := range e.Allocations {
				refused[a.Debt] = fmt.Sprintf("%s took payment %s back", e.Last.Actor, e.ObjectID)
			}
		}
	}
	for i := range p.Instructions {
		for _, a := range p.Instructions[i].Allocations {
			if what, before := refused[a.Debt]; before {
				return fmt.Sprintf("%s, with invoice %s of %s in it", what, a.Number, a.Debt.Supplier), nil
			}
		}
	}
	return "", nil
}

// rejectedBy names who rejected a plan; empty where nobody did.
func rejectedBy(plan *journal.Plan) string {
	for _, d := range plan.Decisions {
		if !d.Approve {
			return d.By
		}
	}
	return ""
}
