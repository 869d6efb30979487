package testbed

import (
	"fmt"
	"math/rand/v2"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// pools are what the rows and payments of a Nasty world draw from.
type pools struct {
	buyers, suppliers, numbers, utrs, ids []string
	amounts                               []money.Paise
	dates                                 []day.Date
	times                                 []int // hours before the end of the business date

	lineNumbers []string      // the numbers that payments name
	lineAmounts []money.Paise // and what they pay
	booked      int           // percentage of items with a UTR, and with something paid
	plain       int           // percentage of rows and payments without anything odd
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// nasty makes n rows and about as many lines out of pools that are a few entries
// deep, so that nearly every rule has several candidates.
func (b *builder) nasty(n int) {
	p := b.pools()
	b.world.Rules = b.nastyRules()
	for range n {
		it := b.nastyItem(p)
		b.add(it, "00001111"+it.Account.Last4)
	}
	lines := b.rng.IntN(min(n+4, 13))
	for lines > 0 {
		q := b.nastyPayment(p)
		lines -= len(q.Lines)
		b.world.Payments = append(b.world.Payments, q)
	}
}

// some draws up to n different entries.
func some[T any](rng *rand.Rand, n int, from ...T) []T {
	n = min(1+rng.IntN(n), len(from))
	rng.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
	return from[:n]
}

func (b *builder) pools() pools {
	asOf := b.world.options.AsOf
	april, _ := day.Of(int(asOf.FinancialYear()), 4, 1)
	p := pools{
		buyers:    []string{"BUYER0001", "BUYER0001", "BUYER0001", "BUYER0002"}[b.rng.IntN(3):],
		suppliers: some(b.rng, 4, "S1", "S2", "S3", ""),
		numbers: some(b.rng, 6, "INV/26-27/001", "inv-26-27-1", "INV FY27 1", "INV/1", "inv-1", "A-2", "A2",
			"a/002", "6.55E+14", "--", "X-9", "26-27"),
		utrs:    append(some(b.rng, 3, "HDFC1", "ICIC2", "SBIN3"), ""),
		ids:     append(some(b.rng, 2, "INVaa", "INVbb", "INVcc"), "", "", "", "", ""),
		amounts: some[money.Paise](b.rng, 5, 100_00, 60_00, 40_00, 200_00, 160_00, 100_50, 101_00, 101_01, 99_00, 20_00, 0, 300_00, -40_00),
		dates:   some(b.rng, 4, asOf-3, asOf-30, asOf-60, april, april-1, april-200, asOf+5, 0),
		times:   some(b.rng, 5, 1, 30, 50, 24*4, 24*5, 24*9, 24*9+1, 24*31, 24*59),
	}
	if len(p.suppliers) == 1 && p.suppliers[0] == "" {
		p.suppliers = append(p.suppliers, "S1")
	}
	p.lineNumbers, p.lineAmounts, p.booked, p.plain = p.numbers, p.amounts, 65, 0
	switch b.rng.IntN(5) {
	case 0: // one UTR pays several invoices under numbers that nobody knows
		p.lineNumbers = []string{"P/1", "P/2", "P/3", "P/4"}
		p.buyers, p.suppliers, p.ids = p.buyers[:1], some(b.rng, 2, "S1", "S2"), []string{""}
		p.utrs = p.utrs[:1]
		p.amounts = some[money.Paise](b.rng, 4, 100_00, 160_00, 200_00, 140_00, 300_00, 100_50)
		p.lineAmounts = some[money.Paise](b.rng, 4, 60_00, 40_00, 20_00, 80_00, 120_00, 101_00, 70_00, 30_00, 0)
		if b.chance(50) {
			p.amounts, p.lineAmounts = p.lineAmounts, p.amounts
		}
		p.booked, p.plain = 95, 80
	case 1: // a few invoices, paid in parts, twice, too much
		p.suppliers, p.numbers, p.ids = p.suppliers[:1], p.numbers[:min(2, len(p.numbers))], []string{""}
		p.lineNumbers = p.numbers
		p.plain = 60
	}
	return p
}

func (b *builder) nastyRules() (r matcher.Rules) {
	r = defaultRules(b.world.options.AsOf)
	r.Tolerance = pick(b.rng, []money.Paise{100, 100, 100, 0, 50, 20_00})
	r.CoversFrom = pick(b.rng, []day.Date{0, r.AsOf - 40})
	if b.chance(20) {
		r.CoversModes = []string{"NEFT", "ACCOUNT TRANSFER"}
	}
	r.LeadDays = pick(b.rng, []int{0, 0, 5})
	r.PostingWithin = pick(b.rng, []int{0, 0, 3})
	return r
}

func (b *builder) nastyItem(p pools) ledger.Item {
	rng, asOf := b.rng, b.world.options.AsOf
	it := ledger.Item{
		Buyer:         pick(rng, p.buyers),
		Supplier:      party.Supplier{B2BID: pick(rng, p.suppliers), Name: "S"},
		InvoiceID:     pick(rng, p.ids),
		InvoiceStatus: pick(rng, []string{"", "", "", "CONFIRMED", "CANCELLED", "CREATED"}),
		InvoiceDate:   pick(rng, p.dates),
		DueDate:       pick(rng, []day.Date{asOf - 10, asOf - 10, asOf, asOf + 3, asOf + 20, 0}),
		Currency:      pick(rng, []string{"INR", "INR", "INR", "INR", "INR", "INR", "INR", "USD"}),
		Part:          pick(rng, []string{"", "", "", "1", "2"}),
		Account:       party.Account{Last4: pick(rng, []string{"", "1234", "1234", "9934"})},
		IFSC:          pick(rng, []string{"", "HDFC0000001", "HDFC0000001", "ICIC0000002"}),
		Hold:          pick(rng, []string{"", "", "", "", "dispute"}),
		Repeated:      b.chance(5),
	}
	b.setNumber(&it, pick(rng, p.numbers))
	if b.chance(6) {
		it.Type = ledger.CreditNote
	}
	if b.chance(p.booked) {
		it.UTR = pick(rng, p.utrs)
	}
	if b.chance(p.booked) {
		it.Paid = pick(rng, p.amounts)
		it.PaymentDate = pick(rng, p.dates)
		it.PaymentMode = pick(rng, []string{"", "NEFT", "CHEQUE"})
	}
	if it.Paid == 0 || b.chance(20) {
		it.Due = pick(rng, p.amounts)
	}
	if b.chance(60) {
		it.HasTaxable, it.Taxable = true, pick(rng, []money.Paise{600_00, 1000_00, 2000_00, 400_00, 500_00})
	}
	it.TDS = pick(rng, []money.Paise{0, 0, 0, 20_00, 10_00, 1_00})
	it.Adjustment = pick(rng, []money.Paise{0, 0, 0, 5_00})
	it.Gap = pick(rng, []money.Paise{0, 0, 0, 0, 0, 0, 0, 0, 3_00, -3_00, 1_00})
	if b.chance(p.plain) {
		it.Type, it.Gap, it.Currency, it.Repeated, it.Hold = ledger.Invoice, 0, "INR", false, ""
	}
	it.Gross = it.TDS + it.Adjustment + it.Paid + it.Due + it.Gap
	return it
}

func (b *builder) nastyPayment(p pools) Payment {
	rng := b.rng
	b.ids++
	q := Payment{
		ObjectID:  fmt.Sprintf("PMT%02d", (b.ids*37)%100),
		Buyer:     pick(rng, p.buyers),
		Supplier:  pick(rng, p.suppliers),
		Type:      pick(rng, []payment.Type{payment.OnPlatform, payment.OffPlatform}),
		Mode:      pick(rng, []string{"NEFT", "NEFT", "NEFT", "CHEQUE", "CASH"}),
		Requested: true,
		Results:   pick(rng, [][]string{{"SUCCESS"}, {"SUCCESS"}, {"SUCCESS"}, {"SUCCESS"}, {}, {"FAILURE"}, {"PENDING"}, {"SUCCESS", "REVERSED"}, {"SUCCESS", "FAILURE"}}),
		UTR:       pick(rng, p.utrs),
	}
	if q.Supplier == "" {
		q.Supplier = "S9"
	}
	plain := b.chance(p.plain)
	if plain {
		q.Results = []string{"SUCCESS"}
	}
	q.FinalUTR = q.UTR
	if !plain && b.chance(25) {
		q.FinalUTR = pick(rng, p.utrs)
	}
	q.RequestTime = at(b.world.options.AsOf, 23, 0, 0).Add(-time.Hour * time.Duration(pick(rng, p.times)))
	q.ResponseTime, q.AnswerTime = q.RequestTime, q.RequestTime
	for range 1 + rng.IntN(3)*rng.IntN(2) {
		q.Lines = append(q.Lines, Line{
			InvoiceID:  pick(rng, p.ids),
			Number:     pick(rng, p.lineNumbers),
			Net:        pick(rng, p.lineAmounts),
			Adjustment: pick(rng, []money.Paise{0, 0, 0, 20_00, 10_00, 5_00}),
			Account:    pick(rng, []string{"", "34", "00001234", "00009934"}),
			IFSC:       pick(rng, []string{"", "HDFC0000001", "HDFC0000001", "ICIC0000002"}),
			TotalOff:   pick(rng, []money.Paise{0, 0, 0, 0, 0, 0, 1, 7_00}),
		})
	}
	for i := range q.Lines {
		switch word := pick(rng, []string{"", "", "ACCEPT", "ACCEPT", "REJECT"}); {
		case word == "REJECT" && (plain || q.Type == payment.OnPlatform && !b.chance(10)):
		case word != "":
			q.Answers = append(q.Answers, Answer{word, []int{i}})
		}
	}
	if !plain && b.chance(5) && len(q.Answers) > 0 {
		q.Requested, q.Results = false, nil
	}
	return q
}
