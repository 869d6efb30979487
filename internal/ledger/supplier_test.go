package ledger

import (
	"strings"
	"testing"

	"reconcile/internal/party"
	"reconcile/internal/source"
)

// TestFromMaster has rows that leave out what the master knows, and rows that
// know better. Account and IFSC are taken together or not at all.
func TestFromMaster(t *testing.T) {
	key := []byte("k")
	account, _ := party.ReadAccount("123456789012", key)
	o := Options{FingerprintKey: key, Suppliers: party.NewMaster([]party.Entry{
		{Supplier: party.Supplier{B2BID: "S1", Code: "V1", Name: "Bharat Steel Pvt Ltd"}, Account: account, IFSC: "HDFC0001234", MSME: "micro"},
		{Supplier: party.Supplier{Code: "V2", Name: "Offline", GSTIN: "27AAPFU0939F1ZV"}},
	})}
	const head = "supplier_code,supplier_name,supplier_invoice_number,due_amount,account_number,ifsc,msme\n"
	for _, c := range []struct{ row, want string }{
		{"V1,,1,10,,,", "S1 Bharat Steel Pvt Ltd 9012 HDFC0001234 micro"},
		{",BHARAT STEEL (P) LTD,1,10,,,", "S1 BHARAT STEEL (P) LTD 9012 HDFC0001234 micro"},
		{"V1,,1,10,999999999999,,small", "S1 Bharat Steel Pvt Ltd 9999  small"},
		{"V1,,1,10,XXXX9012,,", "S1 Bharat Steel Pvt Ltd 9012 HDFC0001234 micro"},
		{"V1,,1,10,,ICIC0000001,", "S1 Bharat Steel Pvt Ltd  ICIC0000001 micro"},
		{"V1,,1,10,999999999999,ICIC0000001,", "S1 Bharat Steel Pvt Ltd 9999 ICIC0000001 micro"},
		{"V9,Nobody,1,10,,,", " Nobody   "},
	} {
		book, err := read(t, head+c.row+"\n", o)
		if err != nil || len(book.Items) != 1 {
			t.Errorf("%s: got %v and %v, want an item", c.row, book, err)
			continue
		}
		it := book.Items[0]
		got := strings.Join([]string{it.Supplier.B2BID, it.Supplier.Name, it.Account.Last4, it.IFSC, it.MSME}, " ")
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.row, got, c.want)
		}
		if it.Account.Last4 == "9012" && c.row[len("V1,,1,10,")] == ',' && it.Account.Fingerprint != account.Fingerprint {
			t.Errorf("%s: the fingerprint is not that of the master's account", c.row)
		}
	}
	// Rows of one supplier without B2B id belong together, by whatever each
	// names it.
	book, err := read(t, "supplier_code,supplier_name,supplier_invoice_number,due_amount\nV2,,1,10\n,Offline,1,10\n", o)
	if err != nil {
		t.Fatal(err)
	}
	if !book.Items[0].Repeated || book.Items[0].Supplier.ID() != book.Items[1].Supplier.ID() {
		t.Errorf("got %+v and %+v, want one supplier", book.Items[0].Supplier, book.Items[1].Supplier)
	}
}

// TestManyCandidates has a name that hundreds share: the row is an item of nobody,
// and its doubt names a few of them.
func TestManyCandidates(t *testing.T) {
	var entries []party.Entry
	for i := range 500 {
		entries = append(entries, party.Entry{Supplier: party.Supplier{B2BID: "S" + string(rune('A'+i%26)) + strings.Repeat("x", i/26), Name: "Sundry"}})
	}
	book, err := read(t, "supplier_name,supplier_invoice_number,due_amount\nSundry,1,10\nSUNDRY,2,10\n", Options{Suppliers: party.NewMaster(entries)})
	if err != nil || len(book.Items) != 2 {
		t.Fatalf("got %v and %v, want two items", book, err)
	}
	for _, it := range book.Items {
		if d := it.Doubt; d == nil || !d.Ambiguous || it.Supplier.B2BID != "" || len(d.Text) > 250 || !strings.Contains(d.Text, "and 495 more") {
			t.Errorf("got %+v of %+v, want five of them and the count of the others", d, it.Supplier)
		}
	}
}

