package testbed

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/statute"
)

// A supplier is a party with what its invoices have in common.
type supplier struct {
	party   party.Supplier
	account string
	ifsc    string
	msme    string
	terms   int // days
	tds     money.Rate
	style   int // how it writes its numbers
	serial  int // of its last invoice
	used    map[money.Paise]bool
}

type builder struct {
	world     *World
	rng       *rand.Rand
	suppliers []*supplier
	ids       int // objectIds made so far
	utrs      int // UTRs made so far
	row       int // of the last row in the ledger
}

func newBuilder(seed int64, n int, o Options) *builder {
	o = o.withDefaults(n)
	b := &builder{
		world: &World{options: o, seed: seed, Rules: defaultRules(o.AsOf)},
		rng:   rand.New(rand.NewPCG(uint64(seed), 0x7265636f6e63696c)),
		row:   1, // the heading
	}
	for i := range o.Buyers {
		state := []int{27, 29, 33}[i%3]
		b.world.Buyers = append(b.world.Buyers, party.Buyer{
			B2BID: fmt.Sprintf("BUYER%04d", i+1),
			GSTIN: gstin(state, "AAPFU0939F", i/3+1),
			Name:  "Acme Retail Pvt Ltd",
		})
	}
	for i := range o.Suppliers {
		b.suppliers = append(b.suppliers, b.newSupplier(i))
	}
	return b
}

var (
	states = []int{6, 7, 9, 19, 24, 27, 29, 32, 33, 36}
	first  = []string{"Shree Ganesh", "Sai", "Bharat", "Vardhman", "Lakshmi", "Narmada", "Om", "Deccan", "Malabar", "Konkan", "Surya", "Trimurti", "Annapurna", "Himalaya", "Sahyadri", "Ganga"}
	second = []string{"Traders", "Engineering Works", "Packaging", "Logistics", "Chemicals", "Textiles", "Steel Industries", "Electricals", "Agencies", "Paper Mills", "Foods", "Infotech"}
	form   = []string{"Pvt Ltd", "LLP", "& Co", "& Sons", "Ltd"}
	banks  = []string{"HDFC", "ICIC", "SBIN", "UTIB", "KKBK", "PUNB", "BARB", "CNRB"}
)

func (b *builder) newSupplier(i int) *supplier {
	pan := fmt.Sprintf("%c%c%cC%c%04d%c", 'A'+i/17576%26, 'A'+i/676%26, 'A'+i/26%26, 'A'+i%26, 1000+b.rng.IntN(9000), 'A'+b.rng.IntN(26))
	bank := banks[b.rng.IntN(len(banks))]
	return &supplier{
		party: party.Supplier{
			B2BID: fmt.Sprintf("SUPP%08d", i+1),
			Code:  fmt.Sprintf("V%06d", 100001+i),
			Name:  fmt.Sprintf("%s %s %s", first[i%len(first)], second[i/len(first)%len(second)], form[b.rng.IntN(len(form))]),
			GSTIN: gstin(states[b.rng.IntN(len(states))], pan, 1),
		},
		account: fmt.Sprintf("%04d%010d", 1000+b.rng.IntN(9000), b.rng.Int64N(1e10)),
		ifsc:    fmt.Sprintf("%s0%06d", bank, b.rng.IntN(1e6)),
		msme:    []string{"", "", "", "micro", "small", "medium"}[b.rng.IntN(6)],
		terms:   []int{15, 30, 45, 60}[b.rng.IntN(4)],
		tds:     []money.Rate{0, 0, 10, 100, 200, 200, 1000}[b.rng.IntN(7)],
		style:   b.rng.IntN(len(styles)),
		used:    map[money.Paise]bool{},
	}
}

// gstin makes a GST number with its check digit (GSTN's base 36 scheme: weights
// 1 and 2 in turn, the digits of each product added).
func gstin(state int, pan string, entity int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	s := fmt.Sprintf("%02d%s%cZ", state, pan, digits[entity])
	sum := 0
	for i := range len(s) {
		product := strings.IndexByte(digits, s[i]) * (1 + i%2)
		sum += product/36 + product%36
	}
	return s + string(digits[(36-sum%36)%36])
}

// styles are the ways in which suppliers number invoices; all within the
// sixteen characters of r. 46(b) of the CGST Rules. The first argument is the
// year in which the financial year begins, the second the next, both of two
// digits, the third the serial.
var styles = []string{
	"INV/%[1]d-%[2]d/%05[3]d",
	"%[1]d-%[2]d/%06[3]d",
	"SI-%06[3]d",
	"GST%[1]d%[2]d%06[3]d",
	"TI/FY%[2]d/%05[3]d",
	"20%[1]d-%[2]d/%05[3]d",
	"B%07[3]d",
}

