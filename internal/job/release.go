package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/approval"
	"reconcile/internal/journal"
	"reconcile/internal/party"
	"reconcile/internal/proposal"
)

// release lifts what the program holds back under a name: everything against one
// supplier, by its B2B id, or against one invoice, by its number. Where holds are
// seen they are looked up: a frozen supplier in the journal, an account or a debt
// in the ledger as it is now.
func (t *till) release(ctx context.Context, d Decision, key []byte) (*Decided, error) {
	holds, err := t.holdsUnder(ctx, d.Subject, key)
	if err != nil {
		return nil, err
	}
	if len(holds) == 0 {
		return nil, &ExitError{ExitMissing, fmt.Errorf("nothing is held under the name %q that two people can release; "+
			"reconcile explain tells why an invoice is not proposed [hold-unknown]", d.Subject)}
	}
	s, err := statement(t.in, d, d.Subject, map[string]string{approval.DetailHold: journal.Digest(holds)})
	if err != nil {
		return nil, err
	}
	// Who signed elsewhere signed for what was held then.
	if s.Detail[approval.DetailHold] != journal.Digest(holds) {
		return nil, &ExitError{ExitNotApproved, fmt.Errorf("what is held under %q is not what the statement releases; sign it again [hold-changed]", d.Subject)}
	}
	other, err := t.second(ctx, s)
	if err != nil {
		return nil, err
	}
	if other == nil {
		return t.waits(s), nil
	}
	for i := range holds {
		holds[i].Reason = s.Reason
	}
	if err := t.journal.Release(ctx, holds, *other, s); err != nil {
		return nil, withIO(err)
	}
	return &Decided{d.Verb.String(), d.Subject, other.By + "+" + s.By, "done",
		fmt.Sprintf("%s and %s released %s (%s); the next proposal may pay it", other.By, s.By, d.Subject, countOf(len(holds), "hold"))}, nil
}

// holdsUnder returns what two people can lift, in a fixed order.
func (t *till) holdsUnder(ctx context.Context, name string, key []byte) ([]journal.Hold, error) {
	on, err := t.journal.Holds(ctx)
	if err != nil {
		return nil, withIO(err)
	}
	holds := slices.DeleteFunc(on, func(h journal.Hold) bool { return h.Subject != name })
	in := t.in
	in.Kind = KindPropose
	g, err := gather(ctx, in, key, t)
	if err != nil {
		return nil, err
	}
	if name == logsName {
		return g.missingNow(ctx)
	}
	p, err := g.payables(ctx, nil)
	if err != nil {
		return nil, err
	}
	plan := p.propose()
	if plan == nil {
		return nil, &ExitError{ExitConfig, errors.New("payments.mode is off, and nothing is proposed that could be held [payments-off]")}
	}
	for _, r := range against(plan, p.candidates(), name) {
		h := journal.Hold{What: r.What, Subject: r.Subject, Key: r.Key}
		if !slices.ContainsFunc(holds, func(o journal.Hold) bool { return o.What == h.What && o.Subject == h.Subject && o.Key == h.Key }) {
			holds = append(holds, h)
		}
	}
	slices.SortFunc(holds, func(a, b journal.Hold) int {
		return slices.Compare([]string{a.What, a.Subject, a.Key}, []string{b.What, b.Subject, b.Key})
	})
	return holds, nil
}

// against returns what the ledger alone holds under a name.
func against(plan *proposal.Proposal, candidates []proposal.Candidate, name string) []proposal.Release {
	bySource := make(map[string]*proposal.Candidate, len(candidates))
	for i := range candidates {
		bySource[candidates[i].Source] = &candidates[i]
	}
	kind := make(map[proposal.Reason]string)
	for _, r := range proposal.Reasons() {
		kind[r.Reason] = r.Release
	}
	var found []proposal.Release
	number := party.NumberKey(name)
	for _, l := range plan.Lines {
		c := bySource[l.Source]
		ofSupplier := l.Debt.Supplier == name
		ofNumber := l.Number == strings.TrimSpace(name) || number != "" && l.Debt.NumberKey == number
		switch {
		case c == nil:
		case kind[l.Reason] == "account" && (ofSupplier || ofNumber):
			found = append(found, proposal.AccountRelease(l.Debt.Supplier, c.Account, c.IFSC, c.VPA))
		// That two documents are two is said of each by its number.
		case kind[l.Reason] == "debt" && ofNumber:
			found = append(found, proposal.DebtRelease(l.Debt))
		}
	}
	return found
}
