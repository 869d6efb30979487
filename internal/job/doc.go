// Package job is a night in the order in which it happens: load the ledgers,
// read the event logs, match, say what is due, write the report. Here the rooms
// meet that may not know each other, and only here.
//
// Run is a page to be read from top to bottom. Look answers a question about one
// reference from the same facts, Check asks whether the next run would work, and
// neither of them writes anything.
//
// What goes wrong comes back as an error whose ExitCode is one of the contract;
// Code finds the worst in a tree of joined errors. Faults in the data are no
// errors: they are quarantined, reported, and end a run with 10.
//
// The package has no clock and no terminal: the business date, the time and the
// places for logs and progress come in with Input.
package job
