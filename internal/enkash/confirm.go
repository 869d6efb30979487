package enkash

import (
	"fmt"
	"slices"
	"time"

	"reconcile/internal/payment"
)

// PathConfirm is where req-pay-confirmation goes, by the page Payment
// Confirmation.
const PathConfirm = "/api/v0/payment/req-pay-confirmation"

// A Confirmation is a supplier's answer to a payment that it received.
type Confirmation struct {
	ObjectID        string // of the payment, as the req-pay had it
	Buyer, Supplier string // B2B ids; we are the supplier
	Type            payment.Type
	Reject          bool   // REJECT, which the page allows OFFPLATFORM only; else ACCEPT
	Remarks         string // 1 to 100 characters without backslash and double quote; required even to accept
	Invoices        []ConfirmedInvoice
}

// A ConfirmedInvoice names one invoice that the answer is about. What is zero is
// left out.
type ConfirmedInvoice struct {
	InvoiceID string // the platform's objectId
	Number    string // required
	Version   int
	Status    string
}

type wireConfirm struct {
	Device       wireDevice       `json:"device"`
	B2BIDs       wireIDs          `json:"b2bIds"`
	Confirmation wireConfirmation `json:"paymentConfirmation"`
}

type wireConfirmation struct {
	ObjectID string          `json:"objectId"`
	TS       string          `json:"ts"`
	Type     string          `json:"type"`
	Response string          `json:"supplierResponse"`
	Remarks  string          `json:"supplierRemarks"`
	Invoices []wireConfirmed `json:"invoiceInfos"`
}

type wireConfirmed struct {
	ObjectID string       `json:"objectId,omitempty"`
	Number   string       `json:"supplierInvoiceNumber"`
	Version  *wireVersion `json:"objectVersion,omitempty"`
	Status   *wireStatus  `json:"statusTransition,omitempty"`
}

// RenderConfirm writes the body of a req-pay-confirmation. The same arguments
// give the same bytes. An error names each field that the platform would refuse.
func RenderConfirm(a *Confirmation, device Device, at time.Time) ([]byte, error) {
	var c fieldCheck
	var w wireConfirm
	w.Device, w.B2BIDs = c.head(device, a.Buyer, a.Supplier)
	const path = "paymentConfirmation."
	c.matches(path+"objectId", a.ObjectID, paymentIDs, "answer only payment requests that were read from the event log")
	if a.Type != payment.OnPlatform && a.Type != payment.OffPlatform {
		c.fault(path+"type", "is neither ONPLATFORM nor OFFPLATFORM; look at the payment request in the event log")
		return nil, c.err("the confirmation of " + a.ObjectID)
	}
	if a.Reject && a.Type != payment.OffPlatform {
		c.fault(path+"supplierResponse", "REJECT is only for an OFFPLATFORM payment; settle an ONPLATFORM one with the buyer")
	}
	c.text(path+"supplierRemarks", a.Remarks, 100, "shorten or correct the remarks")
	response := "ACCEPT"
	if a.Reject {
		response = "REJECT"
	}
	w.Confirmation = wireConfirmation{
		ObjectID: a.ObjectID, TS: c.moment(path+"ts", at), Type: a.Type.String(),
		Response: response, Remarks: a.Remarks, Invoices: []wireConfirmed{},
	}
	if len(a.Invoices) == 0 {
		c.fault(path+"invoiceInfos", "names no invoice; answer for at least one")
	}
	for i, v := range a.Invoices {
		w.Confirmation.Invoices = append(w.Confirmation.Invoices, c.confirmed(fmt.Sprintf("%sinvoiceInfos[%d]", path, i), v))
	}
	if err := c.err("the confirmation of " + a.ObjectID); err != nil {
		return nil, err
	}
	return encode(&w)
}

func (c *fieldCheck) confirmed(path string, v ConfirmedInvoice) wireConfirmed {
	const remedy = "look at the payment request in the event log"
	c.text(path+".supplierInvoiceNumber", v.Number, 50, remedy)
	if v.InvoiceID != "" {
		c.matches(path+".objectId", v.InvoiceID, invoiceIDs, remedy)
	}
	return wireConfirmed{
		ObjectID: v.InvoiceID, Number: v.Number,
		Version: c.version(path+".objectVersion", v.Version),
		Status:  c.status(path+".statusTransition", v.Status),
	}
}

// duplicated returns a text that stands twice in the list, or nothing.
func duplicated(list []string) string {
	sorted := slices.Sorted(slices.Values(list))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return sorted[i]
		}
	}
	return ""
}
