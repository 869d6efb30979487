package ledger_test

import (
	"encoding/binary"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

var workbooks = flag.Bool("workbooks", false, "make the workbooks of samples/layouts anew")

// A styled is a cell with a number format.
type styled struct {
	value  any
	format string
}

// The formats that Tally writes: the amounts with nothing but their sides, the
// dates as d-mmm-yy.
func cr(v float64) styled    { return styled{v, `""0.00" Cr"`} }
func dr(v float64) styled    { return styled{v, `""0.00" Dr"`} }
func amt(v float64) styled   { return styled{v, `""0.00`} }
func date(serial int) styled { return styled{serial, `d\-mmm\-yy`} }

// A page is one sheet of a workbook that a sample is made of.
type page struct {
	name string
	rows [][]any
}

// made are the samples that are workbooks. Everybody in them is invented. 46296
// is 1 October 2026.
var made = map[string][]page{
	"tally-bills-payable.xlsx": {{"Bills Payable", [][]any{
		{"Vidarbha Agro Mills Pvt Ltd"}, {"12 Wardha Road, Nagpur"}, {"Bills Payable"}, {"1-Apr-26 to 21-Nov-26"}, {},
		{"Date", "Ref. No.", "Party's Name", "Opening Amount", "Pending Amount", "Due on", "Overdue by days"},
		{nil, nil, nil, "Amount", "Amount", nil, nil},
		{date(46296), "VAM/PUR/0118", "Wainganga Seeds LLP", cr(163458), cr(163458), date(46326), 21},
		{date(46304), "26-27/0042", "Amravati Cotton Ginners", cr(147559.02), cr(47559.01999999999), date(46334), 13},
		{date(46310), "AD/17", "Nagpur Weighbridge Works", dr(25000), dr(25000)},
		{date(46318), "TTC/90", "Total Tarpaulins & Covers", cr(8260), cr(8260), date(46348)},
		{nil, nil, nil, cr(294277.02), cr(194277.02)},
	}}},
	"tally-daybook.xlsx": {{"Day Book", [][]any{
		{"Vidarbha Agro Mills Pvt Ltd"}, {"12 Wardha Road, Nagpur"}, {"Day Book"}, {"1-Oct-26 to 31-Oct-26"}, {},
		{"Date", "Particulars", "Vch Type", "Vch No.", "Debit Amount", "Credit Amount"},
		{nil, nil, nil, nil, "Inwards Qty", "Outwards Qty"},
		{date(46296), "Wainganga Seeds LLP", "Purchase", "118_x000D_", nil, amt(163458)},
		{date(46297), "Amravati Cotton Ginners", "Purchase GST", "119", nil, amt(147559.01999999999)},
		{date(46298), "(cancelled)", "Purchase", "120"},
		{date(46300), "Amravati Cotton Ginners", "Payment", "77", amt(100000), nil},
		{date(46301), "Wainganga Seeds LLP", "Debit Note", "DN/4", amt(3458), nil},
		{date(46305), "Yavatmal Traders", "Sales", "902", amt(52000), nil},
		{date(46326), "Depreciation", "Journal", "31", amt(9000), nil},
		{nil, "Total", nil, nil, amt(164458), amt(311017.02)},
	}}},
	"tally-register.xlsx": {{"Purchase Register", [][]any{
		{"Vidarbha Agro Mills Pvt Ltd"}, {"Purchase Register"}, {"1-Oct-26 to 30-Nov-26"}, {},
		{"Date", "Particulars", "Vch Type", "Vch No.", "Debit", "Credit"},
		{nil, nil, nil, nil, "Amount", "Amount"},
		{nil, "OCTOBER MONTH PURCHASE"},
		{date(46296), "Wainganga Seeds LLP", "Purchase", "118", nil, cr(163458)},
		{date(46304), "Amravati Cotton Ginners", "Purchase", "119", nil, cr(147559.02)},
		{nil, "NOVEMBER MONTH PURCHASE"},
		{date(46330), "Wainganga Seeds LLP", "Purchase", "131", nil, cr(70800)},
		{nil, "Grand Total", nil, nil, nil, cr(381817.02)},
	}}},
	"tally-columnar.xlsx": {{"Columnar", [][]any{
		{"Vidarbha Agro Mills Pvt Ltd"}, {"Purchase Register"}, {"1-Oct-26 to 31-Oct-26"}, {},
		{"Voucher Number", "Reference", "Date", "Voucher Type", "Party Name", "GSTIN/UIN", "Quantity", "Taxable Value", "Purchase GST 18%", "Gross Total", "Narration"},
		{"118", "_x0004_WS/26/441", date(46296), "Purchase", "Wainganga Seeds LLP", "", 40, amt(138523.73), amt(24934.27), amt(163458), "Hybrid cotton seed"},
		{"119", "26-27/0042", date(46304), "Purchase", "Amravati Cotton Ginners", "", 12, amt(125050.02), amt(22509), amt(147559.02), "Lint, October"},
		{"DN/4", "", date(46308), "Debit Note", "Wainganga Seeds LLP", "", -1, amt(-2930.51), amt(-527.49), amt(-3458), "Short supply"},
		{"Grand Total", "", nil, "", "", "", nil, amt(260643.24), amt(46915.78), amt(307559.02), ""},
	}}},
	"sap-fbl1n.xlsx": {{"Sheet1", [][]any{
		{"Document Status", "G/L Account", "Account", "Trading partner", "Document Number", "Document Date", "Posting Date", "Reference", "Assignment", "Business place", "Document Type", "Special G/L Ind.", "Net Due Date", "Amount in Doc. Curr.", "Document Currency", "Amount in Local Currency", "Local Currency", "Clearing Document", "Clearing Date", "Text"},
		{`@5B\QOpen@`, "21100000", "0000100023", "", "1900004711", styled{46300, "dd/mm/yyyy"}, styled{46301, "dd/mm/yyyy"}, "000481", "", "0000", "KR", "", styled{46330, "dd/mm/yyyy"}, -177000, "INR", -177000, "INR", "", nil, "October"},
		{`@5B\QOpen@`, "21100000", "0000100023", "", "1900004790", styled{46314, "dd/mm/yyyy"}, styled{46314, "dd/mm/yyyy"}, "VP/26-27/0104", "", "0000", "RE", "", styled{46344, "dd/mm/yyyy"}, -45236.480000000003, "INR", -45236.480000000003, "INR", "", nil, ""},
		{`@5B\QOpen@`, "21100000", "0000100023", "", "1700000088", styled{46316, "dd/mm/yyyy"}, styled{46316, "dd/mm/yyyy"}, "VP/CN/17", "", "0000", "KG", "", nil, 5900, "INR", 5900, "INR", "", nil, "Returned"},
		{`@5B\QOpen@`, "21100000", "0000100031", "", "1500000301", styled{46323, "dd/mm/yyyy"}, styled{46323, "dd/mm/yyyy"}, "", "", "0000", "KZ", "A", nil, 10000, "INR", 10000, "INR", "", nil, "on account"},
		{`@5B\QOpen@`, "21100000", "0000100031", "", "100000712", styled{46326, "dd/mm/yyyy"}, styled{46326, "dd/mm/yyyy"}, "", "", "0000", "SA", "", nil, -1200.5, "INR", -1200.5, "INR", "", nil, "provision"},
		{"", "", "", "", "", nil, nil, "", "", "", "", "", nil, -207536.98, "INR", -207536.98, "INR", "", nil, ""},
	}}},
	"sap-fbl1n-all-items.xlsx": {{"Sheet1", [][]any{
		{"Document Status", "Account", "Document Number", "Document Type", "Document Date", "Reference", "Net Due Date", "Amount in Local Currency", "Local Currency", "Clearing Document", "Clearing Date", "Text"},
		{`@5B\QOpen@`, "0000100023", "1900004911", "KR", styled{46328, "dd/mm/yyyy"}, "VP/26-27/0131", styled{46358, "dd/mm/yyyy"}, -118000, "INR", "", nil, "November"},
		{`@DF\QCleared@`, "0000100023", "1900004650", "RE", styled{46280, "dd/mm/yyyy"}, "VP/26-27/0077", styled{46310, "dd/mm/yyyy"}, -59000, "INR", "1500000277", styled{46310, "dd/mm/yyyy"}, ""},
		{`@DF\QCleared@`, "0000100023", "1500000277", "KZ", styled{46310, "dd/mm/yyyy"}, "", nil, 59000, "INR", "1500000277", styled{46310, "dd/mm/yyyy"}, "payment run"},
		{`@5B\QOpen@`, "0000100023", "1700000091", "KG", styled{46330, "dd/mm/yyyy"}, "VP/CN/21", nil, 11800, "INR", "", nil, "Returned"},
		{`@5B\QOpen@`, "0000100031", "1900004933", "KR", styled{46332, "dd/mm/yyyy"}, "MTC 4501", styled{46347, "dd/mm/yyyy"}, -23600.5, "INR", "", nil, ""},
		{"", "", "", "", nil, "", nil, -129800.5, "INR", "", nil, ""},
	}}},
	"sap-s4-line-items.xlsx": {{"Supplier Line Items", [][]any{
		{"Supplier", "Supplier Name", "Company Code", "Journal Entry", "Journal Entry Type", "Journal Entry Date", "Posting Date", "Reference", "Net Due Date", "Amount (Company Code Currency)", "Company Code Currency", "Clearing Journal Entry"},
		{"100023", "Varada Pumps Ltd", "1000", "1900004711", "KR", styled{46300, "yyyy\\-mm\\-dd"}, styled{46301, "yyyy\\-mm\\-dd"}, "VP/26-27/0091", styled{46330, "yyyy\\-mm\\-dd"}, -177000, "INR", ""},
		{"100023", "Varada Pumps Ltd", "1000", "1700000088", "KG", styled{46316, "yyyy\\-mm\\-dd"}, styled{46316, "yyyy\\-mm\\-dd"}, "VP/CN/17", nil, 5900, "INR", ""},
		{"100031", "Malwa Tool Company", "1000", "1900004802", "RE", styled{46320, "yyyy\\-mm\\-dd"}, styled{46320, "yyyy\\-mm\\-dd"}, "MTC 4418", styled{46350, "yyyy\\-mm\\-dd"}, -23600, "INR", ""},
	}}},
	"odoo-bills.xlsx": {{"Sheet1", [][]any{
		{"Number", "Invoice Partner Display Name", "Invoice/Bill Date", "Due Date", "Reference", "Untaxed Amount Signed", "Total Signed", "Amount Due Signed", "Payment Status", "Invoice lines/Label", "Invoice lines/Subtotal"},
		{"BILL/2026/10/0001", "Satpura Solar Systems", "2026-10-03", "2026-11-02", "SSS/2026/771", -120000, -141600, -41600, "Partially Paid", "Inverter 5 kVA", 80000},
		{nil, nil, nil, nil, nil, nil, nil, nil, nil, "Batteries", 40000},
		{"BILL/2026/10/0002", "Kosi Electricals", "2026-10-12", "2026-11-11", "KE-4410", -50000, -59000, -59000, "Not Paid", "Cables", 50000},
		{"RBILL/2026/10/0001", "Kosi Electricals", "2026-10-20", "2026-10-20", "KE-CN-12", 5000, 5900, 5900, "Not Paid", "Cables", 5000},
	}}},
	"business-central.xlsx": {{"Vendor Ledger Entries", [][]any{
		{"Posting Date", "Document Type", "Document No.", "External Document No.", "Vendor No.", "Vendor Name", "Currency Code", "Original Amount", "Remaining Amount", "Remaining Amt. (LCY)", "Due Date", "On Hold"},
		{styled{46300, "dd-mm-yyyy"}, "Invoice", "PPI-10411", "CDC/26/88", "V00010", "Chilika Dairy Co-op", "", -82600, -82600, -82600, styled{46330, "dd-mm-yyyy"}, ""},
		{styled{46312, "dd-mm-yyyy"}, "Invoice", "PPI-10422", "RLI-1190", "V00017", "Rushikulya Labels India", "", -35400, -15400, -15400, styled{46342, "dd-mm-yyyy"}, "ABC"},
		{styled{46315, "dd-mm-yyyy"}, "Credit Memo", "PPCM-1007", "RLI-CN-4", "V00017", "Rushikulya Labels India", "", 2360, 2360, 2360, styled{46315, "dd-mm-yyyy"}, ""},
		{styled{46318, "dd-mm-yyyy"}, "Payment", "BPV-0311", "", "V00010", "Chilika Dairy Co-op", "", 20000, 20000, 20000, styled{46318, "dd-mm-yyyy"}, ""},
		{styled{46320, "dd-mm-yyyy"}, "Invoice", "PPI-10430", "EU-5521", "V00044", "Bremen Filling Machines GmbH", "EUR", -1900, -1900, -171000, styled{46350, "dd-mm-yyyy"}, ""},
	}}},
	"quickbooks-desktop-aging.xlsx": {
		{"QuickBooks Desktop Export Tips", [][]any{
			{nil, "QuickBooks Desktop Export Tips"}, {}, {nil, "Did you know you can refresh this worksheet?"}, {nil, "Type, Date, Num and Name are columns of the report."},
		}},
		{"Sheet1", [][]any{
			{nil, nil, "Type", nil, "Date", nil, "Num", nil, "Name", nil, "Due Date", nil, "Aging", nil, "Open Balance"},
			{"Current"},
			{nil, nil, "Bill", nil, styled{46330, "dd/mm/yyyy"}, nil, "BB-118", nil, "Bhagirathi Books", nil, styled{46360, "dd/mm/yyyy"}, nil, nil, nil, 11800},
			{nil, nil, "Credit", nil, styled{46332, "dd/mm/yyyy"}, nil, "BB-CR-2", nil, "Bhagirathi Books", nil, nil, nil, nil, nil, -1180},
			{"Total Current", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, 10620},
			{"1 - 30"},
			{nil, nil, "Bill", nil, styled{46296, "dd/mm/yyyy"}, nil, "GP/331", nil, "Ganga Printers", nil, styled{46326, "dd/mm/yyyy"}, nil, 21, nil, 29500},
			{nil, nil, "Bill Pmt -Check", nil, styled{46310, "dd/mm/yyyy"}, nil, "2207", nil, "Ganga Printers", nil, nil, nil, nil, nil, -5000},
			{nil, nil, "General Journal", nil, styled{46326, "dd/mm/yyyy"}, nil, "GJ-7", nil, "Ganga Printers", nil, nil, nil, nil, nil, 700.5},
			{"Total 1 - 30", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, 25200.5},
			{"TOTAL", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, 35820.5},
		}},
	},
}

// sapTabs is the sample of what SAP calls a spreadsheet: UTF-16LE with a mark at
// its head, and tabs.
const sapTabs = `Account	Document Number	Reference	Document Type	Document Date	Net Due Date	Amount in Local Currency	Local Currency	Payment Block
0000100023	1900004711	VP/26-27/0091	KR	05.10.2026	04.11.2026	1.77.000,00-	INR	
0000100023	1900004790	VP/26-27/0104	RE	19.10.2026	18.11.2026	59.000,50-	INR	A
0000100023	1700000088	VP/CN/17	KG	21.10.2026		5.900,00	INR	
`

// TestMakeWorkbooks makes the samples that nobody can write by hand, when asked.
func TestMakeWorkbooks(t *testing.T) {
	if !*workbooks {
		return
	}
	folder := filepath.Join("..", "..", "samples", "layouts")
	for name, pages := range made {
		if err := makeWorkbook(pages).SaveAs(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	wide := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(strings.ReplaceAll(sapTabs, "\n", "\r\n"))) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	if err := os.WriteFile(filepath.Join(folder, "sap-fbl1n-tabs.txt"), wide, 0o600); err != nil {
		t.Fatal(err)
	}
}

// makeWorkbook makes a workbook of pages. It panics on none of ours.
func makeWorkbook(pages []page) *excelize.File {
	book := excelize.NewFile()
	styles := make(map[string]int)
	must := func(err error) {
		if err != nil {
			panic(err) // unreachable: the pages are ours
		}
	}
	for i, p := range pages {
		if i == 0 {
			must(book.SetSheetName("Sheet1", p.name))
		} else {
			_, err := book.NewSheet(p.name)
			must(err)
		}
		for y, row := range p.rows {
			for x, v := range row {
				cell, err := excelize.CoordinatesToCellName(x+1, y+1)
				must(err)
				if s, ok := v.(styled); ok {
					if _, made := styles[s.format]; !made {
						styles[s.format], err = book.NewStyle(&excelize.Style{CustomNumFmt: &s.format})
						must(err)
					}
					must(book.SetCellStyle(p.name, cell, cell, styles[s.format]))
					v = s.value
				}
				if v != nil {
					must(book.SetCellValue(p.name, cell, v))
				}
			}
		}
	}
	return book
}
