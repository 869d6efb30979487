package proposal

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// check tells the first thing in a proposal that does not tie. It is asked of
// what Propose made and of every plan that is read, so that nothing downstream
// has to add up again what it can find here in one place.
func (p *Proposal) check() error {
	switch {
	case p.AsOf == 0:
		return errors.New("it has no business date")
	case p.Round < 1:
		return fmt.Errorf("its round is %d", p.Round)
	case p.ValidFor < 0:
		return fmt.Errorf("it is valid for %d seconds", p.ValidFor)
	case p.API != APIReqPay && p.API != APIPayment:
		return fmt.Errorf("its API is %q", p.API)
	case p.Type != payment.OnPlatform && p.Type != payment.OffPlatform:
		return errors.New("its type is neither ONPLATFORM nor OFFPLATFORM")
	}
	if err := p.checkTexts(); err != nil {
		return err
	}
	if total, err := p.total(); err != nil || total > money.Max {
		return errors.New("its instructions come to more than can be paid")
	}
	ids := make(map[string]bool)
	references := make(map[string]bool)
	debts, paymentIDs := make(map[payment.Debt]bool), make(map[string]bool)
	for i := range p.Instructions {
		in := &p.Instructions[i]
		if err := p.checkInstruction(in); err != nil {
			return fmt.Errorf("instruction %d: %w", i+1, err)
		}
		if ids[in.ObjectID] {
			return fmt.Errorf("instruction %d: the id %s stands twice", i+1, in.ObjectID)
		}
		ids[in.ObjectID] = true
		if reference := party.UTR(in.Reference); !NumbersRepeat(in.Mode) {
			if references[reference] {
				return fmt.Errorf("instruction %d: the reference %s stands twice", i+1, in.Reference)
			}
			references[reference] = true
		}
		for k := range in.Allocations {
			a := &in.Allocations[k]
			if debts[a.Debt] {
				return fmt.Errorf("instruction %d: the debt of invoice %s stands twice", i+1, a.Number)
			}
			if p.API == APIPayment && paymentIDs[a.PaymentID] {
				return fmt.Errorf("instruction %d: the payment id of invoice %s stands twice", i+1, a.Number)
			}
			debts[a.Debt], paymentIDs[a.PaymentID] = true, true
		}
	}
	if err := p.checkLines(len(debts)); err != nil {
		return err
	}
	if want := funding(Policy{Type: p.Type, AsOf: p.AsOf}, p.Instructions); !slices.Equal(p.Funding, want) {
		return errors.New("the funding is not the sum of the instructions")
	}
	return nil
}

