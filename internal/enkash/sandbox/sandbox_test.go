package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/enkash"
	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

var ist = time.FixedZone("IST", 5*3600+1800)

const pay = `{
  "device": {"tag": {"name": "GEOCODE", "value": "19.0760,72.8777"}},
  "b2bIds": {"buyerB2BId": "BUYER0001", "supplierB2BId": "SUPP0001"},
  "payment": {
    "objectId": "PMT00000000000000000000000000000001",
    "ts": "2026-11-21T10:00:00+05:30", "type": "ONPLATFORM", "mode": "NEFT", "utr": "PROVISIONAL", "currency": "INR",
    "paymentAmount": {"netPaidAmount": 1000.50, "netAdjustmentAmount": 20, "totalAmount": 1020.50, "currency": "INR"},
    "invoicesPayInfos": [{
      "objectId": "INV00000000000000000000000000000001", "supplierInvoiceNumber": "A&B/42",
      "objectVersion": {"currentVersion": 1, "newVersion": 1},
      "statusTransition": {"currentStatus": "CREATED", "newStatus": "CREATED"},
      "invoiceAmount": {"dueAmount": 1020.50, "totalAmount": 1020.50, "currency": "INR"},
      "invoicePaymentAmount": {"netPaidAmount": 1000.50, "netAdjustmentAmount": 20, "totalAmount": 1020.50, "currency": "INR", "splits": [{"name": "TDS", "value": 20, "refNo": "1"}]},
      "supplierBankAccountDetails": {"maskedAccountNumber": "XXXX1234", "ifsc": "HDFC0000001", "beneficiaryName": "S", "businessVPA": ""}
    }]
  }
}`

const payable = `{"paymentIds": ["A1"], "paymentType": "INVOICE", "otp": "123456", "partialPayment": true, "amount": 100.25, "paymentRemarks": "part"}`

const accept = `{
  "device": {"tag": {"name": "GEOCODE", "value": "x"}},
  "b2bIds": {"buyerB2BId": "BUYER0001", "supplierB2BId": "SUPP0001"},
  "paymentConfirmation": {"objectId": "PMT00000000000000000000000000000001", "ts": "2026-11-21T11:00:00+05:30", "type": "ONPLATFORM",
    "supplierResponse": "ACCEPT", "supplierRemarks": "received",
    "invoiceInfos": [{"objectId": "INV00000000000000000000000000000001", "supplierInvoiceNumber": "A&B/42"}]}
}`

type reply struct {
	Payload string `json:"payload"`
	Code    int    `json:"response_code"`
	Message string `json:"response_message"`
	status  int
}

// start serves a sandbox with a clock that stands still.
func start(t *testing.T, o sandbox.Options) (s *sandbox.Server, url, log string) {
	t.Helper()
	o.Log = filepath.Join(t.TempDir(), "events.jsonl")
	o.Now = func() time.Time { return time.Date(2026, 11, 21, 10, 0, 1, 0, ist) }
	s = sandbox.New(o)
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return s, server.URL, o.Log
}

func post(t *testing.T, url, body string) reply {
	t.Helper()
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: res.StatusCode}
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return r
}

