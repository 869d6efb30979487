package posting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

const tolerance = 1_00

func on(t *testing.T, s string) day.Date {
	t.Helper()
	d, err := day.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// bill is an open invoice of 1,18,000.00 of which nothing is booked as paid.
func bill(t *testing.T, number string, change func(*ledger.Item)) ledger.Item {
	it := ledger.Item{
		Pos: source.Pos{File: "l.csv", Row: 2}, Buyer: "BUYER0001",
		Supplier: party.Supplier{B2BID: "SUP1", Code: "V1", Name: "Sharma & Sons"},
		Number:   number, Key: party.NumberKey(number), InvoiceDate: on(t, "2026-10-01"), DueDate: on(t, "2026-11-01"), Currency: "INR",
		Taxable: 1_00_000_00, HasTaxable: true, Gross: 1_18_000_00, Due: 1_18_000_00,
	}
	if change != nil {
		change(&it)
	}
	return it
}

// paid is a payment of one or more lines that stands.
func paid(t *testing.T, id, utr string, lines ...payment.Line) payment.Remittance {
	for i := range lines {
		lines[i].Position = i
		lines[i].Key = party.NumberKey(lines[i].Number)
		lines[i].Total = lines[i].Net + lines[i].Adjustment
	}
	return payment.Remittance{ObjectID: id, Buyer: "BUYER0001", Supplier: "SUP1", Type: payment.OnPlatform, Mode: "ACCOUNT TRANSFER",
		UTR: utr, UTRFinal: utr != "", Outcome: payment.Paid, Date: on(t, "2026-11-10"),
		Time: time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC), Lines: lines}
}

func line(number string, net, adjustment money.Paise) payment.Line {
	return payment.Line{Number: number, Net: net, Adjustment: adjustment}
}

func entries(t *testing.T, items []ledger.Item, payments []payment.Remittance) []Entry {
	t.Helper()
	r, err := matcher.Match(items, payments, matcher.Rules{AsOf: on(t, "2026-11-21"), Tolerance: tolerance, OutcomeWithin: 2, ConfirmationWithin: 7})
	if err != nil {
		t.Fatal(err)
	}
	return Entries(r, tolerance)
}

// shown is what of an entry the tests look at, as a line.
func shown(all []Entry) []string {
	var lines []string
	for _, e := range all {
		text := fmt.Sprintf("%s %s cash %s tds %s adjustment %s utr %s", e.ObjectID, e.Number, e.Cash, e.TDS, e.Adjustment, e.UTR)
		if e.ByHand != "" {
			text += " BY HAND " + e.ByHand
		}
		lines = append(lines, text)
	}
	return lines
}

