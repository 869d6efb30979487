// Package casebook follows exceptions from run to run: which are new, which are
// cleared, which came back, and what a controller wrote about each.
//
// An exception is all breaks of one run that share an exception id, which is the
// same in every run; a Case is one exception as a run saw it. Update compares the
// cases of tonight with the Snapshot of the run before, and puts each of both in
// exactly one place: new, reopened, changed, unchanged or cleared. The movements
// by code tie, count and paise, and Changes.Check proves it in production too:
//
//	opening + new + reopened ± changed − cleared = closing
//
// A case lives in episodes. The first begins when it is first seen; it ends when a
// run no longer finds the exception, and a later run that does begins the next. A
// note belongs to the episode in which it was taken: of an exception that came
// back the old note is shown, and its resolution is not in force.
//
// The casebook never looks into a ledger file or a log; it changes no status, no
// amount and nothing that is paid. A note that was read from a workbook is the
// word of whoever had the file: it can quiet an exception, for the money that it
// had then and no more (verdict.go), and it can never release a payment.
//
// Take merges an annotated workbook three ways: what the report had printed, what
// stands now, and what the workbook says. Only what the reader of the workbook
// changed is taken, and where somebody else has changed the same exception since,
// the first stands.
//
// It has no disk and no clock of its own: what one run leaves for the next is a
// Snapshot, kept by the run history, and notes are records of the journal.
package casebook
