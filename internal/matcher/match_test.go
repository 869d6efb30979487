package matcher

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

const asOf = "2026-11-21"

func date(s string) day.Date {
	d, err := day.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func rupees(r float64) money.Paise { return money.Paise(r*100 + 0.5) }

// row returns an invoice of 118,000 with 100,000 taxable that was due on 1
// November and of which nothing is paid, changed as the test says.
func row(n int, number string, change ...func(*ledger.Item)) ledger.Item {
	it := ledger.Item{
		Pos:   source.Pos{File: "ledger.csv", Row: n},
		Buyer: "BUYER", Supplier: party.Supplier{B2BID: "SUPPLIER"},
		Number: number, Key: party.NumberKey(number), Currency: "INR",
		InvoiceDate: date("2026-10-01"), DueDate: date("2026-11-01"),
		Taxable: rupees(100_000), HasTaxable: true,
		Gross: rupees(118_000), Due: rupees(118_000),
	}
	for _, f := range change {
		f(&it)
	}
	return it
}

func booked(utr string) func(*ledger.Item) {
	return func(it *ledger.Item) {
		it.Paid, it.Due, it.UTR = it.Due, 0, utr
		it.PaymentDate = date("2026-11-10")
	}
}

func owing(r float64) func(*ledger.Item) {
	return func(it *ledger.Item) { it.Gross, it.Due = rupees(r), rupees(r) }
}

// pay returns a payment of one line of 118,000, made on 10 November and
// confirmed, changed as the test says.
func pay(id, number, utr string, change ...func(*payment.Remittance)) payment.Remittance {
	rem := payment.Remittance{
		ObjectID: id, Buyer: "BUYER", Supplier: "SUPPLIER", Type: payment.OnPlatform, Mode: "ACCOUNT TRANSFER",
		UTR: utr, UTRFinal: true, Outcome: payment.Paid,
		Time: time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC), Date: date("2026-11-10"),
		Lines: []payment.Line{{Number: number, Key: party.NumberKey(number),
			Net: rupees(118_000), Total: rupees(118_000), Confirmation: payment.Accepted}},
	}
	for _, f := range change {
		f(&rem)
	}
	return rem
}

func net(r float64) func(*payment.Remittance) {
	return func(rem *payment.Remittance) { rem.Lines[0].Net, rem.Lines[0].Total = rupees(r), rupees(r) }
}

func outcome(o payment.Outcome) func(*payment.Remittance) {
	return func(rem *payment.Remittance) {
		rem.Outcome = o
		rem.Lines[0].Confirmation = payment.Unconfirmed
		rem.UTRFinal = o == payment.Paid || o == payment.Reversed
	}
}

func confirmation(c payment.Confirmation) func(*payment.Remittance) {
	return func(rem *payment.Remittance) { rem.Lines[0].Confirmation = c }
}

func days(n int) func(*payment.Remittance) {
	return func(rem *payment.Remittance) {
		rem.Time = rem.Time.AddDate(0, 0, n)
		rem.Date += day.Date(n)
	}
}

func rules() Rules {
	return Rules{AsOf: date(asOf), Tolerance: rupees(1), OutcomeWithin: 2, ConfirmationWithin: 7}
}

// show writes a result as the tests expect it: a line for each item and one for
// each payment line, by place.
func show(res *Result) string {
	var lines []string
	for _, r := range res.Items {
		s := fmt.Sprintf("%d %s %s", r.Item.Pos.Row, r.Status, r.Rule)
		for _, m := range r.Matches {
			s += " " + m.Remittance.ObjectID
		}
		lines = append(lines, s+showBreaks(r.Breaks))
	}
	slices.Sort(lines)
	var paid []string
	for _, l := range res.Lines {
		s := fmt.Sprintf("%s:%d", l.Remittance.ObjectID, l.Line.Position)
		for _, it := range l.Items {
			s += fmt.Sprintf(" %d", it.Pos.Row)
		}
		paid = append(paid, s+showBreaks(l.Breaks))
	}
	slices.Sort(paid)
	return strings.Join(append(lines, paid...), "\n")
}

