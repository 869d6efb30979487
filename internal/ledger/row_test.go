package ledger

import (
	"context"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/party"
	"reconcile/internal/table"
)

// one reads a single row, given as heading=value pairs joined to a row that
// would be accepted.
func one(t *testing.T, o Options, pairs ...string) *Book {
	t.Helper()
	row := map[string]string{"supplier_code": "V1", "supplier_invoice_number": "INV-1", "invoice_amount": "1180.00"}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		row[name] = value
	}
	var head, cells []string
	for _, name := range columnNames {
		if value, ok := row[name]; ok {
			head = append(head, name)
			cells = append(cells, `"`+value+`"`)
		}
	}
	book, err := read(t, strings.Join(head, ",")+"\n"+strings.Join(cells, ",")+"\n", o)
	if err != nil {
		t.Fatalf("%v: %v", pairs, err)
	}
	return book
}

// TestQuarantine provokes every check of a row.
func TestQuarantine(t *testing.T) {
	two := Options{Buyers: []party.Buyer{buyer, {B2BID: "BUYER0002", GSTIN: "29AAGCB7383J1Z4"}}}
	provoked := map[string]bool{"row-unreadable": true, "row-too-wide": true, "cell-error": true, "cell-not-calculated": true, "side-missing": true, "sign-disagrees": true, "lines-disagree": true, "cell-masked": true, "due-missing": true, "lines-unclear": true,
		"mended-row-unknown": true, "mended-row-changed": true, "mended-already": true, "mended-twice": true} // other tests
	for _, c := range []struct {
		pairs []string
		o     Options
		want  []string
		says  string
	}{
		{[]string{"supplier_invoice_number="}, Options{}, []string{"invoice-number-missing"}, ""},
		{[]string{"supplier_code="}, Options{}, []string{"supplier-missing"}, ""},
		{nil, two, []string{"buyer-missing"}, ""},
		{[]string{"buyer_b2b_id=BUYER0003"}, two, []string{"buyer-unknown"}, "BUYER0003"},
		{[]string{"buyer_gstin=27AAPFU0939F1ZW"}, two, []string{"buyer-unknown"}, ""},
		{[]string{"buyer_b2b_id=BUYER0002", "buyer_gstin=27AAPFU0939F1ZV"}, two, []string{"buyer-disagrees"}, ""},
		{[]string{"buyer_b2b_id=buyer0001"}, Options{}, []string{"buyer-unknown"}, ""},
		{[]string{"document_type=receipt"}, Options{}, []string{"document-type-unknown"}, "credit_note"},
		{[]string{"due_date=31/02/2026"}, Options{}, []string{"date-unreadable"}, "31/02/2026"},
		{[]string{"due_date=soon"}, Options{}, []string{"date-unreadable"}, ""},
		{[]string{"due_date=01/01/1989"}, Options{}, []string{"date-out-of-range"}, ""},
		{[]string{"acceptance_date=01/01/2101"}, Options{}, []string{"date-out-of-range"}, ""},
		{[]string{"invoice_amount=N/A"}, Options{}, []string{"amount-unreadable"}, ""},
		{[]string{"invoice_amount=#N/A"}, Options{}, []string{"amount-unreadable"}, ""},
		{[]string{"invoice_amount=1.18E+05"}, Options{}, []string{"amount-unreadable"}, ""},
		{[]string{"invoice_amount=0.005", "due_amount=1.5"}, Options{}, []string{"amount-too-fine"}, ""},
		{[]string{"invoice_amount=99999999999999"}, Options{}, []string{"amount-too-large"}, ""},
		{[]string{"invoice_amount=", "tds_amount=5"}, Options{}, []string{"amount-missing"}, ""},
		{[]string{"tds_amount=-5"}, Options{}, []string{"amount-negative"}, ""},
		{[]string{"taxable_amount=x"}, Options{}, []string{"amount-unreadable"}, ""},
		{[]string{"object_version=-1"}, Options{}, []string{"object-version-unreadable"}, ""},
		{[]string{"object_version=1.5"}, Options{}, []string{"object-version-unreadable"}, ""},
		{[]string{"account_number=1.23457E+11"}, Options{}, []string{"account-unreadable"}, "****"},
		{[]string{"msme=tiny"}, Options{}, []string{"msme-unknown"}, "micro"},
		{[]string{"due_date=x", "msme=y", "invoice_amount=z"}, Options{}, []string{"amount-unreadable", "date-unreadable", "msme-unknown"}, ""},
	} {
		book := one(t, c.o, c.pairs...)
		var got []string
		said := ""
		for _, p := range book.Problems {
			got = append(got, p.Check)
			provoked[p.Check] = true
			said += p.String() + "\n"
		}
		slices.Sort(got)
		in := book.Inputs[0]
		if !slices.Equal(got, c.want) || in.Quarantined != 1 || len(book.Items) != 0 {
			t.Errorf("%v: got %v, %d quarantined, %d items; want %v of one row", c.pairs, got, in.Quarantined, len(book.Items), c.want)
		}
		if !strings.Contains(said, c.says) {
			t.Errorf("%v: got %s, want it to say %q", c.pairs, said, c.says)
		}
	}
	for _, c := range Checks() {
		if !c.File && !provoked[c.Name] {
			t.Errorf("no test provokes %s", c.Name)
		}
		if c.Name == "" || c.Text == "" || c.Remedy == "" {
			t.Errorf("the check %+v lacks something", c)
		}
	}
}

