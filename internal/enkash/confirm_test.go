package enkash

import (
	"context"
	"strings"
	"testing"

	"reconcile/internal/payment"
)

func anAnswer() *Confirmation {
	return &Confirmation{
		ObjectID: "TTP" + ownID[3:], Buyer: "BUYER0001", Supplier: "SUPP0001", Type: payment.OffPlatform,
		Remarks: "received with thanks",
		Invoices: []ConfirmedInvoice{
			{InvoiceID: "INV0123456789abcdefghijABCDEFGHIJ01", Number: "INV/1", Version: 2, Status: "CREATED"},
			{Number: "INV/2"},
		},
	}
}

func TestRenderConfirm(t *testing.T) {
	want := `{"device":{"tag":{"name":"GEOCODE","value":"19.0760,72.8777"}},"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"SUPP0001"},` +
		`"paymentConfirmation":{"objectId":"TTPABCDEFGHIJKLMNOPQRSTUVWXYZ234567","ts":"2026-11-22T01:30:07+05:30","type":"OFFPLATFORM","supplierResponse":"ACCEPT","supplierRemarks":"received with thanks",` +
		`"invoiceInfos":[{"objectId":"INV0123456789abcdefghijABCDEFGHIJ01","supplierInvoiceNumber":"INV/1","objectVersion":{"currentVersion":2,"newVersion":2},"statusTransition":{"currentStatus":"CREATED","newStatus":"CREATED"}},` +
		`{"supplierInvoiceNumber":"INV/2"}]}}`
	got, err := RenderConfirm(anAnswer(), geocode, night)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The buyer at the other end reads the answer that was meant.
func TestRenderConfirmIsReadBack(t *testing.T) {
	for reject, want := range map[bool]payment.Confirmation{false: payment.Accepted, true: payment.Rejected} {
		a := anAnswer()
		a.Reject = reject
		body, err := RenderConfirm(a, geocode, night)
		if err != nil {
			t.Fatal(err)
		}
		log, err := readLogs(context.Background(), []logFile{inMemory("buyer", string(body)+"\n")}, LogOptions{Buyers: ours, Zone: ist})
		if err != nil {
			t.Fatal(err)
		}
		if len(log.Problems) != 0 || len(log.Remittances) != 1 || len(log.Remittances[0].Lines) != 2 {
			t.Fatalf("reject %t: got %+v, want one payment with two invoices and no problem", reject, log)
		}
		for _, l := range log.Remittances[0].Lines {
			if l.Confirmation != want {
				t.Errorf("reject %t: invoice %s is %v, want %v", reject, l.Number, l.Confirmation, want)
			}
		}
	}
}

func TestRenderConfirmRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Confirmation)
		field  string
	}{
		{"REJECT of an ONPLATFORM payment", func(a *Confirmation) { a.Reject, a.Type = true, payment.OnPlatform }, "paymentConfirmation.supplierResponse"},
		{"no type", func(a *Confirmation) { a.Type = 0 }, "paymentConfirmation.type"},
		{"id", func(a *Confirmation) { a.ObjectID = "INV" + ownID[3:] }, "paymentConfirmation.objectId"},
		{"no remarks", func(a *Confirmation) { a.Remarks = "" }, "paymentConfirmation.supplierRemarks"},
		{"long remarks", func(a *Confirmation) { a.Remarks = strings.Repeat("x", 101) }, "paymentConfirmation.supplierRemarks"},
		{"remarks with a quote", func(a *Confirmation) { a.Remarks = `"ok"` }, "paymentConfirmation.supplierRemarks"},
		{"remarks with a backslash", func(a *Confirmation) { a.Remarks = `o\k` }, "paymentConfirmation.supplierRemarks"},
		{"no invoice", func(a *Confirmation) { a.Invoices = nil }, "paymentConfirmation.invoiceInfos"},
		{"invoice without number", func(a *Confirmation) { a.Invoices[1].Number = "" }, "paymentConfirmation.invoiceInfos[1].supplierInvoiceNumber"},
		{"invoice with a bad id", func(a *Confirmation) { a.Invoices[1].InvoiceID = "1" }, "paymentConfirmation.invoiceInfos[1].objectId"},
		{"no supplier", func(a *Confirmation) { a.Supplier = "" }, "b2bIds.supplierB2BId"},
	} {
		a := anAnswer()
		c.change(a)
		got, err := RenderConfirm(a, geocode, night)
		if err == nil || !strings.Contains(err.Error(), c.field+":") || got != nil {
			t.Errorf("%s: got %s and %v, want an error that names %s", c.name, got, err, c.field)
		}
	}
}
