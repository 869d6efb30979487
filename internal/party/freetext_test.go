package party

import (
	"strings"
	"testing"
)

func TestFreeText(t *testing.T) {
	for _, c := range []struct {
		text string
		keep []string
		want string
	}{
		{text: "pay to 50100987654321 at once", want: "pay to ****4321 at once"},
		{text: "a/c 5010 0987 654321, A/c50100987654321, no50100987654321", want: "a/c ****4321, A/****4321, ****4321"},
		{text: "5010\u00a00987\u2013654321", want: "****4321"},
		{text: "no. ५०१००९८७६५४३२१", want: "no. ****"},
		{text: "PAN ABCPE1234F and abcpe1234f", want: "PAN (PAN) and (PAN)"},
		{text: "GSTIN 27ABCPE1234F1Z5", want: "GSTIN 27(PAN)"},
		{text: "123456789.00 and 123456789.5, of 1,23,45,67,890", want: "123456789.00 and 123456789.5, of 1,23,45,67,890"},
		{text: "123456789,00 or 50100987654321,118000", want: "123456789,00 or ****4321,118000"},
		{text: "wrong: 123456789.", want: "wrong: ****6789."},
		{text: "12345678 on 2026-11-21", want: "12345678 on 2026-11-21"},
		{text: "HDFCR52026110112345678", want: "HDFCR52026110112345678"},
		{text: "see 5100000123, not 5100000124", keep: []string{"INV", "5100000123"}, want: "see 5100000123, not ****0124"},
		{text: "ABCPE1234F", keep: []string{"ABCPE1234F"}, want: "(PAN)"},
		{text: "", want: ""},
	} {
		if got := FreeText(c.text, c.keep...); got != c.want {
			t.Errorf("%q, keeping %q: got %q, want %q", c.text, c.keep, got, c.want)
		}
	}
}

// What was masked once is not masked further, so that a note that comes back
// unchanged is unchanged.
func FuzzFreeText(f *testing.F) {
	for _, s := range []string{"pay 50100987654321 12 5010", "x 12-3456789 1234", "ABCPE1234F 5100000123", "50100987654321.00"} {
		f.Add(s, "5100000123")
	}
	f.Fuzz(func(t *testing.T, s, keep string) {
		once := FreeText(s, keep)
		if strings.Contains(once, "****") && strings.Contains(keep, "*") {
			return // what is kept may join what was masked
		}
		if twice := FreeText(once, keep); twice != once {
			t.Errorf("%q, keeping %q: got %q and then %q, want the same", s, keep, once, twice)
		}
	})
}
