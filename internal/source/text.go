package source

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const (
	utf8BOM = "\xEF\xBB\xBF"
	// doubleBOM is a BOM that was taken for Windows-1252 and written as UTF-8.
	doubleBOM = "\xC3\xAF\xC2\xBB\xC2\xBF"
)

// ToUTF8 returns b as UTF-8 without a byte order mark, the name of the encoding
// it was in, and for people what was noticed on the way. The whole of b
// decides: real ledgers are ASCII for the first 840 kB and then hold one byte
// of Windows-1252. Nothing is copied when b is UTF-8 already.
func ToUTF8(b []byte) (text []byte, name string, notes []string) {
	switch order, bom := utf16Order(b); {
	case order != nil:
		return fromUTF16(b, *order, bom)
	case bytes.HasPrefix(b, []byte(utf8BOM)):
		text, name, notes = fromBytes(b, len(utf8BOM))
	default:
		text, name, notes = fromBytes(b, 0)
	}
	if n := bytes.Count(text, []byte{0}); n > 0 {
		notes = append(notes, fmt.Sprintf("%d NUL characters in the text, the first at byte %d", n, bytes.IndexByte(text, 0)))
	}
	return text, name, notes
}

// utf16Order tells by the BOM, or by where NULs stand, whether b is UTF-16.
func utf16Order(b []byte) (order *unicode.Endianness, bom bool) {
	little, big := unicode.LittleEndian, unicode.BigEndian
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return &little, true
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return &big, true
	case bytes.IndexByte(b, 0) < 0 || len(b)%2 != 0:
		return nil, false
	}
	// Digits, separators and line ends of a table in UTF-16 have a zero as
	// their high byte, in any language; hardly any character has it as the low.
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i&1]++
		}
	}
	half := len(b) / 2
	switch {
	case zeros[1] > half/5 && zeros[0] <= half/50:
		return &little, false
	case zeros[0] > half/5 && zeros[1] <= half/50:
		return &big, false
	}
	return nil, false
}

func fromUTF16(b []byte, order unicode.Endianness, bom bool) (text []byte, name string, notes []string) {
	name = "UTF-16LE"
	if order == unicode.BigEndian {
		name = "UTF-16BE"
	}
	if bom {
		b = b[2:]
	} else {
		notes = append(notes, "no byte order mark; taken for "+name+" by the place of its zero bytes")
	}
	if len(b)%2 != 0 {
		notes = append(notes, "the text ends in the middle of a character")
	}
	text, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(b)
	if err != nil { // unreachable: the decoder replaces what it cannot read
		notes = append(notes, "the text cannot be read to its end: "+err.Error())
	}
	return text, name, notes
}

// fromBytes reads b behind its BOM of the given length.
func fromBytes(b []byte, bom int) (text []byte, name string, notes []string) {
	text = b[bom:]
	start := bom
	if bytes.HasPrefix(text, []byte(doubleBOM)) {
		text = text[len(doubleBOM):]
		start += len(doubleBOM)
		notes = append(notes, "a byte order mark that was encoded twice stood at the start")
	}
	if utf8.Valid(text) {
		return text, "UTF-8", notes
	}
	notes = append(notes, fmt.Sprintf("byte %d is not UTF-8; the whole file was read as Windows-1252", start+invalidAt(text)))
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(text)
	if err != nil { // unreachable: every byte has a meaning in this table
		notes = append(notes, "the text cannot be read to its end: "+err.Error())
	}
	return decoded, "Windows-1252", notes
}

// invalidAt returns where b stops being UTF-8, its length where it never does.
func invalidAt(b []byte) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(b)
}
