package ledger

import (
	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/source"
)

// A DocumentType says what kind of document a row is. Only an Invoice is owed;
// the others stand against what is owed.
type DocumentType uint8

const (
	Invoice DocumentType = iota
	CreditNote
	DebitNote
	Advance
)

// String returns the contract's word: invoice, credit_note, debit_note, advance.
func (t DocumentType) String() string {
	return [...]string{"invoice", "credit_note", "debit_note", "advance"}[t]
}

// A SupplierDoubt says of a row that the supplier master does not tell who its
// supplier is. Rows of one supplier share it.
type SupplierDoubt struct {
	Ambiguous bool   // several suppliers fit, and none of them was chosen
	Text      string // what is missing, and what to add where
}

// An Item is one open item of the ERP: one accepted row of a ledger. Amounts
// are as the books have them; keys are made, and nothing is judged.
type Item struct {
	Pos      source.Pos // of the row; Col is 0
	Buyer    string     // the B2B id of our registration that was billed
	Supplier party.Supplier
	Doubt    *SupplierDoubt // why the supplier master gives no B2B id; nil where there is one, or no master

	Number  string // the supplier's invoice number as written, outer spaces aside
	Key     string // party.NumberKey(Number)
	Damaged bool   // the number is a spreadsheet's accident; Key must not be compared
	Type    DocumentType
	Part    string // tells the parts of one invoice apart; often empty

	InvoiceID     string // the platform's objectId of the invoice; often empty
	ObjectVersion int    // 0 where the ERP does not keep it
	InvoiceStatus string // upper case; often empty

	InvoiceDate, AcceptanceDate day.Date
	DueDate                     day.Date // the due date, or invoice date + the supplier's terms; 0 means never due
	Currency                    string   // upper case; INR where the row has none

	Taxable    money.Paise // before GST
	HasTaxable bool
	Gross      money.Paise // invoice_amount (G), with GST
	TDS        money.Paise // tax we withhold
	Adjustment money.Paise // credit notes, advances, discounts
	Paid       money.Paise // cash the books say is paid
	Due        money.Paise // cash still to be paid

	UTR         string // party.UTR of how the books say it was paid; may be empty
	PaymentDate day.Date
	PaymentMode string // upper case, single spaces: "ACCOUNT TRANSFER"

	Account     party.Account
	IFSC        string // upper case
	Beneficiary string
	VPA         string

	Hold     string // a reason not to pay; empty means none
	MSME     string // micro, small, medium or empty
	PONumber string

	PaymentID string // by which EnKash's accounts payable pays it; often empty

	// What Read finds out by looking at all rows of one invoice.
	Repeated bool        // another row says the same of the same invoice: DUPLICATE_LEDGER_ITEM
	Gap      money.Paise // gross − (tds + adjustment + paid + due), over the parts of the invoice; 0 where it ties
}

// Cash returns C, the cash the books say this item takes: paid and still due.
func (it *Item) Cash() money.Paise { return it.Paid + it.Due }

// Withheld returns what the books say is settled without cash.
func (it *Item) Withheld() money.Paise { return it.TDS + it.Adjustment }

// Year returns the financial year of the invoice, 0 where it has no date.
func (it *Item) Year() day.FinancialYear { return it.InvoiceDate.FinancialYear() }
