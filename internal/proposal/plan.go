package proposal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrAltered is that of a plan that Encode did not write.
var ErrAltered = errors.New("the plan is not as it was proposed: propose again [plan-altered]")

// Encode writes a proposal as a plan: JSON with sorted keys, two spaces of
// indent and one newline at the end, amounts in whole paise, dates as text. It
// refuses a proposal that does not tie, so that no plan exists which Decode
// would refuse.
func Encode(p *Proposal) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("writing the plan: %w", err)
	}
	return encode(p)
}

// Decode reads a plan. It refuses any byte that Encode would not have written,
// and anything that does not tie, with ErrAltered.
func Decode(plan []byte) (*Proposal, error) {
	dec := json.NewDecoder(bytes.NewReader(plan))
	dec.DisallowUnknownFields()
	var w wirePlan
	if err := dec.Decode(&w); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrAltered, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows it", ErrAltered)
	}
	p, err := w.proposal()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrAltered, err)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrAltered, err)
	}
	again, err := encode(p)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrAltered, err)
	}
	if !bytes.Equal(again, plan) {
		return nil, fmt.Errorf("%w: it differs at byte %d from what would be written", ErrAltered, differAt(again, plan))
	}
	return p, nil
}

// differAt returns where two texts begin to differ, from 1.
func differAt(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n + 1
}

// encode writes a proposal that was checked.
func encode(p *Proposal) ([]byte, error) {
	loose, err := json.Marshal(wireOf(p))
	if err != nil {
		return nil, fmt.Errorf("writing the plan: %w", err)
	}
	// Through a tree, because its objects are written with sorted keys.
	dec := json.NewDecoder(bytes.NewReader(loose))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("writing the plan: %w", err)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(tree); err != nil {
		return nil, fmt.Errorf("writing the plan: %w", err)
	}
	return b.Bytes(), nil
}

// Hash returns the SHA-256 of a plan in hexadecimal, as sha256sum shows it: the
// one thing that is approved.
func Hash(plan []byte) string {
	sum := sha256.Sum256(plan)
	return hex.EncodeToString(sum[:])
}