// TestDoubt: what the master lacks is said of the row, with what to add.
func TestDoubt(t *testing.T) {
	at := func(row int) source.Pos { return source.Pos{File: "suppliers.csv", Row: row} }
	master := party.NewMaster([]party.Entry{
		{Supplier: party.Supplier{B2BID: "S1", Code: "V1", Name: "Mehta"}, Pos: at(2)},
		{Supplier: party.Supplier{B2BID: "S2", Code: "V2", Name: "MEHTA"}, Pos: at(3)},
		{Supplier: party.Supplier{Code: "V3", Name: "Offline"}, Pos: at(4)},
		{Supplier: party.Supplier{B2BID: "S5", Code: "V5", GSTIN: "27AAPFU0939F1ZV"}, Pos: at(5)},
		{Supplier: party.Supplier{Code: "V6", Name: "Torn"}, Pos: at(6), Unreadable: true},
	})
	for _, c := range []struct {
		row, want string
		ambiguous bool
	}{
		{"S9,,,", "", false}, // the row knows better than any master
		{",V1,Mehta Traders,", "", false},
		{",,Mehta,", "fit: S1, S2;", true},
		{",V1,,27AAPFU0939F1ZV", "fit: S1, S5;", true},
		{",V3,,", "no B2B id for it; enter it in suppliers.csv:4", false},
		{",V9,Nobody AAPFU0939F,29AAGCB7383J1Z4", `add a line with code V9, the GSTIN of the row, name "Nobody **********" and the B2B id`, false},
		{",V5,,29AAGCB7383J1Z4", "in suppliers.csv:5, and each registration has a B2B id of its own; add a line with code V5, the GSTIN", false},
		{",V6,,", "suppliers.csv:6, which cannot be read", false},
		{",,Torn,", "suppliers.csv:6, which cannot be read", false},
	} {
		book, err := read(t, "supplier_b2b_id,supplier_code,supplier_name,supplier_gstin,supplier_invoice_number,due_amount\n"+c.row+",1,10\n", Options{Suppliers: master})
		if err != nil || len(book.Items) != 1 {
			t.Errorf("%s: got %v and %v, want an item", c.row, book, err)
			continue
		}
		switch d := book.Items[0].Doubt; {
		case d == nil && c.want == "":
		case d == nil || c.want == "" || !strings.Contains(d.Text, c.want) || d.Ambiguous != c.ambiguous:
			t.Errorf("%s: got the doubt %+v, want %q in it", c.row, d, c.want)
		case book.Items[0].Supplier.B2BID != "":
			t.Errorf("%s: got %s in doubt, want nobody", c.row, book.Items[0].Supplier.B2BID)
		}
	}
}

// TestSupplierNotes: what is remarkable of suppliers and no fault is told once a
// file, and not in every row.
func TestSupplierNotes(t *testing.T) {
	const head = "supplier_code,supplier_name,supplier_gstin,supplier_invoice_number,due_amount\n"
	master := party.NewMaster([]party.Entry{{Supplier: party.Supplier{B2BID: "S1", Code: "V1", Name: "Acme Pvt Ltd"}}})
	for _, c := range []struct {
		rows  string
		o     Options
		notes []string
	}{
		{"V1,Acme,,1,10\nV2,Bolt,,2,10\n", Options{}, []string{"suppliers of 2 of 2 rows have no B2B id, and no supplier master is configured"}},
		{"V1,Acme Private Limited,,1,10\nV1,REDACTED,,2,10\n", Options{Suppliers: master}, nil},
		{"V1,Acme LLP,,1,10\nV1,Bolt,,2,10\nV1,Acme Pvt Ltd,,3,10\n", Options{Suppliers: master}, []string{`2 rows name a supplier otherwise than the supplier master does under the same code, the first row 2 with "Acme LLP" for code V1, which the master calls "Acme Pvt Ltd"`}},
		{"V1,,27AAPFU0939F1ZW,1,10\nV1,,27AAPFU0939F1ZV,2,10\nV1,,27aapfu0939f1zw,3,10\nV1,,URP,4,10\nV1,,12,5,10\n", Options{Suppliers: master}, []string{
			"GSTIN in row 2, and in 1 more rows, has a wrong check digit", "GSTIN in row 6 has a wrong check digit"}},
	} {
		book, err := read(t, head+c.rows, c.o)
		if err != nil || len(book.Problems) > 0 {
			t.Errorf("%q: got %v and %v, want all rows", c.rows, book.Problems, err)
			continue
		}
		notes := book.Inputs[0].Notes
		if len(notes) != len(c.notes) {
			t.Errorf("%q: got the notes %q, want %d", c.rows, notes, len(c.notes))
			continue
		}
		for i, want := range c.notes {
			if !strings.Contains(notes[i], want) || strings.Contains(notes[i], "AAPFU0939F") {
				t.Errorf("%q: got the note %q, want %q in it and no GSTIN", c.rows, notes[i], want)
			}
		}
	}
}
