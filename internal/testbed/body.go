package testbed

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

// A body is one JSON object of the API pages, and the path it is posted to.
type body struct {
	path string
	json []byte
	when time.Time
}

// bodies returns what the log holds of the payment: at most one request and one
// acknowledgement, and every response and confirmation.
func (p *Payment) bodies() []body {
	var all []body
	if p.Requested {
		all = append(all, body{"/api/v0/payment/req-pay", p.request(), p.RequestTime})
	}
	if p.Acked {
		all = append(all, body{"/api/v0/payment/req-pay", p.acknowledgement(), p.RequestTime})
	}
	for i, word := range p.Results {
		all = append(all, body{"/api/v0/payment/resp-pay", p.response(i, word), p.ResponseTime})
	}
	for _, a := range p.Answers {
		all = append(all, body{"/api/v0/payment/req-pay-confirmation", p.confirmationOf(a), p.AnswerTime})
	}
	return all
}

const device = `{"device":{"tag":{"name":"GEOCODE","value":"19.0760,72.8777"}},`

func (p *Payment) request() []byte {
	b := append(make([]byte, 0, 1500), device...)
	b = p.parties(b)
	b = p.payment(append(b, ','), p.RequestTime, p.UTR)
	b = append(b, `,"additionalInfos":[{"name":"ERP_BATCH","value":"`...)
	b = append(b, p.ObjectID[3:11]...)
	return append(b, `"},{"name":"COST_CENTRE","value":"CC-4100 MUMBAI"}]}`...)
}

func (p *Payment) acknowledgement() []byte {
	b := append(make([]byte, 0, 1500), `{"payload":{"resp":`...)
	b = p.resp(b, "ACK", "SUCCESS")
	b = p.parties(append(b, ','))
	b = p.payment(append(b, ','), p.RequestTime, p.UTR)
	return append(b, `,"additionalInfos":[]},"response_code":0,"response_message":"SUCCESS"}`...)
}

func (p *Payment) response(i int, word string) []byte {
	utr := p.UTR
	switch word {
	case "SUCCESS", "SUCCESSFUL", "S":
		utr = p.FinalUTR
	}
	b := append(make([]byte, 0, 1500), `{"resp":`...)
	b = p.resp(b, "R"+strconv.Itoa(i), word)
	b = p.parties(append(b, ','))
	b = p.payment(append(b, ','), p.ResponseTime, utr)
	return append(b, `,"additionalInfos":[{"name":"NBBL_CYCLE","value":"1"}]}`...)
}

func (p *Payment) resp(b []byte, kind, word string) []byte {
	b = append(b, `{"reqMsgId":"MSG`...)
	b = append(b, p.ObjectID[3:]...)
	b = append(b, kind...)
	b = append(b, `","result":`...)
	b = quote(b, word)
	switch word {
	case "FAILURE", "FAILED", "FAIL", "F", "REJECTED":
		return append(b, `,"errorCd":"U30","errorDtl":"debit has failed at the remitter bank","errorField":"payment"}`...)
	}
	return append(b, `,"errorCd":"","errorDtl":"","errorField":""}`...)
}

func (p *Payment) parties(b []byte) []byte {
	b = append(b, `"b2bIds":{"buyerB2BId":`...)
	b = quote(b, p.Buyer)
	b = append(b, `,"supplierB2BId":`...)
	b = quote(b, p.Supplier)
	return append(b, '}')
}

func (p *Payment) payment(b []byte, when time.Time, utr string) []byte {
	var net, adjustment, total money.Paise
	for i := range p.Lines {
		l := &p.Lines[i]
		net, adjustment, total = net+l.Net, adjustment+l.Adjustment, total+l.Net+l.Adjustment+l.TotalOff
	}
	b = append(b, `"payment":{"objectId":`...)
	b = quote(b, p.ObjectID)
	b = stamp(append(b, `,"ts":`...), when)
	b = quote(append(b, `,"type":`...), p.Type.String())
	b = quote(append(b, `,"mode":`...), p.Mode)
	b = quote(append(b, `,"utr":`...), utr)
	b = append(b, `,"currency":"INR","paymentAmount":{`...)
	b = amounts(b, net+p.Off, adjustment, total+p.Off)
	b = append(b, `},"invoicesPayInfos":[`...)
	for i := range p.Lines {
		if i > 0 {
			b = append(b, ',')
		}
		b = p.Lines[i].append(b)
	}
	return append(b, `]}`...)
}

