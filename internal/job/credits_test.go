package job

import (
	"context"
	"maps"
	"testing"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/submit"
)

// note is an open credit note of the supplier of the first bill.
func note(number, amount string) bookRow {
	return bookRow{"supplier_b2b_id": "SUP1", "supplier_name": "Shree Traders", "supplier_invoice_number": number, "invoice_date": "2026-10-05",
		"due_date": "2026-10-05", "invoice_amount": "-" + amount, "tds_amount": "0.00", "adjustment_amount": "0.00", "paid_amount": "0.00", "due_amount": "-" + amount}
}

// TestNettedCreditAtTheSend: of an invoice over 1000.00 and a credit note over
// 180.00 a payment was approved. It is sent for as long as the note is as open as it
// was, whatever else of the supplier has come due meanwhile.
func TestNettedCreditAtTheSend(t *testing.T) {
	first, second := twoBills()
	bill := first.with(bookRow{"invoice_amount": "1000.00", "due_amount": "1000.00"})
	cn := note("CN-1", "180.00")
	urgent := first.with(bookRow{"supplier_invoice_number": "K/900", "due_date": "2026-10-02", "invoice_amount": "700.00", "due_amount": "700.00"})
	large := urgent.with(bookRow{"invoice_amount": "1380.00", "due_amount": "1380.00"})
	for _, c := range []struct {
		name     string
		settings string    // more of them
		was, now []bookRow // besides the bill
		want     submit.State
	}{
		{"nothing", "", []bookRow{cn}, []bookRow{cn}, submit.Acked},
		{"a more urgent invoice has come due", "", []bookRow{cn}, []bookRow{cn, urgent}, submit.Acked},
		{"a hold on a more urgent invoice has ended", "", []bookRow{cn, urgent.with(bookRow{"hold": "goods returned"})}, []bookRow{cn, urgent}, submit.Acked},
		{"a more urgent invoice that netted the note is over a cap as it was", `, caps: {invoice: "1100.00"}`, []bookRow{cn, large}, []bookRow{cn, large}, submit.Acked},
		{"the note has left the books", "", []bookRow{cn}, nil, submit.Void},
		{"and a more urgent invoice has come due", "", []bookRow{cn}, []bookRow{urgent}, submit.Void},
		{"the note is smaller", "", []bookRow{cn}, []bookRow{note("CN-1", "80.00"), urgent}, submit.Void},
		{"there is another note", "", []bookRow{cn}, []bookRow{cn, note("CN-2", "80.00"), urgent}, submit.Void},
		{"the note is another one", "", []bookRow{cn}, []bookRow{note("CN-2", "180.00")}, submit.Void},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := openDesk(t, nil)
			d.reconfigure("api: payment", "api: req-pay")
			d.reconfigure("type: ONPLATFORM", "type: ONPLATFORM, net_credits: true"+c.settings)
			d.books(append(c.was, bill, second)...)
			hash := d.approved()
			d.books(append(c.now, bill, second)...)
			done := d.run(KindSubmit, hash, Typed{})

			want := map[string]submit.State{"A/1": c.want, "BP-77": submit.Acked}
			if got := d.states(); !maps.Equal(got, want) {
				t.Errorf("got %v and %q, want %v", got, done.Notices, want)
			}
		})
	}
}

