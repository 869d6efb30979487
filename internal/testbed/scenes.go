package testbed

import (
	"fmt"
	"strings"
	"unicode"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// A scene adds one story. Its weight is how often it is told among a hundred
// thousand, roughly.
type scene struct {
	name   string
	weight int
	tell   func(*builder)
}

// clean are the stories of a month in which nothing went wrong.
var clean = []scene{
	{"open", 22_000, (*builder).openInvoice},
	{"confirmed", 40_000, (*builder).confirmed},
	{"paid lately", 9_000, (*builder).paidLately},
	{"several in one payment", 5_000, (*builder).several},
	{"retried", 1_000, (*builder).retried},
	{"in flight", 1_500, (*builder).inFlight},
	{"credit", 2_000, (*builder).credit},
	{"instalments", 1_500, (*builder).instalments},
	{"same number in two years", 500, (*builder).twoYears},
	{"closed", 500, (*builder).closed},
	{"paid before the log begins", 400, (*builder).outside},
	{"off platform", 2_500, (*builder).offPlatform},
	{"on hold", 600, (*builder).onHold},
}

// trouble are the stories that end in a break.
var trouble = []scene{
	{"ledger behind", 3_000, (*builder).ledgerBehind},
	{"unconfirmed", 1_500, (*builder).unconfirmed},
	{"variant", 2_500, (*builder).variant},
	{"other number, same UTR", 600, (*builder).byUTR},
	{"several lines, one item", 250, (*builder).groupOfLines},
	{"one line, several items", 250, (*builder).groupOfItems},
	{"sister supplier", 150, (*builder).sister},
	{"suggested", 300, (*builder).suggested},
	{"failed", 900, (*builder).failed},
	{"reversed", 300, (*builder).reversed},
	{"outcome overdue", 300, (*builder).overdue},
	{"unknown word", 150, (*builder).unknownWord},
	{"conflict", 100, (*builder).conflict},
	{"rejected", 250, (*builder).rejectedByBooks},
	{"rejected and open", 150, (*builder).rejectedAndOpen},
	{"partly confirmed", 400, (*builder).partlyConfirmed},
	{"paid twice", 350, (*builder).paidTwice},
	{"paid and in flight", 150, (*builder).flyingTwice},
	{"overpaid", 200, (*builder).overpaid},
	{"underpaid", 250, (*builder).underpaid},
	{"part paid", 500, (*builder).partPaid},
	{"short by tax", 400, (*builder).shortByTax},
	{"tax the books forgot", 300, (*builder).taxForgotten},
	{"adjustment mismatch", 200, (*builder).otherAdjustment},
	{"books ahead", 900, (*builder).booksAhead},
	{"UTR typo", 300, (*builder).typo},
	{"UTR reused", 120, (*builder).reused},
	{"new bank details", 200, (*builder).newAccount},
	{"unknown invoice", 400, (*builder).unknownInvoice},
	{"confirmed only", 80, (*builder).confirmedOnly},
	{"foreign buyer", 150, (*builder).foreign},
	{"damaged number", 120, (*builder).damaged},
	{"arithmetic", 150, (*builder).arithmetic},
	{"payment arithmetic", 120, (*builder).paymentArithmetic},
	{"row twice", 150, (*builder).rowTwice},
	{"foreign currency", 100, (*builder).dollars},
	{"no due date", 200, (*builder).noDueDate},
	{"unknown supplier", 300, (*builder).unknownSupplier},
}

// scene tells one story of the mix.
func (b *builder) scene() {
	stories := clean
	if b.world.options.Mix == Realistic {
		stories = append(clean[:len(clean):len(clean)], trouble...)
	}
	total := 0
	for _, s := range stories {
		total += s.weight
	}
	draw := b.rng.IntN(total)
	for _, s := range stories {
		if draw -= s.weight; draw < 0 {
			s.tell(b)
			return
		}
	}
}

func (b *builder) openInvoice() {
	y := b.invoice(b.anySupplier())
	y.is("open", b.open(y), matcher.NoMatch)
}

func (b *builder) confirmed() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 300, y), y).accepted()
	p.booked(y)
	y.is("confirmed", matcher.Confirmed, matcher.Exact)
}

