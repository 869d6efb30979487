package enkash

import "strings"

// The families of bodies that are known and change no payment.
const (
	familyAnswer         = "acknowledgement without payment"
	familyConfirmation   = "confirmation response"
	familyInvoice        = "invoice"
	familyCreditNote     = "credit note"
	familyPurchaseOrder  = "purchase order"
	familyFinancing      = "financing"
	familyOnboarding     = "onboarding"
	familyPayableRequest = "accounts payable request"
)

// familyKeys tells families by the keys of their bodies, as the API pages and
// the webhook pages of EnKash name them.
var familyKeys = map[string]string{
	"invoice": familyInvoice, "invoices": familyInvoice, "invoiceConfirmation": familyInvoice,
	"invoiceStatus": familyInvoice, "invoiceStatusChange": familyInvoice, "confirmInvoice": familyInvoice,
	"statusChangeInvoice": familyInvoice, "editInvoice": familyInvoice,
	"supplierInvoiceNumber": familyInvoice, "invoiceNumber": familyInvoice, "supplierInvoiceNo": familyInvoice,
	"invoiceIds": familyInvoice,
	"cdNote":     familyCreditNote, "creditNote": familyCreditNote, "debitNote": familyCreditNote,
	"purchaseOrder": familyPurchaseOrder, "poStatus": familyPurchaseOrder, "po": familyPurchaseOrder,
	"poConfirmation": familyPurchaseOrder, "poStatusTransition": familyPurchaseOrder,
	"financing": familyFinancing, "bid": familyFinancing, "bids": familyFinancing, "shareBid": familyFinancing,
	"respondBid": familyFinancing, "finance": familyFinancing,
	"entity": familyOnboarding, "entities": familyOnboarding, "registration": familyOnboarding,
	"search": familyOnboarding, "organisation": familyOnboarding, "organization": familyOnboarding,
	"organisations": familyOnboarding, "organizations": familyOnboarding,
	"paymentIds": familyPayableRequest,
}

// familyPrefixes tell the rest: cdNoteStatusTransition, purchaseOrderConfirmation.
var familyPrefixes = []struct{ prefix, family string }{
	{"invoiceStatus", familyInvoice}, {"invoiceConfirm", familyInvoice},
	{"cdNote", familyCreditNote}, {"creditNote", familyCreditNote},
	{"purchaseOrder", familyPurchaseOrder},
	{"financing", familyFinancing}, {"financeRe", familyFinancing}, {"bid", familyFinancing},
	{"entity", familyOnboarding}, {"registration", familyOnboarding}, {"searchEntity", familyOnboarding},
	{"checkEntity", familyOnboarding},
}

// familyOf returns the family of an object that is no payment body and no
// wrapper, or nothing.
func familyOf(t *tape, n int32) string {
	for k, end := n+1, t.nodes[n].next; k < end; k = t.nodes[k+1].next {
		key := string(t.bytes(k))
		if family := familyKeys[key]; family != "" {
			return family
		}
		for _, p := range familyPrefixes {
			if strings.HasPrefix(key, p.prefix) {
				return p.family
			}
		}
	}
	return ""
}
