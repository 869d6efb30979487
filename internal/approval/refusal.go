package approval

import "fmt"

// A Refusal is why a statement, a key or an approver is not accepted.
type Refusal struct {
	Check  string // one of the names below
	Text   string // what is wrong
	Remedy string // what to do about it
}

// Error returns the refusal as one line.
func (r *Refusal) Error() string { return r.Text + "; " + r.Remedy + " [" + r.Check + "]" }

// ExitCode is that of something not approved, unless it was only a file that was
// named wrongly.
func (r *Refusal) ExitCode() int {
	switch r.Check {
	case CheckKeyExists:
		return 64
	case CheckKey:
		return 66
	}
	return 77
}

// The names of the checks.
const (
	CheckUnreadable = "statement-unreadable"
	CheckIncomplete = "statement-incomplete"
	CheckUnknownKey = "statement-key-unknown"
	CheckAltered    = "statement-altered"
	CheckName       = "statement-name"
	CheckFuture     = "statement-future"
	CheckMaker      = "statement-maker"
	CheckPair       = "statement-pair"
	CheckBand       = "approval-band"
	CheckKey        = "key-unreadable"
	CheckKeyExists  = "key-exists"
)

// A Check is a kind of refusal, for the catalogue of error messages.
type Check struct{ Name, Meaning, Remedy string }

// Checks lists every kind of refusal of this package.
func Checks() []Check {
	return []Check{
		{CheckUnreadable, "A file is not a signed statement, or is not written as this program writes one.", "Use the file exactly as it was signed."},
		{CheckIncomplete, "A decision lacks something, such as its reason.", "Give what is missing."},
		{CheckUnknownKey, "No approver of the configuration has the key.", "Add the public key under payments.approvers, or let an approver sign."},
		{CheckAltered, "A signature does not belong to its statement.", "Have it signed again."},
		{CheckName, "A statement names somebody else than the owner of its key.", "Sign in the name that stands under payments.approvers."},
		{CheckFuture, "A statement is more than five minutes ahead of the clock.", "Set the clocks right and sign again."},
		{CheckMaker, "The maker of a plan may not decide about it.", "Let another approver decide."},
		{CheckPair, "Two statements are not those of two people about the same thing.", "Let another approver state exactly the same."},
		{CheckBand, "A plan is larger than any amount that approvers may decide about.", "Propose less at once, or add a band under payments.approvals."},
		{CheckKey, "The file of a private key is missing, damaged, or readable by others.", "chmod 600 the file, or make a new key with `reconcile keygen`."},
		{CheckKeyExists, "A new key would be written over a file.", "Name another file."},
	}
}

func refuse(check, remedy, format string, args ...any) error {
	return &Refusal{Check: check, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}
