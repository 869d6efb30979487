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
// first run and one after a crash are the same loop; each of its steps says what
// is left if we die there.
//
// Absorb tells the journal what the world says. Each body about a payment of ours
// is compared with what was sent, in parties, type, invoices and amounts; only
// what matches moves anything. What evidence says is a join: the same bodies end
// in the same state with the same alarms, in whatever order and portions they
// came. So a late webhook needs no rule of its own.
//
// Invariants, each of which a test searches for its end:
//
//   - at every moment, executed − returned ≤ 1 for a debt;
//   - nothing is executed that the journal did not know to be sent;
//   - the bytes of an instruction are written at most once, ever;
//   - no hold is given up but by evidence, or before anything was sent;
//   - an alarm stays, and evidence that comes after it rings anew.
//
// What a step may be is one table (Next), pure, from which the journal's triggers
// are checked. search_test.go tries every order of crashes, answers, webhooks and
// people over the functions of this package; docs/spec has the model of the same.
//
// The package knows neither wire (Gateway) nor disk (Journal), neither books nor
// approvals: whether an instruction is still owed is asked of Options.Look, and
// whether it is approved, of Begin.
package submit
