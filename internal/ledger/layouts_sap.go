package ledger

// sapTypes are the document types that SAP comes with; a company may have more.
var sapTypes = map[string]kind{
	"KR": billKind,    // vendor invoice
	"RE": billKind,    // invoice from logistics
	"RN": billKind,    // the same, net
	"KN": billKind,    // vendor invoice, net
	"KG": creditKind,  // vendor credit memo
	"KZ": advanceKind, // payment to a vendor
	"ZP": advanceKind, // payment by the payment run
	"KA": journalKind, // vendor document
	"SA": journalKind, // posting to the general ledger
	"AB": journalKind, // clearing
	"ZV": journalKind, // payment clearing
}

// sapSpecials are the special G/L indicators of vendors that SAP comes with and
// that say what the item is; the others, such as H for a security deposit, say
// only that it is not among the payables.
var sapSpecials = map[string]kind{
	"A": advanceKind, // down payment
	"I": advanceKind, // down payment on intangible assets
	"M": advanceKind, // down payment on tangible assets
	"F": requestKind, // request for a down payment, a noted item
}

// sap are the line items of vendors, FBL1N and its successor. Accounting stores
// what we owe as credit, which is negative; the supplier's number is in
// Reference and Document Number is SAP's own.
var sap = []layout{
	{
		name: "sap-fbl1n", system: "SAP, vendor line items (FBL1N)", known: Seen,
		headings: []heading{
			is(supplierCode, "Account", "Supplier", "Vendor"),
			is(supplierName, "Vendor Name", "Name 1", "Supplier Name"),
			is(documentNumber, "Document Number"),
			is(invoiceNumber, "Reference"),
			is(documentType, "Document Type"),
			is(specialGL, "Special G/L Ind.", "Special G/L Indicator"),
			is(invoiceDate, "Document Date"),
			is(dueDate, "Net Due Date"),
			is(hold, "Payment Block"),
			is(side, "Debit/Credit Indicator", "Debit/Credit Ind."),
			is(clearingDocument, "Clearing Document", "Clrng doc.", "Clearing Journal Entry"),
			is(clearingDate, "Clearing Date"),
		},
		choices: [][]heading{
			{turned(dueAmount, "Amount in Doc. Curr."), is(currency, "Document Currency")},
			{turned(dueAmount, "Amount in Local Currency"), is(currency, "Local Currency")},
		},
		kinds: sapTypes, specials: sapSpecials, sections: true,
	},
	{
		name: "sap-text", system: "SAP, vendor line items as a list (FBL1N)", known: Assumed,
		headings: []heading{
			is(supplierCode, "Account", "Vendor"),
			is(documentNumber, "DocumentNo", "Doc. No."),
			is(invoiceNumber, "Reference", "Ref. doc. no."),
			is(documentType, "Type", "Ty."),
			is(specialGL, "SG"),
			is(invoiceDate, "Doc. Date"),
			is(dueDate, "Net due dt", "Due net"),
			is(hold, "PBk"),
			is(clearingDocument, "Clrng doc.", "Clearing doc.", "Clearing Document"),
			is(clearingDate, "Clearing", "Clearing date"),
		},
		choices: [][]heading{
			{turned(dueAmount, "Amount in DC", "Amt in doc.curr."), is(currency, "Curr.", "DCurr")},
			{turned(dueAmount, "Amt in loc.cur.", "Amount in LC"), is(currency, "LCurr")},
		},
		kinds: sapTypes, specials: sapSpecials, sections: true,
	},
	{
		name: "sap-s4-line-items", system: "SAP S/4HANA, Manage Supplier Line Items", known: Assumed,
		headings: []heading{
			is(supplierCode, "Supplier"),
			is(supplierName, "Supplier Name"),
			is(documentNumber, "Journal Entry"),
			is(invoiceNumber, "Reference"),
			is(documentType, "Journal Entry Type"),
			is(specialGL, "Special G/L Code", "Special G/L Indicator"),
			is(invoiceDate, "Journal Entry Date"),
			is(dueDate, "Net Due Date"),
			is(hold, "Payment Block"),
			is(clearingDocument, "Clearing Journal Entry", "Clearing Document"),
			is(clearingDate, "Clearing Date"),
			turned(dueAmount, "Amount (Company Code Currency)"),
			is(currency, "Company Code Currency"),
		},
		kinds: sapTypes, specials: sapSpecials,
	},
}