func (l *Line) append(b []byte) []byte {
	b = append(b, '{')
	b = l.name(b)
	b = append(b, `,"invoiceAmount":{"dueAmount":`...)
	b = (l.Net + l.Adjustment).Append(b)
	b = append(b, `,"totalAmount":`...)
	b = l.Invoice.Append(b)
	b = append(b, `,"currency":"INR"},"invoicePaymentAmount":{`...)
	b = amounts(b, l.Net, l.Adjustment, l.Net+l.Adjustment+l.TotalOff)
	b = append(b, `,"splits":[`...)
	if l.Adjustment != 0 {
		b = append(b, `{"name":"TDS","value":`...)
		b = l.Adjustment.Append(b)
		b = append(b, `,"refNo":"281"}`...)
	}
	b = append(b, `]},"supplierBankAccountDetails":{"maskedAccountNumber":"XXXXXXXXXX`...)
	b = append(b, l.Account[max(0, len(l.Account)-4):]...)
	b = quote(append(b, `","ifsc":`...), l.IFSC)
	b = quote(append(b, `,"beneficiaryName":`...), l.Beneficiary)
	return append(b, `,"businessVPA":""}}`...)
}

// name is how payments and confirmations name an invoice.
func (l *Line) name(b []byte) []byte {
	b = quote(append(b, `"objectId":`...), l.InvoiceID)
	b = quote(append(b, `,"supplierInvoiceNumber":`...), l.Number)
	return append(b, `,"objectVersion":{"currentVersion":1,"newVersion":1},"statusTransition":{"currentStatus":"CREATED","newStatus":"CREATED"}`...)
}

func amounts(b []byte, net, adjustment, total money.Paise) []byte {
	b = net.Append(append(b, `"netPaidAmount":`...))
	b = adjustment.Append(append(b, `,"netAdjustmentAmount":`...))
	b = total.Append(append(b, `,"totalAmount":`...))
	return append(b, `,"currency":"INR"`...)
}

func (p *Payment) confirmationOf(a Answer) []byte {
	b := append(make([]byte, 0, 800), device...)
	b = p.parties(b)
	b = quote(append(b, `,"paymentConfirmation":{"objectId":`...), p.ObjectID)
	b = stamp(append(b, `,"ts":`...), p.AnswerTime)
	b = quote(append(b, `,"type":`...), p.Type.String())
	b = quote(append(b, `,"supplierResponse":`...), a.Says)
	b = append(b, `,"supplierRemarks":"checked against our bank statement","invoiceInfos":[`...)
	for i, place := range a.Lines {
		if i > 0 {
			b = append(b, ',')
		}
		b = p.Lines[place].name(append(b, '{'))
		b = append(b, '}')
	}
	return append(b, `]}}`...)
}

// purchaseOrder is a body about something else.
func purchaseOrder(buyer, supplier string, n int, d day.Date) body {
	return body{"/api/v0/purchase-order/req-status-change", fmt.Appendf(nil,
		`%s"b2bIds":{"buyerB2BId":%q,"supplierB2BId":%q},"poStatus":{"objectId":"POR%032d","buyerPONumber":"PO%07d","buyerAction":"CLOSE","buyerRemarks":"delivered","poStatusTransition":{"currentStatus":"CREATED","newStatus":"CLOSED"}}}`,
		device, buyer, supplier, n, n), at(d, 12, n/60%60, n%60)}
}

func stamp(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.AppendFormat(b, time.RFC3339)
	return append(b, '"')
}

// quote appends s as a JSON string; most need no escape.
func quote(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			encoded, err := json.Marshal(s)
			if err != nil {
				return b // unreachable: every string has a JSON form
			}
			return append(b, encoded...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