func TestEntries(t *testing.T) {
	tests := []struct {
		name     string
		items    []ledger.Item
		payments []payment.Remittance
		want     []string
	}{
		{"all of it is to be booked",
			[]ledger.Item{bill(t, "A/1", nil)},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_18_000_00, 0))},
			[]string{"P1 A/1 cash 118000.00 tds 0.00 adjustment 0.00 utr UTR1"}},
		{"the tax that the books do not know is booked with it",
			[]ledger.Item{bill(t, "A/1", nil)},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_16_000_00, 2_000_00))},
			[]string{"P1 A/1 cash 116000.00 tds 2000.00 adjustment 0.00 utr UTR1"}},
		{"the tax that the books have is not booked again",
			[]ledger.Item{bill(t, "A/1", func(it *ledger.Item) { it.TDS, it.Due = 2_000_00, 1_16_000_00 })},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_16_000_00, 2_000_00))},
			[]string{"P1 A/1 cash 116000.00 tds 0.00 adjustment 0.00 utr UTR1"}},
		{"what no rate explains is an adjustment",
			[]ledger.Item{bill(t, "A/1", nil)},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_16_877_00, 1_123_00))},
			[]string{"P1 A/1 cash 116877.00 tds 0.00 adjustment 1123.00 utr UTR1"}},
		{"of two payments the books have the one whose UTR they bear",
			[]ledger.Item{bill(t, "A/1", func(it *ledger.Item) { it.Paid, it.Due, it.UTR = 59_000_00, 59_000_00, "UTR1" })},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 59_000_00, 0)), paid(t, "P2", "UTR2", line("A/1", 59_000_00, 0))},
			[]string{"P2 A/1 cash 59000.00 tds 0.00 adjustment 0.00 utr UTR2"}},
		{"of two payments the books have the one whose amount they bear",
			[]ledger.Item{bill(t, "A/1", func(it *ledger.Item) { it.Paid, it.Due = 40_000_00, 78_000_00 })},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 40_000_00, 0)), paid(t, "P2", "UTR2", line("A/1", 78_000_00, 0))},
			[]string{"P2 A/1 cash 78000.00 tds 0.00 adjustment 0.00 utr UTR2"}},
		{"nobody can tell which of two alike is booked",
			[]ledger.Item{bill(t, "A/1", func(it *ledger.Item) { it.Paid, it.Due = 59_000_00, 59_000_00 })},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 59_000_00, 0)), paid(t, "P2", "UTR2", line("A/1", 59_000_00, 0))},
			[]string{
				"P1 A/1 cash 59000.00 tds 0.00 adjustment 0.00 utr UTR1 BY HAND the books have 59,000.00 as paid, and several payments of the platform could be that",
				"P2 A/1 cash 59000.00 tds 0.00 adjustment 0.00 utr UTR2 BY HAND the books have 59,000.00 as paid, and several payments of the platform could be that",
			}},
		{"what the books have is no payment of the platform",
			[]ledger.Item{bill(t, "A/1", func(it *ledger.Item) { it.Paid, it.Due = 10_000_00, 1_08_000_00 })},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 78_000_00, 0))},
			[]string{"P1 A/1 cash 78000.00 tds 0.00 adjustment 0.00 utr UTR1 BY HAND the books have 10,000.00 as paid, and no payments of the platform sum to that"}},
		{"an advance bears its reference",
			[]ledger.Item{bill(t, "A/1", nil), bill(t, "ADV/9", func(it *ledger.Item) {
				it.Type, it.UTR, it.Pos.Row, it.Gross, it.Due = ledger.Advance, "UTR1", 3, 50_000_00, 50_000_00
			})},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_18_000_00, 0))},
			[]string{"P1 A/1 cash 118000.00 tds 0.00 adjustment 0.00 utr UTR1 BY HAND the books have its bank reference in l.csv:3, and it may be booked there"}},
		{"another invoice of the same payment bears its reference too, and rightly",
			[]ledger.Item{bill(t, "A/1", nil), bill(t, "A/2", func(it *ledger.Item) {
				it.UTR, it.Pos.Row, it.Paid, it.Due = "UTR1", 3, 1_18_000_00, 0
			})},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_18_000_00, 0), line("A/2", 1_18_000_00, 0))},
			[]string{"P1 A/1 cash 118000.00 tds 0.00 adjustment 0.00 utr UTR1"}},
		{"the ledger has it twice",
			[]ledger.Item{bill(t, "A/1", nil), bill(t, "A/1", func(it *ledger.Item) { it.Pos.Row, it.Repeated = 3, true })},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_18_000_00, 0)), paid(t, "P2", "UTR2", line("A/1", 1_18_000_00, 0))},
			[]string{
				"P1 A/1 cash 118000.00 tds 0.00 adjustment 0.00 utr UTR1",
				"P2 A/1 cash 118000.00 tds 0.00 adjustment 0.00 utr UTR2 BY HAND the ledger has the invoice more than once: take one out first",
			}},
		{"nothing is behind once the books have caught up",
			[]ledger.Item{bill(t, "A/1", func(it *ledger.Item) { it.Paid, it.Due, it.UTR = 1_18_000_00, 0, "UTR1" })},
			[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_18_000_00, 0))},
			nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, shown(entries(t, tt.items, tt.payments))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The id of an entry depends on the payment's line alone, where it pays one item.
