package ledger

import (
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// A rowReader reads the rows of one sheet. It is used for one row after another
// and keeps nothing of a row but texts, which it shares between rows.
type rowReader struct {
	o         *Options
	b         *binding
	separator money.Separator
	orders    [columns]DateOrder
	unnamed   bool // cells beyond the last heading are columns without a name
	mended    bool // the sheet holds quarantined rows that were mended
	texts     map[string]string
	accounts  *party.AccountReader

	// Of the row at hand.
	row      table.Row
	pos      source.Pos
	amounts  [len(amountColumns)]amount
	problems []source.Problem
	shifted  bool // it has cells beyond the last heading

	master     *party.Entry // of the supplier of the row at hand; nil where the master has none
	found      map[party.Supplier]finding
	about      *supplierNotes          // of the file
	types      map[string]DocumentType // the company's own, by folded word
	roundedUTR int                     // cells in which a spreadsheet has destroyed the bank reference
	rounded    string                  // the first of them

	// Of a foreign layout: what we owe by the row at hand, and what it takes to
	// know that.
	owed     five
	kind     kind
	sideless column // an amount without Dr or Cr in a column of such; columns for none
	disagree bool   // the rows of its bill do not repeat the same totals
	nameless bool   // it may be a line of the bill above or a bill of its own
	marked   [len(amountColumns)]bool
	section  string // the supplier that stands above the rows
	rows     int    // documents so far, those left out among them
	lines    *lineRows
	fills    *fills
	signs    *signs
	proof    []string // what the total rows of the sheet say
	wrong    []string // of that, where they are no sums
}

// signs counts the rows that should be invoices by their sign.
type signs struct {
	owed, not int
	first     source.Pos // of the latter
}

var noCell table.Cell

// cell returns the cell of a column, an empty one where there is none.
func (r *rowReader) cell(c column) *table.Cell {
	if i := r.b.at[c]; i >= 0 && i < len(r.row.Cells) {
		return &r.row.Cells[i]
	}
	return &noCell
}

// start takes the next row and reads its amounts, which count whatever becomes
// of the row.
func (r *rowReader) start(row table.Row) {
	if r.lines.alone(row, r.b) {
		row = r.b.onAccount(row)
	}
	r.row = row
	r.pos.Row, r.pos.Col = row.Number, 0
	r.problems = r.problems[:0]
	r.disagree, r.nameless = false, false
	if r.b.owes {
		r.withoutIcons()
	}
	r.amounts = [len(amountColumns)]amount{}
	for _, i := range r.b.amounts {
		r.amounts[i] = readAmount(r.cell(amountColumns[i]), r.separator)
	}
	if r.b.owes {
		r.owe()
	}
}

// item reads the row as an item. Problems are in r.problems; when there are
// any, the item is worth nothing. computed is what five.complete says.
func (r *rowReader) item() (it Item, computed int) {
	it.Pos = r.pos
	if p := r.row.Problem; p != nil {
		r.rowProblem(p)
		return it, 0
	}
	if r.shifted = tooWide(r.row, r.b); r.shifted && !r.unnamed {
		r.fault(checkRowTooWide, columns, "", "")
	}
	r.rows++
	if r.mended {
		r.unmended()
	}
	it.Type = r.documentType()
	if r.b.owes {
		r.clearing()
	}
	r.readNumber(&it)
	it.Part = r.shared(part)
	it.InvoiceID = strings.Clone(r.text(invoiceObjectID))
	it.PaymentID = strings.Clone(r.text(paymentID))
	it.ObjectVersion = r.version()
	it.InvoiceStatus = r.upper(invoiceStatus)
	it.InvoiceDate = r.date(invoiceDate)
	it.AcceptanceDate = r.date(acceptanceDate)
	it.DueDate = r.date(dueDate)
	it.PaymentDate = r.date(paymentDate)
	it.Currency = r.currency()
	r.readParties(&it)
	computed = r.readAmounts(&it)
	it.UTR = r.utr()
	it.PaymentMode = r.mode()
	it.Account = r.account()
	it.IFSC = r.upper(ifsc)
	it.Beneficiary = r.shared(beneficiaryName)
	it.VPA = strings.Clone(r.text(vpa))
	if it.Hold = r.hold(); it.Hold == "" && r.b.l.vouchers {
		it.Hold = vouchersOnly
	}
	if r.b.owes {
		r.setApart(&it)
	}
	it.MSME = r.msme()
	it.PONumber = strings.Clone(r.text(poNumber))
	r.fromMaster(&it)
	return it, computed
}

// rowProblem takes over what the table found wrong with the row. Its value may
// be the whole of the row, account number and all, and is not shown.
func (r *rowReader) rowProblem(p *source.Problem) {
	c := checks[checkRow]
	q := source.Problem{Pos: r.pos, Check: c.Name, Text: c.Text, Remedy: c.Remedy}
	if p.Check != "" {
		q.Check = p.Check
	}
	if p.Text != "" {
		q.Text = maskDigits(p.Text)
	}
	if p.Remedy != "" {
		q.Remedy = p.Remedy
	}
	r.problems = append(r.problems, q)
}

// fault adds a problem of a column of the row, or of the row itself for columns.
// more is added to what the check says.
func (r *rowReader) fault(id checkID, c column, value, more string) {
	k := checks[id]
	p := source.Problem{Pos: r.pos, Check: k.Name, Text: k.Text, Remedy: k.Remedy}
	if more != "" {
		p.Text += ": " + more
	}
	if c < columns {
		p.Column = r.b.heading(c)
		if i := r.b.at[c]; i >= 0 {
			p.Pos.Col = i + 1
		}
		p.Value = r.shown(c, value)
	}
	r.problems = append(r.problems, p)
}

// shown returns a value as it may be shown. An account number or a handle may
// stand in the wrong column, when the row has shifted or where nothing of the kind
// is expected; long runs of digits are masked there, and whose a handle is.
func (r *rowReader) shown(c column, value string) string {
	switch {
	case value == "":
		return ""
	case c == accountNumber || r.b.at[c] == r.b.at[accountNumber]:
		return party.MaskAccount(value)
	case c == vpa:
		return maskVPA(value)
	case !r.shifted && slices.Contains(amountColumns[:], c):
		return maskAmount(value)
	case c == hold:
		return r.holdText(value)
	case !r.shifted && longDigits[c]:
		return maskHandles(value)
	case slices.Contains(numbers[:], c):
		return maskDigits(maskHandles(value))
	}
	return party.MaskPAN(maskDigits(maskHandles(value)))
}

// longDigits are the columns in which long runs of digits are usual, and no
// secret.
var longDigits = [columns]bool{
	buyerB2BID: true, buyerGSTIN: true,
	supplierB2BID: true, supplierCode: true, supplierName: true, supplierGSTIN: true,
	utr: true,
}

// text returns the text of a cell, and reports cells that hold none that can be
// known.
func (r *rowReader) text(c column) string {
	cell := r.cell(c)
	switch cell.Kind {
	case table.Error:
		r.fault(checkCellError, c, cell.Text, "")
		return ""
	case table.NoCache:
		r.fault(checkCellNoCache, c, "", "")
		return ""
	case table.Date:
		if cell.Date != 0 {
			return cell.Date.Long()
		}
	}
	return cell.Text
}

// shared is text for columns in which the same texts recur: each is kept once.
func (r *rowReader) shared(c column) string { return r.share(r.text(c)) }

func (r *rowReader) share(s string) string {
	if s == "" {
		return ""
	}
	if kept, ok := r.texts[s]; ok {
		return kept
	}
	s = strings.Clone(s)
	r.texts[s] = s
	return s
}

func (r *rowReader) upper(c column) string { return r.share(strings.ToUpper(r.text(c))) }

// readNumber reads the invoice number and its key. A number that a spreadsheet
// has made into something else is kept, and marked.
func (r *rowReader) readNumber(it *Item) {
	cell := r.cell(invoiceNumber)
	if cell.Kind == table.Empty && it.Type != Invoice {
		// A credit is often the ERP's alone.
		cell = r.cell(documentNumber)
	}
	switch cell.Kind {
	case table.Empty:
		r.fault(checkNumberMissing, invoiceNumber, "", "")
		return
	case table.NoCache:
		r.fault(checkCellNoCache, invoiceNumber, "", "")
		return
	case table.Date:
		it.Number = r.text(invoiceNumber)
	default:
		it.Number = strings.Clone(cell.Text)
	}
	it.Damaged = damagedNumber(cell)
	it.Key = party.NumberKey(it.Number)
}

// damagedNumber tells whether a cell holds what a spreadsheet made of a number.
func damagedNumber(c *table.Cell) bool {
	switch c.Kind {
	case table.Error, table.Date:
		return true
	case table.Number:
		// A spreadsheet holds fifteen digits; what is beyond them is made up.
		return len(c.Text) > 15 || !onlyDigits(strings.TrimPrefix(c.Text, "-"))
	}
	return damaged(c.Text)
}

// damaged is party.Damaged behind a sieve: only what begins with a digit, a # or
// the name of a month can be an accident, and most numbers begin with letters.
func damaged(number string) bool {
	if number == "" {
		return false
	}
	c := number[0]
	return (c >= '0' && c <= '9' || c == '#' || len(number) > 3 && monthNamed(number[:3]) > 0) && party.Damaged(number)
}

func (r *rowReader) documentType() DocumentType {
	if r.b.owes {
		return r.foreignType()
	}
	text := r.text(documentType)
	if text == "" || text == "invoice" {
		return Invoice
	}
	if t, ok := r.typeNamed(text); ok {
		return t
	}
	t, ok := documentTypeNamed(foldWords(text))
	if !ok {
		r.fault(checkDocumentType, documentType, text, "")
	}
	return t
}

// documentTypeNamed returns the type that folded words name.
func documentTypeNamed(words string) (DocumentType, bool) {
	switch words {
	case "", "INVOICE", "INV", "BILL":
		return Invoice, true
	case "CREDIT NOTE", "CN", "CRN", "CREDIT MEMO":
		return CreditNote, true
	case "DEBIT NOTE", "DN":
		return DebitNote, true
	case "ADVANCE", "PREPAYMENT":
		return Advance, true
	}
	return Invoice, false
}

// foldWords returns upper case words with single spaces for underscores and
// hyphens. It allocates nothing for what is so already.
func foldWords(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		c := s[i]
		clean = c >= 'A' && c <= 'Z' || c == ' ' && i > 0 && s[i-1] != ' '
	}
	if clean {
		return s
	}
	return strings.Join(strings.FieldsFunc(strings.ToUpper(s), func(c rune) bool {
		return c == ' ' || c == '_' || c == '-' || c == '\t' || c == '\n' || c == '\u00a0'
	}), " ")
}