// booked writes into the books that the payment paid the row.
func (p *Payment) booked(y *Row) { booked(y, p.FinalUTR, day.In(p.ResponseTime, India), p.Mode) }

func (b *builder) paidLately() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(1, 7, y), y)
	p.booked(y)
	y.is("paid lately", matcher.Paid, matcher.Exact)
}

func (b *builder) several() {
	s := b.anySupplier()
	rows := b.invoices(s, 3+b.rng.IntN(5))
	p := b.pay(s, b.payday(2, 90, rows...), rows...).accepted()
	for _, y := range rows {
		p.booked(y)
		y.is("several in one payment", matcher.Confirmed, matcher.Exact)
	}
}

// invoices adds n open invoices of s to one buyer.
func (b *builder) invoices(s *supplier, n int) []*Row {
	first := len(b.world.Rows)
	for range n {
		b.invoice(s)
	}
	rows := make([]*Row, n)
	for i := range rows {
		rows[i] = &b.world.Rows[first+i]
		rows[i].Item.Buyer = rows[0].Item.Buyer
	}
	return rows
}

func (b *builder) retried() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.pay(s, b.payday(4, 5, y), y).ends("FAILURE").FinalUTR = ""
	p := b.pay(s, b.payday(2, 3, y), y).accepted()
	p.booked(y)
	y.is("retried", matcher.Confirmed, matcher.Exact)
}

func (b *builder) inFlight() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.pay(s, b.payday(0, 2, y), y).ends()
	y.is("in flight", matcher.InFlight, matcher.Exact)
}

func (b *builder) credit() {
	y := b.invoice(b.anySupplier())
	y.Item.Type = []ledger.DocumentType{ledger.CreditNote, ledger.DebitNote, ledger.Advance}[b.rng.IntN(3)]
	b.setNumber(&y.Item, fmt.Sprintf("CN%08d", b.row))
	y.Item.InvoiceID, y.Item.ObjectVersion = "", 0
	y.is("credit", matcher.Credit, matcher.NoMatch)
}

// instalments: parts of one invoice with different amounts, the first of them
// paid.
func (b *builder) instalments() {
	s := b.anySupplier()
	dated := b.world.options.AsOf - day.Date(40+b.rng.IntN(200))
	whole := b.invoiceOf(s, dated).Item
	b.world.Rows = b.world.Rows[:len(b.world.Rows)-1]
	b.row--
	n := 2 + b.rng.IntN(2)
	rest, first := whole.Due, len(b.world.Rows)
	for i := range n {
		part := whole
		part.Part = fmt.Sprintf("%d/%d", i+1, n)
		part.DueDate = dated + day.Date(30*(i+1))
		part.TDS = 0
		if i == 0 {
			part.TDS = whole.TDS
		}
		part.Due = whole.Due / 10 * money.Paise(2+i)
		if i == n-1 {
			part.Part = "retention"
			part.Due = rest
		}
		rest -= part.Due
		b.add(part, s.account)
	}
	rows := make([]*Row, n)
	for i := range rows {
		rows[i] = &b.world.Rows[first+i]
		rows[i].is("instalments", b.open(rows[i]), matcher.NoMatch)
	}
	p := b.pay(s, b.payday(2, 9, rows[0]), rows[0]).accepted()
	p.booked(rows[0])
	rows[0].is("instalments", matcher.Confirmed, matcher.Exact)
}

// twoYears: a number that names no year comes back in the next one, as the law
// allows.
func (b *builder) twoYears() {
	s := b.anySupplier()
	thisYear := b.world.options.AsOf.FinancialYear()
	april, _ := day.Of(int(thisYear), 4, 1)
	first := len(b.world.Rows)
	b.invoiceOf(s, april-day.Date(10+b.rng.IntN(100)))
	b.invoiceOf(s, april+day.Date(10+b.rng.IntN(100)))
	rows := []*Row{&b.world.Rows[first], &b.world.Rows[first+1]}
	rows[1].Item.Buyer = rows[0].Item.Buyer
	for i, y := range rows {
		b.setNumber(&y.Item, fmt.Sprintf("BILL%07d", b.row))
		p := b.pay(s, y.Item.InvoiceDate+20+day.Date(i), y).accepted()
		p.booked(y)
		y.is("same number in two years", matcher.Confirmed, matcher.Exact)
	}
}

