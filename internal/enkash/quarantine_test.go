package enkash

import (
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/payment"
)

func TestQuarantine(t *testing.T) {
	req, res := wire{}.request(), wire{}.response()
	conf := wire{}.confirmation("ACCEPT", "A")
	for _, c := range []struct{ line, check, column string }{
		{`{"a":` + "\n", checkNotJSON, ""},
		{`garbage` + "\n", checkNotJSON, ""},
		{req[:100], checkTorn, ""},
		{`17`, checkFamily, ""},
		{`{}`, checkFamily, ""},
		{`{"hello":1}`, checkFamily, ""},
		{`{"payment":{}}`, checkFamily, ""},
		{`{"received_at":"x","body":null}`, checkFamily, "body"},
		{`{"body":{"body":{"body":{"body":{"body":{}}}}}}`, checkFamily, "body.body.body.body.body"},
		{strings.Replace(req, `"device"`, `"resp":{},"device"`, 1), checkFamily, ""},
		{`{"request":"bWFueSBieXRlcyBvZiBhIGNpcGhlciBibG9jaw=="}`, checkEncrypted, "request"},
		{strings.Replace(req, `"ts"`, `"type":"x","ts"`, 1), checkDuplicate, ""},
		{strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65), checkDepth, ""},
		{"{\"a\":\"\xff\"}", checkEncoding, ""},
		{strings.Replace(req, pmt, "PMX"+pmt[3:], 1), checkObjectID, "payment.objectId"},
		{strings.Replace(req, pmt, pmt+"1", 1), checkObjectID, "payment.objectId"},
		{strings.Replace(conf, pmt, "", 1), checkObjectID, "paymentConfirmation.objectId"},
		{strings.Replace(req, `"BUYER0001"`, `"a\\b"`, 1), checkParty, "b2bIds.buyerB2BId"},
		{strings.Replace(req, `"BUYER0001"`, `1`, 1), checkParty, "b2bIds.buyerB2BId"},
		{strings.Replace(req, `"SUPP0001"`, `""`, 1), checkParty, "b2bIds.supplierB2BId"},
		{strings.Replace(req, `"SUPP0001"`, fmt.Sprintf("%q", strings.Repeat("é", 101)), 1), checkParty, "b2bIds.supplierB2BId"},
		{strings.Replace(req, `"ONPLATFORM"`, `"PLATFORM"`, 1), checkType, "payment.type"},
		{strings.Replace(req, `"INR"`, `"USD"`, 1), checkCurrency, "payment.currency"},
		{strings.Replace(res, `"netAdjustmentAmount":180,"currency":"INR"}}`, `"currency":"EUR"}}`, 1), "", ""},
		{wire{net: `"12,000"`}.request(), checkAmount, "payment.paymentAmount.netPaidAmount"},
		{wire{net: `12.345`}.request(), checkAmount, "payment.paymentAmount.netPaidAmount"},
		{wire{net: `1e20`}.request(), checkAmount, "payment.paymentAmount.netPaidAmount"},
		{wire{net: `-1`}.request(), checkAmount, "payment.paymentAmount.netPaidAmount"},
		{wire{net: `{}`}.request(), checkAmount, "payment.paymentAmount.netPaidAmount"},
		{wire{net: `null`}.request(), checkAmount, "payment.invoicesPayInfos[0].invoicePaymentAmount.netPaidAmount"},
		{strings.Replace(req, `"invoicesPayInfos":[`, `"x":[`, 1), checkLines, "payment.invoicesPayInfos"},
		{strings.Replace(req, `"invoicesPayInfos":[`, `"invoicesPayInfos":[],"x":[`, 1), checkLines, "payment.invoicesPayInfos"},
		{strings.Replace(req, `"invoicesPayInfos":[`, `"invoicesPayInfos":["x",`, 1), checkLines, "payment.invoicesPayInfos[0]"},
		{strings.Replace(conf, "ACCEPT", "MAYBE", 1), checkAnswer, "paymentConfirmation.supplierResponse"},
		{`{"x":"` + strings.Repeat("a", maxDelivery) + `"}`, checkTooLong, ""},
		// Odd, but usable.
		{strings.Replace(req, `"ACCOUNT TRANSFER"`, `"pigeon"`, 1), "", ""},
		{strings.Replace(req, `"ts":"2026`, `"ts":"soon 2026`, 1), "", ""},
		{wire{net: `"12000.5"`}.request(), "", ""},
		{strings.Replace(res, `"ONPLATFORM"`, `""`, 1), "", ""},
		{strings.Replace(conf, `"ONPLATFORM"`, `""`, 1), "", ""},
	} {
		log := read(t, c.line)
		in := log.Inputs[0]
		if c.check == "" {
			if len(log.Problems) != 0 || in.Folded != 1 {
				t.Errorf("%.200s: got problems %v, want none", c.line, log.Problems)
			}
			continue
		}
		if len(log.Problems) != 1 || in.Quarantined != 1 || in.Bodies != 1 || in.Lines != 1 {
			t.Errorf("%.200s: got %+v and problems %v, want one", c.line, in, log.Problems)
			continue
		}
		p := log.Problems[0]
		if p.Check != c.check || p.Column != c.column {
			t.Errorf("%.200s: got [%s] at %q, want [%s] at %q", c.line, p.Check, p.Column, c.check, c.column)
		}
		if p.Text == "" || p.Remedy == "" || p.Pos.Row != 1 || len([]rune(p.Value)) > maxValue {
			t.Errorf("%.200s: got %+v, want text, remedy, place and a short value", c.line, p)
		}
	}
}

