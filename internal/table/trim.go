package table

import (
	"strings"
	"unicode"
)

// trim takes spaces of every kind off both ends of s: those of Unicode (the
// no-break space among them), the zero-width space and the byte order mark.
func trim(s string) string {
	if s == "" || graphic(s[0]) && graphic(s[len(s)-1]) {
		return s
	}
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200B' || r == '\uFEFF'
	})
}

// graphic tells whether c is an ASCII character that shows: nearly always the
// only question that trim has to ask.
func graphic(c byte) bool { return c > ' ' && c < 0x7F }

// textCell returns the cell that holds s, which is trimmed.
func textCell(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: s}
}
