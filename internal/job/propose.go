package job

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/enkash"
	"reconcile/internal/journal"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/source"
	"reconcile/internal/statute"
	"reconcile/internal/submit"
)

// payables is all that a proposal is made from, as the other rooms have it.
type payables struct {
	policy   proposal.Policy
	result   *matcher.Result
	book     *ledger.Book
	master   *party.Master // nil where there is none
	invoices []payment.Invoice
	lostLog  string            // see lostLog
	stale    map[string]string // by ledger file: why it is too old to pay from
	journal  proposal.Journalled
	now      time.Time               // for the wait after a failure that the journal knows
	plans    map[payment.Debt]string // by debt: the plan that approved it and is looked at once more
	competed map[payment.Debt]bool   // for open credits, in those plans; nil where none is looked at

	leadDays int
	outside  bool // OFFPLATFORM: what lies outside the log is reported too
	careless bool // what is well read of a file in doubt may be paid
	blind    bool // what the platform says of invoices does not matter
}

// payables are the facts of a run as a proposal needs them. Instructions of the
// journal that without names are taken as if they were not there.
func (g *gathering) payables(ctx context.Context, without func(*submit.Entry) bool) (*payables, error) {
	past, err := g.till.journalled(ctx, without)
	if err != nil {
		return nil, err
	}
	// A journal that was restored may have evidence of what it does not know to
	// have sent: that failed once all the same.
	for i := range past.Instructions {
		in := &past.Instructions[i]
		in.Sent = in.State != submit.Intended.String() && in.State != submit.Void.String()
	}
	if err := g.till.noteCredits(ctx, &past); err != nil {
		return nil, err
	}
	stale, err := g.stale(ctx)
	if err != nil {
		return nil, err
	}
	c := g.in.Config
	p := &payables{
		policy: paymentPolicy(c, g.in.AsOf), result: g.facts.Result, book: g.facts.Ledger, master: g.master,
		invoices: g.invoices, lostLog: g.lostLog(), now: g.in.Now(),
		leadDays: c.Payments.LeadDays, outside: c.Payments.Outside, journal: past, stale: stale,
		careless: g.careless(), blind: c.Payments.PlatformInvoice == config.InvoiceIgnored,
	}
	p.nameHolders()
	p.policy.Inputs = planInputs(g.facts.Ledger, g.facts.Suppliers, g.facts.Logs)
	if g.in.Kind == KindPropose {
		if p.policy.Maker, err = g.in.maker(); err != nil {
			return nil, err
		}
	}
	// What failed once is for a person to try again.
	p.policy.OnceOnly = g.in.Kind == KindRun && c.Payments.Mode == config.ModeAuto
	return p, nil
}

// lostLog names a log of which a part is lost; empty where none is.
func (g *gathering) lostLog() string {
	return cmp.Or(g.forgot, g.missed(), lostLog(g.facts.Logs, g.facts.LogProblems))
}

// careless tells whether what is well read of a ledger file in doubt may be paid.
func (g *gathering) careless() bool {
	return g.in.Config.Payments.QuarantinedFiles == config.FilesPropose
}

// nameHolders says of past instructions which PAN their supplier has, as far as
// the books or the master tell today: the journal keeps none.
func (p *payables) nameHolders() {
	pans := make(map[string]string)
	for i := range p.result.Items {
		if s := p.result.Items[i].Item.Supplier; s.B2BID != "" && pans[s.B2BID] == "" {
			pans[s.B2BID] = p.pan(s)
		}
	}
	for i := range p.journal.Instructions {
		in := &p.journal.Instructions[i]
		if in.PAN = pans[in.Supplier]; in.PAN == "" {
			in.PAN = p.pan(party.Supplier{B2BID: in.Supplier})
		}
	}
}

