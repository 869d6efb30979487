package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A variant is an export as another setting of its system would write it.
type variant struct {
	name, text, preset string
	columns            map[string]string
	owed               Side
	items              []string // "Ganga G/1 invoice 118.00 of which 59.00 due"
	quarantined        int
	notes              []string // parts of them
	not                []string // parts of what no note says
	refused            string   // the check; the items do not matter then
}

// told are the items of a book in a few words.
func told(book *Book) []string {
	var all []string
	for i := range book.Items {
		it := &book.Items[i]
		who := it.Supplier.Name
		if who == "" {
			who = it.Supplier.Code
		}
		s := fmt.Sprintf("%s %s %s %s", who, it.Number, it.Type, it.Gross)
		if it.Due != it.Gross {
			s += fmt.Sprintf(" of which %s due", it.Due)
		}
		if it.Currency != "INR" {
			s += " " + it.Currency
		}
		if it.Hold != "" {
			s += " held"
		}
		if it.Repeated {
			s += " repeated"
		}
		all = append(all, s)
	}
	return all
}

func testVariants(t *testing.T, variants []variant) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			book, err := read(t, v.text, Options{Preset: v.preset, Columns: v.columns, Owed: v.owed})
			if v.refused != "" {
				if err == nil || !strings.Contains(err.Error(), "["+v.refused+"]") {
					t.Fatalf("got %v, want a refusal [%s]", err, v.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.items, told(book)); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
			in := book.Inputs[0]
			if in.Quarantined != v.quarantined {
				t.Errorf("%d rows are quarantined, want %d: %v", in.Quarantined, v.quarantined, book.Problems)
			}
			said := func(part string) bool {
				return slices.ContainsFunc(in.Notes, func(n string) bool { return strings.Contains(n, part) })
			}
			for _, part := range v.notes {
				if !said(part) {
					t.Errorf("no note says %q: %q", part, in.Notes)
				}
			}
			for _, part := range v.not {
				if said(part) {
					t.Errorf("a note says %q: %q", part, in.Notes)
				}
			}
		})
	}
}

