package enkash

import (
	"context"
	"encoding/json"
	"errors"

	"reconcile/internal/submit"
)

// A Typed is what of an accounts-payable payment is kept nowhere: neither in the
// journal with the body, nor in a log. It is added as the bytes leave. What is
// empty is left out.
type Typed struct {
	AccountNo    string // that is debited; out of a file
	OTPReference string
	OTP          string // six digits, typed by a person for one payment
}

// AtTheWrite returns a gateway that adds what was typed to every body that it
// carries. A body of RenderAPPayment is one flat object, so that what leaves is
// what is kept up to its last brace, and behind that the typed fields. An error
// names each field that is wrong, and none of their values.
func AtTheWrite(g submit.Gateway, t Typed) (submit.Gateway, error) {
	var c fieldCheck
	c.optional("accountNo", t.AccountNo, 50, "correct the file of enkash.payment.account_no_file")
	c.optional("otpReferenceNumber", t.OTPReference, 100, "copy it from the message with the one-time password")
	if t.OTP != "" {
		c.matches("otp", t.OTP, oneTimeCodes, "type the six digits of the one-time password")
	}
	if err := c.err("the payment"); err != nil {
		return nil, err
	}
	if t == (Typed{}) {
		return g, nil
	}
	fields, err := encode(&struct {
		AccountNo    string `json:"accountNo,omitempty"`
		OTPReference string `json:"otpReferenceNumber,omitempty"`
		OTP          string `json:"otp,omitempty"`
	}{t.AccountNo, t.OTPReference, t.OTP})
	if err != nil {
		return nil, err
	}
	return &typing{g, fields[1:], t.OTP != ""}, nil
}

// A typing is a gateway that adds fields at the end of a body.
type typing struct {
	submit.Gateway
	fields []byte // with the brace that ends the object
	once   bool   // a one-time password is among them
}

func (g *typing) Dial(ctx context.Context) (submit.Conn, error) {
	conn, err := g.Gateway.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return &typingConn{conn, g}, nil
}

type typingConn struct {
	submit.Conn
	gateway *typing
}

// Send adds the fields and sends.
func (c *typingConn) Send(ctx context.Context, t submit.Ticket) submit.Answer {
	body, err := c.gateway.complete(t.Body)
	if err != nil {
		return told("nothing was written: "+err.Error(), false)
	}
	t.Body = body
	a := c.Conn.Send(ctx, t)
	if c.gateway.once {
		// The journal says that a person was there, and nothing of what was typed:
		// six digits are found from their hash in no time.
		a.Text += "; sent with a one-time password"
	}
	return a
}

var errNoPayable = errors.New("the journal's body is no request of accounts payable")

func (g *typing) complete(body []byte) ([]byte, error) {
	if _, ok := APPaymentID(body); !ok || body[len(body)-1] != '}' {
		return nil, errNoPayable
	}
	whole := make([]byte, 0, len(body)+len(g.fields))
	whole = append(whole, body[:len(body)-1]...)
	return append(append(whole, ','), g.fields...), nil
}

// APPaymentID returns the one id that a body of RenderAPPayment pays; ok is false
// for any other body.
func APPaymentID(body []byte) (id string, ok bool) {
	var w struct {
		IDs []string `json:"paymentIds"`
	}
	if json.Unmarshal(body, &w) != nil || len(w.IDs) != 1 {
		return "", false
	}
	return w.IDs[0], true
}

// DescribePay tells of a payment that another call than req-pay made, as a req-pay
// of the same parties, invoices and amounts would: so it is folded with the rest.
func DescribePay(e *submit.Entry) ([]byte, error) {
	at := e.Deadline
	if at.IsZero() {
		at = e.Since
	}
	w := wirePay{B2BIDs: wireIDs{e.Buyer, e.Supplier}}
	w.Payment = wirePayment{
		ObjectID: e.ObjectID, TS: stamp(at), Type: e.Type.String(), Mode: e.Mode, UTR: e.Reference, Currency: inr,
		Amount: wireAmounts{rupees(e.Net), rupees(e.Adjustment), rupees(e.Net + e.Adjustment), inr},
	}
	for _, a := range e.Allocations {
		amounts := wireAmounts{rupees(a.Net), rupees(a.Adjustment), rupees(a.Net + a.Adjustment), inr}
		w.Payment.Invoices = append(w.Payment.Invoices, wireInvoice{
			ObjectID: a.InvoiceID, Number: a.Number, Owed: wireOwed{Currency: inr}, Amount: wireInvoiceAmount{wireAmounts: amounts},
		})
	}
	return encode(&w)
}
