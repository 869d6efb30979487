// Reconcile pays the suppliers of an Indian company over EnKash and Bharat
// Connect, each invoice at most once, compares its payables ledger with what the
// platform reports, and writes a workbook that says what is paid, what is not, and
// what a person should look at.
//
//	reconcile init DIR        a working folder to try it with
//	reconcile run             load, match, send what is approved, propose what is due, report, mail
//	reconcile match           load, match, report
//	reconcile propose         a payment proposal: the plan and its hash
//	reconcile approve PLAN    a checker, never the maker, approves that hash; reject PLAN
//	reconcile submit PLAN     send an approved plan
//	reconcile resolve ID      two people settle a payment whose outcome is unknown
//	reconcile release NAME    two people lift a hold of the program; withdraw ID
//	reconcile confirm         as a supplier: answer the payments received
//	reconcile status REF      where an invoice number, a UTR or an objectId stands
//	reconcile explain REF     why it matched, or why not and by how much
//	reconcile inspect FILE    what the reader sees in a ledger
//	reconcile schedule        stay up, and run by a cron expression
//	reconcile check           would the next run work? nothing is written
//	reconcile verify          prove the audit chain; backup, recover
//	reconcile purge           erase what has had its time
//	reconcile keygen NAME     an approver's key
//	reconcile sandbox         a local EnKash to try things with
//
// The result goes to stdout, for people or with --json as one JSON object; logs
// and errors go to stderr. Exit codes: 0 nothing to look at, 10 breaks in the
// report, 20 the outcome of a payment of ours unknown, 21 evidence against itself,
// 40 report not written, 41 report not mailed, 64 usage, 65 input or
// store corrupt, 66 input missing, 69 EnKash not reached, 70 a fault of this
// program, 74 disk, 75 another run is at work, 77 not approved, 78 configuration, 130 stopped.
//
// In the code, main is a doorway: nothing below it reads the environment, the
// arguments or the clock. One verb is one file.
package main
