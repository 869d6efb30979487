package party

import "testing"

func TestDamaged(t *testing.T) {
	for number, want := range map[string]bool{
		"6.55E+14": true, "3.67E+17": true, "2.34173E+13": true, "6.55e+14": true, "6,55E+14": true, "6.55E14": true, "7E+15": true,
		"2E5": false, "INV-1E5": false, "MAY-001": false, "4720000000000001": false, "12E+03": false, "INV6.55E+14": false,
		"14-Nov-20": true, "23 Nov 2020": true, "Nov-20": true, "JULY 13": false, "July-13": false, "14-Nov": true, "26-11-2020": true, "11/23/2020": true, "2020-11-14": true,
		"14-Nov-2020 00:00:00": true, "2020-11-14T00:00:00.000": true, "1.4.2026": true,
		"16/45": false, "25/16": false, "3-766": false, "22/23/003": false, "03-04-22": false, "14/11/20": false, "45/13/2026": false, "13/14/2026": false,
		"26-11-2020 /3": false, "29-11-2020usman": false, "NOVA/1": false,
		"#NAME?": true, "#N/A": true, "#n/a": true, "#REF!": true, "#SPILL!": true, "########": true,
		"#4706": false, "#INC08926": false, "#": false,
		"4720000000000000": true, "4720000000000000.0": true, "472000000000000.0": false, "4720000000000000.00": false, "1234567890123450": true, "1234567890123456": false, "472000000000000": false, "0000000000000000": false,
		"": false, "1": false, "201": false, "007": false,
	} {
		if got := Damaged(number); got != want {
			t.Errorf("Damaged(%q) = %v, want %v", number, got, want)
		}
	}
}
