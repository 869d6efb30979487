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
	Check   string    // the name of why
	Known   bool      // it is about an exception that lived in the last report
	Episode int       // and in which of its episodes; 0 where it is about none
}

// Take merges the notes of a workbook into those that stand, three ways: what the
// report had printed, what stands now, and what the workbook says. Standing is by
// exception id, and is not changed. Last is the newest report that anybody can
// have before him. What a resolution accepts is the exception as it is there, and no
// amount of the workbook; where the workbook was printed when it was another, the
// resolution is not taken.
//
// Only what the reader of the workbook changed is taken. Where somebody else has
// changed the note of the same exception since it was printed, the first stands. Where
// the workbook says two things about one exception, nobody knows which of them was
// meant, and none is taken.
func Take(h Handing, standing map[string]Standing, last *Snapshot, rules Rules) []Word {
	now := make(map[string]Standing) // what this workbook itself has changed
	said := h.byException()
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
			w.Refused, w.Check = "the last report has no exception of this id", "notes-unknown"
		case !c.Lives():
			w.Refused, w.Check = "the exception was cleared on "+c.Cleared.Long(), "notes-unknown"
		default:
			w.Known, w.Episode = true, c.Episode
			if all := said[a.ExceptionID]; contradict(all) {
				if a.Pos != all[0].Pos {
					continue // it is told with the first
				}
				w.Refused, w.Check = bothSaid(all), "notes-contradiction"
				break
			}
			shown := was.Judge(c, rules).Shown
			is, check := h.accept(a, was, shown, c, rules)
			switch {
			case a.Printed != shown.Digest() && is.Note == was.Note:
				continue // two who wrote the same agree
			case a.Printed != shown.Digest() && a.Printed != was.Digest():
				w.Refused = fmt.Sprintf("%s says %s, and meanwhile %s was taken from %s of %s; the first stands",
					a.Pos.File, a.Note.text(), was.Note.text(), was.File, was.On.Long())
				w.Check = "notes-conflict"
			default:
				w.Refused, w.Check = is.Objection, check
				w.Is = &is
				now[a.ExceptionID] = is
			}
		}
		words = append(words, w)
	}
	return words
}

// byException are the annotations by what they are about, in their order.
func (h *Handing) byException() map[string][]Annotation {
	said := make(map[string][]Annotation)
	for _, a := range h.Annotations {
		said[a.ExceptionID] = append(said[a.ExceptionID], a)
	}
	return said
}

// contradict tells whether notes about one exception are not all the same.
func contradict(all []Annotation) bool {
	return slices.ContainsFunc(all, func(a Annotation) bool { return a.Note != all[0].Note })
}

// bothSaid says what stands in one workbook about one exception, and where.
func bothSaid(all []Annotation) string {
	text := ""
	for i, a := range all {
		if i > 0 {
			text += " and "
		}
		text += fmt.Sprintf("%s at %s", a.Note.text(), a.Pos)
	}
	return text + " contradict each other, and none of them was taken; write the same note at all of these places, or at one of them only"
}

// accept returns the note as it stands from now on, and the name of why not all of
// it was taken.
func (h *Handing) accept(a Annotation, was Standing, shown Note, c *Case, rules Rules) (is Standing, check string) {
	is = Standing{Note: a.Note, By: h.By, On: h.On, File: h.File, Episode: c.Episode}
	printed := was.Resolution
	if a.Printed == shown.Digest() {
		printed = shown.Resolution
	}
	if is.Resolution.Quiets() && is.Resolution == printed {
		// Who changes the owner accepts nothing anew: the resolution is that of the
		// one who chose it, and for the money that it had then.
		is.Amount, is.Stake, is.Breaks, is.Payments, is.Episode = was.Amount, was.Stake, was.Breaks, was.Payments, was.Episode
		return is, ""
	}
	object := func(name, format string, args ...any) {
		is.Resolution, check = printed, name
		is.Objection, is.ObjectionEpisode = fmt.Sprintf(format, args...), c.Episode
	}
	switch {
	case !is.Resolution.Quiets():
	case a.Seen != c.Digest():
		object("notes-older", "%s was printed when the exception was another; %s has to be chosen in the newest report", a.Pos.File, is.Resolution)
	case is.Resolution == WriteOff && c.Stake > rules.WriteOffLimit:
		object("notes-limit", "%s asks to write off ₹ %s, and the limit is ₹ %s (notes.write_off_limit)",
			a.Pos.File, c.Stake.Grouped(), rules.WriteOffLimit.Grouped())
	}
	if check != "" && printed.Quiets() {
		is.Amount, is.Stake, is.Breaks, is.Payments, is.Episode = was.Amount, was.Stake, was.Breaks, was.Payments, was.Episode
		return is, check
	}
	is.Amount, is.Stake, is.Breaks, is.Payments = c.Amount, c.Stake, c.Breaks, slices.Clone(c.Payments)
	return is, check
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
