package ledger

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"reconcile/internal/money"
	"reconcile/internal/table"
)

// The reasons for which a row is no item.
const (
	skipBlank   = "blank"
	skipTotal   = "total"
	skipHeading = "heading"
)

// running holds the sums by which a total row is known when no word says so.
type running struct {
	rows  int
	all   columnSums // of the sheet
	since columnSums // the last total row

	sinceRows int // those that since counts

	// Of a canonical layout, in which credits are positive: the same with the
	// credits taken off, as many a total has them.
	net, netSince columnSums

	// Of a foreign layout with currencies, which are totalled apart.
	byCurrency map[string]*columnSums
}

// add counts the amounts of an item row. Overflow is the totals' to report.
func (s *running) add(amounts *[len(amountColumns)]amount, there []uint8) {
	s.rows++
	s.sinceRows++
	for _, i := range there {
		if amounts[i].state == good {
			s.all[i] += amounts[i].value
			s.since[i] += amounts[i].value
		}
	}
}

// addNet counts the amounts of a row with a word for its type, credits negative.
func (s *running) addNet(amounts *[len(amountColumns)]amount, there []uint8, word string) {
	credit := false
	if word != "" {
		t, ok := documentTypeNamed(foldWords(word))
		credit = ok && t != Invoice
	}
	for _, i := range there {
		if v := amounts[i].value; amounts[i].state == good {
			if credit {
				v = -v.Abs()
			}
			s.net[i] += v
			s.netSince[i] += v
		}
	}
}

// addTo counts the amounts of a row in a currency too.
func (s *running) addTo(currency string, amounts *[len(amountColumns)]amount, there []uint8) {
	of := s.byCurrency[currency]
	if of == nil {
		if s.byCurrency == nil {
			s.byCurrency = make(map[string]*columnSums)
		}
		of = new(columnSums)
		s.byCurrency[currency] = of
	}
	for _, i := range there {
		if amounts[i].state == good {
			of[i] += amounts[i].value
		}
	}
}

// reset begins the next section.
func (s *running) reset() { s.since, s.netSince, s.sinceRows = columnSums{}, columnSums{}, 0 }

// addTo counts the row at hand.
func (r *rowReader) addTo(sums *running) {
	sums.add(&r.amounts, r.b.amounts)
	if !r.b.owes {
		sums.addNet(&r.amounts, r.b.amounts, r.cell(documentType).Text)
		if r.b.named {
			r.tellWritten()
		}
	}
	if r.b.owes && r.b.has(currency) {
		sums.addTo(r.cell(currency).Text, &r.amounts, r.b.amounts)
	}
}

// tellWritten counts the sign of a row that stands as it is written and should be
// an invoice. Where most are negative the columns were named for a system that
// keeps debts so, and its credits would be paid.
func (r *rowReader) tellWritten() {
	if word := r.cell(documentType).Text; word != "" {
		if t, ok := documentTypeNamed(foldWords(word)); !ok || t != Invoice {
			return
		}
	}
	amount := r.amounts[atGross].value
	if amount == 0 {
		amount = r.amounts[atDue].value
	}
	r.sideless = columns
	r.tell(amount)
}

// skip tells why the row is no item; empty when it is one.
func (r *rowReader) skip(sums *running) string {
	switch {
	case r.row.Blank():
		return skipBlank
	case r.row.Problem != nil:
		return ""
	case r.b.repeatsHeading(r.row):
		return skipHeading
	}
	if !r.b.owes {
		if r.isTotal(sums) {
			return skipTotal
		}
		return ""
	}
	if reason := r.skipGroup(); reason != "" {
		return reason
	}
	switch {
	case r.headingLine():
		return skipHeading
	case r.lines.heads(r.row.Number, r.b):
		return skipTotal
	case r.isTotal(sums) || r.stars():
		r.section = ""
		return skipTotal
	}
	r.ofGroup()
	if reason := r.skipDocument(); reason != "" {
		r.rows++
		return reason
	}
	return r.skipRepeated()
}

// repeatsHeading tells whether the mapped cells of a row are the headings once
// more, as printed lists have them on every page.
func (b *binding) repeatsHeading(row table.Row) bool {
	i := b.at[invoiceNumber]
	if i < 0 || i >= len(row.Cells) || row.Cells[i].Kind != table.Text || row.Cells[i].Text != b.headings[i] {
		return false
	}
	same := 0
	for c := range columns {
		i := b.at[c]
		if i < 0 || i >= len(row.Cells) || row.Cells[i].Kind == table.Empty {
			continue
		}
		if fold(row.Cells[i].Text) != fold(b.headings[i]) {
			return false
		}
		same++
	}
	return same >= 2
}

