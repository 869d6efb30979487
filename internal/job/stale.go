package job

import (
	"context"
	"fmt"
	"strings"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/proposal"
)

// early is how many days a business date may be ahead of the calendar. Who looks
// ahead to the end of the month may; who mistypes a year pays nothing.
const early = 31

// stale says by ledger file why nothing may be paid from it. Old books call due
// what was paid since; and books from which something was paid already do not
// show yet that it was. Nor is anything paid for a business date that has not come:
// a mistyped year would call everything due, and no right date after it would pay.
func (g *gathering) stale(ctx context.Context) (map[string]string, error) {
	c := g.in.Config.Payments
	from, last, err := g.till.paidFrom(ctx)
	if err != nil {
		return nil, err
	}
	why := make(map[string]string)
	today := day.In(g.in.Now(), g.in.Config.Timezone)
	for _, in := range g.facts.Ledger.Inputs {
		switch asOf, again := from[in.SHA256]; {
		case g.in.AsOf > today+early:
			why[in.Path] = fmt.Sprintf("the business date %s has not come: today is %s; payments.lead_days pays before an invoice is due", g.in.AsOf, today)
		case g.in.AsOf < last:
			why[in.Path] = fmt.Sprintf("the business date %s is before %s, for which payments were made last", g.in.AsOf, last)
		case again && c.SameLedger == config.SameLedgerRefuse:
			why[in.Path] = fmt.Sprintf("payments were made from this very file on %s, and it does not show them yet", asOf)
		case g.tooOld(in.Path):
			why[in.Path] = fmt.Sprintf("it was written %.0f hours ago, and payments.ledger_max_age is %s", g.in.Now().Sub(g.written[in.Path]).Hours(), c.LedgerMaxAge)
		}
	}
	return why, nil
}

// tooOld says whether a ledger file was written too long ago to pay from it.
func (g *gathering) tooOld(path string) bool {
	limit := g.in.Config.Payments.LedgerMaxAge
	return limit > 0 && g.in.Now().Sub(g.written[path]) > limit
}

// staleVerdict says that what is due stays unpaid for the age of the books: an
// export that has stopped would otherwise look like a month in which nothing is
// due. Books that were paid from tonight already are no fault.
func (g *gathering) staleVerdict(worse func(code int, notice string)) {
	if g.in.Kind != KindRun && g.in.Kind != KindPropose || g.in.Config.Payments.Mode == config.ModeOff || g.facts.Proposal == nil {
		return
	}
	for i := range g.facts.Proposal.Lines {
		l := &g.facts.Proposal.Lines[i]
		if l.Reason != proposal.StaleLedger {
			continue
		}
		if path := g.oldFile(l.Source); path != "" {
			worse(ExitMissing, fmt.Sprintf("nothing is paid out of %s: %s [ledger-stale]", path, l.Why))
			return
		}
	}
}

// oldFile returns the ledger file in which a row stands, where that was written too
// long ago to pay from it; else it is empty.
func (g *gathering) oldFile(source string) (path string) {
	for _, in := range g.facts.Ledger.Inputs {
		if strings.HasPrefix(source, in.Path+":") && g.tooOld(in.Path) {
			return in.Path
		}
	}
	return ""
}

// paidFrom returns the business dates on which payments were made from files, by
// the SHA-256 of the file, and the last of all such dates; 0 where there is none.
func (t *till) paidFrom(ctx context.Context) (map[string]day.Date, day.Date, error) {
	if t == nil {
		return nil, 0, nil
	}
	paid, err := t.journal.PaidInputs(ctx)
	if err != nil {
		return nil, 0, withIO(err)
	}
	from := make(map[string]day.Date, len(paid))
	for _, in := range paid {
		from[in.SHA256] = max(from[in.SHA256], in.AsOf)
	}
	last, ever, err := t.journal.LastPaidAsOf(ctx)
	if err != nil || !ever {
		return from, 0, withIO(err)
	}
	return from, last, nil
}
