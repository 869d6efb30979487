package money

import (
	"errors"
	"testing"
)

func TestParseCell(t *testing.T) {
	for _, c := range []struct {
		text string
		sep  Separator
		want Paise
		err  error
	}{
		{"1,18,000.00", Point, 118000_00, nil},
		{"1,18,000.00", AutoSeparator, 118000_00, nil},
		{"118,000.5", Point, 118000_50, nil},
		{"12,34,56,789", Point, 123456789_00, nil},
		{"1,234,567", Point, 1234567_00, nil},
		{"1,23", Point, 0, ErrSyntax}, // perhaps a decimal comma
		{"12,345,67", Point, 0, ErrSyntax},
		{"1,2345", Point, 0, ErrSyntax},
		{"1,23,4567", Point, 0, ErrSyntax},
		{",123", Point, 0, ErrSyntax},
		{"123,45,678", Point, 0, ErrSyntax},
		{"1,234,56,789", Point, 0, ErrSyntax}, // neither the one nor the other
		{"1.234,56", Point, 0, ErrSyntax},
		{"1.234,56", Comma, 1234_56, nil},
		{"1.18.000,00", Comma, 118000_00, nil},
		{"1180", Comma, 1180_00, nil},
		{"1,234.56", Comma, 0, ErrSyntax},

		{"₹ 1,180.00", Point, 1180_00, nil},
		{"Rs.1,18,000/-", Point, 118000_00, nil},
		{"Rs 500", Point, 500_00, nil},
		{"rs. 500.50", Point, 500_50, nil},
		{"INR 500", Point, 500_00, nil},
		{"500 INR", Point, 500_00, nil},
		{"500/-", Point, 500_00, nil},
		{"$500", Point, 0, ErrSyntax},

		{"(285.11)", Point, -285_11, nil},
		{"(1,285.11)", Point, -1285_11, nil},
		{"(Rs. 5)", Point, -5_00, nil},
		{"₹(5)", Point, -5_00, nil},
		{"500 Cr", Point, -500_00, nil},
		{"500.00CR.", Point, 0, ErrSyntax},
		{"500 Dr", Point, 500_00, nil},
		{"500cr", Point, -500_00, nil},
		{"155.22-", Point, -155_22, nil},
		{"-155.22", Point, -155_22, nil},
		{"\u2212155.22", Point, -155_22, nil},
		{"\u2013155.22", Point, -155_22, nil},
		{"- ₹5", Point, -5_00, nil},
		{"₹ -5", Point, -5_00, nil},
		{"+5", Point, 5_00, nil},
		{"-0.00", Point, 0, nil},
		{"(-5)", Point, 0, ErrSyntax},
		{"--5", Point, 0, ErrSyntax},
		{"-5-", Point, 0, ErrSyntax},
		{"-5 Cr", Point, 0, ErrSyntax},
		{"(5", Point, 0, ErrSyntax},

		{"\u00a05.00 \u200b", Point, 5_00, nil},
		{"1.005", Point, 0, ErrPrecision},
		{"1.500", Point, 1_50, nil},
		{"1,00,00,00,00,00,000.00", Point, Max, nil},
		{"1,00,00,00,00,00,000.01", Point, 0, ErrRange},
		{"99999999999999999999", Point, 0, ErrRange},
		{"1.18E+05", Point, 0, ErrSyntax},
		{"", Point, 0, ErrSyntax},
		{"-", Point, 0, ErrSyntax},
		{"Rs", Point, 0, ErrSyntax},
		{"Cr", Point, 0, ErrSyntax},
		{"()", Point, 0, ErrSyntax},
		{"N/A", Point, 0, ErrSyntax},
		{"1 180", Point, 0, ErrSyntax},
		{"1.2.3", Point, 0, ErrSyntax},
		{"1..2", Point, 0, ErrSyntax},
		{"5.", Point, 0, ErrSyntax},
	} {
		got, err := ParseCell(c.text, c.sep)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("ParseCell(%q, %d) = %d, %v; want %d, %v", c.text, c.sep, got, err, c.want, c.err)
		}
	}
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		text string
		want Reading
	}{
		{"1180", Silent},
		{"-1180", Silent},
		{"0,000", Silent},
		{"0.000", Silent},
		{"1180.5", ProvesPoint},
		{"0.180", ProvesPoint},
		{"1180.50", ProvesPoint},
		{"1,18,000.00", ProvesPoint},
		{"1,18,000", ProvesPoint}, // no decimals are that long
		{"1,234,567", ProvesPoint},
		{"1,185", ProvesPoint}, // a third decimal that counts is none
		{"1180,5", ProvesComma},
		{"1.180,50", ProvesComma},
		{"1.234.567", ProvesComma},
		{"1.185", EitherDotted}, // a grouping, or three decimals that nobody may round
		{"1.185,00", ProvesComma},
		{"1,180", Either},
		{"Rs.1,180/-", Either},
		{"(1,180)", Either},
		{"1.180", EitherDotted},
		{"-1.180", EitherDotted},
		{"Rs.1.180", EitherDotted},
		{"99999999999999999999", Unreadable},
		{"N/A", Unreadable},
		{"", Unreadable},
		{"1.2,3.4", Unreadable},
	} {
		if got := Read(c.text); got != c.want {
			t.Errorf("Read(%q) = %d, want %d", c.text, got, c.want)
		}
	}
}

