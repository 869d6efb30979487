package party

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const masterCSV = "\ufeffSupplier B2B ID,supplier_code,supplierName,Supplier GSTIN,PAN,account_number,terms_days,MSME,agreement,lower_deduction_rate,Colour\n" +
	"SUPP1,V001,Bharat Steel Pvt. Ltd.,27AAPFU0939F1ZV,AAPFU0939F,000123456789012,45,Small,Y,0.75%,red\n" +
	"SUPP2,V002,Mehta Traders,22AAAAA0000A1Z5,AAAAA00,,,,,,\n" +
	"SUPP3,V003,mehta  traders,,,XXXX4321,0,,,,\n" +
	"\n" +
	",V004,Nobody,,,,,,,,\n" +
	"SUPP5,V005,Fussy,,,98x76543210987,soon,tiny,perhaps,150,\n"

func readMaster(t *testing.T, text string) *MasterFile {
	t.Helper()
	f, err := ReadMaster(t.Context(), "suppliers.csv", []byte(text), []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	if f.Rows != f.Accepted+f.Blank+f.Quarantined || f.Accepted != len(f.Master.Entries()) {
		t.Errorf("%d rows, %d accepted (%d entries), %d blank, %d quarantined: they do not tie", f.Rows, f.Accepted, len(f.Master.Entries()), f.Blank, f.Quarantined)
	}
	return f
}

func checksOf(f *MasterFile) []string {
	var names []string
	for _, p := range f.Problems {
		names = append(names, p.Check)
	}
	return names
}

func TestReadMaster(t *testing.T) {
	f := readMaster(t, masterCSV)
	m := f.Master
	e := m.ByB2BID("SUPP1")
	if f.Accepted != 4 || f.Blank != 1 || f.Quarantined != 1 || e == nil {
		t.Fatalf("got %+v, want 4 lines with SUPP1, 1 blank and 1 quarantined", f)
	}
	if e.TermsDays != 45 || !e.HasTerms || e.MSME != "small" || !e.Agreement || e.Trader || e.LowerDeduction != 75 || e.Account.Last4 != "9012" || e.Account.Fingerprint == [16]byte{} {
		t.Errorf("got %+v", e)
	}
	if m.ByB2BID("SUPP2").HasTerms || !m.ByB2BID("SUPP3").HasTerms {
		t.Error("no terms and terms of 0 days are the same, want a difference")
	}
	got := checksOf(f)
	want := []string{"master-account-unreadable", "master-msme-unknown", "master-answer-unclear", "master-days-unreadable", "master-rate-unreadable"}
	if !slices.Equal(got, want) {
		t.Errorf("got problems %v, want %v", got, want)
	}
	if p := f.Problems[0].Pos; p.Row != 7 || p.Col != 6 {
		t.Errorf("got row %d column %d, want 7 and 6, the blank row counted", p.Row, p.Col)
	}
	wantNotes := []string{`"Colour"`, "form of a PAN", "wrong check digit", "1 suppliers have no B2B id"}
	if len(f.Notes) != len(wantNotes) {
		t.Fatalf("got notes %q, want %d", f.Notes, len(wantNotes))
	}
	for i, w := range wantNotes {
		if !strings.Contains(f.Notes[i], w) {
			t.Errorf("got the note %q, want %q in it", f.Notes[i], w)
		}
	}
}

// TestMasterChecks provokes every check, and looks for what no message may show.
func TestMasterChecks(t *testing.T) {
	const account, pan = "918273645546", "AAPFU0939F"
	const head = "B2B ID,Vendor Code,Name,GSTIN,PAN,A/c No.,IFSC,MSME,Agreement,Agreement Days,Trader,Terms,LDC Rate,LDC From,LDC To\n"
	provoked := map[string]bool{"master-cell-unreadable": true} // TestMasterWorkbook
	for _, c := range []struct{ line, want string }{
		{"S1,V1,A,,,,,,,,,,,,\"", "master-row-unreadable"},
		{"6.55E+14,V1,A,,,,,,,,,,,,", "master-key-damaged"},
		{"S1,14-Nov-20,A,,,,,,,,,,,,", "master-key-damaged"},
		{",,,," + pan + "," + account + ",,,,,,,,,", "master-supplier-missing"},
		{"S1,V1,A,,,1.23457E+11,,,,,,,,,", "master-account-unreadable"},
		{"S1,V1,A,,," + pan + ",,,,,,,,,", "master-account-unreadable"},
		{"S1,V1,A,,,,,yes,,,,,,,", "master-msme-unknown"},
		{"S1,V1,A,,,,," + account + ",,,,,,,", "master-msme-unknown"},
		{"S1,V1,A,,,,,,," + account + ",,,,,", "master-days-unreadable"},
		{"S1,V1,A,,,,,,,,," + pan + ",,,", "master-days-unreadable"},
		{"S1,V1,A,,,,,,,,,,0.5,31/31/2026,", "master-date-unreadable"},
		{"S1,V1,A,,,,,,,,,,0.5,01/04/2027,31/03/2027", "master-date-unreadable"},
		{"S1,V1,A,,,,,,,,,,0.123,,", "master-rate-unreadable"},
		{"S1,V1,A,,,,,,,,maybe,,,,", "master-answer-unclear"},
	} {
		f := readMaster(t, head+c.line+"\n")
		got := checksOf(f)
		if !slices.Equal(got, []string{c.want}) || f.Quarantined != 1 {
			t.Errorf("%s: got %v, want %s of one line", c.line, got, c.want)
		}
		for _, p := range f.Problems {
			provoked[p.Check] = true
			if s := p.String(); strings.Contains(s, account) || strings.Contains(s, pan) || p.Remedy == "" {
				t.Errorf("%s shows an account number or a PAN, or has no remedy", s)
			}
		}
	}
	for _, c := range Checks() {
		if !provoked[c.Name] {
			t.Errorf("no test provokes %s", c.Name)
		}
	}
}

// TestMasterSpellings has the same master under other headings, below a title.
func TestMasterSpellings(t *testing.T) {
	f := readMaster(t, "Vendor master\nAs on 21-Nov-2026\n\n"+
		"Vendor ID;Vendor Name;GST No.;Bharat Connect ID;Bank A/c No;IFSC Code;MSME Category;Written Agreement;Agreed Days;Is Trader;Payment Terms;Lower TDS Rate;LDC Valid From;LDC Valid Till;PAN No\n"+
		"V1;Bharat Steel;27AAPFU0939F1ZV;SUPP1;1234567890;hdfc0001234;Micro Enterprise;Yes;30;no;Net 45 days;0.5%;01/04/2026;31-Mar-2027;AAPFU0939F\n"+
		"V2;Mehta;;SUPP2;;;Not applicable;45;;;45 Days;;;;\n")
	e := f.Master.ByB2BID("SUPP1")
	if e == nil || len(f.Notes) != 0 {
		t.Fatalf("got %v and the notes %q, want SUPP1 and none", f.Problems, f.Notes)
	}
	if e.Code != "V1" || e.GSTIN != "27AAPFU0939F1ZV" || e.Account.Last4 != "7890" || e.IFSC != "HDFC0001234" || e.MSME != "micro" ||
		!e.Agreement || e.AgreementDays != 30 || e.TermsDays != 45 || e.LowerDeduction != 50 ||
		e.LowerFrom.String() != "2026-04-01" || e.LowerTo.String() != "2027-03-31" || e.PAN != "AAPFU0939F" || e.Pos.Row != 5 {
		t.Errorf("got %+v", e)
	}
	if e := f.Master.ByB2BID("SUPP2"); e.MSME != "" || !e.Agreement || e.AgreementDays != 45 || e.TermsDays != 45 {
		t.Errorf("got %+v, want an agreement of 45 days", e)
	}
}

// TestMasterWorkbook has what only a workbook holds: several sheets, numbers,
// percentages, dates and formulas.
func TestMasterWorkbook(t *testing.T) {
	book := excelize.NewFile()
	percent, _ := book.NewStyle(&excelize.Style{NumFmt: 10})
	date, _ := book.NewStyle(&excelize.Style{NumFmt: 14})
	if _, err := book.NewSheet("Suppliers"); err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{
		{"Code", "Name", "B2B ID", "LDC Rate", "LDC To", "Account No"},
		{1001, "Bharat Steel", "SUPP1", 0.0075, 46477, "000123456789012"},
		{1002, "Mehta", "SUPP2", nil, nil, 4.72e15},
		{46340, "Sharma", "SUPP3", nil, nil, nil},
		{1004, nil, "SUPP4", nil, nil, nil},
	} {
		cell, _ := excelize.CoordinatesToCellName(2, i+3)
		if err := book.SetSheetRow("Suppliers", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	for cell, style := range map[string]int{"E4": percent, "F4": date, "B6": date} {
		if err := book.SetCellStyle("Suppliers", cell, cell, style); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SetCellFormula("Suppliers", "C7", "A1"); err != nil {
		t.Fatal(err)
	}
	data, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	f, err := ReadMaster(t.Context(), "suppliers.xlsx", data.Bytes(), []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	e := f.Master.ByB2BID("SUPP1")
	if e == nil || e.Code != "1001" || e.LowerDeduction != 75 || e.LowerTo.String() != "2027-03-31" || e.Account.Last4 != "9012" {
		t.Errorf("got %+v, want code 1001, 0.75%% to 2027-03-31 and the account", e)
	}
	var got []string
	for _, p := range f.Problems {
		got = append(got, p.Pos.String()+" "+p.Check)
	}
	want := []string{"suppliers.xlsx:Suppliers!G5 master-key-damaged", "suppliers.xlsx:Suppliers!B6 master-key-damaged", "suppliers.xlsx:Suppliers!C7 master-cell-unreadable"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(f.Notes) != 1 || !strings.Contains(f.Notes[0], `"Sheet1"`) {
		t.Errorf("got notes %q, want the sheet that was not read", f.Notes)
	}
}

func TestReadMasterRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"supplier_code,supplier_name\nV1,A\n", "no column supplier_b2b_id"},
		{"supplier_b2b_id,Supplier B2B Id,Code\nA,B,C\n", "2 times"},
		{"supplier_b2b_id\nA\n", "by which a ledger could name a supplier"},
		{"918273645546,AAPFU0939F\n1,2\n", "no row of the first 60"},
		{"Code,918273645546,AAPFU0939F\n1,2\n", "no column supplier_b2b_id"},
		{"", "empty"},
	} {
		_, err := ReadMaster(t.Context(), "suppliers.csv", []byte(c.text), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ReadMaster(%q) = %v, want an error with %q", c.text, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "918273645546") || strings.Contains(err.Error(), "AAPFU0939F")) {
			t.Errorf("%v shows an account number or a PAN", err)
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
		{"unknown code, known name", Supplier{Code: "V7", Name: "Bharat Steel (Pune)"}, "", nil},
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

// TestMasterFindWithCare has what looks like an answer and is a guess.
func TestMasterFindWithCare(t *testing.T) {
	const g1, g2, g3 = "27AAPFU0939F1ZV", "24AABCJ1087G1ZT", "29AAGCB7383J1Z4"
	m := NewMaster([]Entry{
		{Supplier: Supplier{B2BID: "MH", Code: "0000100234", GSTIN: g1, Name: "Bharat Steel Private Limited"}},
		{Supplier: Supplier{B2BID: "GJ", Code: "0000100234", GSTIN: g2, Name: "Bharat Steel (P) Ltd."}},
		{Supplier: Supplier{B2BID: "M1", Code: "V2", GSTIN: g3, Name: "M/s Mehta & Co"}},
		{Supplier: Supplier{Code: "V3", Name: "Not On The Platform"}},
		{Supplier: Supplier{Code: "V4", Name: "Sharma"}},
		{Supplier: Supplier{B2BID: "SH", Code: "V5", Name: "Sharma"}, Unreadable: true},
		{Supplier: Supplier{B2BID: "GU", Code: "V6", Name: "Gupta"}, Unreadable: true},
		{Supplier: Supplier{B2BID: "RE", Name: "REDACTED PERSONAL DATA"}},
	})
	for _, c := range []struct {
		name       string
		supplier   Supplier
		want       string // B2B id, or code, or none
		candidates []string
	}{
		{"two registrations of one supplier", Supplier{Code: "0000100234"}, "none", []string{"GJ", "MH"}},
		{"told apart by GSTIN", Supplier{Code: "0000100234", GSTIN: g2}, "GJ", nil},
		{"zeros lost", Supplier{Code: "100234", GSTIN: g1}, "MH", nil},
		{"spellings of one name are two registrations", Supplier{Name: "BHARAT STEEL PVT LTD"}, "none", []string{"GJ", "MH"}},
		{"a registration that the master lacks", Supplier{Code: "V2", GSTIN: "33AABCT3312J1ZP"}, "none", nil},
		{"likewise by name", Supplier{Name: "Mehta and Company", GSTIN: "33AABCT3312J1ZP"}, "none", nil},
		{"a mistyped GSTIN proves nothing", Supplier{Code: "V2", GSTIN: "29AAGCB7383J1Z5"}, "M1", nil},
		{"name in another spelling", Supplier{Name: "MEHTA AND COMPANY"}, "M1", nil},
		{"another legal form is another supplier", Supplier{Name: "Mehta & Co LLP"}, "none", nil},
		{"known and not on the platform", Supplier{Code: "V3"}, "V3", nil},
		{"the other of that name could not be read", Supplier{Name: "Sharma"}, "none", []string{"SH", "code V4"}},
		{"could not be read", Supplier{Name: "Gupta"}, "none", nil},
		{"no name at all", Supplier{Name: "REDACTED PERSONAL DATA"}, "none", nil},
	} {
		entry, candidates := m.Find(c.supplier)
		got := "none"
		if entry != nil {
			got = entry.B2BID
			if got == "" {
				got = entry.Code
			}
		}
		if got != c.want || !slices.Equal(candidates, c.candidates) {
			t.Errorf("%s: got %q %q, want %q %q", c.name, got, candidates, c.want, c.candidates)
		}
	}
}

// TestMasterAgreed has one supplier on two lines.
func TestMasterAgreed(t *testing.T) {
	m := NewMaster([]Entry{
		{Supplier: Supplier{B2BID: "S1", Code: "V1"}, Account: Account{Last4: "1111"}, TermsDays: 30, HasTerms: true, MSME: "small"},
		{Supplier: Supplier{B2BID: "S1", Code: "V2"}, Account: Account{Last4: "2222"}, TermsDays: 30, HasTerms: true, MSME: "micro"},
	})
	if e := m.ByB2BID("S1"); e.Account.Last4 != "" || e.MSME != "" || e.TermsDays != 30 || e.Code != "" {
		t.Errorf("got %+v, want what both lines say", e)
	}
	if e, _ := m.Find(Supplier{B2BID: "S1", Code: "V2"}); e.Account.Last4 != "2222" || e.MSME != "micro" {
		t.Errorf("got %+v, want the line of the code", e)
	}
}

func TestFoldName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"Bharat Steel Pvt. Ltd.", "BHARAT STEEL PVT LTD"},
		{"BHARAT STEEL PRIVATE LIMITED", "BHARAT STEEL PVT LTD"},
		{"Bharat Steel (P) Ltd", "BHARAT STEEL PVT LTD"},
		{"Bharat Steel(P)Ltd", "BHARAT STEEL PVT LTD"},
		{"M/s. Bharat\u00a0Steel P. Ltd.", "BHARAT STEEL PVT LTD"},
		{"Mehta & Sons", "MEHTA AND SONS"},
		{"Mehta&Sons", "MEHTA AND SONS"},
		{"P Limited Editions", "PVT LTD EDITIONS"},
		{"K P Traders", "K P TRADERS"},
		{"Mehta LLP", "MEHTA LLP"},
		{"M/s", "M/S"},
		{"", ""},
	} {
		if got := FoldName(c.name); got != c.want {
			t.Errorf("FoldName(%q) = %q, want %q", c.name, got, c.want)
		}
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

// TestReadMasterStops: who has cancelled waits for no end of the file, and is not
// told that the file were at fault.
func TestReadMasterStops(t *testing.T) {
	text := "supplier_b2b_id,supplier_code\n" + strings.Repeat("SUP,V1\n", 50_000)
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if f, err := ReadMaster(ctx, "suppliers.csv", []byte(text), nil); f != nil || !errors.Is(err, why) {
		t.Errorf("got %v and %v, want no master and why it was stopped", f, err)
	}
	slow, end := context.WithTimeout(t.Context(), 0)
	defer end()
	if f, err := ReadMaster(slow, "suppliers.csv", []byte(text), nil); f != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v and %v, want no master and that the time was over", f, err)
	}
}
