package party

import (
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/source"
)

// An Entry is one line of the supplier master.
type Entry struct {
	Supplier // B2BID is empty where the supplier is not on the platform
	Pos      source.Pos
	PAN      string // upper case; may be empty; reaches no output
	Account  Account
	IFSC     string // upper case

	MSME          string // micro, small, medium or empty
	Agreement     bool   // there is a written agreement on the day of payment (MSMED Act 2006, s. 15)
	AgreementDays int    // days from acceptance that it agrees; 0 where the master does not say
	Trader        bool   // a pure trader, whom section 43B(h) leaves out

	TermsDays int // days from the invoice date to the due date
	HasTerms  bool

	LowerDeduction     money.Rate // of a certificate for lower deduction of tax
	HasLowerDeduction  bool
	LowerFrom, LowerTo day.Date // the first and last day on which the certificate is valid; 0 where not said

	// Unreadable marks a line that could not be read whole. It joins no row;
	// it is known so that another supplier of the same name or code is not
	// taken for the only one.
	Unreadable bool
}

// A Master knows suppliers by B2B id, code, GSTIN and name. The nil Master knows
// none. It does not change once it is made.
type Master struct {
	entries []Entry
	byB2BID map[string][]int
	byCode  map[string][]int
	byShort map[string][]int // by code without leading zeros, which spreadsheets lose
	byGSTIN map[string][]int
	byName  map[string][]int
}

// NewMaster returns a master of the entries.
func NewMaster(entries []Entry) *Master {
	m := &Master{
		entries: entries,
		byB2BID: make(map[string][]int), byCode: make(map[string][]int), byShort: make(map[string][]int),
		byGSTIN: make(map[string][]int), byName: make(map[string][]int),
	}
	for i := range entries {
		e := &entries[i]
		add(m.byB2BID, e.B2BID, i)
		add(m.byCode, e.Code, i)
		add(m.byShort, shortCode(e.Code), i)
		add(m.byGSTIN, strings.ToUpper(e.GSTIN), i)
		if !nameless(e.Name) {
			add(m.byName, FoldName(e.Name), i)
		}
	}
	return m
}

func add(index map[string][]int, key string, i int) {
	if key != "" {
		index[key] = append(index[key], i)
	}
}

// shortCode is the form in which 0000100234 of SAP and the 100234 that a
// spreadsheet makes of it are one code.
func shortCode(code string) string { return strings.TrimLeft(strings.ToUpper(code), "0") }

// Entries returns the lines that could be read, in the order of the file.
func (m *Master) Entries() []Entry {
	if m == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.entries), func(e Entry) bool { return e.Unreadable })
}

// ByB2BID returns the entry with the B2B id, or nil. Of several lines it is what
// they agree on.
func (m *Master) ByB2BID(id string) *Entry {
	if m == nil {
		return nil
	}
	return m.agreed(m.byB2BID[id])
}

// Find returns the entry of a supplier as a ledger row names it: by B2B id, else
// by code and GSTIN, else by name. It returns nil for a supplier it does not
// know: one whose code the master has under another GSTIN, or whose name it has
// under another code or GSTIN, is not known, for each registration has a B2B id
// of its own. A GSTIN with a wrong check digit proves nothing.
//
// When what the row says fits several suppliers, entry is nil and candidates are
// their B2B ids, in order: the code of one supplier with the GSTIN of another is
// as doubtful as a name that two share. A supplier without B2B id is there under
// its code, GSTIN or name.
func (m *Master) Find(s Supplier) (entry *Entry, candidates []string) {
	if m == nil {
		return nil, nil
	}
	gstin := strings.ToUpper(s.GSTIN)
	if s.B2BID != "" {
		same := m.byB2BID[s.B2BID]
		if both := m.where(same, func(e *Entry) bool { return e.Code == s.Code }); s.Code != "" && len(both) > 0 {
			same = both
		}
		return m.agreed(same), nil
	}
	found := m.byCode[s.Code]
	if len(found) == 0 {
		found = m.byShort[shortCode(s.Code)]
	}
	byGSTIN := m.byGSTIN[gstin]
	switch {
	case len(found) == 0:
		found = byGSTIN
	case len(byGSTIN) > 0:
		both := m.sharing(found, byGSTIN)
		if len(both) == 0 {
			return nil, m.ids(append(slices.Clone(found), byGSTIN...))
		}
		found = both
	default:
		found = m.where(found, func(e *Entry) bool { return sameRegistration(e, gstin) })
	}
	if len(found) == 0 && len(byGSTIN) == 0 && !nameless(s.Name) {
		found = m.where(m.byName[FoldName(s.Name)], func(e *Entry) bool {
			return sameRegistration(e, gstin) && (e.Code == "" || s.Code == "" || shortCode(e.Code) == shortCode(s.Code))
		})
	}
	if ids := m.ids(found); len(ids) > 1 {
		return nil, ids
	}
	return m.agreed(found), nil
}

