package enkash

import (
	"regexp"
	"strconv"
	"strings"

	"reconcile/internal/payment"
)

// invoiceKeys are those under which a body holds an invoice, or what somebody
// answered to one. The webhook pages do not agree on them.
var invoiceKeys = []string{
	"invoice", "invoiceConfirmation", "confirmInvoice", "invoiceStatus", "invoiceStatusChange", "statusChangeInvoice", "editInvoice",
}

// invoiceIDForm is that of the page Confirm Invoice.
var invoiceIDForm = regexp.MustCompile(`^[INV]{3}[A-Za-z0-9]{32}$`)

// notices tells what a body of a known family says of invoices. Reading is
// lenient: what is not understood says nothing, and the body is counted in any
// case. What came to nothing, by its own result, and the invoices of other
// buyers are left out.
func (d *decoder) notices(t *tape, n int32, family string) []payment.Notice {
	if d.ours.received {
		return nil // they say what we may pay
	}
	ids := t.get(n, "b2bIds")
	buyer, supplier := textOf(t, t.get(ids, "buyerB2BId")), textOf(t, t.get(ids, "supplierB2BId"))
	if buyer != "" && !d.ours.ids[buyer] || failed(t, n) {
		return nil
	}
	switch family {
	case familyFinancing:
		var all []payment.Notice
		eachInvoiceID(t, n, func(id string) { all = append(all, payment.Notice{ID: id, Financed: true}) })
		return all
	case familyInvoice:
		notice, found := noticeOf(t, n)
		for _, key := range invoiceKeys {
			if !found {
				notice, found = noticeOf(t, t.get(n, key))
			}
		}
		if !found {
			return nil
		}
		if buyer != "" {
			notice.Buyer = buyer
		}
		if supplier != "" {
			notice.Supplier = supplier
		}
		if notice.Buyer != "" && !d.ours.ids[notice.Buyer] {
			return nil
		}
		return []payment.Notice{notice}
	}
	return nil
}

// failed tells whether a response says that what was asked did not happen.
func failed(t *tape, n int32) bool {
	switch upper(textOf(t, t.get(t.get(n, "resp"), "result"))) {
	case "FAILURE", "FAILED", "FAIL", "F", "REJECTED":
		return true
	}
	return false
}

// noticeOf reads an object with the objectId of an invoice.
func noticeOf(t *tape, n int32) (payment.Notice, bool) {
	id := textOf(t, t.get(n, "objectId"))
	if !invoiceIDForm.MatchString(id) {
		return payment.Notice{}, false
	}
	versions, statuses := t.get(n, "objectVersion"), t.get(n, "statusTransition")
	notice := payment.Notice{
		ID:       id,
		Number:   strings.TrimSpace(textOf(t, t.get(n, "supplierInvoiceNumber"))),
		Buyer:    textOf(t, t.get(t.get(n, "buyerDetails"), "b2bId")),
		Supplier: textOf(t, t.get(t.get(n, "supplierDetails"), "b2bId")),
		Version:  max(versionOf(t, t.get(versions, "currentVersion")), versionOf(t, t.get(versions, "newVersion"))),
		Status:   upper(textOf(t, t.get(statuses, "newStatus"))),
	}
	switch answer := upper(textOf(t, t.get(n, "buyerResponse"))); answer {
	case "ACCEPT", "REJECT", "RETURN":
		notice.Response = answer
	}
	return notice, true
}

// eachInvoiceID visits every objectId of an invoice, however deep it stands: the
// financing pages do not show where.
func eachInvoiceID(t *tape, n int32, visit func(id string)) {
	switch {
	case t.is(n, object):
		if id := textOf(t, t.get(n, "objectId")); invoiceIDForm.MatchString(id) {
			visit(id)
		}
		for k, end := n+1, t.nodes[n].next; k < end; k = t.nodes[k+1].next {
			eachInvoiceID(t, k+1, visit)
		}
	case t.is(n, array):
		for i, end := n+1, t.nodes[n].next; i < end; i = t.nodes[i].next {
			eachInvoiceID(t, i, visit)
		}
	}
}

// textOf returns a copy of a text, and nothing for anything else.
func textOf(t *tape, n int32) string {
	if !t.is(n, text) {
		return ""
	}
	return string(t.bytes(n))
}

// versionOf returns a whole number that is not negative, else 0.
func versionOf(t *tape, n int32) int {
	if !t.is(n, number) && !t.is(n, text) {
		return 0
	}
	v, err := strconv.ParseUint(string(t.bytes(n)), 10, 31)
	if err != nil {
		return 0
	}
	return int(v)
}

// upper is upper case with single spaces.
func upper(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), " ")) }
