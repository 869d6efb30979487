package journal

import "context"

// A Recovery is what Recover did.
type Recovery struct {
	Steps   int      // taken over from the side log
	Unsure  []string // instructions whose outcome is now unknown
	Void    []string // instructions that were never begun and whose request is lost
	SideLog string   // where the old side log was moved to; empty where it goes on
}

// Recover makes a journal and a side log that disagree agree again, by two people
// who sign the step that it goes on from (CorruptError.From): the journal learns
// what the side log knows, and whatever may have been sent holds its debts.
func Recover(ctx context.Context, dir string, o Options, first, second Signed) (Recovery, error) {
	return Recovery{}, errLater
}
