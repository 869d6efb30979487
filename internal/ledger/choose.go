package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A choice is the layout of a file, and what else it might have been.
type choice struct {
	fit
	runnerUp string // empty when there was no other
	second   int    // its score

	auto  bool // the layout was not named
	other *fit // the one by which the file could be read, where it looks more like one by which it cannot; else nil
}

// choose finds the layout of a file: the one that is named, else the one with
// the highest score. That one must be seen or documented, and the file readable
// by it: were the second best taken in its place, a doubled heading could make a
// report of open items an export of invoices. The choice is what the file looks
// like even where there is an error.
func choose(path string, samples []sample, preset string, overrides map[column]string) (choice, error) {
	if preset != "" && preset != "auto" {
		return choice{fit: fitted(layoutNamed(preset), samples, overrides)}, nil
	}
	var fits []fit
	for _, l := range layouts() {
		fits = append(fits, fitted(l, samples, overrides))
	}
	slices.SortStableFunc(fits, func(a, b fit) int { return b.score - a.score })
	// Of those that have all they need, though perhaps twice or in the wrong
	// place, the best says what the file is.
	whole := slices.DeleteFunc(slices.Clone(fits), func(f fit) bool { return !f.whole() })
	if len(whole) == 0 {
		return choice{fit: nearest(fits), auto: true}, nil
	}
	c := choice{fit: whole[0], auto: true}
	if i := slices.IndexFunc(fits, func(f fit) bool { return f.l != c.l && f.known() >= plausible }); i >= 0 {
		c.runnerUp, c.second = fits[i].l.name, fits[i].score
	}
	usable := slices.DeleteFunc(whole, func(f fit) bool { return !f.usable })
	switch {
	case len(usable) > 1 && c.usable && usable[0].score == usable[1].score:
		return c, tie(path, &usable[0], &usable[1])
	case c.usable && c.l.known == Assumed:
		return c, onlyAssumed(path, usable)
	case !c.usable && len(usable) > 0:
		c.other = &usable[0]
	}
	return c, nil
}

// turn has amounts in the columns of this program, which stand as they are written,
// read by their signs where a person says that negative ones are owed.
func (c *choice) turn(setting Side) {
	for _, b := range c.sheets {
		if b != nil && !b.l.foreign() && setting == OwedIsNegative {
			b.takeSides()
		}
	}
}

// whole tells whether some sheet has all that the layout needs, by headings of
// its own where it is foreign.
func (f *fit) whole() bool {
	return slices.ContainsFunc(f.sheets, func(b *binding) bool {
		return b.known > 0 && len(b.lacks()) == 0 && len(b.missing) == 0 && (!f.l.foreign() || b.byItself)
	})
}

// best returns the heading of the sheet by which the file got its score.
func (f *fit) best() *binding {
	var best *binding
	for _, b := range f.sheets {
		if b != nil && (best == nil || b.score > best.score) {
			best = b
		}
	}
	return best
}

// tie refuses a file that two layouts fit equally well.
func tie(path string, a, b *fit) error {
	e := fileError(path, "", 0, checkPresetTie, fmt.Sprintf("%s and %s, each with a score of %d; %s", a.l.name, b.l.name, a.score, a.unlike(b)))
	e.Setting = "ledger.preset"
	return e
}

// differences is how many columns are named of those that two layouts read
// differently.
const differences = 5

// unlike says which columns two layouts read differently.
func (f *fit) unlike(other *fit) string {
	a, b := f.best(), other.best()
	var says []string
	for i, heading := range a.headings {
		one, two := a.columnOf(i), b.columnOf(i)
		if b.row != a.row || one == two {
			continue
		}
		says = append(says, fmt.Sprintf("%q is %s by %s and %s by %s", maskDigits(heading), one.meaning(), a.l.name, two.meaning(), b.l.name))
	}
	switch n := len(says) - differences; {
	case len(says) == 0:
		return "they differ in what they make of the rows, not of the headings"
	case n > 0:
		says = append(says[:differences], fmt.Sprintf("and %d more", n))
	}
	return strings.Join(says, ", ")
}

// meaning names a column, or says that it is none.
func (c column) meaning() string {
	if c < columns {
		return c.String()
	}
	return NotUsed
}

// nearest returns the layout whose refusal says most, of those that auto may
// choose: the one with the most known headings, canonical where others have no
// more.
func nearest(fits []fit) fit {
	var best *fit
	for i := range fits {
		f := &fits[i]
		if f.l.known == Assumed {
			continue
		}
		if best == nil || f.known() > best.known() || f.known() == best.known() && !f.l.foreign() {
			best = f
		}
	}
	return *best
}

// known returns how many headings of the layout the best sheet has.
func (f *fit) known() int {
	most := 0
	for _, b := range f.sheets {
		most = max(most, b.known)
	}
	return most
}

// onlyAssumed refuses a file that looks most like a layout which nobody has seen,
// the first of those that fit.
func onlyAssumed(path string, fits []fit) error {
	var names []string
	text := "it looks like "
	for i := range fits {
		f := &fits[i]
		if i > 0 && f.l.known != Assumed {
			// One that is confirmed fits too, and less.
			text += fmt.Sprintf("%s, with a score of %d, more than like %s, which is %s, with %d; %s",
				strings.Join(names, " or "), fits[0].score, f.l.name, f.l.known, f.score, fits[0].unlike(f))
			names = names[:1]
			break
		}
		names = append(names, f.l.name)
		if i == len(fits)-1 {
			text += strings.Join(names, " or ")
			if len(names) > 1 {
				text += "; " + fits[0].unlike(&fits[1])
			}
		}
	}
	e := fileError(path, "", 0, checkPresetAssumed, text)
	e.Setting = "ledger:\n  preset: " + names[0]
	return e
}

// refusal says why a sheet cannot be read by the layout, and for which layout it
// was taken where nobody named one.
func (f *choice) refusal(b *binding, path, sheet string) error {
	err := b.refusal(path, sheet)
	if !f.auto || !f.l.foreign() {
		return err
	}
	like := fmt.Sprintf("; the file looks like %s, with a score of %d", f.l.name, f.score)
	if f.other != nil {
		like += fmt.Sprintf(", more than like %s, with %d: %s", f.other.l.name, f.other.score, f.unlike(f.other))
	}
	if f.l.known == Assumed {
		like += "; nobody has confirmed " + f.l.name + " yet, so that it has to be named as ledger.preset as well"
	}
	for _, fault := range faultsOf(err) {
		fault.Text += like
		like = "" // said once
	}
	return err
}

// faultsOf returns the file errors that are joined in one.
func faultsOf(err error) []*FileError {
	var one *FileError
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*FileError
		for _, e := range many.Unwrap() {
			all = append(all, faultsOf(e)...)
		}
		return all
	}
	if errors.As(err, &one) {
		return []*FileError{one}
	}
	return nil
}
