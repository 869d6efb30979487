package enkash

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/payment"
)

// TestInvoices reads what webhooks about invoices say, in the shapes that the
// pages have, and counts every one of them as before.
func TestInvoices(t *testing.T) {
	id := func(n string) string { return "INV" + strings.Repeat("A", 31) + n }
	parties := `"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"S1"}`
	about := func(n, more string) string {
		return `{"objectId":"` + id(n) + `","supplierInvoiceNumber":" INV/` + n + ` ","objectVersion":{"currentVersion":1,"newVersion":2},"statusTransition":{"currentStatus":"CREATED","newStatus":"confirmed"}` + more + `}`
	}
	invoice := func(n string) payment.Invoice {
		return payment.Invoice{ID: id(n), Number: "INV/" + n, Key: "INV/" + n, Buyer: "BUYER0001", Supplier: "S1", Version: 2, Statuses: []string{"CONFIRMED"}}
	}
	with := func(v payment.Invoice, change func(*payment.Invoice)) payment.Invoice {
		change(&v)
		return v
	}
	for _, c := range []struct {
		name, body string
		want       []payment.Invoice
	}{
		{"a status change", `{"device":{},` + parties + `,"invoiceStatus":` + about("1", "") + `}`, []payment.Invoice{invoice("1")}},
		{"the buyer's answer", `{` + parties + `,"invoiceConfirmation":` + about("1", `,"buyerResponse":"accept"`) + `}`,
			[]payment.Invoice{with(invoice("1"), func(v *payment.Invoice) { v.Response = "ACCEPT" })}},
		{"an answer that nobody knows", `{` + parties + `,"invoiceConfirmation":` + about("1", `,"buyerResponse":"MAYBE"`) + `}`, []payment.Invoice{invoice("1")}},
		{"an edited invoice, which names its parties itself", `{"resp":{"result":"SUCCESS"},"invoice":` + about("1", `,"supplierDetails":{"b2bId":"S1"},"buyerDetails":{"b2bId":"BUYER0001"}`) + `}`,
			[]payment.Invoice{invoice("1")}},
		{"bare", about("1", ""), []payment.Invoice{with(invoice("1"), func(v *payment.Invoice) { v.Buyer, v.Supplier = "", "" })}},
		{"an edit that failed", `{"resp":{"result":"FAILURE"},` + parties + `,"invoice":` + about("1", "") + `}`, nil},
		{"the invoice of another buyer", `{"b2bIds":{"buyerB2BId":"OTHER","supplierB2BId":"S1"},"invoiceStatus":` + about("1", "") + `}`, nil},
		{"the invoice of another buyer, by itself", `{"invoice":` + about("1", `,"buyerDetails":{"b2bId":"OTHER"}`) + `}`, nil},
		{"an older kind, without such an id", `{"invoiceNumber":"INV/1","invoiceStatus":"UNPAID","id":"42"}`, nil},
		{"a bid of a financier", `{"bid":{"faId":"1","bidDetails":[{"bidId":"2","invoiceFinDetails":[{"objectId":"` + id("1") + `"},{"objectId":"` + id("2") + `"}]}]}}`,
			[]payment.Invoice{{ID: id("1"), Financed: true}, {ID: id("2"), Financed: true}}},
		{"a credit note", `{` + parties + `,"cdNote":` + about("1", "") + `}`, nil},
		{"versions of no sense", `{` + parties + `,"invoiceStatus":{"objectId":"` + id("1") + `","objectVersion":{"currentVersion":-1,"newVersion":1e9}}}`,
			[]payment.Invoice{{ID: id("1"), Buyer: "BUYER0001", Supplier: "S1"}}},
	} {
		log := read(t, c.body+"\n"+`{"received_at":"x","body":`+c.body+`}`)
		if diff := cmp.Diff(c.want, log.Invoices); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		in := log.Inputs[0]
		if len(in.Counted) != 1 || in.Counted[0].Bodies != 2 || in.Bodies != 2 || in.Quarantined != 0 {
			t.Errorf("%s: got %+v, want both bodies counted", c.name, in)
		}
	}
}
