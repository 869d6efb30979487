package job

import (
	"maps"
	"strings"
	"testing"

	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

// TestUndated: one of two due rows has no invoice date, and so its debt no year,
// by which the journal knows it. It is left out with the reason, and the other is
// paid all the same.
func TestUndated(t *testing.T) {
	moved := bookRow{"due_amount": "0.00", "payment_date": "2026-10-31"}
	for _, c := range []struct {
		name, api, kind string
		first, second   bookRow // what the books say besides the usual
	}{
		{"by req-pay", "req-pay", "ONPLATFORM", nil, nil},
		{"by accounts payable", "payment", "ONPLATFORM", bookRow{"payment_id": "AP-1"}, nil},
		{"money that has moved", "req-pay", "OFFPLATFORM",
			moved.with(bookRow{"paid_amount": "1180.00", "utr": "HDFCN52026103100000001"}),
			moved.with(bookRow{"paid_amount": "590.00", "utr": "HDFCN52026103100000002"})},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := openDesk(t, nil)
			d.reconfigure("api: payment", "api: "+c.api)
			d.reconfigure("type: ONPLATFORM", "type: "+c.kind)
			first, second := twoBills()
			d.books(first.with(c.first).with(bookRow{"invoice_date": ""}), second.with(c.second))

			for _, l := range d.run(KindPropose, "", Typed{}).Facts.Due() {
				if l.Number == "A/1" && (l.Reason != proposal.InvalidField || !strings.Contains(l.Why, "the invoice date is missing") || !strings.Contains(l.Why, "mend it in the books")) {
					t.Errorf("got %q [%s], want that the date is missing and what to do", l.Why, l.Reason)
				}
			}
			done := d.run(KindSubmit, d.approved(), Typed{})
			if got, want := d.states(), map[string]submit.State{"BP-77": submit.Acked}; !maps.Equal(got, want) {
				t.Errorf("got %v and %q, want %v", got, done.Notices, want)
			}
		})
	}
}
