package journaltest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"reconcile/internal/submit"
)

// A Fault is what befalls one call.
type Fault uint8

const (
	Fails        Fault = iota // it does nothing and says so
	FailsButDone              // it is done, and says that it is not
	DiesBefore                // the process ends before it
	DiesAfter                 // the process ends after it, before it returns
)

// AllFaults lists them.
func AllFaults() []Fault { return []Fault{Fails, FailsButDone, DiesBefore, DiesAfter} }

// String names it in a test.
func (f Fault) String() string {
	return [...]string{"fails", "fails but done", "dies before", "dies after"}[f]
}

// ErrFault is what a call says that was made to fail.
var ErrFault = errors.New("made to fail")

// Faults lets one call fail, or the process die at it: of all calls to a journal
// and a gateway, in the order in which they are made.
type Faults struct {
	At        int // from 1; 0 is never
	How       Fault
	Meanwhile func() // happens at the fault, as another process would; may be nil

	calls int
	name  string
}

// Struck names the call that the fault befell; empty where there were too few.
func (f *Faults) Struck() string { return f.name }

// death is what a process that dies panics with.
type death struct{}

// Survive runs what may die, and tells whether it did.
func Survive(process func()) (died bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, died = r.(death); !died {
				panic(r) // unreachable in a test that passes: it is not ours
			}
		}
	}()
	process()
	return false
}

// call makes one call, which may be befallen.
func (f *Faults) call(name string, do func() error) error {
	f.calls++
	if f.calls != f.At {
		return do()
	}
	f.name = name
	if f.Meanwhile != nil && (f.How == Fails || f.How == DiesBefore) {
		f.Meanwhile()
	}
	if f.How == DiesBefore {
		panic(death{}) // unreachable outside Survive
	}
	if f.How == Fails {
		return ErrFault
	}
	err := do()
	if f.Meanwhile != nil {
		f.Meanwhile()
	}
	if f.How == DiesAfter {
		panic(death{}) // unreachable outside Survive
	}
	if err == nil {
		err = ErrFault
	}
	return err
}

// Journal puts the faults before a journal.
func (f *Faults) Journal(j submit.Journal) submit.Journal { return faultyJournal{j, f} }

// Gateway puts the faults before a gateway. What befalls Send is an answer, for
// Send never fails.
func (f *Faults) Gateway(g submit.Gateway) submit.Gateway { return faultyGateway{g, f} }

type faultyJournal struct {
	submit.Journal
	faults *Faults
}

func (j faultyJournal) Entries(ctx context.Context, all bool) (entries []submit.Entry, err error) {
	err = j.faults.call("Entries", func() error { entries, err = j.Journal.Entries(ctx, all); return err })
	return entries, err
}

func (j faultyJournal) Begin(ctx context.Context, objectID string, deadline time.Time) (t submit.Ticket, err error) {
	err = j.faults.call("Begin", func() error { t, err = j.Journal.Begin(ctx, objectID, deadline); return err })
	return t, err
}

func (j faultyJournal) Move(ctx context.Context, objectID string, say submit.Say, proof submit.Proof, positions []int) (s submit.State, err error) {
	err = j.faults.call("Move "+say.String(), func() error { s, err = j.Journal.Move(ctx, objectID, say, proof, positions); return err })
	return s, err
}

type faultyGateway struct {
	submit.Gateway
	faults *Faults
}

func (g faultyGateway) Dial(ctx context.Context) (c submit.Conn, err error) {
	err = g.faults.call("Dial", func() error { c, err = g.Gateway.Dial(ctx); return err })
	if err != nil {
		return nil, err
	}
	return faultyConn{c, g.faults}, nil
}

type faultyConn struct {
	submit.Conn
	faults *Faults
}

func (c faultyConn) Send(ctx context.Context, t submit.Ticket) (a submit.Answer) {
	if err := c.faults.call("Send", func() error { a = c.Conn.Send(ctx, t); return nil }); err != nil {
		return submit.Answer{Text: err.Error()}
	}
	return a
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
