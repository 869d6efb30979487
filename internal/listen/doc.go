// Package listen receives the webhooks of EnKash over HTTP and writes them into
// the event log that every run reads.
//
// It knows one thing about money: a webhook that is lost may be the only one that
// says what became of a payment. So a delivery is on disk before its sender hears
// 200, and whatever cannot be written is answered 503, for the sender to try
// again. It does not know what a delivery means: that is for enkash and payment,
// which read the log.
//
// One request goes one way through the files: handler.go takes it or refuses it
// (door.go), line.go makes a line of it, log.go gathers the lines of one moment
// into a group, file.go brings the group to the disk with one fsync, and then
// enkash says how it is answered.
//
// # What is on disk
//
// FOLDER/webhooks-2026-11-22.jsonl, one for each day of the configured zone,
// appended to and never renamed; and FOLDER/.listen.lock, locked while a listener
// is at work, for two that append to one file would mend it against each other.
// A line is {"received_at","method","path","headers","body"}. Of the headers only
// a few harmless ones are kept, so that no secret lies in the log.
//
// # Decisions
//
// A body that is no JSON, or JSON that nobody can read in one way only, is kept
// and answered 200. To refuse it would lose it where the sender does not try
// again, and repeat it for ever where it does; in the log it stands as text (or as
// base64, where it is not even UTF-8), the next run puts it into quarantine with
// its file and line, and a person sees it. Nothing is repaired, because a
// repaired body would be evidence of something that nobody sent.
//
// Copies are written again. The state of a payment is a function of the set of
// bodies, so a copy changes nothing there, and a memory of what came before would
// be one more thing that can be wrong after a crash.
//
// # Invariants
//
// What was answered 200 is on disk: written, synced, in the file that bears that
// name (it is looked for again after the sync, because a rotation could have moved
// it), and the folder was synced when the file was made. What was not answered
// 200 may be there or not; it never stands half. A write that failed is cut off
// again before the next one, and a line that a crash left without its end is cut
// off at the next start, or ended where it was whole: nobody was told that it was
// received. An fsync that failed is never repeated in the hope of a better answer,
// for the kernel may have dropped what it could not write: the group is cut off,
// and its senders hear 503.
//
// The package must not know journal, ledger, configuration or command line, nor
// ask for the time.
package listen
