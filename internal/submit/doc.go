// Package submit sends what was approved, each debt at most once, to a platform
// that promises nothing: no idempotency key, no status query, no list of errors.
//
// An Instruction moves through States. The holding states keep its debts from any
// other instruction; the free ones do not. Each step is journalled before its
// effect: dial, then begin (Intended to Sending, in one transaction, on disk),
// then one write. Whatever follows but a clean acknowledgement is Unsure, and only
// evidence for that very objectId, or two people with a reference, ends it.
//
// Run is "for each instruction that is not settled, take its next legal step". A
// first run and one after a crash are the same loop.
//
// What a step may be is one table (Next), pure, from which the journal's triggers
// are checked and over which a test searches every order of crashes and messages.
// The package knows neither wire (Gateway) nor disk (Journal).
package submit
