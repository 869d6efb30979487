// Package enkash is the wire: the bodies that EnKash exchanges over Bharat
// Connect B2B, how they look in an event log, and what they say of a payment.
//
// A log holds one webhook delivery per line, bare or wrapped by whatever wrote
// it. A delivery is read in four steps, each in a file of its own: lines.go finds
// where it begins and ends, scan.go checks it against the grammar of JSON and
// notes where its values stand, unwrap.go takes the wrappers off and tells the
// families apart by their keys, body.go reads a payment body into an Event.
//
// Reading is lenient, for the log says what happened and cannot be asked again:
// a delivery is quarantined only where it cannot be used. Writing (sandbox) is
// strict. Nothing is dropped: every body is folded, a copy, foreign, counted or
// quarantined, and the counts tie.
//
// The package does not decide what several bodies mean together; payment does.
// It must never import the journal or the ledger.
package enkash
