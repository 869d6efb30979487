package sandbox

import "reconcile/internal/money"

// The bodies are those of the API pages Pay Invoice and Payment Confirmation, as
// webhooks repeat them. Pointers tell what is missing from what is empty.

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

// A number is a JSON number, kept as it is written: a webhook repeats it.
type number string

// UnmarshalJSON keeps the text.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = number(b)
	return nil
}

// MarshalJSON writes the number as it was read.
func (n number) MarshalJSON() ([]byte, error) { return []byte(n), nil }

// paise is the amount. The schema let no other number through.
func (n *number) paise() money.Paise {
	p, err := money.ParseNumber(string(*n))
	if err != nil {
		panic("unreachable: the schema takes no such amount: " + string(*n))
	}
	return p
}

func numberOf(p money.Paise) *number {
	n := number(p.String())
	return &n
}

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
