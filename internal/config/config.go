package config

import (
	"path/filepath"
	"strings"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
)

// A Config is the effective configuration: the file, then the environment, then
// the defaults. Load returns it whole and valid or not at all.
type Config struct {
	File string // as the user named it
	Dir  string // absolute folder of File; every relative path below starts there

	// Buyers are our own GST registrations. At least one; events of any other
	// buyer are counted and left out, and a row that names another is refused.
	Buyers []party.Buyer

	// Timezone turns moments into dates: the ts of a payment, and today. An IANA
	// name, Asia/Kolkata when absent. With a wrong zone, payments late in the
	// evening fall on the wrong day.
	Timezone *time.Location

	Ledger   Ledger
	Events   Events
	Matching Matching
	Payments Payments
	EnKash   EnKash

	// Supplier are our own registrations where it is us who are paid, and
	// Receivables the books of what we are owed. Both are for `reconcile confirm`
	// alone, and none of them comes without the other.
	Supplier    []party.Buyer
	Receivables Ledger

	// Store is the folder of journal, run history, lock and fingerprint key;
	// "state/" when absent. It is trusted: without its journal nothing is paid
	// until people have said what was. Output is the folder under which each run writes its own;
	// "reports/" when absent. Both as written; Path makes them absolute.
	Store, Output string

	Mail     Mail
	Notes    Notes
	Postings Postings
	Statute  Statute
	Schedule Schedule
	Metrics  Metrics
	Ping     Ping
	Listen   Listen
	Backup   Backup
	Keep     Keep

	// Overridden lists the RECONCILE_ variables that took the place of a value
	// of the file, by name and in order; their values are not kept.
	Overridden []string

	// Warnings are faults that do not stop a run, such as a GSTIN whose check
	// digit is wrong.
	Warnings []Fault
}

// Ledger says where the books are and how to read them.
type Ledger struct {
	// Files are globs of CSV and XLSX files. Required; of Receivables, where
	// Supplier is given.
	Files []string

	// Preset is auto (the default) or the name of a layout. A wrong one is found
	// out when the headings are not recognised.
	Preset string

	// Columns maps a canonical column to the heading that carries it in these
	// files, where it is not recognised by itself. A heading that is not in the
	// file is an error of that file.
	Columns map[string]string

	// Suppliers is the supplier master, a CSV or XLSX file; empty means none.
	Suppliers string

	// Dates settles a column of dates that can be read two ways: auto (the
	// default: the column must prove itself), day-first, month-first. A wrong
	// choice moves due dates by months.
	Dates string

	// Decimal settles a column of amounts that can be read two ways: auto (the
	// default: the column must prove itself), point, comma. A wrong choice makes
	// amounts a thousand times too large or too small.
	Decimal string

	// Owed says which amounts of another system's layout are owed, where its own
	// convention is not that of the file: auto (the default: the layout's),
	// positive, negative. A wrong choice turns invoices into credits.
	Owed string

	// DocumentTypes says what a company's own words for types of document are:
	// one of DocumentTypes(). A row with a word that neither it nor the layout
	// knows is quarantined; a wrong choice makes debts of credits.
	DocumentTypes map[string]string

	// PerFile has files that need other settings than the rest. The first entry
	// that matches a file wins.
	PerFile []LedgerFiles
}

// Events says where the webhook deliveries are logged.
type Events struct {
	// Files are globs of .jsonl, .json, .gz and .zst files. Required.
	Files []string
}

// Matching says when two amounts are equal and what the log covers.
type Matching struct {
	// AmountTolerance is the difference in rupees up to which two amounts are
	// equal; 1.00 when absent. Too large a one hides short payments.
	AmountTolerance money.Paise

	// CoversFrom is the first day whose payments the log knows; what the books
	// paid before is `outside`, not unsupported. None when absent.
	CoversFrom day.Date

	// CoversModes are the payment modes the log knows, upper case; what the books
	// paid otherwise is `outside`. Empty means all of them.
	CoversModes []string

	// Days, from 0 to 3660: within which an outcome is expected (2 when absent),
	// a supplier confirms (7), and the books follow a payment (0). Too many days
	// delay the break that says something is stuck.
	OutcomeWithin, ConfirmationWithin, PostingWithin int
}

// Mail says to whom the report goes. Without the section nothing is mailed.
type Mail struct {
	Configured bool     // the section is there
	To         []string // required: they get every report
	Act        []string // they get it besides, when something of it is to be acted on at once; nobody when absent
	From       string   // required
	SMTP       string   // smtp:// or smtps://, required
	TLS        string   // mandatory, opportunistic or none; when absent none to this machine, else mandatory
	Username   string
	Password   Secret // from password_file
	MaxBytes   int    // of the workbook, up to which it is attached; 20 MiB when absent
}

// Path returns the absolute form of a path of the configuration.
func (c *Config) Path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(c.Dir, p)
}

// A Setting is one effective value, as it is printed. Secrets print as ***.
type Setting struct{ Name, Value string }

// Settings returns the effective configuration in the order of the schema,
// defaults included. What is about us as a supplier, or about another API than
// the one in use, is left out where it says nothing.
func (c *Config) Settings() []Setting {
	var all []Setting
	for _, k := range flatten("", schema(c)) {
		switch {
		case len(c.Supplier) == 0 && (k.path == "supplier" || strings.HasPrefix(k.path, "receivables.")),
			c.EnKash.API != APIPayment && strings.HasPrefix(k.path, "enkash.payment."),
			!c.Listen.Configured && strings.HasPrefix(k.path, "listen."),
			c.Backup.Folder == "" && strings.HasPrefix(k.path, "backup."):
			continue
		}
		if text, ok := k.print(); ok {
			all = append(all, Setting{k.path, text})
		}
	}
	return all
}
