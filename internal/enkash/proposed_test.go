package enkash

import (
	"fmt"
	"slices"
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
	written, accounts, netted := 0, false, false
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
		world := proposal.World{Now: night}
		for i := range rapid.IntRange(1, 6).Draw(t, "candidates") {
			number := odd("number", fmt.Sprintf("INV/26-27/%03d", i))
			c := proposal.Candidate{
				Debt:         payment.Debt{Buyer: "BUYER0001", Supplier: odd("supplier", "SUPP0001"), NumberKey: party.NumberKey(number), Year: 2026},
				SupplierName: odd("name", "Blue Peak"), Number: number, Source: fmt.Sprintf("ledger.csv:%d", i+2), Currency: "INR",
				InvoiceDate: invoiced, DueDate: due,
				Amount: amount("amount"), TDS: amount("tds"), Adjustment: amount("adjustment"), Section: "393(1)",
				InvoiceID: odd("id", ""), ObjectVersion: rapid.IntRange(0, 3).Draw(t, "version"), InvoiceStatus: odd("status", "CONFIRMED"),
				IFSC: odd("ifsc", "HDFC0001234"), Beneficiary: odd("beneficiary", "Blue Peak"), VPA: odd("vpa", "a@b"),
				Account: rapid.SampledFrom([]party.Account{{}, {Last4: "6789", Fingerprint: [16]byte{1}}, {Last4: "12", Fingerprint: [16]byte{2}}}).Draw(t, "account"),
				UTR:     odd("utr", fmt.Sprintf("UTR%d", i)), Mode: odd("mode", "NEFT"), PaymentDate: asOf,
			}
			c.Cash = c.Amount + amount("cash paid")
			c.Gross = c.Cash + c.TDS + c.Adjustment + amount("more")
			candidates = append(candidates, c)
			world.Accounts = append(world.Accounts, proposal.KnownAccount{Supplier: c.Debt.Supplier, Last4: c.Account.Last4})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "credits") {
			world.Credits = append(world.Credits, proposal.Credit{
				Buyer: "BUYER0001", Supplier: "SUPP0001", Number: odd("note", fmt.Sprintf("CN/%d", i)), Source: fmt.Sprintf("ledger.csv:%d", 90+i),
				Amount: 1 + amount("credit")/10, Currency: odd("its currency", "INR"),
			})
		}
		p := proposal.Propose(proposal.Policy{
			AsOf: asOf, Maker: "meera", BaseURL: "https://enkash.example", Type: typ, Mode: "NEFT", ValidFor: 3600,
			MaxInvoices: rapid.IntRange(1, 50).Draw(t, "invoices"), NetCredits: rapid.Bool().Draw(t, "net credits"),
		}, candidates, world)
		for i := range p.Instructions {
			if _, err := RenderPay(&p.Instructions[i], typ, geocode, night); err != nil {
				t.Fatalf("proposed, and then: %v", err)
			}
			written++
			in := &p.Instructions[i]
			accounts = accounts || in.Payee.Last4 != ""
			netted = netted || slices.ContainsFunc(in.Allocations, func(a proposal.Allocation) bool {
				return slices.ContainsFunc(a.Splits, func(s proposal.Split) bool { return s.Name == proposal.SplitCreditNote })
			})
		}
	})
	if written == 0 || !accounts || !netted {
		t.Errorf("%d instructions were proposed, to an account: %v, with a credit netted: %v; want all of these tried", written, accounts, netted)
	}
}