// maker names who proposes by hand: the approver whose key was shown, who then
// cannot approve the plan whatever the login is, else the login.
func (in Input) maker() (string, error) {
	if in.Key == "" {
		return cmp.Or(in.Actor, in.Config.Payments.Maker), nil
	}
	key, err := approval.ReadKeyFile(in.Key)
	if err != nil {
		return "", refusal(err)
	}
	owner, err := in.Config.Payments.Approvers.Owner(key.Public())
	return owner.Name, refusal(err)
}

// noteCredits says of past instructions which credit notes they netted: that
// stands in their plans alone, and the books may show such a note as open for
// weeks. It is asked where notes are netted at all. A plan whose text was purged, or
// lost in a recovery, says nothing, and is passed over where that cannot matter.
func (t *till) noteCredits(ctx context.Context, past *proposal.Journalled) error {
	if t == nil || !t.in.Config.Payments.NetCredits {
		return nil
	}
	plans, err := t.journal.Proposals(ctx)
	if err != nil {
		return withIO(err)
	}
	type place struct {
		plan       string // several may name one objectId: nights propose anew what waits
		objectID   string
		debt       payment.Debt
		instalment int
	}
	type netting struct {
		notes []proposal.Split
		on    day.Date
	}
	netted := make(map[place]netting)
	for _, plan := range plans {
		if !slices.ContainsFunc(past.Instructions, func(in proposal.Past) bool { return in.Plan == plan.Hash }) {
			continue // nothing of it was ever to be sent
		}
		if plan.Plan == nil {
			if t.mayHaveNetted(plan.Hash) {
				return withCode(ExitCorrupt, fmt.Errorf("the journal has no text of the plan %s, so that nobody knows which credit notes it netted; set payments.net_credits to false [plan-altered]", plan.Hash))
			}
			continue
		}
		p, err := proposal.Decode(plan.Plan)
		if err != nil {
			return withCode(ExitCorrupt, err)
		}
		for _, in := range p.Instructions {
			for _, a := range in.Allocations {
				for _, split := range a.Splits {
					if split.Name == proposal.SplitCreditNote {
						at := place{plan.Hash, in.ObjectID, a.Debt, a.Instalment}
						netted[at] = netting{append(netted[at].notes, split), p.AsOf}
					}
				}
			}
		}
	}
	for i := range past.Instructions {
		in := &past.Instructions[i]
		for k := range in.Allocations {
			a := &in.Allocations[k]
			did := netted[place{in.Plan, in.ObjectID, a.Debt, a.Instalment}]
			a.Credits, a.Netted = did.notes, did.on
		}
	}
	return nil
}

// mayHaveNetted tells whether a plan of which the text is gone can have netted a
// note that the books still show as open: whoever pays something less than the
// whole, and holds it, within the time in which no purge takes a plan away. After
// that the books have long told of the note themselves.
func (t *till) mayHaveNetted(hash string) bool {
	return slices.ContainsFunc(t.entries, func(e submit.Entry) bool {
		return e.Plan == hash && e.Adjustment > 0 && t.in.Now().Sub(e.Since) < journal.PersonalAtLeast &&
			slices.ContainsFunc(e.Allocations, func(a submit.Allocated) bool { return a.Held })
	})
}

// propose turns what the matcher found into candidates for payment and asks
// proposal.Propose about all of them: the one place where the books and our
// payments meet. An unset type proposes nothing.
func (p *payables) propose() *proposal.Proposal {
	if p.policy.Type == 0 {
		return nil
	}
	return proposal.Propose(p.policy, p.candidates(), p.world())
}

