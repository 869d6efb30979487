package casebook

import (
	"cmp"
	"fmt"
	"slices"

	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// A Total is how many exceptions there are, and what they come to.
type Total struct {
	Count  int
	Amount money.Paise
}

func (t *Total) add(p money.Paise) {
	t.Count++
	t.Amount = money.Sum(t.Amount, p)
}

// A Movement is how the exceptions of one code came from the run before to this
// one: Opening + New + Reopened + Changed − Cleared = Closing, where Changed moves
// amounts and no count.
type Movement struct {
	Code                   matcher.Code
	Opening, New, Reopened Total
	Changed                Total // count: how many; amount: by how much, with its sign
	Cleared, Closing       Total
}

// Ties tells whether the equation holds.
func (m *Movement) Ties() bool {
	amount := money.Sum(money.Sum(money.Sum(m.Opening.Amount, m.New.Amount), m.Reopened.Amount), money.Sum(m.Changed.Amount, -m.Cleared.Amount))
	return m.Opening.Count+m.New.Count+m.Reopened.Count-m.Cleared.Count == m.Closing.Count && amount == m.Closing.Amount
}

// movements counts each side by itself: the opening from the snapshot, what moved
// from the list, the closing from the exceptions of tonight.
func movements(previous *Snapshot, c *Changes) []Movement {
	var all []Movement
	of := func(code matcher.Code) *Movement {
		i := slices.IndexFunc(all, func(m Movement) bool { return m.Code == code })
		if i < 0 {
			i = len(all)
			all = append(all, Movement{Code: code})
		}
		return &all[i]
	}
	if previous != nil {
		for i := range previous.Cases {
			if p := &previous.Cases[i]; p.Lives() {
				of(p.Code).Opening.add(p.Amount)
			}
		}
	}
	for i := range c.List {
		switch change := &c.List[i]; change.Kind {
		case New:
			of(change.Code).New.add(change.Amount)
		case Reopened:
			of(change.Code).Reopened.add(change.Amount)
		case Changed:
			of(change.Code).Changed.add(change.Delta())
		case Cleared:
			of(change.Code).Cleared.add(change.Amount)
		}
	}
	for i := range c.Live {
		of(c.Live[i].Code).Closing.add(c.Live[i].Amount)
	}
	rank := ranks()
	slices.SortFunc(all, func(a, b Movement) int {
		return cmp.Or(cmp.Compare(rank(a.Code), rank(b.Code)), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// Count returns how many exceptions are of a kind.
func (c *Changes) Count(kind Kind) (n int) {
	for i := range c.List {
		if c.List[i].Kind == kind {
			n++
		}
	}
	return n
}

// Check proves that nothing was lost between two runs: the movements of every code
// tie, and their closings are the breaks of the result, counted here once more. An
// error is a fault of the program.
func (c *Changes) Check(result *matcher.Result) error {
	type closing struct {
		ids    map[string]bool
		amount money.Paise
	}
	want := make(map[matcher.Code]*closing)
	count := func(breaks []matcher.Break) {
		for _, b := range breaks {
			if want[b.Code] == nil {
				want[b.Code] = &closing{ids: make(map[string]bool)}
			}
			want[b.Code].ids[b.ExceptionID] = true
			want[b.Code].amount = money.Sum(want[b.Code].amount, b.Amount)
		}
	}
	for i := range result.Items {
		count(result.Items[i].Breaks)
	}
	for i := range result.Lines {
		count(result.Lines[i].Breaks)
	}
	for i := range c.Moves {
		m := &c.Moves[i]
		if !m.Ties() {
			return fmt.Errorf("the exceptions of code %s do not tie from the run before to this one: %+v", m.Code, *m)
		}
		n, amount := 0, money.Paise(0)
		if w := want[m.Code]; w != nil {
			n, amount = len(w.ids), w.amount
			delete(want, m.Code)
		}
		if n != m.Closing.Count || amount != m.Closing.Amount {
			return fmt.Errorf("code %s closes with %d exceptions of %s, and the result has %d of %s", m.Code, m.Closing.Count, m.Closing.Amount, n, amount)
		}
	}
	if len(want) > 0 {
		return fmt.Errorf("%d codes of the result are in no movement", len(want))
	}
	return nil
}
