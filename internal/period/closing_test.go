package period

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// books are items and remittances, matched as a run does it.
type books struct {
	items       []ledger.Item
	remittances []payment.Remittance
}

func (b *books) item(number, date string, typ ledger.DocumentType, gross, paid, due money.Paise, paidOn string) *ledger.Item {
	d, _ := day.Parse(date)
	p, _ := day.Parse(paidOn)
	b.items = append(b.items, ledger.Item{
		Buyer: "BUYER0001", Supplier: party.Supplier{B2BID: "SUP1", Name: "Shree Traders"}, Number: number, Key: party.NumberKey(number), Type: typ,
		InvoiceDate: d, Currency: "INR", Gross: gross, Paid: paid, Due: due, PaymentDate: p, TDS: gross - paid - due,
	})
	return &b.items[len(b.items)-1]
}

func (b *books) pay(id, number, date string, net money.Paise, outcome payment.Outcome) {
	d, _ := day.Parse(date)
	b.remittances = append(b.remittances, payment.Remittance{
		ObjectID: id, Buyer: "BUYER0001", Supplier: "SUP1", Type: payment.OnPlatform, Outcome: outcome, Date: d, Time: d.Time(),
		Lines: []payment.Line{{Number: number, Key: party.NumberKey(number), Net: net, Total: net}},
	})
}