// candidates are the items that are due, whatever is against them.
func (p *payables) candidates() []proposal.Candidate {
	doubtful, keepsIDs := make(map[string]bool), make(map[string]bool)
	for _, in := range p.book.Inputs {
		doubtful[in.Path] = in.Doubtful && !p.careless
	}
	for i := range p.book.Items {
		if it := &p.book.Items[i]; it.InvoiceID != "" && !p.blind {
			keepsIDs[it.Pos.File] = true
		}
	}
	last := lastPayments(p.result)
	var all []proposal.Candidate
	for i := range p.result.Items {
		r := &p.result.Items[i]
		amount, hold, due := p.payable(r)
		if !due || isCredit(r) {
			continue
		}
		c := p.candidate(r)
		c.Amount, c.Hold, c.Plan = amount, hold, p.plans[c.Debt]
		c.Late = p.competed != nil && !p.competed[c.Debt]
		c.BankChange = last[r.Item.Supplier.B2BID].change(r.Item)
		c.Quarantined, c.Stale = doubtful[r.Item.Pos.File], p.stale[r.Item.Pos.File]
		c.KeepsIDs = keepsIDs[r.Item.Pos.File]
		all = append(all, c)
	}
	return all
}

// candidate is what the books and the platform say of an item.
func (p *payables) candidate(r *matcher.ItemResult) proposal.Candidate {
	it := r.Item
	c := proposal.Candidate{
		Debt: debtOf(it), PAN: p.pan(it.Supplier), SupplierName: it.Supplier.Name, Number: it.Number, Source: sourceOf(it),
		Currency: it.Currency, InvoiceDate: it.InvoiceDate, AcceptanceDate: it.AcceptanceDate, DueDate: it.DueDate,
		Gross: it.Gross, Cash: it.Cash(), Taxable: it.Taxable, TDS: it.TDS, Adjustment: it.Adjustment,
		CashPaid: r.CashPaid, Adjusted: r.Adjusted,
		Section:   sectionOf(it),
		InvoiceID: it.InvoiceID, ObjectVersion: it.ObjectVersion, InvoiceStatus: it.InvoiceStatus,
		Account: it.Account, IFSC: it.IFSC, Beneficiary: it.Beneficiary, VPA: it.VPA,
		PaymentID: it.PaymentID, UTR: it.UTR, Mode: it.PaymentMode, PaymentDate: it.PaymentDate,
		MSME: it.MSME,
	}
	if failed := failedBefore(r); failed != nil {
		c.SecondAttempt, c.FailedAt = true, failed.Time
		c.Failed = proposal.Failure{ObjectID: failed.ObjectID, On: failed.Date, Why: lastWord(failed)}
		if at := failed.FailedAt; at.After(c.FailedAt) { // a reversal comes long after the success that has the lines
			c.FailedAt, c.Failed.On = at, failed.FailedOn
		}
	}
	if e := p.master.ByB2BID(it.Supplier.B2BID); e != nil {
		c.Trader, c.Agreement, c.AgreementDays = e.Trader, e.Agreement, e.AgreementDays
	}
	return c
}

// sectionOf is under which section the books withheld tax, where that is beyond
// doubt.
func sectionOf(it *ledger.Item) string {
	if !it.HasTaxable {
		return ""
	}
	return statute.Section(statute.Explain(it.TDS, it.Taxable, it.InvoiceDate), it.InvoiceDate)
}

// debtOf is what an item owes, once.
func debtOf(it *ledger.Item) payment.Debt {
	return payment.Debt{Buyer: it.Buyer, Supplier: it.Supplier.B2BID, NumberKey: it.Key, Year: it.Year(), Part: it.Part}
}

// pan returns the permanent account number of a supplier: the third to twelfth
// character of its GSTIN, else what the master says.
func (p *payables) pan(s party.Supplier) string {
	if party.ValidGSTIN(s.GSTIN) {
		return s.GSTIN[2:12]
	}
	if e := p.master.ByB2BID(s.B2BID); e != nil {
		if party.ValidGSTIN(e.GSTIN) {
			return e.GSTIN[2:12]
		}
		return e.PAN
	}
	return ""
}

