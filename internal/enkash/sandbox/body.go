package sandbox

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"reconcile/internal/money"
)

// The bodies are those of the API pages Pay Invoice and Payment Confirmation.
// Pointers tell what is missing from what is empty.

type payRequest struct {
	Device          *device      `json:"device"`
	B2BIDs          *b2bIDs      `json:"b2bIds"`
	Payment         *payBody     `json:"payment"`
	AdditionalInfos []namedValue `json:"additionalInfos,omitempty"`
}

type confirmRequest struct {
	Device       *device      `json:"device"`
	B2BIDs       *b2bIDs      `json:"b2bIds"`
	Confirmation *confirmBody `json:"paymentConfirmation"`
}

type payResponse struct {
	Resp            resp         `json:"resp"`
	B2BIDs          *b2bIDs      `json:"b2bIds"`
	Payment         *payBody     `json:"payment"`
	AdditionalInfos []namedValue `json:"additionalInfos"`
}

type resp struct {
	ReqMsgID   string `json:"reqMsgId"`
	Result     string `json:"result"`
	ErrorCd    string `json:"errorCd"`
	ErrorDtl   string `json:"errorDtl"`
	ErrorField string `json:"errorField"`
}

type device struct {
	Tag *namedValue `json:"tag"`
}

type namedValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type b2bIDs struct {
	Buyer    string `json:"buyerB2BId"`
	Supplier string `json:"supplierB2BId"`
}

type payBody struct {
	ObjectID string    `json:"objectId"`
	TS       string    `json:"ts"`
	Type     string    `json:"type"`
	Mode     string    `json:"mode"`
	UTR      string    `json:"utr"`
	Currency string    `json:"currency"`
	Amount   *amounts  `json:"paymentAmount"`
	Invoices []invoice `json:"invoicesPayInfos"`
}

type amounts struct {
	Net        *number `json:"netPaidAmount"`
	Adjustment *number `json:"netAdjustmentAmount"`
	Total      *number `json:"totalAmount"`
	Currency   string  `json:"currency"`
	Splits     []split `json:"splits,omitempty"`
}

// A number is a JSON number, kept as it is written. Text in quotes is none, as
// lenient as encoding/json is about it.
type number string

// UnmarshalJSON keeps the text.
func (n *number) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return fmt.Errorf("a number in quotes: %s", b)
	}
	*n = number(b)
	return nil
}

// MarshalJSON writes the number as it was read.
func (n number) MarshalJSON() ([]byte, error) { return []byte(n), nil }

type split struct {
	Name  string  `json:"name"`
	Value *number `json:"value"`
	RefNo string  `json:"refNo"`
}

type invoice struct {
	ObjectID string       `json:"objectId"`
	Number   string       `json:"supplierInvoiceNumber"`
	Version  *version     `json:"objectVersion,omitempty"`
	Status   *transition  `json:"statusTransition,omitempty"`
	Owed     *owed        `json:"invoiceAmount,omitempty"`
	Amount   *amounts     `json:"invoicePaymentAmount"`
	Account  *bankAccount `json:"supplierBankAccountDetails,omitempty"`
}

type version struct {
	Current int64 `json:"currentVersion"`
	New     int64 `json:"newVersion"`
}

type transition struct {
	Current string `json:"currentStatus"`
	New     string `json:"newStatus"`
}

type owed struct {
	Due      *number `json:"dueAmount"`
	Total    *number `json:"totalAmount"`
	Currency string  `json:"currency"`
}

type bankAccount struct {
	Masked      string `json:"maskedAccountNumber"`
	IFSC        string `json:"ifsc"`
	Beneficiary string `json:"beneficiaryName"`
	VPA         string `json:"businessVPA"`
}

type confirmBody struct {
	ObjectID string        `json:"objectId"`
	TS       string        `json:"ts"`
	Type     string        `json:"type"`
	Response string        `json:"supplierResponse"`
	Remarks  string        `json:"supplierRemarks"`
	Invoices []invoiceInfo `json:"invoiceInfos"`
}

type invoiceInfo struct {
	ObjectID string      `json:"objectId"`
	Number   string      `json:"supplierInvoiceNumber"`
	Version  *version    `json:"objectVersion,omitempty"`
	Status   *transition `json:"statusTransition,omitempty"`
}

// The patterns of the API pages. A class such as [PMT]{3} is what they print;
// the invoice's is on the page Confirm Invoice.
var (
	text100   = regexp.MustCompile(`^([^\\\"]){1,100}$`)
	text50    = regexp.MustCompile(`^([^\\\"]){1,50}$`)
	paymentID = regexp.MustCompile(`^[PMT]{3}[A-Za-z0-9]{32,32}$`)
	invoiceID = regexp.MustCompile(`^[INV]{3}[A-Za-z0-9]{32,32}$`)
)

var (
	types = []string{"ONPLATFORM", "OFFPLATFORM"}
	modes = []string{
		"INTERNET BANKING", "DEBIT CARD", "CREDIT CARD", "IMPS", "CASH", "UPI",
		"WALLET", "NEFT", "PREPAID CARD", "ACCOUNT TRANSFER", "CHEQUE",
	}
)

