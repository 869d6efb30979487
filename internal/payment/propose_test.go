package payment

import (
	"testing"

	"reconcile/internal/money"
)

func TestPropose(t *testing.T) {
	owed := func(change func(*Candidate)) Candidate {
		c := Candidate{ProposalLine: ProposalLine{
			Debt:   Debt{Buyer: "B", Supplier: "S", NumberKey: "A/1", Year: 2026},
			Number: "A-1", Amount: 118_000_00,
		}, UTR: "U1"}
		if change != nil {
			change(&c)
		}
		return c
	}
	credit := map[string]money.Paise{"S": 500_00}
	for _, c := range []struct {
		name      string
		typ       Type
		candidate Candidate
		unmatched []Unmatched
		credits   map[string]money.Paise
		want      string
	}{
		{"in", OnPlatform, owed(nil), nil, nil, ""},
		{"no B2B id", OnPlatform, owed(func(c *Candidate) { c.Debt.Supplier = "" }), nil, nil, ReasonSupplierUnknown},
		{"a file in doubt", OnPlatform, owed(func(c *Candidate) { c.Quarantined = true }), nil, nil, ReasonQuarantine},
		{"a log in doubt", OnPlatform, owed(func(c *Candidate) { c.LostLog = "events.jsonl.gz" }), nil, nil, ReasonLogLost},
		{"another account", OnPlatform, owed(func(c *Candidate) { c.BankChange = "an account ending in 1" }), nil, nil, ReasonBankChanged},
		{"reported, the account is of no consequence", OffPlatform, owed(func(c *Candidate) { c.BankChange = "an account ending in 1" }), nil, nil, ""},
		{"nothing to pay", OnPlatform, owed(func(c *Candidate) { c.Amount = 0 }), nil, nil, ReasonNothingToPay},
		{"money left with this amount", OnPlatform, owed(nil), []Unmatched{{Supplier: "S", NumberKey: "Z", Net: 118_000_00}}, nil, ReasonUnmatchedPayment},
		{"money left with this number", OnPlatform, owed(nil), []Unmatched{{Supplier: "S", NumberKey: "A/1", Net: 1}}, nil, ReasonUnmatchedPayment},
		{"money left for another supplier", OnPlatform, owed(nil), []Unmatched{{Supplier: "T", NumberKey: "A/1", Net: 118_000_00}}, nil, ""},
		{"money left for something else", OnPlatform, owed(nil), []Unmatched{{Supplier: "S", NumberKey: "Z", Net: 1}}, nil, ""},
		{"credit", OnPlatform, owed(nil), nil, credit, ReasonOpenCredit},
		{"reported, credit is of no consequence", OffPlatform, owed(nil), nil, credit, ""},
		{"reported without a reference", OffPlatform, owed(func(c *Candidate) { c.UTR = "" }), nil, nil, ReasonNoUTR},
	} {
		lines := Propose(c.typ, []Candidate{c.candidate}, c.unmatched, c.credits)
		if len(lines) != 1 || lines[0].Reason != c.want || (lines[0].Why == "") != (c.want == "") {
			t.Errorf("%s: got %+v, want the reason %q", c.name, lines, c.want)
		}
	}
}
