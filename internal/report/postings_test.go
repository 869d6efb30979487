package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"reconcile/internal/money"
	"reconcile/internal/posting"
)

// somePostings is one entry of each kind.
func somePostings() Postings {
	entry := func(id, number string, change func(*posting.Entry)) posting.Entry {
		e := posting.Entry{
			ID: id, Line: id, Buyer: "BUYER0001", Supplier: "SUPP0001", SupplierCode: "V1001", SupplierName: "Sharma & Sons <Steel>",
			Number: number, InvoiceDate: on("2026-10-01"), Source: "ledger/november.csv:2", ObjectID: "PAY" + id, Date: on("2026-11-10"),
			Mode: "ACCOUNT TRANSFER", UTR: "HDFCR52026111012345678", Cash: 1_16_000_00, ExceptionID: "X" + id,
		}
		if change != nil {
			change(&e)
		}
		return e
	}
	return Postings{HandOut: true, Tally: []TallyBooks{{Buyer: "BUYER0001", Company: "Acme Retail & Co", BankLedger: "HDFC 0042", TDSLedger: "TDS Payable", VoucherType: "Payment"}},
		Entries: []posting.Entry{
			entry("PNEW", "SST/26-27/0042", func(e *posting.Entry) { e.TDS = 2_000_00 }),
			entry("PPLAIN", "=cmd()", func(e *posting.Entry) { e.Part, e.UTR, e.SupplierName = "2", "", "\u202egpj.exe\x00\n" }),
			entry("PBEFORE", "SST/26-27/0001", func(e *posting.Entry) { e.Run, e.Since = "2026-11-19-run-01", on("2026-11-19") }),
			entry("PHAND", "SST/26-27/0002", func(e *posting.Entry) { e.ByHand = "the day of the payment is not known"; e.Date = 0 }),
			entry("PCREDIT", "SST/26-27/0003", func(e *posting.Entry) { e.Adjustment = 500_00 }),
			entry("POTHER", "KA/7", func(e *posting.Entry) { e.Buyer = "BUYER0002" }),
		}}
}

func TestPostingsGolden(t *testing.T) {
	f := smallFacts()
	f.Postings = somePostings()
	files := csvFiles(t, f.PostingsOutput())
	if len(files) != 2 || files[PostingsName] == nil || files["postings-tally.xml"] == nil {
		t.Fatalf("got %d files, want %s and postings-tally.xml", len(files), PostingsName)
	}
	var sheet bytes.Buffer
	if err := f.postingsTable().writeCSV(&sheet); err != nil {
		t.Fatal(err)
	}
	plain := func(b []byte) string {
		return strings.ReplaceAll(strings.TrimPrefix(string(b), byteOrderMark), "\r\n", "\n")
	}
	compareGolden(t, "postings.txt", []byte("-- "+PostingsName+" --\n"+plain(files[PostingsName])+
		"-- postings-tally.xml --\n"+string(files["postings-tally.xml"])+"-- To be booked --\n"+plain(sheet.Bytes())))
}

// Only what is new is handed out, and only by a run.
func TestPostingsAreHandedOutOnce(t *testing.T) {
	f := smallFacts()
	f.Postings = somePostings()
	rows := readCSV(t, csvFiles(t, f.PostingsOutput())[PostingsName])
	var ids []string
	for _, row := range rows[1:] {
		ids = append(ids, row[0])
	}
	if got, want := strings.Join(ids, " "), "PNEW PPLAIN PCREDIT POTHER"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := strings.Join(f.Postings.Lines(), " "), "PNEW PPLAIN PCREDIT POTHER"; got != want {
		t.Errorf("noted as handed out: got %s, want %s", got, want)
	}
	f.Postings.HandOut = false
	if files, lines := f.PostingsOutput(), f.Postings.Lines(); len(files) != 0 || len(lines) != 0 {
		t.Errorf("a command that hands out nothing: got %d files and %q", len(files), lines)
	}
	f.Postings = Postings{HandOut: true}
	if files := f.PostingsOutput(); len(files) != 0 {
		t.Errorf("nothing to book: got %d files", len(files))
	}
}

