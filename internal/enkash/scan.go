package enkash

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds nesting. A payment body is six levels deep, a wrapped one
// ten; what is deeper is no delivery, and would only cost stack.
const maxDepth = 64

type kind uint8

const (
	object kind = iota + 1
	array
	text
	number
	boolean
	null
)

// A node is one value of a document, in the order in which they stand. The
// children of an object are its keys and values in turn.
type node struct {
	kind       kind
	decoded    bool  // start and end are of tape.decoded: the string had escapes
	start, end int32 // of a string, without its quotes
	next       int32 // the node behind this one and its children
}

// A tape is a JSON document cut into nodes. It is used again for the next
// document, so that reading a log allocates nothing for the grammar.
type tape struct {
	src     []byte
	decoded []byte
	nodes   []node
	keys    [][]byte
}

// The ways in which text fails to be a document that can be used. A lone half of
// a surrogate pair is one: it stands for no character, and two different bodies
// would read the same.
var (
	errTorn      = errors.New("the JSON ends in the middle")
	errSyntax    = errors.New("not JSON")
	errDuplicate = errors.New("a key stands twice in one object")
	errDepth     = errors.New("nested deeper than 64 levels")
	errUTF8      = errors.New("not UTF-8 text")
	errSurrogate = errors.New("half a surrogate pair")
)

// parse cuts src, which must hold one JSON value and nothing behind it. The
// tape refers to src until the next parse.
func (t *tape) parse(src []byte) error {
	t.src, t.decoded, t.nodes = src, t.decoded[:0], t.nodes[:0]
	if !utf8.Valid(src) {
		return errUTF8
	}
	at, err := t.value(t.space(0), 0)
	if err != nil {
		return err
	}
	if at = t.space(at); at < len(src) {
		return fmt.Errorf("%w: more text at byte %d", errSyntax, at+1)
	}
	return nil
}

// bytes returns the characters of a string or the text of any other scalar.
func (t *tape) bytes(n int32) []byte {
	v := &t.nodes[n]
	if v.decoded {
		return t.decoded[v.start:v.end]
	}
	return t.src[v.start:v.end]
}

// get returns the value under a key of an object, or -1.
func (t *tape) get(obj int32, key string) int32 {
	if obj < 0 || t.nodes[obj].kind != object {
		return -1
	}
	for k, end := obj+1, t.nodes[obj].next; k < end; k = t.nodes[k+1].next {
		if string(t.bytes(k)) == key {
			return k + 1
		}
	}
	return -1
}

func (t *tape) is(n int32, k kind) bool { return n >= 0 && t.nodes[n].kind == k }

func (t *tape) space(at int) int {
	for at < len(t.src) {
		switch t.src[at] {
		case ' ', '\t', '\n', '\r':
			at++
		default:
			return at
		}
	}
	return at
}

func (t *tape) fault(at int) error {
	if at >= len(t.src) {
		return errTorn
	}
	return fmt.Errorf("%w at byte %d", errSyntax, at+1)
}

func (t *tape) add(k kind, start, end int) {
	t.nodes = append(t.nodes, node{kind: k, start: int32(start), end: int32(end), next: int32(len(t.nodes) + 1)})
}

func (t *tape) value(at, depth int) (int, error) {
	if at >= len(t.src) {
		return at, errTorn
	}
	switch c := t.src[at]; c {
	case '{', '[':
		if depth == maxDepth {
			return at, errDepth
		}
		if c == '{' {
			return t.object(at, depth+1)
		}
		return t.array(at, depth+1)
	case '"':
		return t.string(at)
	case 't':
		return t.word(at, "true", boolean)
	case 'f':
		return t.word(at, "false", boolean)
	case 'n':
		return t.word(at, "null", null)
	}
	return t.number(at)
}

func (t *tape) object(at, depth int) (int, error) {
	self := len(t.nodes)
	t.add(object, at, at)
	keys := 0
	at = t.space(at + 1)
	for first := true; ; first = false {
		if at >= len(t.src) {
			return at, errTorn
		}
		if first && t.src[at] == '}' {
			break
		}
		if t.src[at] != '"' {
			return at, t.fault(at)
		}
		var err error
		if at, err = t.string(at); err != nil {
			return at, err
		}
		keys++
		if at = t.space(at); at >= len(t.src) || t.src[at] != ':' {
			return at, t.fault(at)
		}
		if at, err = t.value(t.space(at+1), depth); err != nil {
			return at, err
		}
		if at = t.space(at); at >= len(t.src) {
			return at, errTorn
		}
		if t.src[at] == '}' {
			break
		}
		if t.src[at] != ',' {
			return at, t.fault(at)
		}
		at = t.space(at + 1)
	}
	t.nodes[self].end = int32(at + 1)
	t.nodes[self].next = int32(len(t.nodes))
	if t.repeats(int32(self), keys) {
		return at, errDuplicate
	}
	return at + 1, nil
}

