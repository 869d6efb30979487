package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Postings says how what a clerk must book is handed out. `postings.csv` needs no
// setting.
type Postings struct {
	// Tally are the books that are kept in TallyPrime; each gets a file of its own
	// to import. None when absent.
	Tally []TallyBooks
}

// TallyBooks is one company in TallyPrime, and the ledgers that a payment
// touches beside the supplier's, all as they are called there.
type TallyBooks struct {
	// Buyer is the B2B id of the registration whose payments are booked there. It
	// may be left out where buyers has one.
	Buyer string

	// Company is required: without it Tally would import into whichever company is
	// open.
	Company string

	// BankLedger is credited with the cash. Required.
	BankLedger string

	// TDSLedger is credited with tax withheld that the books do not have yet, and
	// AdjustmentLedger with what else was settled without cash. An entry that
	// needs one which is empty is left out of the file, and says so.
	TDSLedger, AdjustmentLedger string

	// VoucherType is Payment when absent. One whose numbers are given by hand and
	// may not repeat keeps Tally from taking an entry twice.
	VoucherType string
}

// defaultVoucherType is the type of voucher that every company in Tally has.
const defaultVoucherType = "Payment"

func (p *Postings) keys() []key {
	return []key{{name: "tally", entries: p.makeTally, shown: p.showTally, silent: true}}
}

func (p *Postings) makeTally(n int) [][]key {
	p.Tally = make([]TallyBooks, n)
	entries := make([][]key, n)
	for i := range p.Tally {
		b := &p.Tally[i]
		b.VoucherType = defaultVoucherType
		entries[i] = []key{
			{name: "buyer", value: b2bID{&b.Buyer}},
			{name: "company", value: tallyName{&b.Company}},
			{name: "bank_ledger", value: tallyName{&b.BankLedger}},
			{name: "tds_ledger", value: tallyName{&b.TDSLedger}},
			{name: "adjustment_ledger", value: tallyName{&b.AdjustmentLedger}},
			{name: "voucher_type", value: tallyName{&b.VoucherType}},
		}
	}
	return entries
}

func (p *Postings) showTally() string {
	all := make([]string, len(p.Tally))
	for i, b := range p.Tally {
		parts := []string{fmt.Sprintf("%s: company %s, bank %s", b.Buyer, b.Company, b.BankLedger)}
		if b.TDSLedger != "" {
			parts = append(parts, "tds "+b.TDSLedger)
		}
		if b.AdjustmentLedger != "" {
			parts = append(parts, "adjustment "+b.AdjustmentLedger)
		}
		all[i] = strings.Join(append(parts, "voucher type "+b.VoucherType), ", ")
	}
	return strings.Join(all, "; ")
}

// A tallyName is what a company or a ledger is called in Tally.
type tallyName struct{ to *string }

func (v tallyName) String() string { return *v.to }
func (v tallyName) Set(s string) error {
	switch {
	case strings.TrimSpace(s) != s || s == "":
		return errors.New("expected the name as Tally has it, without spaces around it")
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("a name has no control characters in it")
	}
	*v.to = s
	return nil
}

// postings checks what no single value of the section can show.
func (l *loader) postings(p *Postings) {
	buyers := map[string]bool{}
	for _, b := range l.config.Buyers {
		buyers[b.B2BID] = true
	}
	seen := map[string]bool{}
	for i := range p.Tally {
		b, path := &p.Tally[i], fmt.Sprintf("postings.tally[%d]", i)
		l.require(b.Company != "" || l.given(path+".company"), path+".company", "give the name of the company in Tally")
		l.require(b.BankLedger != "" || l.given(path+".bank_ledger"), path+".bank_ledger", "give the ledger of the bank account in Tally from which suppliers are paid")
		if !l.given(path+".buyer") && len(l.config.Buyers) == 1 {
			b.Buyer = l.config.Buyers[0].B2BID
		}
		l.require(b.Buyer != "" || l.given(path+".buyer"), path+".buyer", "say the payments of which registration are booked there, by its b2b_id")
		switch {
		case b.Buyer == "":
		case !buyers[b.Buyer]:
			l.about(path+".buyer", checkValue, "give the b2b_id of one of them", "%s is none of buyers", b.Buyer)
		case seen[b.Buyer]:
			l.about(path, checkDuplicate, "keep one of the two", "the payments of %s would be booked twice", b.Buyer)
		}
		seen[b.Buyer] = true
	}
}
