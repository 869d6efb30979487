package ledger_test

import (
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

// TestClearedItems holds that what SAP has cleared is not open: lists of line
// items hold both when they are run for all items.
func TestClearedItems(t *testing.T) {
	head := []any{"Account", "Document Number", "Reference", "Document Type", "Document Date", "Net Due Date", "Amount in Local Currency", "Local Currency", "Clearing Document", "Clearing Date"}
	rows := [][]any{
		head,
		{"0000100023", "1900004711", "VP/91", "KR", "05.10.2026", "04.11.2026", -177000, "INR", "", ""},
		{"0000100023", "1900004712", "VP/92", "KR", "05.10.2026", "04.11.2026", -59000, "INR", "1500000311", "06.11.2026"},
		{"0000100023", "1900004713", "VP/93", "KR", "05.10.2026", "04.11.2026", -1180, "INR", "", styled{46330, "dd-mm-yyyy"}},
		{"0000100023", "1900004714", "VP/94", "KR", "05.10.2026", "04.11.2026", -2360, "INR", 1500000312, ""},
		{"0000100023", "1500000311", "", "ZP", "06.11.2026", "", 59000, "INR", "1500000311", "06.11.2026"},
		{"0000100023", "1900004715", "VP/95", "KR", "05.10.2026", "04.11.2026", -4720, "INR", "0", "00.00.0000"},
		{"0000100023", "1900004716", "VP/96", "KR", "05.10.2026", "04.11.2026", -1, "INR", "#N/A", ""},
	}
	for _, c := range []struct {
		name, preset, content, want, skipped, due string
	}{
		{"fbl1n.xlsx", "", string(workbook(t, page{"Sheet1", rows})), "invoice VP/91 177000.00; invoice VP/95 4720.00", "cleared 4", "-185261.00 -181720.00 -3540.00 -1.00"},
		{"list.txt", "sap-text", "Account\tDocumentNo\tReference\tType\tDoc. Date\tNet due dt\tAmt in loc.cur.\tLCurr\tClrng doc.\tClearing\n" +
			"100023\t1900004711\tVP/91\tKR\t05.10.2026\t04.11.2026\t177000.00-\tINR\t\t\n" +
			"100023\t1900004712\tVP/92\tKR\t05.10.2026\t04.11.2026\t59000.00-\tINR\t1500000311\t06.11.2026\n", "invoice VP/91 177000.00", "cleared 1", "-236000.00 -177000.00 -59000.00 0.00"},
		{"s4.csv", "sap-s4-line-items", "Supplier,Supplier Name,Journal Entry,Journal Entry Type,Journal Entry Date,Reference,Net Due Date,Amount (Company Code Currency),Company Code Currency,Clearing Journal Entry\n" +
			"100023,Vindhya,1900004711,KR,2026-10-05,VP/91,2026-11-04,-177000.00,INR,\n" +
			"100023,Vindhya,1900004712,KR,2026-10-05,VP/92,2026-11-04,-59000.00,INR,1500000311\n", "invoice VP/91 177000.00", "cleared 1", "-236000.00 -177000.00 -59000.00 0.00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := mustRead(t, c.name, []byte(c.content), ledger.Options{Preset: c.preset})
			if got := short(book); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			report := tell(book)
			if !strings.Contains(report, c.skipped+"\n") {
				t.Errorf("got %s, want it to count %s", report, c.skipped)
			}
			for _, total := range book.Inputs[0].Columns {
				if got := total.Read.String() + " " + total.Accepted.String() + " " + total.Skipped.String() + " " + total.Quarantined.String(); got != c.due {
					t.Errorf("%s: got %s, want %s", total.Column, got, c.due)
				}
			}
		})
	}
}

