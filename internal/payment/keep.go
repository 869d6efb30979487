package payment

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"reconcile/internal/party"
)

// Keep asks the Folder to keep every distinct body of these payments, because
// they are our own: what is said of a payment of ours is compared body by body
// with what was sent. It must be called before the first Add.
func (f *Folder) Keep(objectIDs ...string) {
	for _, id := range objectIDs {
		f.kept[id] = nil
	}
}

// keep notes a body that is new.
func (f *Folder) keep(e *Event) {
	bodies, ours := f.kept[e.ObjectID]
	if !ours {
		return
	}
	body := *e
	body.Lines, body.Canonical = slices.Clone(e.Lines), nil
	f.kept[e.ObjectID] = append(bodies, body)
}

// keepPlace notes the place of a copy where it stands before the others.
func (f *Folder) keepPlace(e *Event) {
	for i := range f.kept[e.ObjectID] {
		if b := &f.kept[e.ObjectID][i]; b.Sum == e.Sum && beforeInLog(e, b) < 0 {
			b.Pos = e.Pos
		}
	}
}

// Bodies are the kept bodies of a payment that were added so far, by place; nil
// where Keep did not ask for it.
func (f *Folder) Bodies(objectID string) []Event {
	bodies := slices.Clone(f.kept[objectID])
	slices.SortFunc(bodies, func(a, b Event) int {
		return cmp.Or(beforeInLog(&a, &b), bytes.Compare(a.Sum[:], b.Sum[:]))
	})
	return bodies
}

func beforeInLog(a, b *Event) int {
	return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Row, b.Pos.Row))
}

// Says names what the body says as evidence does, in the contract's words.
func (e *Event) Says() string { return e.says() }

// SameUTR tells whether two references, as written, are one (party.UTR).
func SameUTR(a, b string) bool { return party.UTR(a) == party.UTR(b) }
