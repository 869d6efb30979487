// Package foldcache remembers what event logs said, so that a night costs what
// is new: of a log that was read before, its content is hashed and not decoded.
//
// A log is known by what stands in it. Each stretch of a log that was read is a
// file of its own, named by the SHA-256 of the content up to its end, and says
// behind which other stretch it stands. So a log that was renamed, packed or
// copied is found again, one that has grown is read from where the last night
// ended, and one that was edited is no longer what is known. Nothing is concluded
// from a name, a size or a date; an inode only tells whether a file was truncated
// in place rather than replaced.
//
// What stands in a stretch and in no file any more is kept: the log is gone, and
// what it said of a payment is no less true. It is folded behind the logs that
// are there, and shown as kept, until Options.Rebuild forgets it.
//
// In a folder of mode 0700 lie, mode 0600, the stretches and one index, which says
// what stood in which file last and holds the few bodies that had to be compared
// as a whole. All of them end with a SHA-256 of themselves. A stretch never
// changes once it has its name, and the index is replaced as a whole; so a process
// may be killed at any moment. Nothing waits for the disk: what a power cut takes
// away is read again. What is damaged, or of another version of the format, is left
// out and said in Warnings; it is never an error and never believed.
//
// The folder may be deleted at any time: the next run then reads every log anew,
// and what was known of logs that are gone is lost. It is no authority for money,
// and holds no bodies but those few: of the others it has what the fold needs, which
// is no name and no account number beyond its last four digits.
//
// The package knows no JSON of EnKash and no ledger. What a stretch says comes and
// goes as payment.Told.
package foldcache