func TestFields(t *testing.T) {
	for _, c := range []struct {
		pair string
		get  func(*Item) any
		want any
	}{
		{"currency=₹", func(it *Item) any { return it.Currency }, "INR"},
		{"currency=rs.", func(it *Item) any { return it.Currency }, "INR"},
		{"currency=", func(it *Item) any { return it.Currency }, "INR"},
		{"currency=usd", func(it *Item) any { return it.Currency }, "USD"},
		{"hold=No", func(it *Item) any { return it.Hold }, ""},
		{"hold=FALSE", func(it *Item) any { return it.Hold }, ""},
		{"hold=-", func(it *Item) any { return it.Hold }, ""},
		{"hold=y", func(it *Item) any { return it.Hold }, "hold"},
		{"hold=Quality dispute", func(it *Item) any { return it.Hold }, "Quality dispute"},
		{"msme=MICRO", func(it *Item) any { return it.MSME }, "micro"},
		{"msme=", func(it *Item) any { return it.MSME }, ""},
		{"payment_mode=account_transfer", func(it *Item) any { return it.PaymentMode }, "ACCOUNT TRANSFER"},
		{"payment_mode=rtgs", func(it *Item) any { return it.PaymentMode }, "RTGS"},
		{"ifsc=hdfc0001234", func(it *Item) any { return it.IFSC }, "HDFC0001234"},
		{"utr=UTR NO: hdfcr52026112112345678", func(it *Item) any { return it.UTR }, "HDFCR52026112112345678"},
		{"object_version=3", func(it *Item) any { return it.ObjectVersion }, 3},
		{"payment_id= PAY0001 ", func(it *Item) any { return it.PaymentID }, "PAY0001"},
		{"document_type=Credit Note", func(it *Item) any { return it.Type }, CreditNote},
		{"document_type=CRN", func(it *Item) any { return it.Type }, CreditNote},
		{"document_type=debit-note", func(it *Item) any { return it.Type }, DebitNote},
		{"document_type=prepayment", func(it *Item) any { return it.Type }, Advance},
		{"document_type=Bill", func(it *Item) any { return it.Type }, Invoice},
		{"supplier_gstin=27aapfu0939f1zw", func(it *Item) any { return it.Supplier.GSTIN }, "27AAPFU0939F1ZW"}, // a wrong check digit is no fault
		{"account_number=XXXX1234", func(it *Item) any { return it.Account }, party.Account{Last4: "1234"}},
		{"supplier_invoice_number=6.55E+14", func(it *Item) any { return it.Damaged }, true},
		{"supplier_invoice_number=14-Nov-20", func(it *Item) any { return it.Damaged }, true},
		{"supplier_invoice_number=Nov-20", func(it *Item) any { return it.Damaged }, true},
		{"supplier_invoice_number=#NAME?", func(it *Item) any { return it.Damaged }, true},
		{"supplier_invoice_number=03-04-22", func(it *Item) any { return it.Damaged }, false},
		{"supplier_invoice_number=NOVA/1", func(it *Item) any { return it.Damaged }, false},
		{"supplier_invoice_number=INV/26-27/0042", func(it *Item) any { return it.Key }, "INV/FY2026/42"},
		{"taxable_amount=1000", func(it *Item) any { return it.HasTaxable }, true},
		{"taxable_amount=", func(it *Item) any { return it.HasTaxable }, false},
	} {
		book := one(t, Options{}, c.pair)
		if len(book.Items) != 1 {
			t.Errorf("%s: got %v, want an item", c.pair, book.Problems)
			continue
		}
		if got := c.get(&book.Items[0]); got != c.want {
			t.Errorf("%s: got %v, want %v", c.pair, got, c.want)
		}
	}
}

