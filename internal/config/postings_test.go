package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPostings(t *testing.T) {
	c, err := load(t, small+`
postings:
  tally: [{company: "Acme Retail & Co", bank_ledger: HDFC 0042, tds_ledger: TDS Payable}]
`)
	if err != nil {
		t.Fatal(err)
	}
	want := Postings{Tally: []TallyBooks{{Buyer: c.Buyers[0].B2BID, Company: "Acme Retail & Co", BankLedger: "HDFC 0042", TDSLedger: "TDS Payable", VoucherType: "Payment"}}}
	if diff := cmp.Diff(want, c.Postings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	shown := ""
	for _, s := range c.Settings() {
		if s.Name == "postings.tally" {
			shown = s.Value
		}
	}
	if want := c.Buyers[0].B2BID + ": company Acme Retail & Co, bank HDFC 0042, tds TDS Payable, voucher type Payment"; shown != want {
		t.Errorf("got %q, want %q", shown, want)
	}
}

func TestPostingsFaults(t *testing.T) {
	two := "buyers: [{b2b_id: B1}, {b2b_id: B2}]\nledger: {files: [l.csv]}\nevents: {files: [e.jsonl]}\n"
	books := func(s string) string { return "postings: {tally: [" + s + "]}" }
	tests := []struct{ name, text, place, check, want string }{
		{"no company", small + books("{bank_ledger: B}"), "reconcile.yaml:4:20", checkRequired, "company is missing"},
		{"no bank", small + books("{company: C}"), "reconcile.yaml:4:20", checkRequired, "bank_ledger is missing"},
		{"whose payments", two + books("{company: C, bank_ledger: B}"), "reconcile.yaml:4:20", checkRequired, "buyer is missing"},
		{"nobody's payments", two + books("{buyer: B3, company: C, bank_ledger: B}"), "reconcile.yaml:4:28", checkValue, "none of buyers"},
		{"booked in two companies", two + books("{buyer: B1, company: C, bank_ledger: B}, {buyer: B1, company: D, bank_ledger: B}"), "reconcile.yaml:4:61", checkDuplicate, "booked twice"},
		{"a name with an end", small + books(`{company: "C ", bank_ledger: B}`), "reconcile.yaml:4:30", checkValue, "without spaces"},
		{"a name of two lines", small + books(`{company: "C\nD", bank_ledger: B}`), "reconcile.yaml:4:30", checkValue, "control characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.text)
			e, ok := err.(*Error)
			if !ok {
				t.Fatalf("got %v, want an *Error", err)
			}
			for _, f := range e.Faults {
				if strings.HasPrefix(f.Place, tt.place) && f.Check == tt.check && strings.Contains(f.String(), tt.want) {
					return
				}
			}
			t.Errorf("got\n%v\nwant %s … %s … [%s]", err, tt.place, tt.want, tt.check)
		})
	}
}
