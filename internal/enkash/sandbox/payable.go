package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/money"
)

// payableRule is the page Payment Request of accounts payable.
var payableRule = object(
	must("paymentIds", list(1, mostInvoices, text(text100))),
	must("paymentType", oneOf("INVOICE", "GST", "UTILITY", "RENTAL", "CONSENT_TRANSACTION", "COLLECTION_INVOICE", "ADVANCE_PAYMENT")),
	may("urn", text(anyText)),
	may("accountNo", text(anyText)),
	may("seamlessBanking", yesOrNo()),
	may("frontendVersion", yesOrNo()),
	may("otpReferenceNumber", text(anyText)),
	may("otp", text(`^[0-9]{6}$`)),
	may("partialPayment", yesOrNo()),
	may("amount", rupees()),
	may("paymentRemarks", text(anyText)),
)

type payableRequest struct {
	PaymentIDs []string `json:"paymentIds"`
	Type       string   `json:"paymentType"`
	Partial    bool     `json:"partialPayment"`
	Amount     *number  `json:"amount"`
}

// readPayable reads a payment request of accounts payable. One amount for several
// payments would say of none what it gets.
func readPayable(body []byte) (*payableRequest, error) {
	if err := obey(body, payableRule); err != nil {
		return nil, err
	}
	p := &payableRequest{}
	if err := json.Unmarshal(body, p); err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	for i, id := range p.PaymentIDs {
		if slices.Contains(p.PaymentIDs[:i], id) {
			return nil, fmt.Errorf("paymentIds[%d] is in this request already", i)
		}
	}
	switch {
	case (p.Partial || p.Amount != nil) && len(p.PaymentIDs) != 1:
		return nil, errors.New("amount and partialPayment are for exactly one of paymentIds")
	case p.Partial && p.Amount == nil:
		return nil, errors.New("amount is missing: a partial payment needs one")
	case p.Amount != nil && p.Amount.paise() == 0:
		return nil, errors.New("amount is 0: no money would move")
	}
	return p, nil
}

// objectID names the payment in the books: the page knows no id of its own.
func (p *payableRequest) objectID() string { return strings.Join(p.PaymentIDs, ",") }

// executes says what moves. Where the request does not say how much, EnKash alone
// knows, and it stands in the books as 0.
func (p *payableRequest) executes(n int) *Execution {
	e := &Execution{N: n, ObjectID: p.objectID(), Type: p.Type, UTR: utrOf(p.objectID())}
	var net money.Paise
	if p.Amount != nil {
		net = p.Amount.paise()
	}
	for _, id := range p.PaymentIDs {
		e.Lines = append(e.Lines, Paid{Number: id, Net: net})
	}
	return e
}
