package enkash

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
)

// books are what a night proposes from.
type books struct {
	policy     proposal.Policy
	candidates []proposal.Candidate
	world      proposal.World
}

// anyBooks are mostly in order; each of their texts is odd once in twenty times.
func anyBooks(asOf, invoiced, due day.Date) *rapid.Generator[books] {
	return rapid.Custom(func(t *rapid.T) books {
		odd := func(name, usual string) string {
			if rapid.IntRange(0, 19).Draw(t, "how usual") > 0 {
				return usual
			}
			return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", " " + usual, usual + "\n", `a"b`, `a\b`, "\xff", "rtgs", "hdfc0001234", "\u00a0x"})).Draw(t, name)
		}
		amount := func(name string) money.Paise { return money.Paise(rapid.Int64Range(0, 1_000_000).Draw(t, name)) }
		b := books{
			policy: proposal.Policy{
				AsOf: asOf, Maker: "meera", BaseURL: "https://enkash.example", Mode: "NEFT", ValidFor: 3600,
				Type:        rapid.SampledFrom([]payment.Type{payment.OnPlatform, payment.OffPlatform}).Draw(t, "type"),
				MaxInvoices: rapid.IntRange(1, 50).Draw(t, "invoices"), NetCredits: rapid.Bool().Draw(t, "net credits"),
			},
			world: proposal.World{Now: night},
		}
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
			b.candidates = append(b.candidates, c)
			b.world.Accounts = append(b.world.Accounts, proposal.KnownAccount{Supplier: c.Debt.Supplier, Last4: c.Account.Last4})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "credits") {
			b.world.Credits = append(b.world.Credits, proposal.Credit{
				Buyer: "BUYER0001", Supplier: "SUPP0001", Number: odd("note", fmt.Sprintf("CN/%d", i)), Source: fmt.Sprintf("ledger.csv:%d", 90+i),
				Amount: 1 + amount("credit")/10, Currency: odd("its currency", "INR"),
			})
		}
		return b
	})
}

// Whatever stands in the books, what is proposed can be written: a body that is
// refused when the plan has been approved comes too late. What has to be among
// what is tried is asked of the same 500 books each time; chance adds others.
func TestWhatIsProposedCanBeWritten(t *testing.T) {
	anything := anyBooks(mustDay(t, "2026-11-21"), mustDay(t, "2026-10-01"), mustDay(t, "2026-11-01"))
	written := func(t interface{ Fatalf(string, ...any) }, b books) []proposal.Instruction {
		p := proposal.Propose(b.policy, b.candidates, b.world)
		for i := range p.Instructions {
			if _, err := RenderPay(&p.Instructions[i], b.policy.Type, geocode, night); err != nil {
				t.Fatalf("proposed, and then: %v", err)
			}
		}
		return p.Instructions
	}

	accounts, netted := 0, 0
	for seed := range 500 {
		for _, in := range written(t, anything.Example(seed)) {
			if in.Payee.Last4 != "" {
				accounts++
			}
			if slices.ContainsFunc(in.Allocations, func(a proposal.Allocation) bool {
				return slices.ContainsFunc(a.Splits, func(s proposal.Split) bool { return s.Name == proposal.SplitCreditNote })
			}) {
				netted++
			}
		}
	}
	if accounts < 50 || netted < 10 {
		t.Errorf("%d instructions were to an account and %d netted a credit; want 50 and 10 or more", accounts, netted)
	}
	rapid.Check(t, func(t *rapid.T) { written(t, anything.Draw(t, "books")) })
}
