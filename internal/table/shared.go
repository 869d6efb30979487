package table

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxShared bounds the memory of the shared strings, of which every cell of a
// sheet may name one: 20 million cells of 12 characters each.
const maxShared = 256 << 20

// loadStrings reads the shared strings. A workbook may have none.
func (wb *workbook) loadStrings(name string) error {
	part := wb.parts[name]
	if part == nil {
		return nil
	}
	var item textItem
	total := 0
	return wb.look(part, func(x *xmlScanner) error {
		if ended, err := item.see(x, "si"); err != nil || !ended {
			return err
		}
		text := item.text()
		// 16 bytes are the string itself: a bomb may hold nothing but empty ones.
		if total += len(text) + 16; total > maxShared {
			return &LimitError{wb.name, "the texts of the workbook need more than 256 MiB", "split it into several files, or export it as .csv"}
		}
		wb.strings = append(wb.strings, text)
		return nil
	})
}

// A textItem puts together the text of an <si> or <is>: that of its <t>, or of
// those of its runs, without the phonetic guides of Japanese.
type textItem struct {
	b        []byte
	in       bool // inside the item
	inText   bool // inside a <t>
	phonetic bool // inside an <rPh>
}

// see takes the next token, and tells whether it ended the item. All runs of an
// item together are bounded as one token is.
func (it *textItem) see(x *xmlScanner, element string) (ended bool, err error) {
	switch {
	case x.kind == xmlText:
		if it.inText {
			if len(it.b)+len(x.text) > maxToken {
				return false, errLongToken
			}
			it.b = append(it.b, x.text...)
		}
	case x.name == element:
		if x.kind == xmlStart {
			it.in, it.b = true, it.b[:0]
			it.inText, it.phonetic = false, false
		}
		if x.kind == xmlEnd || x.empty {
			it.in = false
			return true, nil
		}
	case x.name == "rPh":
		it.phonetic = x.kind == xmlStart && !x.empty
	case x.name == "t":
		it.inText = it.in && !it.phonetic && x.kind == xmlStart && !x.empty
	}
	return false, nil
}

func (it *textItem) text() string { return trim(unescapeText(string(it.b))) }

// unescapeText resolves _xHHHH_, by which OOXML writes characters that XML
// cannot hold (ECMA-376 part 1, ST_Xstring), and drops the control characters
// that come out, tab and newline excepted: they are no part of any name or
// number that a person typed.
func unescapeText(s string) string {
	if strings.Contains(s, "_x") {
		s = unescapeUnits(s)
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' && s[i] != '\n' || s[i] == 0x7F {
			return strings.Map(dropControl, s)
		}
	}
	return s
}

func dropControl(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' || r == 0x7F {
		return -1
	}
	return r
}

func unescapeUnits(s string) string {
	var b strings.Builder
	for s != "" {
		unit, ok := escapedUnit(s)
		if !ok {
			next := strings.Index(s[1:], "_x") + 1
			if next == 0 {
				next = len(s)
			}
			b.WriteString(s[:next])
			s = s[next:]
			continue
		}
		s = s[7:]
		if low, ok := escapedUnit(s); ok && utf16.IsSurrogate(unit) {
			if r := utf16.DecodeRune(unit, low); r != utf8.RuneError {
				b.WriteRune(r)
				s = s[7:]
				continue
			}
		}
		b.WriteRune(unit)
	}
	return b.String()
}

// withoutEscapes drops the control characters that stand in a text file as _x000D_
// and the like: a program that takes workbooks apart by itself leaves them there.
// They are no part of a name or a number, here as little as in a workbook; what
// else looks like an escape is text.
func withoutEscapes(s string) string {
	if !strings.Contains(s, "_x00") {
		return s
	}
	var b strings.Builder
	for s != "" {
		if unit, ok := escapedUnit(s); ok && (unit < ' ' || unit == 0x7F) {
			if unit == '\t' || unit == '\n' {
				b.WriteRune(unit)
			}
			s = s[7:]
			continue
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

// escapedUnit reads the _xHHHH_ at the head of s.
func escapedUnit(s string) (rune, bool) {
	if len(s) < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_' {
		return 0, false
	}
	var unit rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case '0' <= c && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			unit = unit<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			unit = unit<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return unit, true
}
