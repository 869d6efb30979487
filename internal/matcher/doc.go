// Package matcher brings the items of the books and the payments of the world
// together, and says of each item where it stands and of each difference what it
// is.
//
// It is pure: items, remittances and Rules in, a Result out. It opens no file,
// reads no clock and depends on no order, so that the same inputs give the same
// bytes whatever the order of rows, events or maps.
//
// # A supplier at a time
//
// Whatever can match shares the supplier, but for the few lines that are left
// over when all suppliers are done. MatchGroup therefore works on the items and
// lines of one supplier; Match runs it for each, looks among the leftovers for
// pairs that cross suppliers, and runs it again for the suppliers that have one.
//
//	Match ─ groups ─ MatchGroup ─ claim    who belongs to whom (cascade of rules)
//	                            ─ judge    sums, status
//	                            ─ breaks   the differences, with their formulas
//
// # Invariants
//
// A line is used once. Each item has one status, each line is in one place, and
// the shares of a line add up to it to the paisa; Result.Check proves it after
// every match. A search that could take for ever counts its steps and says when
// it gives up; no clock decides an answer.
package matcher
