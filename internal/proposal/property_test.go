package proposal

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// A scene is what Propose is given.
type scene struct {
	policy     Policy
	candidates []Candidate
	world      World
}

// drawScene makes a small crowded world: few suppliers, numbers and amounts, so
// that everything meets everything.
func drawScene(t *rapid.T) scene {
	amount := rapid.SampledFrom([]money.Paise{99, 9_000_00, 10_000_00, 10_000_01, 40_000_00, 70_000_00, 118_000_00, 2_50_000_00})
	number := rapid.SampledFrom([]string{"A/1", "A-01", "A/22", "B/26-27/10", "B/26-27/01", "C 7", "E/345", "F/678", "G/9876", `D"1`})
	supplier := rapid.SampledFrom([]string{"S1", "S1", "S1", "S2", "S2", "S3", ""})
	buyer := rapid.SampledFrom([]string{"B1", "B1", "B1", "B2"})
	dates := rapid.SampledFrom([]day.Date{0, on("2026-03-05"), on("2026-10-01"), on("2026-10-20")})
	account := func(label string) party.Account {
		return rapid.SampledFrom([]party.Account{{}, {}, {}, {}, {}, {Last4: "1111", Fingerprint: [16]byte{1}}, {Last4: "2222", Fingerprint: [16]byte{2}}}).Draw(t, label)
	}
	s := scene{policy: policy()}
	s.policy.Type = rapid.SampledFrom([]payment.Type{payment.OnPlatform, payment.OffPlatform}).Draw(t, "type")
	s.policy.Mode = rapid.SampledFrom([]string{"NEFT", "UPI", "IMPS"}).Draw(t, "mode")
	s.policy.MaxInvoices = rapid.IntRange(0, 4).Draw(t, "max invoices")
	s.policy.NetCredits = rapid.Bool().Draw(t, "net credits")
	s.policy.Caps = Caps{Supplier: rapid.SampledFrom([]money.Paise{0, 0, 2_00_000_00}).Draw(t, "supplier cap"), Run: rapid.SampledFrom([]money.Paise{0, 3_00_000_00}).Draw(t, "run cap")}
	for i := range rapid.IntRange(0, 9).Draw(t, "candidates") {
		n := number.Draw(t, "number")
		invoiced := dates.Draw(t, "invoice date")
		cash, tds, adjustment := amount.Draw(t, "cash"), rapid.SampledFrom([]money.Paise{0, 0, 2_000_00}).Draw(t, "tds"), rapid.SampledFrom([]money.Paise{0, 0, 500_00}).Draw(t, "adjustment")
		c := Candidate{
			Debt:         payment.Debt{Buyer: buyer.Draw(t, "buyer"), Supplier: supplier.Draw(t, "supplier"), NumberKey: party.NumberKey(n), Year: invoiced.FinancialYear(), Part: rapid.SampledFrom([]string{"", "", "2"}).Draw(t, "part")},
			SupplierName: "Name", Number: n, Source: fmt.Sprintf("l.csv:%d", rapid.IntRange(2, 4).Draw(t, "row")*(i%2+1)),
			InvoiceDate: invoiced, DueDate: dates.Draw(t, "due"), Cash: cash, TDS: tds, Adjustment: adjustment,
			Gross: cash + tds + adjustment + rapid.SampledFrom([]money.Paise{0, 0, 0, 0, -1, 5}).Draw(t, "gap"),
			MSME:  rapid.SampledFrom([]string{"", "micro"}).Draw(t, "msme"), Account: account("account"),
			UTR: rapid.SampledFrom([]string{"", "U1", "U1", "U2"}).Draw(t, "utr"), Mode: rapid.SampledFrom([]string{"", "NEFT", "RTGS", "CHEQUE"}).Draw(t, "books' mode"),
		}
		c.CashPaid = rapid.SampledFrom([]money.Paise{0, 0, 0, cash / 2}).Draw(t, "paid")
		c.Adjusted = rapid.SampledFrom([]money.Paise{0, 0, 1_000_00, 3_000_00}).Draw(t, "adjusted")
		c.Amount = max(0, cash-c.CashPaid-max(0, c.Adjusted-tds-adjustment))
		s.candidates = append(s.candidates, c)
		if rapid.Bool().Draw(t, "is a bill") {
			s.world.Bills = append(s.world.Bills, Bill{Debt: c.Debt, Number: n, Source: c.Source, Date: invoiced, Gross: c.Gross, Cash: cash, CashPaid: c.CashPaid})
		}
		s.world.Holders = append(s.world.Holders, Holder{Supplier: c.Debt.Supplier, Account: c.Account})
	}
	for range rapid.IntRange(0, 3).Draw(t, "credits") {
		s.world.Credits = append(s.world.Credits, Credit{
			Buyer: buyer.Draw(t, "buyer"), Supplier: supplier.Draw(t, "supplier"), Number: number.Draw(t, "note"), Source: "l.csv:9", Amount: amount.Draw(t, "credit"),
		})
	}
	for _, sup := range []string{"S1", "S2", "S3"} {
		if rapid.Bool().Draw(t, "known account") {
			s.world.Accounts = append(s.world.Accounts, KnownAccount{Supplier: sup, Last4: "1111"}, KnownAccount{Supplier: sup, Last4: "2222"})
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "past") {
		if len(s.candidates) == 0 {
			break
		}
		of := s.candidates[rapid.IntRange(0, len(s.candidates)-1).Draw(t, "of")]
		state := rapid.SampledFrom([]Past{{State: "UNSURE", Sent: true}, {State: "PAID", Sent: true, Paid: true}, {State: "FAILED", Sent: true}, {State: "VOID"}}).Draw(t, "state")
		state.ObjectID, state.Supplier, state.Attempt = fmt.Sprint("PMT", i), of.Debt.Supplier, rapid.IntRange(1, 3).Draw(t, "attempt")
		state.Allocations = []PastAllocation{{Debt: of.Debt, Instalment: rapid.IntRange(1, 2).Draw(t, "instalment"), Number: of.Number,
			Owed: of.Cash, Net: of.Cash / 2, Held: state.State == "UNSURE" || state.Paid}}
		s.world.Journal.Instructions = append(s.world.Journal.Instructions, state)
	}
	s.world.Now = on("2026-11-21").Time()
	return s
}

// TestLaws: whatever the world, everything adds up, and nothing is lost or paid
// that may not be.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t)
		p := Propose(s.policy, s.candidates, s.world)
		if err := p.check(); err != nil {
			t.Fatalf("the proposal does not tie: %v", err)
		}
		if len(p.Lines) != len(s.candidates) {
			t.Fatalf("got %d lines for %d candidates, want one for each", len(p.Lines), len(s.candidates))
		}
		s.heldStaysHeld(t, p)
		s.capsHold(t, p)
		s.creditsOnce(t, p)
		var in money.Paise
		for _, l := range p.Lines {
			if l.Reason == "" {
				in += l.Amount
			}
		}
		if in != p.Total() {
			t.Errorf("the lines that are in come to %s, and the instructions to %s", in, p.Total())
		}
	})
}

