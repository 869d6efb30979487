package ledger

import (
	"slices"
	"strings"

	"reconcile/internal/table"
)

// The reasons for which a row of a foreign layout is no item, beside those of
// every layout.
const (
	skipRule      = "rule"
	skipSection   = "section"
	skipLine      = "line item"
	skipCancelled = "cancelled"
	skipCleared   = "cleared"
	skipJournal   = "journal"
	skipPayment   = "payment"
	skipOther     = "other document"
	skipRequest   = "down payment request"
)

// skipGroup tells whether the row names the group of those below it, and
// remembers the supplier where groups are suppliers.
func (r *rowReader) skipGroup() string {
	l := r.b.l
	only, at := onlyText(r.row)
	switch {
	case only == "":
		return ""
	case strings.Trim(only, "-=_ ") == "":
		return skipRule
	case !l.sections || at == r.b.at[invoiceNumber] || r.isAmount(at):
		return ""
	}
	if rest, ok := saysTotal(only); ok && !isName(rest) {
		return ""
	}
	if l.sectionNames && !r.b.isTitle(only) {
		if _, name, ok := strings.Cut(only, ": "); ok {
			only = name
		}
		if isAge(only) {
			only = ""
		}
		r.section = strings.Clone(only)
	}
	return skipSection
}

// isAge tells whether a section is one of days past due, which is nobody's name.
func isAge(only string) bool {
	s := strings.ToLower(only)
	days := strings.TrimLeft(s, "<> 0123456789-–+")
	return s == "current" || strings.Contains(s, "past due") || strings.ContainsAny(s, "0123456789") && (days == "" || days == "days" || days == "and over")
}

// isTitle tells whether a text is printed at the head of every page: it stands
// above the heading too, but for its numbers, or counts the pages. Page Industries
// is a supplier.
func (b *binding) isTitle(only string) bool {
	return b.titles[withoutDigits(only)] || strings.HasPrefix(strings.ToLower(only), "page ") && strings.ContainsAny(only, "0123456789")
}

// withoutDigits returns the folded letters of a text.
func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, fold(s))
}

// isAmount tells whether an amount stands in a cell: alone in its row it is a total
// and no name.
func (r *rowReader) isAmount(at int) bool {
	return slices.ContainsFunc(r.b.amounts, func(i uint8) bool { return r.b.at[amountColumns[i]] == at && r.amounts[i].state == good })
}

// onlyText returns the text of a row that has nothing else, and where it stands.
func onlyText(row table.Row) (string, int) {
	found := -1
	for i := range row.Cells {
		switch row.Cells[i].Kind {
		case table.Empty:
			continue
		case table.Text:
			if found < 0 {
				found = i
				continue
			}
		}
		return "", -1
	}
	if found < 0 {
		return "", -1
	}
	return row.Cells[found].Text, found
}

// headingLine tells whether the row is a further line of the heading: words
// without a digit, right below it.
func (r *rowReader) headingLine() bool {
	if r.row.Number >= r.b.row+r.b.l.headingLines {
		return false
	}
	for i := range r.row.Cells {
		c := &r.row.Cells[i]
		if c.Kind != table.Empty && (c.Kind != table.Text || strings.ContainsAny(c.Text, "0123456789")) {
			return false
		}
	}
	return true
}

// stars tells whether a cell of the row is nothing but asterisks, as SAP marks
// its subtotals.
func (r *rowReader) stars() bool {
	for i := range r.row.Cells {
		if t := r.row.Cells[i].Text; t != "" && strings.Trim(t, "*") == "" {
			return true
		}
	}
	return false
}

// skipDocument tells why a row is no item though it is a document.
func (r *rowReader) skipDocument() string {
	if reason, ok := r.b.l.statuses[foldWords(r.cell(documentStatus).Text)]; ok {
		return reason
	}
	if r.cancelled() {
		return skipCancelled
	}
	if r.filled(clearingDocument) || r.filled(clearingDate) {
		return skipCleared
	}
	switch r.kind {
	case paymentKind:
		return skipPayment
	case otherKind:
		return skipOther
	case requestKind:
		if r.balance() >= 0 {
			return skipRequest
		}
	case journalKind:
		if r.balance() >= 0 {
			return skipJournal
		}
	case voucherKind:
		return skipJournal
	}
	return ""
}

// special returns the special G/L indicator of the row, upper case.
func (r *rowReader) special() string { return strings.ToUpper(r.cell(specialGL).Text) }

// setApart keeps what stands under a special G/L indicator from being paid and
// from being taken for the invoice's row once more: a retention has the number of
// the invoice that it is withheld from.
func (r *rowReader) setApart(it *Item) {
	code := r.special()
	if code == "" || it.Type != Invoice {
		return
	}
	set := r.share("special G/L " + code)
	if it.Hold == "" {
		it.Hold = set
	}
	if it.Part == "" {
		it.Part = set
	}
}

// filled tells whether a cell says something: SAP writes 0 or 00.00.0000 for a
// document or a date that is not there, and an error of the spreadsheet says
// nothing.
func (r *rowReader) filled(c column) bool {
	cell := r.cell(c)
	if cell.Kind == table.Empty || cell.Kind == table.NoCache || unknowable(cell) {
		return false
	}
	return strings.Trim(cell.Text, "0-–./# ") != "" || cell.Date != 0
}

// clearing reports cells that would say whether the row is settled, and cannot
// be known.
func (r *rowReader) clearing() {
	for _, c := range []column{clearingDocument, clearingDate} {
		switch cell := r.cell(c); {
		case unknowable(cell):
			r.fault(checkCellError, c, cell.Text, "")
		case cell.Kind == table.NoCache:
			r.fault(checkCellNoCache, c, "", "")
		}
	}
}

// unknowable tells whether a cell is an error of the spreadsheet, kept as such
// or as the text that shows it.
func unknowable(c *table.Cell) bool {
	return c.Kind == table.Error || c.Kind == table.Text && len(c.Text) > 1 && c.Text[0] == '#'
}

// cancelled tells whether the row is a voucher that was taken back: Tally keeps
// its number and writes (cancelled) for the party.
func (r *rowReader) cancelled() bool {
	for i := range r.row.Cells {
		if strings.EqualFold(r.row.Cells[i].Text, "(cancelled)") {
			return r.balance() == 0
		}
	}
	return false
}

// skipRepeated tells whether the row is a further line of a bill that is an item
// already. Of a bill whose rows disagree, or that nothing tells from another, no
// row is an item.
func (r *rowReader) skipRepeated() string {
	if !r.b.has(lineItem) {
		return ""
	}
	if continues(r.row, r.b) {
		if r.rows > 0 {
			return skipLine
		}
		return ""
	}
	bill := r.lines.of(r.row, r.b)
	switch {
	case bill == nil:
	case bill.disagree:
		r.disagree = true
	case bill.nameless && (bill.rows > 1 || r.mended):
		r.nameless = true
	case bill.seen:
		return skipLine
	default:
		bill.seen = true
	}
	return ""
}

// withoutIcons takes the icons of SAP off the texts of the row.
func (r *rowReader) withoutIcons() {
	for i := range r.row.Cells {
		c := &r.row.Cells[i]
		if c.Kind == table.Text && c.Text[0] == '@' {
			if c.Text = withoutIcon(c.Text); c.Text == "" {
				c.Kind = table.Empty
			}
		}
	}
}
