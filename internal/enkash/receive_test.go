package enkash

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/payment"
)

// received is what the page Payment Request Webhook shows of a request, cut
// short where nothing is asked of it.
const receivedPay = `{"device":{"tag":{"name":"GEOCODE","value":"1,2"}},
 "b2bIds":{"buyerB2BId":"BUYER1","supplierB2BId":"SUP1"},
 "payment":{"objectId":"PMTAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1","ts":"2026-11-20T10:00:00+05:30","type":"ONPLATFORM","mode":"NEFT","utr":"U1","currency":"INR",
  "paymentAmount":{"netPaidAmount":1180.50,"netAdjustmentAmount":0,"totalAmount":1180.50,"currency":"INR"},
  "invoicesPayInfos":[{"objectId":"INVAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1","supplierInvoiceNumber":"A\/1","invoicePaymentAmount":{"netPaidAmount":1180.50,"netAdjustmentAmount":0,"totalAmount":1180.50,"currency":"INR","splits":[]}}]}}`

func TestReceive(t *testing.T) {
	for _, c := range []struct{ body, hook, fault string }{
		{receivedPay, HookPayRequest, ""},
		{`{"resp":{},"payment":{}}`, HookPayResponse, ""},
		{`{"device":{},"paymentConfirmation":{}}`, HookConfirmRequest, ""},
		{`{"resp":{},"paymentConfirmation":{}}`, HookConfirmResponse, ""},
		{`{"resp":{},"device":{},"payment":{}}`, HookOther, ""},
		{`{"device":{},"payment":{},"paymentConfirmation":{}}`, HookOther, ""},
		{`{"invoice":{}}`, HookOther, ""},
		{`[1]`, HookOther, ""},
		{`{"device":{}`, HookOther, errTorn.Error()},
		{`{"a":1,"a":2}`, HookOther, errDuplicate.Error()},
		{"{\"a\":\"\xff\"}", HookOther, errUTF8.Error()},
		{``, HookOther, errTorn.Error()},
	} {
		got := Receive([]byte(c.body))
		if got.Hook != c.hook {
			t.Errorf("%s: got the family %s, want %s", c.body, got.Hook, c.hook)
		}
		fault := ""
		if got.Fault != nil {
			fault = got.Fault.Error()
		}
		if fault != c.fault {
			t.Errorf("%s: got the fault %q, want %q", c.body, fault, c.fault)
		}
	}
}

func TestAnswerForms(t *testing.T) {
	const plain = `{"response_code":0,"response_message":"SUCCESS"}`
	for _, c := range []struct {
		body string
		form AnswerForm
		want string
	}{
		{`{"resp":{"result":"SUCCESS"},"payment":{}}`, AnswerNone, plain},
		{`{"resp":{"result":"SUCCESS"},"payment":{}}`, AnswerText, `{"response_code":0,"response_message":"SUCCESS","payload":"SUCCESS"}`},
		{`{"resp":{"result":"FAILURE"},"payment":{"a":1.10},"additionalInfo":[{"name":"x"}]}`, AnswerEcho,
			`{"response_code":0,"response_message":"SUCCESS","payload":{"resp":{"result":"FAILURE"},"payment":{"a":1.10},"additionalInfos":[{"name":"x"}]}}`},
		{`{"device":{},"b2bIds":{"buyerB2BId":"B"},"paymentConfirmation":{"objectId":"P\"1"}}`, AnswerEcho,
			`{"response_code":0,"response_message":"SUCCESS","payload":{"resp":{"reqMsgId":"P\"1","result":"SUCCESS","errorCd":"","errorDtl":"","errorField":""},` +
				`"b2bIds":{"buyerB2BId":"B"},"paymentConfirmation":{"objectId":"P\"1"},"additionalInfos":[]}}`},
		{`{"device":{},"payment":7,"additionalInfos":null}`, AnswerEcho,
			`{"response_code":0,"response_message":"SUCCESS","payload":{"resp":{"reqMsgId":"","result":"SUCCESS","errorCd":"","errorDtl":"","errorField":""},"payment":7,"additionalInfos":[]}}`},
		{`{"invoice":{}}`, AnswerEcho, plain},
		{`nonsense`, AnswerEcho, plain},
	} {
		if diff := cmp.Diff(c.want, string(Receive([]byte(c.body)).Answer(c.form))); diff != "" {
			t.Errorf("the answer %s to %s (-want +got):\n%s", c.form, c.body, diff)
		}
	}
}

// TestAnswerIsAsOnThePage: the answer to a payment request has every key that its
// page requires, and the reader of logs takes it for what it is: proof that the
// request arrived, and no more.
func TestAnswerIsAsOnThePage(t *testing.T) {
	answer := Receive([]byte(receivedPay)).Answer(AnswerEcho)
	var page struct {
		Code    *int    `json:"response_code"`
		Message *string `json:"response_message"`
		Payload struct {
			Resp  map[string]string `json:"resp"`
			IDs   map[string]string `json:"b2bIds"`
			Pay   json.RawMessage   `json:"payment"`
			Infos []any             `json:"additionalInfos"`
		} `json:"payload"`
	}
	dec := json.NewDecoder(strings.NewReader(string(answer)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&page); err != nil {
		t.Fatalf("the answer is not as on the page: %v\n%s", err, answer)
	}
	if page.Code == nil || *page.Code != 0 || page.Message == nil || page.Payload.Infos == nil || !strings.Contains(string(page.Payload.Pay), "1180.50") {
		t.Errorf("got %s, want response_code 0, a message, additionalInfos and the payment as it came", answer)
	}
	for _, key := range []string{"reqMsgId", "result", "errorCd", "errorDtl", "errorField"} {
		if _, there := page.Payload.Resp[key]; !there {
			t.Errorf("resp has no %s, which the page shows", key)
		}
	}
	var families []payment.Family
	newDecoder(registrations{ids: map[string]bool{"BUYER1": true}}, func(v verdict) {
		if v.event == nil {
			t.Fatalf("the reader of logs makes no event of our answer: %+v", v.fault)
		}
		families = append(families, v.event.Family)
	}).deliver(answer)
	if len(families) != 1 || families[0] != payment.Acknowledgement {
		t.Errorf("the reader of logs makes %v of our answer, want one acknowledgement", families)
	}
}

// FuzzReceive: an answer is one JSON object whatever came, and a body without a
// fault is one that the reader of logs can parse.
func FuzzReceive(f *testing.F) {
	f.Add(receivedPay)
	f.Add(`{"device":{},"payment":{"objectId":"\u0041\n"}}`)
	f.Add(`{"resp":"x","paymentConfirmation":[1],"additionalInfos":[{}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		r := Receive([]byte(body))
		if r.Fault == nil && !json.Valid([]byte(body)) {
			t.Errorf("%q has no fault and is no JSON", body)
		}
		for _, form := range []AnswerForm{AnswerNone, AnswerText, AnswerEcho} {
			var out tape
			// What came 64 levels deep stands one deeper in an echo.
			if err := out.parse(r.Answer(form)); err != nil && !errors.Is(err, errDepth) || err == nil && !out.is(0, object) {
				t.Errorf("the answer %s to %q is no object: %v\n%s", form, body, err, r.Answer(form))
			}
		}
	})
}
