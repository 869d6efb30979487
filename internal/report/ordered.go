package report

import (
	"bytes"
	"encoding/json"
)

// Ordered is a JSON object whose keys stand in the order given, so that status
// and severity read from top to bottom.
type Ordered[T any] []Entry[T]

// An Entry is one key of an Ordered object and its value.
type Entry[T any] struct {
	Name  string
	Value T
}

// MarshalJSON writes the entries as one object.
func (o Ordered[T]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(appendString(nil, e.Name))
		b.WriteByte(':')
		value, err := plainJSON(e.Value)
		if err != nil {
			return nil, err
		}
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plainJSON marshals without escaping < > & for web pages.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
