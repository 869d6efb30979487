package job

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/approval"
	"reconcile/internal/config"
	"reconcile/internal/journal"
	"reconcile/internal/money"
)

// quorum is how many approvers a plan of a total needs.
func quorum(c *config.Config, total money.Paise) (int, error) {
	need, err := approval.Quorum(c.Payments.Approvals, total)
	return need, refusal(err)
}

// needs is how many approvers a plan needs now: what the configuration says, and
// no fewer than when the plan was registered. That was by the configuration of its
// maker, which may have been another file, or less strict than it is today.
func needs(c *config.Config, plan *journal.Plan) (int, error) {
	need, err := quorum(c, plan.Total)
	return max(need, plan.Need), err
}

// approvers returns who has approved a plan, as the configuration stands: each
// signature is that of an approver, who is not the plan's maker, and no two are
// one person. others approved by another configuration, and do not count.
func approvers(in Input, plan *journal.Plan) (count []approval.Approver, others []string) {
	known := in.Config.Payments.Approvers
	for _, d := range plan.Decisions {
		if !d.Approve || d.By == journal.Auto {
			continue
		}
		var who approval.Approver
		s, err := approval.Verify(d.Text, known, in.Now())
		if err == nil {
			who, err = approverOf(in.Config, s.By)
		}
		if err == nil {
			err = approval.MayDecide(who, plan.Maker)
		}
		twice := slices.ContainsFunc(count, func(a approval.Approver) bool { return approval.SamePerson(a, who) })
		if err != nil || twice || s.Action != approval.Approve || s.Subject != plan.Hash {
			others = append(others, d.By)
			continue
		}
		count = append(count, who)
	}
	return count, others
}

// alone tells whether the program has approved a plan, and may still do so.
func alone(c *config.Config, plan *journal.Plan) bool {
	return c.Payments.Mode == config.ModeAuto && plan.Total <= c.Payments.AutoLimit &&
		slices.ContainsFunc(plan.Decisions, func(d journal.Decision) bool { return d.By == journal.Auto })
}

// An unapproved error says that a plan has not the approvals that it needs now.
type unapproved struct{ error }

// ExitCode is that of what is not approved.
func (unapproved) ExitCode() int { return ExitNotApproved }

// enough refuses to send a plan that too few have approved, as the configuration
// stands now.
func (in Input) enough(plan *journal.Plan) error {
	if alone(in.Config, plan) {
		return nil
	}
	need, err := needs(in.Config, plan)
	if err != nil {
		return unapproved{fmt.Errorf("plan %s: %w", short(plan.Hash), err)}
	}
	count, others := approvers(in, plan)
	if len(count) >= need {
		return nil
	}
	but := ""
	if len(others) > 0 {
		but = "; that of " + strings.Join(others, ", ") + " does not count, by payments.approvers as it is, or because a recovery lost its text"
	}
	return unapproved{fmt.Errorf("plan %s has %d of the %d approvals that it needs%s; see reconcile approve [plan-not-approved]", short(plan.Hash), len(count), need, but)}
}

// overtaken tells whether other plans hold or have paid all that an approved plan
// would pay, so that nobody need approve it again. What of it was written down
// already holds its debts itself.
func (r *payrun) overtaken(ctx context.Context, plan *journal.Plan) (bool, error) {
	if plan.Status != journal.Approved {
		return false, nil
	}
	taken, err := r.till.journal.Taken(ctx, plan.Hash)
	return len(taken) == plan.Count, err
}
