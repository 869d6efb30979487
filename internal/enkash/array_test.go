package enkash

import (
	"strings"
	"testing"
)

// One broken element of an array must not take others with it.
func TestBrokenElementsOfArrays(t *testing.T) {
	var good []string
	for i := range 6 {
		good = append(good, wire{id: paymentID(i)}.request())
	}
	pretty := func(s string) string {
		return "  " + strings.NewReplacer(`,"b2bIds"`, ",\n    \"b2bIds\"", `,"payment"`, ",\n    \"payment\"").Replace(s)
	}
	for _, c := range []struct {
		name, broken string
	}{
		{"lost quote", strings.Replace(good[5], `"BUYER0001"`, `"BUYER0001`, 1)},
		{"lost brace", good[5][:len(good[5])-1]},
		{"lost bracket", strings.Replace(good[5], `]`, ``, 1)},
		{"garbage", `what is this`},
		{"cut", good[5][:120]},
	} {
		elements := []string{good[0], good[1], c.broken, good[2], good[3]}
		for i := range elements {
			elements[i] = pretty(elements[i])
		}
		log := read(t, "[\n"+strings.Join(elements, ",\n")+"\n]\n")
		in := log.Inputs[0]
		if in.Folded != 4 || in.Quarantined != 1 {
			t.Errorf("%s: got %+v, want 4 folded and 1 quarantined: %v", c.name, in, log.Problems)
		}
	}
}