func TestForeignComesBeforeFaults(t *testing.T) {
	foreign := wire{buyer: "OTHER", net: `"x"`}.request()
	if in := read(t, foreign).Inputs[0]; in.Foreign != 1 || in.Quarantined != 0 {
		t.Errorf("got %+v, want one foreign body", in)
	}
}

func TestFamilies(t *testing.T) {
	for _, c := range []struct{ line, family string }{
		{`{"resp":{},"b2bIds":{"buyerB2BId":"BUYER0001"},"paymentConfirmation":{},"additionalInfo":[]}`, familyConfirmation},
		{`{"device":{},"b2bIds":{},"invoice":{}}`, familyInvoice},
		{`{"objectId":"INV1","supplierInvoiceNumber":"A","valueDetails":{}}`, familyInvoice},
		{`{"id":1,"invoiceNumber":"A","paymentStatus":"PAID"}`, familyInvoice},
		{`{"resp":{},"cdNoteConfirmation":{}}`, familyCreditNote},
		{`{"device":{},"purchaseOrderStatus":{}}`, familyPurchaseOrder},
		{`{"shareBid":{}}`, familyFinancing},
		{`{"resp":{},"entityRegistration":{}}`, familyOnboarding},
		{`{"payload":"SUCCESS","response_code":0,"response_message":"SUCCESS"}`, familyAnswer},
	} {
		in := read(t, c.line).Inputs[0]
		if len(in.Counted) != 1 || in.Counted[0] != (payment.Counted{Family: c.family, Bodies: 1}) {
			t.Errorf("%s: got %+v, want it counted as %s", c.line, in, c.family)
		}
	}
}

func TestErrorCodeContradictsSuccess(t *testing.T) {
	for _, c := range []struct {
		code string
		want payment.Outcome
	}{
		{`""`, payment.Paid}, {`null`, payment.Paid}, {`"000"`, payment.Paid}, {`0`, payment.Paid}, {`"905"`, payment.Unknown}, {`{}`, payment.Unknown},
	} {
		r := read(t, strings.Replace(wire{}.response(), `"errorCd":""`, `"errorCd":`+c.code, 1)).Remittances[0]
		if r.Outcome != c.want {
			t.Errorf("errorCd %s: got %v, want %v", c.code, r.Outcome, c.want)
		}
	}
}

func TestNoAccountNumberInProblems(t *testing.T) {
	p := read(t, `{"account 123456789012":1}`).Problems[0]
	if strings.Contains(p.String(), "12345678") || !strings.Contains(p.Value, "XXXXXXXX9012") {
		t.Errorf("got %s, want the number masked to its last four digits", p)
	}
	p = read(t, `{"tax number ABCPE1234F":1}`).Problems[0]
	if strings.Contains(p.String(), "ABCPE") || !strings.Contains(p.Value, "tax number ****F") {
		t.Errorf("got %s, want the PAN masked", p)
	}
}

func TestChecksAreListedOnce(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range Checks() {
		if seen[c.Name] || c.Meaning == "" || c.Remedy == "" {
			t.Errorf("check %+v is listed twice or says too little", c)
		}
		seen[c.Name] = true
	}
}