// TestTwoPlansAndOneCredit: a payment less a credit note waits, and another plan pays
// a more urgent invoice of the supplier in full, for the note was taken. Both are sent
// as they were approved.
func TestTwoPlansAndOneCredit(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	d := openDesk(t, func(int, string) sandbox.Fault { stop(); return sandbox.Fault{} })
	d.reconfigure("api: payment", "api: req-pay")
	d.reconfigure("type: ONPLATFORM", "type: ONPLATFORM, net_credits: true")
	first, second := twoBills()
	bill, cn := first.with(bookRow{"invoice_amount": "1000.00", "due_amount": "1000.00"}), note("CN-1", "180.00")
	second["due_date"] = "2026-10-05"
	d.books(cn, bill, second)
	d.approved()
	in := d.in
	in.Kind, in.AsOf = KindRun, d.in.today()
	if _, err := Night(ctx, in); Code(err) != ExitStopped {
		t.Fatalf("got %v, want a night that was stopped", err)
	}
	if got, want := d.states(), (map[string]submit.State{"BP-77": submit.Acked, "A/1": submit.Intended}); !maps.Equal(got, want) {
		t.Fatalf("after it was stopped: got %v, want %v", got, want)
	}
	d.books(cn, bill, second, first.with(bookRow{"supplier_invoice_number": "K/900", "due_date": "2026-10-02", "invoice_amount": "700.00", "due_amount": "700.00"}))
	d.approved()
	done := d.run(KindRun, "", Typed{})
	paid := make(map[string]string)
	for _, e := range d.entries() {
		paid[e.Allocations[0].Number] = e.State.String() + " " + e.Net.String()
	}
	if want := map[string]string{"BP-77": "ACKED 590.00", "A/1": "ACKED 820.00", "K/900": "ACKED 700.00"}; !maps.Equal(paid, want) {
		t.Errorf("got %v and %q, want %v", paid, done.Notices, want)
	}
}

// TestTransferGrows: the bank paid two invoices by one transfer. Where the books say
// before it is reported that it paid a third too, a report of the two would keep the
// third from ever being told.
func TestTransferGrows(t *testing.T) {
	reported := func(number, utr string) bookRow {
		return bookRow{"supplier_b2b_id": "SUP1", "supplier_name": "Shree Traders", "supplier_invoice_number": number, "invoice_date": "2026-10-01", "due_date": "2026-10-31",
			"invoice_amount": "500.00", "tds_amount": "0.00", "adjustment_amount": "0.00", "paid_amount": "500.00", "due_amount": "0.00", "utr": utr, "payment_date": "2026-11-02"}
	}
	const one, other = "N123456789012345", "N999999999999999"
	for name, c := range map[string]struct {
		third bookRow
		want  submit.State
	}{
		"nothing else": {reported("Q/555", other), submit.Acked},
		"a third":      {reported("Q/555", one), submit.Void},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t, nil)
			d.reconfigure("api: payment", "api: req-pay")
			d.reconfigure("type: ONPLATFORM", "type: OFFPLATFORM")
			d.books(reported("A/1", one), reported("BP-77", one))
			hash := d.approved()
			d.books(reported("A/1", one), reported("BP-77", one), c.third)
			done := d.run(KindSubmit, hash, Typed{})
			if got, want := d.states(), (map[string]submit.State{"A/1": c.want}); !maps.Equal(got, want) {
				t.Errorf("got %v and %q, want %v", got, done.Notices, want)
			}
		})
	}
}

// TestCreditOfWhatWaits: a payment less a credit note waits, for rows of its ledger
// file cannot be read. Its note is taken all the same, and another payment of the
// supplier, out of another file, is sent as it was approved.
func TestCreditOfWhatWaits(t *testing.T) {
	d := openDesk(t, nil)
	d.reconfigure("api: payment", "api: req-pay")
	d.reconfigure("type: ONPLATFORM", "type: ONPLATFORM, net_credits: true")
	first, second := twoBills()
	bill, cn := first.with(bookRow{"invoice_amount": "1000.00", "due_amount": "1000.00"}), note("CN-1", "180.00")
	d.write("ledger/other.csv", "supplier_b2b_id,supplier_name,supplier_invoice_number,invoice_date,due_date,invoice_amount\nSUP1,Shree Traders,K/900,2026-10-01,2026-11-02,700.00\n", 0o644)
	d.books(cn, bill)
	hash := d.approved()
	d.books(cn, bill, second.with(bookRow{"invoice_amount": "a lot"}))
	done := d.run(KindSubmit, hash, Typed{})
	if got, want := d.states(), (map[string]submit.State{"A/1": submit.Intended, "K/900": submit.Acked}); !maps.Equal(got, want) {
		t.Errorf("got %v and %q, want %v", got, done.Notices, want)
	}
}
