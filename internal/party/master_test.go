package party

import (
	"slices"
	"strings"
	"testing"
)

const masterCSV = "\ufeffSupplier B2B ID,supplier_code,supplierName,Supplier GSTIN,account_number,terms_days,MSME,agreement,lower_deduction_rate,Colour\n" +
	"SUPP1,V001,Bharat Steel Pvt. Ltd.,27AAPFU0939F1ZV,000123456789012,45,Small,Y,0.75%,red\n" +
	"SUPP2,V002,Mehta Traders,22AAAAA0000A1Z5,,,,,,\n" +
	"SUPP3,V003,mehta  traders,,XXXX4321,0,,,,\n" +
	"\n" +
	",V004,Nobody,,,,,,,\n" +
	"SUPP5,V005,Fussy,,98x76543210987,soon,tiny,perhaps,150,\n"

func TestReadMaster(t *testing.T) {
	m, problems, notes, err := ReadMaster("suppliers.csv", []byte(masterCSV), []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	e := m.ByB2BID("SUPP1")
	if len(m.Entries()) != 3 || e == nil {
		t.Fatalf("got %d entries and %v, want 3 with SUPP1", len(m.Entries()), problems)
	}
	if e.TermsDays != 45 || !e.HasTerms || e.MSME != "small" || !e.Agreement || e.Trader || e.LowerDeduction != 75 || e.Account.Last4 != "9012" || e.Account.Fingerprint == [16]byte{} {
		t.Errorf("got %+v", e)
	}
	if m.ByB2BID("SUPP2").HasTerms || !m.ByB2BID("SUPP3").HasTerms {
		t.Error("no terms and terms of 0 days are the same, want a difference")
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Check)
		if strings.Contains(p.String(), "76543210987") {
			t.Errorf("%s shows an account number", p)
		}
	}
	want := []string{"master-b2b-id-missing", "master-account-unreadable", "master-msme-unknown", "master-answer-unclear", "master-terms-unreadable", "master-rate-unreadable"}
	if !slices.Equal(got, want) {
		t.Errorf("got problems %v, want %v", got, want)
	}
	if problems[0].Pos.Row != 6 {
		t.Errorf("got row %d, want 6, the blank row counted", problems[0].Pos.Row)
	}
	if len(notes) != 2 || !strings.Contains(notes[0], `"Colour"`) || !strings.Contains(notes[1], "22AAAAA0000A1Z5") {
		t.Errorf("got notes %q, want the unknown column and the wrong check digit", notes)
	}
}

func TestReadMasterRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"supplier_code,supplier_name\nV1,A\n", "no column supplier_b2b_id"},
		{"supplier_b2b_id,Supplier B2B Id\nA,B\n", "2 times"},
		{"", "empty"},
	} {
		_, _, _, err := ReadMaster("suppliers.csv", []byte(c.text), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ReadMaster(%q) = %v, want an error with %q", c.text, err, c.want)
		}
	}
}

func TestMasterFind(t *testing.T) {
	m := NewMaster([]Entry{
		{Supplier: Supplier{B2BID: "S1", Code: "V1", GSTIN: "G1", Name: "Bharat Steel Pvt. Ltd."}},
		{Supplier: Supplier{B2BID: "S1", Code: "V9", GSTIN: "G1", Name: "Bharat Steel (Pune)"}},
		{Supplier: Supplier{B2BID: "S2", Code: "V2", GSTIN: "G2", Name: "Mehta Traders"}},
		{Supplier: Supplier{B2BID: "S3", Code: "V3", GSTIN: "G2", Name: "MEHTA TRADERS"}},
	})
	for _, c := range []struct {
		name       string
		supplier   Supplier
		want       string
		candidates []string
	}{
		{"b2b id", Supplier{B2BID: "S2", Code: "V1"}, "S2", nil},
		{"code", Supplier{Code: "V9"}, "S1", nil},
		{"gstin in small letters", Supplier{GSTIN: "g1"}, "S1", nil},
		{"name, folded", Supplier{Name: "BHARAT  STEEL PVT LTD"}, "S1", nil},
		{"two share a name", Supplier{Name: "Mehta Traders"}, "", []string{"S2", "S3"}},
		{"two share a GSTIN", Supplier{GSTIN: "G2"}, "", []string{"S2", "S3"}},
		{"the code decides between them", Supplier{Code: "V3", GSTIN: "G2"}, "S3", nil},
		{"code and GSTIN of two suppliers", Supplier{Code: "V1", GSTIN: "G2"}, "", []string{"S1", "S2", "S3"}},
		{"unknown code, known name", Supplier{Code: "V7", Name: "Bharat Steel (Pune)"}, "S1", nil},
		{"unknown", Supplier{Code: "V7"}, "", nil},
		{"nothing", Supplier{}, "", nil},
	} {
		entry, candidates := m.Find(c.supplier)
		got := ""
		if entry != nil {
			got = entry.B2BID
		}
		if got != c.want || !slices.Equal(candidates, c.candidates) {
			t.Errorf("%s: got %q %q, want %q %q", c.name, got, candidates, c.want, c.candidates)
		}
	}
	if entry, candidates := (*Master)(nil).Find(Supplier{Code: "V1"}); entry != nil || candidates != nil {
		t.Errorf("the nil master knows %v %v, want nothing", entry, candidates)
	}
}

func TestValidGSTIN(t *testing.T) {
	for _, s := range []string{"27AAPFU0939F1ZV", "24AABCJ1087G1ZT", "29AAGCB7383J1Z4", "33AABCT3312J1ZP"} {
		if !ValidGSTIN(s) {
			t.Errorf("ValidGSTIN(%q) = false, want true", s)
		}
	}
	for _, s := range []string{"22AAAAA0000A1Z5", "27AAPFU0939F1ZW", "27AAPFU0939F1Z", "27aapfu0939f1zv", "", "XXAAPFU0939F1ZV"} {
		if ValidGSTIN(s) {
			t.Errorf("ValidGSTIN(%q) = true, want false", s)
		}
	}
}

func TestReadAccount(t *testing.T) {
	key := []byte("key")
	plain, _ := ReadAccount("123456789012", key)
	for _, c := range []struct {
		text  string
		last4 string
		print bool
		ok    bool
	}{
		{"123456789012", "9012", true, true},
		{"1234 5678-9012", "9012", true, true},
		{"XXXXXXXX9012", "9012", false, true},
		{"****9012", "9012", false, true},
		{"9012", "9012", false, true},
		{"", "", false, true},
		{"1.23E+11", "", false, false},
		{"XXXX", "", false, false},
		{"ACME", "", false, false},
	} {
		got, ok := ReadAccount(c.text, key)
		if ok != c.ok || got.Last4 != c.last4 || (got.Fingerprint != [16]byte{}) != c.print {
			t.Errorf("ReadAccount(%q) = %v, %v; want last four %q, fingerprint %v, %v", c.text, got, ok, c.last4, c.print, c.ok)
		}
		if c.print && got != plain {
			t.Errorf("ReadAccount(%q) has another fingerprint than without spaces", c.text)
		}
	}
	if other, _ := ReadAccount("123456789012", []byte("other")); other.Fingerprint == plain.Fingerprint {
		t.Error("two keys give one fingerprint")
	}
	if none, _ := ReadAccount("123456789012", nil); none.Fingerprint != [16]byte{} {
		t.Error("no key gives a fingerprint, want none")
	}
	if got := MaskAccount("123456789012"); got != "****9012" {
		t.Errorf("MaskAccount = %q, want ****9012", got)
	}
}
