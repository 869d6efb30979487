package ledger

import (
	"slices"
	"strings"
	"testing"

	"reconcile/internal/party"
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

// TestManyCandidates has a name that hundreds share: the message names a few.
func TestManyCandidates(t *testing.T) {
	var entries []party.Entry
	for i := range 500 {
		entries = append(entries, party.Entry{Supplier: party.Supplier{B2BID: "S" + string(rune('A'+i%26)) + strings.Repeat("x", i/26), Name: "Sundry"}})
	}
	book, err := read(t, "supplier_name,supplier_invoice_number,due_amount\nSundry,1,10\nSUNDRY,2,10\nsundry,3,x\n", Options{Suppliers: party.NewMaster(entries)})
	if err != nil {
		t.Fatal(err)
	}
	var checks []string
	for _, p := range book.Problems {
		checks = append(checks, p.Check)
		if len(p.Text) > 200 || p.Check == "supplier-ambiguous" && !strings.Contains(p.Text, "and 495 more") {
			t.Errorf("got %q, want five of them and the count of the others", p.Text)
		}
	}
	slices.Sort(checks)
	if want := []string{"amount-unreadable", "supplier-ambiguous", "supplier-ambiguous", "supplier-ambiguous"}; !slices.Equal(checks, want) {
		t.Errorf("got %v, want %v", checks, want)
	}
}
