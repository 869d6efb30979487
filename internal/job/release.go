package job

import (
	"context"
	"fmt"
	"slices"

	"reconcile/internal/approval"
	"reconcile/internal/journal"
)

// release lifts what the program holds back under a name: one supplier or one
// account of it, by its B2B id, or the invoices of one number and one supplier.
// Where the name is that of more, d.Only says which is meant. Each of the two
// people is told what exactly is lifted, and signs for no more.
func (t *till) release(ctx context.Context, d Decision, key []byte) (*Decided, error) {
	things, err := t.heldUnder(ctx, d.Subject, key)
	if err != nil {
		return nil, err
	}
	things, err = meant(things, d.Subject, d.Only)
	if err != nil {
		return nil, err
	}
	subject, holds := nameOf(things), holdsOf(things)
	s, err := statement(t.in, d, subject, map[string]string{approval.DetailHold: journal.Digest(holds)})
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
	done := t.waits(s)
	if other != nil {
		for i := range holds {
			holds[i].Reason = s.Reason
		}
		if err := t.journal.Release(ctx, holds, *other, s); err != nil {
			return nil, withIO(err)
		}
		done = &Decided{Action: d.Verb.String(), Subject: subject, By: other.By + "+" + s.By, Effect: "done",
			Text: fmt.Sprintf("%s and %s released %s (%s); the next proposal may pay it", other.By, s.By, subject, countOf(len(holds), "hold"))}
	}
	for _, h := range things {
		done.Text += "\n  " + h.String()
	}
	done.Holds = things
	return done, nil
}

// meant returns what a name means: one thing, or the invoices of one supplier. It
// refuses what means more, or nothing.
func meant(things []Held, name, only string) ([]Held, error) {
	named := things
	if only != "" {
		named = slices.DeleteFunc(slices.Clone(things), func(h Held) bool { return !h.is(only) })
	}
	several := func(h Held) bool { return h.Kind != heldInvoice || h.Supplier != named[0].Supplier }
	switch {
	case len(things) == 0:
		return nil, &ExitError{ExitMissing, fmt.Errorf("nothing is held under the name %q that two people can release: an account is released by the B2B id of its supplier, "+
			"an invoice that looks like another by its number; reconcile explain tells why an invoice is not proposed [hold-unknown]", name)}
	case len(named) == 0:
		return nil, &ExitError{ExitMissing, fmt.Errorf("of the %s held under %q none is what --only says: %s [hold-unknown]",
			counted(len(things), "thing that is", "things that are"), name, listed(things))}
	case len(named) > 1 && slices.ContainsFunc(named, several):
		return nil, &ExitError{ExitUsage, fmt.Errorf("under %q %d things are held, which people release one by one: %s. Say which with --only and what tells it from the others: "+
			"%s [hold-several]", name, len(named), listed(named), tellingApart(named))}
	}
	return named, nil
}

// heldUnder returns what two people can lift under a name, in the order in which
// it is found. A frozen supplier is looked up in the journal, and no books have to
// be there for it; an account or an invoice is in the ledger as it is now.
func (t *till) heldUnder(ctx context.Context, name string, key []byte) ([]Held, error) {
	on, err := t.journal.Holds(ctx)
	if err != nil {
		return nil, withIO(err)
	}
	if things := frozenUnder(on, name); len(things) > 0 {
		return things, nil
	}
	in := t.in
	in.Kind = KindPropose
	if name == logsName {
		return t.missingNow(ctx, in, key)
	}
	g, err := gather(ctx, in, key, t)
	if err != nil {
		return nil, err
	}
	p, err := g.payables(ctx, nil)
	if err != nil {
		return nil, err
	}
	plan := p.propose()
	if plan == nil {
		return nil, &ExitError{ExitConfig, fmt.Errorf("payments.mode is off, so that only what is frozen is known to be held, and %q is not [payments-off]", name)}
	}
	return doubtedUnder(plan, p.candidates(), p.policy, name), nil
}
