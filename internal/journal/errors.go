package journal

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"reconcile/internal/submit"
)

// CheckOutdated is the Check of a journal that is whole and waits for Open to bring
// it to the newest form.
const CheckOutdated = "journal-outdated"

// A CorruptError says that the journal is in doubt: nothing may be sent by it.
type CorruptError struct {
	Path  string
	Seq   int64  // the first step that is wrong; 0 where the doubt is about no step
	What  string // what is wrong
	Do    string // what the person who reads it can do
	Check string // the name of the check: journal-corrupt, journal-chain, journal-side-log, journal-clock, journal-folder
	From  string // the hash of the last certain step that Recover would go on from; empty where Recover does not help
	Err   error  // what lies beneath; may be nil
}

// Error says where, what and what to do.
func (e *CorruptError) Error() string {
	where := e.Path
	if e.Seq > 0 {
		where = fmt.Sprintf("%s: step %d", e.Path, e.Seq)
	}
	return fmt.Sprintf("%s: %s; %s [%s]", where, e.What, e.Do, e.Check)
}

func (e *CorruptError) Unwrap() error { return e.Err }

// Is makes every CorruptError a submit.ErrDoubt.
func (e *CorruptError) Is(target error) bool { return target == submit.ErrDoubt }

// ExitCode is that of a corrupt store (EX_DATAERR of sysexits.h).
func (e *CorruptError) ExitCode() int { return 65 }

// A DiskError says that a file could not be written: full, or failing. The Store
// does nothing more until it is opened again.
type DiskError struct {
	Path string
	Err  error
}

// Error names the file and what to do.
func (e *DiskError) Error() string {
	return fmt.Sprintf("%s could not be written; nothing more is sent: make room or mend the disk, and start again, "+
		"for the journal knows how far it came [journal-disk]: %v", e.Path, e.Err)
}

func (e *DiskError) Unwrap() error { return e.Err }

// ExitCode is that of an input/output error (EX_IOERR of sysexits.h).
func (e *DiskError) ExitCode() int { return 74 }

// A BusyError says that another program kept the journal to itself for longer than
// we wait. What was to be written was not; the Store does nothing more until it is
// opened again.
type BusyError struct {
	Path string
	Err  error
}

// Error names the file and what to do.
func (e *BusyError) Error() string {
	return fmt.Sprintf("%s: another program has kept the journal for half a minute; nothing more is sent: end what reads or copies it, and start again [journal-busy]: %v", e.Path, e.Err)
}

func (e *BusyError) Unwrap() error { return e.Err }

// ExitCode is that of a failure that passes by itself (EX_TEMPFAIL of sysexits.h).
func (e *BusyError) ExitCode() int { return 75 }

// A RefusedError says that somebody asked for what the journal's rules forbid:
// the maker approving, one person twice, an amount over a cap, a debt that
// another instruction holds. Nothing was changed.
type RefusedError struct {
	What string // what was asked for, and why not
	Do   string
	Err  error // submit.ErrNotApproved, submit.ErrOverCap or ErrHeld where the caller may act on it; else nil
}

// Error says what was refused and what to do.
func (e *RefusedError) Error() string { return e.What + "; " + e.Do + " [journal-refused]" }

func (e *RefusedError) Unwrap() error { return e.Err }

// ExitCode is that of a payment that is not approved, or over a cap (EX_NOPERM).
func (e *RefusedError) ExitCode() int { return 77 }

// ErrHeld means that another instruction holds a debt, or that no more of it is
// owed: it is paid, under way, or its outcome is unknown.
var ErrHeld = errors.New("the debt is held by another instruction")

// ErrUnknown means that the journal has no such proposal or answer. For an
// instruction it is submit.ErrNoSuch.
var ErrUnknown = errors.New("the journal knows nothing of that name")

// refusedBySQL is what is left for constraints and triggers to refuse: what the
// program did not look for before, or raced for with another process.
func refusedBySQL(e *sqlite.Error) error {
	text := e.Error()
	r := &RefusedError{What: "the journal does not accept it: " + text, Do: "look at `reconcile status` and propose anew"}
	for _, one := range []struct {
		part string
		err  error
	}{
		{"held by another", ErrHeld},
		{"never_more_than_owed", ErrHeld},
		{"earlier instalment", ErrHeld},
		{"over the cap", submit.ErrOverCap},
		{"run_cap", submit.ErrOverCap},
		{"approved proposal", submit.ErrNotApproved},
		{"is frozen", submit.ErrNotApproved},
		{"was replaced", submit.ErrFenced},
	} {
		if strings.Contains(text, one.part) {
			r.Err = one.err
		}
	}
	return r
}

// refuse makes a RefusedError.
func refuse(err error, do, format string, args ...any) error {
	return &RefusedError{What: fmt.Sprintf(format, args...), Do: do, Err: err}
}
