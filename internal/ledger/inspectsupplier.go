package ledger

import (
	"slices"

	"reconcile/internal/party"
)

// An InspectedJoin says how the rows found their suppliers in the supplier
// master.
type InspectedJoin struct {
	Master     string   `json:"master,omitempty"` // its path
	Found      int      `json:"found"`            // accepted rows whose supplier the master has
	Unknown    int      `json:"unknown"`          // and those whose supplier it does not have
	Examples   []string `json:"examples,omitempty"`
	Ambiguous  int      `json:"ambiguous"`  // accepted rows that several suppliers fit, of which none is chosen
	WithoutID  int      `json:"without_id"` // accepted rows without a B2B id, whether the master has the supplier or not; nothing of them is proposed
	Unreadable int      `json:"unreadable"` // lines of the master that cannot be read, and join no row
}

// unknownShown is how many suppliers that the master does not have are named.
const unknownShown = 3

// joinWith counts how the rows of a book found their suppliers; nil where there
// is no master.
func joinWith(book *Book, master *party.Master) *InspectedJoin {
	if master == nil {
		return nil
	}
	j := &InspectedJoin{}
	known := make(map[party.Supplier]bool)
	for i := range book.Items {
		s := book.Items[i].Supplier
		if s.B2BID == "" {
			j.WithoutID++
		}
		if d := book.Items[i].Doubt; d != nil && d.Ambiguous {
			j.Ambiguous++
			continue
		}
		found, asked := known[s]
		if !asked {
			entry, _ := master.Find(s)
			found = entry != nil
			if len(known) < maxFindings {
				known[s] = found
			}
		}
		if found {
			j.Found++
			continue
		}
		j.Unknown++
		if name := named(s); len(j.Examples) < unknownShown && !slices.Contains(j.Examples, name) {
			j.Examples = append(j.Examples, name)
		}
	}
	return j
}

// named is a supplier in a few words: all that a row says of it and a person can
// look up.
func named(s party.Supplier) string {
	name := party.MaskPAN(s.Name)
	for _, more := range []struct{ what, value string }{{"code", party.MaskPAN(s.Code)}, {"GSTIN", s.GSTIN}, {"B2B id", s.B2BID}} {
		switch {
		case more.value == "" || more.value == name:
		case name == "":
			name = more.what + " " + more.value
		default:
			name += ", " + more.what + " " + more.value
		}
	}
	return oneLine(name)
}
