package proposal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/statute"
)

// A claim is a candidate on its way through Propose.
type claim struct {
	*Candidate
	invoice *payment.Invoice // what the platform says of it; nil where nothing

	payee  Payee // without its digest
	due    money.Paise
	splits []Split
	net    money.Paise // cash that would be sent: the amount, less credits that are netted

	instalment, attempt int
	second              bool
	failed              Failure // what makes it a second attempt

	msmeBy, gstBy day.Date

	refused     *refusal // nil while nothing is against it
	instruction string   // objectId, once it is in one
}

// Propose says of each candidate that it is in, or why not, and makes the
// instructions that would be sent. It is pure: the order of the arguments does
// not matter, and it knows no clock but World.Now.
//
// What is against a candidate by itself is asked first (against.go). The rest
// then compete, those first that the law wants paid first: for the credits of
// their supplier (credit.go) and for the room under the caps (cap.go). What is
// left becomes instructions (group.go).
func Propose(policy Policy, candidates []Candidate, world World) *Proposal {
	policy = policy.withDefaults()
	s := newSurvey(policy, candidates, world)
	claims := make([]*claim, len(candidates))
	for i := range candidates {
		claims[i] = s.claim(&candidates[i])
	}
	slices.SortFunc(claims, byUrgency)
	for _, c := range claims {
		c.refused = s.against(c)
	}
	s.oneInstalment(claims)
	s.useCredits(claims)
	s.wholeTransfers(claims)
	s.fitCaps(claims)
	instructions := s.group(claims)

	return &Proposal{
		AsOf: policy.AsOf, Round: policy.Round, Maker: policy.Maker, BaseURL: policy.BaseURL, API: policy.API,
		Type: policy.Type, ValidFor: policy.ValidFor,
		Funding:      funding(policy, instructions),
		Instructions: instructions,
		Lines:        lines(claims),
		Inputs:       sortedInputs(policy.Inputs),
		Settings:     slices.Clone(policy.Settings),
		Overrides:    slices.Sorted(slices.Values(policy.Overrides)),
	}
}

func (p Policy) withDefaults() Policy {
	p.Round = max(p.Round, 1)
	p.AttemptAfter = max(p.AttemptAfter, attemptAfter)
	p.MaxInvoices = min(max(p.MaxInvoices, 1), MaxInvoices)
	if p.API == "" {
		p.API = APIReqPay
	}
	if p.API == APIPayment {
		p.MaxInvoices = 1 // its request has one amount, which says of several ids nothing
	}
	return p
}

// claim prepares a candidate: what it would settle, and by when the law wants
// it paid.
func (s *survey) claim(c *Candidate) *claim {
	l := &claim{
		Candidate: c, invoice: s.invoiceOf(c), net: c.Amount,
		payee: Payee{Last4: c.Account.Last4, IFSC: c.IFSC, Beneficiary: c.Beneficiary, VPA: s.policy.Address(c)},
	}
	l.due, l.splits = settle(c)
	l.instalment, l.attempt, l.second = s.turn(c)
	l.failed = s.lastFailure(c)
	accepted := c.AcceptanceDate
	if accepted == 0 {
		accepted = c.InvoiceDate // the earliest day on which it can have been accepted: the careful reading
	}
	l.msmeBy = statute.MSMEPayBy(statute.Enterprise{Size: c.MSME, Trader: c.Trader, Agreement: c.Agreement, Days: c.AgreementDays}, accepted)
	if c.Taxable == 0 || c.Taxable < c.Gross {
		l.gstBy = statute.GSTPayBy(c.InvoiceDate)
	}
	return l
}

// Address is the UPI address that money goes to, empty where it goes to none: where
// an account is given, only if UPI is how it is paid. Beside the account of a transfer
// it would be a second destination, which nobody compares with where money went before.
func (p Policy) Address(c *Candidate) string {
	if p.Type == payment.OnPlatform && c.Account.Last4 != "" && p.Mode != "UPI" {
		return ""
	}
	return c.VPA
}

