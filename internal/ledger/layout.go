package ledger

import (
	"slices"
	"strings"
)

// A layout is what is known of the ledger of one system. It is data: reading by
// it is the same for all, and what a system does differently is a field here.
type layout struct {
	name, system string
	known        Known

	headings []heading
	// Columns that only go together, such as an amount and its currency: the
	// first choice of which all are there is taken, else the first of which the
	// first heading is.
	choices [][]heading

	headingLines   int               // rows of the heading, where it has more than one
	kinds          map[string]kind   // by the words of document_type; a * at the end stands for anything
	specials       map[string]kind   // words of special_gl; any other holds the row and makes it a part of its own
	statuses       map[string]string // words of document_status that make a row no item, and the reason
	sections       bool              // rows of a single text stand above their group
	sectionNames   bool              // and name the supplier of the rows below
	sectionsMay    bool              // and do so where there is no column for the supplier
	groups         bool              // a row with a supplier's name and the sum may stand above its rows
	nameIsCode     bool              // supplier_code is the name where there is no other
	numberByOthers bool              // the number is the ERP's own and not the supplier's

	settled  bool // every row is a payment made: nothing is due on it, and one that names no bill is an advance
	paidFor  bool // its bills may be named in a list of the payments of the same system
	vouchers bool // rows are all vouchers of a time, and not what is open: none may be paid
}

// vouchersOnly is why nothing of a list of vouchers may be paid.
const vouchersOnly = "a list of vouchers does not say what is still open"

// A heading is what a system calls a column, the usual word first: of several
// that a file has, the first counts. A * stands for anything.
type heading struct {
	column column
	words  []string
	sign   sign
}

// A sign says which amounts of a column we owe.
type sign uint8

const (
	asWritten     sign = iota // canonical: the document type says it, and nothing is turned
	owedPositive              // positive, or credit (Cr) where the column says Dr and Cr
	owedNegative              // negative: credit, as accounting systems store it
	signOfAnother             // without a sign of its own: that of the other amount of the row
)

// is returns the heading of a column without amounts.
func is(c column, words ...string) heading { return heading{c, words, asWritten} }

// owed and turned return the heading of an amount that is positive, or negative,
// when we owe it.
func owed(c column, words ...string) heading   { return heading{c, words, owedPositive} }
func turned(c column, words ...string) heading { return heading{c, words, owedNegative} }

// describe names a column, in another system's layout with its usual heading.
func (l *layout) describe(c column) string {
	if l.foreign() {
		for _, list := range append([][]heading{l.headings}, l.choices...) {
			if i := slices.IndexFunc(list, func(h heading) bool { return h.column == c }); i >= 0 {
				return c.String() + " (" + list[i].words[0] + ")"
			}
		}
	}
	return c.String()
}

// layouts returns all of them, canonical first.
func layouts() []*layout {
	canonical := canonical()
	all := []*layout{&canonical}
	for _, of := range [][]layout{tally, sap, zoho, erpnext, odoo, oracle, dynamics, quickbooks, netsuite} {
		for i := range of {
			all = append(all, &of[i])
		}
	}
	return all
}

// canonical is the layout of the contract: the columns under their own names.
func canonical() layout {
	l := layout{name: "canonical", system: "the columns of this program", known: Documented}
	for c := range canonicalColumns {
		l.headings = append(l.headings, is(c, columnNames[c]))
	}
	return l
}

// foreign tells whether the layout is any but the canonical.
func (l *layout) foreign() bool { return l.name != "canonical" }

// sign returns the sign of a column, whatever its heading.
func (l *layout) sign(c column) sign {
	for _, list := range append([][]heading{l.headings}, l.choices...) {
		if i := slices.IndexFunc(list, func(h heading) bool { return h.column == c }); i >= 0 {
			return list[i].sign
		}
	}
	if l.foreign() {
		return owedPositive
	}
	return asWritten
}

// An entry is what one heading stands for.
type entry struct {
	column column
	rank   int // of several headings for one column the lowest counts
	choice int // from 1; 0 stands for all
	sign   sign
}

// A glossary is a layout by its headings, folded.
type glossary struct {
	*layout
	entries map[string][]entry
	stems   []stem
}

// A stem is a heading of which only the beginning, or only the end, is known.
type stem struct {
	prefix, suffix string // folded
	entry
}

// knowsAny tells whether any of the folded texts is a heading.
func (g *glossary) knowsAny(folded []string) bool {
	return slices.ContainsFunc(folded, func(s string) bool { return s != "" && g.find(s) != nil })
}

// find returns what a folded heading stands for.
func (g *glossary) find(heading string) []entry {
	found := g.entries[heading]
	for _, s := range g.stems {
		if found == nil && strings.HasPrefix(heading, s.prefix) && strings.HasSuffix(heading, s.suffix) {
			return []entry{s.entry}
		}
	}
	return found
}

func newGlossary(l *layout) *glossary {
	g := &glossary{layout: l, entries: make(map[string][]entry)}
	add := func(list []heading, choice int) {
		for _, h := range list {
			for rank, word := range h.words {
				e := entry{h.column, rank, choice, h.sign}
				if before, after, open := strings.Cut(word, "*"); open {
					g.stems = append(g.stems, stem{fold(before), fold(after), e})
					continue
				}
				g.entries[fold(word)] = append(g.entries[fold(word)], e)
			}
		}
	}
	add(l.headings, 0)
	for i, list := range l.choices {
		add(list, i+1)
	}
	return g
}