// A strict reader finds in the file for Tally what Tally asks for: every element
// known, every voucher in balance, the bill settled in full, no id twice.
func TestTallyImport(t *testing.T) {
	f := smallFacts()
	f.Postings = somePostings()
	text := csvFiles(t, f.PostingsOutput())["postings-tally.xml"]
	var got tallyEnvelope
	dec := xml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) && err != nil {
		t.Errorf("behind the envelope: %v", err)
	}
	again, err := xml.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	// What a reader of these names does not know would be missing here.
	if want := elements(t, text); elements(t, again) != want {
		t.Errorf("got the elements\n%s\nwant\n%s", elements(t, again), want)
	}
	if got.Import.Company != "Acme Retail & Co" || got.Request != "Import Data" || got.Import.Report != "Vouchers" {
		t.Errorf("got %+v, want vouchers imported into Acme Retail & Co", got.Import)
	}
	ids := map[string]bool{}
	for _, m := range got.Import.Messages {
		v := m.Voucher
		if ids[v.RemoteID] || v.RemoteID == "" || v.RemoteID != v.GUID || v.RemoteID != v.Number {
			t.Errorf("the ids of a voucher: got %q, %q, %q, want the same of all three, and once", v.RemoteID, v.GUID, v.Number)
		}
		ids[v.RemoteID] = true
		if len(v.Date) != 8 || strings.Trim(v.Date, "0123456789") != "" {
			t.Errorf("%s: got the date %q, want YYYYMMDD", v.RemoteID, v.Date)
		}
		sum := money.Paise(0)
		for _, l := range v.Ledgers {
			paise, err := money.Parse(l.Amount)
			if err != nil {
				t.Fatal(err)
			}
			sum += paise
			if debit := l.Debit == "Yes"; debit != (paise < 0) {
				t.Errorf("%s: %s has %s and ISDEEMEDPOSITIVE %s", v.RemoteID, l.Name, l.Amount, l.Debit)
			}
			if l.Bill != nil && (l.Bill.Amount != l.Amount || l.Bill.Type != "Agst Ref" || l.IsParty != "Yes" || l.Name != v.Party) {
				t.Errorf("%s: got the bill %+v of %+v, want all of it against its reference", v.RemoteID, *l.Bill, l)
			}
			if l.Bank != nil && (l.Bank.Amount != l.Amount || l.Bank.Type != "Others") {
				t.Errorf("%s: got the bank %+v of %+v", v.RemoteID, *l.Bank, l)
			}
		}
		if sum != 0 {
			t.Errorf("%s: the amounts sum to %s, want 0.00", v.RemoteID, sum)
		}
	}
	// PCREDIT needs a ledger that nobody named, POTHER is another company's.
	if len(ids) != 2 || !ids["PNEW"] || !ids["PPLAIN"] {
		t.Errorf("got the vouchers %v, want PNEW and PPLAIN", ids)
	}
}

// elements lists the names of all elements, in their order.
func elements(t *testing.T, text []byte) string {
	t.Helper()
	var names []string
	for dec := xml.NewDecoder(bytes.NewReader(text)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return strings.Join(names, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, is := token.(xml.StartElement); is {
			names = append(names, start.Name.Local)
		}
	}
}

// Two companies have two files.
func TestTallyOfTwoCompanies(t *testing.T) {
	f := smallFacts()
	f.Postings = somePostings()
	f.Postings.Tally = append(f.Postings.Tally, TallyBooks{Buyer: "BUYER0002", Company: "Acme Karnataka", BankLedger: "B", VoucherType: "Payment"})
	files := csvFiles(t, f.PostingsOutput())
	if text := string(files["postings-tally-BUYER0002.xml"]); !strings.Contains(text, "POTHER") || strings.Contains(text, "PNEW") {
		t.Errorf("got %s, want the payments of BUYER0002 alone", text)
	}
	if text := string(files["postings-tally-BUYER0001.xml"]); strings.Contains(text, "POTHER") {
		t.Errorf("got %s, want no payment of BUYER0002", text)
	}
}

// The terminal says what is to be booked and in which files, where there are any.
func TestTextNamesThePostings(t *testing.T) {
	f := smallFacts()
	f.Postings = somePostings()
	run := smallRun()
	var without, with strings.Builder
	if err := f.Summary(run).Text(&without); err != nil {
		t.Fatal(err)
	}
	run.Files.Postings = []string{"reports/r/postings.csv"}
	if err := f.Summary(run).Text(&with); err != nil {
		t.Fatal(err)
	}
	const want = "\nTo be booked: 4 payments of ₹ 4,64,000.00 that the books lack\n  reports/r/postings.csv\n"
	if !strings.Contains(with.String(), want) || strings.Contains(without.String(), "To be booked") {
		t.Errorf("got\n%s\nwant %q where a run handed out files, and only there", with.String(), want)
	}
}
