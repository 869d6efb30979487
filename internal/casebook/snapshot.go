package casebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"reconcile/internal/day"
)

// snapshotVersion is the form of an encoded snapshot. One of another form is not
// read: the next run then begins anew, as after a lost history.
const snapshotVersion = 1

// A Snapshot is what one run knew of all exceptions, for the next to compare with.
type Snapshot struct {
	AsOf  day.Date // the business date of the run
	Cases []Case   // by id: those that live, and those that were cleared less than clearedKept days ago
}

// clearedKept is for how many days a cleared exception is remembered, so that it is
// known again when it comes back: longer than a financial year and its closing.
const clearedKept = 550

// Find returns the case with an id, nil where there is none.
func (s *Snapshot) Find(id string) *Case {
	if s == nil {
		return nil
	}
	return find(s.Cases, id)
}

func find(cases []Case, id string) *Case {
	i, found := slices.BinarySearchFunc(cases, id, func(c Case, id string) int { return strings.Compare(c.ID, id) })
	if !found {
		return nil
	}
	return &cases[i]
}

// encoded is a snapshot as it is kept.
type encoded struct {
	Version int      `json:"version"`
	AsOf    day.Date `json:"as_of"`
	Cases   []Case   `json:"cases"`
}

// Encode writes a snapshot as text. The same snapshot gives the same bytes.
func (s *Snapshot) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(encoded{snapshotVersion, s.AsOf, s.Cases}); err != nil {
		return nil, fmt.Errorf("keeping the exceptions: %w", err)
	}
	return b.Bytes(), nil
}

// ErrForm means that a snapshot is of another form than this program reads.
var ErrForm = errors.New("the exceptions were kept by another version of the program")

// Decode reads what Encode wrote.
func Decode(b []byte) (*Snapshot, error) {
	var form struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(b, &form); err != nil {
		return nil, fmt.Errorf("reading the exceptions of an earlier run: %w", err)
	}
	if form.Version != snapshotVersion {
		return nil, ErrForm
	}
	var e encoded
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return nil, fmt.Errorf("reading the exceptions of an earlier run: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("reading the exceptions of an earlier run: something stands behind them")
	}
	for i := 1; i < len(e.Cases); i++ {
		if e.Cases[i-1].ID >= e.Cases[i].ID {
			return nil, fmt.Errorf("reading the exceptions of an earlier run: %s stands before %s", e.Cases[i-1].ID, e.Cases[i].ID)
		}
	}
	return &Snapshot{AsOf: e.AsOf, Cases: e.Cases}, nil
}
