package sandbox

import (
	"encoding/json"
	"fmt"

	"reconcile/internal/money"
)

// The patterns of the API pages. A class such as [PMT]{3} is what they print;
// the invoice's is on the page Confirm Invoice. The pages do not say that an
// invoice's id is required, and one that never was on the platform has none.
const (
	text100        = `^([^\\\"]){1,100}$`
	text50         = `^([^\\\"]){1,50}$`
	paymentPattern = `^[PMT]{3}[A-Za-z0-9]{32,32}$`
	invoicePattern = `^([INV]{3}[A-Za-z0-9]{32,32})?$`
	anyText        = `^[^\\\"]{0,100}$`
	someText       = `^[^\\\"]{1,100}$`
	// A masked account shows at most the last four characters.
	maskedPattern = `^([Xx*]+[A-Za-z0-9]{0,4})?$`
	ifscPattern   = `^([A-Z]{4}0[A-Z0-9]{6})?$`
	vpaPattern    = `^([A-Za-z0-9._-]{2,256}@[A-Za-z0-9]{2,64})?$`
)

// mostInvoices bounds the invoices of one payment. The pages name no bound.
const mostInvoices = 50

var (
	types = []string{"ONPLATFORM", "OFFPLATFORM"}
	modes = []string{
		"INTERNET BANKING", "DEBIT CARD", "CREDIT CARD", "IMPS", "CASH", "UPI",
		"WALLET", "NEFT", "PREPAID CARD", "ACCOUNT TRANSFER", "CHEQUE",
	}
)

// What both pages share.
var (
	deviceRule = object(must("tag", object(must("name", text(someText)), must("value", text(someText)))))
	partyRule  = object(must("buyerB2BId", text(text100)), must("supplierB2BId", text(text100)))
	infosRule  = list(0, 100, object(may("name", text(anyText)), may("value", text(anyText))))

	versionRule = object(must("currentVersion", wholeNumber(1)), must("newVersion", wholeNumber(1)))
	statusRule  = object(must("currentStatus", text(text100)), must("newStatus", text(text100)))
)

// payRule is the page Pay Invoice.
var payRule = object(
	must("device", deviceRule),
	must("b2bIds", partyRule),
	must("payment", object(
		must("objectId", text(paymentPattern)),
		must("ts", moment()),
		must("type", oneOf(types...)),
		must("mode", oneOf(modes...)),
		must("utr", text(text50)),
		must("currency", oneOf("INR")),
		must("paymentAmount", object(amountFields...)),
		must("invoicesPayInfos", list(1, mostInvoices, object(
			may("objectId", text(invoicePattern)),
			must("supplierInvoiceNumber", text(text50)),
			may("objectVersion", versionRule),
			may("statusTransition", statusRule),
			may("invoiceAmount", object(
				must("dueAmount", rupees()), must("totalAmount", rupees()), must("currency", oneOf("INR")))),
			must("invoicePaymentAmount", object(append([]field{
				may("splits", list(0, 100, object(
					must("name", text(text100)), must("value", rupees()), must("refNo", text(anyText)))))},
				amountFields...)...)),
			may("supplierBankAccountDetails", object(
				may("maskedAccountNumber", text(maskedPattern)), may("ifsc", text(ifscPattern)),
				may("beneficiaryName", text(anyText)), may("businessVPA", text(vpaPattern)))),
		))),
	)),
	may("additionalInfos", infosRule),
)

var amountFields = []field{
	must("netPaidAmount", rupees()), must("netAdjustmentAmount", rupees()), must("totalAmount", rupees()),
	must("currency", oneOf("INR")),
}

// readPay reads a req-pay and proves its sums.
func readPay(body []byte) (*payRequest, error) {
	if err := obey(body, payRule); err != nil {
		return nil, err
	}
	p := &payRequest{}
	if err := json.Unmarshal(body, p); err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	return p, p.prove()
}

// prove looks that the amounts add up: net and adjustment to the total, splits to
// the adjustment, invoices to the payment; that money moves; that no invoice is
// paid more than is open of it; and that none is there twice. Fifty amounts, each
// of which money can hold, sum to far less than 64 bits can.
func (p *payRequest) prove() error {
	var net, adjustment, total money.Paise
	numbers := map[string]bool{}
	for i := range p.Payment.Invoices {
		v := &p.Payment.Invoices[i]
		path := fmt.Sprintf("payment.invoicesPayInfos[%d]", i)
		if numbers[v.Number] {
			return fmt.Errorf("%s.supplierInvoiceNumber is in this payment already", path)
		}
		numbers[v.Number] = true
		if err := v.prove(path); err != nil {
			return err
		}
		net += v.Amount.Net.paise()
		adjustment += v.Amount.Adjustment.paise()
		total += v.Amount.Total.paise()
	}
	for _, sum := range []struct {
		name string
		said *number
		is   money.Paise
	}{
		{"netPaidAmount", p.Payment.Amount.Net, net},
		{"netAdjustmentAmount", p.Payment.Amount.Adjustment, adjustment},
		{"totalAmount", p.Payment.Amount.Total, total},
	} {
		if sum.said.paise() != sum.is {
			return fmt.Errorf("payment.paymentAmount.%s is %s, and the invoices sum to %s", sum.name, *sum.said, sum.is)
		}
	}
	return nil
}

func (v *invoice) prove(path string) error {
	a := v.Amount
	net, adjustment, total := a.Net.paise(), a.Adjustment.paise(), a.Total.paise()
	var splits money.Paise
	for _, s := range a.Splits {
		splits += s.Value.paise()
	}
	switch {
	case net == 0:
		return fmt.Errorf("%s.invoicePaymentAmount.netPaidAmount is 0: no money would move", path)
	case total != net+adjustment:
		return fmt.Errorf("%s.invoicePaymentAmount.totalAmount is %s, and net and adjustment sum to %s", path, total, net+adjustment)
	case splits != adjustment:
		return fmt.Errorf("%s.invoicePaymentAmount.splits sum to %s, and the adjustment is %s", path, splits, adjustment)
	}
	if v.Version != nil && v.Version.New < v.Version.Current {
		return fmt.Errorf("%s.objectVersion.newVersion is older than the current one", path)
	}
	if v.Owed == nil {
		return nil
	}
	switch due, gross := v.Owed.Due.paise(), v.Owed.Total.paise(); {
	case total > due:
		return fmt.Errorf("%s.invoicePaymentAmount.totalAmount is %s, and only %s is due", path, total, due)
	case due > gross:
		return fmt.Errorf("%s.invoiceAmount.dueAmount is %s of an invoice of %s", path, due, gross)
	}
	return nil
}

// executes says what moves when the payment is executed.
func (p *payRequest) executes(n int) *Execution {
	e := &Execution{
		N: n, ObjectID: p.Payment.ObjectID, Buyer: p.B2BIDs.Buyer, Supplier: p.B2BIDs.Supplier,
		Type: p.Payment.Type, UTR: p.bankReference(),
	}
	for _, v := range p.Payment.Invoices {
		e.Lines = append(e.Lines, Paid{Number: v.Number, Net: v.Amount.Net.paise()})
	}
	return e
}

// bankReference is the caller's where the money moved elsewhere, and ours where it
// moves here.
func (p *payRequest) bankReference() string {
	if p.Payment.Type == "OFFPLATFORM" {
		return p.Payment.UTR
	}
	return utrOf(p.Payment.ObjectID)
}
