package ledger

import "strings"

// A column is one of the columns that a ledger may have.
type column uint8

const (
	buyerB2BID column = iota
	buyerGSTIN
	supplierB2BID
	supplierCode
	supplierName
	supplierGSTIN
	invoiceNumber
	documentType
	invoiceObjectID
	objectVersion
	invoiceStatus
	invoiceDate
	acceptanceDate
	dueDate
	currency
	taxableAmount
	invoiceAmount
	tdsAmount
	adjustmentAmount
	paidAmount
	dueAmount
	utr
	paymentDate
	paymentMode
	accountNumber
	ifsc
	beneficiaryName
	vpa
	part
	hold
	msme
	poNumber
	paymentID
	canonicalColumns // how many the canonical layout has
)

// The columns that only other systems have. Nothing of them is in an Item but
// through the columns above.
const (
	documentNumber   column = canonicalColumns + iota // the ERP's own, which stands in where a credit has no other
	documentID                                        // tells two bills of one number apart
	documentStatus                                    // draft, void and the like
	clearingDocument                                  // what settled the document: it is open no longer
	clearingDate                                      // when that was
	lineItem                                          // where this column is, a bill has a row for each of its lines
	side                                              // Dr or Cr, in a column of its own
	debitAmount                                       // an amount that stands in the one or the other
	creditAmount
	specialGL    // by which SAP posts to another account than that of payables: down payments, retentions
	paymentTotal // of a payment on every row of it; a row's own share is another column
	columns      // how many there are
)

var columnNames = [columns]string{
	"buyer_b2b_id", "buyer_gstin",
	"supplier_b2b_id", "supplier_code", "supplier_name", "supplier_gstin",
	"supplier_invoice_number", "document_type",
	"invoice_object_id", "object_version", "invoice_status",
	"invoice_date", "acceptance_date", "due_date",
	"currency", "taxable_amount", "invoice_amount",
	"tds_amount", "adjustment_amount", "paid_amount", "due_amount",
	"utr", "payment_date", "payment_mode",
	"account_number", "ifsc", "beneficiary_name", "vpa",
	"part", "hold", "msme", "po_number", "payment_id",
	"document_number", "document_id", "document_status",
	"clearing_document", "clearing_date", "line_item",
	"debit_credit", "debit_amount", "credit_amount", "special_gl", "payment_total",
}

// String returns the canonical name.
func (c column) String() string { return columnNames[c] }

// columnNamed returns the column of a canonical name.
func columnNamed(name string) (column, bool) {
	for c, n := range columnNames {
		if n == name {
			return column(c), true
		}
	}
	return 0, false
}

// The columns of one kind, in the order in which they are reported.
var (
	amountColumns = [...]column{invoiceAmount, tdsAmount, adjustmentAmount, paidAmount, dueAmount, taxableAmount, debitAmount, creditAmount}
	dateColumns   = [...]column{invoiceDate, acceptanceDate, dueDate, paymentDate}
	// needed lists what a layout must have: of each line, one.
	needed = [...][]column{
		{invoiceNumber},
		{supplierName, supplierB2BID, supplierCode, supplierGSTIN},
		{invoiceAmount, dueAmount, creditAmount},
	}
)

// The places of some columns among amountColumns.
const (
	atGross = iota
	atTDS
	atAdjustment
	atPaid
	atDue
	atTaxable
	atDebit
	atCredit
)

// fold returns the form in which two headings are the same: small letters and
// digits, so that "Invoice Amount", invoice_amount and invoiceAmount are one.
func fold(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f && isLetter(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
