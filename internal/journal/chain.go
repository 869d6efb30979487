package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// A Step is one link of the chain, as Export writes it.
type Step struct {
	Seq      int64     // from 1
	At       time.Time // UTC, to the millisecond
	Actor    string
	Kind     string // what happened: BEGUN, PAID, DECIDED …
	Subject  string // an objectId, the hash of a plan, a supplier
	Old, New string // states; empty where it is about none
	Evidence string // SHA-256 of what proves it, in hexadecimal; may be empty
	Detail   string // canonical JSON
	Previous string // hash of the step before
	Hash     string // SHA-256 over all that stands above
}

// genesis is what the first step has for the hash of the one before it.
var genesis = strings.Repeat("0", sha256.Size*2)

// stepLine is a step as a line of JSON, its keys sorted. Without Hash it is what
// the hash is taken of; with it, it is a line of the side log and of an export.
type stepLine struct {
	Actor    string          `json:"actor"`
	At       int64           `json:"at"` // milliseconds of UTC since 1970
	Detail   json.RawMessage `json:"detail"`
	Evidence string          `json:"evidence"`
	Hash     string          `json:"hash,omitempty"`
	Kind     string          `json:"kind"`
	New      string          `json:"new"`
	Old      string          `json:"old"`
	Previous string          `json:"previous"`
	Seq      int64           `json:"seq"`
	Subject  string          `json:"subject"`
}

// line returns the canonical line of s without its end.
func (s Step) line(hash string) ([]byte, error) {
	return canonical(stepLine{Actor: s.Actor, At: s.At.UnixMilli(), Detail: json.RawMessage(s.Detail), Evidence: s.Evidence, Hash: hash,
		Kind: s.Kind, New: s.New, Old: s.Old, Previous: s.Previous, Seq: s.Seq, Subject: s.Subject})
}

// sum computes the hash of s.
func (s Step) sum() (string, error) {
	b, err := s.line("")
	if err != nil {
		return "", fmt.Errorf("step %d: %w", s.Seq, err)
	}
	return digest(b), nil
}

// parseStep reads a line back. That it is canonical shows in its hash.
func parseStep(b []byte) (Step, error) {
	var l stepLine
	if err := strict(b, &l); err != nil {
		return Step{}, err
	}
	return Step{Seq: l.Seq, At: moment(l.At), Actor: l.Actor, Kind: l.Kind, Subject: l.Subject, Old: l.Old, New: l.New,
		Evidence: l.Evidence, Detail: string(l.Detail), Previous: l.Previous, Hash: l.Hash}, nil
}

// follows tells what is wrong with s as the step after one with seq and hash;
// empty means nothing.
func (s Step) follows(seq int64, hash string) string {
	sum, err := s.sum()
	switch {
	case err != nil:
		return "the step cannot be read"
	case sum != s.Hash:
		return "the step was changed: its hash is not that of what it says"
	case s.Seq != seq+1:
		return fmt.Sprintf("step %d is missing", seq+1)
	case s.Previous != hash:
		return "the step does not continue the one before it"
	}
	return ""
}

// moment reads a time of the tables.
func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// digest is the SHA-256 in hexadecimal.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// canonical writes a value as JSON in one line. The fields of our structs are in
// the order of their names, and encoding/json sorts the keys of maps.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// strict reads JSON that has no other keys than v.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("there is more than one value in a line")
	}
	return nil
}