func (p *payRequest) check() error {
	if err := checkHead(p.Device, p.B2BIDs); err != nil {
		return err
	}
	b := p.Payment
	if b == nil {
		return errors.New("payment is missing")
	}
	if err := errors.Join(
		matches("payment.objectId", b.ObjectID, paymentID),
		present("payment.ts", b.TS),
		oneOf("payment.type", b.Type, types),
		oneOf("payment.mode", b.Mode, modes),
		matches("payment.utr", b.UTR, text50),
		oneOf("payment.currency", b.Currency, []string{"INR"}),
		b.Amount.check("payment.paymentAmount"),
	); err != nil {
		return first(err)
	}
	if len(b.Invoices) == 0 {
		return errors.New("payment.invoicesPayInfos is missing or empty")
	}
	for i := range b.Invoices {
		if err := b.Invoices[i].check(fmt.Sprintf("payment.invoicesPayInfos[%d]", i)); err != nil {
			return first(err)
		}
	}
	return nil
}

func (c *confirmRequest) check() error {
	if err := checkHead(c.Device, c.B2BIDs); err != nil {
		return err
	}
	b := c.Confirmation
	if b == nil {
		return errors.New("paymentConfirmation is missing")
	}
	if err := errors.Join(
		matches("paymentConfirmation.objectId", b.ObjectID, paymentID),
		present("paymentConfirmation.ts", b.TS),
		oneOf("paymentConfirmation.type", b.Type, types),
		oneOf("paymentConfirmation.supplierResponse", b.Response, []string{"ACCEPT", "REJECT"}),
		matches("paymentConfirmation.supplierRemarks", b.Remarks, text100),
	); err != nil {
		return first(err)
	}
	if b.Response == "REJECT" && b.Type != "OFFPLATFORM" {
		return errors.New("paymentConfirmation.supplierResponse: REJECT is only for OFFPLATFORM")
	}
	if b.Invoices == nil {
		return errors.New("paymentConfirmation.invoiceInfos is missing")
	}
	for i, v := range b.Invoices {
		if err := checkInvoice(fmt.Sprintf("paymentConfirmation.invoiceInfos[%d]", i), v.ObjectID, v.Number); err != nil {
			return first(err)
		}
	}
	return nil
}

func checkHead(d *device, ids *b2bIDs) error {
	switch {
	case d == nil || d.Tag == nil:
		return errors.New("device.tag is missing")
	case ids == nil:
		return errors.New("b2bIds is missing")
	}
	return first(errors.Join(
		matches("b2bIds.buyerB2BId", ids.Buyer, text100),
		matches("b2bIds.supplierB2BId", ids.Supplier, text100),
	))
}

func (v *invoice) check(path string) error {
	err := errors.Join(
		checkInvoice(path, v.ObjectID, v.Number),
		v.Amount.check(path+".invoicePaymentAmount"),
	)
	if v.Owed == nil {
		return err
	}
	return errors.Join(err,
		amount(path+".invoiceAmount.dueAmount", v.Owed.Due),
		amount(path+".invoiceAmount.totalAmount", v.Owed.Total),
		oneOf(path+".invoiceAmount.currency", v.Owed.Currency, []string{"INR"}),
	)
}

// checkInvoice checks what names an invoice. The pages do not say that the id is
// required, and an invoice that never was on the platform has none.
func checkInvoice(path, id, number string) error {
	err := matches(path+".supplierInvoiceNumber", number, text50)
	if id != "" {
		err = errors.Join(matches(path+".objectId", id, invoiceID), err)
	}
	return err
}

func (a *amounts) check(path string) error {
	if a == nil {
		return fmt.Errorf("%s is missing", path)
	}
	errs := []error{
		amount(path+".netPaidAmount", a.Net),
		amount(path+".netAdjustmentAmount", a.Adjustment),
		amount(path+".totalAmount", a.Total),
		oneOf(path+".currency", a.Currency, []string{"INR"}),
	}
	for i, s := range a.Splits {
		errs = append(errs, amount(fmt.Sprintf("%s.splits[%d].value", path, i), s.Value))
	}
	return errors.Join(errs...)
}

func amount(path string, n *number) error {
	if n == nil {
		return fmt.Errorf("%s is missing", path)
	}
	p, err := money.ParseNumber(string(*n))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if p < 0 {
		return fmt.Errorf("%s: negative", path)
	}
	return nil
}

func matches(path, s string, pattern *regexp.Regexp) error {
	if !pattern.MatchString(s) {
		return fmt.Errorf("%s does not match %s", path, pattern)
	}
	return nil
}

func present(path, s string) error {
	if s == "" {
		return fmt.Errorf("%s is missing", path)
	}
	return nil
}

func oneOf(path, s string, allowed []string) error {
	if !slices.Contains(allowed, s) {
		return fmt.Errorf("%s is none of %q", path, allowed)
	}
	return nil
}

// first returns the first of joined errors: an answer names one field.
func first(err error) error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) && len(joined.Unwrap()) > 0 {
		return first(joined.Unwrap()[0])
	}
	return err
}
