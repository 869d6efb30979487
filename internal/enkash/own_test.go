package enkash

import (
	"context"
	"strings"
	"testing"

	"reconcile/internal/party"
	"reconcile/internal/payment"
)

const ownBody = `{"device":{"tag":{"name":"GEOCODE","value":"19.0760,72.8777"}},"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"SUP1"},` +
	`"payment":{"objectId":"PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567","ts":"2026-11-21T01:30:00+05:30","type":"ONPLATFORM","mode":"NEFT","utr":"RCN1","currency":"INR",` +
	`"paymentAmount":{"netPaidAmount":1180.00,"netAdjustmentAmount":0.00,"totalAmount":1180.00,"currency":"INR"},` +
	`"invoicesPayInfos":[{"supplierInvoiceNumber":"INV-1","invoicePaymentAmount":{"netPaidAmount":1180.00,"netAdjustmentAmount":0.00,"totalAmount":1180.00,"currency":"INR"}}]}}`

// What only our own journal knows is sent, and what people found out is as good
// as a webhook: a webhook that says otherwise contradicts it.
func TestOwnPayments(t *testing.T) {
	webhook := `{"resp":{"reqMsgId":"M1","result":"SUCCESS","errorCd":"","errorDtl":"","errorField":""},` +
		strings.Replace(ownBody[strings.Index(ownBody, `"b2bIds"`):], "RCN1", "BANK1", 1) + "\n"
	for _, tt := range []struct {
		name, log, result string
		want              payment.Outcome
		conflict          bool
	}{
		{"the journal alone", "", "", payment.Sent, false},
		{"and a webhook", webhook, "", payment.Paid, false},
		{"people found that it was paid", "", "SUCCESS", payment.Paid, false},
		{"people found that it was not", "", "FAILURE", payment.Failed, false},
		{"and a webhook contradicts them", webhook, "FAILURE", payment.Unknown, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var files []logFile
			if tt.log != "" {
				files = append(files, inMemory("x.jsonl", tt.log))
			}
			log, err := readLogs(context.Background(), files, LogOptions{
				Buyers: []party.Buyer{{B2BID: "BUYER0001"}},
				Own: func(func(string) []payment.Event) ([]Own, error) {
					return []Own{{Body: []byte(ownBody), Result: tt.result}}, nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(log.Inputs) != len(files) {
				t.Errorf("got %d inputs, want %d: the journal is no file", len(log.Inputs), len(files))
			}
			if len(log.Remittances) != 1 {
				t.Fatalf("got %d payments, want 1", len(log.Remittances))
			}
			r := log.Remittances[0]
			if r.Outcome != tt.want || (r.Conflict != "") != tt.conflict {
				t.Errorf("got %v %q, want %v and a conflict: %v", r.Outcome, r.Conflict, tt.want, tt.conflict)
			}
		})
	}
}

func TestForeignOwnPayment(t *testing.T) {
	_, err := FoldOwn(context.Background(), []Own{{Body: []byte(ownBody)}}, LogOptions{Buyers: []party.Buyer{{B2BID: "OTHER"}}})
	if err == nil {
		t.Error("a payment of ours whose buyer is none of ours was read without a word")
	}
}