func (b *builder) closed() {
	y := b.invoice(b.anySupplier())
	y.Item.Adjustment, y.Item.Due = y.Item.Due, 0
	y.is("closed", matcher.Closed, matcher.NoMatch)
}

func (b *builder) outside() {
	from := b.world.Rules.CoversFrom
	y := b.invoiceOf(b.anySupplier(), from-day.Date(30+b.rng.IntN(60)))
	on := from - day.Date(1+b.rng.IntN(20))
	booked(y, b.utr(on), on, "NEFT")
	y.is("paid before the log begins", matcher.Outside, matcher.NoMatch)
}

func (b *builder) offPlatform() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y).offPlatform().accepted()
	p.Mode = "NEFT"
	p.booked(y)
	y.is("off platform", matcher.Confirmed, matcher.Exact)
}

func (b *builder) onHold() {
	y := b.invoice(b.anySupplier())
	if b.chance(50) {
		y.Item.Hold = "quality dispute"
	} else {
		y.Item.InvoiceStatus = "CANCELLED"
	}
	y.is("on hold", b.held(y), matcher.NoMatch)
}

func (b *builder) ledgerBehind() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.pay(s, b.payday(2, 30, y), y).accepted()
	y.is("ledger behind", matcher.Confirmed, matcher.Exact, "LEDGER_BEHIND")
}

func (b *builder) unconfirmed() {
	s := b.anySupplier()
	y := b.invoiceOf(s, b.world.options.AsOf-day.Date(30+b.rng.IntN(200)))
	p := b.pay(s, b.payday(8, 25, y), y)
	p.booked(y)
	y.is("unconfirmed", matcher.Paid, matcher.Exact, "CONFIRMATION_OVERDUE")
}

// variant: the platform spells the number in another way with the same key.
func (b *builder) variant() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 200, y), y).accepted()
	p.booked(y)
	b.rename(&p.Lines[0], b.respell(y.Item.Number))
	p.truth("normalised")
	y.is("variant", matcher.Confirmed, matcher.Normalised, "REFERENCE_VARIANT")
}

// respell returns another spelling with the same key.
func (b *builder) respell(number string) string {
	for {
		other := number
		switch b.rng.IntN(4) {
		case 0:
			other = strings.ToLower(number)
		case 1:
			other = strings.NewReplacer("/", "-", "-", " ").Replace(number)
		case 2:
			at := strings.LastIndexFunc(number, func(r rune) bool { return !unicode.IsDigit(r) }) + 1
			other = number[:at] + strings.TrimLeft(number[at:], "0")
		case 3:
			other = number + "."
		}
		if other != number && party.NumberKey(other) == party.NumberKey(number) {
			return other
		}
	}
}

func (b *builder) byUTR() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 200, y), y).accepted()
	p.booked(y)
	b.rename(&p.Lines[0], b.stranger())
	p.truth("utr_amount")
	y.is("other number, same UTR", matcher.Confirmed, matcher.UTRAmount, "REFERENCE_VARIANT")
}

// stranger is a number that no invoice has.
func (b *builder) stranger() string { return fmt.Sprintf("REF.X.%07d", b.ids) }

func (b *builder) groupOfLines() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y)
	p.booked(y)
	whole := p.Lines[0]
	p.Lines = nil
	p.Truth = nil
	n := 2 + b.rng.IntN(2)
	for i := range n {
		l := whole
		b.rename(&l, fmt.Sprintf("%s.%d", b.stranger(), i))
		l.Net, l.Adjustment = whole.Net/money.Paise(n), 0
		if i == 0 {
			l.Net, l.Adjustment = whole.Net-whole.Net/money.Paise(n)*money.Paise(n-1), whole.Adjustment
		}
		p.Lines = append(p.Lines, l)
		p.Truth = append(p.Truth, LineTruth{Rule: "group"})
	}
	p.accepted()
	y.is("several lines, one item", matcher.Confirmed, matcher.Grouped, "REFERENCE_VARIANT")
}

