// Package testbed makes ledgers and event logs that look like an Indian
// company's, together with the truth they were made from: tests, benchmarks and
// the samples draw on it.
//
// A World grows from scenes. A scene is a small story with a known end, such as
// an invoice that was paid twice: it adds rows, payments, and what the matcher
// must say of them. Scenes of a Clean or Realistic world keep out of each
// other's way (no number or amount of a supplier comes twice by accident), so
// the truth of each stays true in the whole. A Nasty world has no truth: its
// rows and payments draw from pools so small that collisions and ties are the
// rule, and it is meant for comparing two readings of the contract.
//
// Everything follows from the seed: there is no clock and no map order. The
// package knows the canonical ledger and the bodies of the API pages. It folds
// its own payments into Remittances by the shortest reading of the contract's
// section 4, without importing the code that folds a log, so that the two can be
// compared. Remittances carry no Evidence.
package testbed
