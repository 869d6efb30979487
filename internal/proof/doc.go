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
//   - the bytes of a payment came at most once by the wire, which is listened to;
//   - nothing came that the side log did not already know to be begun;
//   - nothing is lost: a plain run after the death, without a person, sends what
//     was approved, or says that its outcome is not known; that it says of no more
//     payments that never came than there were deaths;
//   - the chain is whole, and the report counts what the journal counts.
//
// Deaths are dealt by a tracer of our own (tracer_linux_test.go): it counts the
// calls of all threads together, and kills before a call is made or after it, or
// lets it fail. strace is left what it does well, which is to write down an order.
//
// Each test prints a row of a table: what it tried, how often, and how many
// violations it found (make proof). RECONCILE_SOAK=1 (make soak) tries everything
// instead of a sample; RECONCILE_SOAK=30m shares half an hour among the rows. What
// this machine does not allow, tracing, mounting or strace, says NOT RUN.
package proof
