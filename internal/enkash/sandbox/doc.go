// Package sandbox is a local EnKash: over HTTP it takes payment requests and
// confirmations as the API pages describe them, executes them in books of its
// own, and delivers webhooks into an event log, where the reader of logs finds
// them. No money moves.
//
// It promises what the API pages promise, which is nothing. In its worst mode,
// the usual one, the same request twice is executed twice, and on demand (Fault)
// it loses requests and answers, answers nonsense, contradicts itself, or never
// answers. So it is the oracle for whoever must not pay twice: Books say what was
// executed, for which debt, and how many bodies came for which payment.
//
// It is strict where the reader of logs is lenient: what it refuses, the real one
// may refuse. The API pages know no errors; the refusals are the sandbox's own,
// HTTP 400 with response_code 1 and a message that names the field.
//
// One request goes one way through the files: schema.go with pay.go, confirm.go
// or payable.go says whether the body is valid and what it orders; fault.go what
// goes wrong with it; state.go writes request, execution and webhooks down, in
// one write that is on disk before anyone is answered; delivery.go brings
// webhook.go's bodies into the event log; answer.go answers, or does not.
//
// On disk are the event log and the file of state, both JSON lines, appended to
// and synced. The file of state may be read while the sandbox runs (ReadBooks),
// and a sandbox that was killed continues with it: a line that was cut off was
// never answered for. A webhook that is in the log and not marked as delivered is
// delivered again, which is what webhooks do.
//
// The package must never import what it judges: journal, matcher, job.
package sandbox
