package report

import (
	"fmt"
	"slices"

	"reconcile/internal/casebook"
	"reconcile/internal/day"
	"reconcile/internal/money"
)

// A ChangeSummary is what became of the exceptions since the run before. An
// exception is all breaks with one id, so that there may be fewer than breaks.
type ChangeSummary struct {
	First bool     `json:"first,omitempty"` // there is no run before, and the rest is empty
	Run   string   `json:"run"`             // the run before
	Since day.Date `json:"since"`           // and its business date

	New      Amount `json:"new"`
	Reopened Amount `json:"reopened"`
	Changed  Amount `json:"changed"` // by how much
	Cleared  Amount `json:"cleared"`

	Codes Ordered[ChangeTotals] `json:"codes"`
}

// ChangeTotals are the movements of one code: Opening + New + Reopened + Changed −
// Cleared = Closing, where Changed moves amounts and no count. What is nothing is left out.
type ChangeTotals struct {
	Opening  Amount `json:"opening,omitzero"`
	New      Amount `json:"new,omitzero"`
	Reopened Amount `json:"reopened,omitzero"`
	Changed  Amount `json:"changed,omitzero"`
	Cleared  Amount `json:"cleared,omitzero"`
	Closing  Amount `json:"closing,omitzero"`
}

// changes returns the summary of what changed; nil where nobody compared.
func (f *Facts) changes() *ChangeSummary {
	c := f.Changes
	if c == nil {
		return nil
	}
	s := ChangeSummary{Run: c.Run, Since: c.Since}
	book := newCodeBook()
	moves := slices.Clone(c.Moves)
	slices.SortStableFunc(moves, func(a, b casebook.Movement) int { return book.compare(a.Code, b.Code) })
	for _, m := range moves {
		t := ChangeTotals{Opening: Amount(m.Opening), New: Amount(m.New), Reopened: Amount(m.Reopened),
			Changed: Amount(m.Changed), Cleared: Amount(m.Cleared), Closing: Amount(m.Closing)}
		s.Codes = append(s.Codes, Entry[ChangeTotals]{string(m.Code), t})
		s.New, s.Reopened, s.Changed, s.Cleared = plus(s.New, t.New), plus(s.Reopened, t.Reopened), plus(s.Changed, t.Changed), plus(s.Cleared, t.Cleared)
	}
	return &s
}

func plus(a, b Amount) Amount { return Amount{a.Count + b.Count, money.Sum(a.Amount, b.Amount)} }

// changesSaid is the summary as it is written: of a first run only that it is the
// first, for there everything would be new.
func (f *Facts) changesSaid() *ChangeSummary {
	if f.Changes != nil && f.Changes.First {
		return &ChangeSummary{First: true, Codes: Ordered[ChangeTotals]{}}
	}
	return f.changes()
}

// changeProofs are equations between the run before and this one: the left side
// comes from what was kept and what moved, the right side from the breaks.
func (f *Facts) changeProofs() []Proof {
	s := f.changes()
	if s == nil {
		return nil
	}
	moved, closing := Amount{}, Amount{}
	for _, c := range s.Codes {
		t := c.Value
		moved.Count += t.Opening.Count + t.New.Count + t.Reopened.Count - t.Cleared.Count
		moved.Amount = money.Sum(moved.Amount, money.Sum(money.Sum(t.Opening.Amount, t.New.Amount), money.Sum(money.Sum(t.Reopened.Amount, t.Changed.Amount), -t.Cleared.Amount)))
	}
	ids := map[string]bool{}
	found := f.findings()
	for i := range found {
		ids[found[i].ExceptionID] = true
		closing.Amount = money.Sum(closing.Amount, found[i].Amount)
	}
	closing.Count = len(ids)
	return []Proof{
		equalCounts("Exceptions of the run before + new + back − cleared = those of this one", moved.Count, closing.Count),
		equalAmounts("Their amounts + new + back ± changed − cleared = all breaks of this one", moved.Amount, closing.Amount),
	}
}

// changesTable lists every exception that is not as it was in the run before.
func (f *Facts) changesTable() table {
	names := f.supplierNames()
	t := table{
		name:  "Changes",
		empty: "Nothing changed since the run before.",
		fixed: 2,
		columns: []column{
			{title: "Change"}, {title: "Code", max: 25}, {title: "Before", right: true}, {title: "Now", right: true}, {title: "By", right: true},
			{title: "Supplier", max: 26}, {title: "Invoice number", max: 26}, {title: "What changed", max: 52},
			{title: "First seen"}, {title: "Days open", right: true}, {title: "Exception id", max: 20},
		},
		marks: []mark{{0, casebook.Reopened.String()}},
	}
	c := f.Changes
	switch {
	case c == nil || c.First:
		t.empty = "There is no earlier run to compare with."
		t.rows = func(func([]cell) error) error { return nil }
		return t
	case c.Run != "":
		t.notes = []string{
			"Compared with the run " + c.Run + " of " + c.Since.Long() + ", the last of an earlier business date. Every exception of both runs is new, back, changed, unchanged or cleared, and the first sheet shows that the totals tie.",
			"Days open are counted from the first run that found it; of one that came back, from when it came back.",
		}
	}
	t.rows = func(yield func([]cell) error) error {
		row := make([]cell, 0, 11)
		for i := range c.List {
			row = changeCells(row[:0], &c.List[i], f.AsOf, names)
			if err := yield(row); err != nil {
				return err
			}
		}
		return nil
	}
	return t
}