// TestFive has the identity with each of its amounts left out.
func TestFive(t *testing.T) {
	for _, c := range []struct{ row, want string }{ // gross tds adjustment paid due, then the gap
		{"1180,20,60,100,1000", "1180.00 20.00 60.00 100.00 1000.00 0.00"},
		{",20,60,100,1000", "1180.00 20.00 60.00 100.00 1000.00 0.00"},
		{"1180,,60,100,1000", "1180.00 20.00 60.00 100.00 1000.00 0.00"},
		{"1180,20,,100,1000", "1180.00 20.00 60.00 100.00 1000.00 0.00"},
		{"1180,20,60,,1000", "1180.00 20.00 60.00 100.00 1000.00 0.00"},
		{"1180,20,60,100,", "1180.00 20.00 60.00 100.00 1000.00 0.00"},
		{"1180,,,,", "1180.00 0.00 0.00 0.00 1180.00 0.00"},
		{",,,,1180", "1180.00 0.00 0.00 0.00 1180.00 0.00"},
		{",,,100,1000", "1100.00 0.00 0.00 100.00 1000.00 0.00"},
		{"1180,,,,1000", "1180.00 0.00 0.00 0.00 1000.00 180.00"},
		{"1180,-,nil,0,1000", "1180.00 0.00 0.00 0.00 1000.00 180.00"},
		{"1000,,60,100,1000", "1000.00 0.00 60.00 100.00 1000.00 -160.00"}, // tax is never negative
		{"1000,0,0,1200,", "1000.00 0.00 0.00 1200.00 -200.00 0.00"},       // paid too much
		{"-1180,,,,", "-1180.00 0.00 0.00 0.00 -1180.00 0.00"},
	} {
		book, err := read(t, "supplier_code,supplier_invoice_number,invoice_amount,tds_amount,adjustment_amount,paid_amount,due_amount\nV1,1,"+c.row+"\n", Options{})
		if err != nil || len(book.Items) != 1 {
			t.Errorf("%s: %v", c.row, err)
			continue
		}
		it := book.Items[0]
		got := strings.Join([]string{it.Gross.String(), it.TDS.String(), it.Adjustment.String(), it.Paid.String(), it.Due.String(), it.Gap.String()}, " ")
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.row, got, c.want)
		}
	}
}

