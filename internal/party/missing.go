package party

import (
	"fmt"
	"slices"
	"strings"
)

// Missing says why Find gives no B2B id for a supplier that it finds no several
// for, and what to add to the master: a sentence for the person who keeps it.
func (m *Master) Missing(s Supplier) string {
	near := slices.Concat(m.byCode[s.Code], m.byShort[shortCode(s.Code)], m.byGSTIN[strings.ToUpper(s.GSTIN)])
	if len(near) == 0 && !nameless(s.Name) {
		near = m.byName[FoldName(s.Name)]
	}
	for _, i := range near {
		if e := &m.entries[i]; e.Unreadable {
			return fmt.Sprintf("the supplier may be the one of %s, which cannot be read; mend that line", e.Pos)
		}
	}
	if e, _ := m.Find(s); e != nil {
		return fmt.Sprintf("the supplier master has no B2B id for it; enter it in %s", e.Pos)
	}
	if len(near) > 0 {
		return fmt.Sprintf("the supplier master has it with another code or GSTIN alone, in %s, and each registration has a B2B id of its own; add a line with %s and the B2B id",
			m.entries[near[0]].Pos, s.words())
	}
	return fmt.Sprintf("the supplier master does not have it; add a line with %s and the B2B id", s.words())
}

// words is all that a row says of a supplier, but for its GSTIN, which holds a
// PAN and is called by its name alone.
func (s Supplier) words() string {
	var parts []string
	if s.Code != "" {
		parts = append(parts, "code "+hidePAN(s.Code))
	}
	if s.GSTIN != "" {
		parts = append(parts, "the GSTIN of the row")
	}
	if s.Name != "" {
		parts = append(parts, fmt.Sprintf("name %q", hidePAN(s.Name)))
	}
	return strings.Join(parts, ", ")
}

// NamedOtherwise tells whether a row gives the code of the entry and another
// name. It proves nothing: companies are renamed, and keep their code.
func (e *Entry) NamedOtherwise(s Supplier) bool {
	if s.Code == "" || s.Name == "" || e.Name == "" || nameless(s.Name) || nameless(e.Name) {
		return false
	}
	return shortCode(s.Code) == shortCode(e.Code) && FoldName(s.Name) != FoldName(e.Name)
}
