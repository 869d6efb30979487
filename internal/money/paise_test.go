package money

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want Paise
		err  error
	}{
		{"0", 0, nil},
		{"1180", 118000, nil},
		{"-0.5", -50, nil},
		{"+0.05", 5, nil},
		{"1180.00", 118000, nil},
		{"1180.1000", 118010, nil},
		{".5", 50, nil},
		{"000000000000000000000000000001", 100, nil},
		{"10000000000000", Max, nil},
		{"-10000000000000.00", -Max, nil},
		{"10000000000000.01", 0, ErrRange},
		{"9223372036854775807", 0, ErrRange},
		{"99999999999999999999999999999999", 0, ErrRange},
		{"1.001", 0, ErrPrecision},
		{"", 0, ErrSyntax},
		{"-", 0, ErrSyntax},
		{".", 0, ErrSyntax},
		{"1.", 0, ErrSyntax},
		{"--1", 0, ErrSyntax},
		{"1e3", 0, ErrSyntax},
		{"1,180", 0, ErrSyntax},
		{" 1", 0, ErrSyntax},
		{"१", 0, ErrSyntax},
		{"99999999999999999999x", 0, ErrSyntax},
	} {
		got, err := Parse(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("Parse(%q) = %d, %v; want %d, %v", c.text, got, err, c.want, c.err)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		p             Paise
		text, grouped string
	}{
		{0, "0.00", "0.00"},
		{5, "0.05", "0.05"},
		{-50, "-0.50", "-0.50"},
		{99_999, "999.99", "999.99"},
		{100_000, "1000.00", "1,000.00"},
		{10_200_000, "102000.00", "1,02,000.00"},
		{-50_000_000_00, "-50000000.00", "-5,00,00,000.00"},
		{123_45_67_890_12, "1234567890.12", "1,23,45,67,890.12"},
		{Max, "10000000000000.00", "1,00,00,00,00,00,000.00"},
		{math.MaxInt64, "92233720368547758.07", "92,23,37,20,36,85,47,758.07"},
		{math.MinInt64, "-92233720368547758.08", "-92,23,37,20,36,85,47,758.08"},
	} {
		if got := c.p.String(); got != c.text {
			t.Errorf("%d.String() = %q, want %q", int64(c.p), got, c.text)
		}
		if got := c.p.Grouped(); got != c.grouped {
			t.Errorf("%d.Grouped() = %q, want %q", int64(c.p), got, c.grouped)
		}
	}
}

func TestAdd(t *testing.T) {
	for _, c := range []struct {
		p, q, want Paise
		ok         bool
	}{
		{1, 2, 3, true},
		{-1, 1, 0, true},
		{5, 0, 5, true},
		{0, -5, -5, true},
		{math.MaxInt64, 0, math.MaxInt64, true},
		{math.MaxInt64, math.MinInt64, -1, true},
		{math.MaxInt64, 1, 0, false},
		{math.MinInt64, -1, 0, false},
		{math.MinInt64, math.MinInt64, 0, false},
	} {
		got, err := c.p.Add(c.q)
		if got != c.want || (err == nil) != c.ok || !c.ok && !errors.Is(err, ErrOverflow) {
			t.Errorf("%d + %d = %d, %v; want %d, %v", int64(c.p), int64(c.q), int64(got), err, int64(c.want), c.ok)
		}
	}
}

func TestJSON(t *testing.T) {
	// A sum may be larger than any single amount and must come back all the same.
	for _, want := range []Paise{0, -1, Max, 9 * Max, math.MaxInt64} {
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Paise
		if err := json.Unmarshal(b, &got); err != nil || got != want {
			t.Errorf("%s came back as %d, %v; want %d", b, int64(got), err, int64(want))
		}
	}
	var p Paise
	if err := json.Unmarshal([]byte(`"1,180"`), &p); !errors.Is(err, ErrSyntax) {
		t.Errorf("got %v, want %v", err, ErrSyntax)
	}
}

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		text string
		want Paise
		err  error
	}{
		{"1180", 118000, nil},
		{"1180.5", 118050, nil},
		{"1.18e3", 118000, nil},
		{"118000E-2", 118000, nil},
		{"-1.5e+1", -1500, nil},
		{"1e13", Max, nil},
		{"1.00000000000001e13", 0, ErrRange},
		{"1e30", 0, ErrRange},
		{"1e31", 0, ErrRange},
		{"1e999999999", 0, ErrRange},
		{"1e-999999999", 0, ErrRange},
		{"1e-3", 0, ErrPrecision},
		{"1e", 0, ErrSyntax},
		{"e5", 0, ErrSyntax},
		{"1e1.5", 0, ErrSyntax},
		{"1e5x", 0, ErrSyntax},
		{"0x1e2", 0, ErrSyntax},
		{"NaN", 0, ErrSyntax},
		{"Infinity", 0, ErrSyntax},
	} {
		got, err := ParseNumber(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("ParseNumber(%q) = %d, %v; want %d, %v", c.text, got, err, c.want, c.err)
		}
	}
}

func TestParseStored(t *testing.T) {
	for _, c := range []struct {
		text  string
		want  Paise
		noisy bool
		err   error
	}{
		{"45236.48", 4523648, false, nil},
		{"45236.480000000003", 4523648, true, nil},
		{"147559.01999999999", 14755902, true, nil},
		{"-147559.01999999999", -14755902, true, nil},
		{"5.684341886080802E-14", 0, true, nil},
		{"1.1805E+3", 118050, false, nil},
		{"0.001", 0, false, ErrPrecision},
		{"45236.4801", 0, false, ErrPrecision},
		{"1E+300", 0, false, ErrRange},
		{"abc", 0, false, ErrSyntax},
		{"", 0, false, ErrSyntax},
	} {
		got, noisy, err := ParseStored(c.text)
		if got != c.want || noisy != c.noisy || !errors.Is(err, c.err) {
			t.Errorf("ParseStored(%q) = %d, %v, %v; want %d, %v, %v", c.text, got, noisy, err, c.want, c.noisy, c.err)
		}
	}
}

func TestRate(t *testing.T) {
	for _, c := range []struct {
		r    Rate
		of   Paise
		want Paise
		text string
	}{
		{10, 1_00_000_00, 100_00, "0.1%"},
		{200, 1_00_025_00, 2001_00, "2%"}, // 2000.50 is rounded up
		{200, 1_00_024_99, 2000_00, "2%"},
		{1000, 45_00, 5_00, "10%"},
		{210, 1_000_00, 21_00, "2.1%"},
		{10_000, Max, Max, "100%"},
		{0, Max, 0, "0%"},
	} {
		if got := c.r.OfRounded(c.of); got != c.want {
			t.Errorf("%s of %s = %s, want %s", c.r, c.of, got, c.want)
		}
		if got := c.r.String(); got != c.text {
			t.Errorf("Rate(%d).String() = %q, want %q", c.r, got, c.text)
		}
	}
}