func (b *builder) groupOfItems() {
	s := b.anySupplier()
	rows := b.invoices(s, 2+b.rng.IntN(2))
	p := b.pay(s, b.payday(2, 60, rows...), rows[0])
	b.rename(&p.Lines[0], b.stranger())
	for i, y := range rows {
		if i > 0 {
			p.Lines[0].Net += y.Item.Cash()
			p.Lines[0].Adjustment += y.Item.Withheld()
		}
		p.booked(y)
		y.is("one line, several items", matcher.Confirmed, matcher.Grouped, "REFERENCE_VARIANT")
	}
	p.accepted().truth("group")
}

func (b *builder) sister() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.setNumber(&y.Item, fmt.Sprintf("UNIQ/%08d", b.row)) // styles are shared, so that others have such numbers too
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.booked(y)
	b.rename(&p.Lines[0], y.Item.Number)
	p.Supplier = b.another(s).party.B2BID
	p.truth("cross_supplier")
	y.is("sister supplier", matcher.Paid, matcher.CrossSupplier, "SUPPLIER_MISMATCH")
}

func (b *builder) suggested() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 7, y), y)
	b.rename(&p.Lines[0], b.stranger())
	p.truth("suggested", "UNKNOWN_INVOICE")
	y.is("suggested", b.held(y), matcher.Suggested)
}

func (b *builder) failed() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(1, 20, y), y).ends([]string{"FAILURE", "FAILED", "F", "REJECTED"}[b.rng.IntN(4)])
	p.FinalUTR = ""
	y.is("failed", b.open(y), matcher.Exact, "PAYMENT_FAILED")
}

func (b *builder) reversed() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(1, 20, y), y).ends("SUCCESS", "REVERSED")
	status := b.open(y)
	if b.chance(50) { // the books have not seen the return yet
		p.booked(y)
		status = matcher.Unsupported
	}
	y.is("reversed", status, matcher.Exact, "PAYMENT_FAILED")
}

func (b *builder) overdue() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.pay(s, b.payday(3, 9, y), y).ends()
	y.is("outcome overdue", matcher.InFlight, matcher.Exact, "OUTCOME_OVERDUE")
}

func (b *builder) unknownWord() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.pay(s, b.payday(0, 2, y), y).ends("PENDING_WITH_BANK")
	y.is("unknown word", matcher.InFlight, matcher.Exact)
}

func (b *builder) conflict() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.pay(s, b.payday(0, 2, y), y).ends("FAILURE", "SUCCESS").truth("exact", "CONFLICTING_EVENTS")
	y.is("conflict", matcher.InFlight, matcher.Exact)
}

func (b *builder) rejectedByBooks() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y).offPlatform().rejected()
	p.booked(y)
	y.is("rejected", matcher.Unsupported, matcher.Exact, "SUPPLIER_REJECTED")
}

func (b *builder) rejectedAndOpen() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.pay(s, b.payday(2, 60, y), y).offPlatform().rejected()
	y.is("rejected and open", b.held(y), matcher.Exact, "SUPPLIER_REJECTED")
}

func (b *builder) partlyConfirmed() {
	s := b.anySupplier()
	rows := b.invoices(s, 3+b.rng.IntN(3))
	p := b.pay(s, b.payday(8, 11, rows...), rows...).accepted(0, 2)
	for i, y := range rows {
		p.booked(y)
		if i == 0 || i == 2 {
			y.is("partly confirmed", matcher.Confirmed, matcher.Exact)
		} else {
			y.is("partly confirmed", matcher.Paid, matcher.Exact, "CONFIRMATION_OVERDUE")
		}
	}
}

func (b *builder) paidTwice() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.pay(s, b.payday(5, 9, y), y).accepted().booked(y)
	again := b.pay(s, b.payday(2, 4, y), y).accepted()
	codes := []matcher.Code{"DUPLICATE_PAYMENT"}
	if y.Item.Withheld() > b.world.Rules.Tolerance { // it was withheld twice, too
		codes = append(codes, "ADJUSTMENT_MISMATCH")
	}
	if b.chance(40) {
		b.rename(&again.Lines[0], b.respell(y.Item.Number))
		again.truth("normalised")
		y.is("paid twice", matcher.Confirmed, matcher.Normalised, append(codes, "REFERENCE_VARIANT")...)
		return
	}
	y.is("paid twice", matcher.Confirmed, matcher.Exact, codes...)
}