// TestEmptyDueIsNotTheWholeBill holds that a bill of which the outstanding
// amount was lost is not paid in full: 1,18,000 where 1,00,000 is open.
func TestEmptyDueIsNotTheWholeBill(t *testing.T) {
	const head = "Posting Date,Party,Supplier Name,Voucher Type,Voucher No,Due Date,Bill No,Invoiced Amount,Paid Amount,Debit Note,Outstanding Amount,Currency\n"
	const lost = "05-10-2026,S1,Godavari,Purchase Invoice,P-1,04-11-2026,GE/1,118000.00,18000.00,0.00,,INR\n"
	const other = "06-10-2026,S1,Godavari,Purchase Invoice,P-2,05-11-2026,GE/2,100.00,40.00,10.00,50.00,INR\n" +
		"07-10-2026,S1,Godavari,Payment Entry,P-3,,,,25.00,,-25.00,INR\n"
	book := mustRead(t, "ap.csv", []byte(head+lost+other), ledger.Options{})
	expect(t, book, "invoice GE/2 100.00 due 50.00; advance P-3 25.00", "quarantined 1")
	if p := book.Problems[0]; p.Check != "due-missing" || p.Column != "Outstanding Amount" || p.Remedy == "" || p.Pos.Row != 2 || p.Pos.Col != 11 {
		t.Errorf("got %s, want the empty cell named", p)
	}
	if it := book.Items[0]; it.Paid != 40_00 || it.Adjustment != 10_00 || it.Gap != 0 {
		t.Errorf("got paid %s, adjustment %s, gap %s; want 40.00, 10.00 and none", it.Paid, it.Adjustment, it.Gap)
	}
	if it := book.Items[1]; it.Paid != 0 || it.Due != 25_00 {
		t.Errorf("got an advance of paid %s, due %s; want what stands open", it.Paid, it.Due)
	}
	// A file in which no row says what is open has no such column but in name.
	book = mustRead(t, "ap.csv", []byte(head+lost), ledger.Options{})
	expect(t, book, "invoice GE/1 118000.00 due 100000.00", "")
}

// TestRoundedReferenceIsShown holds that the note of destroyed references shows
// one that stands in the file.
func TestRoundedReferenceIsShown(t *testing.T) {
	book := mustRead(t, "a.csv", []byte("supplier_code,supplier_invoice_number,invoice_amount,utr\n"+
		"V1,A1,118.00,AXISN52026100500012345\nV1,A2,118.00,7.77E+13\nV1,A3,118.00,8.88E+13\n"), ledger.Options{})
	if !noted(book, "such as 7.77E+13;") {
		t.Errorf("got notes %q, want the first of the references", book.Inputs[0].Notes)
	}
}

// TestDamagedBillsAreNotMerged holds that two bills of one vendor, date and
// total are not taken for the lines of one when a spreadsheet has damaged both
// of the numbers that tell them apart.
func TestDamagedBillsAreNotMerged(t *testing.T) {
	const head = "Bill Date,Bill ID,Bill Number,Vendor Name,Due Date,Item Name,Total,Balance\n"
	const tail = "Ganga Traders,31-10-2026,"
	for _, c := range []struct{ name, rows, want, counts string }{
		{"both damaged", "01-10-2026,3.67E+17,6.55E+14," + tail + "Rope,1000.00,1000.00\n01-10-2026,3.67E+17,6.55E+14," + tail + "Twine,1000.00,1000.00\n", "", "quarantined 2"},
		{"no id", "01-10-2026,,6.55E+14," + tail + "Rope,1000.00,1000.00\n01-10-2026,,6.55E+14," + tail + "Twine,1000.00,1000.00\n", "", "quarantined 2"},
		{"id whole", "01-10-2026,460000000711001,6.55E+14," + tail + "Rope,1000.00,1000.00\n01-10-2026,460000000711001,6.55E+14," + tail + "Twine,1000.00,1000.00\n", "invoice 6.55E+14 1000.00", "line item 1"},
		{"number whole", "01-10-2026,3.67E+17,G/5," + tail + "Rope,1000.00,1000.00\n01-10-2026,3.67E+17,G/5," + tail + "Twine,1000.00,1000.00\n", "invoice G/5 1000.00", "line item 1"},
		{"alone", "01-10-2026,3.67E+17,6.55E+14," + tail + "Rope,1000.00,1000.00\n", "invoice 6.55E+14 1000.00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := mustRead(t, "Bill.csv", []byte(head+c.rows), ledger.Options{})
			expect(t, book, c.want, c.counts)
			for _, p := range book.Problems {
				if p.Check != "lines-unclear" {
					t.Errorf("got %s, want lines-unclear", p)
				}
			}
		})
	}
}