func fold(t *testing.T, log string) []payment.Remittance {
	t.Helper()
	files, err := source.Find(filepath.Dir(log), []string{"*.jsonl"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := enkash.ReadLogs(context.Background(), files, enkash.LogOptions{Buyers: []party.Buyer{{B2BID: "BUYER0001"}}, Zone: ist})
	if err != nil || len(got.Problems) > 0 {
		t.Fatal(err, got.Problems)
	}
	return got.Remittances
}

func TestPayIsAnsweredAndDelivered(t *testing.T) {
	_, url, log := start(t, sandbox.Options{})
	for range 2 { // a repeated request brings a copy
		if got, want := post(t, url+sandbox.PayPath, pay), (reply{"SUCCESS", 0, "SUCCESS", 200}); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
	all := fold(t, log)
	if len(all) != 1 {
		t.Fatalf("got %d payments, want 1", len(all))
	}
	r := all[0]
	if r.Outcome != payment.Paid || len(r.UTR) != 22 || !r.UTRFinal || r.Lines[0].Net != 1000_50 || r.Lines[0].Number != "A&B/42" || r.Lines[0].Unbalanced != "" {
		t.Errorf("got %+v, want it paid with a final UTR of 22 characters", r)
	}
	if got := post(t, url+sandbox.ConfirmPath, accept); got.Code != 0 {
		t.Fatalf("got %+v", got)
	}
	if r = fold(t, log)[0]; r.Lines[0].Confirmation != payment.Accepted || r.Conflict != "" {
		t.Errorf("got %+v, want it accepted", r)
	}
}

func TestPayablesAreExecutedWithoutWebhook(t *testing.T) {
	s, url, log := start(t, sandbox.Options{})
	if got, want := post(t, url+sandbox.PayablePath, payable), (reply{"SUCCESS", 0, "SUCCESS", 200}); got != want {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	if _, err := os.Stat(log); err == nil {
		t.Error("a payable was told of by a webhook, which its page does not know")
	}
	books := s.Books()
	got := books.Debts()
	want := []sandbox.DebtTotal{{Debt: sandbox.Debt{Number: "A1"}, Executed: 1, Most: 1, Net: 100_25}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the debts differ (-want +got):\n%s", diff)
	}
}

func TestWrongTypeIsRefused(t *testing.T) {
	s, url, _ := start(t, sandbox.Options{})
	res, err := http.Post(url+sandbox.PayPath, "text/plain", strings.NewReader(pay))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if b := s.Books(); res.StatusCode != 400 || len(b.Executions) > 0 {
		t.Errorf("got HTTP %d and %d executions, want a refusal", res.StatusCode, len(b.Executions))
	}
}

func TestOffPlatformKeepsItsUTR(t *testing.T) {
	_, url, log := start(t, sandbox.Options{})
	post(t, url+sandbox.PayPath, strings.Replace(pay, "ONPLATFORM", "OFFPLATFORM", 1))
	if r := fold(t, log)[0]; r.UTR != "PROVISIONAL" {
		t.Errorf("got UTR %s, want that of the request", r.UTR)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ path, old, new, field string }{
		{sandbox.PayPath, `"PMT0000`, `"XMT0000`, "payment.objectId does not match"},
		{sandbox.PayPath, `"PMT0000`, `"PMT00000`, "payment.objectId does not match"},
		{sandbox.PayPath, `"ONPLATFORM"`, `"onplatform"`, "payment.type"},
		{sandbox.PayPath, `"NEFT"`, `"RTGS"`, "payment.mode"},
		{sandbox.PayPath, `"PROVISIONAL"`, `""`, "payment.utr"},
		{sandbox.PayPath, `"PROVISIONAL"`, `"` + strings.Repeat("9", 51) + `"`, "payment.utr"},
		{sandbox.PayPath, `"PROVISIONAL"`, `7`, "payment.utr is no text"},
		{sandbox.PayPath, `"PROVISIONAL"`, `null`, "payment.utr is no text"},
		{sandbox.PayPath, `"PROVISIONAL"`, `"\ud800"`, "payment.utr has a character that is none"},
		{sandbox.PayPath, `"PROVISIONAL"`, "\"\xff\"", "not UTF-8"},
		{sandbox.PayPath, `2026-11-21T10:00:00+05:30`, `2026-11-21T10:00:00`, "payment.ts is no time"},
		{sandbox.PayPath, `"INR",
    "paymentAmount"`, `"USD",
    "paymentAmount"`, "payment.currency"},
		{sandbox.PayPath, `"BUYER0001"`, `"a\\b"`, "b2bIds.buyerB2BId"},
		{sandbox.PayPath, `1000.50, "netAdj`, `1000.505, "netAdj`, "payment.paymentAmount.netPaidAmount is no amount"},
		{sandbox.PayPath, `1000.50, "netAdj`, `1.0005e3, "netAdj`, "payment.paymentAmount.netPaidAmount is no amount"},
		{sandbox.PayPath, `1000.50, "netAdj`, `"1000.50", "netAdj`, "payment.paymentAmount.netPaidAmount is a number in quotes"},
		{sandbox.PayPath, `1000.50, "netAdj`, `1000.49, "netAdj`, "payment.paymentAmount.netPaidAmount is 1000.49, and the invoices sum to 1000.50"},
		{sandbox.PayPath, `"totalAmount": 1020.50, "currency": "INR", "splits"`, `"totalAmount": 1020.51, "currency": "INR", "splits"`, "payment.invoicesPayInfos[0].invoicePaymentAmount.totalAmount is 1020.51"},
		{sandbox.PayPath, `"value": 20`, `"value": -20`, "payment.invoicesPayInfos[0].invoicePaymentAmount.splits[0].value"},
		{sandbox.PayPath, `"value": 20`, `"value": 19.99`, "payment.invoicesPayInfos[0].invoicePaymentAmount.splits sum to 19.99"},
		{sandbox.PayPath, `"dueAmount": 1020.50`, `"dueAmount": 1020.49`, "only 1020.49 is due"},
		{sandbox.PayPath, `"dueAmount": 1020.50`, `"dueAmount": 1020.51`, "invoiceAmount.dueAmount is 1020.51 of an invoice of 1020.50"},
		{sandbox.PayPath, `"newVersion": 1`, `"newVersion": 0`, "objectVersion.newVersion is no whole number"},
		{sandbox.PayPath, `"currentVersion": 1`, `"currentVersion": 2`, "objectVersion.newVersion is older"},
		{sandbox.PayPath, `"newStatus": "CREATED"`, `"newStatus": ""`, "statusTransition.newStatus"},
		{sandbox.PayPath, `"A&B/42"`, `""`, "payment.invoicesPayInfos[0].supplierInvoiceNumber"},
		{sandbox.PayPath, `"INV0000`, `"XNV0000`, "payment.invoicesPayInfos[0].objectId"},
		{sandbox.PayPath, `XXXX1234`, `50100123451234`, "supplierBankAccountDetails.maskedAccountNumber"},
		{sandbox.PayPath, `HDFC0000001`, `HDFC1000001`, "supplierBankAccountDetails.ifsc"},
		{sandbox.PayPath, `"businessVPA": ""`, `"businessVPA": "nobody"`, "supplierBankAccountDetails.businessVPA"},
		{sandbox.PayPath, `"device"`, `"devices"`, "devices is not on the API page"},
		{sandbox.PayPath, `"device"`, `"Device"`, "Device is not on the API page"},
		{sandbox.PayPath, `"utr"`, `"mode": "UPI", "utr"`, "payment.mode stands there twice"},
		{sandbox.PayPath, `{"tag": {"name": "GEOCODE", "value": "19.0760,72.8777"}}`, `{}`, "device.tag"},
		{sandbox.PayPath, "{\n  \"device\"", `[{"device"`, "the body is no object"},
		{sandbox.PayPath, "  }\n}", "  }\n} {}", "there is more behind the body"},
		{sandbox.ConfirmPath, `"ACCEPT"`, `"REJECT"`, "supplierResponse: REJECT is only for OFFPLATFORM"},
		{sandbox.ConfirmPath, `"ACCEPT"`, `"RETURN"`, "supplierResponse is none of"},
		{sandbox.ConfirmPath, `"received"`, `""`, "supplierRemarks"},
		{sandbox.ConfirmPath, `"invoiceInfos"`, `"invoices"`, "paymentConfirmation.invoices is not on the API page"},
		{sandbox.PayablePath, `["A1"]`, `[]`, "paymentIds has 0 entries"},
		{sandbox.PayablePath, `["A1"]`, `["A1", "A1"]`, "paymentIds[1] is in this request already"},
		{sandbox.PayablePath, `["A1"]`, `["A1", "A2"]`, "exactly one of paymentIds"},
		{sandbox.PayablePath, `"INVOICE"`, `"INVOICES"`, "paymentType"},
		{sandbox.PayablePath, `123456`, `12345a`, "otp does not match"},
		{sandbox.PayablePath, `true`, `"true"`, "partialPayment is neither true nor false"},
		{sandbox.PayablePath, `100.25`, `0`, "amount is 0"},
		{sandbox.PayablePath, `, "amount": 100.25`, ``, "amount is missing"},
	} {
		t.Run(c.field, func(t *testing.T) {
			s, url, log := start(t, sandbox.Options{})
			body := map[string]string{sandbox.PayPath: pay, sandbox.ConfirmPath: accept, sandbox.PayablePath: payable}[c.path]
			if !strings.Contains(body, c.old) {
				t.Fatalf("%s is not in the body", c.old)
			}
			got := post(t, url+c.path, strings.Replace(body, c.old, c.new, 1))
			if got.status != 400 || got.Code != 1 || !strings.Contains(got.Message, c.field) {
				t.Errorf("got %+v, want a refusal that names %s", got, c.field)
			}
			if _, err := os.Stat(log); err == nil {
				t.Error("a refused request was delivered")
			}
			if b := s.Books(); len(b.Executions) > 0 || len(b.Requests) != 1 || b.Requests[0].Refused != got.Message {
				t.Errorf("got %+v, want one refused request and no execution", b)
			}
		})
	}
}
