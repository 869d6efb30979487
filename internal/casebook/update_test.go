package casebook

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

const first = day.Date(739_940)

// a told is one break of a result that a test makes up.
type told struct {
	id     string
	code   matcher.Code
	amount money.Paise
	status matcher.Status
}

func resultOf(breaks ...told) *matcher.Result {
	r := &matcher.Result{}
	for _, b := range breaks {
		it := itemOf(b.id)
		it.Breaks = []matcher.Break{{Code: b.code, Amount: b.amount, ExceptionID: b.id}}
		it.Status = b.status
		r.Items = append(r.Items, it)
	}
	return r
}

// calm takes the breaks without a code away, and leaves their items.
func calm(r *matcher.Result) *matcher.Result {
	for i := range r.Items {
		r.Items[i].Breaks = slices.DeleteFunc(r.Items[i].Breaks, func(b matcher.Break) bool { return b.Code == "" })
	}
	return r
}

// TestUpdate goes through the life of one exception, night by night.
func TestUpdate(t *testing.T) {
	behind := func(p money.Paise) told { return told{"XA", matcher.LedgerBehind, p, matcher.Paid} }
	other := told{"XB", matcher.Underpaid, 700, matcher.PartPaid}
	nights := []struct {
		name string
		has  *matcher.Result
		want []string // kind, id, delta, why
		live string
	}{
		{"the first", resultOf(behind(500)), []string{"new XA 5.00 "}, "XA since 0 episode 1"},
		{"nothing changed", resultOf(behind(500)), nil, "XA since 0 episode 1"},
		{"grew, and another is new", resultOf(behind(900), other),
			[]string{"new XB 7.00 ", "changed XA 4.00 grew from ₹ 5.00 to ₹ 9.00"}, "XA since 0 episode 1, XB since 2 episode 1"},
		{"one cleared, its invoice is still there", calm(resultOf(told{"XA", "", 0, matcher.Confirmed}, other)),
			[]string{"cleared XA -9.00 the item is now confirmed"}, "XB since 2 episode 1"},
		{"the other cleared with its row", resultOf(), []string{"cleared XB -7.00 the item is no longer in the ledger"}, ""},
		{"one is back, smaller", resultOf(behind(300)),
			[]string{"reopened XA 3.00 cleared on 23-Nov-2026, first seen on 20-Nov-2026"}, "XA since 5 episode 2"},
		{"another status", resultOf(told{"XA", matcher.LedgerBehind, 300, matcher.Confirmed}),
			[]string{"changed XA 0.00 was paid, is confirmed"}, "XA since 5 episode 2"},
	}
	var before *Snapshot
	for i, night := range nights {
		asOf := first + day.Date(i)
		c, next := Update(before, night.has, asOf)
		if err := c.Check(night.has); err != nil {
			t.Errorf("%s: %v", night.name, err)
		}
		var got, live []string
		for k := range c.List {
			l := &c.List[k]
			got = append(got, fmt.Sprintf("%s %s %s %s", l.Kind, l.ID, l.Delta(), l.Why))
		}
		for _, l := range c.Live {
			live = append(live, fmt.Sprintf("%s since %d episode %d", l.ID, l.Since-first, l.Episode))
		}
		if diff := cmp.Diff(night.want, got); diff != "" {
			t.Errorf("%s: the changes differ (-want +got):\n%s", night.name, diff)
		}
		if strings.Join(live, ", ") != night.live {
			t.Errorf("%s: got %q alive, want %q", night.name, live, night.live)
		}
		if c.First != (i == 0) {
			t.Errorf("%s: first is %v", night.name, c.First)
		}
		before = again(t, next)
	}
}

// again encodes a snapshot and decodes it, as two runs do.
func again(t interface{ Fatal(...any) }, s *Snapshot) *Snapshot {
	b, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := back.Encode()
	if err != nil || !bytes.Equal(b, twice) {
		t.Fatal("a snapshot that was read is written as other bytes", err)
	}
	return back
}

// TestPartsShareAnException: two parts of one invoice are one exception, whose
// money never cancels out.
func TestPartsShareAnException(t *testing.T) {
	c, _ := Update(nil, resultOf(told{"XA", matcher.AdjustmentMismatch, 500, matcher.Paid}, told{"XA", matcher.AdjustmentMismatch, -500, matcher.Paid},
		told{"XC", matcher.AmbiguousMatch, 0, matcher.OnHold}), first)
	if len(c.Live) != 2 {
		t.Fatalf("got %d exceptions, want 2", len(c.Live))
	}
	if a := c.Live[0]; a.Amount != 0 || a.Stake != 1000 || a.Breaks != 2 {
		t.Errorf("got %+v, want the amounts to cancel out and the money at stake not to", a)
	}
	if x := c.Live[1]; x.Stake != cash {
		t.Errorf("without an amount %s is at stake, want all that the item is about", x.Stake)
	}
}

// TestRowsInAnotherOrder: parts of one invoice that stand differently, and change
// places in the export, have not changed.
func TestRowsInAnotherOrder(t *testing.T) {
	paid, held := told{"XA", matcher.Underpaid, 1, matcher.Paid}, told{"XA", matcher.Underpaid, -3, matcher.OnHold}
	_, before := Update(nil, resultOf(held, paid, held), first)
	c, _ := Update(before, resultOf(paid, held, held), first+1)
	if len(c.List) != 0 || c.Live[0].Status != "on_hold, paid" {
		t.Errorf("got %+v, %+v; want nothing to have changed", c.List, c.Live)
	}
	before.Cases[0].Status = "paid, on_hold" // as earlier versions wrote it
	if c, _ := Update(before, resultOf(paid, held, held), first+1); len(c.List) != 0 {
		t.Errorf("got %+v, want nothing to have changed", c.List)
	}
}

