package source

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func wide(s string, big bool) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if big {
			b.Write([]byte{0, c})
		} else {
			b.Write([]byte{c, 0})
		}
	}
	return b.String()
}

func TestToUTF8(t *testing.T) {
	for _, c := range []struct{ in, text, name, note string }{
		{"a,b", "a,b", "UTF-8", ""},
		{"\xEF\xBB\xBFa,é", "a,é", "UTF-8", ""},
		{"ï»¿Body Name,b", "Body Name,b", "UTF-8", "encoded twice"},
		{"\xEF\xBB\xBFï»¿a", "a", "UTF-8", "encoded twice"},
		{"\xFF\xFE" + wide("a,b\n", false), "a,b\n", "UTF-16LE", ""},
		{"\xFE\xFF" + wide("a,b\n", true), "a,b\n", "UTF-16BE", ""},
		{wide("a,b\n", false), "a,b\n", "UTF-16LE", "zero bytes"},
		{wide("a,b\n", true), "a,b\n", "UTF-16BE", "zero bytes"},
		{"\xFF\xFE" + wide("ab", false) + "c", "ab\uFFFD", "UTF-16LE", "middle of a character"},
		{"Caf\xE9 \x92", "Café \u2019", "Windows-1252", "byte 3 is not"},
		{"\xEF\xBB\xBFCaf\xE9", "Café", "Windows-1252", "byte 6 is not"},
		{"some text, and\x00 more", "some text, and\x00 more", "UTF-8", "1 NUL characters in the text, the first at byte 14"},
		{"", "", "UTF-8", ""},
	} {
		text, name, notes := ToUTF8([]byte(c.in))
		all := strings.Join(notes, "; ")
		if string(text) != c.text || name != c.name || !strings.Contains(all, c.note) || c.note == "" && all != "" {
			t.Errorf("ToUTF8(%q) = %q, %q, %q; want %q, %q, a note with %q", c.in, text, name, all, c.text, c.name, c.note)
		}
	}
}

func TestToUTF8LooksAtTheWholeFile(t *testing.T) {
	in := strings.Repeat("plain text\n", 100_000) + "\x96"
	text, name, _ := ToUTF8([]byte(in))
	if name != "Windows-1252" || !strings.HasSuffix(string(text), "–") {
		t.Errorf("got %s and a text that ends in %q", name, text[len(text)-3:])
	}
}

// FuzzToUTF8 holds that any bytes become valid UTF-8, and that UTF-8 stays.
func FuzzToUTF8(f *testing.F) {
	f.Add([]byte("a\x00b\x00"))
	f.Add([]byte("\xFE\xFF\xD8\x00"))
	f.Add([]byte("é\xE9"))
	f.Fuzz(func(t *testing.T, in []byte) {
		text, name, _ := ToUTF8(in)
		if !utf8.Valid(text) {
			t.Errorf("ToUTF8(%q) = %q, which is not UTF-8", in, text)
		}
		if name == "UTF-8" && !strings.HasSuffix(string(in), string(text)) {
			t.Errorf("ToUTF8(%q) = %q, want its end", in, text)
		}
	})
}
