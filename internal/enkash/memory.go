package enkash

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// A Memory knows what logs said on earlier nights, by what stands in them and
// not by their names. It may forget anything at any time: then that is read
// again. What a log says is never concluded from its name, its size or its date.
type Memory interface {
	// Like returns the stretches of every log that is known and begins as head
	// does, the shortest first.
	Like(head []byte) []payment.Stretch
	// Packed returns the stretches that a compressed file is known to unpack to,
	// from the beginning to the end; nil where it is not known. sum is asked for
	// only where a file of that size is.
	Packed(size int64, sum func() (source.Stat, error)) ([]payment.Stretch, source.Stat, error)
	// Replay tells what a stretch says, in its order.
	Replay(s *payment.Stretch, tell func(payment.Told) error) error
	// Record notes what a stretch of the log at path says that is being read; nil
	// where nothing is noted down. head is how that log begins. End or Drop ends it.
	Record(path string, head []byte) payment.Recorder
	// Hold says what stands in a file tonight.
	Hold(payment.Holding)
	// Gone returns what is remembered of logs that no file holds tonight: by path,
	// and of each in its order.
	Gone() []payment.KeptLog
	// Forget says of a stretch that nothing is lost with it.
	Forget(s *payment.Stretch)
	// Text returns a body that was kept whole, and Keep keeps it.
	Text(sum payment.Digest) (payment.Event, bool)
	Keep(e *payment.Event)
}

// readerVersion counts the changes of what the same log is read as. Raise it with
// every one: what was remembered by the rules before is then read anew.
const readerVersion = 1

// Reader names the rules by which these logs are read: what was remembered under
// another name says nothing of what a log says today.
func (o *LogOptions) Reader() string {
	ids := make([]string, len(o.Buyers))
	for i, b := range o.Buyers {
		ids[i] = b.B2BID
	}
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(fmt.Sprintf("%d\n%s", readerVersion, strings.Join(ids, "\n"))))
	return hex.EncodeToString(sum[:])
}

// foldKept folds what is remembered of logs that are gone, behind those that are
// there. What these say as well is not lost with it, and not kept for its own
// sake: a file that was mended, packed differently or put together with others
// says all that the old one said.
func (r *reading) foldKept(log *Log) error {
	if r.memory == nil {
		return nil
	}
	for _, kept := range r.memory.Gone() {
		t := r.tally(kept.Path)
		t.in.Gone, t.in.Changed = kept.Gone, kept.Changed
		all := kept.Stretches
		kept.Stretches = nil
		for i := range all {
			s := &all[i]
			lost, err := r.losesAnything(s)
			if err != nil {
				return err
			}
			if !lost {
				r.memory.Forget(s)
				continue
			}
			kept.Stretches = append(kept.Stretches, *s)
			t.in.SHA256, t.in.Bytes = hex.EncodeToString(s.Sum[:]), t.in.Bytes+s.To-s.From
			if kept.Forgotten {
				t.count(s)
				continue
			}
			if err := t.replay(s); err != nil {
				return err
			}
		}
		switch {
		case len(kept.Stretches) == 0:
			continue
		case kept.Forgotten:
			kept.LogInput = t.in
			log.Forgotten = append(log.Forgotten, kept)
			continue
		}
		in, err := t.end()
		if err != nil {
			return err
		}
		kept.LogInput = *in
		if kept.New && kept.Changed {
			f := fault{check: checkReplaced, text: "what this log said before is in no file any more: it was cut off or written over in its place, and what came in since it was read last may be lost"}
			r.problems = append(r.problems, f.problem(source.Pos{File: kept.Path}))
		}
		log.Kept = append(log.Kept, kept)
	}
	return nil
}

// losesAnything tells whether a stretch says something that nobody else does.
func (r *reading) losesAnything(s *payment.Stretch) (lost bool, err error) {
	err = r.memory.Replay(s, func(said payment.Told) error {
		switch {
		case said.Event != nil:
			lost = lost || !r.folder.Has(said.Event)
		case said.Notice != nil:
			lost = lost || !r.invoices.Has(*said.Notice)
		}
		return nil
	})
	return lost, err
}
