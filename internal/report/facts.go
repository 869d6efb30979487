package report

import (
	"time"

	"reconcile/internal/casebook"
	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/source"
	"reconcile/internal/statute"
)

// Facts is all that a report is a function of. The same Facts give the same
// bytes.
type Facts struct {
	AsOf             day.Date // the business date
	Kind             string   // "run" or "match"
	Buyers           []party.Buyer
	Result           *matcher.Result
	Ledger           *ledger.Book
	Logs             []payment.LogInput
	LogProblems      []source.Problem
	Suppliers        *ledger.Input                // the supplier master; nil where there is none
	SupplierProblems []source.Problem             // lines of the master that could not be read
	Proposal         *proposal.Proposal           // what would be proposed, and what not, with the reason; nil for match
	Payments         Payments                     // our own submissions
	Late             *Late                        // payments of closed periods; nil where none is closed
	Postings         Postings                     // what the platform paid and the books lack
	Changes          *casebook.Changes            // what became of all exceptions since the run before; nil where nobody compared
	Notes            map[string]casebook.Standing // by exception id: what a controller said
	NoteRules        casebook.Rules               // by which it is judged whether that is in force
	Settings         []Setting                    // the configuration as it was used, without secrets
	Version          string                       // of the program

	// Master tells of a supplier whether the MSMED Act protects it and what was
	// agreed; without one an item's own word counts, and nothing is agreed.
	Master Suppliers
	// BankRates are those that the company entered, beyond the table that the
	// program has.
	BankRates []statute.BankRate

	// mend is set in facts that were kept: the quarantined rows as files, as they
	// were, for of those rows more is known while they are read than is kept.
	mend []keptFile
}

// Suppliers is what a report asks of the supplier master; nil says nothing of
// anybody.
type Suppliers interface {
	// ByB2BID returns what the master says of a supplier, or nil.
	ByB2BID(id string) *party.Entry
}

// supplier returns what the master says of a supplier; nil where it says
// nothing.
func (f *Facts) supplier(b2bID string) *party.Entry {
	if f.Master == nil {
		return nil
	}
	return f.Master.ByB2BID(b2bID)
}

// Due returns what would be proposed and what would not, one line for every due
// item.
func (f *Facts) Due() []proposal.Line {
	if f.Proposal == nil {
		return nil
	}
	return f.Proposal.Lines
}

// A Setting is one value of the configuration, as people read it.
type Setting struct{ Name, Value string }

// RunInfo is what is true of one run only, and so may not touch the workbook or
// results.jsonl.
type RunInfo struct {
	ID        string // such as 2026-11-21-run-01
	ExitCode  int
	Started   time.Time
	Finished  time.Time
	Host      string
	Elapsed   []Stage  // in the order of the stages
	Overrides []string // names of the settings that the environment overrode
	Files     Files
}

// A Stage is how long one step of the run took.
type Stage struct {
	Name string
	MS   int64 // milliseconds
}

// Files says where the run wrote. Plan is empty where there is none.
type Files struct {
	Report  string `json:"report"`
	Results string `json:"results"`
	Plan    string `json:"plan"`

	PlanSHA256 string `json:"plan_sha256,omitempty"` // what a checker approves

	Quarantined []string `json:"quarantined,omitempty"` // ledger rows to mend and load again
	CSV         string   `json:"csv,omitempty"`         // the folder with a CSV of each sheet
	Postings    []string `json:"postings,omitempty"`    // what this run hands out to be booked
}
