// Package approval knows who said what: small signed texts by which people decide
// about payments.
//
// A Statement is one decision of one approver: approve this plan, reject it,
// resolve that payment, release this supplier. It is canonical JSON, signed with
// Ed25519 under a tag of its own, and means the same wherever it is found:
//
//	{
//	  "action": "resolve",
//	  "at": "2026-11-21T11:04:05+05:30",
//	  "by": "asha",
//	  "detail": {
//	    "outcome": "paid",
//	    "reference": "ARTHN26310004855"
//	  },
//	  "key": "5b0f1c2d3e4f5a6b",
//	  "reason": "the bank statement of 20 November shows it",
//	  "signature": "…",
//	  "subject": "PMTABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
//	}
//
// Only these bytes are that statement: keys sorted, two spaces of indent, one
// final newline. Sign writes them and Verify refuses any others, so that the
// SHA-256 of a statement names the decision.
//
// A key belongs to a person and a person to one key. The public halves stand in
// the configuration (Approvers); the private half is a file of mode 0600 that its
// owner made with `reconcile keygen` and shows to nobody. Whoever proposes is not
// who decides (MayDecide), and what takes two people takes two people (Pair): a
// second name for the same key or the same login is not a second person.
//
// A signature says who and what, never that it is still wanted. That a statement
// is used once, that a plan has not expired and that a release is about the hold
// that stands today are for the journal, which keeps every statement it acted on;
// so a statement names in its subject or detail exactly what it is about.
//
// The package does not know what a plan or a payment is. It reads and writes key
// files and nothing else.
package approval
