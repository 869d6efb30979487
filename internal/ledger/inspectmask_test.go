package ledger

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/party"
)

// TestInspectMasks: the meaning of a column decides what is shown of it, and where
// nobody knows the meaning its heading and the look of the text do.
func TestInspectMasks(t *testing.T) {
	const text = "Document Number,Reference,Account,Document Type,Net Due Date,Amount in Local Currency,Local Currency,Vendor Name," +
		"G/L Account,Vendor Bank A/c,BankIFSC,Mobile No,PAN No,Company,Assignment,UPI Id,Remarks\n" +
		"1900004711,4720000000,0000100023,KR,04.11.2026,-1180.00,INR,998877665544 Traders," +
		"0021100000,5010 0012 3456,HDFC0000240,98450 12345,ABCDE1234F,Main - 123456789,20261105000123,anita@okaxis,call anita@okaxis\n" +
		"1900004712,SALES2627A,0000100024,KR,05.11.2026,-590.00,INR,Yamuna Works," +
		"0021100000,5010 0099 3456,UTIB0000017,+91-98450-54321,ABCDE1234G,Main,A-17,,PAN ABCDE1234H\n"
	in := inspect(t, "x.csv", text, Options{})
	if len(in.Refused) > 0 || in.Layout != "sap-fbl1n" {
		t.Fatalf("got %+v", in)
	}
	for heading, want := range map[string][]string{
		"Document Number":          {"1900004711", "1900004712"},
		"Reference":                {"4720000000", "SALES2627A"},
		"Account":                  {"0000100023", "0000100024"}, // of SAP: the supplier's code
		"Amount in Local Currency": {"-1180.00", "-590.00"},
		"Vendor Name":              {"998877665544 Traders", "Yamuna Works"},
		"G/L Account":              {"****0000"},
		"Vendor Bank A/c":          {"****3456"},
		"BankIFSC":                 {"****0240", "****0017"},
		"Mobile No":                {"****2345", "****4321"},
		"PAN No":                   {"****F", "****G"},
		"Company":                  {"Main - ****6789", "Main"},
		"Assignment":               {"****0123", "A-17"},
		"UPI Id":                   {"****@okaxis"},
		"Remarks":                  {"call ****@okaxis", "PAN ****H"},
	} {
		if diff := cmp.Diff(want, columnHeaded(t, in, heading).Examples); diff != "" {
			t.Errorf("%s (-want +got):\n%s", heading, diff)
		}
	}
	// A cell that cannot be what its column is for has come from another one.
	in = inspect(t, "y.csv", "supplier_name,supplier_invoice_number,invoice_date,invoice_amount\n"+
		"Ganga,G/1,123456789012,5.00\nYamuna,Y/1,01/10/2026,anita@okaxis\n", Options{})
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"123456789012", "anita"} {
		if strings.Contains(string(b), `"`+secret) {
			t.Errorf("%s stands in %s", secret, b)
		}
	}
}

// TestInspectJoins: an inspection says how many rows find their supplier, and which
// do not.
func TestInspectJoins(t *testing.T) {
	const text = "supplier_code,supplier_name,supplier_gstin,supplier_invoice_number,invoice_amount\n" +
		"V1,Ganga Traders,,G/1,5.00\nV1,Ganga Traders,,G/2,5.00\n" + // by code
		",yamuna works,,Y/1,5.00\n" + // by name, and without a B2B id
		"V8,Kaveri Mills,29AABCK1234L1ZB,K/1,5.00\nV8,Kaveri Mills,29AABCK1234L1ZB,K/2,5.00\n" +
		",Tapti Logistics,,T/1,5.00\nV9,,,N/1,5.00\nV10,,,N/2,5.00\n" + // not there
		",Total Care Ltd,,C/1,5.00\n" // twice there
	master := party.NewMaster([]party.Entry{
		{Supplier: party.Supplier{B2BID: "BCGANGA", Code: "V1", Name: "Ganga Traders"}},
		{Supplier: party.Supplier{Name: "Yamuna Works"}},
		{Supplier: party.Supplier{B2BID: "BCCAREA", Code: "V5", Name: "Total Care Ltd"}},
		{Supplier: party.Supplier{B2BID: "BCCAREB", Code: "V6", Name: "Total Care Ltd"}},
	})
	in := inspect(t, "open.csv", text, Options{Suppliers: master})
	want := &InspectedJoin{Found: 3, Unknown: 5, Ambiguous: 1, WithoutID: 7,
		Examples: []string{"Kaveri Mills, code V8, GSTIN 29AABCK123…", "Tapti Logistics", "code V9"}}
	if diff := cmp.Diff(want, in.Suppliers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if in := inspect(t, "open.csv", text, Options{}); in.Suppliers != nil {
		t.Errorf("without a master: %+v", in.Suppliers)
	}
}
