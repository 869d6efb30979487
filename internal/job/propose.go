package job

import (
	"cmp"
	"strconv"
	"strings"

	"reconcile/internal/enkash"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// proposal turns what the matcher found into candidates for payment and asks
// payment.Propose about each: the one place where the books and our payments
// meet. An unset type, or a policy that is off, proposes nothing.
func proposal(t payment.Type, isDue func(*ledger.Item) bool, result *matcher.Result, book *ledger.Book, unreadableLog string) []payment.ProposalLine {
	if t == 0 {
		return nil
	}
	quarantined := make(map[string]bool)
	for _, in := range book.Inputs {
		quarantined[in.Path] = in.Doubtful
	}
	changes := bankChanges(result)
	credits := make(map[string]money.Paise)
	var candidates []payment.Candidate
	for i := range result.Items {
		r := &result.Items[i]
		it := r.Item
		// What stands below zero is a credit, whatever the ledger calls it.
		if r.Status == matcher.Credit || it.Cash() < 0 {
			credits[it.Supplier.B2BID] += it.Cash().Abs()
			continue
		}
		amount, candidate := payable(t, r, isDue)
		if !candidate {
			continue
		}
		candidates = append(candidates, payment.Candidate{
			ProposalLine: payment.ProposalLine{
				Debt: payment.Debt{
					Buyer: it.Buyer, Supplier: it.Supplier.B2BID, NumberKey: it.Key, Year: it.Year(), Part: it.Part,
				},
				SupplierName: it.Supplier.Name,
				Number:       it.Number,
				Source:       sourceOf(it),
				DueDate:      it.DueDate,
				Amount:       amount,
			},
			UTR:         it.UTR,
			Quarantined: quarantined[it.Pos.File],
			BankChange:  changes[it.Supplier.B2BID],
			LostLog:     unreadableLog,
		})
	}
	return payment.Propose(t, candidates, unmatched(result), credits)
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
		if in.Quarantined > 0 && in.Quarantined == in.Bodies {
			return in.Path
		}
	}
	return ""
}

// bankChanges returns by supplier how the account of its newest payment differs
// from the ledger's: while it does, either side may have been tampered with.
func bankChanges(result *matcher.Result) map[string]string {
	newest := make(map[string]*matcher.Share)
	changes := make(map[string]string)
	for i := range result.Items {
		r := &result.Items[i]
		for k := range r.Matches {
			m := &r.Matches[k]
			if m.Rule == matcher.Suggested || m.Line.Last4 == "" && m.Line.IFSC == "" {
				continue
			}
			supplier := r.Item.Supplier.B2BID
			if last := newest[supplier]; last == nil || later(m, last) {
				newest[supplier] = m
				changes[supplier] = matcher.BankChange(r.Item, m.Line)
			}
		}
	}
	return changes
}

// later orders payments by their time, and those of one moment by objectId.
func later(a, b *matcher.Share) bool {
	return cmp.Or(a.Remittance.Time.Compare(b.Remittance.Time), strings.Compare(a.Remittance.ObjectID, b.Remittance.ObjectID)) > 0
}

// sourceOf is where an item stands, as proposals name it.
func sourceOf(it *ledger.Item) string { return it.Pos.File + ":" + strconv.Itoa(it.Pos.Row) }

// payable says what of an item its status makes a payment of (contract, section
// 5.1). ONPLATFORM pays what is due, and the rest of what was paid in part where
// books and platform agree so far; OFFPLATFORM reports what the books paid and
// no event supports.
func payable(t payment.Type, r *matcher.ItemResult, isDue func(*ledger.Item) bool) (money.Paise, bool) {
	it := r.Item
	switch {
	case t == payment.OffPlatform:
		return it.Paid, r.Status == matcher.Unsupported
	case r.Status == matcher.Due:
		return it.Due, true
	case r.Status == matcher.PartPaid:
		return it.Cash() - r.CashPaid, it.Hold == "" && isDue(it) && agree(r)
	}
	return 0, false
}

// agree tells whether books and platform say the same of an item so far.
func agree(r *matcher.ItemResult) bool {
	for _, b := range r.Breaks {
		if b.Code != matcher.ReferenceVariant {
			return false
		}
	}
	return true
}

// unmatched returns the lines that stand or are in flight and belong to no item.
func unmatched(result *matcher.Result) []payment.Unmatched {
	var open []payment.Unmatched
	for i := range result.Lines {
		l := &result.Lines[i]
		alive := l.Remittance.Stands(l.Line) || l.Remittance.InFlight(l.Line)
		if alive && (len(l.Items) == 0 || l.Rule == matcher.Suggested) {
			open = append(open, payment.Unmatched{
				Supplier: l.Remittance.Supplier, NumberKey: l.Line.Key, Net: l.Line.Net, ObjectID: l.Remittance.ObjectID,
			})
		}
	}
	return open
}