func (s *supplier) number(year day.FinancialYear) string {
	s.serial++
	return fmt.Sprintf(styles[s.style], int(year)%100, int(year+1)%100, s.serial)
}

// anySupplier draws one.
func (b *builder) anySupplier() *supplier { return b.suppliers[b.rng.IntN(len(b.suppliers))] }

// another draws a supplier that is not s.
func (b *builder) another(s *supplier) *supplier {
	for {
		if t := b.anySupplier(); t != s {
			return t
		}
	}
}

// chance is true in so many cases of a hundred.
func (b *builder) chance(percent int) bool { return b.rng.IntN(100) < percent }

// objectID makes an id of the API's shape: three letters and 32 characters.
func (b *builder) objectID(kind string) string {
	b.ids++
	return fmt.Sprintf("%s%016X%016X", kind, b.rng.Uint64(), b.ids)
}

// utr makes a reference as the rails write it: RTGS, NEFT or IMPS by turns.
func (b *builder) utr(d day.Date) string {
	b.utrs++
	year, month, dayOfMonth := d.Civil()
	bank := banks[b.utrs%len(banks)]
	switch b.utrs % 3 {
	case 0:
		return fmt.Sprintf("%sR5%04d%02d%02d%08d", bank, year, month, dayOfMonth, b.utrs%1e8)
	case 1:
		return fmt.Sprintf("%sN%02d%09d", bank, year%100, b.utrs)
	}
	return fmt.Sprintf("%d%011d", year%10, b.utrs)
}

// invoice adds an open invoice of s to the ledger: accepted, nothing booked as
// paid, dated within the last 500 days, its cash like that of no other invoice
// of s.
func (b *builder) invoice(s *supplier) *Row {
	return b.invoiceOf(s, b.world.options.AsOf-day.Date(12+b.rng.IntN(480)))
}

func (b *builder) invoiceOf(s *supplier, dated day.Date) *Row {
	it := ledger.Item{
		Buyer:          b.world.Buyers[b.rng.IntN(len(b.world.Buyers))].B2BID,
		Supplier:       s.party,
		InvoiceStatus:  "CONFIRMED",
		InvoiceDate:    dated,
		AcceptanceDate: dated + 2,
		DueDate:        dated + day.Date(s.terms),
		Currency:       "INR",
		HasTaxable:     true,
		Account:        account(s.account),
		IFSC:           s.ifsc,
		Beneficiary:    s.party.Name,
		MSME:           s.msme,
		PONumber:       fmt.Sprintf("PO%07d", b.rng.IntN(1e7)),
	}
	if b.chance(30) { // most ERPs do not keep it
		it.InvoiceID, it.ObjectVersion = b.objectID("INV"), 1
	}
	b.setNumber(&it, s.number(dated.FinancialYear()))
	b.price(s, &it)
	return b.add(it, s.account)
}

func (b *builder) setNumber(it *ledger.Item, number string) {
	it.Number = number
	it.Key = party.NumberKey(number)
	it.Damaged = party.Damaged(number)
}

// price gives the item amounts that tie, and a cash that s has not seen yet,
// with some distance so that no tolerance confuses two.
func (b *builder) price(s *supplier, it *ledger.Item) {
	gst := []money.Rate{500, 1200, 1800, 1800, 1800, 2800}[b.rng.IntN(6)]
	for {
		it.Taxable = money.Paise(1_000+b.rng.IntN(400_000))*rupee + money.Paise(b.rng.IntN(100))
		it.Gross = it.Taxable + it.Taxable*money.Paise(gst)/10_000
		it.TDS = s.tds.OfRounded(it.Taxable)
		it.Due = it.Gross - it.TDS
		if s.claim(it.Due) {
			return
		}
	}
}

// claim tells whether an amount lies far from all that s has seen, and if so
// keeps it.
func (s *supplier) claim(p money.Paise) bool {
	const width = 5 * rupee
	cell := p / width
	if s.used[cell-1] || s.used[cell] || s.used[cell+1] {
		return false
	}
	s.used[cell] = true
	return true
}

func account(number string) party.Account {
	sum := sha256.Sum256([]byte(number))
	a := party.Account{Last4: number[max(0, len(number)-4):]}
	copy(a.Fingerprint[:], sum[:])
	return a
}

// add puts an item into the ledger. The pointer is good until the next add.
func (b *builder) add(it ledger.Item, account string) *Row {
	b.row++
	it.Pos.File, it.Pos.Row = "ledger.csv", b.row
	b.world.Rows = append(b.world.Rows, Row{Item: it, Account: account})
	return &b.world.Rows[len(b.world.Rows)-1]
}

