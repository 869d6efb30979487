package matcher

import (
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/statute"
)

// A groupResult is the result of one group, and the lines that the round across
// suppliers may still place.
type groupResult struct {
	result   Result
	leftover []LineRef
}

func matchGroup(g Group, r Rules) groupResult {
	c := newCascade(g, r)
	c.run()
	var out groupResult
	for _, l := range c.lines {
		if l.open() {
			out.leftover = append(out.leftover, l.LineRef)
		}
	}
	c.settle(g.Across)
	c.suggest()
	for _, it := range c.claimants {
		out.result.Items = append(out.result.Items, judge(it, r))
	}
	for _, l := range c.lines {
		out.result.Lines = append(out.result.Lines, c.place(l, g.Reused))
	}
	return out
}

// A caseFile is one item with its lines sorted by what they count for.
type caseFile struct {
	*claimant
	rules    Rules
	owed     money.Paise // C
	net      money.Paise // N, over the standing lines
	adjusted money.Paise // A
	flying   money.Paise // F
	standing []Share
	inFlight []Share
	other    []Share // failed, reversed or rejected
	rule     Rule
	settled  bool
}

// judge says where an item stands, and what differs.
func judge(it *claimant, r Rules) ItemResult {
	f := open(it, r)
	res := ItemResult{
		Item: it.item, Rule: f.rule,
		CashPaid: f.net, Adjusted: f.adjusted, InFlight: f.flying,
		Matches: it.matches, Confirmation: f.confirmation(), Note: it.note,
	}
	if it.item.DueDate != 0 {
		res.AgeDays = int(r.AsOf - it.item.DueDate)
	}
	slices.SortFunc(res.Matches, func(a, b Share) int {
		return compareIDs(a, b)
	})
	res.Status = f.status()
	res.Breaks, res.Note = f.breaks(res.Status)
	if res.Status == Due && f.held(res.Breaks) {
		res.Status = OnHold
	}
	return res
}

// open sorts the lines of an item by what they count for, and adds them up. A
// suggestion counts as nothing.
func open(it *claimant, r Rules) *caseFile {
	f := &caseFile{claimant: it, rules: r, owed: it.item.Cash(), rule: NoMatch}
	weakest, weakestAlive := Rule(0), Rule(0)
	for _, m := range it.matches {
		weakest = max(weakest, m.Rule)
		if m.Rule == Suggested {
			continue
		}
		switch {
		case m.Remittance.Stands(m.Line):
			f.standing = append(f.standing, m)
			f.net += m.Net
			f.adjusted += m.Adjustment
		case m.Remittance.InFlight(m.Line):
			f.inFlight = append(f.inFlight, m)
			f.flying += m.Net
		default:
			f.other = append(f.other, m)
			continue
		}
		weakestAlive = max(weakestAlive, m.Rule)
	}
	if weakestAlive != 0 {
		f.rule = weakestAlive
	} else if weakest != 0 {
		f.rule = weakest
	}
	f.settled = f.isSettled()
	return f
}

// isSettled tells whether what stands covers what is owed: in cash, or in cash
// and an adjustment that somebody can explain.
func (f *caseFile) isSettled() bool {
	if len(f.standing) == 0 {
		return false
	}
	tol := f.rules.Tolerance
	if f.net >= f.owed-tol {
		return true
	}
	if f.net+f.adjusted < f.item.Gross-tol {
		return false
	}
	return (f.adjusted-f.item.Withheld()).Abs() <= tol || len(f.explain(f.adjusted)) > 0
}

// explain returns the withholding rates that account for a gap.
func (f *caseFile) explain(gap money.Paise) []statute.Explanation {
	if !f.item.HasTaxable {
		return nil
	}
	return statute.Explain(gap, f.item.Taxable, f.item.InvoiceDate)
}

// status returns the first status that applies (contract, section 5.1). Due may
// still turn out to be on hold.
func (f *caseFile) status() Status {
	tol := f.rules.Tolerance
	switch {
	case f.item.Type != ledger.Invoice:
		return Credit
	case f.settled && f.rule != CrossSupplier && f.confirmation() == "accepted":
		return Confirmed
	case f.settled:
		return Paid
	case len(f.inFlight) > 0:
		return InFlight
	case f.net > 0:
		return PartPaid
	case f.item.Paid > tol && f.paidOutside():
		return Outside
	case f.item.Paid > tol:
		return Unsupported
	case f.owed <= tol:
		return Closed
	case f.item.DueDate != 0 && f.item.DueDate > f.rules.AsOf+day.Date(f.rules.LeadDays):
		return NotDue
	}
	return Due
}

// paidOutside tells whether the books say that it was paid before the log
// begins, or by a mode that the log does not cover.
func (f *caseFile) paidOutside() bool {
	it := f.item
	if it.PaymentDate != 0 && it.PaymentDate < f.rules.CoversFrom {
		return true
	}
	return len(f.rules.CoversModes) > 0 && it.PaymentMode != "" && !slices.Contains(f.rules.CoversModes, it.PaymentMode)
}

// held tells whether an item that is due has a reason of its own not to be paid.
func (f *caseFile) held(breaks []Break) bool {
	return f.item.Hold != "" || !payable(f.item.InvoiceStatus) || f.rule == Suggested ||
		slices.ContainsFunc(breaks, func(b Break) bool { return blocking(b.Code) })
}

// payable tells whether an invoice of this platform status may be paid. The
// platform lists no statuses; those of its neighbours are known, and any other
// is a reason to ask.
func payable(status string) bool {
	switch strings.ReplaceAll(status, "_", " ") {
	case "", "CONFIRMED", "ACCEPTED", "UNPAID", "PARTIAL PAID", "PARTIALLY PAID", "PAYMENT PENDING":
		return true
	}
	return false
}

// confirmation sums up what the supplier said of the standing lines, or where
// none stands, of all.
func (f *caseFile) confirmation() string {
	lines := f.standing
	if len(lines) == 0 {
		lines = slices.Concat(f.inFlight, f.other)
	}
	if len(lines) == 0 {
		return payment.Unconfirmed.String()
	}
	first := lines[0].Line.Confirmation
	for _, m := range lines[1:] {
		if m.Line.Confirmation != first {
			return "partial"
		}
	}
	return first.String()
}

// place says where a line went, and what is wrong with it.
func (c *cascade) place(l *claimed, reused map[string]string) LineResult {
	res := LineResult{Remittance: l.Remittance, Line: l.Line, Rule: l.rule}
	for _, it := range l.items {
		res.Items = append(res.Items, it.item)
	}
	slices.SortFunc(res.Items, comparePlace)
	res.Breaks = lineBreaks(l, reused)
	return res
}
