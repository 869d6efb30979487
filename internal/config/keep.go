package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"reconcile/internal/day"
)

// Keep says how long it is kept what the program wrote. What is absent is kept for
// ever, and nothing goes but by `reconcile purge`. Debts, amounts, hashes and the
// steps of the journal have no term: what was paid once is known for ever.
type Keep struct {
	// Reports are the folders of runs and what the store keeps to render them again,
	// from the end of the financial year of their business date. 8y or more: books
	// of account and what belongs to them are kept for the eight financial years
	// before the current one (Companies Act 2013, section 128(5)).
	Reports Term

	// PersonalData are names, addresses of payment and accounts in plans, requests
	// and answers of payments that came to an end, from the last thing that happened
	// to them. 1y or more (Digital Personal Data Protection Rules 2025, rule 8(3)).
	PersonalData Term
}

func (k *Keep) keys() []key {
	return []key{
		{name: "reports", silent: true, value: term{&k.Reports, Term{Years: 8}, "books of account are kept for eight financial years (Companies Act 2013, section 128(5))"}},
		{name: "personal_data", silent: true, value: term{&k.PersonalData, Term{Years: 1}, "personal data and the logs about them are kept for a year (Digital Personal Data Protection Rules 2025, rule 8(3))"}},
	}
}

// Backup says where copies of the journal go by themselves.
type Backup struct {
	// Folder is where each `reconcile run` leaves a copy of the journal when it has
	// ended, and where `reconcile backup` leaves one without --to; best on another
	// disk. Empty means that only `reconcile backup --to` copies.
	Folder string

	// Copies is how many stay in Folder, the newest; 2 to 3660, 30 when absent.
	Copies int
}

func (b *Backup) keys() []key {
	return []key{
		{name: "folder", value: text{&b.Folder}},
		{name: "copies", value: count{&b.Copies, 2, 3660}},
	}
}

func defaultBackup() Backup { return Backup{Copies: 30} }

// backup refuses copies in the store: whoever loses the one loses the other.
func (l *loader) backup(b *Backup) {
	if l.given("backup") {
		l.require(b.Folder != "", "backup.folder", "name a folder, best on another disk, or remove the section backup")
	}
	if b.Folder != "" && inside(l.config.Path(b.Folder), l.config.Path(l.config.Store)) {
		l.about("backup.folder", checkValue, "name another folder, best on another disk", "backup.folder %q is in the store, and would be lost together with it", b.Folder)
	}
}

// A Term is a length of time in calendar years or in days. The zero Term has no
// end.
type Term struct{ Years, Days int }

// String returns the term as it is written: 8y or 400d; nothing for ever.
func (t Term) String() string {
	switch {
	case t.Years > 0:
		return strconv.Itoa(t.Years) + "y"
	case t.Days > 0:
		return strconv.Itoa(t.Days) + "d"
	}
	return ""
}

// Forever tells whether the term has no end.
func (t Term) Forever() bool { return t == Term{} }

// Before returns the moment that lies a term before another.
func (t Term) Before(at time.Time) time.Time { return at.AddDate(-t.Years, 0, -t.Days) }

// After returns the date that lies a term after another.
func (t Term) After(d day.Date) day.Date {
	return day.In(d.Time().AddDate(t.Years, 0, t.Days), time.UTC)
}

// shorterThan compares with a term in years; a year has up to 366 days.
func (t Term) shorterThan(least Term) bool {
	return t.Years*366+t.Days < least.Years*366
}

// A term is a Term that a law makes no shorter than least.
type term struct {
	to    *Term
	least Term
	law   string
}

var terms = regexp.MustCompile(`^([1-9][0-9]{0,4})([yd])$`)

func (v term) String() string { return v.to.String() }
func (v term) Set(s string) error {
	m := terms.FindStringSubmatch(s)
	if m == nil {
		return errors.New("expected years or days, like 8y or 4000d")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return err
	}
	t := Term{Days: n}
	if m[2] == "y" {
		t = Term{Years: n}
	}
	if t.shorterThan(v.least) {
		return fmt.Errorf("expected %s or more: %s", v.least, v.law)
	}
	if t.Years > 200 {
		return errors.New("expected no more than 200y; leave the key out to keep it for ever")
	}
	*v.to = t
	return nil
}