func (s *scene) heldStaysHeld(t *rapid.T, p *Proposal) {
	for i := range p.Instructions {
		for _, a := range p.Instructions[i].Allocations {
			held := money.Paise(0)
			for _, past := range s.world.Journal.Instructions {
				for _, b := range past.Allocations {
					if b.Debt != a.Debt || !b.Held {
						continue
					}
					held += b.Net
					if !past.Paid || b.Instalment == a.Instalment {
						t.Errorf("invoice %s is proposed as instalment %d while %s is %s with instalment %d", a.Number, a.Instalment, past.ObjectID, past.State, b.Instalment)
					}
				}
			}
			if held+a.Net > a.Owed {
				t.Errorf("invoice %s: %s is held and %s proposed, of %s that are owed", a.Number, held, a.Net, a.Owed)
			}
		}
	}
}

func (s *scene) capsHold(t *rapid.T, p *Proposal) {
	bySupplier := make(map[string]money.Paise)
	for i := range p.Instructions {
		in := &p.Instructions[i]
		bySupplier[in.Supplier] += in.Net
		if limit := max(s.policy.MaxInvoices, 1); p.Type == payment.OnPlatform && len(in.Allocations) > limit {
			t.Errorf("an instruction has %d invoices, and may have %d", len(in.Allocations), limit)
		}
		if p.Type == payment.OnPlatform && in.Mode == "UPI" && in.Net > 1_00_000_00 {
			t.Errorf("an instruction by UPI is over %s", in.Net)
		}
	}
	for supplier, sum := range bySupplier {
		if limit := s.policy.Caps.Supplier; limit > 0 && sum > limit {
			t.Errorf("supplier %s gets %s, over the cap of %s", supplier, sum, limit)
		}
	}
	if limit := s.policy.Caps.Run; limit > 0 && p.Total() > limit {
		t.Errorf("the proposal comes to %s, over the cap of %s", p.Total(), limit)
	}
}

