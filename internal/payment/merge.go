package payment

import "strings"

// Merge returns what is in either of two lists of remittances, both by objectId.
// Of a payment that is in both, the first list knows it.
func Merge(first, second []Remittance) []Remittance {
	all := make([]Remittance, 0, len(first)+len(second))
	i, k := 0, 0
	for i < len(first) && k < len(second) {
		switch c := strings.Compare(first[i].ObjectID, second[k].ObjectID); {
		case c < 0:
			all = append(all, first[i])
			i++
		case c > 0:
			all = append(all, second[k])
			k++
		default:
			all = append(all, first[i])
			i++
			k++
		}
	}
	return append(append(all, first[i:]...), second[k:]...)
}