func TestTallyVariants(t *testing.T) {
	const heading = "Acme,,,,,\nBills Payable,,,,,\n,,,,,\nDate,Ref. No.,Party's Name,Opening Amount,Pending Amount,Due on\n"
	testVariants(t, []variant{
		{name: "suppliers stand above their bills with their sums", text: heading +
			",,Ganga Traders,200.00 Cr,150.00 Cr,\n1-Oct-26,G/1,,118.00 Cr,68.00 Cr,31-Oct-26\n4-Oct-26,G/2,,82.00 Cr,82.00 Cr,3-Nov-26\n" +
			",,Yamuna Works,59.00 Cr,59.00 Cr,\n1-Oct-26,Y/1,,59.00 Cr,59.00 Cr,31-Oct-26\n" +
			",,Kaveri Mills,10.00 Dr,10.00 Dr,\n2-Oct-26,K/1,,10.00 Dr,10.00 Dr,\n" +
			",,Grand Total,249.00 Cr,199.00 Cr,\n",
			items: []string{"Ganga Traders G/1 invoice 118.00 of which 68.00 due", "Ganga Traders G/2 invoice 82.00",
				"Yamuna Works Y/1 invoice 59.00", "Kaveri Mills K/1 credit_note 10.00"},
			notes: []string{"-249.00 of Opening Amount, -199.00 of Pending Amount, is the sum of the rows above"}, not: []string{"is not the sum"}},
		{name: "the sum of a supplier is not that of its bills", text: heading +
			",,Ganga Traders,200.00 Cr,200.00 Cr,\n1-Oct-26,G/1,,118.00 Cr,118.00 Cr,31-Oct-26\n" +
			",,Yamuna Works,59.00 Cr,59.00 Cr,\n1-Oct-26,Y/1,,59.00 Cr,59.00 Cr,31-Oct-26\n,,Grand Total,259.00 Cr,259.00 Cr,\n",
			items: []string{"Ganga Traders G/1 invoice 118.00", "Yamuna Works Y/1 invoice 59.00"},
			notes: []string{"the sum of a supplier in row 5, -200.00 of Pending Amount, is not the sum of the rows below it, which is -118.00",
				"the total in row 9, -259.00 of Pending Amount, is not the sum of the rows above, which is -177.00"}},
		{name: "the name above and on each bill", text: heading +
			",,Ganga Traders,118.00 Cr,118.00 Cr,\n1-Oct-26,G/1,Ganga Traders,118.00 Cr,118.00 Cr,31-Oct-26\n",
			items: []string{"Ganga Traders G/1 invoice 118.00"}},
		{name: "a bill without its number is no group", text: heading +
			"1-Oct-26,,Ganga Traders,118.00 Cr,118.00 Cr,31-Oct-26\n1-Oct-26,Y/1,Yamuna Works,59.00 Cr,59.00 Cr,31-Oct-26\n",
			items: []string{"Yamuna Works Y/1 invoice 59.00"}, quarantined: 1},
		{name: "a bill without a name belongs to nobody", text: heading +
			"1-Oct-26,G/1,Ganga Traders,118.00 Cr,118.00 Cr,31-Oct-26\n1-Oct-26,Y/1,,59.00 Cr,59.00 Cr,31-Oct-26\n",
			items: []string{"Ganga Traders G/1 invoice 118.00"}, quarantined: 1},
		{name: "a total that is an amount alone", text: heading +
			"1-Oct-26,G/1,Ganga Traders,118.00 Cr,118.00 Cr,31-Oct-26\n1-Oct-26,Y/1,Yamuna Works,59.00 Cr,59.00 Cr,31-Oct-26\n,,,,177.00 Cr,\n",
			items: []string{"Ganga Traders G/1 invoice 118.00", "Yamuna Works Y/1 invoice 59.00"},
			notes: []string{"the total in row 7, -177.00 of Pending Amount, is the sum"}},
		{name: "an amount alone that is no sum is not passed over", text: heading +
			"1-Oct-26,G/1,Ganga Traders,118.00 Cr,118.00 Cr,31-Oct-26\n,,,,500.00 Cr,\n",
			items: []string{"Ganga Traders G/1 invoice 118.00"}, quarantined: 1},
	})
}

func TestSAPVariants(t *testing.T) {
	const heading = "Account,Vendor Name,Document Number,Document Type,Document Date,Reference,Net Due Date,Amount in Local Currency,Local Currency\n"
	const ganga = "0000100023,Ganga,1900004711,KR,05.10.2026,G/1,04.11.2026,-118.00,INR\n0000100023,Ganga,1700000088,KG,21.10.2026,G/CN,,18.00,INR\n"
	const yamuna = "0000100031,Yamuna,1900004802,RE,25.10.2026,Y/1,24.11.2026,-59.50,INR\n"
	items := []string{"Ganga G/1 invoice 118.00", "Ganga G/CN credit_note 18.00", "Yamuna Y/1 invoice 59.50"}
	testVariants(t, []variant{
		{name: "a sum for each account", text: heading + ganga + "0000100023,,,,,,,-100.00,INR\n" + yamuna + "0000100031,,,,,,,-59.50,INR\n,,,,,,,-159.50,INR\n",
			items: items, notes: []string{"-159.50 of Amount in Local Currency, is the sum of the rows above"}, not: []string{"is not the sum"}},
		{name: "a sum with the name too", text: heading + ganga + "0000100023,Ganga,,,,,,-100.00,INR\n" + yamuna + "0000100031,Yamuna,,,,,,-59.50,INR\n", items: items},
		{name: "a sum with asterisks before the account", text: heading + ganga + "*  0000100023,,,,,,,-100.00,INR\n" + yamuna + "*  0000100031,,,,,,,-59.50,INR\n**,,,,,,,-159.50,INR\n", items: items},
		{name: "a sum with asterisks that is wrong", text: heading + ganga + "*  0000100023,,,,,,,-999.00,INR\n" + yamuna + "** Total,,,,,,,-159.50,INR\n",
			items: items, notes: []string{"-999.00 of Amount in Local Currency, is not the sum of the rows since the last total", "-159.50 of Amount in Local Currency, is the sum of the rows above"}},
		{name: "an account with an amount that is no sum", text: heading + ganga + "0000100023,,,,,,,-77.00,INR\n" + yamuna, items: items, quarantined: 1},
		{name: "the title and the heading once more on every page", text: "Vendor line items\n\n" + heading + ganga + "\nVendor line items\n\n" + heading + yamuna, items: items},
		{name: "a total without a side in a file with sides", text: strings.Replace(heading, "Local Currency\n", "Local Currency,Debit/Credit Indicator\n", 1) +
			"100023,Ganga,1,KR,05.10.2026,G/1,04.11.2026,118.00,INR,H\n100023,Ganga,2,KG,05.10.2026,G/CN,,18.00,INR,S\n,,,,,,,100.00,INR,\n",
			items: items[:2]},
	})
}

