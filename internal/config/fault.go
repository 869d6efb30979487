package config

import (
	"fmt"
	"strings"
)

// A Fault is one thing that is wrong with the configuration.
type Fault struct {
	Place  string // file:line:column, or the name of a variable
	Check  string // its name, one of Checks
	Text   string // what is wrong
	Remedy string // what to do about it; may be empty
}

// String returns the fault as one line.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.Place + ": " + f.Text)
	if f.Remedy != "" {
		b.WriteString("; " + f.Remedy)
	}
	b.WriteString(" [" + f.Check + "]")
	return b.String()
}

// An Error is everything that is wrong with a configuration, in the order of
// the file and then of the variables' names.
type Error struct{ Faults []Fault }

// Error returns one line for each fault.
func (e *Error) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// ExitCode is that of a wrong configuration (EX_CONFIG of sysexits.h).
func (e *Error) ExitCode() int { return 78 }

// A Check is a kind of fault, for the catalogue of error messages.
type Check struct{ Name, Meaning, Remedy string }

// The names of the checks.
const (
	checkMissing   = "config-missing"
	checkSyntax    = "config-syntax"
	checkTab       = "config-tab"
	checkAlias     = "config-alias"
	checkUnknown   = "config-unknown-key"
	checkDuplicate = "config-duplicate-key"
	checkType      = "config-wrong-type"
	checkValue     = "config-value"
	checkRequired  = "config-required"
	checkVariable  = "config-variable"
	checkSecret    = "config-secret"
	checkGSTIN     = "config-gstin-check-digit"
)

// Checks lists every kind of fault this package reports.
func Checks() []Check {
	return []Check{
		{checkMissing, "The configuration file cannot be read.", "Name it with --config, or let `reconcile init DIR` write a first one."},
		{checkSyntax, "The file is not YAML, not UTF-8, or larger than 1 MiB.", "Mend the line that is named; a value with a colon or a # in it belongs in quotes."},
		{checkTab, "A line is indented with a tab.", "Indent with spaces."},
		{checkAlias, "The file uses an anchor, an alias or a merge key.", "Write the value out where it belongs."},
		{checkUnknown, "No such key is known in this section.", "Use the key that is named as the nearest, or remove the line."},
		{checkDuplicate, "A key is given twice in one section.", "Keep one of the two lines."},
		{checkType, "A list, a section or a single value stands where one of the others belongs.", "Write it the way the message shows."},
		{checkValue, "A value cannot be read, or is outside its range.", "Give a value of the form that is named."},
		{checkRequired, "A key is missing without which nothing can be done, or must not be guessed.", "Add it."},
		{checkVariable, "A RECONCILE_ variable is set that overrides nothing.", "Unset it, or use the name that is given as the nearest."},
		{checkSecret, "The file of a secret is missing, empty, or readable by others.", "chmod 600 the file."},
		{checkGSTIN, "The check digit of a GSTIN is wrong. The run goes on.", "Compare it with the registration certificate."},
	}
}

func faultf(place, check, remedy, format string, args ...any) Fault {
	return Fault{Place: place, Check: check, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}
