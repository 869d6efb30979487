package posting

import (
	"fmt"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/statute"
)

// Entries returns what is to be booked, in the order of the items, and for each
// of them in the order of its payments. Amounts up to tolerance apart are equal.
func Entries(r *matcher.Result, tolerance money.Paise) []Entry {
	var all []Entry
	references := referencesOf(r)
	for i := range r.Items {
		item := &r.Items[i]
		for _, b := range item.Breaks {
			if b.Code == matcher.LedgerBehind {
				all = append(all, entriesOf(item, b.ExceptionID, tolerance, references)...)
			}
		}
	}
	return all
}

// referencesOf returns the items by the bank reference that the books give them.
func referencesOf(r *matcher.Result) map[string][]*matcher.ItemResult {
	by := map[string][]*matcher.ItemResult{}
	for i := range r.Items {
		if utr := r.Items[i].Item.UTR; utr != "" {
			by[utr] = append(by[utr], &r.Items[i])
		}
	}
	return by
}

// elsewhere returns another row of the books that bears the bank reference of a
// payment without being one of those that it pays: an advance, or a payment on
// account, as which it may have been booked. It returns "" where there is none.
func elsewhere(m *matcher.Share, this *ledger.Item, references map[string][]*matcher.ItemResult) string {
	if !m.Remittance.UTRFinal || m.Remittance.UTR == "" {
		return ""
	}
	for _, other := range references[m.Remittance.UTR] {
		pays := false
		for i := range other.Matches {
			pays = pays || other.Matches[i].Remittance == m.Remittance && other.Matches[i].Rule != matcher.Suggested
		}
		if other.Item != this && !pays && other.Item.Supplier.ID() == this.Supplier.ID() {
			return other.Item.Pos.String()
		}
	}
	return ""
}

// entriesOf returns the entries of one item that the books are behind with.
func entriesOf(r *matcher.ItemResult, exception string, tolerance money.Paise, references map[string][]*matcher.ItemResult) []Entry {
	var standing []*matcher.Share
	for i := range r.Matches {
		if m := &r.Matches[i]; m.Rule != matcher.Suggested && m.Remittance.Stands(m.Line) {
			standing = append(standing, m)
		}
	}
	why := doubt(r)
	booked, which := bookedAmong(r.Item, standing, tolerance)
	if why == "" {
		why = which
	}
	var entries []Entry
	var shares []*matcher.Share
	for i, m := range standing {
		if why != "" || !booked[i] {
			entries, shares = append(entries, entryOf(r.Item, m, exception)), append(shares, m)
		}
	}
	if why == "" {
		why = withhold(r, entries, shares, tolerance)
	}
	for i := range entries {
		if entries[i].ByHand = why; why != "" {
			continue
		}
		entries[i].ByHand = flaw(&entries[i], shares[i])
		if place := elsewhere(shares[i], r.Item, references); place != "" {
			entries[i].ByHand = "the books have its bank reference in " + place + ", and it may be booked there"
		}
	}
	return entries
}

// doubt says why nothing of an item can be booked by a file; empty where nothing
// speaks against it.
func doubt(r *matcher.ItemResult) string {
	if r.Rule == matcher.CrossSupplier {
		return "the payment went to another supplier than the ledger has: settle whose it was first"
	}
	for _, b := range r.Breaks {
		switch b.Code {
		case matcher.DuplicateLedgerItem:
			return "the ledger has the invoice more than once: take one out first"
		case matcher.DamagedKey:
			return "a spreadsheet destroyed the invoice number: correct it in the books first"
		case matcher.LedgerArithmetic:
			return "the row of the ledger does not add up: correct it first"
		case matcher.AmbiguousMatch:
			return "several payments fit the invoice equally well: choose first"
		case matcher.SupplierAmbiguous:
			return "several suppliers of the master fit the row: say which first"
		}
	}
	return ""
}

// flaw says why one entry cannot be booked by a file.
func flaw(e *Entry, m *matcher.Share) string {
	switch {
	case m.Line.Unbalanced != "":
		return "the payment does not add up: " + m.Line.Unbalanced
	case e.Date == 0:
		return "the day of the payment is not known"
	case e.Cash <= 0:
		return "no cash left for this invoice"
	}
	return ""
}

// maxSearched is among how many payments of one invoice the booked ones are
// searched for; 2^12 sums are added up in no time.
const maxSearched = 12

// bookedAmong tells which of the standing payments the books have already: those
// that bear the bank reference of the books where their sum is what is booked,
// else the only ones whose sum it is. Where neither tells, why says so.
func bookedAmong(it *ledger.Item, standing []*matcher.Share, tolerance money.Paise) (booked []bool, why string) {
	booked = make([]bool, len(standing))
	if it.Paid <= tolerance {
		return booked, ""
	}
	var sum money.Paise
	for i, m := range standing {
		if it.UTR != "" && m.Remittance.UTRFinal && m.Remittance.UTR == it.UTR {
			booked[i] = true
			sum += m.Net
		}
	}
	if sum != 0 && (sum-it.Paid).Abs() <= tolerance {
		return booked, ""
	}
	clear(booked)
	paid := fmt.Sprintf("the books have %s as paid", it.Paid.Grouped())
	if len(standing) > maxSearched {
		return booked, fmt.Sprintf("%s, and nobody can tell which of %d payments that is", paid, len(standing))
	}
	found := 0
	for set := 1; set < 1<<len(standing); set++ {
		sum := money.Paise(0)
		for i, m := range standing {
			if set&(1<<i) != 0 {
				sum += m.Net
			}
		}
		if (sum - it.Paid).Abs() > tolerance {
			continue
		}
		found++
		for i := range standing {
			booked[i] = set&(1<<i) != 0
		}
	}
	switch found {
	case 0:
		return booked, paid + ", and no payments of the platform sum to that"
	case 1:
		return booked, ""
	}
	return booked, paid + ", and several payments of the platform could be that"
}

// withhold shares out among the entries what was settled without cash and is not
// in the books yet, to each at most what its payment settled. It returns why
// that does not work.
func withhold(r *matcher.ItemResult, entries []Entry, shares []*matcher.Share, tolerance money.Paise) (why string) {
	it := r.Item
	missing := r.Adjusted - it.Withheld()
	if missing <= tolerance {
		return ""
	}
	tax := len(statute.Explain(missing, it.Taxable, it.InvoiceDate)) > 0
	for i := range entries {
		part := max(0, min(missing, shares[i].Adjustment))
		missing -= part
		if tax {
			entries[i].TDS = part
		} else {
			entries[i].Adjustment = part
		}
	}
	if missing != 0 {
		return fmt.Sprintf("%s of tax or credits belong to payments that the books have already: book them first", missing.Grouped())
	}
	return ""
}
