package ledger

import (
	"fmt"
	"strings"

	"reconcile/internal/party"
)

// supplierNotes counts what is remarkable of the suppliers of one file, and is no
// fault of a row: each thing is told once, with the place where it was first.
type supplierNotes struct {
	withoutID int // rows whose supplier has no B2B id, where no master could give one

	gstins map[string]*sighted // with a wrong check digit
	wrong  []*sighted          // the same in the order of the file

	renamed int    // rows that name a supplier otherwise than the master has it under their code
	first   string // the first of them
}

// sighted is how often something was seen.
type sighted struct {
	where string
	more  int
}

const (
	// maxGSTINs is how many wrong ones are told apart: a column of something
	// else has one in every row.
	maxGSTINs = 1000
	// shownGSTINs is how many of them are named, for people look them up.
	shownGSTINs = 5
)

// gstin doubts a registration number. What has no digit in it says that there is
// none, such as URP for an unregistered person.
func (n *supplierNotes) gstin(r *rowReader, text string) {
	if text == "" || party.ValidGSTIN(text) || !strings.ContainsAny(text, "0123456789") {
		return
	}
	if s := n.gstins[text]; s != nil {
		s.more++
		return
	}
	if len(n.gstins) >= maxGSTINs {
		return
	}
	if n.gstins == nil {
		n.gstins = make(map[string]*sighted)
	}
	s := &sighted{where: r.where()}
	n.gstins[strings.Clone(text)] = s
	n.wrong = append(n.wrong, s)
}

// rename counts a row that gives the code of an entry and another name.
func (n *supplierNotes) rename(r *rowReader, s party.Supplier, e *party.Entry) {
	if s.Name == s.Code || !e.NamedOtherwise(s) {
		return
	}
	if n.renamed++; n.renamed == 1 {
		n.first = fmt.Sprintf("%s with %q for code %s, which the master calls %q", r.where(), party.MaskPAN(maskDigits(s.Name)), party.MaskPAN(s.Code), party.MaskPAN(maskDigits(e.Name)))
	}
}

// notes returns what is to be told. The number itself is not shown, for it holds
// a PAN, and may be anything.
func (n *supplierNotes) notes(accepted int) []string {
	var all []string
	if n.withoutID > 0 {
		all = append(all, fmt.Sprintf("the suppliers of %d of %d rows have no B2B id, and no supplier master is configured: nothing of them is proposed [SUPPLIER_UNKNOWN]; name a master under ledger.suppliers, or give the ids in a column supplier_b2b_id", n.withoutID, accepted))
	}
	for i, s := range n.wrong {
		if i == shownGSTINs {
			all = append(all, fmt.Sprintf("%d more GSTINs of suppliers have a wrong check digit or form", len(n.wrong)-i))
			break
		}
		more := ""
		if s.more > 0 {
			more = fmt.Sprintf(", and in %d more rows,", s.more)
		}
		all = append(all, fmt.Sprintf("the supplier's GSTIN in %s%s has a wrong check digit or form; compare it with the supplier's invoice", s.where, more))
	}
	if n.renamed > 0 {
		all = append(all, fmt.Sprintf("%d rows name a supplier otherwise than the supplier master does under the same code, the first %s; the code decides, so look whether it has been given to another supplier", n.renamed, n.first))
	}
	return all
}
