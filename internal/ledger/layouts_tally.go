package ledger

// tallyVouchers are the voucher types that Tally comes with. A company may name
// its own, which by custom begin with the word of the type they are made from.
var tallyVouchers = map[string]kind{
	"PURCHASE*":       billKind,
	"DEBIT NOTE*":     debitKind,
	"PAYMENT*":        paymentKind,
	"JOURNAL*":        voucherKind,
	"CREDIT NOTE*":    otherKind, // goods that our customers sent back
	"SALES*":          otherKind,
	"RECEIPT*":        otherKind,
	"CONTRA*":         otherKind,
	"STOCK JOURNAL*":  otherKind,
	"PURCHASE ORDER*": otherKind,
	"RECEIPT NOTE*":   otherKind,
	"DELIVERY NOTE*":  otherKind,
	"REJECTIONS*":     otherKind,
	"MEMORANDUM*":     otherKind,
	"REVERSING*":      otherKind,
	"PHYSICAL STOCK*": otherKind,
}

// tally are the exports of TallyPrime and Tally.ERP 9. The heading stands below
// five to seven lines with the company and the period, and has two lines.
// Amounts say Dr and Cr, often in their number format alone.
var tally = []layout{
	{
		name: "tally-bills-payable", system: "Tally, Bills Payable", known: Documented,
		headings: []heading{
			is(invoiceDate, "Date"),
			is(invoiceNumber, "Ref. No.", "Ref No"),
			is(supplierName, "Party's Name", "Party Name"),
			owed(invoiceAmount, "Opening Amount"),
			owed(dueAmount, "Pending Amount"),
			is(side, "Dr/Cr"),
			is(dueDate, "Due on"),
		},
		headingLines: 2, sections: true, groups: true,
	},
	{
		name: "tally-daybook", system: "Tally, Day Book", known: Seen,
		headings: []heading{
			is(invoiceDate, "Date"),
			is(supplierName, "Particulars"),
			is(documentType, "Vch Type", "Voucher Type"),
			is(invoiceNumber, "Vch No.", "Vch No", "Voucher No."),
			owed(debitAmount, "Debit Amount"),
			owed(creditAmount, "Credit Amount"),
		},
		headingLines: 2, kinds: tallyVouchers, sections: true,
		numberByOthers: true, vouchers: true,
	},
	{
		name: "tally-register", system: "Tally, purchase or journal register", known: Seen,
		headings: []heading{
			is(invoiceDate, "Date"),
			is(supplierName, "Particulars"),
			is(documentType, "Vch Type", "Voucher Type"),
			is(invoiceNumber, "Vch No.", "Vch No", "Voucher No."),
			owed(debitAmount, "Debit"),
			owed(creditAmount, "Credit"),
		},
		headingLines: 2, kinds: tallyVouchers, sections: true,
		numberByOthers: true, vouchers: true,
	},
	{
		name: "tally-columnar", system: "Tally, columnar purchase register", known: Seen,
		headings: []heading{
			is(documentNumber, "Voucher Number", "Voucher No."),
			is(invoiceNumber, "Supplier Invoice No.", "Reference", "Reference No."),
			is(invoiceDate, "Supplier Invoice Date", "Reference Date", "Date"),
			is(documentType, "Voucher Type", "Vch Type"),
			is(supplierName, "Party Name", "Particulars"),
			is(supplierGSTIN, "GSTIN/UIN"),
			is(taxableAmount, "Taxable Value", "Taxable Amount"),
			owed(invoiceAmount, "Gross Total", "Invoice Amount", "Total Amount"),
		},
		headingLines: 2, kinds: tallyVouchers, sections: true,
		vouchers: true,
	},
}
