package enkash

import (
	"fmt"

	"reconcile/internal/money"
	"reconcile/internal/proposal"
)

// PathAPPayment is where payments of EnKash's accounts payable go, by the page
// Payment Request. It is another product than req-pay, with other ids, and has
// no webhook on its page.
const PathAPPayment = "/api/v0/payment"

// An APPayment asks EnKash's accounts payable to pay what it knows by its own
// ids. What is zero is left out.
type APPayment struct {
	PaymentIDs []string // required, each once
	Type       string   // of APPaymentTypes; required

	URN             string // of the connected bank
	AccountNo       string // that is debited
	SeamlessBanking bool
	FrontendVersion bool
	OTPReference    string
	OTP             string // six digits, typed by a person for this one payment

	// Partial pays only Amount. The page has one amount for a list of ids, so it
	// goes with exactly one id; Amount alone states what that one id is paid.
	Partial bool
	Amount  money.Paise

	Remarks string
}

// APPaymentTypes are the values that the page Payment Request lists for
// paymentType, in its order.
func APPaymentTypes() []string {
	return []string{"INVOICE", "GST", "UTILITY", "RENTAL", "CONSENT_TRANSACTION", "COLLECTION_INVOICE", "ADVANCE_PAYMENT"}
}

type wireAPPayment struct {
	PaymentIDs      []string `json:"paymentIds"`
	Type            string   `json:"paymentType"`
	URN             string   `json:"urn,omitempty"`
	AccountNo       string   `json:"accountNo,omitempty"`
	SeamlessBanking bool     `json:"seamlessBanking,omitempty"`
	FrontendVersion bool     `json:"frontendVersion,omitempty"`
	OTPReference    string   `json:"otpReferenceNumber,omitempty"`
	OTP             string   `json:"otp,omitempty"`
	Partial         bool     `json:"partialPayment,omitempty"`
	Amount          *rupees  `json:"amount,omitempty"`
	Remarks         string   `json:"paymentRemarks,omitempty"`
}

// RenderAPPayment writes the body of an accounts-payable payment. The same
// argument gives the same bytes. An error names each field that is wrong, and
// never an account or a one-time password.
func RenderAPPayment(p *APPayment) ([]byte, error) {
	var c fieldCheck
	if len(p.PaymentIDs) == 0 || len(p.PaymentIDs) > proposal.MaxInvoices {
		c.fault("paymentIds", "has %d ids, and must have 1 to %d; set payments.max_invoices in the configuration", len(p.PaymentIDs), proposal.MaxInvoices)
	}
	for i, id := range p.PaymentIDs {
		c.text(fmt.Sprintf("paymentIds[%d]", i), id, 100, "correct the column of payment ids in the ledger")
	}
	if id := duplicated(p.PaymentIDs); id != "" {
		c.fault("paymentIds", "%s stands there twice and would be paid twice; correct the column of payment ids in the ledger", id)
	}
	c.oneOf("paymentType", p.Type, APPaymentTypes(), "correct it in the configuration")
	c.optional("urn", p.URN, 100, "correct it in the configuration")
	c.optional("accountNo", p.AccountNo, 50, "correct it in the configuration")
	c.optional("otpReferenceNumber", p.OTPReference, 100, "copy it from the message with the one-time password")
	if p.OTP != "" {
		c.matches("otp", p.OTP, oneTimeCodes, "type the six digits of the one-time password")
	}
	c.optional("paymentRemarks", p.Remarks, 100, "shorten or correct the remarks")
	w := wireAPPayment{
		PaymentIDs: p.PaymentIDs, Type: p.Type, URN: p.URN, AccountNo: p.AccountNo,
		SeamlessBanking: p.SeamlessBanking, FrontendVersion: p.FrontendVersion,
		OTPReference: p.OTPReference, OTP: p.OTP, Partial: p.Partial, Remarks: p.Remarks,
	}
	if p.Partial || p.Amount != 0 {
		c.amount("amount", p.Amount, 1)
		if len(p.PaymentIDs) != 1 {
			c.fault("amount", "goes with exactly one payment id, and there are %d; pay them one by one", len(p.PaymentIDs))
		}
		w.Amount = (*rupees)(&p.Amount)
	}
	if err := c.err("the payment"); err != nil {
		return nil, err
	}
	return encode(&w)
}
