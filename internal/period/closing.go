package period

import (
	"fmt"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// A Closing is the statement that two people sign: where the books stand at the end
// of a period, to what that ties, and how it came about.
type Closing struct {
	Period           Period      `json:"period"`
	Version          int         `json:"version"`
	AsOf             day.Date    `json:"as_of"` // the last day of the period
	Tie              Tie         `json:"tie_out"`
	DifferenceReason string      `json:"difference_reason"` // why it is closed although it does not tie
	Roll             RollForward `json:"roll_forward"`
	ThreeWay         []Row       `json:"three_way"`

	Carried []Carried `json:"carried_forward"` // into the next period
	Cleared []Carried `json:"carried_in_and_cleared"`
	Late    []Late    `json:"late_payments"` // dated in a period that was closed before they were known

	Previous *Event   `json:"previous"` // the closing that this rolls forward from; nil for the first
	Replaces *Event   `json:"replaces"` // the version before of the same period; nil for the first
	Changes  []Change `json:"changes"`  // against that version

	Inputs  []Input `json:"inputs"`
	Journal Journal `json:"journal"`
	Program string  `json:"program"` // its version
}

// An Input is one file that was read.
type Input struct {
	Path   string `json:"path"`
	Kind   string `json:"kind"`
	SHA256 string `json:"sha256"`
}

// A Journal is how much of our own journal a closing knows: its chain was proved up
// to this step.
type Journal struct {
	Steps int64  `json:"steps"`
	Head  string `json:"head"` // hash of the last of them
}

// Material is what a closing is made from.
type Material struct {
	Period           Period
	Version          int
	Control          money.Paise
	DifferenceReason string
	Result           *matcher.Result // as of the last day of the period
	Book             *ledger.Book
	Own              []Own

	Previous, Replaces                 *Event
	PreviousSnapshot, ReplacedSnapshot *Snapshot // of those two; nil with them

	Inputs  []Input
	Journal Journal
	Program string
}

// Make makes a closing and the snapshot that it leaves. That the period may be
// closed was asked before (Calendar.MayClose).
func Make(m Material) (*Closing, *Snapshot, error) {
	now := Take(m.Period, m.Result, m.PreviousSnapshot)
	end := m.Period.Last()
	c := &Closing{
		Period: m.Period, Version: m.Version, AsOf: end, DifferenceReason: m.DifferenceReason,
		Tie: TieOut(m.Result, m.Book, end, m.Control), Roll: Roll(m.PreviousSnapshot, &now, m.Result), ThreeWay: ThreeWay(m.Result, m.Own, end),
		Carried: now.Carried, Previous: m.Previous, Replaces: m.Replaces,
		Inputs: m.Inputs, Journal: m.Journal, Program: m.Program,
	}
	if c.Tie.Ties() {
		c.DifferenceReason = "" // there is nothing to give a reason for
	}
	if m.PreviousSnapshot != nil {
		c.Cleared, c.Late = Cleared(m.PreviousSnapshot, &now), LateSince(m.PreviousSnapshot, m.Result)
	}
	if m.ReplacedSnapshot != nil {
		c.Changes = Compare(m.ReplacedSnapshot, &now)
	}
	return c, &now, c.check(m.PreviousSnapshot, &now)
}

// check holds the statement to its laws, with sums that were counted another way.
func (c *Closing) check(before, now *Snapshot) error {
	lost := func(format string, args ...any) error {
		return fmt.Errorf("the closing of %s does not tie: %s; this is a fault of the program, please report it", c.Period, fmt.Sprintf(format, args...))
	}
	switch {
	case now.Total() != c.Tie.SubLedger:
		return lost("the documents come to %s and the sub-ledger to %s", now.Total(), c.Tie.SubLedger)
	case c.Roll.Total.Closing != c.Tie.SubLedger:
		return lost("the roll-forward ends at %s and the sub-ledger is %s", c.Roll.Total.Closing, c.Tie.SubLedger)
	case before != nil && c.Roll.Total.Opening != before.Total():
		return lost("the roll-forward begins at %s, and the last closing ended at %s", c.Roll.Total.Opening, before.Total())
	case !c.Roll.Total.Ties():
		return lost("the roll-forward does not explain its end")
	case !added(c.Tie.Bridge):
		return lost("the bridge to the control account")
	case !added(c.ThreeWay):
		return lost("the ledger, the webhooks and the journal")
	}
	for i := range c.Roll.Suppliers {
		if m := &c.Roll.Suppliers[i]; !m.Ties() {
			return lost("the roll-forward of supplier %s", m.Supplier)
		}
	}
	return nil
}

// MayStand refuses a closing that does not tie, unless a reason is given for it.
func (c *Closing) MayStand() error {
	if c.Tie.Ties() {
		return nil
	}
	if c.DifferenceReason != "" {
		return CheckReason(c.DifferenceReason)
	}
	return refuse(CheckNotTied, "look where it comes from in the bridge, or have two people sign for it with --difference-reason TEXT",
		"the creditors' control account shows %s and the sub-ledger %s at the end of %s: a difference of %s",
		c.Tie.Control.Grouped(), c.Tie.SubLedger.Grouped(), c.Period.Long(), c.Tie.Difference.Grouped())
}

// Name is what files of a closing are called.
func Name(p Period, version int) string { return fmt.Sprintf("closing-%s-v%d", p, version) }
