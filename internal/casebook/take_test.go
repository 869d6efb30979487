package casebook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/source"
)

// reports returns the snapshot of one night.
func reports(t interface{ Fatal(...any) }, before *Snapshot, asOf day.Date, result *matcher.Result) *Snapshot {
	_, s := Update(before, result, asOf)
	return again(t, s)
}

func says(id string, printed, note Note) Annotation {
	return Annotation{ExceptionID: id, Note: note, Printed: printed.Digest(), Pos: source.Pos{File: "came.xlsx", Sheet: "Breaks", Row: 3}}
}

// TestTake goes through what may come back about one exception of ₹ 5.00.
func TestTake(t *testing.T) {
	last := reports(t, nil, first, resultOf(told{"XA", matcher.LedgerBehind, 500, matcher.Paid}, told{"XB", matcher.AmbiguousMatch, 0, matcher.OnHold}))
	gone := reports(t, last, first+1, resultOf())
	meera, ravi := Note{Owner: "meera"}, Note{Owner: "ravi"}
	accepted := Note{Owner: "meera", Resolution: AcceptDifference}
	off := Note{Resolution: WriteOff}
	inForce := Standing{Note: accepted, By: "clerk", On: first, File: "before.xlsx", Amount: 500, Stake: 500, Breaks: 1, Episode: 1}
	lapsed := inForce
	lapsed.Amount, lapsed.Stake = 300, 300
	tests := []struct {
		name    string
		last    *Snapshot
		stood   Standing
		came    Annotation
		limit   money.Paise
		want    string // owner, resolution and accepted money; empty where nothing was taken
		refused string // a part of why
	}{
		{"a first note", last, Standing{}, says("XA", Note{}, meera), 0, "meera, , 5.00", ""},
		{"an acceptance accepts what was printed", last, Standing{}, says("XA", Note{}, accepted), 0, "meera, accept difference, 5.00", ""},
		{"it says what stands already", last, inForce, says("XA", meera, accepted), 0, "", ""},
		{"somebody was first", last, inForce, says("XA", meera, ravi), 0, "", "the first stands"},
		{"an id of another report", last, Standing{}, says("XZ", Note{}, meera), 0, "", "no exception of this id"},
		{"cleared meanwhile", gone, Standing{}, says("XA", Note{}, meera), 0, "", "was cleared on 21-Nov-2026"},
		{"another owner accepts nothing anew", last, lapsed, says("XA", accepted, Note{Owner: "ravi", Resolution: AcceptDifference}), 0, "ravi, accept difference, 3.00", ""},
		{"what lapsed is chosen again", last, lapsed, says("XA", meera, accepted), 0, "meera, accept difference, 5.00", ""},
		{"a note is taken back", last, inForce, says("XA", accepted, Note{}), 0, ", , 5.00", ""},
		{"an old workbook", last, Standing{}, says("XA", Note{}, accepted), 0, "meera, , 5.00", "was printed when the exception was another"},
		{"a write-off within the limit", last, Standing{}, says("XA", Note{}, off), 500, ", write off, 5.00", ""},
		{"a write-off above it", last, Standing{}, says("XA", Note{}, off), 499, ", , 5.00", "the limit is ₹ 4.99"},
	}
	for _, tt := range tests {
		if c := tt.last.Find(tt.came.ExceptionID); c != nil && tt.name != "an old workbook" {
			tt.came.Seen = c.Digest()
		}
		words := Take(Handing{Annotations: []Annotation{tt.came}, By: "login", On: first + 1, File: "came.xlsx"},
			map[string]Standing{"XA": tt.stood}, tt.last, Rules{Tolerance: 0, WriteOffLimit: tt.limit})
		got, refused := "", ""
		for _, w := range words {
			refused = w.Refused
			if w.Is != nil {
				got = fmt.Sprintf("%s, %s, %s", w.Is.Owner, w.Is.Resolution, w.Is.Stake)
				if w.Is.By != "login" || w.Is.File != "came.xlsx" {
					t.Errorf("%s: taken from %s of %s", tt.name, w.Is.By, w.Is.File)
				}
			}
		}
		if got != tt.want || tt.refused == "" != (refused == "") || !strings.Contains(refused, tt.refused) {
			t.Errorf("%s: took %q and refused %q, want %q and %q", tt.name, got, refused, tt.want, tt.refused)
		}
	}
}

