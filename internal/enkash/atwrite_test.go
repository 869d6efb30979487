package enkash

import (
	"context"
	"strings"
	"testing"
	"time"

	"reconcile/internal/payment"
	"reconcile/internal/submit"
)

// An ear is a gateway that hears what would leave.
type ear struct{ heard []string }

func (e *ear) Dial(context.Context) (submit.Conn, error) { return e, nil }
func (e *ear) Close() error                              { return nil }
func (e *ear) Send(_ context.Context, t submit.Ticket) submit.Answer {
	e.heard = append(e.heard, string(t.Body))
	return submit.Answer{Acked: true, Text: "HTTP 200"}
}

// What is typed leaves with the body and is nowhere else.
func TestAtTheWrite(t *testing.T) {
	kept, err := RenderAPPayment(&APPayment{PaymentIDs: []string{"AP}1"}, Type: "INVOICE", Amount: 118000, Remarks: "a } b"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		typed      Typed
		tail, says string
	}{
		{Typed{}, "", "HTTP 200"},
		{Typed{AccountNo: "50100123456789"}, `,"accountNo":"50100123456789"`, "HTTP 200"},
		{Typed{OTP: "012345", OTPReference: "R&1"}, `,"otpReferenceNumber":"R&1","otp":"012345"`, "HTTP 200; sent with a one-time password"},
	} {
		e := &ear{}
		g, err := AtTheWrite(e, c.typed)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := g.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ticket := submit.Ticket{Body: kept}
		answer := conn.Send(t.Context(), ticket)
		if want := strings.TrimSuffix(string(kept), "}") + c.tail + "}"; len(e.heard) != 1 || e.heard[0] != want {
			t.Errorf("%s left, want %s", e.heard, want)
		}
		if answer.Text != c.says || !answer.Acked {
			t.Errorf("got %+v, want an acknowledgement that says %q", answer, c.says)
		}
		if string(ticket.Body) != string(kept) {
			t.Errorf("the kept body became %s", ticket.Body)
		}
		// The same as if it had been written whole.
		whole, err := RenderAPPayment(&APPayment{PaymentIDs: []string{"AP}1"}, Type: "INVOICE", Amount: 118000, Remarks: "a } b",
			AccountNo: c.typed.AccountNo, OTP: c.typed.OTP, OTPReference: c.typed.OTPReference})
		if err != nil || len(whole) != len(e.heard[0]) {
			t.Errorf("got %d bytes, want the %d of %s (%v)", len(e.heard[0]), len(whole), whole, err)
		}
	}
}

func TestAtTheWriteRefuses(t *testing.T) {
	for _, typed := range []Typed{{OTP: "98765"}, {OTP: "98765x"}, {OTP: "987654\n"}, {OTPReference: `98765"`}, {AccountNo: strings.Repeat("98765", 11)}} {
		if _, err := AtTheWrite(&ear{}, typed); err == nil || strings.Contains(err.Error(), "98765") {
			t.Errorf("%+v: got %v, want an error that does not show it", typed, err)
		}
	}
	// A body of another call is never completed.
	for _, body := range []string{`{"payment":{}}`, `{"paymentIds":["a","b"]}`, `{"paymentIds":[]}`, `[]`, ``, `{"paymentIds":["a"]} `} {
		e := &ear{}
		g, err := AtTheWrite(e, Typed{OTP: "123456"})
		if err != nil {
			t.Fatal(err)
		}
		conn, err := g.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if a := conn.Send(t.Context(), submit.Ticket{Body: []byte(body)}); a.Acked || len(e.heard) > 0 || !strings.Contains(a.Text, "nothing was written") {
			t.Errorf("%s: got %+v and sent %s, want nothing written", body, a, e.heard)
		}
	}
}

// What another call paid reads like a req-pay of the same.
func TestDescribePay(t *testing.T) {
	e := &submit.Entry{
		ObjectID: pmt, Buyer: "BUYER0001", Supplier: "SUPP0001", Type: payment.OnPlatform, Mode: "NEFT", Reference: "RCN1", Net: 100000, Adjustment: 18000,
		Deadline:    time.Date(2026, 11, 20, 20, 0, 0, 0, time.UTC),
		Allocations: []submit.Allocated{{Number: "A/1", Net: 100000, Adjustment: 18000}},
	}
	body, err := DescribePay(e)
	if err != nil {
		t.Fatal(err)
	}
	log := read(t, string(body))
	if len(log.Problems) > 0 || len(log.Remittances) != 1 {
		t.Fatalf("got %+v with the problems %v, want one payment", log.Remittances, log.Problems)
	}
	r := log.Remittances[0]
	if r.Outcome != payment.Sent || r.UTRFinal || r.Date.String() != "2026-11-21" || len(r.Lines) != 1 || r.Lines[0].Net != 100000 || r.Lines[0].Adjustment != 18000 || r.Lines[0].Number != "A/1" {
		t.Errorf("got %+v, want what was sent", r)
	}
}