func TestCanonicalVariants(t *testing.T) {
	const heading = "supplier_name,supplier_invoice_number,document_type,invoice_date,invoice_amount,due_amount\n"
	const rows = "Ganga,G/1,,01/10/2026,118.00,118.00\nGanga,G/2,credit note,02/10/2026,18.00,18.00\n"
	items := []string{"Ganga G/1 invoice 118.00", "Ganga G/2 credit_note 18.00"}
	testVariants(t, []variant{
		{name: "a total with the credits added", text: heading + rows + "Total,,,,136.00,136.00\n", items: items, not: []string{"is not the sum"}},
		{name: "a total with the credits taken off", text: heading + rows + "Total,,,,100.00,100.00\n", items: items, not: []string{"is not the sum"}},
		{name: "a total that is wrong", text: heading + rows + "Grand Total,,,,136.00,999.00\n", items: items,
			notes: []string{"the total in row 4, 999.00 of due_amount, is not the sum of the rows above, which is 136.00, or 100.00 with credits taken off"},
			not:   []string{"of invoice_amount"}},
		{name: "a total above its rows", text: heading + "Total,,,,136.00,136.00\n" + rows, items: items, not: []string{"is not the sum"}},
		{name: "two totals of sections", text: heading + rows + "Total,,,,136.00,136.00\nYamuna,Y/1,,01/10/2026,5.00,5.00\nTotal,,,,5.00,5.00\nGrand Total,,,,141.00,141.00\n",
			items: append(slices.Clone(items), "Yamuna Y/1 invoice 5.00"), not: []string{"is not the sum"}},
		{name: "sides instead of signs", text: heading + "Ganga,G/1,,01/10/2026,118.00 Cr,118.00 Cr\nGanga,A/1,,02/10/2026,18.00 Dr,18.00 Dr\nGanga,G/3,,03/10/2026,50.00,50.00\n",
			items: []string{"Ganga G/1 invoice 118.00", "Ganga A/1 credit_note 18.00"}, quarantined: 1, notes: []string{"amounts say Dr or Cr: an amount with Cr is owed"}},
	})
}

// TestNamedColumns: SAP in German is no layout of ours. Whoever names its columns
// must not come to pay what its suppliers owe.
func TestNamedColumns(t *testing.T) {
	const text = "Konto,Name 1,Belegnummer,Belegart,Belegdatum,Referenz,Nettofälligkeit,Betrag in Hauswährung,Hauswährung\n" +
		"100023,Ganga,1900004711,KR,05.10.2026,G/1,04.11.2026,-118.00,INR\n100023,Ganga,1900004712,KR,06.10.2026,G/2,05.11.2026,-59.00,INR\n" +
		"100023,Ganga,1700000088,KG,21.10.2026,G/CN,21.10.2026,18.00,INR\n"
	named := map[string]string{"supplier_name": "Name 1", "supplier_invoice_number": "Referenz", "due_amount": "Betrag in Hauswährung", "due_date": "Nettofälligkeit"}
	testVariants(t, []variant{
		{name: "as they are written", text: text, columns: named, refused: "signs-disagree"},
		{name: "negative is owed", text: text, columns: named, owed: OwedIsNegative,
			items: []string{"Ganga G/1 invoice 118.00", "Ganga G/2 invoice 59.00", "Ganga G/CN credit_note 18.00"}},
		{name: "negative is owed, they say, of a file where positive is", text: strings.ReplaceAll(strings.ReplaceAll(text, ",-", ","), ",18.00", ",-18.00"),
			columns: named, owed: OwedIsNegative, refused: "signs-disagree"},
	})
}