func FuzzPaise(f *testing.F) {
	for _, s := range []string{"1180", "-0.5", "1,18,000.00", "(285.11)", "Rs.1,18,000/-", "1.18e3", "1e999999999", "45236.480000000003", "5 Cr", "\u2212₹1"} {
		f.Add(s, int64(118000))
	}
	f.Fuzz(func(t *testing.T, s string, n int64) {
		p := Paise(n) % (Max + 1)
		if got, err := Parse(p.String()); err != nil || got != p {
			t.Errorf("Parse(%q) = %d, %v; want %d", p, got, err, int64(p))
		}
		for _, text := range []string{p.Grouped(), "₹ " + p.Grouped(), p.String()} {
			if got, err := ParseCell(text, Point); err != nil || got != p {
				t.Errorf("ParseCell(%q) = %d, %v; want %d", text, got, err, int64(p))
			}
		}
		within := func(name string, got Paise, err error) {
			if got.Abs() > Max || err != nil && got != 0 {
				t.Errorf("%s(%q) = %d, %v", name, s, got, err)
			}
		}
		got, err := Parse(s)
		within("Parse", got, err)
		if err == nil {
			if cell, err := ParseCell(s, Point); err != nil || cell != got {
				t.Errorf("ParseCell(%q) = %d, %v; want what Parse says, %d", s, cell, err, got)
			}
		}
		point, errPoint := ParseCell(s, Point)
		within("ParseCell", point, errPoint)
		comma, errComma := ParseCell(s, Comma)
		within("ParseCell", comma, errComma)
		got, err = ParseNumber(s)
		within("ParseNumber", got, err)
		got, _, err = ParseStored(s)
		within("ParseStored", got, err)
		r := Read(s)
		if readable := errPoint == nil || errComma == nil; readable != (r != Unreadable) {
			t.Errorf("Read(%q) = %d, and the amounts are %v and %v", s, r, errPoint, errComma)
		}
		if r == Silent && point != comma || (r == Either || r == EitherDotted) && point == comma {
			t.Errorf("Read(%q) = %d, and the amounts are %d and %d", s, r, point, comma)
		}
	})
}

func BenchmarkParseCell(b *testing.B) {
	for _, s := range []string{"118000.00", "1,18,000.00", "₹ (1,18,000.00)"} {
		b.Run(s, func(b *testing.B) {
			for b.Loop() {
				if _, err := ParseCell(s, Point); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