func (b *books) matched(t interface{ Fatal(...any) }, p Period) *matcher.Result {
	for i := range b.items {
		b.items[i].Pos.Row = i + 2
	}
	result, err := matcher.Match(b.items, b.remittances, matcher.Rules{AsOf: p.Last()})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Two months by hand: what was paid, credited, corrected, booked late or left the
// books, each in its column.
func TestRoll(t *testing.T) {
	nov, dec := month(t, "2026-11"), month(t, "2026-12")
	var first books
	first.item("OLD", "2026-10-10", ledger.Invoice, 100, 0, 100, "")
	first.item("LEAVES", "2026-10-11", ledger.Invoice, 70, 0, 70, "")
	first.item("UNSEEN", "2026-10-12", ledger.Invoice, 30, 0, 30, "")
	first.item("TAXED", "2026-11-05", ledger.Invoice, 1000, 0, 1000, "")
	first.item("CN", "2026-11-06", ledger.CreditNote, 40, 0, 40, "")
	first.item("NEXT", "2026-12-01", ledger.Invoice, 500, 0, 500, "") // of the next month
	first.item("SOON", "2026-11-07", ledger.Invoice, 60, 60, 0, "2026-12-02")
	before := Take(nov, first.matched(t, nov), nil)
	if got, want := before.Total(), money.Paise(100+70+30+1000-40+60); got != want {
		t.Fatalf("November ends at %v, want %v", got, want)
	}
	roll := Roll(nil, &before, first.matched(t, nov))
	if want := (Movement{Opening: 200, New: 1060, Credits: -40, Closing: 1220}); roll.Total != want || !roll.First {
		t.Errorf("the first closing got %+v, want %+v", roll.Total, want)
	}

	var second books
	second.item("OLD", "2026-10-10", ledger.Invoice, 100, 60, 40, "2026-12-10")
	second.item("TAXED", "2026-11-05", ledger.Invoice, 1000, 0, 980, "") // tax of 20 came later
	second.item("CN", "2026-11-06", ledger.CreditNote, 40, 0, 15, "")    // 25 of it were used
	second.item("NEXT", "2026-12-01", ledger.Invoice, 500, 200, 300, "2026-12-20")
	second.item("SOON", "2026-11-07", ledger.Invoice, 60, 60, 0, "2026-12-02")
	second.item("LATE", "2026-11-20", ledger.Invoice, 90, 0, 90, "") // booked late
	second.pay("P1", "LEAVES", "2026-12-15", 70, payment.Paid)
	result := second.matched(t, dec)
	now := Take(dec, result, &before)
	roll = Roll(&before, &now, result)
	want := Movement{Opening: 1220, New: 500, Cleared: -(60 + 200 + 60 + 70 + 30), Credits: -20 + 25, Corrections: 90, Closing: 40 + 980 - 15 + 300 + 90}
	if roll.Total != want || !roll.Total.Ties() {
		t.Errorf("got %+v, want %+v", roll.Total, want)
	}
	if roll.Gone.Count != 2 || roll.Gone.Amount != -100 || roll.Unpaid.Count != 1 || roll.Unpaid.Amount != -30 {
		t.Errorf("got %+v gone and %+v of it unpaid, want 2 of 100 and 1 of 30", roll.Gone, roll.Unpaid)
	}
	// What paid an invoice that has left the books is done with, now and in January.
	if len(now.Carried) != 0 || !now.Payments[0].Placed {
		t.Errorf("carried forward %+v, want nothing", now.Carried)
	}
	if again := Take(dec.Next(), result, &now); len(again.Carried) != 0 {
		t.Errorf("a month later carried forward %+v, want nothing", again.Carried)
	}
	var changes []string
	for _, c := range Compare(&before, &now) {
		changes = append(changes, fmt.Sprint(c.What, " ", c.Number, " ", c.Before, " ", c.After))
	}
	wantChanges := []string{"changed CN -0.40 -0.15", "added LATE 0.00 0.90", "removed LEAVES 0.70 0.00", "added NEXT 0.00 3.00", "changed OLD 1.00 0.40",
		"changed SOON 0.60 0.00", "changed TAXED 10.00 9.80", "removed UNSEEN 0.30 0.00"}
	if diff := cmp.Diff(wantChanges, changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// Payments that a month cannot finish with go on until they are, and say since when.
func TestCarriedAndLate(t *testing.T) {
	nov, dec := month(t, "2026-11"), month(t, "2026-12")
	var b books
	b.item("A", "2026-11-01", ledger.Invoice, 100, 0, 100, "")
	b.pay("P1", "A", "2026-11-10", 100, payment.Sent)
	b.pay("P2", "NOBODY'S", "2026-11-11", 30, payment.Paid)
	b.pay("P3", "LATER", "2026-12-01", 20, payment.Sent)
	before := Take(nov, b.matched(t, nov), nil)
	if got, want := fmt.Sprint(before.Carried), "[{P1 0 SUP1 A 2026-11-10 1.00 outcome not known 2026-11} {P2 0 SUP1 NOBODY'S 2026-11-11 0.30 matches no item 2026-11}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	b.remittances[0].Outcome = payment.Paid
	b.pay("P0", "A", "2026-11-29", 5, payment.Failed)
	result := b.matched(t, dec)
	for i := range result.Items {
		result.Items[i].Item.Supplier.Name = "Shree Traders"
	}
	now := Take(dec, result, &before)
	if got, want := fmt.Sprint(now.Carried), "[{P2 0 SUP1 NOBODY'S 2026-11-11 0.30 matches no item 2026-11} {P3 0 SUP1 LATER 2026-12-01 0.20 outcome not known 2026-12}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(Cleared(&before, &now)), "[{P1 0 SUP1 A 2026-11-10 1.00 outcome not known 2026-11}]"; got != want {
		t.Errorf("done with %s, want %s", got, want)
	}
	want := []Late{
		{ObjectID: "P1", Supplier: "SUP1", Name: "Shree Traders", Numbers: "A", Origin: nov, Date: on(t, "2026-11-10"), Outcome: "paid", Was: "sent", Net: 100},
		{ObjectID: "P0", Supplier: "SUP1", Name: "Shree Traders", Numbers: "A", Origin: nov, Date: on(t, "2026-11-29"), Outcome: "failed", Net: 5},
	}
	if diff := cmp.Diff(want, LateSince(&before, result)); diff != "" {
		t.Errorf("late payments (-want +got):\n%s", diff)
	}
}

// Ledger, webhooks and journal, with every kind of difference once.
func TestThreeWay(t *testing.T) {
	nov := month(t, "2026-11")
	var b books
	b.item("BOTH", "2026-10-01", ledger.Invoice, 100, 100, 0, "2026-11-03")
	b.item("BEHIND", "2026-10-01", ledger.Invoice, 200, 0, 200, "")
	b.item("BOOKED", "2026-10-01", ledger.Invoice, 400, 400, 0, "2026-11-04")
	b.item("PEOPLE", "2026-10-01", ledger.Invoice, 800, 0, 800, "")
	b.item("AFTER", "2026-10-01", ledger.Invoice, 50, 50, 0, "2026-12-01")
	b.pay("P1", "BOTH", "2026-11-03", 100, payment.Paid)
	b.pay("P2", "BEHIND", "2026-11-05", 200, payment.Paid)
	b.pay("P3", "STRAY", "2026-11-06", 1600, payment.Paid)
	b.pay("P4", "PEOPLE", "2026-11-07", 800, payment.Paid)
	b.pay("P5", "AFTER", "2026-12-01", 50, payment.Paid)
	own := []Own{
		{ObjectID: "P1", Net: 100, Paid: true}, {ObjectID: "P2", Net: 200}, {ObjectID: "P4", Net: 800, Paid: true, ByPeople: true}, {ObjectID: "P5", Net: 50, Paid: true},
	}
	rows := ThreeWay(b.matched(t, nov), own, nov.Last())
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%s %d %v", r.What[:min(len(r.What), 30)], r.Count, r.Amount))
	}
	want := []string{
		"Ledger: paid, as the books say 2 5.00",
		"less: booked, and no payment o 1 -4.00",
		"add: paid on the platform, and 2 10.00",
		"add: paid on the platform, and 1 16.00",
		"less: settled by people, witho 1 -8.00",
		"Webhooks: paid, as the message 0 19.00",
		"less: not sent by this program 1 -16.00",
		"less: paid by a webhook that t 1 -2.00",
		"add: the journal has another a 0 0.00",
		"add: settled by people, withou 1 8.00",
		"Journal: paid, as our own step 0 9.00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !added(rows) {
		t.Error("the rows do not add up")
	}
}

// A control amount is refused unless it is met to the paisa or a reason stands for it.
func TestMayStand(t *testing.T) {
	nov := month(t, "2026-11")
	var b books
	b.item("A", "2026-11-01", ledger.Invoice, 100, 0, 100, "")
	b.item("USD", "2026-11-01", ledger.Invoice, 999, 0, 999, "").Currency = "USD"
	b.item("UNDATED", "", ledger.Invoice, 7, 0, 7, "")
	book := &ledger.Book{Inputs: []ledger.Input{{Quarantined: 2, Columns: []ledger.ColumnTotal{{Column: "due_amount", Quarantined: 13}}}}}
	for _, test := range []struct {
		control money.Paise
		reason  string
		check   string
	}{
		{107, "", ""}, {107, "a reason that nobody needs at all", ""}, {106, "", CheckNotTied}, {108, "short", CheckShort}, {120, "two rows are in quarantine until Monday", ""},
	} {
		c, _, err := Make(Material{Period: nov, Version: 1, Control: test.control, DifferenceReason: test.reason, Result: b.matched(t, nov), Book: book})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.MayStand(); test.check == "" && err != nil || test.check != "" && !isRefusal(err, test.check) {
			t.Errorf("control %v, reason %q: got %v, want %q", test.control, test.reason, err, test.check)
		}
		if c.Tie.Ties() && c.DifferenceReason != "" || c.Tie.Foreign != 1 || c.Tie.Undated != 1 {
			t.Errorf("control %v: got %+v", test.control, c.Tie)
		}
		if n := len(c.Tie.Bridge); c.Tie.Ties() && n != 8 {
			t.Errorf("it ties, and the bridge goes by %+v", c.Tie.Bridge)
		} else if test.control == 120 && (c.Tie.Bridge[n-3].Amount != 13 || c.Tie.Bridge[n-2].Amount != 0) {
			t.Errorf("the quarantined rows explain %+v", c.Tie.Bridge)
		}
	}
}

// The laws hold for any books in any two months, and a snapshot comes back as it was.
func TestLaws(t *testing.T) {
	nov := Of(on(t, "2026-11-15"))
	amounts := rapid.Custom(func(r *rapid.T) money.Paise { return money.Paise(rapid.Int64Range(0, 5).Draw(r, "paise")) })
	date := rapid.SampledFrom([]string{"", "2026-10-05", "2026-11-10", "2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01"})
	anyBooks := rapid.Custom(func(r *rapid.T) *books {
		b := new(books)
		for range rapid.IntRange(0, 6).Draw(r, "items") {
			it := b.item(fmt.Sprint("N", rapid.IntRange(1, 4).Draw(r, "number")), date.Draw(r, "date"), ledger.DocumentType(rapid.IntRange(0, 3).Draw(r, "type")),
				0, amounts.Draw(r, "paid"), amounts.Draw(r, "due"), date.Draw(r, "paid on"))
			it.TDS = amounts.Draw(r, "tax")
			it.Gross = it.TDS + it.Paid + it.Due
			it.Currency = rapid.SampledFrom([]string{"INR", "INR", "INR", "USD"}).Draw(r, "currency")
		}
		for i := range rapid.IntRange(0, 4).Draw(r, "payments") {
			b.pay(fmt.Sprint("P", i), fmt.Sprint("N", rapid.IntRange(1, 4).Draw(r, "pays")), date.Draw(r, "when"), amounts.Draw(r, "net"),
				payment.Outcome(rapid.IntRange(1, 5).Draw(r, "outcome")))
		}
		return b
	})
	rapid.Check(t, func(r *rapid.T) {
		var last *Snapshot
		for p := nov; p <= nov.Next(); p++ {
			b := anyBooks.Draw(r, "books")
			own := []Own{{ObjectID: "P0", Net: amounts.Draw(r, "own"), Paid: rapid.Bool().Draw(r, "paid"), ByPeople: rapid.Bool().Draw(r, "people")}}
			own[0].ByPeople = own[0].ByPeople && own[0].Paid
			m := Material{Period: p, Version: 1, Control: amounts.Draw(r, "control"), Result: b.matched(r, p), Book: &ledger.Book{}, Own: own, PreviousSnapshot: last}
			if last != nil {
				m.ReplacedSnapshot = last
			}
			_, now, err := Make(m)
			if err != nil {
				r.Fatal(err)
			}
			var text bytes.Buffer
			if err := now.Write(&text); err != nil {
				r.Fatal(err)
			}
			back, err := ReadSnapshot(text.Bytes())
			if err != nil {
				r.Fatal(err)
			}
			var again bytes.Buffer
			if err := back.Write(&again); err != nil || !bytes.Equal(text.Bytes(), again.Bytes()) {
				r.Fatalf("read back and written: %v\n%s\nwant\n%s", err, again.Bytes(), text.Bytes())
			}
			if n := len(Compare(back, now)); n != 0 {
				r.Fatalf("a snapshot differs from itself in %d documents", n)
			}
			last = now
		}
	})
}

func TestReadSnapshotRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":         "",
		"no period":       `{"document":{"key":"x"}}`,
		"no JSON":         "{",
		"an unknown key":  `{"period":"2026-11"}` + "\n" + `{"surprise":1}`,
		"a broken amount": `{"period":"2026-11"}` + "\n" + `{"payment":{"net":"1.234"}}`,
	} {
		if s, err := ReadSnapshot([]byte(text)); !isRefusal(err, CheckDamaged) {
			t.Errorf("%s: got %+v, %v, want %s", name, s, err, CheckDamaged)
		}
	}
}
