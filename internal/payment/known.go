package payment

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A Known is what was known of all payments at one time, reduced to what shows
// that something was forgotten since: of each payment how many distinct bodies
// spoke of it. It holds no id, no amount and no party.
//
// What was known of a payment can only grow, for the state is a function of the
// set of bodies. Where it has shrunk a log is missing, and a payment that stands
// or is in flight may look as if it had never been made.
type Known struct {
	marks []mark // by id
}

// A mark is one payment.
type mark struct {
	id     uint64 // the first bytes of the SHA-256 of its objectId
	bodies uint16 // as many as can be counted
}

// KnownOf returns what remittances show. counts says of a piece of evidence
// whether it may be missed: what comes out of our own journal cannot be.
func KnownOf(remittances []Remittance, counts func(Evidence) bool) Known {
	marks := make([]mark, 0, len(remittances))
	for i := range remittances {
		r := &remittances[i]
		n := 0
		for _, e := range r.Evidence {
			if counts(e) {
				n++
			}
		}
		if n > 0 {
			marks = append(marks, mark{idMark(r.ObjectID), uint16(min(n, 1<<16-1))})
		}
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(b.bodies, a.bodies)) })
	return Known{slices.CompactFunc(marks, func(a, b mark) bool { return a.id == b.id })}
}

// AllOf knows everything about some payments: those that another witness has.
func AllOf(objectIDs []string) Known {
	marks := make([]mark, 0, len(objectIDs))
	for _, id := range objectIDs {
		marks = append(marks, mark{idMark(id), 1<<16 - 1})
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Compare(a.id, b.id) })
	return Known{slices.CompactFunc(marks, func(a, b mark) bool { return a.id == b.id })}
}

func idMark(objectID string) uint64 {
	sum := sha256.Sum256([]byte(objectID))
	return binary.BigEndian.Uint64(sum[:8])
}

// Count is how many payments are known.
func (k Known) Count() int { return len(k.marks) }

// Missing is what k knew and now does not: payments of which no body, or fewer
// bodies, are left.
func (k Known) Missing(now Known) Known {
	var missing []mark
	for _, m := range k.marks {
		i, found := slices.BinarySearchFunc(now.marks, m.id, func(n mark, id uint64) int { return cmp.Compare(n.id, id) })
		if !found || now.marks[i].bodies < m.bodies {
			missing = append(missing, m)
		}
	}
	return Known{missing}
}

// With returns the most that either of both knew, which is what must not be
// forgotten.
func (k Known) With(other Known) Known {
	all := slices.Concat(k.marks, other.marks)
	slices.SortFunc(all, func(a, b mark) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(b.bodies, a.bodies)) })
	return Known{slices.CompactFunc(all, func(a, b mark) bool { return a.id == b.id })}
}

// Digest names exactly these payments and counts.
func (k Known) Digest() string {
	sum := sha256.Sum256(k.plain())
	return hex.EncodeToString(sum[:16])
}

const markSize = 10

func (k Known) plain() []byte {
	b := make([]byte, 0, len(k.marks)*markSize)
	for _, m := range k.marks {
		b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint64(b, m.id), m.bodies)
	}
	return b
}

// maxKnown bounds what is read back: some twenty million payments.
const maxKnown = 200 << 20

// Encode writes k so that ReadKnown reads it back.
func (k Known) Encode() ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(k.plain()); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ReadKnown reads what Encode wrote; nothing at all is nothing known.
func ReadKnown(text []byte) (Known, error) {
	if len(text) == 0 {
		return Known{}, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return Known{}, fmt.Errorf("reading which payments were known: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(z, maxKnown+1))
	if err != nil {
		return Known{}, fmt.Errorf("reading which payments were known: %w", err)
	}
	if len(b)%markSize != 0 || len(b) > maxKnown {
		return Known{}, errors.New("reading which payments were known: the list is cut")
	}
	k := Known{make([]mark, len(b)/markSize)}
	for i := range k.marks {
		k.marks[i] = mark{binary.BigEndian.Uint64(b[i*markSize:]), binary.BigEndian.Uint16(b[i*markSize+8:])}
		if i > 0 && k.marks[i].id <= k.marks[i-1].id {
			return Known{}, errors.New("reading which payments were known: the list is not in order")
		}
	}
	return k, nil
}