// payable says what of an item its status makes a payment of, and why not to
// pay it (contract, section 5.1). ONPLATFORM pays what is due, and the rest of
// what was paid in part; OFFPLATFORM reports what the books paid and no event
// supports.
func (p *payables) payable(r *matcher.ItemResult) (amount money.Paise, hold string, due bool) {
	it := r.Item
	if p.policy.Type == payment.OffPlatform {
		return it.Paid, it.Hold, r.Status == matcher.Unsupported || p.outside && r.Status == matcher.Outside
	}
	switch r.Status {
	case matcher.Due:
		return it.Due, "", true
	case matcher.OnHold:
		return it.Due, whyHeld(r), true
	case matcher.PartPaid:
		// What was settled without cash beyond the books' tax, such as a credit
		// note that a payment netted, is owed no more.
		beyond := max(0, r.Adjusted-it.Withheld())
		return it.Cash() - r.CashPaid - beyond, whyHeld(r), it.DueDate != 0 && it.DueDate <= p.policy.AsOf+day.Date(p.leadDays)
	}
	return 0, "", false
}

// whyHeld is what of its own stands against an item: its hold, its status, or a
// break. Of what was paid in part any difference between books and platform does.
func whyHeld(r *matcher.ItemResult) string {
	var why []string
	blocks := make(map[matcher.Code]bool)
	for _, info := range matcher.Codes() {
		blocks[info.Code] = info.Blocks
	}
	if r.Item.Hold != "" {
		why = append(why, "the books say "+strconv.Quote(r.Item.Hold))
	}
	for _, b := range r.Breaks {
		if b.Code != matcher.ReferenceVariant && (r.Status == matcher.PartPaid || blocks[b.Code]) {
			why = append(why, string(b.Code))
		}
	}
	if r.Rule == matcher.Suggested {
		why = append(why, "a payment is probably of it, and a person must say so")
	}
	if len(why) == 0 && r.Status == matcher.OnHold {
		why = append(why, "the books show the invoice as "+r.Item.InvoiceStatus)
	}
	return strings.Join(why, "; ")
}

// failedBefore returns the latest payment of the item that failed, came back or
// was rejected; nil where none did.
func failedBefore(r *matcher.ItemResult) (last *payment.Remittance) {
	for i := range r.Matches {
		m := &r.Matches[i]
		over := m.Rule != matcher.Suggested && !m.Remittance.Stands(m.Line) && !m.Remittance.InFlight(m.Line)
		if over && (last == nil || later(m.Remittance, last)) {
			last = m.Remittance
		}
	}
	return last
}

// lastWord is what ended a payment, in the words of the log, and where it stands.
func lastWord(r *payment.Remittance) string {
	var words []string
	for _, e := range r.Evidence {
		if strings.HasPrefix(e.Says, "response ") || strings.HasSuffix(e.Says, " REJECT") {
			words = append(words, e.Says+" in "+e.Pos.String())
		}
	}
	return strings.Join(words, "; ")
}

// isCredit tells whether an item stands against others: what stands below zero is
// a credit, whatever the ledger calls it.
func isCredit(r *matcher.ItemResult) bool { return r.Status == matcher.Credit || r.Item.Cash() < 0 }

