package job

import (
	"maps"
	"testing"

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
