package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

// Statute holds the figures of the law that change after the program was made.
type Statute struct {
	// BankRates are the bank rates of the Reserve Bank, from the day on which each
	// came into force, in any order; for one day it wins over the program's own
	// table. None when absent: then interest to micro and small enterprises
	// (MSMED Act 2006, s. 16) is stated only as far as that table is certain. A
	// wrong one makes wrong interest, and touches no payment.
	BankRates []BankRate
}

// A BankRate is the bank rate from a day on, until the next.
type BankRate struct {
	From day.Date
	Rate money.Rate
}

// The bank rate is between these, or its point has slipped: since 1949 it has
// never been below 3 or above 12 percent.
const (
	leastBankRate money.Rate = 1_00
	mostBankRate  money.Rate = 20_00
)

func (s *Statute) keys() []key {
	return []key{{name: "bank_rates", entries: s.makeBankRates, shown: s.showBankRates, silent: true}}
}

func (s *Statute) makeBankRates(n int) [][]key {
	s.BankRates = make([]BankRate, n)
	entries := make([][]key, n)
	for i := range s.BankRates {
		r := &s.BankRates[i]
		entries[i] = []key{
			{name: "from", value: date{&r.From}},
			{name: "percent", value: percent{&r.Rate}},
		}
	}
	return entries
}

func (s *Statute) showBankRates() string {
	all := make([]string, len(s.BankRates))
	for i, r := range s.BankRates {
		all[i] = fmt.Sprintf("%s from %s", r.Rate, r.From)
	}
	return strings.Join(all, ", ")
}

// statute checks what no single value of the section can show.
func (l *loader) statute(s *Statute) {
	seen := map[day.Date]bool{}
	for i, r := range s.BankRates {
		path := fmt.Sprintf("statute.bank_rates[%d]", i)
		l.require(r.From != 0 || l.given(path+".from"), path+".from", "give the day from which the rate is in force, like 2026-06-05")
		l.require(r.Rate != 0 || l.given(path+".percent"), path+".percent", `give the bank rate of the Reserve Bank, like "5.50"`)
		if r.From != 0 && seen[r.From] {
			l.about(path+".from", checkDuplicate, "keep one of the two", "a second bank rate from %s", r.From)
		}
		seen[r.From] = true
	}
}

// A percent is a rate with at most two decimals, read without a float.
type percent struct{ to *money.Rate }

func (v percent) String() string { return v.to.String() }
func (v percent) Set(s string) error {
	whole, part, pointed := strings.Cut(s, ".")
	if pointed && (part == "" || len(part) > 2) {
		return errors.New(`expected a rate in percent with at most two decimals, like "5.50"`)
	}
	n, err := strconv.ParseUint(whole+(part + "00")[:2], 10, 16)
	if err != nil || whole == "" || strings.HasPrefix(whole, "+") {
		return errors.New(`expected a rate in percent with at most two decimals, like "5.50"`)
	}
	rate := money.Rate(n)
	if rate < leastBankRate || rate > mostBankRate {
		return fmt.Errorf("%s is not between %s and %s: look where the point stands", rate, leastBankRate, mostBankRate)
	}
	*v.to = rate
	return nil
}
