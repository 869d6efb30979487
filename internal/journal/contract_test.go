package journal

import (
	"context"
	"fmt"
	"testing"
	"time"

	"reconcile/internal/proposal"
	"reconcile/internal/submit"
	"reconcile/internal/submit/journaltest"
)

// contractBench is a journal on disk for the contract of every journal.
type contractBench struct {
	*bench
	plans int
}

func TestContract(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, func(t *testing.T) journaltest.Bench { return &contractBench{bench: newBench(t)} })
}

// Intend registers, approves and writes down a proposal of its own.
func (c *contractBench) Intend(ctx context.Context, entries ...submit.Entry) error {
	c.plans++
	p := plan(c.plans)
	p.Type = entries[0].Type
	requests := map[string][]byte{}
	for _, e := range entries {
		in := proposal.Instruction{ObjectID: e.ObjectID, Attempt: e.Attempt, Buyer: e.Buyer, Supplier: e.Supplier, Mode: e.Mode, Reference: e.Reference,
			Net: e.Net, Adjustment: e.Adjustment, Total: e.Net + e.Adjustment, Payee: proposal.Payee{Digest: e.PayeeDigest}}
		for _, a := range e.Allocations {
			in.Allocations = append(in.Allocations, proposal.Allocation{Debt: a.Debt, Instalment: a.Instalment, Number: a.Number, InvoiceID: a.InvoiceID,
				Source: a.Source, Owed: a.Owed, Net: a.Net, Adjustment: a.Adjustment})
		}
		p.Instructions = append(p.Instructions, in)
		requests[e.ObjectID] = e.Body
	}
	hash := c.register(p, 1, Caps{})
	c.approve(hash, "asha")
	known, err := c.Proposal(ctx, hash)
	if err != nil {
		return err
	}
	return c.Store.intend(ctx, known, p, requests)
}

// Steps counts the steps of the chain.
func (c *contractBench) Steps(ctx context.Context) (int, error) {
	seq, _, err := c.Head(ctx)
	return int(seq), err
}

// Crash lets the old process stand there with its files open and opens another.
func (c *contractBench) Crash() (journaltest.Bench, error) {
	old := c.Store
	c.t.Cleanup(func() { _ = old.Close() })
	next := &contractBench{bench: &bench{t: c.t, dir: c.dir, options: c.options, now: c.now}, plans: c.plans}
	s, err := Open(context.Background(), c.dir, c.options)
	if err != nil {
		return nil, err
	}
	next.Store = s
	c.t.Cleanup(func() { _ = s.Close() })
	if _, err := old.Begin(context.Background(), objectID("nobody"), time.Time{}); err == nil {
		return nil, fmt.Errorf("the old process could still begin something")
	}
	return next, nil
}
