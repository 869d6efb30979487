// Package spelling finds the word that was probably meant: the setting, the
// reference that is nearest to what somebody typed. It knows nothing of what the
// words are for.
package spelling

// longest is up to how many bytes of a word are compared. Settings and
// references are shorter; what is longer was not typed.
const longest = 100

// Distance counts the characters to insert, delete or exchange to make b of a.
// It compares bytes as they are: fold the case first where it does not matter.
func Distance(a, b string) int {
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		corner := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			corner, row[j] = row[j], min(corner+cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
