package casebook

import (
	"fmt"
	"slices"

	"reconcile/internal/day"
)

// A Handing is a workbook that came back.
type Handing struct {
	Annotations []Annotation // in the order of the workbook
	By          string       // who handed it in: a login, no name out of the file
	On          day.Date
	File        string // its name
}

// A Word is what became of one annotation.
type Word struct {
	Annotation
	Was     Standing  // what stood before; the zero Standing where nothing did
	Is      *Standing // what stands now; nil where nothing was taken
	Refused string    // what was not taken, and why; empty where all was
	Known   bool      // it is about an exception that lived in the last report
	Episode int       // and in which of its episodes; 0 where it is about none
}

// Take merges the notes of a workbook into those that stand, three ways: what the
// report had printed, what stands now, and what the workbook says. Standing is by
// exception id, and is not changed. Last is the newest report that anybody can
// have before him; what a resolution accepts is the exception as it is there, and
// no amount of the workbook.
//
// Only what the reader of the workbook changed is taken. Where somebody else has
// changed the note of the same exception since it was printed, the first stands.
func Take(h Handing, standing map[string]Standing, last *Snapshot, rules Rules) []Word {
	now := make(map[string]Standing) // what this workbook itself has changed
	var words []Word
	for _, a := range h.Annotations {
		was, ok := now[a.ExceptionID]
		if !ok {
			was = standing[a.ExceptionID]
		}
		w := Word{Annotation: a, Was: was}
		c := last.Find(a.ExceptionID)
		switch {
		case c == nil:
			w.Refused = "the last report has no exception of this id"
		case !c.Lives():
			w.Refused = "the exception was cleared on " + c.Cleared.Long()
		default:
			w.Known, w.Episode = true, c.Episode
			shown := was.Judge(c, rules).Shown
			is := h.accept(a, was, shown, c, rules)
			switch {
			case a.Printed != shown.Digest() && is.Note == was.Note:
				continue // two who wrote the same agree
			case a.Printed != shown.Digest() && a.Printed != was.Digest():
				w.Refused = fmt.Sprintf("%s says %s, and meanwhile %s was taken from %s of %s; the first stands",
					a.Pos.File, a.Note.text(), was.Note.text(), was.File, was.On.Long())
			default:
				if is.Objection != was.Objection {
					w.Refused = is.Objection
				}
				w.Is = &is
				now[a.ExceptionID] = is
			}
		}
		words = append(words, w)
	}
	return words
}

// accept returns the note as it stands from now on.
func (h *Handing) accept(a Annotation, was Standing, shown Note, c *Case, rules Rules) Standing {
	is := Standing{Note: a.Note, By: h.By, On: h.On, File: h.File, Episode: c.Episode}
	printed := was.Resolution
	if a.Printed == shown.Digest() {
		printed = shown.Resolution
	}
	if is.Resolution == WriteOff && c.Stake > rules.WriteOffLimit {
		is.Resolution = printed
		is.Objection, is.ObjectionEpisode = fmt.Sprintf("%s asks to write off ₹ %s, and the limit is ₹ %s (notes.write_off_limit)",
			a.Pos.File, c.Stake.Grouped(), rules.WriteOffLimit.Grouped()), c.Episode
	}
	if is.Resolution.Quiets() && is.Resolution == printed {
		// Who changes the owner accepts nothing anew: the resolution is that of the
		// one who chose it, and for the money that it had then.
		is.Amount, is.Stake, is.Breaks, is.Payments, is.Episode = was.Amount, was.Stake, was.Breaks, was.Payments, was.Episode
		return is
	}
	is.Amount, is.Stake, is.Breaks, is.Payments = c.Amount, c.Stake, c.Breaks, slices.Clone(c.Payments)
	return is
}

// text says a note in a few words, for a person who compares two.
func (n Note) text() string {
	if n == (Note{}) {
		return "nothing"
	}
	return fmt.Sprintf("%q", trimmed(n))
}

func trimmed(n Note) string {
	text := ""
	for _, part := range []string{n.Owner, n.Resolution.String(), n.Text, n.Due.Long()} {
		if part == "" {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += part
	}
	if r := []rune(text); len(r) > 120 {
		text = string(r[:119]) + "…"
	}
	return text
}