// TestTwoSheetsOfOneWorkbook: where they agree the note is taken once, and where they
// do not nothing is, and what stood before stands on, whichever sheet comes first.
func TestTwoSheetsOfOneWorkbook(t *testing.T) {
	last := reports(t, nil, first, resultOf(told{"XA", matcher.LedgerBehind, 500, matcher.Paid}, told{"XB", matcher.LedgerBehind, 700, matcher.Paid}))
	looks, accepts := Note{Resolution: Investigate}, Note{Resolution: AcceptDifference}
	for _, tt := range []struct {
		notes []Note // about XA, by sheet
		want  string
	}{
		{[]Note{looks, accepts}, ""},
		{[]Note{accepts, looks}, ""},
		{[]Note{accepts, accepts, looks}, ""},
		{[]Note{accepts, accepts}, "accept difference"},
	} {
		var h Handing
		for i, n := range tt.notes {
			a := says("XA", Note{}, n)
			a.Pos.Row, a.Seen = 3+i, last.Find("XA").Digest()
			h.Annotations = append(h.Annotations, a)
		}
		other := says("XB", Note{}, looks)
		other.Pos.Row = 9
		h.Annotations = append(h.Annotations, other)
		got, refused, xb := "", 0, false
		for _, w := range Take(h, nil, last, Rules{}) {
			switch {
			case w.ExceptionID == "XB":
				xb = w.Is != nil && w.Is.Resolution == Investigate
			case w.Is != nil:
				got += w.Is.Resolution.String()
			case w.Check == "notes-contradiction" && w.Known && strings.Contains(w.Refused, "investigate") && strings.Contains(w.Refused, "accept difference"):
				refused++
			}
		}
		if wanted := 1 - min(1, len(tt.want)); got != tt.want || refused != wanted || !xb {
			t.Errorf("%v: took %q with %d refusals, and the other exception %v; want %q with %d, and true", tt.notes, got, refused, xb, tt.want, wanted)
		}
	}
}

