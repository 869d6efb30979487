package ledger

// erpnext are the report of open items and the export of invoices. In the
// report a payment or a debit note has nothing invoiced and a negative
// outstanding amount; its last row is the total.
var erpnext = []layout{
	{
		name: "erpnext-payable", system: "ERPNext, Accounts Payable", known: Documented,
		headings: []heading{
			is(invoiceDate, "Bill Date", "Posting Date"),
			is(supplierCode, "Party", "Supplier"),
			is(supplierName, "Supplier Name"),
			is(documentType, "Voucher Type"),
			is(documentNumber, "Voucher No"),
			is(dueDate, "Due Date"),
			is(invoiceNumber, "Bill No"),
			owed(invoiceAmount, "Invoiced Amount"),
			owed(paidAmount, "Paid Amount"),
			owed(adjustmentAmount, "Debit Note"),
			owed(dueAmount, "Outstanding Amount"),
			is(currency, "Currency"),
		},
		kinds: map[string]kind{
			"PURCHASE INVOICE": billKind, "DEBIT NOTE": debitKind,
			"PAYMENT ENTRY": advanceKind, "JOURNAL ENTRY": journalKind,
		},
		nameIsCode: true,
	},
	{
		name: "erpnext-invoices", system: "ERPNext, Purchase Invoice with items", known: Assumed,
		headings: []heading{
			is(documentID, "ID", "Name"),
			is(supplierCode, "Supplier"),
			is(supplierName, "Supplier Name"),
			is(supplierGSTIN, "Supplier GSTIN"),
			is(invoiceNumber, "Supplier Invoice No", "Bill No"),
			is(invoiceDate, "Supplier Invoice Date", "Bill Date", "Posting Date", "Date"),
			is(dueDate, "Due Date"),
			is(currency, "Currency"),
			is(documentStatus, "Status"),
			is(hold, "Hold Invoice", "On Hold"),
			is(lineItem, "*(Items)"),
			owed(invoiceAmount, "Grand Total"),
			owed(dueAmount, "Outstanding Amount"),
		},
		statuses:   map[string]string{"DRAFT": "draft", "CANCELLED": "cancelled"},
		nameIsCode: true,
	},
}

// odoo is the list of vendor bills. What is called Signed there is negative for
// a bill; with lines, the bill stands on its first line only.
var odoo = []layout{{
	name: "odoo-bills", system: "Odoo, vendor bills", known: Documented,
	headings: []heading{
		is(documentNumber, "Number"),
		is(supplierName, "Invoice Partner Display Name", "Partner", "Vendor"),
		is(invoiceDate, "Invoice/Bill Date", "Bill Date", "Invoice Date"),
		is(dueDate, "Due Date"),
		is(invoiceNumber, "Reference", "Bill Reference"),
		is(documentType, "Type"),
		is(documentStatus, "Status"),
		is(lineItem, "Invoice lines*", "Journal Items*"),
	},
	choices: [][]heading{
		{turned(invoiceAmount, "Total in Currency Signed"), {dueAmount, []string{"Amount Due"}, signOfAnother}, is(currency, "Currency")},
		{turned(invoiceAmount, "Total Signed"), turned(dueAmount, "Amount Due Signed")},
		{turned(invoiceAmount, "Total Signed", "Total in Currency Signed"), {dueAmount, []string{"Amount Due"}, signOfAnother}},
	},
	kinds: map[string]kind{
		"VENDOR BILL": billKind, "VENDOR CREDIT NOTE": creditKind, "PURCHASE RECEIPT": billKind,
		"CUSTOMER INVOICE": otherKind, "CUSTOMER CREDIT NOTE": otherKind, "SALES RECEIPT": otherKind, "JOURNAL ENTRY": journalKind,
	},
	statuses: map[string]string{"DRAFT": "draft", "CANCELLED": "cancelled"},
}}

// oracle is the register of Oracle Payables, with subtotals by supplier and
// currency.
var oracle = []layout{{
	name: "oracle-payables", system: "Oracle Payables, invoice register", known: Documented,
	headings: []heading{
		is(supplierName, "Supplier Name"),
		is(supplierCode, "Supplier Number"),
		is(invoiceNumber, "Invoice Number"),
		is(invoiceDate, "Invoice Date"),
		is(dueDate, "Due Date"),
		is(documentType, "Invoice Type", "Type"),
		is(currency, "Currency", "Invoice Currency"),
		owed(invoiceAmount, "Original Amount", "Invoice Amount"),
		owed(dueAmount, "Amount Remaining"),
	},
	kinds: map[string]kind{
		"STANDARD": billKind, "MIXED": billKind, "PO DEFAULT": billKind,
		"CREDIT": creditKind, "CREDIT MEMO": creditKind, "DEBIT": debitKind, "DEBIT MEMO": debitKind,
		"PREPAYMENT": advanceKind, "PAYMENT": advanceKind, "EXPENSE REPORT": otherKind, "WITHHOLDING TAX": otherKind,
	},
	sections: true, sectionNames: true,
}}

