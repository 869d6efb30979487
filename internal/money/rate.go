package money

// Rate is a percentage in hundredths of a percent: 10 is 0.1 %, 200 is 2 %.
// Range 0 to 10,000.
type Rate int32

// OfRounded returns the rate's share of p, rounded half up to the whole rupee
// as tax is (Income-tax Act 1961, s. 288B). p is at most Max and not negative.
func (r Rate) OfRounded(p Paise) Paise {
	const perRupee = 100 * 10_000 // paise in a rupee × hundredths of a percent in one
	rupees := int64(p) / perRupee * int64(r)
	rest := int64(p) % perRupee * int64(r)
	return Paise((rupees + (rest+perRupee/2)/perRupee) * 100)
}

// String returns the rate as people write it: "2%", "0.1%", "2.1%".
func (r Rate) String() string {
	s := Paise(r).String()
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return s + "%"
}