// TestLawOfMovement runs random histories: every exception of two nights is in one
// place, totals tie, and the order of rows tells nothing.
func TestLawOfMovement(t *testing.T) {
	codes := []matcher.Code{matcher.LedgerBehind, matcher.Underpaid, matcher.AmbiguousMatch, "OF_TOMORROW"}
	rapid.Check(t, func(rt *rapid.T) {
		var before *Snapshot
		was := map[string]money.Paise{}
		ever := map[string]bool{}
		asOf := first
		for range rapid.IntRange(1, 8).Draw(rt, "nights") {
			asOf += day.Date(rapid.IntRange(1, 700).Draw(rt, "days"))
			var breaks []told
			now := map[string]money.Paise{}
			for range rapid.IntRange(0, 8).Draw(rt, "breaks") {
				n := rapid.IntRange(0, 7).Draw(rt, "id")
				b := told{fmt.Sprintf("X%d", n), codes[n%len(codes)], money.Paise(rapid.IntRange(-3, 3).Draw(rt, "amount")), matcher.Statuses[rapid.IntRange(0, 2).Draw(rt, "status")]}
				breaks = append(breaks, b)
				now[b.id] += b.amount
			}
			result := resultOf(breaks...)
			c, next := Update(before, result, asOf)
			if err := c.Check(result); err != nil {
				rt.Fatal(err)
			}
			seen := map[string]Kind{}
			var moved money.Paise
			for i := range c.List {
				l := &c.List[i]
				if seen[l.ID] != 0 {
					rt.Fatalf("%s is %s and %s", l.ID, seen[l.ID], l.Kind)
				}
				seen[l.ID] = l.Kind
				moved += l.Delta()
			}
			for id := range now {
				_, known := was[id]
				switch kind := seen[id]; {
				case known && kind != 0 && kind != Changed, !known && kind != New && kind != Reopened, kind == Reopened && !ever[id], known && was[id] != now[id] && kind != Changed:
					rt.Fatalf("%s was known: %v (%v, now %v), and is %q", id, known, was[id], now[id], kind)
				}
				ever[id] = true
			}
			for id := range was {
				if _, still := now[id]; !still && seen[id] != Cleared {
					rt.Fatalf("%s is gone, and is %q", id, seen[id])
				}
			}
			if opening, closing := total(was), total(now); opening+moved != closing {
				rt.Fatalf("%s before and %s moved are not %s", opening, moved, closing)
			}
			slices.Reverse(result.Items)
			if other, turned := Update(before, result, asOf); !cmp.Equal(numbers(other), numbers(c)) || len(turned.Cases) != len(next.Cases) {
				rt.Fatalf("another order of the rows gives other changes: %s", cmp.Diff(numbers(c), numbers(other)))
			}
			before, was = again(rt, next), now
		}
	})
}

func total(of map[string]money.Paise) (sum money.Paise) {
	for _, p := range of {
		sum += p
	}
	return sum
}

// numbers drops what two orders of the parts of one invoice may tell differently:
// which of their words comes first.
func numbers(c *Changes) []string {
	var all []string
	for i := range c.List {
		all = append(all, fmt.Sprint(c.List[i].Kind, c.List[i].ID, c.List[i].Amount, c.List[i].Stake, c.List[i].Was))
	}
	return append(all, fmt.Sprint(c.Moves))
}

// TestCheckFindsWhatIsLost: a proof that cannot fail is none.
func TestCheckFindsWhatIsLost(t *testing.T) {
	result := resultOf(told{"XA", matcher.LedgerBehind, 500, matcher.Paid}, told{"XB", matcher.Underpaid, 700, matcher.PartPaid})
	for name, harm := range map[string]func(c *Changes){
		"a paisa":      func(c *Changes) { c.Moves[0].New.Amount++ },
		"an exception": func(c *Changes) { c.Moves[0].Closing.Count-- },
		"a code":       func(c *Changes) { c.Moves = c.Moves[1:] },
		"both sides":   func(c *Changes) { c.Moves[0].New.Amount++; c.Moves[0].Closing.Amount++ },
	} {
		c, _ := Update(nil, result, first)
		harm(c)
		if c.Check(result) == nil {
			t.Errorf("%s was lost, and nobody saw it", name)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "reading the exceptions",
		`{"version":1,"as_of":"x"}`:            "reading the exceptions",
		`{"version":1,"cases":[],"more":true}`: "unknown field",
		`{"version":1,"cases":[{"id":"B"},{"id":"A"}]}`: "B stands before A",
		`{"version":1,"cases":[]}{}`:                    "reading the exceptions",
	} {
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error about %q", text, err, want)
		}
	}
	if _, err := Decode([]byte(`{"version":2}`)); !errors.Is(err, ErrForm) {
		t.Errorf("a form of tomorrow: got %v, want ErrForm", err)
	}
}

func TestClearedIsForgottenInTheEnd(t *testing.T) {
	_, s := Update(nil, resultOf(told{"XA", matcher.LedgerBehind, 500, matcher.Paid}), first)
	_, s = Update(s, resultOf(), first+1)
	if _, s = Update(s, resultOf(), first+clearedKept); s.Find("XA") == nil {
		t.Error("a cleared exception was forgotten too early")
	}
	if _, s = Update(s, resultOf(), first+1+clearedKept); s.Find("XA") != nil {
		t.Error("a cleared exception is remembered for ever")
	}
}