// dynamicsTypes are the document types of both of Microsoft's systems.
var dynamicsTypes = map[string]kind{
	"INVOICE": billKind, "CREDIT MEMO": creditKind, "PAYMENT": advanceKind,
	"REFUND": journalKind, "FINANCE CHARGE MEMO": billKind, "REMINDER": otherKind,
}

// dynamics are the open vendor transactions of Dynamics 365 Finance and the
// vendor ledger entries of Business Central. What we owe is negative there.
var dynamics = []layout{
	{
		name: "business-central", system: "Business Central, vendor ledger entries", known: Documented,
		headings: []heading{
			is(invoiceDate, "Document Date", "Posting Date"),
			is(documentType, "Document Type"),
			is(documentNumber, "Document No."),
			is(invoiceNumber, "External Document No."),
			is(supplierCode, "Vendor No."),
			is(supplierName, "Vendor Name"),
			is(dueDate, "Due Date"),
			is(hold, "On Hold"),
		},
		choices: [][]heading{
			{turned(dueAmount, "Remaining Amount"), is(currency, "Currency Code"), turned(invoiceAmount, "Original Amount")},
			{turned(dueAmount, "Remaining Amt. (LCY)"), turned(invoiceAmount, "Original Amt. (LCY)")},
		},
		kinds: dynamicsTypes, nameIsCode: true,
	},
	{
		name: "dynamics-vendor", system: "Dynamics 365 Finance, open vendor transactions", known: Assumed,
		headings: []heading{
			is(supplierCode, "Vendor account", "AccountNum"),
			is(supplierName, "Vendor name", "Name"),
			is(invoiceNumber, "Invoice", "Invoice number"),
			is(documentNumber, "Voucher"),
			is(invoiceDate, "Document date", "Date", "TransDate"),
			is(dueDate, "Due date", "DueDate"),
		},
		choices: [][]heading{
			{turned(dueAmount, "Amount in transaction currency", "AmountCur"), is(currency, "Currency", "CurrencyCode")},
			{turned(dueAmount, "Amount in accounting currency", "AmountMST")},
		},
		kinds: dynamicsTypes,
	},
}

// quickbooksTypes are the transaction types of both QuickBooks.
var quickbooksTypes = map[string]kind{
	"BILL": billKind, "CREDIT": creditKind, "VENDOR CREDIT": creditKind, "BILL CREDIT": creditKind,
	"BILL PMT*": advanceKind, "BILL PAYMENT*": advanceKind, "CHECK": advanceKind, "CHEQUE": advanceKind, "EXPENSE": advanceKind,
	"GENERAL JOURNAL": journalKind, "JOURNAL": journalKind, "JOURNAL ENTRY": journalKind,
}

// quickbooks are the aging details. The desktop's has an empty column between
// any two and a first sheet of tips. Grouped by vendor, as unpaid bills are, both
// name the vendor above the rows and have no column for it.
var quickbooks = []layout{
	{
		name: "quickbooks-desktop-aging", system: "QuickBooks Desktop, A/P Aging Detail", known: Documented,
		headings: []heading{
			is(documentType, "Type"),
			is(invoiceDate, "Date"),
			is(invoiceNumber, "Num"),
			is(supplierName, "Name"),
			is(dueDate, "Due Date"),
			owed(dueAmount, "Open Balance"),
		},
		kinds: quickbooksTypes, sections: true, sectionsMay: true,
	},
	{
		name: "quickbooks-online", system: "QuickBooks Online, A/P Aging Detail", known: Assumed,
		headings: []heading{
			is(invoiceDate, "Date"),
			is(documentType, "Transaction type"),
			is(invoiceNumber, "Num"),
			is(supplierName, "Vendor", "Vendor display name"),
			is(dueDate, "Due date"),
			owed(invoiceAmount, "Amount"),
			owed(dueAmount, "Open balance"),
		},
		kinds: quickbooksTypes, sections: true, sectionsMay: true,
	},
}

// netsuite is the aging detail, in which the vendor stands above its rows.
var netsuite = []layout{{
	name: "netsuite-aging", system: "NetSuite, A/P Aging Detail", known: Documented,
	headings: []heading{
		is(invoiceDate, "Date"),
		is(documentType, "Transaction Type", "Type"),
		is(supplierName, "Vendor"),
		is(invoiceNumber, "Document Number"),
		is(poNumber, "P.O. No."),
		is(dueDate, "Due Date"),
		owed(dueAmount, "Open Balance"),
	},
	kinds: map[string]kind{
		"BILL": billKind, "BILL CREDIT": creditKind, "BILL PAYMENT": advanceKind,
		"VENDOR PREPAYMENT": advanceKind, "JOURNAL": journalKind, "EXPENSE REPORT": otherKind,
	},
	sections: true, sectionNames: true,
}}
