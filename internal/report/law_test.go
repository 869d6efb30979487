package report

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
	"reconcile/internal/statute"
)

// lawFacts is a ledger of what the law has a clock for.
func lawFacts() *Facts {
	small := party.Supplier{B2BID: "SUPP0001", Code: "V1001", Name: "Sharma Steel Traders Pvt Ltd", GSTIN: "27AABCS1234A1Z5"}
	agreed := party.Supplier{B2BID: "SUPP0002", Code: "V1002", Name: "Ujjwal Electricals"}
	trader := party.Supplier{B2BID: "SUPP0003", Code: "V1003", Name: "Only Trading & Co"}
	f := &Facts{
		AsOf: on("2026-05-29"), Kind: "match", Ledger: &ledger.Book{}, Result: &matcher.Result{},
		Master: party.NewMaster([]party.Entry{
			{Supplier: agreed, MSME: "micro", Agreement: true, AgreementDays: 60},
			{Supplier: trader, MSME: "small", Trader: true},
		}),
	}
	add := func(s party.Supplier, size, number, invoice, accepted string, status matcher.Status, gross, taxable money.Paise, paidOn string) {
		it := ledger.Item{Pos: source.Pos{File: "ledger/may.csv", Row: len(f.Ledger.Items) + 2}, Supplier: s, MSME: size, Number: number, InvoiceDate: on(invoice), DueDate: on(invoice) + 90, Currency: "INR",
			Gross: gross, Due: gross, Taxable: taxable, HasTaxable: taxable > 0}
		if accepted != "" {
			it.AcceptanceDate = on(accepted)
		}
		if paidOn != "" {
			it.Paid, it.Due, it.PaymentDate = gross, 0, on(paidOn)
		}
		f.Ledger.Items = append(f.Ledger.Items, it)
		f.Result.Items = append(f.Result.Items, matcher.ItemResult{Status: status, Rule: matcher.NoMatch, AgeDays: int(f.AsOf - it.DueDate)})
	}
	add(small, "small", "A-1", "2026-01-05", "2026-01-10", matcher.Due, 1_18_000_00, 1_00_000_00, "")
	add(small, "small", "A-2", "2026-05-20", "", matcher.NotDue, 59_000_00, 50_000_00, "")
	add(small, "small", "A-3", "2025-07-01", "2025-07-01", matcher.Paid, 1_00_000_00, 0, "2025-12-30")
	add(small, "small", "A-4", "2026-05-01", "2026-05-02", matcher.Paid, 10_000_00, 0, "2026-05-17")
	add(agreed, "micro", "B-1", "2026-03-01", "2026-03-02", matcher.OnHold, 2_36_000_00, 2_00_000_00, "")
	add(trader, "small", "C-1", "2025-12-20", "", matcher.PartPaid, 1_18_000_00, 1_00_000_00, "")
	add(trader, "", "C-2", "2025-10-01", "", matcher.Due, 50_000_00, 0, "")
	add(trader, "", "C-3", "2025-10-01", "", matcher.Due, 50_000_00, 50_000_00, "")
	for i := range f.Ledger.Items {
		f.Result.Items[i].Item = &f.Ledger.Items[i]
	}
	f.Result.Items[5].CashPaid = 59_000_00
	return f
}

func TestLawGolden(t *testing.T) {
	var b bytes.Buffer
	for _, line := range strings.SplitAfter(string(dumpOf(t, workbookOf(t, lawFacts()))), "\n") {
		for _, sheet := range []string{"MSME", "MSME-1", "GST 180 days"} {
			if strings.HasPrefix(line, sheet+"!") || strings.HasPrefix(line, sheet+" freeze") {
				b.WriteString(line)
			}
		}
	}
	compareGolden(t, "law.txt", b.Bytes())
}

// TestEnteredBankRate: beyond the table there is no interest without a rate that
// somebody entered, and with one there is.
func TestEnteredBankRate(t *testing.T) {
	f := lawFacts()
	f.AsOf = on("2026-11-21")
	if dump := string(dumpOf(t, workbookOf(t, f))); !strings.Contains(dump, "rate to be entered, from 2026-06-26") {
		t.Error("an interest of November 2026 does not say from when the rate is to be entered")
	}
	f.BankRates = []statute.BankRate{{From: on("2026-06-05"), Rate: 550}}
	dump := string(dumpOf(t, workbookOf(t, f)))
	if strings.Contains(dump, "text rate to be entered") || !strings.Contains(dump, "three times 5.5% at the end") {
		t.Error("a rate was entered, and the interest is not worked out by it")
	}
}

// TestAgeingTies: whatever is open stands in one band, and all bands are the open
// money of all invoices.
func TestAgeingTies(t *testing.T) {
	f := lawFacts()
	for days := -3; days <= 100; days++ {
		f.Result.Items[0].AgeDays = days
		a := f.ageing()
		all := money.Sum(a.notDue.Amount, a.noDate.Amount)
		for _, b := range a.bands {
			all = money.Sum(all, b.Amount)
		}
		var want money.Paise
		for i := range f.Result.Items {
			want = money.Sum(want, open(&f.Result.Items[i]))
		}
		if all != want {
			t.Errorf("at %d days the bands hold %s, want %s", days, all, want)
		}
	}
	for days, want := range map[int]int{0: 0, 30: 0, 31: 1, 60: 1, 61: 2, 90: 2, 91: 3, 4000: 3} {
		if got := bandOf(days); got != want {
			t.Errorf("%d days are in band %d, want %d", days, got, want)
		}
	}
}

