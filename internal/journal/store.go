package journal

import (
	"context"
	"time"
)

// Options say where the other half of a journal is and who opens it.
type Options struct {
	SideLog string           // the path of the side log; it should be on another disk than the journal
	Now     func() time.Time // the clock; the journal keeps UTC to the millisecond
	Actor   string           // who opens: a person's login, or the service's name
	Zone    *time.Location   // whose midnight begins a new day of Caps.Day; nil means India's
}

// A Store is a journal, open. It is safe for one goroutine.
type Store struct {
	options Options
}

// Open opens the journal in the folder dir for writing, makes it where neither
// it nor its side log exists, and takes a new fence: whoever had it open before
// can change nothing more (submit.ErrFenced). The caller holds the lock of the
// store (history.Lock).
//
// Every doubt is a CorruptError, which is submit.ErrDoubt and has exit code 65:
// a damaged or altered file, tables that the chain does not explain, a side log
// that tells another story, a clock that stands before the last step.
func Open(ctx context.Context, dir string, o Options) (*Store, error) { return nil, errLater }

// OpenReadOnly opens a journal that exists, to be looked at while a run may be
// at work. Its methods that change something fail. Where there is none the error
// is fs.ErrNotExist. The side log is compared only so far as a run at work lets
// it be: use Verify for the whole.
func OpenReadOnly(ctx context.Context, dir string, o Options) (*Store, error) { return nil, errLater }

// Close closes the files. Whatever was promised is on disk already.
func (s *Store) Close() error { return errLater }
