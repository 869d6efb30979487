package ledger

import "slices"

// A Check is one thing that can be wrong with a ledger, as the documentation
// lists it.
type Check struct {
	Name   string // as it stands in brackets behind a message
	Text   string // what is wrong
	Remedy string // what the accountant can do about it
	File   bool   // the whole file is refused, rather than one row

	setting string // the setting that decides, where there is one
}

// Checks returns all of them, by name.
func Checks() []Check {
	all := slices.Clone(checks[:])
	slices.SortFunc(all, func(a, b Check) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}

type checkID uint8

const (
	checkFile checkID = iota
	checkNoHeading
	checkHeadingTwice
	checkColumnMissing
	checkColumnUnknown
	checkPreset
	checkPresetTie
	checkPresetAssumed
	checkColumnsShifted
	checkSignsDisagree
	checkDatesDisagree
	checkDecimalsDisagree
	checkDecimalsUnclear
	checkTotalTooLarge

	checkRow
	checkRowTooWide
	checkCellError
	checkCellNoCache
	checkNumberMissing
	checkSupplierMissing
	checkBuyerMissing
	checkBuyerUnknown
	checkBuyerDisagrees
	checkDocumentType
	checkDate
	checkDateRange
	checkAmount
	checkAmountDecimals
	checkAmountRange
	checkAmountMissing
	checkAmountNegative
	checkVersion
	checkAccount
	checkMSME
	checkSide
	checkSign
	checkLines
	checkMasked
	checkDueMissing
	checkLinesUnclear
	checkMendedUnknown
	checkMendedChanged
	checkMendedDone
	checkMendedTwice
	checkCount
)

var checks = [checkCount]Check{
	checkFile:             {"ledger-unreadable", "the ledger cannot be read", "export it again as CSV or XLSX", true, ""},
	checkNoHeading:        {"heading-missing", "no row looks like the heading of a ledger", "name the columns of the file under ledger.columns", true, "ledger.columns"},
	checkHeadingTwice:     {"heading-twice", "two columns have the heading of one", "rename one of them, or name the right one under ledger.columns", true, "ledger.columns"},
	checkColumnMissing:    {"column-missing", "a column is missing", "say which of these it is, in the configuration", true, ""},
	checkColumnUnknown:    {"column-unknown", "ledger.columns names a column that does not exist", "use one of the names of the documentation", true, "ledger.columns"},
	checkPreset:           {"preset-unknown", "there is no layout of that name", "use auto or one of the names of the documentation", true, "ledger.preset"},
	checkPresetTie:        {"preset-tie", "two layouts fit the file equally well", "say which it is", true, "ledger.preset"},
	checkPresetAssumed:    {"preset-assumed", "the file has a layout that nobody has confirmed yet, and such a one is not chosen by itself", "compare what inspect shows with the ERP, and name the layout if it is right", true, "ledger.preset"},
	checkColumnsShifted:   {"columns-shifted", "columns do not hold what their headings say", "name the right columns by their letters", true, "ledger.columns"},
	checkSignsDisagree:    {"signs-disagree", "the signs of the amounts are not those of the layout", "say which amounts are owed: positive or negative", true, "ledger.owed"},
	checkDatesDisagree:    {"dates-disagree", "some dates of a column are written day first and some month first", "say which it is: day-first or month-first", true, "ledger.dates"},
	checkDecimalsDisagree: {"decimals-disagree", "some amounts are written with a decimal point and some with a decimal comma", "say which it is: point or comma", true, "ledger.decimal"},
	checkDecimalsUnclear:  {"decimals-unclear", "no amount tells whether the point stands before decimals or between thousands", "say which it is: point or comma", true, "ledger.decimal"},
	checkTotalTooLarge:    {"total-too-large", "the amounts of a column sum to more than can be held", "look for amounts with digits too many", true, ""},

	checkRow:             {"row-unreadable", "the row cannot be read", "mend the row in the file, or export it again", false, ""},
	checkRowTooWide:      {"row-too-wide", "the row has cells beyond the last heading, so that its cells may have shifted", "put quotes around texts with a separator in them, or give the column a heading", false, ""},
	checkCellError:       {"cell-error", "the cell holds an error of the spreadsheet", "mend the formula and save the file again", false, ""},
	checkCellNoCache:     {"cell-not-calculated", "the cell holds a formula that was saved without its result", "open the file in a spreadsheet, let it calculate, and save it", false, ""},
	checkNumberMissing:   {"invoice-number-missing", "the row has no supplier invoice number", "enter it in the ERP, or take the row out if it is no invoice", false, ""},
	checkSupplierMissing: {"supplier-missing", "the row names no supplier", "give the supplier's B2B id, code, name or GSTIN", false, ""},
	checkBuyerMissing:    {"buyer-missing", "the row does not say which of our registrations was billed, and several are configured", "give buyer_b2b_id or buyer_gstin", false, ""},
	checkBuyerUnknown:    {"buyer-unknown", "this is none of our registrations", "mend the row, or add the registration under buyers", false, ""},
	checkBuyerDisagrees:  {"buyer-disagrees", "the buyer's B2B id and GSTIN are those of two registrations", "mend one of them", false, ""},
	checkDocumentType:    {"document-type-unknown", "the type of the document is not known", "use invoice, credit_note, debit_note or advance, or say under ledger.document_types which of them it is", false, ""},
	checkDate:            {"date-unreadable", "this is not a date", "write it as 21/11/2026 or 2026-11-21", false, ""},
	checkDateRange:       {"date-out-of-range", "the year is not between 1990 and 2100", "mend the date", false, ""},
	checkAmount:          {"amount-unreadable", "this is not an amount", "write it as 118000.00 or 1,18,000.00", false, ""},
	checkAmountDecimals:  {"amount-too-fine", "the amount has more than two decimals", "round it in the ERP, where the books are", false, ""},
	checkAmountRange:     {"amount-too-large", "the amount is larger than ten lakh crore rupees", "look for digits too many", false, ""},
	checkAmountMissing:   {"amount-missing", "the row has neither an invoice amount nor a due amount", "give one of them", false, ""},
	checkAmountNegative:  {"amount-negative", "tax and adjustments of an invoice are written without a sign", "write the amount as positive, or say that the row is a credit note", false, ""},
	checkVersion:         {"object-version-unreadable", "the version is not a whole number from 0", "mend it or leave it empty", false, ""},
	checkAccount:         {"account-unreadable", "this is not an account number", "format the column as text and export the file again", false, ""},
	checkMSME:            {"msme-unknown", "the size of the enterprise is not known", "use micro, small, medium or nothing", false, ""},
	checkSide:            {"side-missing", "the amount says neither Dr nor Cr, and others of its column do", "export the file again, or write Dr or Cr behind the amount", false, ""},
	checkSign:            {"sign-disagrees", "the sign of the amount is not that of such a document", "mend the document in the ERP, or its type in the file", false, ""},
	checkLines:           {"lines-disagree", "the rows of one bill do not repeat the same totals", "export the bill again; every row of it must carry the total of the bill", false, ""},
	checkMasked:          {"cell-masked", "the cell still hides what was not printed when the row was quarantined", "type the value in again", false, ""},
	checkDueMissing:      {"due-missing", "the row does not say what is still open, and others of the file do; nobody may take it for the whole bill", "enter what is still open, 0 where the bill is settled, or export the file again", false, ""},
	checkLinesUnclear:    {"lines-unclear", "a spreadsheet has damaged the number and the id of the bill, so that rows with the same totals may be lines of one bill or bills of their own", "use the file as the ERP exported it, or type in the number of the bill", false, ""},
	checkMendedUnknown:   {"mended-row-unknown", "the line does not say which row of which ledger it replaces", "delete the line, and mend the row in the file of quarantined rows of the latest run, or in the ERP", false, ""},
	checkMendedChanged:   {"mended-row-changed", "the row that the line replaces is no longer what it was when it was quarantined", "delete the line, and mend the row in the file of quarantined rows of the latest run", false, ""},
	checkMendedDone:      {"mended-already", "the row that the line replaces can be read in the ledger by now, and would count twice", "delete the line, or the whole file where none of its lines is needed any more", false, ""},
	checkMendedTwice:     {"mended-twice", "several lines replace one row", "keep the right one and delete the others", false, ""},
}
