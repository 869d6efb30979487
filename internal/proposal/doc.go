// Package proposal decides what may be paid and writes it down so that it can be
// approved.
//
// Propose takes what the books and the world say of each due item (Candidate)
// and returns a Proposal: one Line for every due item, in or left out with a
// coded reason, and the Instructions that would be sent. It is pure: no file, no
// clock, no map order. The same candidates give the same bytes.
//
// A Proposal is written as a plan: canonical JSON, whose SHA-256 is the one thing
// that a person approves. Every paisa and every field of a payee is under that
// hash, and so are the address of the platform, the settings and what overrode
// them. Accounts appear by their last four digits and by a digest that is worth
// nothing outside its instruction: neither the number nor its fingerprint leaves
// the machine.
//
// The package does not know how a request is spelled on the wire (enkash), who
// may approve (approval) or what was sent (journal).
package proposal