// booked writes into the books that the row was paid in full.
func booked(y *Row, utr string, on day.Date, mode string) {
	y.Item.Paid += y.Item.Due
	y.Item.Due = 0
	y.Item.UTR = party.UTR(utr)
	y.Item.PaymentDate = on
	y.Item.PaymentMode = mode
}

// payday is a day for a payment of the rows: after the newest invoice
// of them, before the business date by the given range of days.
func (b *builder) payday(youngest, oldest int, rows ...*Row) day.Date {
	d := b.world.options.AsOf - day.Date(youngest+b.rng.IntN(oldest-youngest+1))
	for _, y := range rows {
		d = max(d, min(y.Item.InvoiceDate+1, b.world.options.AsOf-day.Date(youngest)))
	}
	return d
}

var modes = []string{"ACCOUNT TRANSFER", "NEFT", "IMPS", "UPI", "INTERNET BANKING"}

// pay adds a payment of s on the day d with a line for each row: its cash, and
// as adjustment what the books withhold. It was requested and succeeded.
func (b *builder) pay(s *supplier, d day.Date, rows ...*Row) *Payment {
	t := at(d, 10+b.rng.IntN(8), b.rng.IntN(60), b.rng.IntN(60))
	utr := b.utr(d)
	p := Payment{
		ObjectID: b.objectID("PMT"), Supplier: s.party.B2BID, Type: payment.OnPlatform,
		Mode:      modes[b.rng.IntN(len(modes))],
		Requested: true, Acked: b.chance(30), UTR: fmt.Sprintf("REQ%09d", b.utrs), FinalUTR: utr,
		Results:     []string{"SUCCESS"},
		RequestTime: t, ResponseTime: t.Add(90_000_000_000), AnswerTime: t.AddDate(0, 0, 1),
	}
	for _, y := range rows {
		p.Buyer = y.Item.Buyer
		p.Lines = append(p.Lines, b.lineFor(y))
		p.Truth = append(p.Truth, LineTruth{Rule: "exact"})
	}
	b.world.Payments = append(b.world.Payments, p)
	return &b.world.Payments[len(b.world.Payments)-1]
}

func (b *builder) lineFor(y *Row) Line {
	id := y.Item.InvoiceID
	if id == "" {
		id = b.objectID("INV")
	}
	return Line{
		InvoiceID: id, Number: y.Item.Number, Net: y.Item.Cash(), Adjustment: y.Item.Withheld(),
		Invoice: y.Item.Gross, Account: y.Account, IFSC: y.Item.IFSC, Beneficiary: y.Item.Beneficiary,
	}
}

// rename lets a line name another invoice than the ledger does: another number,
// and an objectId that the ledger does not know.
func (b *builder) rename(l *Line, number string) { l.Number, l.InvoiceID = number, b.objectID("INV") }

// offPlatform makes it a payment that moved elsewhere: its request carries the
// final UTR.
func (p *Payment) offPlatform() *Payment {
	p.Type, p.UTR = payment.OffPlatform, p.FinalUTR
	return p
}

// accepted adds the supplier's ACCEPT for the lines at the places, for all
// where none is named.
func (p *Payment) accepted(places ...int) *Payment { return p.answer("ACCEPT", places) }

func (p *Payment) rejected(places ...int) *Payment { return p.answer("REJECT", places) }

func (p *Payment) answer(word string, places []int) *Payment {
	if places == nil {
		for i := range p.Lines {
			places = append(places, i)
		}
	}
	p.Answers = append(p.Answers, Answer{word, places})
	return p
}

// ends gives the payment other results than the one success.
func (p *Payment) ends(words ...string) *Payment {
	p.Results = words
	return p
}

func (p *Payment) truth(rule string, codes ...string) {
	for i := range p.Truth {
		p.Truth[i] = LineTruth{rule, codes}
	}
}

func (y *Row) is(scene string, status matcher.Status, rule matcher.Rule, codes ...matcher.Code) {
	y.Truth = Truth{scene, status, rule, codes}
}

// open is the status of a row that nothing was paid on and nothing blocks.
func (b *builder) open(y *Row) matcher.Status {
	if y.Item.DueDate > b.world.options.AsOf {
		return matcher.NotDue
	}
	return matcher.Due
}

// held is the status of such a row that something blocks.
func (b *builder) held(y *Row) matcher.Status {
	if y.Item.DueDate > b.world.options.AsOf {
		return matcher.NotDue
	}
	return matcher.OnHold
}

// unexplained draws an amount that no withholding rate explains.
func (b *builder) unexplained(y *Row) money.Paise {
	for {
		gap := money.Paise(50+b.rng.IntN(500))*rupee + 37
		if len(statute.Explain(gap, y.Item.Taxable, y.Item.InvoiceDate)) == 0 {
			return gap
		}
	}
}
