package ledger

import (
	"fmt"
	"strings"

	"reconcile/internal/party"
)

// A finding is what the supplier master says of a supplier.
type finding struct {
	entry *party.Entry
	doubt *SupplierDoubt // nil where the entry has a B2B id
}

const (
	// maxFindings is how many answers of the master are remembered. A ledger
	// names some thousand suppliers; a hostile one a new one in every row.
	maxFindings = 50_000

	// maxCandidates is how many suppliers a message names: people choose among
	// few, and a name that thousands share must not fill the report.
	maxCandidates = 5
)

// known returns the supplier as the row and the master together name it, and
// keeps the entry for what else the row leaves out. Of several that fit none is
// chosen.
func (r *rowReader) known(s party.Supplier) (party.Supplier, *SupplierDoubt) {
	r.about.gstin(r, s.GSTIN)
	if r.o.Suppliers == nil {
		return s, nil
	}
	f, asked := r.found[s]
	if !asked {
		f = r.find(s)
		if r.found == nil || len(r.found) >= maxFindings {
			r.found = make(map[party.Supplier]finding)
		}
		r.found[s] = f
	}
	r.master = f.entry
	if e := f.entry; e != nil {
		r.about.rename(r, s, e)
		s.B2BID = either(s.B2BID, e.B2BID)
		s.Name = either(s.Name, e.Name)
		if s.B2BID == "" {
			// Rows of one supplier belong together, whatever each names it by.
			s.Code = either(e.Code, s.Code)
			s.GSTIN = either(s.GSTIN, e.GSTIN)
		}
	}
	return s, f.doubt
}

// find asks the master.
func (r *rowReader) find(s party.Supplier) finding {
	entry, candidates := r.o.Suppliers.Find(s)
	f := finding{entry: entry}
	switch n := len(candidates); {
	case n > 0:
		named := strings.Join(candidates[:min(n, maxCandidates)], ", ")
		if n > maxCandidates {
			named += fmt.Sprintf(" and %d more", n-maxCandidates)
		}
		f.doubt = &SupplierDoubt{Ambiguous: true, Text: "several suppliers of the master fit: " + named +
			"; give the B2B id, or a code or GSTIN that only one of them has, in the row, or mend the master"}
	case s.B2BID == "" && (entry == nil || entry.B2BID == ""):
		f.doubt = &SupplierDoubt{Text: r.o.Suppliers.Missing(s)}
	}
	return f
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// fromMaster fills in what the row leaves out about where its supplier is paid
// and what it is. The row wins. Account and IFSC belong together: one of the row
// is never completed by the other of another account.
func (r *rowReader) fromMaster(it *Item) {
	e := r.master
	if e == nil {
		return
	}
	sameAccount := it.Account.Last4 == "" || it.Account.Last4 == e.Account.Last4
	sameBank := it.IFSC == "" || it.IFSC == e.IFSC
	if sameAccount && sameBank {
		if it.Account.Last4 == "" {
			it.Account = e.Account
		}
		it.IFSC = e.IFSC
	}
	it.MSME = either(it.MSME, e.MSME)
}
