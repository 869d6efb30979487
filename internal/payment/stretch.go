package payment

import (
	"crypto/sha256"

	"reconcile/internal/source"
)

// A Digest is the SHA-256 of the content of a log, unpacked, up to some byte.
// The zero Digest stands for the beginning of a log.
type Digest = [sha256.Size]byte

// A Stretch is a part of a log that was read: some lines that stand one behind
// the other. It is known by what stands in the log up to its end, and by no name.
// What it says is kept beside it, as a list of Told.
type Stretch struct {
	After, Sum Digest // of the content up to its beginning, and up to its end
	From, To   int64  // bytes of content
	Row        int    // the line on which the next stretch begins

	// Final says that it means what it says only where the log ends with it: its
	// last line has no end yet, or the log is one JSON array.
	Final bool
	// Torn says that it is nothing but such a line, which cannot be read: nobody
	// was told anything by it.
	Torn bool
	// Stale says that a reader with other rules, or for other buyers, read it: it
	// proves what stands in a log, and is read anew while there is one.
	Stale bool

	Lines, Bodies, Foreign int // as in LogInput
	Counted                []Counted
}

// Told is what one body says. One of its fields is set, and valid during a call.
type Told struct {
	Event   *Event
	Notice  *Notice
	Problem *source.Problem
}

// A KeptLog is a log, or a part of one, that is no longer there: what it said is
// remembered.
type KeptLog struct {
	LogInput       // as it was counted; Path says that it is kept, Bytes and SHA256 are of its content
	New       bool // it is missed for the first time
	Forgotten bool // it was known until now, and nobody will remember it
	Stretches []Stretch
}

// A Recorder notes what one stretch says.
type Recorder interface {
	Tell(Told) error
	End(Stretch) error
	Drop()
}

// A Holding is a file, and what stands in it.
type Holding struct {
	Path   string
	Inode  uint64      // 0 where it is not known
	Packed source.Stat // of a compressed file; else zero
	// Known are the stretches known before that its content begins with; All are
	// those that make up the whole of it, and End is the last of them.
	Known, All []Digest
}