// TestJudge: an acceptance is in force for what was accepted, and for nothing more.
func TestJudge(t *testing.T) {
	item := func(code matcher.Code, amount money.Paise, payments ...string) *matcher.Result {
		r := resultOf(told{"XA", code, amount, matcher.Paid})
		paidBy(&r.Items[0], payments...)
		return r
	}
	behind := item(matcher.LedgerBehind, 500, "PMT1")
	accepted := Standing{Note: Note{Resolution: AcceptDifference}, By: "meera", On: first, Amount: 500, Stake: 500, Breaks: 1, Payments: []string{"PMT1"}, Episode: 1}
	written := accepted
	written.Resolution = WriteOff
	rules := Rules{Tolerance: 100, WriteOffLimit: 550}
	two := item(matcher.LedgerBehind, 250, "PMT1")
	two.Items = append(two.Items, two.Items[0])
	for _, tt := range []struct {
		name   string
		note   Standing
		now    *matcher.Result
		quiet  bool
		remark string
	}{
		{"as it was", accepted, behind, true, "accepted up to ₹ 5.00 by meera"},
		{"it shrank", accepted, item(matcher.LedgerBehind, 100, "PMT1"), true, "accepted"},
		{"it grew within the tolerance", accepted, item(matcher.LedgerBehind, 600, "PMT1"), true, "accepted"},
		{"it grew by a paisa more", accepted, item(matcher.LedgerBehind, 601, "PMT1"), false, "it grew from ₹ 5.00 to ₹ 6.01"},
		{"the same amount by another payment", accepted, item(matcher.LedgerBehind, 500, "PMT1", "PMT2"), false, "payment PMT2 was not there"},
		{"it turned around", accepted, item(matcher.LedgerBehind, -500, "PMT1"), false, "it turned from ₹ 5.00 to ₹ -5.00"},
		{"another part of the invoice", accepted, two, false, "more rows have it"},
		{"what blocks a payment", accepted, item(matcher.SupplierMismatch, 500, "PMT1"), false, "two people do, with reconcile release"},
		{"what can still be stopped", accepted, item(matcher.DuplicateInFlight, 500, "PMT1"), false, "can still be stopped"},
		{"without an amount all of the item counts", accepted, item(matcher.ReferenceVariant, 0, "PMT1"), false, "it grew from ₹ 5.00 to ₹ 1,180.00"},
		{"written off", written, behind, true, "accepted"},
		{"written off, above the limit of today", written, item(matcher.LedgerBehind, 551, "PMT1"), false, "above the limit of ₹ 5.50"},
		{"somebody looks into it", Standing{Note: Note{Resolution: Investigate}, Episode: 1}, behind, false, ""},
	} {
		c, _ := Update(nil, tt.now, first)
		v := tt.note.Judge(&c.Live[0], rules)
		if v.Quiet != tt.quiet || !strings.Contains(v.Remark, tt.remark) || tt.remark == "" && v.Remark != "" {
			t.Errorf("%s: quiet is %v, %q; want %v, %q", tt.name, v.Quiet, v.Remark, tt.quiet, tt.remark)
		}
		if want := tt.note.Resolution.Quiets() && !tt.quiet; want != (v.Shown.Resolution != tt.note.Resolution) {
			t.Errorf("%s: the resolution %q is shown, and what lapsed has to be chosen again", tt.name, v.Shown.Resolution)
		}
	}
}

// TestBackAgain: the note of an exception that came back is shown, and quiets
// nothing.
func TestBackAgain(t *testing.T) {
	behind := resultOf(told{"XA", matcher.LedgerBehind, 500, matcher.Paid})
	s := reports(t, nil, first, behind)
	note := Note{Owner: "meera", Resolution: AcceptDifference}
	came := says("XA", Note{}, note)
	came.Seen = s.Find("XA").Digest()
	words := Take(Handing{Annotations: []Annotation{came}, By: "login", On: first}, nil, s, Rules{})
	s = reports(t, s, first+1, resultOf())
	s = reports(t, s, first+2, behind)
	v := words[0].Is.Judge(s.Find("XA"), Rules{})
	if v.Quiet || v.Shown.Owner != "meera" || v.Shown.Resolution != 0 || !strings.Contains(v.Remark, "it was cleared, and is back since 22-Nov-2026") {
		t.Errorf("got %+v, want its owner shown and its resolution out of force", v)
	}
}