// sameRegistration tells whether a row that gives the GSTIN may be about the
// entry.
func sameRegistration(e *Entry, gstin string) bool {
	return gstin == "" || e.GSTIN == "" || e.GSTIN == gstin || !ValidGSTIN(gstin) || !ValidGSTIN(e.GSTIN)
}

func (m *Master) where(found []int, keep func(*Entry) bool) []int {
	var kept []int
	for _, i := range found {
		if keep(&m.entries[i]) {
			kept = append(kept, i)
		}
	}
	return kept
}

// sharing returns those of a that are the supplier of one of b.
func (m *Master) sharing(a, b []int) []int {
	ids := m.ids(b)
	return m.where(a, func(e *Entry) bool { return slices.Contains(ids, shownID(e)) })
}

func (m *Master) ids(found []int) []string {
	var ids []string
	for _, i := range found {
		ids = append(ids, shownID(&m.entries[i]))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// shownID is the B2B id, or what stands for it in a message.
func shownID(e *Entry) string {
	switch {
	case e.B2BID != "":
		return e.B2BID
	case e.Code != "":
		return "code " + e.Code
	case e.GSTIN != "":
		return "GSTIN " + e.GSTIN
	}
	return e.Name
}

// agreed returns what all lines of one supplier say: the first, without what
// another contradicts. Nil where none of them could be read.
func (m *Master) agreed(found []int) *Entry {
	found = m.where(found, func(e *Entry) bool { return !e.Unreadable })
	if len(found) == 0 {
		return nil
	}
	if len(found) == 1 {
		return &m.entries[found[0]]
	}
	e := m.entries[found[0]]
	for _, i := range found[1:] {
		o := &m.entries[i]
		keep(&e.Code, o.Code)
		keep(&e.GSTIN, o.GSTIN)
		keep(&e.Name, o.Name)
		keep(&e.PAN, o.PAN)
		keep(&e.MSME, o.MSME)
		if e.Account != o.Account || e.IFSC != o.IFSC {
			e.Account, e.IFSC = Account{}, ""
		}
		if e.HasTerms != o.HasTerms || e.TermsDays != o.TermsDays {
			e.TermsDays, e.HasTerms = 0, false
		}
		if e.Agreement != o.Agreement || e.AgreementDays != o.AgreementDays {
			e.Agreement, e.AgreementDays = false, 0
		}
		e.Trader = e.Trader && o.Trader
		if e.HasLowerDeduction != o.HasLowerDeduction || e.LowerDeduction != o.LowerDeduction || e.LowerFrom != o.LowerFrom || e.LowerTo != o.LowerTo {
			e.LowerDeduction, e.HasLowerDeduction, e.LowerFrom, e.LowerTo = 0, false, 0, 0
		}
	}
	return &e
}

// keep empties a value that another contradicts.
func keep(value *string, other string) {
	if *value != other {
		*value = ""
	}
}