func TestSectionVariants(t *testing.T) {
	const quickbooks = ",Type,,Date,,Num,,Due Date,,Aging,,Open Balance\n"
	const oracle = "Supplier Name,Invoice Number,Invoice Type,Invoice Date,Due Date,Currency,Original Amount,Amount Remaining\n"
	const netsuite = "Date,Transaction Type,Document Number,P.O. No.,Due Date,Age,Open Balance\n"
	testVariants(t, []variant{
		{name: "QuickBooks by vendor", text: quickbooks + "Ganga Books,,,,,,,,,,,\n,Bill,,05/10/2026,,G/1,,04/11/2026,,17,,118.00\n,Credit,,06/10/2026,,G/CN,,,,,,-18.00\n" +
			"Total Ganga Books,,,,,,,,,,,100.00\nTotal Care Ltd,,,,,,,,,,,\n,Bill,,05/10/2026,,C/1,,04/11/2026,,17,,59.00\nTotal Total Care Ltd,,,,,,,,,,,59.00\nTOTAL,,,,,,,,,,,159.00\n",
			items: []string{"Ganga Books G/1 invoice 118.00", "Ganga Books G/CN credit_note 18.00", "Total Care Ltd C/1 invoice 59.00"}, not: []string{"is not the sum"}},
		{name: "QuickBooks by age, without a vendor", text: quickbooks + "1 - 30,,,,,,,,,,,\n,Bill,,05/10/2026,,G/1,,04/11/2026,,17,,118.00\n> 90,,,,,,,,,,,\n,Bill,,05/10/2026,,G/2,,04/11/2026,,17,,118.00\n",
			quarantined: 2},
		{name: "QuickBooks Online by vendor", preset: "quickbooks-online", text: "Acme\nUnpaid Bills\n\nDate,Transaction type,Num,Due date,Past due,Amount,Open balance\nGanga Books,,,,,,\n02/10/2026,Bill,G/1,01/11/2026,20,118.00,59.00\nTotal for Ganga Books,,,,,118.00,59.00\n",
			items: []string{"Ganga Books G/1 invoice 118.00 of which 59.00 due"}},
		{name: "Oracle, pages", text: "Acme Ltd\nInvoice Register\n" + oracle + "Ganga,G/1,Standard,05-OCT-26,04-NOV-26,INR,100.00,100.00\n,G/2,Standard,05-OCT-26,04-NOV-26,INR,50.00,50.00\n\nAcme Ltd\nInvoice Register\nPage 2 of 2\n" + oracle +
			",G/3,Standard,05-OCT-26,04-NOV-26,INR,7.00,7.00\nTotal for Supplier Name,,,,,,157.00,157.00\nAcme Ltd\n,Y/1,Standard,05-OCT-26,04-NOV-26,INR,9.00,9.00\n",
			items: []string{"Ganga G/1 invoice 100.00", "Ganga G/2 invoice 50.00", "Ganga G/3 invoice 7.00"}, quarantined: 1},
		{name: "NetSuite with a column for the vendor", text: "Vendor," + netsuite + "Ganga,05/10/2026,Bill,G/1,PO-1,04/11/2026,17,₹118.00\n",
			items: []string{"Ganga G/1 invoice 118.00"}},
		{name: "NetSuite, a supplier that begins as a page does", text: netsuite + "Page Industries Ltd,,,,,,\n05/10/2026,Bill,P/1,PO-1,04/11/2026,17,(₹118.00)\n05/10/2026,Bill,P/2,,04/11/2026,17,₹500.00\nTotal - Page Industries Ltd,,,,,,₹382.00\n",
			items: []string{"Page Industries Ltd P/1 credit_note 118.00", "Page Industries Ltd P/2 invoice 500.00"}, not: []string{"is not the sum"}},
	})
}

