package payment

import (
	"strings"
	"testing"
)

func TestMerge(t *testing.T) {
	list := func(ids string, buyer string) []Remittance {
		var all []Remittance
		for _, id := range strings.Fields(ids) {
			all = append(all, Remittance{ObjectID: id, Buyer: buyer})
		}
		return all
	}
	for _, tt := range []struct{ first, second, want string }{
		{"", "", ""},
		{"A C", "", "A1 C1"},
		{"", "B", "B2"},
		{"A C E", "B C F", "A1 B2 C1 E1 F2"},
		{"X", "A B", "A2 B2 X1"},
	} {
		var got []string
		for _, r := range Merge(list(tt.first, "1"), list(tt.second, "2")) {
			got = append(got, r.ObjectID+r.Buyer)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("Merge(%q, %q): got %q, want %q", tt.first, tt.second, got, tt.want)
		}
	}
}