func (s *scene) creditsOnce(t *rapid.T, p *Proposal) {
	type note struct{ buyer, supplier, number string }
	open := make(map[note]money.Paise)
	for _, k := range s.world.Credits {
		open[note{k.Buyer, k.Supplier, k.Number}] += k.Amount
	}
	for i := range p.Instructions {
		in := &p.Instructions[i]
		for _, a := range in.Allocations {
			for _, split := range a.Splits {
				if split.Name != SplitCreditNote {
					continue
				}
				n := note{in.Buyer, in.Supplier, split.RefNo}
				if open[n] -= split.Value; open[n] < 0 {
					t.Errorf("credit note %s of %s is netted for %s more than it is", split.RefNo, in.Supplier, -open[n])
				}
			}
		}
	}
}

// TestAnyOrder: the same candidates and the same world in any order give the
// same bytes.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t)
		want, err := Encode(Propose(s.policy, s.candidates, s.world))
		if err != nil {
			t.Fatal(err)
		}
		o := scene{s.policy, shuffled(t, s.candidates), s.world}
		o.world.Bills, o.world.Credits, o.world.Holders = shuffled(t, s.world.Bills), shuffled(t, s.world.Credits), shuffled(t, s.world.Holders)
		o.world.Accounts, o.world.Journal.Instructions = shuffled(t, s.world.Accounts), shuffled(t, s.world.Journal.Instructions)
		got, err := Encode(Propose(o.policy, o.candidates, o.world))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("in another order the plan differs at byte %d:\n%s\n%s", differAt(got, want), got, want)
		}
	})
}

func shuffled[T any](t *rapid.T, list []T) []T {
	if len(list) < 2 {
		return slices.Clone(list)
	}
	return rapid.Permutation(list).Draw(t, "order")
}

// TestObjectIDOrder: an id does not depend on the order of the debts, and on
// everything else.
func TestObjectIDOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t)
		var all []Allocation
		for i, c := range s.candidates {
			all = append(all, Allocation{Debt: c.Debt, Instalment: i + 1, Net: c.Amount})
		}
		if len(all) == 0 {
			return
		}
		id := ObjectID("B", "S", all, 1)
		if got := ObjectID("B", "S", shuffled(t, all), 1); got != id {
			t.Errorf("got %s in another order, want %s", got, id)
		}
		one := &all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
		change := rapid.SampledFrom([]func(){
			func() { one.Net++ }, func() { one.Instalment += 100 }, func() { one.Debt.Part += "x" }, func() { one.Debt.NumberKey += "1" }, func() { one.Debt.Year++ },
		}).Draw(t, "change")
		change()
		for _, other := range []string{ObjectID("B", "S", all, 1), ObjectID("B", "S", all[1:], 1)} {
			if other == id {
				t.Errorf("another instruction has the same id %s", id)
			}
		}
	})
}
