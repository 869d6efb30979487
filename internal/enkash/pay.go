package enkash

import (
	"fmt"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
)

// PathPay is where req-pay goes, by the page Pay Invoice.
const PathPay = "/api/v0/payment/req-pay"

type wirePay struct {
	Device  wireDevice  `json:"device"`
	B2BIDs  wireIDs     `json:"b2bIds"`
	Payment wirePayment `json:"payment"`
}

type wirePayment struct {
	ObjectID string        `json:"objectId"`
	TS       string        `json:"ts"`
	Type     string        `json:"type"`
	Mode     string        `json:"mode"`
	UTR      string        `json:"utr"`
	Currency string        `json:"currency"`
	Amount   wireAmounts   `json:"paymentAmount"`
	Invoices []wireInvoice `json:"invoicesPayInfos"`
}

type wireAmounts struct {
	Net        rupees `json:"netPaidAmount"`
	Adjustment rupees `json:"netAdjustmentAmount"`
	Total      rupees `json:"totalAmount"`
	Currency   string `json:"currency"`
}

type wireInvoice struct {
	ObjectID string            `json:"objectId,omitempty"`
	Number   string            `json:"supplierInvoiceNumber"`
	Version  *wireVersion      `json:"objectVersion,omitempty"`
	Status   *wireStatus       `json:"statusTransition,omitempty"`
	Owed     wireOwed          `json:"invoiceAmount"`
	Amount   wireInvoiceAmount `json:"invoicePaymentAmount"`
	Account  *wireAccount      `json:"supplierBankAccountDetails,omitempty"`
}

type wireOwed struct {
	Due      rupees `json:"dueAmount"`
	Total    rupees `json:"totalAmount"`
	Currency string `json:"currency"`
}

type wireInvoiceAmount struct {
	wireAmounts
	Splits []wireSplit `json:"splits"`
}

type wireSplit struct {
	Name  string `json:"name"`
	Value rupees `json:"value"`
	RefNo string `json:"refNo"`
}

type wireAccount struct {
	Masked      string `json:"maskedAccountNumber,omitempty"`
	IFSC        string `json:"ifsc,omitempty"`
	Beneficiary string `json:"beneficiaryName,omitempty"`
	VPA         string `json:"businessVPA,omitempty"`
}

// RenderPay writes the body of a req-pay (the page Pay Invoice; its patterns
// stand on the page Payment Request Webhook, which has the same body). The same
// arguments give the same bytes, and our own reader of logs reads from them the
// amounts and lines of the instruction.
//
// The ts is at; of an OFFPLATFORM payment with a date in the books it is the
// first moment of that day in India, for the pages have no other place for the
// day on which the money moved.
//
// An error names each field that the platform would refuse and what to do; then
// there are no bytes.
func RenderPay(in *proposal.Instruction, typ payment.Type, device Device, at time.Time) ([]byte, error) {
	var c fieldCheck
	var w wirePay
	w.Device, w.B2BIDs = c.head(device, in.Buyer, in.Supplier)
	w.Payment = c.payment(in, typ, at)
	c.total(in)
	account := c.account(&in.Payee)
	for i := range in.Allocations {
		v := c.invoice(fmt.Sprintf("payment.invoicesPayInfos[%d]", i), &in.Allocations[i])
		v.Account = account
		w.Payment.Invoices = append(w.Payment.Invoices, v)
	}
	if err := c.err("instruction " + in.ObjectID); err != nil {
		return nil, err
	}
	return encode(&w)
}

func (c *fieldCheck) payment(in *proposal.Instruction, typ payment.Type, at time.Time) wirePayment {
	c.matches("payment.objectId", in.ObjectID, ownIDs, "propose again")
	if typ != payment.OnPlatform && typ != payment.OffPlatform {
		c.fault("payment.type", "is neither ONPLATFORM nor OFFPLATFORM; set payments.type in the configuration")
		typ = payment.OnPlatform // for its word alone; there will be no bytes
	}
	c.oneOf("payment.mode", in.Mode, proposal.Modes(), "set payments.mode_of_payment in the configuration, or payment_mode in the ledger")
	c.text("payment.utr", in.Reference, 50, "correct utr in the ledger; propose again")
	ts := c.moment("payment.ts", at)
	if typ == payment.OffPlatform && in.PaymentDate != 0 {
		if in.PaymentDate > day.In(at, india) {
			c.fault("payment.ts", "the books say that it was paid on %s, which is still to come; correct payment_date in the ledger", in.PaymentDate)
		}
		year, month, dayOfMonth := in.PaymentDate.Civil()
		ts = stamp(time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, india))
	}
	return wirePayment{
		ObjectID: in.ObjectID, TS: ts, Type: typ.String(), Mode: in.Mode, UTR: in.Reference, Currency: inr,
		Amount: wireAmounts{rupees(in.Net), rupees(in.Adjustment), rupees(in.Total), inr},
	}
}

