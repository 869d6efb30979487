// Package casebook follows exceptions from run to run: which are new, which are
// cleared, which came back, and what a controller wrote about each.
//
// An exception is a break with its id, which is the same in every run. The
// casebook compares two runs and never looks into a ledger or a log; it changes no
// status, no amount and nothing that is paid. A note that was read from a workbook
// is the word of whoever had the file: it can quiet an exception, for the amount
// that it had then and no more, and it can never release a payment.
//
// It has no disk of its own: what one run leaves for the next is a Snapshot, kept
// by the run history, and notes are records of the journal.
package casebook
