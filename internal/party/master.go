package party

import (
	"slices"
	"strings"

	"reconcile/internal/money"
	"reconcile/internal/source"
)

// An Entry is one line of the supplier master.
type Entry struct {
	Supplier // B2BID is never empty
	Pos      source.Pos
	PAN      string // upper case; may be empty
	Account  Account
	IFSC     string // upper case

	MSME      string // micro, small, medium or empty
	Agreement bool   // there is a written agreement on the day of payment (MSMED Act 2006, s. 15)
	Trader    bool   // a pure trader, whom section 43B(h) leaves out

	TermsDays int // days from the invoice date to the due date
	HasTerms  bool

	LowerDeduction    money.Rate // of a certificate for lower deduction of tax
	HasLowerDeduction bool
}

// A Master knows suppliers by B2B id, code, GSTIN and name. The nil Master knows
// none. It does not change once it is made.
type Master struct {
	entries []Entry
	byB2BID map[string][]int
	byCode  map[string][]int
	byGSTIN map[string][]int
	byName  map[string][]int
}

// NewMaster returns a master of the entries.
func NewMaster(entries []Entry) *Master {
	m := &Master{
		entries: entries,
		byB2BID: make(map[string][]int), byCode: make(map[string][]int),
		byGSTIN: make(map[string][]int), byName: make(map[string][]int),
	}
	for i := range entries {
		e := &entries[i]
		add(m.byB2BID, e.B2BID, i)
		add(m.byCode, e.Code, i)
		add(m.byGSTIN, strings.ToUpper(e.GSTIN), i)
		add(m.byName, FoldName(e.Name), i)
	}
	return m
}

func add(index map[string][]int, key string, i int) {
	if key != "" {
		index[key] = append(index[key], i)
	}
}

// Entries returns all lines, in the order of the file.
func (m *Master) Entries() []Entry {
	if m == nil {
		return nil
	}
	return m.entries
}

// ByB2BID returns the first entry with the B2B id, or nil.
func (m *Master) ByB2BID(id string) *Entry {
	if m == nil || len(m.byB2BID[id]) == 0 {
		return nil
	}
	return &m.entries[m.byB2BID[id][0]]
}

// Find returns the entry of a supplier as a ledger row names it: by B2B id, else
// by code and GSTIN, else by name. It returns nil for a supplier it does not
// know. When what the row says fits several suppliers, entry is nil and
// candidates are their B2B ids, in order: the code of one supplier with the GSTIN
// of another is as doubtful as a name that two share.
func (m *Master) Find(s Supplier) (entry *Entry, candidates []string) {
	if m == nil {
		return nil, nil
	}
	if s.B2BID != "" {
		return m.ByB2BID(s.B2BID), nil
	}
	found := m.byCode[s.Code]
	if byGSTIN := m.byGSTIN[strings.ToUpper(s.GSTIN)]; len(found) == 0 {
		found = byGSTIN
	} else if len(byGSTIN) > 0 {
		both := m.sharing(found, byGSTIN)
		if len(both) == 0 {
			return nil, m.ids(append(slices.Clone(found), byGSTIN...))
		}
		found = both
	}
	if len(found) == 0 {
		found = m.byName[FoldName(s.Name)]
	}
	if len(found) == 0 {
		return nil, nil
	}
	if ids := m.ids(found); len(ids) > 1 {
		return nil, ids
	}
	return &m.entries[found[0]], nil
}

// sharing returns those of a whose B2B id is also one of b's.
func (m *Master) sharing(a, b []int) []int {
	ids := m.ids(b)
	var both []int
	for _, i := range a {
		if slices.Contains(ids, m.entries[i].B2BID) {
			both = append(both, i)
		}
	}
	return both
}

func (m *Master) ids(found []int) []string {
	var ids []string
	for _, i := range found {
		ids = append(ids, m.entries[i].B2BID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// FoldName returns the form in which two spellings of a supplier's name are the
// same: upper case, one space between words, none of . , and ' in it.
func FoldName(name string) string {
	upper := strings.Map(func(r rune) rune {
		switch r {
		case '.', ',', '\'', '’':
			return -1
		case '\u00a0', '\u200b', '\ufeff':
			return ' '
		}
		return r
	}, strings.ToUpper(name))
	return strings.Join(strings.Fields(upper), " ")
}
