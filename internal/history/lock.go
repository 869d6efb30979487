package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// lockName is the file that a run locks, in the folder of the store. It is empty
// and stays when the run has ended; the lock is with the system, which lets go
// of it when the process dies.
const lockName = "lock"

// A LockedError says that another run is at work in the same store.
type LockedError struct{ Path string }

// Error says what to do about it.
func (e *LockedError) Error() string {
	return e.Path + ": another run is at work in this store; wait until it has ended and start again [store-locked]"
}

// ExitCode is that of a failure that passes by itself (EX_TEMPFAIL of sysexits.h).
func (e *LockedError) ExitCode() int { return 75 }

// Lock takes the lock of the store in dir, or returns a LockedError at once. The
// caller calls release when its run has ended.
func Lock(dir string) (release func() error, err error) {
	if err := MakeFolder(dir); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600), flock.SetFlag(os.O_CREATE|os.O_RDWR))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking the store: %w", err), lock.Close())
	}
	if !locked {
		return nil, errors.Join(&LockedError{lock.Path()}, lock.Close())
	}
	return lock.Close, nil
}
