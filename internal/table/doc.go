// Package table reads rows, each with its place, out of CSV and XLSX. It knows
// how cells are stored and nothing of what they mean: which row is the heading,
// whether "01-02-2026" is January or February and what an amount is are
// questions for package ledger.
//
// What a file is, its content says and never its name: exports called .xls are
// text, HTML or XML as often as not. What cannot be read is refused with one
// sentence and the remedy (RefusedError, LimitError).
//
// Invariants:
//
//   - No row is lost, blank ones included, and Row.Number is what a spreadsheet
//     shows beside it.
//
//   - Nothing is truncated or repaired in silence: a row that could not be read
//     as written carries a Problem.
//
//   - Rows can be asked for again, and are the same.
//
//   - A formula is never computed: its stored result counts, and a formula
//     without one is a cell of its own kind (NoCache).
//
//   - A file is untrusted. It costs memory in proportion to its text, not to
//     what it claims to hold, and XML here has no entities but the five of the
//     standard, no DTD, and no reference to anything outside.
//
//   - Reading can be stopped at any time (Limits.Stop), between two rows and where
//     no row comes.
//
// XLSX parts are scanned as they are inflated; a sheet is never in memory whole.
package table
