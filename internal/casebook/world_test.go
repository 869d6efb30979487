package casebook

import (
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// cash is what every item of a test is about.
const cash money.Paise = 1_180_00

// itemOf is an item of an invoice that is named after an exception.
func itemOf(id string) matcher.ItemResult {
	return matcher.ItemResult{Item: &ledger.Item{Buyer: "BUYER0001", Supplier: party.Supplier{B2BID: "SUP1", Name: "Shree Traders"},
		Number: "INV/" + id, Key: "INV/" + id, Gross: cash, Due: cash, InvoiceDate: first - 40}}
}

// paidBy puts payments on an item, by their objectIds.
func paidBy(r *matcher.ItemResult, ids ...string) {
	for _, id := range ids {
		r.Matches = append(r.Matches, matcher.Share{Remittance: &payment.Remittance{ObjectID: id}, Line: &payment.Line{}, Rule: matcher.Exact})
	}
}