// TestOpenIsNeverWhatIsPaid: what is paid in the books without an event is not
// open, and what is under way is until it arrives.
func TestOpenIsNeverWhatIsPaid(t *testing.T) {
	it := &ledger.Item{Gross: 100, Paid: 60, Due: 40}
	for status, want := range map[matcher.Status]money.Paise{
		matcher.Confirmed: 0, matcher.Paid: 0, matcher.Closed: 0, matcher.Unsupported: 40, matcher.Outside: 40,
		matcher.InFlight: 70, matcher.PartPaid: 70, matcher.Due: 70, matcher.OnHold: 70, matcher.NotDue: 70,
	} {
		if got := open(&matcher.ItemResult{Item: it, Status: status, CashPaid: 30}); got != want {
			t.Errorf("%s: open is %d paise, want %d", status, got, want)
		}
	}
	if got := open(&matcher.ItemResult{Item: &ledger.Item{Currency: "USD", Due: 5}, Status: matcher.Due}); got != 0 {
		t.Errorf("an invoice in dollars is open with %d paise, want none", got)
	}
	if got := open(&matcher.ItemResult{Item: &ledger.Item{Type: ledger.CreditNote, Due: 5}, Status: matcher.Due}); got != 0 {
		t.Errorf("a credit note is open with %d paise, want none", got)
	}
}

func TestEveryCodeHasARemedy(t *testing.T) {
	unknown := remedy("NOBODY_KNOWS")
	seen := map[string]matcher.Code{}
	for _, info := range matcher.Codes() {
		r := remedy(info.Code)
		if r == unknown || !strings.HasSuffix(r, ".") {
			t.Errorf("%s has no sentence that says what to do: %q", info.Code, r)
		}
		if other := seen[r]; other != "" {
			t.Errorf("%s and %s have the same remedy", info.Code, other)
		}
		seen[r] = info.Code
	}
}

// TestActOrder: what can be stopped stands first whatever its age, then what to
// act on by amount × days, then what to settle; notes are not there.
func TestActOrder(t *testing.T) {
	f := smallFacts()
	line := f.Result.Lines[3]
	line.Breaks = []matcher.Break{{Code: matcher.UTRReused, Amount: 10, ExceptionID: "small"}}
	f.Result.Lines = append(f.Result.Lines, line)
	f.Result.Items[4].Breaks = []matcher.Break{{Code: matcher.ReferenceVariant, ExceptionID: "note"}, {Code: matcher.AmbiguousMatch, ExceptionID: "none"}}
	var got []string
	for _, b := range f.toAct() {
		got = append(got, b.ExceptionID)
	}
	if want := "X1 X5 X3 small X2 X4 none"; strings.Join(got, " ") != want {
		t.Errorf("to act on: got %s, want %s", strings.Join(got, " "), want)
	}
	if all := f.toAct(); all[len(all)-1].atRisk() != 999_99 {
		t.Errorf("a break without an amount puts %s at risk, want what the item is about", all[len(all)-1].atRisk())
	}
	huge := finding{Break: matcher.Break{Amount: money.Max * 9000}, item: &f.Result.Items[1]}
	if got := huge.weight(day.Date(900_000)); got <= 0 {
		t.Errorf("a great amount of a long time weighs %d, want the most there is", got)
	}
}