func showBreaks(breaks []Break) string {
	var s string
	for _, b := range breaks {
		s += fmt.Sprintf(" %s=%s", b.Code, b.Amount)
	}
	return s
}

func TestMatch(t *testing.T) {
	type items = []ledger.Item
	type payments = []payment.Remittance
	for _, c := range []struct {
		name     string
		items    items
		payments payments
		rules    func(*Rules)
		want     string
	}{
		{"paid, booked and confirmed", items{row(2, "A-1", booked("U1"))}, payments{pay("P1", "A-1", "U1")}, nil,
			"2 confirmed exact P1\nP1:0 2"},
		{"paid, and not yet confirmed", items{row(2, "A-1", booked("U1"))},
			payments{pay("P1", "A-1", "U1", confirmation(payment.Unconfirmed))}, nil,
			"2 paid exact P1 CONFIRMATION_OVERDUE=118000.00\nP1:0 2"},
		{"paid, not yet in the books", items{row(2, "A-1")}, payments{pay("P1", "A-1", "U1")}, nil,
			"2 confirmed exact P1 LEDGER_BEHIND=118000.00\nP1:0 2"},
		{"posted within the days allowed", items{row(2, "A-1")}, payments{pay("P1", "A-1", "U1")},
			func(r *Rules) { r.PostingWithin = 11 },
			"2 confirmed exact P1\nP1:0 2"},
		{"the number written otherwise", items{row(2, "INV/26-27/001", booked("U1"))}, payments{pay("P1", "inv-2026-27-1", "U1")}, nil,
			"2 confirmed normalised P1 REFERENCE_VARIANT=0.00\nP1:0 2"},
		{"the number unknown, reference and amount agree", items{row(2, "A-1", booked("U1"))}, payments{pay("P1", "ZZZ", "U1")}, nil,
			"2 confirmed utr_amount P1 REFERENCE_VARIANT=0.00\nP1:0 2"},
		{"two lines sum to one item", items{row(2, "A-1", booked("U1"))},
			payments{pay("P1", "X", "U1", net(100_000)), pay("P2", "Y", "U1", net(18_000))}, nil,
			"2 confirmed group P1 P2 REFERENCE_VARIANT=0.00\nP1:0 2 UTR_REUSED=100000.00\nP2:0 2 UTR_REUSED=18000.00"},
		{"one line sums to two items", items{row(2, "A-1", booked("U1")), row(3, "A-2", booked("U1"))},
			payments{pay("P1", "X", "U1", net(236_000))}, nil,
			"2 confirmed group P1 REFERENCE_VARIANT=0.00\n3 confirmed group P1 REFERENCE_VARIANT=0.00\nP1:0 2 3"},
		{"one line sums to two of three items", items{row(2, "A-1", owing(10), booked("U1")), row(3, "A-2", owing(20), booked("U1")), row(4, "A-3", owing(40), booked("U1"))},
			payments{pay("P1", "X", "U1", net(50))}, nil,
			"2 confirmed group P1 REFERENCE_VARIANT=0.00\n3 unsupported none PAID_WITHOUT_EVENT=20.00\n4 confirmed group P1 REFERENCE_VARIANT=0.00\nP1:0 2 4"},
		{"two combinations are a dispute", items{row(2, "A-1", owing(20), booked("U1")), row(3, "A-2", owing(20), booked("U1")), row(4, "A-3", owing(40), booked("U1"))},
			payments{pay("P1", "X", "U1", net(60))}, nil,
			"2 unsupported none AMBIGUOUS_MATCH=0.00\n3 unsupported none AMBIGUOUS_MATCH=0.00\n4 unsupported none AMBIGUOUS_MATCH=0.00\nP1:0 UNKNOWN_INVOICE=60.00"},
		{"paid to another supplier", items{row(2, "A-1", booked("U1"))},
			payments{pay("P1", "A-1", "U1", func(r *payment.Remittance) { r.Supplier = "OTHER" })}, nil,
			"2 paid cross_supplier P1 SUPPLIER_MISMATCH=118000.00\nP1:0 2"},
		{"a likely pair", items{row(2, "A-1")}, payments{pay("P1", "X", "U1")}, nil,
			"2 on_hold suggested P1\nP1:0 2 UNKNOWN_INVOICE=118000.00"},
		{"supplier without a B2B id, by number and amount",
			items{row(2, "A-1", booked(""), func(it *ledger.Item) { it.Supplier = party.Supplier{Name: "Acme"} })},
			payments{pay("P1", "A-1", "U1")}, nil,
			"2 confirmed exact P1\nP1:0 2"},
		{"paid twice", items{row(2, "A-1", booked("U1"))}, payments{pay("P1", "A-1", "U1"), pay("P2", "A-1", "U2")}, nil,
			"2 confirmed exact P1 P2 DUPLICATE_PAYMENT=118000.00\nP1:0 2\nP2:0 2"},
		{"paid too much", items{row(2, "A-1", booked("U1"))}, payments{pay("P1", "A-1", "U1", net(120_000))}, nil,
			"2 confirmed exact P1 OVERPAID=2000.00\nP1:0 2"},
		{"a second payment is under way", items{row(2, "A-1", booked("U1"))},
			payments{pay("P1", "A-1", "U1"), pay("P2", "A-1", "", outcome(payment.Sent), days(10))}, nil,
			"2 confirmed exact P1 P2 DUPLICATE_IN_FLIGHT=118000.00\nP1:0 2\nP2:0 2"},
		{"under way for too long", items{row(2, "A-1")}, payments{pay("P1", "A-1", "", outcome(payment.Sent), days(8))}, nil,
			"2 in_flight exact P1 OUTCOME_OVERDUE=118000.00\nP1:0 2"},
		{"failed", items{row(2, "A-1")}, payments{pay("P1", "A-1", "", outcome(payment.Failed))}, nil,
			"2 due exact P1 PAYMENT_FAILED=118000.00\nP1:0 2"},
		{"reversed, and booked as paid", items{row(2, "A-1", booked("U1"))}, payments{pay("P1", "A-1", "U1", outcome(payment.Reversed))}, nil,
			"2 unsupported exact P1 PAYMENT_FAILED=118000.00\nP1:0 2"},
		{"rejected", items{row(2, "A-1")}, payments{pay("P1", "A-1", "U1", confirmation(payment.Rejected))}, nil,
			"2 on_hold exact P1 SUPPLIER_REJECTED=118000.00\nP1:0 2"},
		{"less paid than booked", items{row(2, "A-1", booked("U1"))}, payments{pay("P1", "A-1", "U1", net(100_000))}, nil,
			"2 part_paid exact P1 UNDERPAID=18000.00\nP1:0 2"},
		{"short by the tax withheld", items{row(2, "A-1")}, payments{pay("P1", "A-1", "U1", net(116_000))}, nil,
			"2 part_paid exact P1 LEDGER_BEHIND=116000.00 ADJUSTMENT_MISMATCH=2000.00\nP1:0 2"},
		{"tax settled on the platform, explained by a rate", items{row(2, "A-1")},
			payments{pay("P1", "A-1", "U1", func(r *payment.Remittance) {
				r.Lines[0].Net, r.Lines[0].Adjustment = rupees(116_000), rupees(2_000)
			})}, nil,
			"2 confirmed exact P1 LEDGER_BEHIND=116000.00 ADJUSTMENT_MISMATCH=2000.00\nP1:0 2"},
		{"booked and never seen", items{row(2, "A-1", booked("U1"))}, nil, nil,
			"2 unsupported none PAID_WITHOUT_EVENT=118000.00"},
		{"booked before the log begins", items{row(2, "A-1", booked("U1"))}, nil,
			func(r *Rules) { r.CoversFrom = date("2026-11-11") },
			"2 outside none"},
		{"booked by a mode the log does not cover",
			items{row(2, "A-1", booked("U1"), func(it *ledger.Item) { it.PaymentMode = "CHEQUE" })}, nil,
			func(r *Rules) { r.CoversModes = []string{"NEFT"} },
			"2 outside none"},
		{"another reference in the books", items{row(2, "A-1", booked("U9"))}, payments{pay("P1", "A-1", "U1")}, nil,
			"2 confirmed exact P1 UTR_MISMATCH=118000.00\nP1:0 2"},
		{"due", items{row(2, "A-1")}, nil, nil, "2 due none"},
		{"not due, though on hold", items{row(2, "A-1", func(it *ledger.Item) { it.DueDate = date("2026-11-22"); it.Hold = "dispute" })}, nil, nil,
			"2 not_due none"},
		{"due with days to lead", items{row(2, "A-1", func(it *ledger.Item) { it.DueDate = date("2026-11-24") })}, nil,
			func(r *Rules) { r.LeadDays = 3 }, "2 due none"},
		{"on hold", items{row(2, "A-1", func(it *ledger.Item) { it.Hold = "dispute" })}, nil, nil, "2 on_hold none"},
		{"an invoice status nobody knows", items{row(2, "A-1", func(it *ledger.Item) { it.InvoiceStatus = "CREATED" })}, nil, nil, "2 on_hold none"},
		{"never due", items{row(2, "A-1", func(it *ledger.Item) { it.DueDate = 0 })}, nil, nil, "2 on_hold none NO_DUE_DATE=118000.00"},
		{"closed", items{row(2, "A-1", owing(1))}, nil, nil, "2 closed none"},
		{"a credit note is matched by nothing", items{row(2, "A-1", func(it *ledger.Item) { it.Type = ledger.CreditNote })},
			payments{pay("P1", "A-1", "U1")}, nil,
			"2 credit none\nP1:0 UNKNOWN_INVOICE=118000.00"},
		{"the row does not add up", items{row(2, "A-1", func(it *ledger.Item) { it.Gap = rupees(500) })}, nil, nil,
			"2 on_hold none LEDGER_ARITHMETIC=500.00"},
		{"listed twice", items{row(2, "A-1", func(it *ledger.Item) { it.Repeated = true })}, nil, nil,
			"2 on_hold none DUPLICATE_LEDGER_ITEM=118000.00"},
		{"in dollars no amounts are compared", items{row(2, "A-1", booked("U1"), func(it *ledger.Item) { it.Currency = "USD" })},
			payments{pay("P1", "A-1", "U1", net(5))}, nil,
			"2 part_paid exact P1 CURRENCY_MISMATCH=118000.00\nP1:0 2"},
		{"a damaged number is matched by reference and amount",
			items{row(2, "6.55E+14", booked("U1"), func(it *ledger.Item) { it.Damaged = true })},
			payments{pay("P1", "6.55E+14", "U1")}, nil,
			"2 confirmed utr_amount P1 REFERENCE_VARIANT=0.00 DAMAGED_KEY=118000.00\nP1:0 2"},
		{"another account", items{row(2, "A-1", booked("U1"), func(it *ledger.Item) { it.Account.Last4 = "1234" })},
			payments{pay("P1", "A-1", "U1", func(r *payment.Remittance) { r.Lines[0].Last4 = "4321" })}, nil,
			"2 confirmed exact P1 BANK_DETAILS_CHANGED=118000.00\nP1:0 2"},
		{"two parts told apart by the reference",
			items{row(2, "A-1", owing(50), booked("U1")), row(3, "A-1", owing(50), func(it *ledger.Item) { it.DueDate++ })},
			payments{pay("P1", "A-1", "U1", net(50)), pay("P2", "A-1", "U2", net(50))}, nil,
			"2 confirmed exact P1\n3 confirmed exact P2 LEDGER_BEHIND=50.00\nP1:0 2\nP2:0 3"},
		{"two equal parts, two equal payments: in order",
			items{row(2, "A-1", func(it *ledger.Item) { it.DueDate++ }), row(3, "A-1")},
			payments{pay("P2", "A-1", "U2"), pay("P1", "A-1", "U1", days(1))},
			func(r *Rules) { r.PostingWithin = 30 },
			"2 confirmed exact P1\n3 confirmed exact P2\nP1:0 2\nP2:0 3"},
		{"two equal parts, one payment: a dispute",
			items{row(2, "A-1", func(it *ledger.Item) { it.DueDate++ }), row(3, "A-1")},
			payments{pay("P1", "A-1", "U1")}, nil,
			"2 on_hold none AMBIGUOUS_MATCH=0.00\n3 on_hold none AMBIGUOUS_MATCH=0.00\nP1:0 UNKNOWN_INVOICE=118000.00"},
		{"the same number in two years: the latest invoice before the payment",
			items{row(2, "A-1", func(it *ledger.Item) { it.InvoiceDate = date("2025-10-01") }), row(3, "A-1")},
			payments{pay("P1", "A-1", "U1")}, nil,
			"2 due none\n3 confirmed exact P1 LEDGER_BEHIND=118000.00\nP1:0 3"},
		{"a conflict is in flight whatever was confirmed", items{row(2, "A-1")},
			payments{pay("P1", "A-1", "U1", func(r *payment.Remittance) {
				r.Outcome, r.Conflict = payment.Unknown, "success and failure"
				r.Lines[0].Confirmation = payment.Rejected
			}, days(10))}, nil,
			"2 in_flight exact P1\nP1:0 2 CONFLICTING_EVENTS=118000.00"},
		{"a payment known by its confirmation alone", items{row(2, "A-1")},
			payments{pay("P1", "A-1", "", func(r *payment.Remittance) { r.OnlyConfirmed = true }, net(0))}, nil,
			"2 due exact P1\nP1:0 2 CONFIRMED_UNSEEN=0.00"},
		{"amounts of a payment that do not add up", items{row(2, "A-1", booked("U1"))},
			payments{pay("P1", "A-1", "U1", func(r *payment.Remittance) { r.Lines[0].Unbalanced = "1 + 1 = 3" })}, nil,
			"2 confirmed exact P1\nP1:0 2 PAYMENT_ARITHMETIC=118000.00"},
		{"cheques share numbers", items{row(2, "A-1", booked("U1")), row(3, "A-2", booked("U1"))},
			payments{
				pay("P1", "A-1", "U1", func(r *payment.Remittance) { r.Mode = "CHEQUE" }),
				pay("P2", "A-2", "U1", func(r *payment.Remittance) { r.Mode = "CHEQUE" })}, nil,
			"2 confirmed exact P1\n3 confirmed exact P2\nP1:0 2\nP2:0 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rules()
			if c.rules != nil {
				c.rules(&r)
			}
			for range 2 { // once as written, once in reverse
				res, err := Match(c.items, c.payments, r)
				if err != nil {
					t.Fatal(err)
				}
				if got := show(res); got != c.want {
					t.Errorf("got\n%s\nwant\n%s", got, c.want)
				}
				slices.Reverse(c.items)
				slices.Reverse(c.payments)
			}
		})
	}
}

func TestSubsetsGivesUp(t *testing.T) {
	amounts := make([]money.Paise, 60)
	for i := range amounts {
		amounts[i] = money.Paise(1000003 + 7919*i*i)
	}
	budget := maxSteps
	if found, complete := subsets(amounts, 31_415_926, 0, 2, 2, &budget); complete || found != nil {
		t.Errorf("a search of 2^60 combinations returned %v, complete %v", found, complete)
	}
	budget = maxSteps
	if found, complete := subsets(amounts[:4], amounts[0]+amounts[3], 0, 2, 2, &budget); !complete || len(found) != 1 || !slices.Equal(found[0], []int{0, 3}) {
		t.Errorf("got %v, complete %v; want the first and the fourth", found, complete)
	}
}
