package matcher

import (
	"cmp"
	"slices"

	"reconcile/internal/money"
)

// maxSteps bounds the search for combinations among the lines and items of one
// bank reference, or among the payments of one item. A full search over twenty
// amounts takes about a million steps; counted steps, unlike a clock, give up at
// the same place on every machine.
const maxSteps = 1 << 20

// gaveUp is what the report says of an item whose search was given up.
const gaveUp = "the search for a combination of payments was given up after 1,048,576 steps; a person may find one"

// combination looks for at least two and not all of the amounts that sum to the
// target within tol. There may be no way, or one, which set holds; or several
// (ways is then 2), and set holds every amount that is part of one. complete is
// as for subsets.
func combination(amounts []money.Paise, target, tol money.Paise, budget *int) (set []int, ways int, complete bool) {
	found, complete := subsets(amounts, target, tol, 2, 2, budget)
	if !complete || len(found) < 2 {
		return slices.Concat(found...), len(found), complete
	}
	rest := make([]money.Paise, 0, len(amounts)-1)
	for i, p := range amounts {
		rest = append(append(rest[:0], amounts[:i]...), amounts[i+1:]...)
		with, complete := subsets(rest, target-p, tol, 1, 1, budget)
		if !complete {
			return nil, 0, false
		}
		if len(with) > 0 {
			set = append(set, i)
		}
	}
	return set, 2, true
}

// subsets returns combinations of at least so many and not all of the amounts
// that sum to the target within tol, each as rising indexes, and stops when it has
// enough of them. It takes its steps from the budget; complete is false when that
// was spent before it could say, and then nothing is returned.
func subsets(amounts []money.Paise, target, tol money.Paise, atLeast, enough int, budget *int) (found [][]int, complete bool) {
	s := newSearch(amounts, target, tol)
	s.atLeast, s.enough, s.budget = atLeast, enough, budget
	s.walk(0, 0)
	if *budget <= 0 {
		return nil, false
	}
	return s.found, true
}

// A search walks the combinations of amounts, the largest first. Amounts may be
// negative (a credit among payments), so the bounds use the sums of what is
// still to come of either sign.
type search struct {
	amounts  []money.Paise // in descending order
	index    []int         // where each stood
	more     []money.Paise // the most that amounts[i:] can add
	less     []money.Paise // the least
	low, top money.Paise
	atLeast  int
	enough   int
	chosen   []int
	found    [][]int
	budget   *int
}

func newSearch(amounts []money.Paise, target, tol money.Paise) *search {
	n := len(amounts)
	s := &search{low: target - tol, top: target + tol, index: make([]int, n),
		amounts: make([]money.Paise, n), more: make([]money.Paise, n+1), less: make([]money.Paise, n+1)}
	for i := range s.index {
		s.index[i] = i
	}
	slices.SortStableFunc(s.index, func(a, b int) int { return cmp.Compare(amounts[b], amounts[a]) })
	for i, at := range s.index {
		s.amounts[i] = amounts[at]
	}
	for i := n - 1; i >= 0; i-- {
		s.more[i] = s.more[i+1] + max(s.amounts[i], 0)
		s.less[i] = s.less[i+1] + min(s.amounts[i], 0)
	}
	return s
}

// walk decides amount i; sum is what was chosen before it.
func (s *search) walk(i int, sum money.Paise) {
	if *s.budget--; *s.budget <= 0 || len(s.found) >= s.enough {
		return
	}
	if sum+s.more[i] < s.low || sum+s.less[i] > s.top {
		return
	}
	if i == len(s.amounts) {
		if k := len(s.chosen); k >= s.atLeast && k < len(s.amounts) {
			set := make([]int, k)
			for j, at := range s.chosen {
				set[j] = s.index[at]
			}
			slices.Sort(set)
			s.found = append(s.found, set)
		}
		return
	}
	s.chosen = append(s.chosen, i)
	s.walk(i+1, sum+s.amounts[i])
	s.chosen = s.chosen[:len(s.chosen)-1]
	s.walk(i+1, sum)
}
