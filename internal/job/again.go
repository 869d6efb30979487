package job

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"reconcile/internal/day"
	"reconcile/internal/journal"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

// look returns what looks at an approved payment once more before it is sent: in
// the ledger and the logs that were just read it must still be owed, of the same
// cash, to the same payee, with nothing against it. What has changed since the
// approval is not paid by it. Of books that are too old, or of inputs that could
// not be read whole, nobody knows whether anything has changed: what known says no
// to waits, approved as it is.
//
// It proposes anew as if nothing were written down of what these plans have yet to
// send, and compares.
// There nothing competes for room under the caps: what is left of a plan is then
// held to the present ones, in the order in which it is sent. The journal holds it
// to those of its approval, and asks for both of a day.
// What was due when it was approved has not changed because this run is for an
// earlier date: it is looked at as of the latest date that a plan was made for.
// For open credits compete those who did when the plans were made, and nobody who
// came due since: a note that was approved to be netted here is still open.
func (r *payrun) look(ctx context.Context, wanted map[string]bool) (look func(*submit.Entry) (bool, string), known func(*submit.Entry) bool, err error) {
	approved, err := r.approvals(ctx, wanted)
	if err != nil {
		return nil, nil, err
	}
	doubts, waits := r.g.doubts(), make(map[string]bool)
	for i := range r.till.entries {
		if e := &r.till.entries[i]; e.State == submit.Intended && wanted[e.Plan] {
			if why := doubts.of(e, approved.of(e)); why != "" {
				r.doubted, waits[e.ObjectID] = append(r.doubted, why), true
			}
		}
	}
	// What waits keeps what it took, as any other payment of ours does.
	looked := func(e *submit.Entry) bool { return e.State == submit.Intended && wanted[e.Plan] && !waits[e.ObjectID] }
	p, err := r.g.payables(ctx, looked)
	if err != nil {
		return nil, nil, err
	}
	if latest := slices.Max(append(slices.Collect(maps.Values(approved.asOf)), r.in.AsOf)); latest > r.in.AsOf {
		p.policy.AsOf = latest
		if p.result, err = matcher.Match(p.book.Items, r.g.remittances, rules(r.in.Config, latest)); err != nil {
			return nil, nil, withCode(ExitFault, err)
		}
	}
	p.plans, p.competed = make(map[payment.Debt]string), approved.competed
	for i := range r.till.entries {
		if e := &r.till.entries[i]; looked(e) {
			for k := range e.Allocations {
				p.plans[e.Allocations[k].Debt] = e.Plan
			}
		}
	}
	r.competeWith(approved, looked)
	caps := p.policy.Caps
	caps.Day = 0
	p.policy.Caps, p.policy.Minimum, p.policy.OnceOnly, p.stale = proposal.Caps{}, 0, false, nil
	now := reread{approved: approved, dueBy: make(map[string]day.Date), purses: r.purses(wanted, caps), lines: make(map[payment.Debt][]*proposal.Line), paid: make(map[payment.Debt]paying), candidates: make(map[string]*proposal.Candidate)}
	if p.policy.Type == payment.OnPlatform {
		for plan, made := range approved.asOf {
			now.dueBy[plan] = max(made, r.in.AsOf) + day.Date(p.leadDays)
		}
	}
	if trial := p.propose(); trial != nil {
		for i := range trial.Lines {
			l := &trial.Lines[i]
			now.lines[l.Debt] = append(now.lines[l.Debt], l)
		}
		for i := range trial.Instructions {
			in := &trial.Instructions[i]
			for k := range in.Allocations {
				now.paid[in.Allocations[k].Debt] = paying{in, &in.Allocations[k]}
			}
		}
	}
	candidates := p.candidates()
	for i := range candidates {
		now.candidates[candidates[i].Source] = &candidates[i]
	}
	for i := range r.till.entries {
		if e := &r.till.entries[i]; looked(e) && now.inOldBooks(e, r.g.oldFile) {
			r.stale++
			waits[e.ObjectID] = true
		}
	}
	return func(e *submit.Entry) (bool, string) {
		why := now.changed(e)
		if why == "" {
			if why = now.overCap(e); why != "" {
				r.refused = append(r.refused, fmt.Sprintf("payment %s was withdrawn, for a cap is smaller than when it was approved: %s [cap-reached]", e.ObjectID, why))
			}
		}
		return why == "", why
	}, func(e *submit.Entry) bool { return !waits[e.ObjectID] }, nil
}

// doubts are the inputs that could not be read whole.
type doubts struct {
	log   string                    // of which a part is lost; empty where there is none
	files []string                  // ledger files with rows that could not be read
	books map[payment.Debt][]string // by debt: the ledger files that it stands in, where it matters
}