// total adds up the cash of all instructions, however large a plan says it is.
func (p *Proposal) total() (money.Paise, error) {
	var sum money.Paise
	var err error
	for i := range p.Instructions {
		if sum, err = sum.Add(p.Instructions[i].Net); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

func (p *Proposal) checkTexts() error {
	texts := slices.Concat([]string{p.Maker, p.BaseURL}, p.Overrides)
	for _, in := range p.Inputs {
		texts = append(texts, in.Path, in.SHA256)
	}
	for _, s := range p.Settings {
		texts = append(texts, s.Name, s.Value)
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		texts = append(texts, l.Debt.Buyer, l.Debt.Supplier, l.Debt.NumberKey, l.Debt.Part, l.SupplierName, l.Number, l.Source, l.Why)
	}
	for i := range p.Instructions {
		texts = append(texts, p.Instructions[i].SupplierName)
		for _, a := range p.Instructions[i].Allocations {
			texts = append(texts, a.Source)
		}
	}
	for _, t := range texts {
		if !utf8.ValidString(t) {
			return fmt.Errorf("%q is not UTF-8 text", t)
		}
	}
	return nil
}

func (p *Proposal) checkInstruction(in *Instruction) error {
	switch {
	case in.Attempt < 1:
		return fmt.Errorf("its attempt is %d", in.Attempt)
	case len(in.Allocations) == 0 || len(in.Allocations) > MaxInvoices:
		return fmt.Errorf("it has %d invoices, and may have 1 to %d", len(in.Allocations), MaxInvoices)
	case in.ObjectID != ObjectID(in.Buyer, in.Supplier, in.Allocations, in.Attempt):
		return fmt.Errorf("%s is not the id of what it pays", in.ObjectID)
	case !slices.Contains(Modes(), in.Mode):
		return fmt.Errorf("%q is no mode of payment", in.Mode)
	case p.Type == payment.OnPlatform && (in.Reference != Reference(in.ObjectID) || in.PaymentDate != 0):
		return fmt.Errorf("%q is not its reference", in.Reference)
	case in.Payee.Last4 != "" && !last4Form.MatchString(in.Payee.Last4), in.Payee.IFSC != "" && !ifscForm.MatchString(in.Payee.IFSC):
		return errors.New("its account is none")
	case in.Payee.Digest != "" && !digestForm.MatchString(in.Payee.Digest):
		return errors.New("the digest of its account is none")
	}
	list := []field{
		{"buyer", in.Buyer, maxB2BID, true}, {"supplier", in.Supplier, maxB2BID, true}, {"reference", in.Reference, maxNumber, true},
		{"beneficiary", in.Payee.Beneficiary, maxText, false}, {"VPA", in.Payee.VPA, maxText, false},
	}
	var net, adjustment money.Paise
	for i := range in.Allocations {
		a := &in.Allocations[i]
		if a.Debt.Buyer != in.Buyer || a.Debt.Supplier != in.Supplier {
			return fmt.Errorf("invoice %s is between other parties", a.Number)
		}
		if err := a.check(); err != nil {
			return fmt.Errorf("invoice %s: %w", a.Number, err)
		}
		list = append(list, field{"invoice number", a.Number, maxNumber, true}, field{"invoice status", a.InvoiceStatus, maxText, false},
			field{"payment id", a.PaymentID, maxText, p.API == APIPayment})
		for _, s := range a.Splits {
			list = append(list, field{"reference of a split", s.RefNo, maxNumber, false})
		}
		net, adjustment = net+a.Net, adjustment+a.Adjustment
	}
	for _, f := range list {
		if why := fault(f.text, f.limit); why != "" || f.needed && f.text == "" {
			return fmt.Errorf("the %s %q %s", f.name, f.text, why)
		}
	}
	if in.Net != net || in.Adjustment != adjustment || in.Total != net+adjustment {
		return fmt.Errorf("net %s, adjustment %s and total %s are not the sums of its invoices", in.Net, in.Adjustment, in.Total)
	}
	return nil
}

// check tests one allocation. Every amount is at most money.Max, so that the
// sums of fifty cannot overflow.
func (a *Allocation) check() error {
	for _, amount := range []money.Paise{a.Gross, a.Owed, a.Due, a.Net, a.Adjustment} {
		if amount < 0 || amount > money.Max {
			return fmt.Errorf("the amount %s is out of range", amount)
		}
	}
	var splits money.Paise
	for _, s := range a.Splits {
		if s.Value <= 0 || s.Value > money.Max {
			return fmt.Errorf("the split %s of %s is out of range", s.Name, s.Value)
		}
		if !slices.Contains([]string{SplitTDS, SplitCreditNote, SplitAdjustment}, s.Name) {
			return fmt.Errorf("%q is no split", s.Name)
		}
		if splits += s.Value; splits > money.Max {
			return errors.New("the splits are out of range")
		}
	}
	switch {
	case a.Instalment < 1:
		return fmt.Errorf("its instalment is %d", a.Instalment)
	case a.Debt.NumberKey == "" || a.Debt.NumberKey != party.NumberKey(a.Number):
		return errors.New("its number key is not that of its number")
	case a.Debt.Year < 1900 || a.Debt.Year > 9999: // what the journal takes as a debt
		return errors.New("its invoice has no financial year")
	case a.InvoiceID != "" && !invoiceIDForm.MatchString(a.InvoiceID):
		return fmt.Errorf("%q is no id of an invoice", a.InvoiceID)
	case a.ObjectVersion < 0:
		return fmt.Errorf("its version is %d", a.ObjectVersion)
	case a.Net == 0:
		return errors.New("it pays nothing")
	case splits != a.Adjustment:
		return fmt.Errorf("the splits come to %s, and the adjustment is %s", splits, a.Adjustment)
	case a.Net > a.Owed:
		return fmt.Errorf("it pays %s of %s that are owed", a.Net, a.Owed)
	case a.Net+a.Adjustment > a.Due || a.Due > a.Gross:
		return fmt.Errorf("it settles %s of %s that are open of an invoice over %s", a.Net+a.Adjustment, a.Due, a.Gross)
	}
	return nil
}

// checkLines: each line is in or has a reason, and each allocation has one line.
func (p *Proposal) checkLines(allocations int) error {
	type place struct {
		id     string
		debt   payment.Debt
		source string
		net    money.Paise
	}
	open := make(map[place]bool, allocations)
	for i := range p.Instructions {
		for _, a := range p.Instructions[i].Allocations {
			open[place{p.Instructions[i].ObjectID, a.Debt, a.Source, a.Net}] = true
		}
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		switch {
		case l.Instruction == "" && (rank(l.Reason) < 0 || l.Why == ""):
			return fmt.Errorf("line %d, invoice %s, is neither in nor left out for a reason", i+1, l.Number)
		case l.Instruction == "":
			continue
		case l.Reason != "" || l.Why != "":
			return fmt.Errorf("line %d, invoice %s, is in and has a reason why not", i+1, l.Number)
		}
		at := place{l.Instruction, l.Debt, l.Source, l.Amount}
		if !open[at] {
			return fmt.Errorf("line %d, invoice %s, is in no instruction as it stands", i+1, l.Number)
		}
		delete(open, at)
	}
	if len(open) > 0 {
		return fmt.Errorf("%d invoices of the instructions have no line", len(open))
	}
	return nil
}
