package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// The paths of webhooks, as their pages print them: without a slash before.
const (
	responseHook     = "api/v0/payment/resp-pay"
	confirmationHook = "api/v0/payment/req-pay-confirmation"
)

// A told is one webhook of a script.
type told struct {
	result  string // of a response; empty for a confirmation
	answer  string // ACCEPT or REJECT of a confirmation
	returns bool   // the money is back when this is delivered
	change  func(*payResponse)
}

// script says what is told of a payment, in order. A payment that was not
// executed is told like one that was where a Hook asks for it: that is the
// provider who says paid and did not pay, or failed and did.
func script(f Fault, confirm bool) []told {
	success, failure := told{result: "SUCCESS"}, told{result: "FAILURE"}
	var all []told
	switch f.Hook {
	case Truth:
		switch {
		case f.When == Executed:
			all = []told{success}
		case f.Kind.saysSuccess():
			return []told{failure}
		default:
			return nil
		}
	case Silence:
		return nil
	case Failure:
		return []told{failure}
	case FailedPaid:
		all = []told{failure, success}
	case PaidFailed:
		return []told{success, failure}
	case Reversed:
		return []told{success, {result: "REVERSED", returns: f.When == Executed}}
	case OddWord:
		return []told{{result: "UNDER PROCESS"}}
	case WrongAmount:
		return []told{{result: "SUCCESS", change: onePaisaMore}}
	case WrongUTR:
		return []told{success, {result: "SUCCESS", change: otherUTR}}
	case OtherBuyer:
		return []told{{result: "SUCCESS", change: otherBuyer}}
	case OtherLines:
		return []told{{result: "SUCCESS", change: otherNumber}}
	case RejectPaid:
		return []told{success, {answer: "REJECT", returns: f.When == Executed}}
	case AcceptedOnly:
		return []told{{answer: "ACCEPT"}}
	}
	if confirm {
		all = append(all, told{answer: "ACCEPT"})
	}
	return all
}

// tell makes the webhooks of a payment. Execution is its place in the books where
// it was executed.
func (s *Server) tell(p *payRequest, f Fault, n, execution int) ([]entry, error) {
	var all []entry
	for _, t := range script(f, s.o.Confirm) {
		path, late, body := responseHook, s.o.Late, any(p.response(t))
		if t.answer != "" {
			path, late, body = confirmationHook, s.o.ConfirmLate, p.confirmation(t.answer)
		}
		w, err := s.queued(n, len(all), path, late, body)
		if err != nil {
			return nil, err
		}
		if t.returns && (t.answer == "" || p.Payment.Type == "OFFPLATFORM") {
			w.Webhook.Returns = &returned{Execution: execution}
		}
		all = append(all, w)
	}
	return all, nil
}

// queued is a webhook that waits behind so many others of the same request.
func (s *Server) queued(n, behind int, path string, late Late, body any) (entry, error) {
	text, err := encode(body)
	if err != nil {
		return entry{}, fmt.Errorf("writing a webhook: %w", err)
	}
	return entry{Webhook: &webhook{ID: s.state.made + behind + 1, Request: n, Path: path, Late: late, Body: bytes.TrimSuffix(text, []byte("\n"))}}, nil
}

// response is a resp-pay. It shares nothing that change may change with the
// request.
func (p *payRequest) response(t told) payResponse {
	payment, ids := *p.Payment, *p.B2BIDs
	total := *payment.Amount
	payment.Amount = &total
	payment.Invoices = append([]invoice{}, payment.Invoices...)
	r := payResponse{
		Resp:            resp{ReqMsgID: messageOf(payment.ObjectID), Result: t.result},
		B2BIDs:          &ids,
		Payment:         &payment,
		AdditionalInfos: append([]namedValue{}, p.AdditionalInfos...),
	}
	switch t.result {
	case "SUCCESS", "REVERSED":
		payment.UTR = p.bankReference()
	case "FAILURE":
		r.Resp.ErrorCd, r.Resp.ErrorDtl = "SBX01", "the sandbox was told to fail this payment"
	}
	if t.change != nil {
		t.change(&r)
	}
	return r
}

// confirmation is a req-pay-confirmation of the supplier, for every invoice.
func (p *payRequest) confirmation(answer string) confirmRequest {
	c := confirmRequest{Device: p.Device, B2BIDs: p.B2BIDs, Confirmation: &confirmBody{
		ObjectID: p.Payment.ObjectID, TS: p.Payment.TS, Type: p.Payment.Type,
		Response: answer, Remarks: "by the sandbox", Invoices: []invoiceInfo{},
	}}
	for _, v := range p.Payment.Invoices {
		c.Confirmation.Invoices = append(c.Confirmation.Invoices,
			invoiceInfo{ObjectID: v.ObjectID, Number: v.Number, Version: v.Version, Status: v.Status})
	}
	return c
}

func onePaisaMore(r *payResponse) {
	more := func(n *number) *number { return numberOf(n.paise() + 1) }
	line := *r.Payment.Invoices[0].Amount
	line.Net, line.Total = more(line.Net), more(line.Total)
	r.Payment.Invoices[0].Amount = &line
	r.Payment.Amount.Net, r.Payment.Amount.Total = more(r.Payment.Amount.Net), more(r.Payment.Amount.Total)
}

func otherUTR(r *payResponse) { r.Payment.UTR = utrOf("another " + r.Payment.ObjectID) }

func otherBuyer(r *payResponse) { r.B2BIDs.Buyer = "SBXOTHERBUYER" }

func otherNumber(r *payResponse) { r.Payment.Invoices[0].Number = "SBX/OTHER/1" }

// utrOf makes the bank reference of a payment: 22 characters as NEFT and RTGS
// have them, the same for the same payment.
func utrOf(objectID string) string {
	sum := sha256.Sum256([]byte("utr " + objectID))
	utr := []byte("SBOXN")
	for _, b := range sum[:17] {
		utr = append(utr, '0'+b%10)
	}
	return string(utr)
}

func messageOf(objectID string) string {
	sum := sha256.Sum256([]byte("message " + objectID))
	return "SBX" + hex.EncodeToString(sum[:16])
}
