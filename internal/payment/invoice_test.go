package payment

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestInvoices(t *testing.T) {
	const id = "INV0123456789ABCDEFGHIJKLMNOPQRSTUV"
	notice := func(version int, status, response string) Notice {
		return Notice{ID: id, Number: "INV/26-27/42", Buyer: "B", Supplier: "S", Version: version, Status: status, Response: response}
	}
	for _, c := range []struct {
		name     string
		notices  []Notice
		version  int
		statuses []string
		response string
	}{
		{"sent to us", []Notice{notice(1, "CREATED", "")}, 1, []string{"CREATED"}, ""},
		{"accepted", []Notice{notice(1, "CREATED", ""), notice(1, "CONFIRMED", "ACCEPT")}, 1, []string{"CONFIRMED", "CREATED"}, "ACCEPT"},
		{"accepted, then edited: nobody accepted the new version", []Notice{notice(1, "CONFIRMED", "ACCEPT"), notice(2, "CREATED", "")}, 2, []string{"CREATED"}, ""},
		{"rejected, then edited and accepted", []Notice{notice(1, "REJECTED", "REJECT"), notice(2, "CONFIRMED", "ACCEPT")}, 2, []string{"CONFIRMED"}, "ACCEPT"},
		{"accepted and returned: the worse answer", []Notice{notice(1, "", "ACCEPT"), notice(1, "", "RETURN")}, 1, nil, "RETURN"},
		{"returned and rejected: the worst", []Notice{notice(1, "", "RETURN"), notice(1, "", "REJECT")}, 1, nil, "REJECT"},
		{"an answer without a version, to the first", []Notice{notice(1, "CREATED", ""), notice(0, "", "ACCEPT")}, 1, []string{"CREATED"}, "ACCEPT"},
		{"an answer without a version accepts no later one", []Notice{notice(2, "CREATED", ""), notice(0, "", "ACCEPT")}, 2, []string{"CREATED"}, ""},
		{"a refusal without a version holds for any", []Notice{notice(2, "CREATED", ""), notice(0, "", "REJECT")}, 2, []string{"CREATED"}, "REJECT"},
		{"cancelled without a version", []Notice{notice(2, "CREATED", "ACCEPT"), notice(0, "CANCELLED", "")}, 2, []string{"CANCELLED", "CREATED"}, "ACCEPT"},
	} {
		var f InvoiceFolder
		for _, n := range c.notices {
			f.Add(n)
		}
		want := []Invoice{{ID: id, Number: "INV/26-27/42", Key: "INV/FY2026/42", Buyer: "B", Supplier: "S", Version: c.version, Statuses: c.statuses, Response: c.response}}
		if diff := cmp.Diff(want, f.Invoices()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestInvoicesOfTheSet: neither the order of notices nor copies of them change
// what is known of an invoice, and one without an id is about none.
func TestInvoicesOfTheSet(t *testing.T) {
	text := func(words ...string) *rapid.Generator[string] { return rapid.SampledFrom(append(words, "")) }
	rapid.Check(t, func(t *rapid.T) {
		notices := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Notice {
			return Notice{
				ID: text("INV1", "INV2").Draw(t, "id"), Number: text("A/1", "A/2").Draw(t, "number"), Buyer: text("B", "C").Draw(t, "buyer"),
				Supplier: text("S").Draw(t, "supplier"), Version: rapid.IntRange(0, 3).Draw(t, "version"),
				Status: text("CREATED", "CANCELLED").Draw(t, "status"), Response: text("ACCEPT", "REJECT", "RETURN").Draw(t, "response"),
				Financed: rapid.IntRange(0, 5).Draw(t, "financed") == 0,
			}
		}), 1, 8).Draw(t, "notices")
		var one, other InvoiceFolder
		for _, n := range notices {
			one.Add(n)
		}
		for _, n := range rapid.Permutation(append(notices, notices...)).Draw(t, "order") {
			other.Add(n)
		}
		if diff := cmp.Diff(one.Invoices(), other.Invoices()); diff != "" {
			t.Errorf("another order, and everything twice (-want +got):\n%s", diff)
		}
		for _, v := range one.Invoices() {
			if v.ID == "" {
				t.Error("a notice without an id made an invoice")
			}
		}
	})
}