func (b *builder) flyingTwice() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.pay(s, b.payday(5, 9, y), y).accepted().booked(y)
	b.pay(s, b.payday(0, 2, y), y).ends()
	y.is("paid and in flight", matcher.Confirmed, matcher.Exact, "DUPLICATE_IN_FLIGHT")
}

func (b *builder) overpaid() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.booked(y)
	p.Lines[0].Net += b.unexplained(y)
	y.is("overpaid", matcher.Confirmed, matcher.Exact, "OVERPAID")
}

func (b *builder) underpaid() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.booked(y)
	p.Lines[0].Net -= b.unexplained(y)
	y.is("underpaid", matcher.PartPaid, matcher.Exact, "UNDERPAID")
}

func (b *builder) partPaid() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	rest := b.unexplained(y)
	p.Lines[0].Net -= rest
	p.booked(y)
	y.Item.Paid, y.Item.Due = y.Item.Paid-rest, rest
	y.is("part paid", matcher.PartPaid, matcher.Exact)
}

// shortByTax: the platform paid less by a tax that nobody booked.
func (b *builder) shortByTax() {
	s := b.anySupplier()
	y := b.invoice(s)
	y.Item.TDS, y.Item.Due = 0, y.Item.Gross
	tax := []money.Rate{100, 200, 1000}[b.rng.IntN(3)].OfRounded(y.Item.Taxable)
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.Lines[0].Net -= tax
	p.booked(y)
	y.Item.Paid, y.Item.Due = y.Item.Paid-tax, tax
	y.is("short by tax", matcher.PartPaid, matcher.Exact, "ADJUSTMENT_MISMATCH")
}

// taxForgotten: the platform says what it withheld, the books do not.
func (b *builder) taxForgotten() {
	s := b.anySupplier()
	y := b.invoice(s)
	y.Item.TDS, y.Item.Due = 0, y.Item.Gross
	tax := money.Rate(200).OfRounded(y.Item.Taxable)
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.Lines[0].Net -= tax
	p.Lines[0].Adjustment += tax
	p.booked(y)
	y.Item.Paid, y.Item.Due = y.Item.Paid-tax, tax
	y.is("tax the books forgot", matcher.Confirmed, matcher.Exact, "ADJUSTMENT_MISMATCH")
}

func (b *builder) otherAdjustment() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.booked(y)
	p.Lines[0].Adjustment += b.unexplained(y)
	y.is("adjustment mismatch", matcher.Confirmed, matcher.Exact, "ADJUSTMENT_MISMATCH")
}

func (b *builder) booksAhead() {
	y := b.invoice(b.anySupplier())
	on := b.payday(1, 30, y)
	booked(y, b.utr(on), on, "NEFT")
	y.is("books ahead", matcher.Unsupported, matcher.NoMatch, "PAID_WITHOUT_EVENT")
}

func (b *builder) typo() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.booked(y)
	last := len(y.Item.UTR) - 1
	y.Item.UTR = y.Item.UTR[:last] + string('0'+(y.Item.UTR[last]-'0'+3)%10) + "X"
	y.is("UTR typo", matcher.Confirmed, matcher.Exact, "UTR_MISMATCH")
}

func (b *builder) reused() {
	s := b.anySupplier()
	rows := b.invoices(s, 2)
	utr := ""
	for _, y := range rows {
		p := b.pay(s, b.payday(2, 60, rows...), y).accepted()
		if utr != "" {
			p.FinalUTR = utr
		}
		utr = p.FinalUTR
		p.booked(y)
		p.truth("exact", "UTR_REUSED")
		y.is("UTR reused", matcher.Confirmed, matcher.Exact)
	}
}

func (b *builder) newAccount() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.booked(y)
	p.Lines[0].Account = fmt.Sprintf("9%09d%s", b.rng.IntN(1e9), flip(y.Item.Account.Last4))
	y.is("new bank details", matcher.Confirmed, matcher.Exact, "BANK_DETAILS_CHANGED")
}

// flip changes each digit.
func flip(digits string) string {
	return strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, digits)
}