func (r *rowReader) version() int {
	text := r.text(objectVersion)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		r.fault(checkVersion, objectVersion, text, "")
		return 0
	}
	return n
}

func (r *rowReader) date(c column) day.Date {
	cell := r.cell(c)
	switch cell.Kind {
	case table.Empty:
		return 0
	case table.Error:
		r.fault(checkCellError, c, cell.Text, "")
		return 0
	case table.NoCache:
		r.fault(checkCellNoCache, c, "", "")
		return 0
	}
	w, ok := readDate(cell)
	if !ok {
		r.fault(checkDate, c, cell.Text, "")
		return 0
	}
	d, ok := w.in(r.orders[c])
	switch {
	case !ok:
		more := "the calendar has no such day"
		if r.orders[c] == MonthFirst && !w.fixed {
			more = "the calendar has no such day with the month first, as the column is read"
		} else if w.second > 12 {
			more = "the calendar has no such day with the day first, as the column is read"
		}
		r.fault(checkDate, c, cell.Text, more)
		return 0
	case w.year < 1990 || w.year > 2100:
		r.fault(checkDateRange, c, cell.Text, "")
		return 0
	}
	return d
}

// currency returns the currency of the row: as it says, else as the number
// formats of its amounts show, else INR.
func (r *rowReader) currency() string {
	text := strings.ToUpper(r.text(currency))
	switch text {
	case "₹", "RS", "RS.", "INR", "INR.":
		return "INR"
	case "":
		for _, c := range amountColumns {
			if shown := r.cell(c).Currency; shown != "" {
				return r.share(shown)
			}
		}
		return "INR"
	}
	return r.share(text)
}

