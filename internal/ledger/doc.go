// Package ledger turns the rows of an ERP's payables ledger into items.
//
// Reading has four steps, each in files of its own. A layout is recognised: the
// heading row is found and each column gets its place (recognise.go, binding.go).
// What is known of other systems stands in tables (layout.go, layouts_*.go), and
// what it takes to read by them in kind.go, sign.go, foreign.go and lines.go. All
// rows are then looked at once to learn how the file writes its dates and its
// decimals, for a single 03/04/2026 or 1.180 cannot tell (vote.go). The rows are
// read (row.go and its neighbours), and at last the rows of one invoice are seen
// together: payments of one export are joined to the bills of another that they
// name (join.go), and parts, repetitions and gaps are found (parts.go).
//
// What is quarantined is written so that people can mend it (quarantine.go,
// quarantinefile.go), and a mended line that is loaded beside its ledger replaces
// its row (mended.go, replace.go): only while the row is still there as it was
// quarantined, for the line may otherwise be in the books a second time.
//
// Nothing is dropped and nothing guessed. A row below the heading is accepted as
// an item, skipped for a reason that is counted, or quarantined with at least
// one Problem; the three add up to the rows read, and so does every amount
// column, to the paisa (totals.go). A file that cannot be understood as a whole
// is a FileError, and then there is no Book at all, since nothing may be
// concluded from half a ledger.
//
// The package knows nothing of payments. It keeps no account number: what leaves
// it has the last four digits and a keyed fingerprint.
package ledger
