package report

import (
	"strconv"
	"unicode/utf8"

	"reconcile/internal/money"
)

// jsonText builds one line of JSON in a buffer that is used again for the next:
// a million items are written without reflection and without garbage.
type jsonText struct {
	b     []byte
	comma bool // a comma is due before the next key or element
}

func (j *jsonText) reset() { j.b, j.comma = j.b[:0], false }

func (j *jsonText) open(bracket byte) {
	j.separate()
	j.b = append(j.b, bracket)
	j.comma = false
}

func (j *jsonText) close(bracket byte) {
	j.b = append(j.b, bracket)
	j.comma = true
}

func (j *jsonText) separate() {
	if j.comma {
		j.b = append(j.b, ',')
	}
	j.comma = true
}

// key writes a key of ours, which needs no escaping.
func (j *jsonText) key(name string) {
	j.separate()
	j.b = append(j.b, '"')
	j.b = append(j.b, name...)
	j.b = append(j.b, '"', ':')
	j.comma = false
}

func (j *jsonText) str(name, value string) {
	j.key(name)
	j.element(value)
}

func (j *jsonText) element(value string) {
	j.separate()
	j.b = appendString(j.b, value)
}

func (j *jsonText) int(name string, value int) {
	j.key(name)
	j.b = strconv.AppendInt(j.b, int64(value), 10)
	j.comma = true
}

func (j *jsonText) null(name string) {
	j.key(name)
	j.b = append(j.b, "null"...)
	j.comma = true
}

func (j *jsonText) amount(name string, value money.Paise) {
	j.key(name)
	j.b = append(j.b, '"')
	j.b = value.Append(j.b)
	j.b = append(j.b, '"')
	j.comma = true
}

func (j *jsonText) list(name string, values []string) {
	j.key(name)
	j.open('[')
	for _, v := range values {
		j.element(v)
	}
	j.close(']')
}

// appendString appends s as a JSON string, as encoding/json does without its
// escaping for HTML: what is not UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\b':
				b = append(b, '\\', 'b')
			case '\f':
				b = append(b, '\\', 'f')
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, s[start:i]...)
			b = append(b, `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029': // JSON allows them, JavaScript did not
			b = append(b, s[start:i]...)
			b = append(b, `\u202`...)
			b = append(b, hex[r&15])
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
