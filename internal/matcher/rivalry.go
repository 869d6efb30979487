package matcher

import (
	"fmt"
	"slices"
	"strings"
)

// A Rivalry is a set of lines and items that fit each other equally well. All of
// its items share it: thousands of rows may bear one number.
type Rivalry struct {
	names []string // of lines and items, in order
}

// dispute marks everything in the tie: no rule may guess between equals.
func dispute(t tie) {
	r := &Rivalry{names: make([]string, 0, len(t.lines)+len(t.items))}
	for _, l := range t.lines {
		l.disputed = true
		r.names = append(r.names, fmt.Sprintf("payment %s invoice %d (%s)", l.Remittance.ObjectID, l.Line.Position+1, l.Line.Net.Grouped()))
	}
	for _, it := range t.items {
		it.rivals = append(it.rivals, r)
		r.names = append(r.names, it.item.Pos.String())
	}
	slices.Sort(r.names)
}

// rivalsShown is how many rivals a break names; a person looks at the rest in
// the ledger.
const rivalsShown = 6

// besides names the rivals of an item, each once and without the item itself.
func besides(rivalries []*Rivalry, self string) string {
	names := rivalries[0].names
	if len(rivalries) > 1 {
		var all []string
		for _, r := range rivalries {
			all = append(all, r.names...)
		}
		slices.Sort(all)
		names = slices.Compact(all)
	}
	more := len(names)
	if _, itself := slices.BinarySearch(names, self); itself {
		more--
	}
	var shown []string
	for _, name := range names[:min(rivalsShown+1, len(names))] {
		if name != self && len(shown) < rivalsShown {
			shown = append(shown, name)
		}
	}
	if more -= len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, ", ")
}
