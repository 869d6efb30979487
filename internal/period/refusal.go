package period

import "fmt"

// A Refusal is why something is not done with a period.
type Refusal struct {
	Check  string // one of the names below
	Text   string // what is the matter
	Remedy string // what to do about it
}

// Error returns the refusal as one line.
func (r *Refusal) Error() string { return r.Text + "; " + r.Remedy + " [" + r.Check + "]" }

// ExitCode is 64 for what the command line should not have asked, and 77 for what
// takes another decision first.
func (r *Refusal) ExitCode() int {
	switch r.Check {
	case CheckNotOver, CheckShort, CheckOpen:
		return 64
	case CheckDamaged:
		return 65
	}
	return 77
}

// The names of the checks.
const (
	CheckNotOver = "period-not-over"
	CheckClosed  = "period-closed"
	CheckOpen    = "period-open"
	CheckLater   = "period-later-closed"
	CheckGap     = "period-gap"
	CheckNotTied = "period-not-tied"
	CheckShort   = "reason-too-short"
	CheckDamaged = "closing-damaged"
)

// A Check is a kind of refusal, for the catalogue of error messages.
type Check struct{ Name, Meaning, Remedy string }

// Checks lists every kind of refusal of this package.
func Checks() []Check {
	return []Check{
		{CheckNotOver, "A period is to be closed whose last day is not over.", "Close it from the next day on."},
		{CheckClosed, "The period is closed: it is not closed again, and nothing is proposed or sent for a business date in it.", "Have two people open it with `reconcile reopen`, or use a business date after it."},
		{CheckOpen, "A period is to be opened again that is not closed.", "Look at the period that you named."},
		{CheckLater, "A later period is closed and rolls forward from this one.", "Open the later one first."},
		{CheckGap, "The period before is not closed. It is a warning: the roll-forward begins at the last one that is.", "Close the periods in their order."},
		{CheckNotTied, "The sub-ledger is not what the creditors' control account shows.", "Find the difference with the bridge that is printed; or close with --difference-reason, which two people sign."},
		{CheckShort, "A reason is shorter than 20 characters.", "Say in a sentence why."},
		{CheckDamaged, "A closing pack is not what its manifest says, or not what two people signed.", "Use a copy whose SHA-256 is the one that was printed when it was closed."},
	}
}

func refuse(check, remedy, format string, args ...any) error {
	return &Refusal{Check: check, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}
