// Package proof kills, starves, deceives and restores the program as it is
// installed, and asks a sandbox that executes whatever it is asked, as often as
// it is asked, whether anybody was paid twice.
//
// The other rooms prove their parts: submit its loop, journal its tables, enkash
// its wire. Here nothing is replaced: the real binary, built as it is released,
// with its real files, talks over real HTTP to a sandbox that lives in the
// process of the test, so that the sandbox outlives whoever is killed. No line of
// the program knows of this package.
//
// After every trial the same questions are asked, in oracle_test.go:
//
//   - of no debt more than one payment stood at any moment;
//   - the bytes of a payment came at most once;
//   - nothing came that the side log did not already know to be begun;
//   - nothing is lost: a plain run after the death, without a person, sends what
//     was approved, or says that its outcome is not known;
//   - the chain is whole, and the report counts what the journal counts.
//
// Each test prints what it tried, how often, and how many violations it found;
// RECONCILE_SOAK=1 (make soak) tries everything instead of a sample. What needs
// strace says NOT RUN where there is none.
package proof
