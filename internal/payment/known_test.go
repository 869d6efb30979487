package payment

import (
	"fmt"
	"testing"

	"reconcile/internal/source"
)

func knownOf(bodies map[string]int) Known {
	var all []Remittance
	for id, n := range bodies {
		r := Remittance{ObjectID: id, Evidence: []Evidence{{Pos: source.Pos{File: "journal"}}}}
		for i := range n {
			r.Evidence = append(r.Evidence, Evidence{Pos: source.Pos{File: "log", Row: i + 1}})
		}
		all = append(all, r)
	}
	return KnownOf(all, func(e Evidence) bool { return e.Pos.File != "journal" })
}

func TestKnown(t *testing.T) {
	before := knownOf(map[string]int{"A": 2, "B": 1, "C": 3, "ours": 0})
	if before.Count() != 3 {
		t.Errorf("got %d payments, want 3: what only the journal knows cannot be missed", before.Count())
	}
	for _, tt := range []struct {
		name string
		now  map[string]int
		want int
	}{
		{"the same", map[string]int{"A": 2, "B": 1, "C": 3}, 0},
		{"more", map[string]int{"A": 3, "B": 1, "C": 3, "D": 9}, 0},
		{"one gone, many new", map[string]int{"A": 2, "C": 3, "D": 9, "E": 9}, 1},
		{"one body gone", map[string]int{"A": 2, "B": 1, "C": 2}, 1},
		{"all gone", nil, 3},
	} {
		missing := before.Missing(knownOf(tt.now))
		if missing.Count() != tt.want {
			t.Errorf("%s: got %d missing, want %d", tt.name, missing.Count(), tt.want)
		}
		// What is missed today is missed tomorrow.
		if again := before.With(knownOf(tt.now)).Missing(knownOf(tt.now)); again.Digest() != missing.Digest() {
			t.Errorf("%s: the next run misses %d, want %d", tt.name, again.Count(), tt.want)
		}
	}
}

// Who is witnessed elsewhere is not missed.
func TestKnownElsewhere(t *testing.T) {
	before := knownOf(map[string]int{"A": 2, "B": 1})
	if n := before.Missing(knownOf(nil).With(AllOf([]string{"B", "B", "Z"}))).Count(); n != 1 {
		t.Errorf("got %d missing, want A alone", n)
	}
}

func TestKnownIsReadBack(t *testing.T) {
	many := map[string]int{}
	for i := range 1000 {
		many[fmt.Sprint(i)] = i%7 + 1
	}
	k := knownOf(many)
	text, err := k.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadKnown(text)
	if err != nil || back.Digest() != k.Digest() || back.Count() != 1000 {
		t.Errorf("got %d payments and %v, want 1000 and the same digest", back.Count(), err)
	}
	if none, err := ReadKnown(nil); err != nil || none.Count() != 0 {
		t.Errorf("of nothing got %d and %v", none.Count(), err)
	}
	if _, err := ReadKnown(text[:len(text)/2]); err == nil {
		t.Error("half a list was read")
	}
}
