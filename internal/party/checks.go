package party

import (
	"regexp"
	"slices"
	"strings"
)

// A Check is one thing that can be wrong with a line of the supplier master, as
// the documentation lists it. The line is quarantined, and joins no ledger row.
type Check struct {
	Name   string // as it stands in brackets behind a message
	Text   string // what is wrong
	Remedy string // what the accountant can do about it
}

// Checks returns all of them, by name.
func Checks() []Check {
	all := slices.Clone(masterChecks[:])
	slices.SortFunc(all, func(a, b Check) int { return strings.Compare(a.Name, b.Name) })
	return all
}

type masterCheck uint8

const (
	checkMasterRow masterCheck = iota
	checkMasterCell
	checkMasterKey
	checkMasterNobody
	checkMasterAccount
	checkMasterMSME
	checkMasterDays
	checkMasterDate
	checkMasterRate
	checkMasterAnswer
	countMasterChecks
)

var masterChecks = [countMasterChecks]Check{
	checkMasterRow:     {"master-row-unreadable", "the line of the supplier master cannot be read", "mend the line in the file, or export it again"},
	checkMasterCell:    {"master-cell-unreadable", "the cell holds an error of the spreadsheet, or a formula saved without its result", "mend the formula, let the spreadsheet calculate, and save the file"},
	checkMasterKey:     {"master-key-damaged", "a spreadsheet has made something else of it: a date, a rounded number, an error", "format the column as text, enter it again, and save the file"},
	checkMasterNobody:  {"master-supplier-missing", "the line names no supplier", "give the B2B id, code, name or GSTIN, or take the line out"},
	checkMasterAccount: {"master-account-unreadable", "this is not an account number", "format the column as text and save the file again"},
	checkMasterMSME:    {"master-msme-unknown", "the size of the enterprise is not known", "use micro, small, medium or nothing"},
	checkMasterDays:    {"master-days-unreadable", "this is not a number of days from 0 to 1096", "mend it or leave it empty"},
	checkMasterDate:    {"master-date-unreadable", "this is not a date on which a certificate begins or ends", "write it as 31/03/2027 or 2027-03-31"},
	checkMasterRate:    {"master-rate-unreadable", "this is not a percentage from 0 to 100 with two decimals at most", "mend it or leave it empty"},
	checkMasterAnswer:  {"master-answer-unclear", "this is neither yes nor no", "use Y or N"},
}

var (
	digitRun = regexp.MustCompile(`[0-9][0-9 -]{4,}[0-9]`)
	panForm  = regexp.MustCompile(`(?i)[A-Z]{5}[0-9]{4}[A-Z]`)
)

// maskSecrets hides what may be an account number or a PAN in a text that is to
// be shown: a line that has shifted has them in any column.
func maskSecrets(s string) string {
	return digitRun.ReplaceAllStringFunc(hidePAN(s), MaskAccount)
}

// hidePAN hides what has the form of a PAN.
func hidePAN(s string) string { return panForm.ReplaceAllString(s, "**********") }
