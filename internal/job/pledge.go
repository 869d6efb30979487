package job

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"reconcile/internal/approval"
	"reconcile/internal/journal"
)

// A recovery is asked for when the journal cannot be opened, so the word of the
// first of two people waits in a file beside the side log. It is a signed
// statement about one step of the chain: who can write there gains nothing by it.

func pledgePath(in Input) string {
	return in.Config.Path(in.Config.Payments.SideLog) + ".recover"
}

// pledgeBeside returns the statement that asks for the same, whoever signed it, or
// keeps this one until the second comes.
func pledgeBeside(in Input, s journal.Signed) (*journal.Signed, error) {
	text, err := os.ReadFile(pledgePath(in))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, withIO(err)
	}
	if err == nil {
		other, err := approval.Verify(text, in.Config.Payments.Approvers, in.Now())
		// One that was signed for something else, or by a key that is gone, is of
		// no use to anyone.
		if err == nil && other.Action == s.Action && other.Subject == s.Subject {
			return &journal.Signed{Statement: other, Text: text, Logins: loginsOf(in.Config, other.By)}, nil
		}
	}
	// The folder is lost where the side log is.
	err = os.MkdirAll(filepath.Dir(pledgePath(in)), 0o700)
	if err == nil {
		err = os.WriteFile(pledgePath(in), s.Text, 0o600)
	}
	if err != nil {
		return nil, withIO(fmt.Errorf("keeping the statement until the second comes: %w", err))
	}
	return nil, nil
}

// forgetBeside removes the pledge that was used.
func forgetBeside(in Input) error {
	if err := os.Remove(pledgePath(in)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return withIO(err)
	}
	return nil
}
