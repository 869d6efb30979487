package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
)

// confirmRule is the page Payment Confirmation.
var confirmRule = object(
	must("device", deviceRule),
	must("b2bIds", partyRule),
	must("paymentConfirmation", object(
		must("objectId", text(paymentPattern)),
		must("ts", moment()),
		must("type", oneOf(types...)),
		must("supplierResponse", oneOf("ACCEPT", "REJECT")),
		must("supplierRemarks", text(text100)),
		must("invoiceInfos", list(0, mostInvoices, object(
			may("objectId", text(invoicePattern)),
			must("supplierInvoiceNumber", text(text50)),
			may("objectVersion", versionRule),
			may("statusTransition", statusRule),
		))),
	)),
)

// readConfirm reads a req-pay-confirmation.
func readConfirm(body []byte) (*confirmRequest, error) {
	if err := obey(body, confirmRule); err != nil {
		return nil, err
	}
	c := &confirmRequest{}
	if err := json.Unmarshal(body, c); err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	if c.Confirmation.Response == "REJECT" && c.Confirmation.Type != "OFFPLATFORM" {
		return nil, errors.New("paymentConfirmation.supplierResponse: REJECT is only for OFFPLATFORM")
	}
	return c, nil
}

// pass brings the supplier's answer to the buyer, as the one webhook of it. An
// OFFPLATFORM payment that is rejected is owed again from then on.
func (s *Server) pass(c *confirmRequest, f Fault, n int) ([]entry, error) {
	if f.When == NotExecuted || f.Hook == Silence {
		return nil, nil
	}
	w, err := s.queued(n, 0, confirmationHook, s.o.ConfirmLate, c)
	if err != nil {
		return nil, err
	}
	if c.Confirmation.Response == "REJECT" {
		w.Webhook.Returns = s.state.rejected(c)
	}
	return []entry{w}, nil
}

// rejected finds the newest execution that an answer speaks of, or none. An answer
// that names no invoice speaks of all.
func (s *state) rejected(c *confirmRequest) *returned {
	for i := len(s.books.Executions) - 1; i >= 0; i-- {
		if s.books.Executions[i].ObjectID != c.Confirmation.ObjectID {
			continue
		}
		r := &returned{Execution: i}
		for _, v := range c.Confirmation.Invoices {
			r.Numbers = append(r.Numbers, v.Number)
		}
		return r
	}
	return nil
}