// world is what else is known.
func (p *payables) world() proposal.World {
	w := proposal.World{
		Unmatched: unmatched(p.result), UTRs: make(map[string]string),
		LostLog: p.lostLog, Journal: p.journal, Now: p.now,
	}
	if !p.blind {
		w.Invoices = p.invoices
	}
	for i := range p.result.Items {
		r := &p.result.Items[i]
		it := r.Item
		w.Holders = append(w.Holders, proposal.Holder{Supplier: it.Supplier.ID(), Name: it.Supplier.Name, PAN: p.pan(it.Supplier), Account: it.Account})
		switch {
		case isCredit(r):
			if k := creditOf(it); k.Amount > 0 {
				w.Credits = append(w.Credits, k)
			}
		case !it.Damaged:
			w.Bills = append(w.Bills, proposal.Bill{
				Debt: debtOf(it), PAN: p.pan(it.Supplier), Number: it.Number, Source: sourceOf(it), Date: it.InvoiceDate,
				Gross: it.Gross, Cash: it.Cash(), CashPaid: r.CashPaid, PaymentID: it.PaymentID,
			})
		}
	}
	for _, e := range p.master.Entries() {
		w.Holders = append(w.Holders, proposal.Holder{Supplier: e.Supplier.ID(), Name: e.Name, PAN: p.pan(e.Supplier), Account: e.Account})
	}
	ours := make(map[string]proposal.Past)
	for _, past := range p.journal.Instructions {
		ours[past.ObjectID] = past
	}
	for i := range p.result.Lines {
		rem, l := p.result.Lines[i].Remittance, p.result.Lines[i].Line
		alive := rem.Stands(l) || rem.InFlight(l)
		if rem.Stands(l) && l.Last4 != "" {
			w.Accounts = append(w.Accounts, knownAccount(rem, l, ours[rem.ObjectID]))
		}
		if had := w.UTRs[rem.UTR]; alive && rem.UTRFinal && rem.UTR != "" && (had == "" || rem.ObjectID < had) {
			w.UTRs[rem.UTR] = rem.ObjectID
		}
	}
	return w
}

// creditOf is what of a credit is open: what is still due of it, for the books call
// paid what they have used up. Of an advance that may also mean that it was given,
// so it counts whole, and people say what is left of it.
func creditOf(it *ledger.Item) proposal.Credit {
	k := proposal.Credit{
		Buyer: it.Buyer, Supplier: it.Supplier.B2BID, Number: it.Number, Source: sourceOf(it), Date: it.InvoiceDate,
		Amount: it.Due.Abs(), Currency: it.Currency, InDoubt: it.Repeated || it.Damaged || it.Gap != 0,
	}
	if it.Type == ledger.Advance && it.Paid != 0 {
		k.Amount, k.InDoubt = it.Cash().Abs(), true
	}
	return k
}

// knownAccount is where the money of a payment went, and when: of our own, when we
// sent it.
func knownAccount(r *payment.Remittance, l *payment.Line, our proposal.Past) proposal.KnownAccount {
	k := proposal.KnownAccount{Supplier: r.Supplier, Last4: l.Last4, IFSC: l.IFSC, At: r.Time, ObjectID: r.ObjectID, Plan: our.Plan}
	if !our.Begun.IsZero() {
		k.At = our.Begun
	}
	return k
}

// paymentPolicy is what the configuration says about payments. Whoever proposes
// by hand puts a name in the place of Maker.
func paymentPolicy(c *config.Config, asOf day.Date) proposal.Policy {
	y := &c.Payments
	p := proposal.Policy{
		AsOf: asOf, Maker: y.Maker, BaseURL: origin(c.EnKash.BaseURL), API: c.EnKash.API, Type: paymentType(c), Mode: y.ModeOfPayment,
		ValidFor: int64(y.ValidFor / time.Second), MaxInvoices: y.MaxInvoices, NetCredits: y.NetCredits, Minimum: y.Minimum,
		RequireInvoice: y.PlatformInvoice == config.InvoiceRequired, AttemptAfter: y.SecondAttemptAfter,
		Caps:      proposal.Caps{Invoice: y.Caps.Invoice, Supplier: y.Caps.Supplier, Run: y.Caps.Run, Day: y.Caps.Day},
		Overrides: c.Overridden,
	}
	for _, s := range c.Settings() {
		if !slices.ContainsFunc(notAboutPayments(), func(prefix string) bool { return strings.HasPrefix(s.Name, prefix) }) {
			p.Settings = append(p.Settings, proposal.Setting(s))
		}
	}
	return p
}

// notAboutPayments are the settings under which a payment is the same payment.
func notAboutPayments() []string {
	return []string{"output", "mail", "schedule", "metrics", "ping", "listen", "receivables"}
}

