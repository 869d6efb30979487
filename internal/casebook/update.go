package casebook

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// A Kind says what became of an exception since the run before.
type Kind uint8

// The kinds, in the order of the report.
const (
	New      Kind = iota + 1
	Reopened      // it was cleared, and is back
	Changed       // its amount, its money at stake or its status is another
	Cleared       // the run no longer finds it
)

// String returns the word of the report.
func (k Kind) String() string { return [...]string{"", "new", "reopened", "changed", "cleared"}[k] }

// A Change is one exception that is not as it was in the run before.
type Change struct {
	Kind Kind
	Case // as it is now; a cleared one as it was last

	Was       money.Paise // its amount in the run before; of a reopened one, when it was last seen
	WasStatus string
	Why       string // a sentence: what it was before, or where the invoice stands now; empty of a new one
}

// Delta is by how much the change moves the total of its code.
func (c *Change) Delta() money.Paise {
	switch c.Kind {
	case Changed:
		return money.Sum(c.Amount, -c.Was)
	case Cleared:
		return -c.Amount
	}
	return c.Amount
}

// Changes is what became of all exceptions between two runs.
type Changes struct {
	First bool     // there is no earlier run: everything is new, and nothing is said by that
	Run   string   // the run before, by its id
	Since day.Date // and its business date

	List  []Change   // by kind; within one the code and the money at stake, the greatest first
	Moves []Movement // by code in the order of the matcher
	Live  []Case     // all exceptions of tonight, by id
}

// Find returns an exception of tonight, nil where there is none.
func (c *Changes) Find(id string) *Case {
	if c == nil {
		return nil
	}
	return find(c.Live, id)
}

// Update compares a result with the snapshot of the run before; previous is nil
// where there is none. It returns what changed, and the snapshot for the next run.
func Update(previous *Snapshot, result *matcher.Result, asOf day.Date) (*Changes, *Snapshot) {
	c := &Changes{First: previous == nil, Live: collect(result)}
	next := &Snapshot{AsOf: asOf}
	if previous != nil {
		c.Since = previous.AsOf
	}
	for i := range c.Live {
		now := &c.Live[i]
		before := previous.Find(now.ID)
		now.LastSeen = asOf
		switch {
		case before == nil:
			now.FirstSeen, now.Since, now.Episode = asOf, asOf, 1
			c.List = append(c.List, Change{Kind: New, Case: *now})
		case !before.Lives():
			now.FirstSeen, now.Since, now.Episode = before.FirstSeen, asOf, before.Episode+1
			c.List = append(c.List, Change{Kind: Reopened, Case: *now, Was: before.Amount, WasStatus: before.Status,
				Why: "cleared on " + before.Cleared.Long() + ", first seen on " + before.FirstSeen.Long()})
		default:
			now.FirstSeen, now.Since, now.Episode = before.FirstSeen, before.Since, before.Episode
			if why := changed(before, now); why != "" {
				c.List = append(c.List, Change{Kind: Changed, Case: *now, Was: before.Amount, WasStatus: before.Status, Why: why})
			}
		}
		next.Cases = append(next.Cases, *now)
	}
	if previous != nil {
		c.clear(previous, result, asOf, next)
	}
	slices.SortFunc(next.Cases, func(a, b Case) int { return strings.Compare(a.ID, b.ID) })
	rank := ranks()
	slices.SortStableFunc(c.List, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(rank(a.Code), rank(b.Code)), cmp.Compare(a.Code, b.Code),
			cmp.Compare(b.Stake, a.Stake), strings.Compare(a.ID, b.ID))
	})
	c.Moves = movements(previous, c)
	return c, next
}

// clear adds what the run before had and this one has not, and remembers what was
// cleared a while ago.
func (c *Changes) clear(previous *Snapshot, result *matcher.Result, asOf day.Date, next *Snapshot) {
	var rest map[string]string // what became of each invoice and line; made when it is needed
	for _, before := range previous.Cases {
		switch {
		case c.Find(before.ID) != nil:
		case before.Lives():
			if rest == nil {
				rest = standings(result)
			}
			before.Cleared = asOf
			c.List = append(c.List, Change{Kind: Cleared, Case: before, Was: before.Amount, WasStatus: before.Status, Why: whyCleared(&before, rest)})
			next.Cases = append(next.Cases, before)
		case int(asOf-before.Cleared) < clearedKept:
			next.Cases = append(next.Cases, before)
		}
	}
}

// changed says what is another; empty where nothing is.
func changed(before, now *Case) string {
	var parts []string
	add := func(what string, was, is money.Paise) {
		word := "grew"
		if is.Abs() < was.Abs() {
			word = "shrank"
		}
		parts = append(parts, what+word+" from ₹ "+was.Grouped()+" to ₹ "+is.Grouped())
	}
	switch {
	case before.Amount != now.Amount:
		add("", before.Amount, now.Amount)
	case before.Stake != now.Stake:
		add("the money behind it ", before.Stake, now.Stake)
	}
	if statuses(before.Status) != now.Status {
		parts = append(parts, "was "+before.Status+", is "+now.Status)
	}
	return strings.Join(parts, "; ")
}

// standings says where every invoice and every payment line of a result stands, by
// its subject.
func standings(result *matcher.Result) map[string]string {
	words := make(map[string]map[string]bool)
	add := func(subject, word string) {
		if words[subject] == nil {
			words[subject] = make(map[string]bool)
		}
		words[subject][word] = true
	}
	for i := range result.Items {
		add(itemSubject(&result.Items[i]), "the item is now "+result.Items[i].Status.String())
	}
	for i := range result.Lines {
		r := &result.Lines[i]
		word := "the payment is now " + r.Remittance.Outcome.String()
		if len(r.Items) > 0 && r.Rule != matcher.Suggested {
			word += " and matched to an item"
		}
		add(lineSubject(r), word)
	}
	all := make(map[string]string, len(words))
	for subject, said := range words {
		all[subject] = strings.Join(slices.Sorted(maps.Keys(said)), "; ")
	}
	return all
}

func whyCleared(c *Case, rest map[string]string) string {
	if said := rest[c.Subject]; said != "" {
		return said
	}
	if strings.HasPrefix(c.Subject, "line") {
		return "the payment is no longer in the event log"
	}
	return "the item is no longer in the ledger"
}

// ranks returns the place of each code in the order of the matcher; codes that it
// does not list come last.
func ranks() func(matcher.Code) int {
	place := make(map[matcher.Code]int)
	for i, info := range matcher.Codes() {
		place[info.Code] = i + 1
	}
	return func(c matcher.Code) int {
		if p := place[c]; p > 0 {
			return p
		}
		return len(place) + 1
	}
}
