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
// a delivery is quarantined only where it cannot be used. Nothing is dropped:
// every body is folded, a copy, foreign, counted or quarantined, and the counts
// tie.
//
// Writing is strict: RenderPay, RenderConfirm and RenderAPPayment give a body
// that keeps to every pattern of its page and whose sums tie, or an error that
// names each field. The same arguments give the same bytes, and what RenderPay
// writes the reader reads back to the paisa.
//
// A Gateway carries such a body to EnKash, which promises nothing: a request that
// is sent again is a payment made again. So a connection is made first (dial.go),
// as often as need be; then the bytes leave in one Write (send.go), and no client
// of net/http stands behind it that could send them once more; then the answer is
// judged (ack.go), and whatever is not a clean acknowledgement acknowledges
// nothing. What a person is told (said.go) shows no secret and no account.
//
// The package does not decide what several bodies mean together, which is for
// payment, nor what a failed answer means for an instruction, which is for submit.
// It must never import the journal or the ledger.
package enkash
