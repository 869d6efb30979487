package party

import "testing"

func TestNumberKey(t *testing.T) {
	for _, c := range []struct{ number, want string }{
		{"INV/2026-27/0042", "INV/FY2026/42"},
		{"inv-26-27-42", "INV/FY2026/42"},
		{"INV FY27 042", "INV/FY2026/42"},
		{"INV/FY26-27/42", "INV/FY2026/42"},
		{"INV/2026/27/42", "INV/FY2026/42"},
		{"INV/2026-2027/42", "INV/FY2026/42"},
		{"INV2627/42", "INV/2627/42"},       // a bare 2627 is no year
		{"26-27", "26/27"},                  // never the whole number
		{"FY27", "FY/27"},                   // nor here
		{"A/26-27/25-26", "A/FY2026/25/26"}, // one year at most
		{"000", "0"},                        // all zeros
		{"A-000-07", "A/0/7"},               //
		{"ＩＮＶ００１", "INV/1"},                 // full width
		{"X03021650.", "X/3021650"},         //
		{"", ""},                            //
		{"--", ""},                          //
		{"B/26-28/1", "B/26/28/1"},          // not consecutive
		{"B/26-2027/1", "B/26/2027/1"},      // not a spelling in use
		{"22/23/003", "FY2022/3"},           //
	} {
		if got := NumberKey(c.number); got != c.want {
			t.Errorf("NumberKey(%q) = %q, want %q", c.number, got, c.want)
		}
	}
}

func TestUTR(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{" hdfcr52026112112345678 ", "HDFCR52026112112345678"},
		{"UTR NO: HDFC-1", "HDFC1"},
		{"NEFT/N351200478962883", "N351200478962883"},
		{"UTR: NEFT-N1", "N1"},
		{"NEFTN1", "NEFTN1"},
		{"REF 004321", "004321"},
		{"UTR", "UTR"},
		{"", ""},
		{"-", ""},
	} {
		if got := UTR(c.text); got != c.want {
			t.Errorf("UTR(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
