// Package payment is a payment as the world tells it: what each webhook says
// (Event), and what all of them together mean (Remittance).
//
// The Folder turns events into remittances. Its result is a function of the set
// of distinct bodies: no order of arrival, no number of copies and no division
// into files changes it, because every fact it keeps of a payment is either a
// flag that any one body may raise, a difference that any two bodies show, or a
// choice among bodies that is made by rank and then by the bytes of the
// canonical body. An event is folded and let go; what stays is about as large
// as the invoice lines of the payment. Only of payments of our own, which the
// Folder is asked to Keep, every body stays: each is compared with what was sent.
//
// Contradictory evidence is never resolved here. It is named in
// Remittance.Conflict, and the money counts as in flight until a person decides.
//
// The package knows no file, no clock and no ledger. How a body is spelled on
// the wire is for enkash.
package payment