// total holds the amounts of the whole payment to the sums over its invoices.
func (c *fieldCheck) total(in *proposal.Instruction) {
	const path = "payment.paymentAmount."
	if n := len(in.Allocations); n < 1 || n > proposal.MaxInvoices {
		c.fault("payment.invoicesPayInfos", "has %d invoices, and must have 1 to %d; set payments.max_invoices in the configuration", n, proposal.MaxInvoices)
	}
	var net, adjustment money.Paise
	for i := range in.Allocations {
		net = c.sum(path+"netPaidAmount", net, in.Allocations[i].Net)
		adjustment = c.sum(path+"netAdjustmentAmount", adjustment, in.Allocations[i].Adjustment)
	}
	c.amount(path+"netPaidAmount", in.Net, 1)
	c.amount(path+"netAdjustmentAmount", in.Adjustment, 0)
	c.amount(path+"totalAmount", in.Total, 1)
	c.equal(path+"netPaidAmount", in.Net, net, "the sum over the invoices")
	c.equal(path+"netAdjustmentAmount", in.Adjustment, adjustment, "the sum over the invoices")
	c.equal(path+"totalAmount", in.Total, c.sum(path+"totalAmount", in.Net, in.Adjustment), "net and adjustment together")
}

// invoice writes one line. A payment of more than is due on the invoice, or one
// that is due for more than the invoice, is a fault in the plan.
func (c *fieldCheck) invoice(path string, a *proposal.Allocation) wireInvoice {
	c.text(path+".supplierInvoiceNumber", a.Number, 50, "correct supplier_invoice_number in the ledger")
	if a.InvoiceID != "" {
		c.matches(path+".objectId", a.InvoiceID, invoiceIDs, "correct invoice_object_id in the ledger")
	}
	pay := path + ".invoicePaymentAmount."
	total := c.sum(pay+"totalAmount", a.Net, a.Adjustment)
	c.amount(pay+"netPaidAmount", a.Net, 1)
	c.amount(pay+"netAdjustmentAmount", a.Adjustment, 0)
	c.amount(pay+"totalAmount", total, 1)
	if total > a.Due {
		c.fault(pay+"totalAmount", "is %s, more than the %s that are due; propose again", total, a.Due)
	}
	owed := path + ".invoiceAmount."
	c.amount(owed+"dueAmount", a.Due, 1)
	c.amount(owed+"totalAmount", a.Gross, 1)
	if a.Due > a.Gross {
		c.fault(owed+"dueAmount", "is %s, more than the invoice of %s; correct invoice_amount in the ledger", a.Due, a.Gross)
	}
	return wireInvoice{
		ObjectID: a.InvoiceID, Number: a.Number,
		Version: c.version(path+".objectVersion", a.ObjectVersion),
		Status:  c.status(path+".statusTransition", a.InvoiceStatus),
		Owed:    wireOwed{rupees(a.Due), rupees(a.Gross), inr},
		Amount: wireInvoiceAmount{
			wireAmounts{rupees(a.Net), rupees(a.Adjustment), rupees(total), inr},
			c.splits(pay+"splits", a),
		},
	}
}

// splits says what the adjustment is made of; its values sum to it. The pages
// list no names.
func (c *fieldCheck) splits(path string, a *proposal.Allocation) []wireSplit {
	splits := []wireSplit{} // the pages show a list; an empty one says that there is nothing
	var sum money.Paise
	for i, s := range a.Splits {
		at := fmt.Sprintf("%s[%d].", path, i)
		c.text(at+"name", s.Name, 100, "propose again")
		c.amount(at+"value", s.Value, 1)
		c.optional(at+"refNo", s.RefNo, 100, "correct the number of the note in the ledger")
		sum = c.sum(path, sum, s.Value)
		splits = append(splits, wireSplit{s.Name, rupees(s.Value), s.RefNo})
	}
	c.equal(path, sum, a.Adjustment, "netAdjustmentAmount")
	return splits
}

// account says where the money goes, as far as it is known; nil where nothing is.
// The page wants the number masked.
func (c *fieldCheck) account(p *proposal.Payee) *wireAccount {
	const path = "supplierBankAccountDetails."
	var w wireAccount
	if p.Last4 != "" {
		c.matches(path+"maskedAccountNumber", p.Last4, lastFours, "correct account_number in the ledger or the supplier master")
		w.Masked = "XXXX" + p.Last4
	}
	if p.IFSC != "" {
		c.matches(path+"ifsc", p.IFSC, ifscCodes, "correct ifsc in the ledger or the supplier master")
	}
	c.optional(path+"beneficiaryName", p.Beneficiary, 100, "correct beneficiary_name in the ledger or the supplier master")
	c.optional(path+"businessVPA", p.VPA, 100, "correct vpa in the ledger or the supplier master")
	w.IFSC, w.Beneficiary, w.VPA = p.IFSC, p.Beneficiary, p.VPA
	if w == (wireAccount{}) {
		return nil
	}
	return &w
}
