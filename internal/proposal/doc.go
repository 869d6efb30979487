// Package proposal decides what may be paid and writes it down so that it can be
// approved.
//
// Propose takes what the books and the world say of each due item (Candidate)
// and returns a Proposal: one Line for every due item, in or left out with a
// coded reason, and the Instructions that would be sent. It is pure: no file, no
// clock, no map order. The same candidates give the same bytes.
//
// Propose goes through four steps, each in files of its own. The world is sorted
// under the keys by which it is asked (survey.go). Each candidate is held against
// it by itself (against.go, near.go, field.go). Those that are left compete, whom
// the law wants paid first being first, for the credits of their supplier
// (credit.go) and for room under the caps (cap.go). What is still left is bundled
// into instructions (group.go), whose ids depend on nothing but what they pay
// (id.go). Why something is left out stands in one table (reason.go).
//
// A Proposal is written as a plan: canonical JSON, whose SHA-256 is the one thing
// that a person approves. Every paisa and every field of a payee is under that
// hash, and so are the address of the platform, the settings and what overrode
// them. Accounts appear by their last four digits and by a digest that is worth
// nothing outside its instruction: neither the number nor its fingerprint leaves
// the machine.
//
// Invariants, which check asks of everything that is written and read: a line for
// every candidate, in or left out; net + adjustment ≤ due ≤ gross for every
// allocation and net ≤ owed; the splits make the adjustment; no debt, id or
// reference twice; every id is that of what it pays.
//
// The package does not know how a request is spelled on the wire (enkash), who
// may approve (approval) or what was sent (journal).
package proposal