func changeCells(row []cell, c *casebook.Change, asOf day.Date, names map[string]string) []cell {
	before, now := amount(c.Was), amount(c.Amount)
	switch c.Kind {
	case casebook.New:
		before = cell{}
	case casebook.Reopened:
		before = cell{} // it was cleared
	case casebook.Cleared:
		now = cell{}
	}
	why := c.Why
	if why == "" {
		why = c.Status
	}
	return append(row, text(c.Kind.String()), text(string(c.Code)), before, now, amount(c.Delta()),
		text(supplierOf(&c.Case, names)), text(c.Number), text(why), date(c.FirstSeen), count(c.DaysOpen(asOf)), text(c.ID))
}

// supplierOf returns by which name a case is shown: of a payment line it knows the
// B2B id, and the books may know the name.
func supplierOf(c *casebook.Case, names map[string]string) string {
	if name := names[c.Supplier]; name != "" {
		return name
	}
	return c.Supplier
}

// changesLine says in one line of the first sheet what changed.
func (f *Facts) changesLine() string {
	s := f.changes()
	switch {
	case s == nil:
		return ""
	case f.Changes.First:
		return "There is no earlier run to compare with."
	}
	return fmt.Sprintf("Since %s: %s new, %s back, %s changed, %s cleared, in the sheet Changes.", s.Since.Long(),
		groupedCount(s.New.Count), groupedCount(s.Reopened.Count), groupedCount(s.Changed.Count), groupedCount(s.Cleared.Count))
}

// changesSection shows by code how the exceptions of the run before became those
// of this one: a row of counts and a row of amounts, each of which ties.
func (f *Facts) changesSection(p *page) {
	s := f.changes()
	if s == nil || f.Changes.First || len(s.Codes) == 0 {
		return
	}
	p.section("What changed since "+s.Run+": before + new + back ± changed − cleared = now", 8,
		"Code", ">Before", ">New", ">Back", ">Changed", ">Cleared", ">Now", "Ties")
	still, codes := ChangeTotals{}, 0
	for _, c := range s.Codes {
		if t := c.Value; t.moved() {
			p.addCode(text(c.Name), t)
			continue
		}
		codes++
		still.Opening, still.Closing = plus(still.Opening, c.Value.Opening), plus(still.Closing, c.Value.Closing)
	}
	if codes > 0 {
		p.addCode(text(plural(codes, "code")+" in which nothing moved"), still)
	}
}

// moved tells whether anything of a code changed.
func (t *ChangeTotals) moved() bool {
	return t.New != Amount{} || t.Reopened != Amount{} || t.Changed != Amount{} || t.Cleared != Amount{}
}

// addCode adds the two rows of one code.
func (p *page) addCode(name cell, t ChangeTotals) {
	n := len(p.rows) + 1
	counts := []number{{count: t.Opening.Count}, {count: t.New.Count}, {count: t.Reopened.Count}, {count: t.Changed.Count}, {count: t.Cleared.Count}, {count: t.Closing.Count}}
	ties := t.Opening.Count+t.New.Count+t.Reopened.Count-t.Cleared.Count == t.Closing.Count
	p.addMovement(name, counts, ties, fmt.Sprintf("B%d+C%d+D%d-F%d", n, n, n, n))
	n++
	rupees := make([]number, 0, 6)
	for _, a := range []money.Paise{t.Opening.Amount, t.New.Amount, t.Reopened.Amount, t.Changed.Amount, t.Cleared.Amount, t.Closing.Amount} {
		rupees = append(rupees, number{money: true, paise: a})
	}
	ties = money.Sum(money.Sum(t.Opening.Amount, t.New.Amount), money.Sum(money.Sum(t.Reopened.Amount, t.Changed.Amount), -t.Cleared.Amount)) == t.Closing.Amount
	p.addMovement(text("in rupees").styled(noteStyle), rupees, ties, fmt.Sprintf("B%d+C%d+D%d+E%d-F%d", n, n, n, n, n))
}

// addMovement adds a row of six numbers of which the last is what the others come
// to by the formula.
func (p *page) addMovement(name cell, numbers []number, ties bool, formula string) {
	row := []cell{name}
	for i, n := range numbers {
		c := n.cell()
		if i > 0 && i < len(numbers)-1 && n.count == 0 && n.paise == 0 {
			c = cell{} // what did not move is left empty, so that what did is seen
		}
		row = append(row, c)
	}
	p.add(append(row, tiesCell(ties, fmt.Sprintf("G%d", len(p.rows)+1), formula, numbers...))...)
}

// seenColumns tell how long an exception has been known.
func seenColumns() []column {
	return []column{{title: "First seen"}, {title: "Days open", right: true}}
}

// seenCells are those of seenColumns for one exception; empty where nobody
// compared.
func (f *Facts) seenCells(row []cell, id string) []cell {
	c := f.Changes.Find(id)
	if c == nil {
		return append(row, cell{}, cell{})
	}
	return append(row, date(c.FirstSeen), count(c.DaysOpen(f.AsOf)))
}

// letterChanges are the lines of a letter about what changed; none where there is
// nothing to compare with.
func (f *Facts) letterChanges() (since string, lines []letterTotal) {
	s := f.changes()
	if s == nil || f.Changes.First {
		return "", nil
	}
	for _, l := range []letterTotal{
		letterSum("new", s.New, ""), letterSum("back again", s.Reopened, "act"), letterSum("changed, by", s.Changed, ""), letterSum("cleared", s.Cleared, ""),
	} {
		if l.Count != "0" {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		lines = []letterTotal{{Name: "nothing"}}
	}
	return s.Since.Long(), lines
}
