package enkash

import (
	"bytes"
	"slices"
	"strconv"
)

// A canon writes the canonical body: keys sorted, no white space, strings with
// no more escapes than needed, one text for one number. Two deliveries of one
// body have the same canonical body, whoever logged them.
type canon struct {
	keys []int32 // scratch, used as a stack
}

// append appends the canonical form of node n to b.
func (c *canon) append(b []byte, t *tape, n int32) []byte {
	v := &t.nodes[n]
	switch v.kind {
	case object:
		return c.object(b, t, n)
	case array:
		b = append(b, '[')
		for i := n + 1; i < v.next; i = t.nodes[i].next {
			if i > n+1 {
				b = append(b, ',')
			}
			b = c.append(b, t, i)
		}
		return append(b, ']')
	case text:
		return appendString(b, t, n)
	case number:
		return appendNumber(b, t.bytes(n))
	}
	return append(b, t.bytes(n)...)
}

func (c *canon) object(b []byte, t *tape, n int32) []byte {
	from := len(c.keys)
	for k, end := n+1, t.nodes[n].next; k < end; k = t.nodes[k+1].next {
		c.keys = append(c.keys, k)
	}
	to := len(c.keys)
	c.sort(t, c.keys[from:])
	b = append(b, '{')
	for i := from; i < to; i++ {
		if i > from {
			b = append(b, ',')
		}
		k := c.keys[i]
		b = append(appendString(b, t, k), ':')
		b = c.append(b, t, k+1)
	}
	c.keys = c.keys[:from]
	return append(b, '}')
}

// sort sorts keys. Those of the API's bodies are few and come in much the same
// order, so each is put in its place; many are sorted as usual.
func (c *canon) sort(t *tape, keys []int32) {
	if len(keys) > fewKeys {
		slices.SortFunc(keys, func(a, b int32) int { return bytes.Compare(t.bytes(a), t.bytes(b)) })
		return
	}
	for i := 1; i < len(keys); i++ {
		key, text := keys[i], t.bytes(keys[i])
		k := i
		for ; k > 0 && bytes.Compare(t.bytes(keys[k-1]), text) > 0; k-- {
			keys[k] = keys[k-1]
		}
		keys[k] = key
	}
}

// appendString appends a string. One that was written without escapes needs none.
func appendString(b []byte, t *tape, n int32) []byte {
	if v := &t.nodes[n]; !v.decoded {
		return append(b, t.src[v.start-1:v.end+1]...)
	}
	return appendText(b, t.bytes(n))
}

func appendText(b, s []byte) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i, ch := range s {
		if ch >= ' ' && ch != '"' && ch != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		if ch >= ' ' {
			b = append(b, '\\', ch)
		} else {
			b = append(b, '\\', 'u', '0', '0', digits[ch>>4], digits[ch&15])
		}
		from = i + 1
	}
	return append(append(b, s[from:]...), '"')
}

// maxPlain is the longest number that is written out without an exponent. No
// amount comes near it; 1e999999999 must not be written out.
const maxPlain = 64

// appendNumber appends a number without exponent, superfluous zeros or the sign
// of zero. A number too long for that keeps an exponent, of its digits taken as
// a whole number.
func appendNumber(b, s []byte) []byte {
	var room [maxPlain]byte
	digits := room[:0]
	negative := len(s) > 0 && s[0] == '-'
	scale := 0 // of the digits, as a power of ten
	i := 0
	if negative {
		i = 1
	}
	for point := false; i < len(s) && s[i] != 'e' && s[i] != 'E'; i++ {
		if s[i] == '.' {
			point = true
			continue
		}
		if point {
			scale--
		}
		if len(digits) > 0 || s[i] != '0' {
			digits = append(digits, s[i])
		}
	}
	for len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
		scale++
	}
	if len(digits) == 0 {
		return append(b, '0')
	}
	if i < len(s) {
		exponent, err := strconv.Atoi(string(bytes.TrimPrefix(s[i+1:], []byte("+"))))
		if err != nil || exponent > 1<<40 || exponent < -1<<40 {
			return append(b, bytes.ToLower(s)...) // no amount; two spellings of it may pass for two bodies
		}
		scale += exponent
	}
	if negative {
		b = append(b, '-')
	}
	switch whole := len(digits) + scale; {
	case scale >= 0 && whole <= maxPlain:
		b = append(b, digits...)
		return appendZeros(b, scale)
	case scale < 0 && whole > 0 && len(digits) < maxPlain:
		return append(append(append(b, digits[:whole]...), '.'), digits[whole:]...)
	case scale < 0 && whole <= 0 && -scale < maxPlain:
		b = appendZeros(append(b, '0', '.'), -whole)
		return append(b, digits...)
	}
	return strconv.AppendInt(append(append(b, digits...), 'e'), int64(scale), 10)
}

func appendZeros(b []byte, n int) []byte {
	for range n {
		b = append(b, '0')
	}
	return b
}