func (t *tape) array(at, depth int) (int, error) {
	self := len(t.nodes)
	t.add(array, at, at)
	at = t.space(at + 1)
	for first := true; ; first = false {
		if at >= len(t.src) {
			return at, errTorn
		}
		if first && t.src[at] == ']' {
			break
		}
		var err error
		if at, err = t.value(at, depth); err != nil {
			return at, err
		}
		if at = t.space(at); at >= len(t.src) {
			return at, errTorn
		}
		if t.src[at] == ']' {
			break
		}
		if t.src[at] != ',' {
			return at, t.fault(at)
		}
		at = t.space(at + 1)
	}
	t.nodes[self].end = int32(at + 1)
	t.nodes[self].next = int32(len(t.nodes))
	return at + 1, nil
}

// fewKeys is up to how many keys every two of an object are compared; more are
// sorted. No object of the API has more than a dozen.
const fewKeys = 16

// repeats tells whether a key stands twice in an object. What such an object
// means depends on who reads it, so it can be evidence of nothing.
func (t *tape) repeats(obj int32, keys int) bool {
	t.keys = t.keys[:0]
	for k, end := obj+1, t.nodes[obj].next; k < end; k = t.nodes[k+1].next {
		t.keys = append(t.keys, t.bytes(k))
	}
	if keys > fewKeys {
		slices.SortFunc(t.keys, bytes.Compare)
		for i := 1; i < len(t.keys); i++ {
			if bytes.Equal(t.keys[i-1], t.keys[i]) {
				return true
			}
		}
		return false
	}
	for i, a := range t.keys {
		for _, b := range t.keys[:i] {
			if len(a) == len(b) && bytes.Equal(a, b) {
				return true
			}
		}
	}
	return false
}

// string reads a string whose opening quote is at at.
func (t *tape) string(at int) (int, error) {
	src, start := t.src, at+1
	for i := start; i < len(src); i++ {
		c := src[i]
		if c > '\\' || c != '"' && c != '\\' && c >= ' ' {
			continue
		}
		switch c {
		case '"':
			t.add(text, start, i)
			return i + 1, nil
		case '\\':
			return t.escaped(start, i)
		}
		return i, t.fault(i)
	}
	return len(src), errTorn
}

// escaped reads a string from its first escape on, into t.decoded.
func (t *tape) escaped(start, at int) (int, error) {
	from := len(t.decoded)
	t.decoded = append(t.decoded, t.src[start:at]...)
	for at < len(t.src) {
		switch c := t.src[at]; {
		case c == '"':
			t.nodes = append(t.nodes, node{kind: text, decoded: true, start: int32(from), end: int32(len(t.decoded)), next: int32(len(t.nodes) + 1)})
			return at + 1, nil
		case c < ' ':
			return at, t.fault(at)
		case c != '\\':
			t.decoded = append(t.decoded, c)
			at++
			continue
		}
		if at+1 >= len(t.src) {
			return at, errTorn
		}
		c := t.src[at+1]
		if c == 'u' {
			var err error
			if at, err = t.unicode(at); err != nil {
				return at, err
			}
			continue
		}
		const escapes, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
		i := bytes.IndexByte([]byte(escapes), c)
		if i < 0 {
			return at + 1, t.fault(at + 1)
		}
		t.decoded = append(t.decoded, meanings[i])
		at += 2
	}
	return at, errTorn
}

// unicode reads \uXXXX at at, and the second half of a pair behind it.
func (t *tape) unicode(at int) (int, error) {
	r, err := t.hex(at)
	if err != nil {
		return at, err
	}
	at += 6
	if utf16.IsSurrogate(r) {
		if at >= len(t.src) || at+1 == len(t.src) && t.src[at] == '\\' {
			return at, errTorn
		}
		if t.src[at] != '\\' || t.src[at+1] != 'u' {
			return at, errSurrogate
		}
		low, err := t.hex(at)
		if err != nil {
			return at, err
		}
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return at, errSurrogate
		}
		at += 6
	}
	t.decoded = utf8.AppendRune(t.decoded, r)
	return at, nil
}

func (t *tape) hex(at int) (rune, error) {
	var r rune
	for i := at + 2; i < at+6; i++ {
		if i >= len(t.src) {
			return 0, errTorn
		}
		c := t.src[i]
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, t.fault(i)
		}
	}
	return r, nil
}

func (t *tape) word(at int, word string, k kind) (int, error) {
	for i := 0; i < len(word); i++ {
		if at+i >= len(t.src) || t.src[at+i] != word[i] {
			return at + i, t.fault(at + i)
		}
	}
	t.add(k, at, at+len(word))
	return at + len(word), nil
}

func (t *tape) number(at int) (int, error) {
	end, ok := numberEnd(t.src, at)
	if !ok {
		return end, t.fault(end)
	}
	t.add(number, at, end)
	return end, nil
}

// numberEnd returns the end of the JSON number at at, or where it goes wrong.
func numberEnd(s []byte, at int) (int, bool) {
	digits := func() bool {
		from := at
		for at < len(s) && s[at] >= '0' && s[at] <= '9' {
			at++
		}
		return at > from
	}
	if at < len(s) && s[at] == '-' {
		at++
	}
	if at < len(s) && s[at] == '0' {
		at++
	} else if !digits() {
		return at, false
	}
	if at < len(s) && s[at] == '.' {
		if at++; !digits() {
			return at, false
		}
	}
	if at < len(s) && (s[at] == 'e' || s[at] == 'E') {
		if at++; at < len(s) && (s[at] == '+' || s[at] == '-') {
			at++
		}
		if !digits() {
			return at, false
		}
	}
	return at, true
}