// unknownInvoice: paid, and no ledger knows what for. The amount is like no
// other of the supplier, or it would be suggested.
func (b *builder) unknownInvoice() {
	s := b.anySupplier()
	y := b.invoice(s)
	y.is("open", b.open(y), matcher.NoMatch)
	p := b.pay(s, b.payday(2, 60, y), y)
	b.rename(&p.Lines[0], b.stranger())
	for {
		p.Lines[0].Net = money.Paise(500_000+b.rng.IntN(100_000)) * rupee
		if s.claim(p.Lines[0].Net) {
			break
		}
	}
	p.truth("none", "UNKNOWN_INVOICE")
}

func (b *builder) confirmedOnly() {
	s := b.anySupplier()
	y := b.invoice(s)
	y.is("open", b.open(y), matcher.NoMatch)
	p := b.pay(s, b.payday(2, 60, y), y).accepted().ends()
	p.Requested, p.Acked = false, false
	p.UTR, p.FinalUTR = "", ""
	b.rename(&p.Lines[0], b.stranger())
	p.truth("none", "CONFIRMED_UNSEEN", "UNKNOWN_INVOICE")
}

func (b *builder) foreign() {
	s := b.anySupplier()
	y := b.invoice(s)
	y.is("open", b.open(y), matcher.NoMatch)
	p := *b.pay(s, b.payday(2, 60, y), y)
	p.Buyer = "STRANGER0001"
	p.Truth = nil
	b.world.Payments = b.world.Payments[:len(b.world.Payments)-1]
	b.world.Foreign = append(b.world.Foreign, p)
}

func (b *builder) damaged() {
	y := b.invoice(b.anySupplier())
	b.setNumber(&y.Item, fmt.Sprintf("%d.%04dE+%d", 1+b.rng.IntN(9), b.row%10_000, 12+b.row/10_000%80))
	y.is("damaged number", b.held(y), matcher.NoMatch, "DAMAGED_KEY")
}

func (b *builder) arithmetic() {
	y := b.invoice(b.anySupplier())
	y.Item.Gap = 37 * rupee
	y.Item.Gross += y.Item.Gap
	y.is("arithmetic", b.held(y), matcher.NoMatch, "LEDGER_ARITHMETIC")
}

func (b *builder) paymentArithmetic() {
	s := b.anySupplier()
	y := b.invoice(s)
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.booked(y)
	if b.chance(50) {
		p.Off = 5 * rupee
	} else {
		p.Lines[0].TotalOff = 5 * rupee
	}
	p.truth("exact", "PAYMENT_ARITHMETIC")
	y.is("payment arithmetic", matcher.Confirmed, matcher.Exact)
}

func (b *builder) rowTwice() {
	s := b.anySupplier()
	y := b.invoice(s)
	y.Item.Repeated = true
	it := y.Item
	y.is("row twice", b.held(y), matcher.NoMatch, "DUPLICATE_LEDGER_ITEM")
	z := b.add(it, s.account)
	z.is("row twice", b.held(z), matcher.NoMatch, "DUPLICATE_LEDGER_ITEM")
}

func (b *builder) dollars() {
	y := b.invoice(b.anySupplier())
	y.Item.Currency = "USD"
	y.is("foreign currency", b.held(y), matcher.NoMatch, "CURRENCY_MISMATCH")
}

func (b *builder) noDueDate() {
	y := b.invoice(b.anySupplier())
	y.Item.DueDate = 0
	y.is("no due date", matcher.OnHold, matcher.NoMatch, "NO_DUE_DATE")
}

// unknownSupplier: the ledger names a supplier whose B2B id nobody knows.
func (b *builder) unknownSupplier() {
	s := b.anySupplier()
	y := b.invoice(s)
	b.setNumber(&y.Item, fmt.Sprintf("UNK/%08d", b.row))
	y.Item.InvoiceID, y.Item.ObjectVersion = "", 0
	y.Item.Supplier = party.Supplier{Code: fmt.Sprintf("X%07d", b.row), Name: "Supplier without registration"}
	if b.chance(50) {
		y.is("unknown supplier", b.open(y), matcher.NoMatch)
		return
	}
	p := b.pay(s, b.payday(2, 60, y), y).accepted()
	p.Type = payment.OnPlatform
	p.booked(y)
	y.is("unknown supplier, paid", matcher.Confirmed, matcher.Exact)
}