func TestZohoVariants(t *testing.T) {
	const bills = "Bill Date,Bill ID,Bill Number,Bill Status,Vendor Name,Due Date,Currency Code,Item Name,Item Total,Total,Balance\n"
	testVariants(t, []variant{
		{name: "what nobody has approved", text: bills + "04-09-2026,1,G/1,Pending Approval,Ganga,04-10-2026,INR,A,100.00,118.00,118.00\n04-09-2026,2,G/2,Open,Ganga,04-10-2026,INR,A,100.00,118.00,59.00\n",
			items: []string{"Ganga G/2 invoice 118.00 of which 59.00 due"}},
		{name: "vendor credits are no bills", text: "Vendor Credit Date,Vendor Credit ID,Vendor Credit Number,Vendor Credit Status,Vendor Name,Currency Code,Item Name,Item Total,Total,Balance\n04-09-2026,1,VC-1,Open,Ganga,INR,A,100.00,118.00,118.00\n",
			refused: "column-missing"},
	})
	in := inspect(t, "credits.csv", "Vendor Credit Date,Vendor Credit ID,Vendor Credit Number,Vendor Credit Status,Vendor Name,Currency Code,Item Name,Item Total,Total,Balance\n04-09-2026,1,VC-1,Open,Ganga,INR,A,100.00,118.00,118.00\n", Options{})
	if strings.Contains(in.Paste, `supplier_invoice_number: "Vendor Credit`) {
		t.Errorf("inspect would have credits read as bills:\n%s", in.Paste)
	}
}

// TestScale: a report in lakhs is none that anything may be paid by.
func TestScale(t *testing.T) {
	const heading = "supplier_name,supplier_invoice_number,invoice_amount,Credit limit (in lakhs)\n"
	const row = "Ganga,G/1,118.00,5\n"
	read := []string{"Ganga G/1 invoice 118.00"}
	testVariants(t, []variant{
		{name: "in a title", text: "Acme Ltd\n(Rs. in Lakhs)\n" + heading + row, refused: "ledger-unreadable"},
		{name: "thousands", text: "Acme Ltd\nAll figures in INR thousands\n" + heading + row, refused: "ledger-unreadable"},
		{name: "zeros", text: "Acme Ltd,₹ in '000\n" + heading + row, refused: "ledger-unreadable"},
		{name: "crores", text: "Amounts in ₹ Crores\n" + heading + row, refused: "ledger-unreadable"},
		{name: "in the heading of an amount", text: "supplier_name,supplier_invoice_number,Value (₹ lakhs)\n" + row[:len(row)-3] + "\n",
			columns: map[string]string{"invoice_amount": "Value (₹ lakhs)"}, refused: "ledger-unreadable"},
		{name: "of another column", text: heading + row, items: read},
		{name: "names", text: "Lakhani Footwear Ltd\nThousand Lights, Chennai 600006\nCrore Chambers in 2026\n" + heading + row, items: read},
	})
}

// TestSplitBeforeTheLast: amounts with commas and without quotes make rows too wide
// wherever they stand, and the last cells are no columns without a name.
func TestSplitBeforeTheLast(t *testing.T) {
	var split, unnamed strings.Builder
	split.WriteString("supplier_name,supplier_invoice_number,invoice_amount,remarks\n")
	unnamed.WriteString("supplier_name,supplier_invoice_number,invoice_amount,remarks\n")
	for i := range 20 {
		fmt.Fprintf(&split, "Ganga,G/%d,1,%d.00,October\n", i, 100+i)
		fmt.Fprintf(&unnamed, "Ganga,G/%d,%d.00,October,x\n", i, 100+i)
	}
	book, err := read(t, split.String(), Options{})
	if err != nil || len(book.Items) > 0 || book.Inputs[0].Quarantined != 20 {
		t.Errorf("split amounts: got %v and %+v, want all 20 rows quarantined", err, book.Inputs)
	}
	book, err = read(t, unnamed.String(), Options{})
	if err != nil || len(book.Items) != 20 || book.Items[0].Gross != 100_00 {
		t.Errorf("columns without a name: got %v and %+v, want 20 items", err, book.Inputs)
	}
}
