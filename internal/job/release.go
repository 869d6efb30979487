package job

import (
	"context"
	"fmt"
	"slices"

	"reconcile/internal/approval"
	"reconcile/internal/journal"
)

// release lifts one thing that the program holds back under a name: what is
// against a supplier, by its B2B id, or against an invoice, by its number. Where
// the name is that of several things, d.Only says which one is meant. Each of the
// two people is told what exactly is lifted, and signs for no more.
func (t *till) release(ctx context.Context, d Decision, key []byte) (*Decided, error) {
	things, err := t.heldUnder(ctx, d.Subject, key)
	if err != nil {
		return nil, err
	}
	thing, err := oneOf(things, d.Subject, d.Only)
	if err != nil {
		return nil, err
	}
	subject := d.Subject
	if d.Only != "" {
		subject = thing.name // so that words about two things wait beside each other
	}
	digest := journal.Digest(thing.holds)
	s, err := statement(t.in, d, subject, map[string]string{approval.DetailHold: digest})
	if err != nil {
		return nil, err
	}
	// Who signed elsewhere signed for what was held then.
	if s.Detail[approval.DetailHold] != digest {
		return nil, &ExitError{ExitNotApproved, fmt.Errorf("what is held under %q is not what the statement releases; sign it again [hold-changed]", subject)}
	}
	other, err := t.second(ctx, s)
	if err != nil {
		return nil, err
	}
	done := t.waits(s)
	if other != nil {
		for i := range thing.holds {
			thing.holds[i].Reason = s.Reason
		}
		if err := t.journal.Release(ctx, thing.holds, *other, s); err != nil {
			return nil, withIO(err)
		}
		done = &Decided{Action: d.Verb.String(), Subject: subject, By: other.By + "+" + s.By, Effect: "done",
			Text: fmt.Sprintf("%s and %s released %s (%s); the next proposal may pay it", other.By, s.By, subject, countOf(len(thing.holds), "hold"))}
	}
	done.Text += "\n  " + thing.String()
	done.Holds = []Held{*thing}
	return done, nil
}

// oneOf returns the thing that a name means, or says which there are.
func oneOf(things []Held, name, only string) (*Held, error) {
	named := things
	if only != "" {
		named = slices.DeleteFunc(slices.Clone(things), func(h Held) bool { return !h.is(only) })
	}
	switch {
	case len(named) == 1:
		return &named[0], nil
	case len(things) == 0:
		return nil, &ExitError{ExitMissing, fmt.Errorf("nothing is held under the name %q that two people can release: an account is released by the B2B id of its supplier, "+
			"an invoice that looks like another by its number; reconcile explain tells why an invoice is not proposed [hold-unknown]", name)}
	case len(named) == 0:
		return nil, &ExitError{ExitMissing, fmt.Errorf("of the %s held under %q none is %s: %s [hold-unknown]", counted(len(things), "thing that is", "things that are"), name, only, listed(things))}
	}
	return nil, &ExitError{ExitUsage, fmt.Errorf("under %q %s held, and people release them one by one: %s. Say which with --only and what tells it from the others: "+
		"the last four digits of the account, the supplier's B2B id, or the row of the ledger [hold-several]", name, counted(len(named), "thing is", "things are"), listed(named))}
}

// heldUnder returns what two people can lift under a name, in the order in which
// it is found. A frozen supplier is looked up in the journal, an account or an
// invoice in the ledger as it is now.
func (t *till) heldUnder(ctx context.Context, name string, key []byte) ([]Held, error) {
	on, err := t.journal.Holds(ctx)
	if err != nil {
		return nil, withIO(err)
	}
	things := frozenUnder(on, name)
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
	if plan == nil && len(things) == 0 {
		return nil, &ExitError{ExitConfig, fmt.Errorf("payments.mode is off, so that only what is frozen is known to be held, and %q is not [payments-off]", name)}
	}
	if plan == nil {
		return things, nil
	}
	return append(things, doubtedUnder(plan, p.candidates(), name)...), nil
}
