package journal

import (
	"context"
	"strings"

	"reconcile/internal/approval"
	"reconcile/internal/money"
	"reconcile/internal/submit"
)

// Decide takes a signed approval or rejection of a plan. Its maker, whoever
// shares a login with the maker or with an earlier approver, and one person for
// the second time are refused; so is a plan that is rejected, expired or done.
// The maker may reject.
func (s *Store) Decide(ctx context.Context, d Signed) (Plan, error) {
	approve := d.Action == approval.Approve
	switch {
	case !approve && d.Action != approval.Reject:
		return Plan{}, refuse(nil, "sign an approval or a rejection", "the statement is to %s something, and decides about no plan", d.Action)
	case d.By == "" || strings.EqualFold(d.By, Auto) || len(d.Text) == 0:
		return Plan{}, refuse(nil, "have a person sign it", "nobody decides here by that name or without a signature")
	}
	p, err := s.Proposal(ctx, d.Subject)
	if err != nil {
		return Plan{}, err
	}
	if err := p.open(); err != nil {
		return Plan{}, err
	}
	if err := p.fourEyes(d, approve); err != nil {
		return Plan{}, err
	}
	return s.decide(ctx, d.Subject, Step{Actor: d.By, Evidence: digest(d.Text)},
		decided{Approve: approve, Logins: texts(d.Logins), Reason: d.Reason}, d.Text)
}

// fourEyes says whose decision this cannot be. The tables ask the same again, and
// compare the logins of the approvers with each other as well.
func (p *Plan) fourEyes(d Signed, approve bool) error {
	for _, earlier := range p.Decisions {
		if strings.EqualFold(earlier.By, d.By) {
			return refuse(nil, "have another person decide", "%s has decided about this plan already", d.By)
		}
	}
	for _, name := range append([]string{d.By}, d.Logins...) {
		if approve && strings.EqualFold(name, p.Maker) {
			return refuse(submit.ErrNotApproved, "have another person approve it", "%s made this plan and cannot approve it", p.Maker)
		}
	}
	return nil
}

// open tells whether there is still something to decide.
func (p *Plan) open() error {
	switch p.Status {
	case Rejected:
		return refuse(submit.ErrNotApproved, "propose anew", "the plan was rejected")
	case Expired:
		return refuse(submit.ErrNotApproved, "propose anew", "the plan has expired on %s", p.Expires.Format("2 January 2006 15:04 MST"))
	case Done:
		return refuse(nil, "look at `reconcile status`", "everything of the plan was sent or withdrawn already")
	case Waiting, Approved, InProgress:
	}
	return nil
}

// DecideAuto approves a plan in the name of Auto, which is enough by itself. It is
// refused over limit, where anything of the plan is a second attempt, and after a
// recovery without a side log until a person has approved a plan. Where Auto has
// approved it already nothing changes.
func (s *Store) DecideAuto(ctx context.Context, hash string, limit money.Paise) (Plan, error) {
	p, err := s.Proposal(ctx, hash)
	if err != nil {
		return Plan{}, err
	}
	for _, d := range p.Decisions {
		if d.By == Auto {
			return p, nil
		}
	}
	if err := p.open(); err != nil {
		return Plan{}, err
	}
	blind, err := s.blind(ctx)
	switch {
	case err != nil:
		return Plan{}, err
	case blind:
		return Plan{}, refuse(submit.ErrNotApproved, "look at the bank's statement, and have a person approve it",
			"the journal was recovered without its side log, so that nobody knows what was sent before, and no person has approved a plan since")
	case p.Total > limit:
		return Plan{}, refuse(submit.ErrNotApproved, "have a person approve it", "the plan is of ₹%s, and payments.auto_limit is ₹%s", p.Total.Grouped(), limit.Grouped())
	case p.SecondAttempt:
		return Plan{}, refuse(submit.ErrNotApproved, "have a person approve it", "something of the plan was tried before")
	}
	return s.decide(ctx, hash, Step{Actor: Auto}, decided{Approve: true, Limit: int64(limit), Logins: []string{}}, nil)
}

// blind tells whether a recovery without a side log stands after the last approval
// by a person: only a person can tell what is still to be paid then.
func (s *Store) blind(ctx context.Context) (yes bool, err error) {
	defer s.alone()()
	err = s.conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM step WHERE subject = ? AND kind = ? AND json_extract(detail, '$.lost') = 1
		AND seq > coalesce((SELECT max(seq) FROM decision WHERE approve = 1 AND person <> ?), 0))`, subjectOfTheLot, kindRecovered, Auto).Scan(&yes)
	return yes, explain(err, s.path)
}

func (s *Store) decide(ctx context.Context, hash string, step Step, d decided, text []byte) (Plan, error) {
	step.Kind, step.Subject = kindDecided, hash
	err := s.write(ctx, false, func(b *batch) error {
		_, err := b.step(step, d, map[string][]byte{"evidence": text})
		return err
	})
	if err != nil {
		return Plan{}, err
	}
	return s.Proposal(ctx, hash)
}

// texts is a list that is never null in JSON.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
