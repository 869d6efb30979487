package journal

import "fmt"

// A tail is what is to be done at the end of a side log that agrees with the
// journal, before anything is written behind it.
type tail struct {
	note string // committed or void, for the last batch; empty where it has its mark
	seq  int64
	hash string
	cut  bool // its end is torn
}

// agree compares the head of the journal with the side log. existed tells whether
// there was a journal before this one was opened.
//
// The rule: what is marked as committed the journal must have, all of it and
// nothing else. Of one batch more, the last, nothing is known after a crash; the
// journal alone decides whether it happened. Everything else is a doubt.
func agree(head Step, l *sideLog, existed bool) (tail, error) {
	seq, hash := head.Seq, orGenesis(head.Hash)
	all, allHash := l.head(len(l.steps))
	sure, sureHash := l.head(l.sure)
	// What two people sign for a recovery to go on from. It is not the last batch of
	// unknown fate, which may be that of a recovery that died: they need not both
	// sign again to have it done.
	from := hash
	if known(l, seq, hash) {
		from = sureHash
	}
	doubt := func(format string, args ...any) (tail, error) {
		return tail{}, sideDoubt(l.path, from, fmt.Sprintf(format, args...))
	}
	switch {
	case !l.exists && seq == 0:
		return tail{}, nil
	case !l.exists:
		return doubt("the side log is missing, and the journal has %d steps", seq)
	case l.bad != "":
		return doubt("line %d of the side log: %s", l.badAt, l.bad)
	case !existed && len(l.steps) > 0:
		return doubt("the side log has %d steps, and there is no journal", all)
	}
	t := tail{seq: all, hash: allHash, cut: l.torn()}
	switch {
	case seq == all && hash == allHash:
		if l.sure < len(l.steps) {
			t.note = committed
		}
		return t, nil
	case seq == sure && hash == sureHash:
		t.note = void
		return t, nil
	case seq > all:
		return doubt("the side log ends at step %d and the journal at step %d: an older side log was put in its place, or that of another journal", all, seq)
	case seq < all && known(l, seq, hash):
		return doubt("the journal ends at step %d and the side log at step %d: an older journal was put in its place", seq, all)
	}
	return doubt("the journal and the side log tell different stories from step %d or before", min(seq, all))
}

// known tells whether the side log has that step.
func known(l *sideLog, seq int64, hash string) bool {
	if seq == 0 {
		return true
	}
	return seq <= int64(len(l.steps)) && l.steps[seq-1].Hash == hash
}

// sideDoubt is the doubt that Recover ends.
func sideDoubt(path, from, what string) *CorruptError {
	return &CorruptError{Path: path, What: what, Check: "journal-side-log", From: from,
		Do: "nothing is sent until they agree. Where a newer copy of the one or the other exists, put it back; else two people run `reconcile recover`"}
}