// TestLawOfNotes makes random histories of nights, workbooks and amounts: whatever
// anybody wrote, no exception is quiet while more money stands behind it than stood
// there in a report whose reader chose a quieting resolution.
func TestLawOfNotes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rules := Rules{Tolerance: money.Paise(rapid.IntRange(0, 2).Draw(rt, "tolerance")), WriteOffLimit: money.Paise(rapid.IntRange(0, 9).Draw(rt, "limit"))}
		standing := map[string]Standing{}
		chosen := map[string][]money.Paise{} // by id: what stood behind it in reports that somebody accepted
		var last *Snapshot
		nights := []*Snapshot{nil} // whose reports people have
		asOf := first
		for range rapid.IntRange(1, 8).Draw(rt, "nights") {
			asOf++
			var breaks []told
			for n := range 4 {
				if rapid.Bool().Draw(rt, "there") {
					breaks = append(breaks, told{fmt.Sprintf("X%d", n), matcher.LedgerBehind, money.Paise(rapid.IntRange(-9, 9).Draw(rt, "amount")), matcher.Paid})
				}
			}
			for range rapid.IntRange(0, 3).Draw(rt, "workbooks") {
				var h Handing
				for range rapid.IntRange(0, 3).Draw(rt, "notes") {
					id := fmt.Sprintf("X%d", rapid.IntRange(0, 4).Draw(rt, "id"))
					note := Note{Owner: rapid.SampledFrom([]string{"", "meera", "ravi"}).Draw(rt, "owner"), Resolution: Resolution(rapid.IntRange(0, 3).Draw(rt, "resolution"))}
					printed := standing[id].Note
					switch rapid.IntRange(0, 2).Draw(rt, "printed") {
					case 0:
						printed = Note{} // an old workbook, or one whose hidden cell was edited
					case 1:
						printed.Resolution = 0
					}
					if note.Digest() == printed.Digest() {
						continue
					}
					a := says(id, printed, note)
					seen := nights[rapid.IntRange(0, len(nights)-1).Draw(rt, "report")].Find(id)
					if seen != nil {
						a.Seen = seen.Digest()
						if note.Resolution.Quiets() {
							chosen[id] = append(chosen[id], seen.Stake)
						}
					}
					h.Annotations = append(h.Annotations, a)
				}
				for _, w := range Take(h, standing, last, rules) {
					if w.Is != nil {
						standing[w.ExceptionID] = *w.Is
					}
				}
			}
			result := resultOf(breaks...)
			c, next := Update(last, result, asOf)
			for i := range c.Live {
				live := &c.Live[i]
				s, noted := standing[live.ID]
				if !noted || !s.Judge(live, rules).Quiet {
					continue
				}
				if len(chosen[live.ID]) == 0 || live.Stake > slices.Max(chosen[live.ID])+rules.Tolerance {
					rt.Fatalf("%s is quiet with %s, and people accepted %v", live.ID, live.Stake, chosen[live.ID])
				}
				if before := last.Find(live.ID); before == nil || !before.Lives() {
					rt.Fatalf("%s came tonight, and is quiet", live.ID)
				}
			}
			last = again(rt, next)
			nights = append(nights, last)
		}
	})
}

// TestOrderOfWorkbooks: workbooks that do not contradict each other come out the
// same in any order.
func TestOrderOfWorkbooks(t *testing.T) {
	last := reports(t, nil, first, resultOf(told{"X0", matcher.LedgerBehind, 5, matcher.Paid}, told{"X1", matcher.Underpaid, 7, matcher.Paid}, told{"X2", matcher.Overpaid, 9, matcher.Paid}))
	rapid.Check(t, func(rt *rapid.T) {
		said := map[string]Note{} // what everybody agrees on
		for n := range 3 {
			said[fmt.Sprintf("X%d", n)] = Note{Owner: rapid.SampledFrom([]string{"meera", "ravi"}).Draw(rt, "owner"), Resolution: Resolution(rapid.IntRange(0, 8).Draw(rt, "resolution"))}
		}
		var books []Handing
		for range rapid.IntRange(1, 4).Draw(rt, "workbooks") {
			h := Handing{By: "login", On: first}
			for _, id := range slices.Sorted(maps.Keys(said)) {
				if rapid.Bool().Draw(rt, "in") {
					a := says(id, Note{}, said[id])
					a.Seen = last.Find(id).Digest()
					h.Annotations = append(h.Annotations, a)
				}
			}
			books = append(books, h)
		}
		after := func(order []Handing) map[string]Standing {
			standing := map[string]Standing{}
			for _, h := range order {
				for _, w := range Take(h, standing, last, Rules{WriteOffLimit: 6}) {
					if w.Is == nil || w.Check == "notes-older" {
						rt.Fatalf("%s was refused: %s", w.ExceptionID, w.Refused)
					}
					standing[w.ExceptionID] = *w.Is
				}
			}
			return standing
		}
		want := after(books)
		if got := after(rapid.Permutation(books).Draw(rt, "order")); !cmp.Equal(got, want) {
			rt.Fatalf("another order of the workbooks: %s", cmp.Diff(want, got))
		}
	})
}