// totalKeys are the columns by which an item could be told from another; a row
// in which one of them has a text of its own is no total.
var totalKeys = [...]column{invoiceNumber, supplierB2BID, supplierCode, supplierGSTIN, invoiceDate, dueDate, invoiceObjectID, utr, documentNumber, documentID}

// isTotal tells whether the row sums up the rows above: nothing in it names a
// document, and a text says total or its amounts are the running sums.
func (r *rowReader) isTotal(sums *running) bool {
	ofSupplier := false // it names a supplier, and neither a document nor its date
	for _, c := range totalKeys {
		cell := r.cell(c)
		if cell.Kind == table.Empty {
			continue
		}
		dated := c == invoiceDate || c == dueDate // Total 1 - 30 is no date; TOTAL-001 is a number
		_, says := saysTotal(cell.Text)
		switch {
		case cell.Kind == table.Text && says && (dated || !strings.ContainsAny(cell.Text, "0123456789")):
		case r.b.owes && slices.Contains(supplierKeys[:], c):
			if starred(cell.Text) {
				return r.cell(documentType).Kind == table.Empty
			}
			ofSupplier = true
		default:
			return false
		}
	}
	for i := range r.row.Cells {
		c := &r.row.Cells[i]
		if c.Kind != table.Text {
			continue
		}
		if rest, ok := saysTotal(c.Text); ok && (i != r.b.at[supplierName] || !isName(rest)) {
			return true
		}
	}
	if sums.rows == 0 {
		return false
	}
	if name := r.cell(supplierName); name.Kind != table.Empty {
		// Total Acme Ltd may be the sum of Acme's rows or the name of a
		// supplier whose row lacks its number: the sum decides.
		if _, ok := saysTotal(name.Text); !ok {
			if !r.b.owes {
				return false
			}
			ofSupplier = true
		}
	}
	if ofSupplier {
		// So SAP writes the sum of one account below its documents.
		return sums.sinceRows > 0 && r.cell(documentType).Kind == table.Empty && (r.equals(&sums.since) || r.equals(&sums.all))
	}
	return r.equals(&sums.all) || r.equals(&sums.since) || r.equalsCurrency(sums)
}

// supplierKeys are those of totalKeys that name a supplier, and no document.
var supplierKeys = [...]column{supplierB2BID, supplierCode, supplierGSTIN}

// starred tells whether a text is marked as SAP marks the account of a subtotal:
// "*  0000100023".
func starred(s string) bool { return strings.HasPrefix(strings.TrimLeft(s, "*"), " ") && s[0] == '*' }

// equalsCurrency tells whether the row is the sum of those in its currency.
func (r *rowReader) equalsCurrency(sums *running) bool {
	of := sums.byCurrency[r.cell(currency).Text]
	return of != nil && r.equals(of)
}

// equals tells whether all amounts of the row, one at least, are the sums.
func (r *rowReader) equals(sums *columnSums) bool {
	some := false
	for _, i := range r.b.amounts {
		switch a := &r.amounts[i]; {
		case a.state == bad, a.state == good && !r.sameSum(i, sums[i]):
			return false
		case a.state == good:
			some = some || a.value != 0
		}
	}
	return some
}

// sameSum tells whether an amount of a total is a sum. One without Dr or Cr, in a
// column of such, has no sign.
func (r *rowReader) sameSum(i uint8, sum money.Paise) bool {
	a := &r.amounts[i]
	return a.value == sum || r.marked[i] && a.mark == unmarked && a.value == -sum
}

// saysTotal tells whether a text begins with a word for a total, and returns
// what follows it, in small letters. TOTALLY TOP TOTS is somebody's name.
func saysTotal(s string) (rest string, ok bool) {
	if s == "" || s[0]|0x20 != 't' && s[0]|0x20 != 's' && s[0]|0x20 != 'g' && s[0] != '*' {
		return "", false
	}
	s = strings.TrimLeft(strings.ToLower(s), "* ")
	for _, word := range []string{"grand total", "grandtotal", "sub total", "sub-total", "subtotal", "totals", "total"} {
		if rest, ok := strings.CutPrefix(s, word); ok {
			if next, _ := utf8.DecodeRuneInString(rest); rest == "" || !unicode.IsLetter(next) {
				return strings.TrimLeft(rest, " "), true
			}
		}
	}
	return "", false
}

// isName tells whether what follows the word total may make a supplier's name of
// it, as in Total Care Ltd, and not a phrase of accountants.
func isName(rest string) bool {
	word, _, _ := strings.Cut(strings.TrimRight(rest, " :."), " ")
	switch word {
	case "", "for", "of", "in", "amount", "amt", "due", "payable", "payables", "outstanding", "open", "balance", "invoice", "invoices", "items", "bills", "value", "net", "gross", "inr", "rs":
		return false
	}
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsLetter(first)
}
