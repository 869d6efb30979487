package report

import (
	"testing"

	"pgregory.net/rapid"
)

// TestAppendStringIsJSON: what is written without reflection is what
// encoding/json writes.
func TestAppendStringIsJSON(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		want, err := plainJSON(s)
		if err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if got := appendString(nil, s); string(got) != string(want) {
			t.Errorf("appendString(%q) = %s, want %s", s, got, want)
		}
	}
	for _, s := range []string{"", "a", "\"\\\b\f\n\r\t\x00\x1f\x7f", "<a&b>", "\u2028\u2029", "\xff\xfe", "श्री", "a\xc3"} {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))) })
}