// settle says what is open of a candidate before its payment, cash and
// adjustment, and how the adjustment of this payment divides. Tax that an
// earlier payment reported is not reported again; of what was settled without
// cash so far, the tax comes first.
func settle(c *Candidate) (due money.Paise, splits []Split) {
	withheld := c.TDS + c.Adjustment
	tax := max(0, c.TDS-c.Adjusted)
	rest := max(0, withheld-max(c.Adjusted, c.TDS))
	if tax > 0 {
		splits = append(splits, Split{Name: SplitTDS, Value: tax, RefNo: c.Section})
	}
	if rest > 0 {
		splits = append(splits, Split{Name: SplitAdjustment, Value: rest})
	}
	return c.Cash - c.CashPaid - max(0, c.Adjusted-withheld) + tax + rest, splits
}

// adjustment is what the claim settles without cash.
func (c *claim) adjustment() money.Paise {
	var sum money.Paise
	for _, s := range c.splits {
		sum += s.Value
	}
	return sum
}

// byUrgency puts first whom the law wants paid first: micro and small
// enterprises by their day, then whose GST credit is lost first, then what is
// due first. It is a total order, so that nothing depends on how candidates came.
func byUrgency(a, b *claim) int {
	return cmp.Or(
		byDate(a.msmeBy, b.msmeBy),
		byDate(a.gstBy, b.gstBy),
		byDate(a.DueDate, b.DueDate),
		byPlace(a, b))
}

// byDate orders days, and what has none behind them.
func byDate(a, b day.Date) int {
	if (a == 0) != (b == 0) {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

func byPlace(a, b *claim) int {
	c := cmp.Or(
		strings.Compare(a.Debt.Buyer, b.Debt.Buyer),
		strings.Compare(a.Debt.Supplier, b.Debt.Supplier),
		cmp.Compare(a.DueDate, b.DueDate),
		strings.Compare(a.Number, b.Number),
		strings.Compare(a.Source, b.Source))
	if c == 0 { // two rows at one place: any order that does not depend on the arguments
		c = strings.Compare(fmt.Sprint(*a.Candidate), fmt.Sprint(*b.Candidate))
	}
	return c
}

// lines are by buyer, supplier, due date and number, as a reader looks for them.
func lines(claims []*claim) []Line {
	sorted := slices.Clone(claims)
	slices.SortFunc(sorted, byPlace)
	all := make([]Line, len(sorted))
	for i, c := range sorted {
		l := Line{
			Debt: c.Debt, SupplierName: c.SupplierName, Number: c.Number, Source: c.Source, DueDate: c.DueDate,
			Amount: c.Amount, Instruction: c.instruction, SecondAttempt: c.second, Failed: c.failed,
		}
		if c.refused == nil {
			l.Amount = c.net
		} else {
			l.Reason, l.Why = c.refused.reason, c.refused.why
		}
		l.PayBy, l.PayByRule = c.payBy()
		all[i] = l
	}
	return all
}

// The rules by which a day is set.
const (
	ruleMSME = "MSMED Act 2006, s. 15"
	ruleGST  = "CGST Act 2017, s. 16(2): 180 days"
)

func (c *claim) payBy() (day.Date, string) {
	switch {
	case c.msmeBy != 0 && (c.gstBy == 0 || c.msmeBy <= c.gstBy):
		return c.msmeBy, ruleMSME
	case c.gstBy != 0:
		return c.gstBy, ruleGST
	}
	return 0, ""
}

// funding sums the cash by buyer. What only reports money that moved needs none.
func funding(policy Policy, instructions []Instruction) []Funding {
	if policy.Type != payment.OnPlatform {
		return nil
	}
	var all []Funding
	for i := range instructions {
		in := &instructions[i]
		k := slices.IndexFunc(all, func(f Funding) bool { return f.Buyer == in.Buyer })
		if k < 0 {
			k = len(all)
			all = append(all, Funding{Buyer: in.Buyer, Date: policy.AsOf})
		}
		all[k].Instructions++
		all[k].Net += in.Net
	}
	slices.SortFunc(all, func(a, b Funding) int { return strings.Compare(a.Buyer, b.Buyer) })
	return all
}

func sortedInputs(inputs []Input) []Input {
	sorted := slices.Clone(inputs)
	slices.SortFunc(sorted, func(a, b Input) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.SHA256, b.SHA256))
	})
	return sorted
}
