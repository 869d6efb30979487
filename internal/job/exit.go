package job

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/source"
	"reconcile/internal/submit"
)

// The exit codes of the contract (section 1) that this version can have.
const (
	ExitClean         = 0   // nothing to look at
	ExitBreaks        = 10  // breaks in the report, or something in quarantine
	ExitContradiction = 21  // evidence contradicts itself on a payment of ours
	ExitUnsure        = 20  // the outcome of a payment of ours is not known
	ExitNotApproved   = 77  // not approved, or over a cap
	ExitUnreachable   = 69  // EnKash not reached
	ExitNoReport      = 40  // report not written
	ExitNotMailed     = 41  // report written, and not mailed
	ExitUsage         = 64  // the command line
	ExitCorrupt       = 65  // an input or the store is corrupt or refused
	ExitMissing       = 66  // an input is missing
	ExitFault         = 70  // a fault of the program
	ExitIO            = 74  // the disk
	ExitLocked        = 75  // another run holds the lock
	ExitConfig        = 78  // the configuration
	ExitStopped       = 130 // stopped by a signal, as a shell counts it
)

// worstFirst is the order of the contract, with what it leaves open in front: a
// fault of the program may be anything, and a stopped run says nothing.
var worstFirst = [...]int{ExitFault, ExitContradiction, ExitUnsure, ExitCorrupt, ExitIO, ExitConfig, ExitUsage, ExitMissing,
	ExitNotApproved, ExitUnreachable,
	ExitLocked, ExitStopped, ExitNoReport, ExitNotMailed, ExitBreaks, ExitClean}

// An ExitError is an error together with the exit code that it ends a run with.
type ExitError struct {
	Code int
	Err  error
}

// Error returns the text of the error alone.
func (e *ExitError) Error() string { return e.Err.Error() }

func (e *ExitError) Unwrap() error { return e.Err }

// ExitCode returns Code.
func (e *ExitError) ExitCode() int { return e.Code }

// Worse returns the worse of two exit codes.
func Worse(a, b int) int {
	if slices.Index(worstFirst[:], a) <= slices.Index(worstFirst[:], b) {
		return a
	}
	return b
}

// Code returns the exit code of an error: the worst of those it joins.
func Code(err error) int {
	code, known := codeOf(err)
	if !known {
		return ExitFault
	}
	return code
}

// codeOf looks for an error that knows its exit code, from the outside in, for
// whoever wraps an error knows more about it.
func codeOf(err error) (code int, known bool) {
	if err == nil {
		return ExitClean, true
	}
	if code, known := ownCode(err); known {
		return code, true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return codeOf(e.Unwrap())
	case interface{ Unwrap() []error }:
		code, known := ExitClean, false
		for _, one := range e.Unwrap() {
			if c, ok := codeOf(one); ok {
				code, known = Worse(code, c), true
			}
		}
		return code, known
	}
	return 0, false
}

// ownCode returns what an error says of itself, whatever it wraps.
func ownCode(err error) (code int, known bool) {
	switch e := err.(type) {
	case interface{ ExitCode() int }:
		return e.ExitCode(), true
	case *source.NotFoundError:
		return ExitMissing, true
	case *ledger.FileError:
		if e.Pos.File == "" {
			return ExitConfig, true // it speaks of a setting, not of a file
		}
		return ExitCorrupt, true
	case *source.RefusedError, *source.LimitError, *source.TornError:
		return ExitCorrupt, true
	case *fs.PathError:
		return ExitIO, true
	}
	switch {
	case err == context.Canceled || err == context.DeadlineExceeded:
		return ExitStopped, true
	case err == submit.ErrFenced:
		return ExitLocked, true
	case err == matcher.ErrLost:
		return ExitFault, true
	}
	return 0, false
}

// withCode gives an error an exit code, unless it has one of its own.
func withCode(code int, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &ExitError{code, err}
}
