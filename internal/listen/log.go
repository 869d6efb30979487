package listen

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

const lockName = ".listen.lock"

// A LockedError says that another listener writes into the same folder.
type LockedError struct{ Path string }

// Error says what to do about it.
func (e *LockedError) Error() string {
	return e.Path + ": another listener writes into this folder; stop it, or name another in listen.folder [listen-locked]"
}

// ExitCode is that of a failure that passes by itself (EX_TEMPFAIL of sysexits.h).
func (e *LockedError) ExitCode() int { return 75 }

// A FolderError says that the event log cannot be written.
type FolderError struct{ Err error }

// Error says what to do about it.
func (e *FolderError) Error() string {
	return "the event log cannot be written: " + e.Err.Error() + "; look at the owner and mode of listen.folder, and at the disk [listen-folder]"
}

func (e *FolderError) Unwrap() error { return e.Err }

// ExitCode is that of the disk (EX_IOERR of sysexits.h).
func (e *FolderError) ExitCode() int { return 74 }

var errClosed = errors.New("the listener has stopped")

// An eventLog appends lines to the file of the day. Those that come while a group
// is on its way to the disk wait together and share the next fsync.
type eventLog struct {
	folder   string
	zone     *time.Location
	now      func() time.Time
	warn     *slog.Logger
	measured *meter
	lock     *flock.Flock
	open     func(path string) (file, error)

	today *dayFile // of the writing goroutine alone, as is its opening

	wake  chan struct{} // holds one token where next has something
	ended chan struct{} // closed when the last group is written

	mu     sync.Mutex // of everything below
	next   *group     // what is gathered for the next fsync
	broken bool       // the last group was not written
	closed bool
}

// A group is what shares an fsync.
type group struct {
	text  []byte
	lines int
	done  chan struct{} // closed when err is final
	err   error
}

func openLog(o *Options, m *meter) (*eventLog, error) {
	if err := makeFolder(o.Folder); err != nil {
		return nil, &FolderError{err}
	}
	lock := flock.New(filepath.Join(o.Folder, lockName), flock.SetPermissions(0o600), flock.SetFlag(os.O_CREATE|os.O_RDWR))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, errors.Join(&FolderError{err}, lock.Close())
	}
	if !locked {
		return nil, errors.Join(&LockedError{lock.Path()}, lock.Close())
	}
	l := &eventLog{
		folder: o.Folder, zone: o.Zone, now: o.Now, warn: o.Log, measured: m, lock: lock, open: openFile,
		wake: make(chan struct{}, 1), ended: make(chan struct{}), next: newGroup(),
	}
	err = mendAll(o.Folder, o.Log)
	if err == nil {
		err = l.commit(nil) // makes the file of today, so that a fault is known now and not with the first webhook
	}
	if err != nil {
		return nil, errors.Join(&FolderError{err}, lock.Close())
	}
	go l.write()
	return l, nil
}

func newGroup() *group { return &group{done: make(chan struct{})} }

// append returns when line is on disk, or an error if it is not and will not be.
// An empty line asks whether the log can be written.
func (l *eventLog) append(line []byte) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return errClosed
	}
	g := l.next
	g.text = append(g.text, line...)
	g.lines++
	select {
	case l.wake <- struct{}{}:
	default: // it is awake already, and takes the group as it stands then
	}
	l.mu.Unlock()
	<-g.done
	return g.err
}

// failed tells whether the last group was not written.
func (l *eventLog) failed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// write brings group after group to the disk.
func (l *eventLog) write() {
	defer close(l.ended)
	for range l.wake {
		l.mu.Lock()
		g := l.next
		l.next = newGroup()
		l.mu.Unlock()
		if g.lines == 0 {
			continue // the one before it took its lines along
		}
		began := l.now()
		g.err = l.commit(g.text)
		l.measured.committed(len(g.text), l.now().Sub(began), g.err)
		l.mu.Lock()
		if g.err != nil && !l.broken {
			l.warn.Error("webhooks are refused, for the event log cannot be written", "error", g.err.Error())
		}
		if g.err == nil && l.broken {
			l.warn.Warn("the event log can be written again")
		}
		l.broken = g.err != nil
		l.mu.Unlock()
		close(g.done)
	}
}

// maxMoves is how often a group follows a file that is moved away under it.
const maxMoves = 3

// commit writes text into the file of the day and returns when it is on disk
// there.
func (l *eventLog) commit(text []byte) error {
	for range maxMoves {
		if err := l.turn(); err != nil {
			return err
		}
		if err := l.today.append(text, l.warn); err != nil {
			return err
		}
		in, err := l.today.inPlace()
		if err != nil || in {
			return err
		}
		// It is in a file that nobody may ever read: a copy does no harm.
		l.warn.Warn("a file of the event log was moved or removed while it was written to; name files of earlier days only where logs are rotated", "file", l.today.path)
		err = l.today.close()
		l.today = nil
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("%s is moved away as often as it is made", l.path())
}

// turn opens the file of the day, where it is not open.
func (l *eventLog) turn() error {
	path := l.path()
	if l.today != nil && l.today.path == path {
		return nil
	}
	if l.today != nil {
		old := l.today
		l.today = nil
		if err := old.close(); err != nil {
			return err
		}
	}
	d, err := openDay(path, l.open)
	if err != nil {
		return err
	}
	l.today = d
	return nil
}

func (l *eventLog) path() string {
	return filepath.Join(l.folder, Name(l.now().In(l.zone)))
}

// close writes what waits and lets go of the folder. What comes later is not
// taken.
func (l *eventLog) close() error {
	l.mu.Lock()
	already := l.closed
	l.closed = true
	l.mu.Unlock()
	if already {
		return nil
	}
	close(l.wake) // a token that is in it is taken first
	<-l.ended
	var err error
	if l.today != nil {
		err = l.today.close()
	}
	return errors.Join(err, l.lock.Close())
}
