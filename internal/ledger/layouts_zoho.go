package ledger

// zoho are the exports of Zoho Books: of bills, with a row for each line and the
// totals of the bill on every one of them, and of payments, with a row for each
// bill that a payment was set against.
var zoho = []layout{
	{
		name: "zoho-bills", system: "Zoho Books, Bills", known: Seen,
		headings: []heading{
			is(invoiceDate, "Bill Date"),
			is(documentID, "Bill ID"),
			is(invoiceNumber, "Bill Number"),
			is(documentStatus, "Bill Status"),
			is(supplierGSTIN, "GST Identification Number (GSTIN)"),
			is(supplierName, "Vendor Name"),
			is(dueDate, "Due Date"),
			is(currency, "Currency Code"),
			is(lineItem, "Item Name", "Item Total"),
			is(poNumber, "PurchaseOrder", "Purchase Order"),
			owed(invoiceAmount, "Total"),
			owed(dueAmount, "Balance"),
		},
		paidFor:  true,
		statuses: map[string]string{"DRAFT": "draft", "VOID": "void", "PENDING APPROVAL": "not approved", "REJECTED": "not approved"},
	},
	{
		name: "zoho-vendor-payments", system: "Zoho Books, Vendor Payments", known: Documented,
		headings: []heading{
			is(documentNumber, "Payment Number"),
			is(paymentDate, "Date"),
			is(supplierName, "Vendor Name"),
			is(paymentMode, "Mode"),
			is(utr, "Reference Number"),
			is(part, "PIPayment ID"),
			is(paymentTotal, "Amount"),
			is(documentID, "Bill ID"),
			is(invoiceNumber, "Bill Number"),
			is(currency, "Currency Code"),
			owed(invoiceAmount, "Bill Amount"),
		},
		settled: true,
	},
}