// TestConfirmationOfOurOwn: a payment of ours that no log has seen stands before
// the others, one that a log has seen stands once.
func TestConfirmationOfOurOwn(t *testing.T) {
	f := smallFacts()
	f.Payments.Own = []OwnPayment{
		{ObjectID: "PAY0003", State: "ACKED", SupplierName: "Sharma", Net: 5, Since: on("2026-11-03"),
			Proposed: on("2026-10-30"), Approved: on("2026-10-31"), Sent: on("2026-11-02")},
		{ObjectID: "PAY0009", State: "UNSURE", SupplierName: "Sharma", Numbers: "SST/1", Net: 7, Since: on("2026-11-20"),
			Proposed: on("2026-11-18"), Approved: on("2026-11-18"), Sent: on("2026-11-19")},
		{ObjectID: "PAY0010", State: "INTENT", SupplierName: "Sharma", Numbers: "SST/2", Net: 9, Since: on("2026-11-20"),
			Proposed: on("2026-11-17"), Approved: on("2026-11-20")},
	}
	f.Result.Items[2].Breaks = append(f.Result.Items[2].Breaks, matcher.Break{Code: matcher.OutcomeOverdue})
	rows := [][]cell{}
	table := f.confirmationTable()
	if err := table.rows(func(row []cell) error {
		rows = append(rows, append([]cell{}, row...))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2+len(f.Result.Lines) {
		t.Fatalf("%d rows, want one for each of two unseen payments and of %d lines", len(rows), len(f.Result.Lines))
	}
	for _, c := range []struct {
		row            int
		stage, overdue string
		waiting        cell
		days           string // proposed, approved, sent, paid, confirmed
	}{
		{0, "perhaps sent", "", count(2), "2026-11-18 2026-11-18 2026-11-19 - -"},
		{1, "proposed", "", count(1), "2026-11-17 2026-11-20 - - -"},
		{2, "confirmed", "", cell{}, "- - 2026-10-31 2026-11-01 2026-11-03"},
		{3, "paid", "overdue", count(20), "- - 2026-10-31 2026-11-01 -"},
		{4, "sent", "overdue", count(19), "2026-10-30 2026-10-31 2026-11-02 - -"},
	} {
		r := rows[c.row]
		var days []string
		for _, d := range r[6:11] {
			days = append(days, cmp.Or(d.date.String(), "-"))
		}
		if got := strings.Join(days, " "); r[0].text != c.stage || r[1].text != c.overdue || r[2] != c.waiting || got != c.days {
			t.Errorf("row %d: got stage %q, overdue %q, waiting %+v, days %s; want %+v", c.row, r[0].text, r[1].text, r[2], got, c)
		}
		if len(r) != len(table.columns) {
			t.Errorf("row %d has %d cells, want %d", c.row, len(r), len(table.columns))
		}
	}
}

// TestWayOfALine: the day of a step is that of whoever knows it best, and a step
// that was not taken has none.
func TestWayOfALine(t *testing.T) {
	on := func(n int) day.Date { return on("2026-11-01") + day.Date(n) }
	accepted := payment.Line{Confirmation: payment.Accepted, AnsweredOn: on(9)}
	for _, c := range []struct {
		name string
		p    payment.Remittance
		l    payment.Line
		o    *OwnPayment
		want way
	}{
		{"of another", payment.Remittance{Outcome: payment.Paid, Date: on(7), SentOn: on(5), PaidOn: on(6)}, accepted, nil, way{sent: on(5), paid: on(6), answered: on(9)}},
		{"ours, and a message says paid", payment.Remittance{Outcome: payment.Paid, SentOn: on(5), PaidOn: on(6)}, payment.Line{},
			&OwnPayment{Proposed: on(1), Approved: on(2), Sent: on(4), Paid: on(8)}, way{on(1), on(2), on(4), on(6), 0}},
		{"ours, and people say paid", payment.Remittance{Outcome: payment.Paid, SentOn: on(5), PaidOn: on(5)}, payment.Line{},
			&OwnPayment{Proposed: on(1), Approved: on(2), Sent: on(4), Paid: on(8), Told: true}, way{on(1), on(2), on(4), on(8), 0}},
		{"paid, and no message says when", payment.Remittance{Outcome: payment.Paid, Date: on(7)}, payment.Line{}, nil, way{paid: on(7)}},
		{"came back", payment.Remittance{Outcome: payment.Reversed, Date: on(7), SentOn: on(5), PaidOn: on(6)}, payment.Line{}, nil, way{sent: on(5), paid: on(6)}},
		{"sent, known by the acknowledgement", payment.Remittance{Outcome: payment.Sent, Date: on(7)}, payment.Line{}, nil, way{sent: on(7)}},
		{"in conflict", payment.Remittance{Outcome: payment.Unknown, Conflict: "both", Date: on(7), SentOn: on(5), PaidOn: on(6)}, payment.Line{}, nil, way{sent: on(5)}},
		{"rejected", payment.Remittance{Outcome: payment.Paid, Date: on(7), SentOn: on(5)}, payment.Line{Confirmation: payment.Rejected, AnsweredOn: on(9)}, nil,
			way{sent: on(5), paid: on(7)}},
	} {
		if got := wayOf(&c.p, &c.l, c.o); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, fmt.Sprint(got), fmt.Sprint(c.want))
		}
	}
}

// TestStages: money that came back, or whose evidence contradicts itself, is
// never called paid.
func TestStages(t *testing.T) {
	for _, c := range []struct {
		p     payment.Remittance
		l     payment.Line
		want  string
		waits bool
	}{
		{payment.Remittance{Outcome: payment.Reversed}, payment.Line{Confirmation: payment.Accepted}, "reversed", false},
		{payment.Remittance{Outcome: payment.Failed}, payment.Line{}, "failed", false},
		{payment.Remittance{Outcome: payment.Unknown, Conflict: "both"}, payment.Line{Confirmation: payment.Rejected}, "unknown", true},
		{payment.Remittance{Outcome: payment.Paid}, payment.Line{Confirmation: payment.Rejected}, "rejected", false},
		{payment.Remittance{Outcome: payment.Paid}, payment.Line{}, "paid", true},
	} {
		if got, waits := stageOf(&c.p, &c.l); got != c.want || waits != c.waits {
			t.Errorf("%s, %s: got %s (waits %t), want %s (%t)", c.p.Outcome, c.l.Confirmation, got, waits, c.want, c.waits)
		}
	}
}
