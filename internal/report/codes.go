package report

import (
	"cmp"

	"reconcile/internal/matcher"
)

// A codeBook has what is known of each break code, and its rank: worst first,
// then in the order of the contract.
type codeBook map[matcher.Code]codeEntry

type codeEntry struct {
	matcher.CodeInfo
	place int // in the order of the contract
}

func newCodeBook() codeBook {
	book := codeBook{}
	for i, info := range matcher.Codes() {
		book[info.Code] = codeEntry{info, i}
	}
	return book
}

// of returns what is known of a code; one that nobody described is to be looked
// at before the notes.
func (b codeBook) of(code matcher.Code) codeEntry {
	if e, ok := b[code]; ok {
		return e
	}
	return codeEntry{matcher.CodeInfo{Code: code, Severity: matcher.Watch}, len(b)}
}

// compare puts the worse of two codes first.
func (b codeBook) compare(x, y matcher.Code) int {
	p, q := b.of(x), b.of(y)
	return cmp.Or(cmp.Compare(p.Severity, q.Severity), cmp.Compare(p.place, q.place), cmp.Compare(x, y))
}
