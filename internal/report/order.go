package report

import (
	"cmp"
	"slices"
	"strings"

	"reconcile/internal/matcher"
	"reconcile/internal/source"
)

func compareQuarantine(a, b quarantine) int {
	return cmp.Or(
		cmp.Compare(a.Pos.File, b.Pos.File),
		cmp.Compare(a.Pos.Sheet, b.Pos.Sheet),
		cmp.Compare(a.Pos.Row, b.Pos.Row),
		cmp.Compare(a.Pos.Col, b.Pos.Col),
	)
}

// sameRow tells whether two problems are of one row. A problem of a whole file
// or sheet has no row, and stands alone.
func sameRow(a, b source.Pos) bool {
	return a.Row != 0 && a.File == b.File && a.Sheet == b.Sheet && a.Row == b.Row
}

// joinSentence adds a part to a list of sentences, once.
func joinSentence(list *string, part string) {
	switch {
	case part == "" || slices.Contains(strings.Split(*list, "; "), part):
	case *list == "":
		*list = part
	default:
		*list += "; " + part
	}
}

// compareQuiet puts what is quiet behind what is not.
func compareQuiet(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// A finding is one break and the item or the line that has it.
type finding struct {
	matcher.Break
	info codeEntry
	item *matcher.ItemResult // nil for a break of a line
	line *matcher.LineResult // nil for a break of an item

	quiet bool   // a controller accepted it, and nothing has been added since
	about string // what a reader must know about the note on it; often empty
}

// findings returns all breaks, worst first: by severity, then by size of the
// amount, then by code; the rest in the order of the results. What a controller
// accepted stands behind all others.
func (f *Facts) findings() []finding {
	var all []finding
	book := newCodeBook()
	for i := range f.Result.Items {
		r := &f.Result.Items[i]
		for _, b := range r.Breaks {
			all = append(all, finding{Break: b, info: book.of(b.Code), item: r})
		}
	}
	for i := range f.Result.Lines {
		r := &f.Result.Lines[i]
		for _, b := range r.Breaks {
			all = append(all, finding{Break: b, info: book.of(b.Code), line: r})
		}
	}
	for i := range all {
		v := f.verdictOf(all[i].ExceptionID)
		all[i].quiet, all[i].about = v.Quiet, v.Remark
	}
	slices.SortStableFunc(all, func(a, b finding) int {
		return cmp.Or(
			compareQuiet(a.quiet, b.quiet),
			cmp.Compare(a.info.Severity, b.info.Severity),
			cmp.Compare(b.Amount.Abs(), a.Amount.Abs()),
			book.compare(a.Code, b.Code),
		)
	})
	return all
}