// planInputs are the files that a proposal was made from.
func planInputs(book *ledger.Book, suppliers *ledger.Input, logs []payment.LogInput) []proposal.Input {
	var all []proposal.Input
	for _, in := range book.Inputs {
		all = append(all, proposal.Input{Path: in.Path, SHA256: in.SHA256})
	}
	if suppliers != nil {
		all = append(all, proposal.Input{Path: suppliers.Path, SHA256: suppliers.SHA256})
	}
	for _, in := range logs {
		all = append(all, proposal.Input{Path: in.Path, SHA256: in.SHA256})
	}
	return all
}

// lostLog names a log of which a part is lost, so that payments may be under way
// of which nobody knows: a compressed file that ends too early, or a file of
// which nothing could be read. Empty where there is none.
func lostLog(logs []payment.LogInput, problems []source.Problem) string {
	for _, p := range problems {
		if p.Check == enkash.CheckFileTorn {
			return p.Pos.File
		}
	}
	for _, in := range logs {
		if in.Quarantined > 0 && in.Quarantined == in.Bodies && in.Gone == 0 {
			return in.Path
		}
	}
	return ""
}

// A lastPayment is the newest payment to a supplier whose account is known, and
// the row that it paid; nil where the books have it no more.
type lastPayment struct {
	*matcher.LineResult
	item *ledger.Item
}

// lastPayments returns them by supplier.
func lastPayments(result *matcher.Result) map[string]lastPayment {
	newest := make(map[string]lastPayment)
	note := func(supplier string, l *matcher.LineResult, item *ledger.Item) {
		last, known := newest[supplier]
		// Of several that one payment paid, one that went elsewhere counts.
		agrees := known && l.Remittance == last.Remittance && last.item != nil && matcher.BankChange(last.item, last.Line) == ""
		if !known || later(l.Remittance, last.Remittance) || agrees {
			newest[supplier] = lastPayment{l, item}
		}
	}
	for i := range result.Lines {
		l := &result.Lines[i]
		switch {
		case l.Line.Last4 == "" && l.Line.IFSC == "":
		case unexplained(l):
			note(l.Remittance.Supplier, l, nil)
		case l.Rule != matcher.Suggested:
			for _, it := range l.Items {
				note(it.Supplier.B2BID, l, it)
			}
		}
	}
	return newest
}

// change says how the account of the payment differs from the ledger's: of the row
// that it paid, else of the row that is to be paid. While it does, either side may
// have been tampered with.
func (last lastPayment) change(it *ledger.Item) string {
	if last.LineResult == nil {
		return ""
	}
	return matcher.BankChange(cmp.Or(last.item, it), last.Line)
}

// later orders payments by their time, and those of one moment by objectId.
func later(a, b *payment.Remittance) bool {
	return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.ObjectID, b.ObjectID)) > 0
}

// sourceOf is where an item stands, as proposals name it: file:row, with the sheet
// of a workbook, so that no two rows have one name.
func sourceOf(it *ledger.Item) string { return it.Pos.String() }

// unmatched returns the lines that are unexplained.
func unmatched(result *matcher.Result) []proposal.Unmatched {
	var open []proposal.Unmatched
	for i := range result.Lines {
		if l := &result.Lines[i]; unexplained(l) {
			open = append(open, proposal.Unmatched{
				Supplier: l.Remittance.Supplier, NumberKey: l.Line.Key, Net: l.Line.Net, ObjectID: l.Remittance.ObjectID,
			})
		}
	}
	return open
}

// unexplained tells whether a line stands or is in flight and belongs to no item.
func unexplained(l *matcher.LineResult) bool {
	alive := l.Remittance.Stands(l.Line) || l.Remittance.InFlight(l.Line)
	return alive && (len(l.Items) == 0 || l.Rule == matcher.Suggested)
}
