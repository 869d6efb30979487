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

func start(t *testing.T) (url, log string) {
	t.Helper()
	log = filepath.Join(t.TempDir(), "events.jsonl")
	s := httptest.NewServer(sandbox.New(sandbox.Options{Log: log, Now: func() time.Time {
		return time.Date(2026, 11, 21, 10, 0, 1, 0, ist)
	}}))
	t.Cleanup(s.Close)
	return s.URL, log
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
	url, log := start(t)
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

func TestOffPlatformKeepsItsUTR(t *testing.T) {
	url, log := start(t)
	post(t, url+sandbox.PayPath, strings.Replace(pay, "ONPLATFORM", "OFFPLATFORM", 1))
	if r := fold(t, log)[0]; r.UTR != "PROVISIONAL" {
		t.Errorf("got UTR %s, want that of the request", r.UTR)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ path, old, new, field string }{
		{sandbox.PayPath, `"PMT0000`, `"XMT0000`, "payment.objectId"},
		{sandbox.PayPath, `"ONPLATFORM"`, `"onplatform"`, "payment.type"},
		{sandbox.PayPath, `"NEFT"`, `"RTGS"`, "payment.mode"},
		{sandbox.PayPath, `"PROVISIONAL"`, `""`, "payment.utr"},
		{sandbox.PayPath, `"INR",
    "paymentAmount"`, `"USD",
    "paymentAmount"`, "payment.currency"},
		{sandbox.PayPath, `"BUYER0001"`, `"a\\b"`, "b2bIds.buyerB2BId"},
		{sandbox.PayPath, `1000.50, "netAdj`, `1000.505, "netAdj`, "payment.paymentAmount.netPaidAmount"},
		{sandbox.PayPath, `1000.50, "netAdj`, `"1000.50", "netAdj`, "number in quotes"},
		{sandbox.PayPath, `"value": 20`, `"value": -20`, "payment.invoicesPayInfos[0].invoicePaymentAmount.splits[0].value"},
		{sandbox.PayPath, `"A&B/42"`, `""`, "payment.invoicesPayInfos[0].supplierInvoiceNumber"},
		{sandbox.PayPath, `"INV0000`, `"XNV0000`, "payment.invoicesPayInfos[0].objectId"},
		{sandbox.PayPath, `"device"`, `"devices"`, "devices"},
		{sandbox.PayPath, `{"tag": {"name": "GEOCODE", "value": "19.0760,72.8777"}}`, `{}`, "device.tag"},
		{sandbox.ConfirmPath, `"ACCEPT"`, `"REJECT"`, "supplierResponse"},
		{sandbox.ConfirmPath, `"received"`, `""`, "supplierRemarks"},
	} {
		t.Run(c.field, func(t *testing.T) {
			url, log := start(t)
			body := pay
			if c.path == sandbox.ConfirmPath {
				body = accept
			}
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
		})
	}
}