// readParties finds out who billed whom.
func (r *rowReader) readParties(it *Item) {
	it.Buyer = r.buyer()
	s := party.Supplier{
		B2BID: r.shared(supplierB2BID),
		Code:  r.shared(supplierCode),
		Name:  r.shared(supplierName),
		GSTIN: r.upper(supplierGSTIN),
	}
	if s.Name == "" && r.b.l.nameIsCode {
		s.Name = s.Code
	}
	if r.b.l.sectionNames {
		if s == (party.Supplier{}) {
			s.Name = r.section
		} else {
			r.section = s.Name // of the rows below too, where the name stands once
		}
	}
	if s == (party.Supplier{}) {
		r.fault(checkSupplierMissing, columns, "", "")
		return
	}
	it.Supplier, it.Doubt = r.known(s)
	if e := r.master; e != nil && it.DueDate == 0 && it.InvoiceDate != 0 && e.HasTerms && r.cell(dueDate).Kind == table.Empty {
		it.DueDate = it.InvoiceDate + day.Date(e.TermsDays)
	}
}

// buyer returns the B2B id of our registration that was billed.
func (r *rowReader) buyer() string {
	id, gstin := r.text(buyerB2BID), strings.ToUpper(r.text(buyerGSTIN))
	ours := r.o.Buyers
	switch {
	case len(ours) == 0:
		return r.share(id)
	case id == "" && gstin == "" && len(ours) == 1:
		return ours[0].B2BID
	case id == "" && gstin == "":
		r.fault(checkBuyerMissing, columns, "", "")
		return ""
	}
	byID := slices.IndexFunc(ours, func(b party.Buyer) bool { return b.B2BID == id })
	byGSTIN := slices.IndexFunc(ours, func(b party.Buyer) bool { return gstin != "" && strings.EqualFold(b.GSTIN, gstin) })
	switch {
	case id != "" && byID < 0:
		r.fault(checkBuyerUnknown, buyerB2BID, id, "")
	case gstin != "" && byGSTIN < 0:
		r.fault(checkBuyerUnknown, buyerGSTIN, gstin, "")
	case id == "":
		return ours[byGSTIN].B2BID
	case gstin != "" && !strings.EqualFold(ours[byID].GSTIN, gstin):
		r.fault(checkBuyerDisagrees, buyerGSTIN, gstin, "")
	default:
		return ours[byID].B2BID
	}
	return ""
}

