package enkash

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
)

// Whatever stands in the books, what is proposed can be written: a body that is
// refused when the plan has been approved comes too late.
func TestWhatIsProposedCanBeWritten(t *testing.T) {
	asOf, invoiced, due := mustDay(t, "2026-11-21"), mustDay(t, "2026-10-01"), mustDay(t, "2026-11-01")
	written := 0
	rapid.Check(t, func(t *rapid.T) {
		odd := func(name, usual string) string {
			if rapid.IntRange(0, 19).Draw(t, "how usual") > 0 {
				return usual
			}
			return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", " " + usual, usual + "\n", `a"b`, `a\b`, "\xff", "rtgs", "hdfc0001234", "\u00a0x"})).Draw(t, name)
		}
		amount := func(name string) money.Paise { return money.Paise(rapid.Int64Range(0, 1_000_000).Draw(t, name)) }
		typ := rapid.SampledFrom([]payment.Type{payment.OnPlatform, payment.OffPlatform}).Draw(t, "type")
		var candidates []proposal.Candidate
		for i := range rapid.IntRange(1, 6).Draw(t, "candidates") {
			number := odd("number", fmt.Sprintf("INV/26-27/%03d", i))
			c := proposal.Candidate{
				Debt:         payment.Debt{Buyer: "BUYER0001", Supplier: odd("supplier", "SUPP0001"), NumberKey: party.NumberKey(number), Year: 2026},
				SupplierName: odd("name", "Blue Peak"), Number: number, Source: fmt.Sprintf("ledger.csv:%d", i+2), Currency: "INR",
				InvoiceDate: invoiced, DueDate: due,
				Amount: amount("amount"), TDS: amount("tds"), Adjustment: amount("adjustment"), Section: "393(1)",
				InvoiceID: odd("id", ""), ObjectVersion: rapid.IntRange(0, 3).Draw(t, "version"), InvoiceStatus: odd("status", "CONFIRMED"),
				IFSC: odd("ifsc", "HDFC0001234"), Beneficiary: odd("beneficiary", "Blue Peak"), VPA: odd("vpa", "a@b"),
				UTR: odd("utr", fmt.Sprintf("UTR%d", i)), Mode: odd("mode", "NEFT"), PaymentDate: asOf,
			}
			c.Cash = c.Amount + amount("cash paid")
			c.Gross = c.Cash + c.TDS + c.Adjustment + amount("more")
			candidates = append(candidates, c)
		}
		p := proposal.Propose(proposal.Policy{
			AsOf: asOf, Maker: "meera", BaseURL: "https://enkash.example", Type: typ, Mode: "NEFT", ValidFor: 3600,
			MaxInvoices: rapid.IntRange(1, 50).Draw(t, "invoices"),
		}, candidates, proposal.World{Now: night})
		for i := range p.Instructions {
			if _, err := RenderPay(&p.Instructions[i], typ, geocode, night); err != nil {
				t.Fatalf("proposed, and then: %v", err)
			}
			written++
		}
	})
	if written == 0 {
		t.Error("nothing was ever proposed, so nothing was tried")
	}
}