// doubts names them, where they keep anything from being paid.
func (g *gathering) doubts() doubts {
	d := doubts{log: g.lostLog(), books: make(map[payment.Debt][]string)}
	for _, in := range g.facts.Ledger.Inputs {
		if in.Doubtful && !g.careless() {
			d.files = append(d.files, in.Path)
		}
	}
	if len(d.files) == 0 {
		return d
	}
	for i := range g.facts.Ledger.Items {
		it := &g.facts.Ledger.Items[i]
		d.books[debtOf(it)] = append(d.books[debtOf(it)], it.Pos.File)
	}
	return d
}

// of says what has to be mended before anybody knows what has changed about a
// payment; empty where that is known. A debt that stands nowhere may stand in a row
// that could not be read, and so may a credit note that is set against it.
func (d *doubts) of(e *submit.Entry, was *proposal.Instruction) string {
	if d.log != "" {
		return fmt.Sprintf("a part of %s is lost, and with it perhaps a payment: bring the whole file back", d.log)
	}
	for i := range e.Allocations {
		books := d.books[e.Allocations[i].Debt]
		anywhere := len(books) == 0 || was != nil && slices.ContainsFunc(was.Allocations, func(a proposal.Allocation) bool { return len(netted(&a)) > 0 })
		for _, path := range d.files {
			if anywhere || slices.Contains(books, path) {
				return fmt.Sprintf("rows of %s could not be read: mend them and load the file again", path)
			}
		}
	}
	return ""
}

// purses returns for each plan what the caps leave of it after what was sent.
func (r *payrun) purses(wanted map[string]bool, caps proposal.Caps) map[string]*proposal.Purse {
	purses := make(map[string]*proposal.Purse, len(wanted))
	for plan := range wanted {
		purses[plan] = proposal.NewPurse(caps, 0)
	}
	for i := range r.till.entries {
		if e := &r.till.entries[i]; e.Sends > 0 && wanted[e.Plan] {
			purses[e.Plan].Spend(e.Supplier, e.Net)
		}
	}
	return purses
}

// approvals are plans as they were approved.
type approvals struct {
	instructions map[approvedID]*proposal.Instruction
	competed     map[payment.Debt]bool // for open credits
	asOf         map[string]day.Date   // by plan: its business date
}

// An approvedID tells an instruction from those of other plans that have its objectId:
// nights propose anew what waits, and an objectId says nothing of account or mode.
type approvedID struct{ plan, objectID string }

// of is a payment as it was approved; nil where no plan has it.
func (a approvals) of(e *submit.Entry) *proposal.Instruction {
	return a.instructions[approvedID{e.Plan, e.ObjectID}]
}

// approvals returns those of the plans.
func (r *payrun) approvals(ctx context.Context, wanted map[string]bool) (approvals, error) {
	all := approvals{make(map[approvedID]*proposal.Instruction), make(map[payment.Debt]bool), make(map[string]day.Date)}
	plans, err := r.till.journal.Proposals(ctx)
	if err != nil {
		return all, withIO(err)
	}
	for _, plan := range plans {
		if !wanted[plan.Hash] || plan.Status == journal.Done {
			continue
		}
		p, err := proposal.Decode(plan.Plan)
		if err != nil {
			return all, withCode(ExitCorrupt, err)
		}
		all.asOf[plan.Hash] = p.AsOf
		for i := range p.Instructions {
			all.instructions[approvedID{plan.Hash, p.Instructions[i].ObjectID}] = &p.Instructions[i]
		}
		for i := range p.Lines {
			if l := &p.Lines[i]; l.Competed() {
				all.competed[l.Debt] = true
			}
		}
	}
	return all, nil
}

// competeWith leaves a supplier's credits to the payments that have yet to net them:
// those of another plan were approved when they had been taken.
func (r *payrun) competeWith(approved approvals, looked func(*submit.Entry) bool) {
	takers, taken := make(map[payment.Debt]bool), make(map[string]bool)
	for i := range r.till.entries {
		e := &r.till.entries[i]
		was := approved.of(e)
		if !looked(e) || was == nil {
			continue
		}
		for k := range was.Allocations {
			if a := &was.Allocations[k]; len(netted(a)) > 0 {
				takers[a.Debt], taken[e.Supplier] = true, true
			}
		}
	}
	maps.DeleteFunc(approved.competed, func(d payment.Debt, _ bool) bool { return taken[d.Supplier] && !takers[d] })
}

// netted are the credit notes that are set against a payment.
func netted(a *proposal.Allocation) []proposal.Split {
	return slices.DeleteFunc(slices.Clone(a.Splits), func(s proposal.Split) bool { return s.Name != proposal.SplitCreditNote })
}

