package job

import (
	"context"
	"fmt"

	"reconcile/internal/enkash"
	"reconcile/internal/history"
	"reconcile/internal/journal"
	"reconcile/internal/payment"
)

// logsName is the name under which two people release what logs no longer say.
const logsName = "event-logs"

// knownBefore holds what the logs say of payments to what they said to all runs
// before: a payment of which they say less was made, perhaps, and would be made
// again. It comes before the payments; nothing is proposed or sent while something
// is missing, until the log is back or two people say that it does not matter.
//
// A run that misses something does not make the next one forget it.
func (g *gathering) knownBefore(ctx context.Context, runs *history.Store) error {
	text, err := runs.Known(ctx)
	if err != nil {
		return withIO(err)
	}
	before, err := payment.ReadKnown(text)
	if err != nil {
		return withCode(ExitCorrupt, fmt.Errorf("the run history: %w; put back a copy of it, or move it away [history-corrupt]", err))
	}
	now := payment.KnownOf(g.remittances, func(e payment.Evidence) bool { return e.Pos.File != enkash.OwnPlace })
	// What became of our own payments the journal keeps and tells where logs do not.
	g.missing = before.Missing(now.With(payment.AllOf(g.till.ids())))
	if g.missing.Count() > 0 {
		released, err := g.till.mayMiss(ctx, g.missing)
		if err != nil {
			return err
		}
		if !released {
			g.lost = fmt.Sprintf("of %s the event logs say less than they said to an earlier run: a log is missing or was cut, and what was paid may look unpaid. "+
				"Nothing is proposed or sent. Put the log back; if it is lost for good, and the bank's statement shows that nothing is paid again, two people run `reconcile release %s` [log-missing]",
				countOf(g.missing.Count(), "payment"), logsName)
		}
	}
	if !g.in.remember {
		return nil
	}
	// What two people let go is forgotten; else the most that anyone knew counts.
	most := now
	if g.lost != "" {
		most = before.With(now)
	}
	if text, err = most.Encode(); err != nil {
		return err
	}
	return withIO(runs.SetKnown(ctx, text))
}

// missed says in the place of a file what nothing is proposed for.
func (g *gathering) missed() string {
	if g.lost == "" {
		return ""
	}
	return fmt.Sprintf("a log that told of %s", countOf(g.missing.Count(), "payment"))
}

// missingHold is what two people lift to go on without what is missing. It names
// exactly that: whatever is missed later is another hold.
func missingHold(missing payment.Known) journal.Hold {
	return journal.Hold{What: journal.HoldDebt, Subject: logsName, Key: missing.Digest()}
}

// mayMiss tells whether two people have released what is missing.
func (t *till) mayMiss(ctx context.Context, missing payment.Known) (bool, error) {
	if t == nil {
		return false, nil
	}
	released, err := t.journal.Releases(ctx)
	if err != nil {
		return false, withIO(err)
	}
	want := missingHold(missing)
	for _, h := range released {
		if h.What == want.What && h.Subject == want.Subject && h.Key == want.Key {
			return true, nil
		}
	}
	return false, nil
}

// missingNow looks what a run would miss now, for those who release it.
func (g *gathering) missingNow(ctx context.Context) (things []Held, err error) {
	runs, err := history.OpenReadOnly(ctx, g.in.Config.Path(g.in.Config.Store))
	if err != nil {
		return nil, withIO(err)
	}
	err = g.knownBefore(ctx, runs)
	if err == nil && g.missing.Count() > 0 {
		things = []Held{{Kind: heldLogs, Why: "what the event logs say no longer of " + countOf(g.missing.Count(), "payment"), name: logsName, holds: []journal.Hold{missingHold(g.missing)}}}
	}
	if closing := runs.Close(); err == nil {
		err = withIO(closing)
	}
	return things, err
}
