package job

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"reconcile/internal/enkash"
	"reconcile/internal/history"
	"reconcile/internal/journal"
	"reconcile/internal/payment"
	"reconcile/internal/submit"
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
	before, err := recall(ctx, runs, history.Made)
	if err != nil {
		return err
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
	return setKnown(ctx, runs, history.Made, most)
}

// knownBefore does the same for payments to us: where a message is missing that the
// money went back, or an answer that was given in the portal, an acceptance would be
// false and could not be taken back. What we answered ourselves the journal keeps.
func (k *confirming) knownBefore(ctx context.Context, runs *history.Store) error {
	before, err := recall(ctx, runs, history.Received)
	if err != nil {
		return err
	}
	// An answer is no evidence of a payment, so one that has its answer has all.
	now := payment.KnownOf(k.log.Remittances, func(payment.Evidence) bool { return true }).With(payment.AllOf(slices.Collect(maps.Keys(k.told))))
	var answered []string
	for id, r := range k.replies {
		if r.State != submit.Intended {
			answered = append(answered, id)
		}
	}
	k.missing = before.Missing(now.With(payment.AllOf(answered)))
	most := now
	if k.missing.Count() > 0 {
		released, err := mayMiss(ctx, k.store, k.missing)
		if err != nil {
			return err
		}
		if !released {
			most = before.With(now)
			k.lost = fmt.Sprintf("of %s to us the event logs say less than they said before: a log is missing or was cut, and what came back may look received. "+
				"Nothing is answered. Put the log back; if it is lost for good, answer in the portal what waits, and two people run `reconcile release %s` [log-missing]",
				countOf(k.missing.Count(), "payment"), logsName)
		}
	}
	if k.ask.DryRun {
		return nil
	}
	return setKnown(ctx, runs, history.Received, most)
}

// recall returns what was known so far.
func recall(ctx context.Context, runs *history.Store, of history.Side) (payment.Known, error) {
	text, err := runs.Known(ctx, of)
	if err != nil {
		return payment.Known{}, withIO(err)
	}
	before, err := payment.ReadKnown(text)
	if err != nil {
		return before, withCode(ExitCorrupt, fmt.Errorf("the run history: %w; put back a copy of it, or move it away [history-corrupt]", err))
	}
	return before, nil
}

// setKnown writes down what is known from now on.
func setKnown(ctx context.Context, runs *history.Store, of history.Side, known payment.Known) error {
	text, err := known.Encode()
	if err != nil {
		return err
	}
	return withIO(runs.SetKnown(ctx, of, text))
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
	return mayMiss(ctx, t.journal, missing)
}

// mayMiss tells the same of a journal; nobody has where there is none.
func mayMiss(ctx context.Context, store *journal.Store, missing payment.Known) (bool, error) {
	if store == nil {
		return false, nil
	}
	released, err := store.Releases(ctx)
	if err != nil {
		return false, withIO(err)
	}
	want := missingHold(missing)
	return slices.ContainsFunc(released, func(h journal.Hold) bool {
		return h.What == want.What && h.Subject == want.Subject && h.Key == want.Key
	}), nil
}

// missingNow looks what a run or an answer would miss now, for those who release it.
// Where no run has known anything yet none can miss it, and no books have to be there.
func (t *till) missingNow(ctx context.Context, in Input, key []byte) (things []Held, err error) {
	runs, err := history.OpenReadOnly(ctx, in.Config.Path(in.Config.Store))
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, withIO(runs.Close())) }()
	var of []string
	var holds []journal.Hold
	add := func(missing payment.Known, whose string) {
		if missing.Count() > 0 {
			of, holds = append(of, countOf(missing.Count(), "payment")+whose), append(holds, missingHold(missing))
		}
	}
	made, err := recall(ctx, runs, history.Made)
	if err != nil {
		return nil, err
	}
	if made.Count() > 0 {
		g, err := gather(ctx, in, key, t)
		if err != nil {
			return nil, err
		}
		if err := g.knownBefore(ctx, runs); err != nil {
			return nil, err
		}
		add(g.missing, "")
	}
	if len(in.Config.Supplier) > 0 {
		k := newConfirming(in, Answering{DryRun: true})
		k.store = t.journal
		if err := errors.Join(k.read(ctx), k.refresh(ctx)); err != nil {
			return nil, err
		}
		if err := k.knownBefore(ctx, runs); err != nil {
			return nil, err
		}
		add(k.missing, " to us")
	}
	if len(holds) > 0 {
		things = []Held{{Kind: heldLogs, Why: "what the event logs say no longer of " + strings.Join(of, " and of "), name: logsName, holds: holds}}
	}
	return things, nil
}