func TestIDs(t *testing.T) {
	first := entries(t, []ledger.Item{bill(t, "A/1", nil)}, []payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_18_000_00, 0))})
	moved := entries(t, []ledger.Item{bill(t, "a-1", func(it *ledger.Item) { it.Pos.Row = 77 })}, []payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_18_000_00, 0))})
	if len(first) != 1 || len(moved) != 1 || first[0].ID != moved[0].ID || first[0].Line != first[0].ID {
		t.Errorf("got %v and %v, want one entry of one id, wherever the row stands and however its number is written", first, moved)
	}
	if got, want := first[0].ID, "P3XZF2W5YMQXVQNCK"; got != want {
		t.Errorf("got the id %s, want %s: another id would have every entry booked twice", got, want)
	}
	two := entries(t, []ledger.Item{bill(t, "A/1", nil), bill(t, "A/2", func(it *ledger.Item) { it.Pos.Row = 3 })},
		[]payment.Remittance{paid(t, "P1", "UTR1", line("A/1", 1_18_000_00, 0), line("A/2", 1_18_000_00, 0))})
	if len(two) != 2 || two[0].ID == two[1].ID {
		t.Errorf("got %v, want two entries of two ids", two)
	}
}

// Whatever was paid and booked: no id comes twice, what is to be booked for an
// item is what its books lack, and no entry settles more than its payment did.
func TestEntriesProperty(t *testing.T) {
	asOf := on(t, "2026-11-21")
	rapid.Check(t, func(rt *rapid.T) {
		amount := rapid.SampledFrom([]money.Paise{10_000_00, 20_000_00, 29_000_00, 59_000_00, 1_18_000_00})
		var items []ledger.Item
		var payments []payment.Remittance
		for i := range rapid.IntRange(1, 3).Draw(rt, "items") {
			number := fmt.Sprintf("A/%d", i)
			items = append(items, bill(t, number, func(it *ledger.Item) {
				it.Pos.Row = i + 2
				it.Paid = rapid.SampledFrom([]money.Paise{0, 0, 10_000_00, 20_000_00, 59_000_00}).Draw(rt, "booked")
				it.Due = it.Gross - it.Paid
				if rapid.Bool().Draw(rt, "reference") && it.Paid > 0 {
					it.UTR = "UTR0"
				}
			}))
			for k := range rapid.IntRange(0, 3).Draw(rt, "payments") {
				adjustment := rapid.SampledFrom([]money.Paise{0, 2_000_00, 555_00}).Draw(rt, "adjustment")
				payments = append(payments, paid(t, fmt.Sprintf("P%d%d", i, k), fmt.Sprintf("UTR%d", k), line(number, amount.Draw(rt, "net"), adjustment)))
			}
		}
		r, err := matcher.Match(items, payments, matcher.Rules{AsOf: asOf, Tolerance: tolerance})
		if err != nil {
			rt.Fatal(err)
		}
		all := Entries(r, tolerance)
		seen := map[string]bool{}
		booked := map[string]money.Paise{}
		hand := map[string]bool{}
		for _, e := range all {
			if seen[e.ID] {
				rt.Fatalf("the id %s came twice", e.ID)
			}
			seen[e.ID] = true
			booked[e.Source] += e.Cash
			hand[e.Source] = hand[e.Source] || e.ByHand != ""
			i := slices.IndexFunc(payments, func(p payment.Remittance) bool { return p.ObjectID == e.ObjectID })
			if got, most := e.Settles(), payments[i].Lines[0].Total; got > most {
				rt.Errorf("%s settles %s, and its payment only %s", e.ObjectID, got, most)
			}
		}
		for i := range r.Items {
			item := &r.Items[i]
			behind := slices.ContainsFunc(item.Breaks, func(b matcher.Break) bool { return b.Code == matcher.LedgerBehind })
			place := item.Item.Pos.String()
			if _, there := booked[place]; there != behind {
				rt.Errorf("%s: entries %v, behind %v", place, there, behind)
			}
			if lacks := item.CashPaid - item.Item.Paid; behind && !hand[place] && (booked[place]-lacks).Abs() > tolerance {
				rt.Errorf("%s: %s to be booked, and the books lack %s", place, booked[place], lacks)
			}
		}
		if text := strings.Join(shown(all), "\n"); strings.Contains(text, "cash -") {
			rt.Errorf("cash below nothing:\n%s", text)
		}
	})
}