// A paying is what would be paid of one debt now, and in which instruction.
type paying struct {
	in *proposal.Instruction
	a  *proposal.Allocation
}

// A reread is what the books and the world say now. Several rows may be of one
// debt; at most one of them is paid at a time.
type reread struct {
	approved   approvals
	purses     map[string]*proposal.Purse // by plan
	dueBy      map[string]day.Date        // by plan: what falls due later is not due to it; absent where no day counts
	lines      map[payment.Debt][]*proposal.Line
	paid       map[payment.Debt]paying
	candidates map[string]*proposal.Candidate // by source
}

// changed says what is different from what was approved; empty where nothing is.
func (n *reread) changed(e *submit.Entry) string {
	was := n.approved.of(e)
	if was == nil {
		return "the journal has no plan in which it was approved"
	}
	for i := range e.Allocations {
		if why := n.changedOf(e, was, &e.Allocations[i]); why != "" {
			return "invoice " + e.Allocations[i].Number + ": " + why
		}
	}
	return ""
}

// inOldBooks tells whether an item of a payment stands in a file that is old.
func (n *reread) inOldBooks(e *submit.Entry, old func(source string) (path string)) bool {
	for i := range e.Allocations {
		for _, l := range n.lines[e.Allocations[i].Debt] {
			if old(l.Source) != "" {
				return true
			}
		}
	}
	return false
}

// overCap says which cap leaves no room for it; empty where all do.
func (n *reread) overCap(e *submit.Entry) string {
	items := make([]money.Paise, len(e.Allocations))
	for i := range e.Allocations {
		items[i] = e.Allocations[i].Net
	}
	if reason, why := n.purses[e.Plan].Pay(e.Supplier, items...); why != "" {
		return why + " [" + string(reason) + "]"
	}
	return ""
}

// changedOf says what is different about one of its debts.
func (n *reread) changedOf(e *submit.Entry, was *proposal.Instruction, a *submit.Allocated) string {
	now, there := n.paid[a.Debt]
	if !there {
		for _, l := range n.lines[a.Debt] {
			return l.Why + " [" + string(l.Reason) + "]"
		}
		return "it is no longer due by the ledger and the logs as they are now"
	}
	candidate := n.candidates[now.a.Source]
	if candidate == nil {
		return "the row that it would be paid for is not to be found"
	}
	if last, counts := n.dueBy[e.Plan]; counts && candidate.DueDate > last {
		return fmt.Sprintf("it is no longer due: the books put it off to %s", candidate.DueDate)
	}
	if a.Position >= len(was.Allocations) {
		return "the plan in which it was approved has no such line"
	}
	approved := &was.Allocations[a.Position]
	switch {
	case now.a.Net != a.Net:
		return fmt.Sprintf("%s is to be paid now, and %s was approved", now.a.Net, a.Net)
	case now.a.Adjustment != a.Adjustment:
		return fmt.Sprintf("%s is settled without cash now, and %s when it was approved", now.a.Adjustment, a.Adjustment)
	case !slices.Equal(netted(now.a), netted(approved)):
		return "other credit notes would be netted now than were approved"
	case proposal.PayeeDigest(e.ObjectID, candidate.Account) != e.PayeeDigest ||
		now.in.Payee.IFSC != was.Payee.IFSC || now.in.Payee.VPA != was.Payee.VPA || now.in.Payee.Beneficiary != was.Payee.Beneficiary:
		return "the account of the supplier is not the one that was approved"
	case now.in.Mode != was.Mode:
		return "it is to be paid by " + now.in.Mode + " now, and " + was.Mode + " was approved"
	case was.PaymentDate != 0 && (party.UTR(now.in.Reference) != party.UTR(was.Reference) || now.in.PaymentDate != was.PaymentDate):
		return fmt.Sprintf("the books say that it was paid under %s on %s, and %s on %s was approved", now.in.Reference, now.in.PaymentDate, was.Reference, was.PaymentDate)
	case was.PaymentDate != 0 && !proposal.NumbersRepeat(was.Mode) && len(now.in.Allocations) != len(was.Allocations):
		return fmt.Sprintf("the books say that %s paid %d items, and %d were approved", was.Reference, len(now.in.Allocations), len(was.Allocations))
	case now.a.PaymentID != approved.PaymentID:
		return "the books have another payment id than the one that was approved"
	case now.a.InvoiceID != approved.InvoiceID:
		return "the platform's id of the invoice is not the one that was approved"
	case now.a.ObjectVersion != approved.ObjectVersion:
		return fmt.Sprintf("the invoice is at version %d now, and version %d was approved", now.a.ObjectVersion, approved.ObjectVersion)
	}
	return ""
}