// readAmounts puts the amounts into the item, those left out computed.
func (r *rowReader) readAmounts(it *Item) (computed int) {
	faulty := false
	for i := range r.amounts {
		if a := &r.amounts[i]; a.state == bad {
			r.fault(a.fault, amountColumns[i], r.cell(amountColumns[i]).Text, "")
			faulty = true
		}
	}
	if faulty {
		return 0
	}
	if a := r.amounts[atTaxable]; a.state == good {
		it.Taxable, it.HasTaxable = a.value, true
		if r.b.owes && it.Type != Invoice {
			it.Taxable = a.value.Abs() // as the other amounts of a credit
		}
	}
	f := five(r.amounts[:len(five{})])
	if r.b.owes {
		if r.sideless < columns {
			r.fault(checkSide, r.sideless, r.cell(r.sideless).Text, "")
		}
		if r.disagree {
			r.fault(checkLines, columns, "", "")
		}
		if r.nameless {
			r.fault(checkLinesUnclear, columns, "", "")
		}
		if r.lacksDue(it.Type) {
			r.fault(checkDueMissing, dueAmount, "", "")
		}
		f = r.foreignAmounts(it.Type)
	}
	if it.Type == Invoice {
		for i, c := range []column{tdsAmount, adjustmentAmount} {
			if f[i+1].value < 0 {
				r.fault(checkAmountNegative, c, f[i+1].value.String(), "")
			}
		}
	}
	computed, ok := f.complete(it.Type)
	if !ok {
		r.fault(checkAmountMissing, columns, "", "")
	}
	it.Gross, it.TDS, it.Adjustment, it.Paid, it.Due = f[0].value, f[1].value, f[2].value, f[3].value, f[4].value
	return computed
}

func (r *rowReader) mode() string {
	return r.share(foldWords(r.text(paymentMode)))
}

func (r *rowReader) account() party.Account {
	cell := r.cell(accountNumber)
	if cell.Kind == table.Empty {
		return party.Account{}
	}
	text := r.text(accountNumber)
	if text == "" {
		return party.Account{}
	}
	a, ok := r.accounts.Read(text)
	if !ok || cell.Kind == table.Date || cell.Kind == table.Number && len(text) > 15 {
		r.fault(checkAccount, accountNumber, text, "")
		return party.Account{}
	}
	return a
}

func (r *rowReader) hold() string {
	text := r.text(hold)
	switch strings.ToUpper(text) {
	case "", "N", "NO", "0", "FALSE", "-":
		return ""
	case "Y", "YES", "TRUE", "1":
		return "hold"
	}
	return r.share(r.holdText(text))
}

func (r *rowReader) msme() string {
	text := r.text(msme)
	switch strings.ToUpper(text) {
	case "", "-":
		return ""
	case "MICRO":
		return "micro"
	case "SMALL":
		return "small"
	case "MEDIUM":
		return "medium"
	}
	r.fault(checkMSME, msme, text, "")
	return ""
}

// maskDigits hides all but the last four of every run of nine digits and more,
// the least an Indian account number has.
func maskDigits(s string) string {
	const shortest = 9
	var b strings.Builder
	for i := 0; i < len(s); {
		end := i
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		switch {
		case end == i:
			b.WriteByte(s[i])
			i++
			continue
		case end-i >= shortest:
			b.WriteString("****" + s[end-4:end])
		default:
			b.WriteString(s[i:end])
		}
		i = end
	}
	return b.String()
}