// TestParts has rows of one invoice: gross, part, due date, due amount and the
// marks they must get.
func TestParts(t *testing.T) {
	const head = "supplier_code,supplier_invoice_number,invoice_date,document_type,part,due_date,invoice_amount,tds_amount,adjustment_amount,due_amount\n"
	for _, c := range []struct{ name, rows, want string }{
		{"a single row", "V1,1,1/4/26,,,1/5/26,100,0,0,90\n", "10.00"},
		{"the same twice", "V1,1,1/4/26,,,1/5/26,100,0,0,100\nV1,1,1/4/26,,,1/5/26,100,0,0,100\n", "0.00 R, 0.00 R"},
		{"numbers spelled in two ways", "V1,INV-01,1/4/26,,,1/5/26,100,0,0,100\nV1,inv/1,1/4/26,,,1/5/26,100,0,0,100\n", "0.00 R, 0.00 R"},
		{"two instalments", "V1,1,1/4/26,,,1/5/26,100,0,0,40\nV1,1,1/4/26,,,1/6/26,100,0,0,60\n", "0.00, 0.00"},
		{"two instalments that leave a gap", "V1,1,1/4/26,,,1/5/26,100,0,0,40\nV1,1,1/4/26,,,1/6/26,100,0,0,50\n", "10.00, 10.00"},
		{"parts with amounts of their own", "V1,1,1/4/26,,A,1/5/26,40,0,0,40\nV1,1,1/4/26,,B,1/5/26,60,0,0,60\n", "0.00, 0.00"},
		{"retention of the whole", "V1,1,1/4/26,,main,1/5/26,100,0,0,95\nV1,1,1/4/26,,retention,1/5/26,100,0,0,5\n", "0.00, 0.00"},
		{"other amounts on other days", "V1,1,1/4/26,,,1/5/26,100,0,0,100\nV1,1,1/4/26,,,1/6/26,200,0,0,200\n", "0.00 R, 0.00 R"},
		{"an instalment twice", "V1,1,1/4/26,,,1/5/26,100,0,0,40\nV1,1,1/4/26,,,1/6/26,100,0,0,60\nV1,1,1/4/26,,,1/6/26,100,0,0,60\n", "0.00, 0.00 R, 0.00 R"},
		{"another year", "V1,1,31/3/26,,,1/5/26,100,0,0,100\nV1,1,1/4/26,,,1/5/26,100,0,0,100\n", "0.00, 0.00"},
		{"another supplier", "V1,1,1/4/26,,,1/5/26,100,0,0,100\nV2,1,1/4/26,,,1/5/26,100,0,0,100\n", "0.00, 0.00"},
		{"its credit note", "V1,1,1/4/26,,,1/5/26,100,0,0,100\nV1,1,1/4/26,CN,,1/5/26,100,0,0,100\n", "0.00, 0.00"},
		{"damaged numbers are nobody's", "V1,6.55E+14,1/4/26,,,1/5/26,100,0,0,100\nV1,6.55E+14,1/4/26,,,1/5/26,100,0,0,100\n", "0.00, 0.00"},
		{"numbers without a letter or digit", "V1,--,1/4/26,,,1/5/26,100,0,0,100\nV1,--,1/4/26,,,1/5/26,100,0,0,100\n", "0.00, 0.00"},
	} {
		book, err := read(t, head+c.rows, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, it := range book.Items {
			s := it.Gap.String()
			if it.Repeated {
				s += " R"
			}
			if it.Paid != 0 {
				s += " paid " + it.Paid.String()
			}
			got = append(got, s)
		}
		// Paid has no column here: each row leaves it out, and alone it is
		// computed.
		want := c.want
		if c.name == "a single row" {
			want = "0.00 paid 10.00"
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: got %s, want %s", c.name, s, want)
		}
	}
}

func TestSkipped(t *testing.T) {
	const head = "supplier_name,supplier_invoice_number,invoice_date,invoice_amount,note\n"
	for _, c := range []struct{ name, rows, want string }{ // accepted, quarantined, skipped
		{"blank", "A,1,,100,\n,,,,\n\n", "1 0 blank:2"},
		{"total", "A,1,,100,\nTotal,,,100,\n", "1 0 total:1"},
		{"grand total in another column", "A,1,,100,\n,,,100,Grand Total\n", "1 0 total:1"},
		{"subtotals of suppliers", "A,1,,100,\nTotal for A,,,100,\nB,2,,50,\nSub-total: B,,,50,\nTOTAL,,,150,\n", "2 0 total:3"},
		{"in place of the number", "A,1,,100,\n,Total,,100,\n", "1 0 total:1"},
		{"by the sum alone", "A,1,,100,\nB,2,,50,\n,,,150,\n", "2 0 total:1"},
		{"by the sum of a section", "A,1,,100,\n,,,100,\nB,2,,50,\n,,,50,\n,,,150,\n", "2 0 total:3"},
		{"another sum is no total", "A,1,,100,\n,,,150,\n", "1 1 "},
		{"a supplier called Total", "Total Care Ltd,T/1,,100,\nTOTALLY TOP TOTS,2,,5,\n", "2 0 "},
		{"Total Care without a number, with a date", "A,1,,100,\nTotal Care Ltd,,1/4/2026,70,\n", "1 1 "},
		{"TOTALLY TOP TOTS without a number", "TOTALLY TOP TOTS,,,5,\n", "0 1 "},
		{"Total Care without a number", "A,1,,100,\nTotal Care Ltd,,,70,\n", "1 1 "},
		{"the sum of a supplier", "A,1,,100,\nB,2,,50,\nTotal Acme Ltd,,,150,\n", "2 0 total:1"},
		{"ageing", "A,1,,100,\nTotal 1 - 30,,,99,\nTotal payable,,,98,\n", "1 0 total:2"},
		{"a number that begins with Total", "Care Ltd,TOTAL-001,,100,\n", "1 0 "},
		{"the heading again", "A,1,,100,\n" + head + "B,2,,50,\n", "2 0 heading:1"},
	} {
		book, err := read(t, head+c.rows, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		in := book.Inputs[0]
		got := strings.Join([]string{itoa(in.Accepted), itoa(in.Quarantined), ""}, " ")
		for _, s := range in.Skipped {
			got += s.Reason + ":" + itoa(s.Rows)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func itoa(n int) string { return string(rune('0' + n)) }

func TestWideRows(t *testing.T) {
	const head = "supplier_name,supplier_invoice_number,invoice_amount\n"
	book, err := read(t, head+"A,1,100\nB,2,50\nAcme, Pune,3,70\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(book.Items) != 2 || book.Problems[0].Check != "row-too-wide" {
		t.Errorf("got %d items and %v, want the shifted row quarantined", len(book.Items), book.Problems)
	}
	book, err = read(t, strings.Replace(head, "name", "b2b_id", 1)+strings.Repeat("A,1,100,x\n", 10)+strings.Repeat("C,3,70\n", 9), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(book.Items) != 19 || len(book.Inputs[0].Notes) != 1 {
		t.Errorf("got %d items and %v, want columns without a name passed over", len(book.Items), book.Problems)
	}
}

// TestCells has what only a workbook holds.
func TestCells(t *testing.T) {
	head := texts("supplier_code", "supplier_invoice_number", "invoice_amount", "due_date")
	row := func(number, amount, due table.Cell) [][]table.Cell {
		return [][]table.Cell{head, append(texts("V1"), number, amount, due)}
	}
	text := func(s string) table.Cell { return texts(s)[0] }
	num := func(s string) table.Cell { return table.Cell{Kind: table.Number, Text: s} }
	for _, c := range []struct {
		name                string
		number, amount, due table.Cell
		want                string // the item, or the checks
	}{
		{"numbers", num("201"), num("45236.480000000003"), num("46347"), "201 45236.48 2026-11-21 INR"},
		{"credit by format", text("A"), table.Cell{Kind: table.Number, Text: "500", Credit: true}, text(""), "A -500.00  INR"},
		{"currency by format", text("A"), table.Cell{Kind: table.Number, Text: "500", Currency: "USD"}, text(""), "A 500.00  USD"},
		{"sixteen digits", num("4720000000000001"), num("1"), text(""), "4720000000000001 damaged 1.00  INR"},
		{"a number that became a date", table.Cell{Kind: table.Date, Text: "46347", Date: serialZero + 46347}, num("1"), text(""), "21-Nov-2026 damaged 1.00  INR"},
		{"a number that became an error", table.Cell{Kind: table.Error, Text: "#NAME?"}, num("1"), text(""), "#NAME? damaged 1.00  INR"},
		{"a number not calculated", table.Cell{Kind: table.NoCache}, num("1"), text(""), "cell-not-calculated at B2"},
		{"an amount not calculated", text("A"), table.Cell{Kind: table.NoCache}, text(""), "cell-not-calculated at C2"},
		{"an error for a date", text("A"), num("1"), table.Cell{Kind: table.Error, Text: "#REF!"}, "cell-error at D2"},
		{"a truth for an amount", text("A"), table.Cell{Kind: table.Bool, Text: "TRUE"}, text(""), "amount-unreadable at C2"},
	} {
		file := sheetFile{Input{Path: "l.xlsx"}, []table.Sheet{fakeSheet{"S", row(c.number, c.amount, c.due)}}}
		book, err := readFiles(context.Background(), []sheetFile{file}, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, it := range book.Items {
			s := it.Number
			if it.Damaged {
				s += " damaged"
			}
			got = append(got, s+" "+it.Gross.String()+" "+it.DueDate.String()+" "+it.Currency)
		}
		for _, p := range book.Problems {
			got = append(got, p.Check+" at "+strings.TrimPrefix(p.Pos.String(), "l.xlsx:S!"))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: got %s, want %s", c.name, s, c.want)
		}
	}
}

func TestMasterInRows(t *testing.T) {
	m := party.NewMaster([]party.Entry{
		{Supplier: party.Supplier{B2BID: "SUPP1", Code: "V1"}, TermsDays: 45, HasTerms: true},
		{Supplier: party.Supplier{B2BID: "SUPP2", Code: "V2"}},
	})
	book, err := read(t, `supplier_b2b_id,supplier_code,supplier_invoice_number,invoice_date,due_date,due_amount
,V1,1,01/04/2026,,10
,V1,2,01/04/2026,02/04/2026,10
,V1,3,,,10
,V2,4,01/04/2026,,10
,V3,5,01/04/2026,,10
SUPP1,,6,01/04/2026,,10
`, Options{Suppliers: m})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, it := range book.Items {
		got = append(got, it.Supplier.B2BID+" "+it.DueDate.String())
	}
	want := []string{"SUPP1 2026-05-16", "SUPP1 2026-04-02", "SUPP1 ", "SUPP2 ", " ", "SUPP1 2026-05-16"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestAccountsAreNotShown has an account number in the wrong place.
func TestAccountsAreNotShown(t *testing.T) {
	const account = "918273645546"
	for _, text := range []string{
		"supplier_name,supplier_invoice_number,invoice_amount,due_date,account_number\nA,1,\"1,180.5x\",," + account + "y\n",           // misread
		"supplier_name,supplier_invoice_number,invoice_amount,account_number,due_date,msme\nA, B,1,100," + account + ",1/1/26,small\n", // shifted to the right
		"supplier_name,supplier_invoice_number,account_number,invoice_amount,msme\nAcme, Pune,1," + account + ",,small\n",
		"supplier_name,supplier_invoice_number,invoice_amount,msme,account_number\nA,1,100," + account + "\n", // to the left
	} {
		book, err := read(t, text, Options{})
		if err != nil || len(book.Problems) == 0 {
			t.Fatalf("%s: got %v and no problem, want one", text, err)
		}
		for _, p := range book.Problems {
			if strings.Contains(p.String(), account) {
				t.Errorf("an account number stands in %s", p)
			}
		}
	}
	// An amount is shown as it stands, however long.
	book := one(t, Options{}, "invoice_amount=1234567890.125")
	if got := book.Problems[0].Value; got != "1234567890.125" {
		t.Errorf("got the value %q, want it as written", got)
	}
}
