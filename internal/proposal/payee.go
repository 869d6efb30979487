package proposal

import (
	"cmp"
	"fmt"
	"strings"

	"reconcile/internal/payment"
)

// payeeInDoubt asks whether the money would go where it should. Money that was
// paid elsewhere goes nowhere.
func (s *survey) payeeInDoubt(c *claim) *refusal {
	if why := s.frozen[c.Debt.Supplier]; why != "" {
		return because(SupplierFrozen, "why", why)
	}
	if s.policy.Type != payment.OnPlatform {
		return nil
	}
	released, over := s.accountReleased(c)
	if released {
		return nil
	}
	if c.BankChange != "" {
		return because(BankChanged, "account", c.BankChange, "released", over)
	}
	for _, h := range s.holders[c.Account.Fingerprint] {
		if h.Supplier != c.Debt.Supplier && (h.PAN == "" || h.PAN != c.PAN) {
			return because(AccountShared, "supplier", strings.TrimSpace(h.Name+" "+shown(h.Supplier)), "released", over)
		}
	}
	if !s.paidBefore(c) {
		return because(FirstPayment, "account", c.accountName(), "released", over)
	}
	return nil
}

// shown is how a party.Supplier.ID without a B2B id is written.
func shown(id string) string { return strings.TrimPrefix(id, "\x00") }

// accountReleased tells whether two people released the claim's account, and no
// money of ours has gone to another account of the supplier since: then the
// account has changed once more, and people are asked once more. What the claim's
// own plan paid to another account ends nothing: both were approved at once, and
// the rest of a plan does not hang on when it is sent. Of a release that is over,
// over says since when.
func (s *survey) accountReleased(c *claim) (released bool, over string) {
	given, released := s.releasedAt[AccountRelease(c.Debt.Supplier, c.Account, c.IFSC, c.payee.VPA)]
	if !released {
		return false, ""
	}
	var end KnownAccount // the first payment to another account
	other := func(p KnownAccount) {
		// A moment that has not come is a mistake of the log, and nobody could release
		// anything after it.
		since := p.At.After(given.At) && !p.At.After(s.world.Now)
		together := c.Plan != "" && p.Plan == c.Plan
		if since && !together && (end.At.IsZero() || cmp.Or(p.At.Compare(end.At), strings.Compare(p.ObjectID, end.ObjectID)) < 0) {
			end = p
		}
	}
	for _, p := range s.paidTo[c.Debt.Supplier] {
		if p.PayeeDigest != "" && p.PayeeDigest != PayeeDigest(p.ObjectID, c.Account) {
			other(KnownAccount{ObjectID: p.ObjectID, Plan: p.Plan, At: p.Begun})
		}
	}
	for _, k := range s.accounts[c.Debt.Supplier] {
		if !k.is(c) {
			other(k)
		}
	}
	if end.At.IsZero() {
		return true, ""
	}
	return false, fmt.Sprintf(" (released on %s, over since payment %s)", given.On, end.ObjectID)
}

// paidBefore tells whether money of ours arrived at the claim's account. The
// journal knows an account by its whole number and the logs by the last digits
// and the branch: where the journal knows one, its word is needed too. To which UPI
// address money went neither tells, and where the books have no account there is
// nothing to compare.
func (s *survey) paidBefore(c *claim) bool {
	if c.payee.VPA != "" || c.Account.Last4 == "" {
		return c.payee.VPA == ""
	}
	known, same := false, false
	for _, p := range s.paidTo[c.Debt.Supplier] {
		if p.Paid && p.PayeeDigest != "" {
			known, same = true, same || p.PayeeDigest == PayeeDigest(p.ObjectID, c.Account)
		}
	}
	shown := false
	for _, k := range s.accounts[c.Debt.Supplier] {
		if k.Last4 == c.Account.Last4 {
			if k.is(c) {
				return same || !known
			}
			shown = true
		}
	}
	return same && !shown
}

// is tells whether a known account may be that of the claim: nothing that both
// sides tell differs.
func (k *KnownAccount) is(c *claim) bool {
	n := min(len(k.Last4), len(c.Account.Last4))
	return k.Last4[len(k.Last4)-n:] == c.Account.Last4[len(c.Account.Last4)-n:] &&
		(k.IFSC == "" || c.IFSC == "" || k.IFSC == c.IFSC)
}

// accountName is how people are told of an account: never whose UPI address it is.
func (c *claim) accountName() string {
	if c.payee.VPA != "" || c.Account.Last4 == "" {
		_, bank, _ := strings.Cut(c.payee.VPA, "@")
		return "VPA ****@" + bank
	}
	return "account ending in " + c.Account.Last4
}
