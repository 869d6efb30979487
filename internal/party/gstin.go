package party

// ValidGSTIN tells whether text is a GST registration number: two digits of the
// State, a PAN, and at the end the check digit of the first fourteen, which is
// their sum in base 36 with weights 1, 2, 1, 2 … and the digits of each product
// added. A wrong one is worth a warning and never a refusal: they are typed by
// hand into masters, and the number is no key to money.
func ValidGSTIN(s string) bool {
	if len(s) != 15 || !digit(s[0]) || !digit(s[1]) || !validPAN(s[2:12]) {
		return false
	}
	sum := 0
	for i := range 14 {
		v, ok := base36(s[i])
		if !ok {
			return false
		}
		p := v * (1 + i%2)
		sum += p/36 + p%36
	}
	v, ok := base36(s[14])
	return ok && v == (36-sum%36)%36
}

// validPAN tells whether text has the form of a permanent account number of the
// Income-tax Department: five letters, four digits, a letter.
func validPAN(s string) bool {
	if len(s) != 10 {
		return false
	}
	for i := range s {
		if c := s[i]; i >= 5 && i < 9 && !digit(c) || (i < 5 || i == 9) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// base36 returns the value of a digit or capital letter.
func base36(c byte) (int, bool) {
	switch {
	case digit(c):
		return int(c - '0'), true
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10, true
	}
	return 0, false
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
