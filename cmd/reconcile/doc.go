// Reconcile compares an Indian company's payables ledger with the payments that
// EnKash and Bharat Connect report, and writes a workbook that says what is
// paid, what is not, and what a person should look at.
//
//	reconcile init DIR        a working folder to try it with
//	reconcile run             load, match, say what is due, write the report
//	reconcile match           the same without proposing anything
//	reconcile status REF      where an invoice number, a UTR or an objectId stands
//	reconcile explain REF     why it matched, or why not and by how much
//	reconcile check           would the next run work? nothing is written
//	reconcile sandbox         a local EnKash to try things with
//
// The result goes to stdout, for people or with --json as one JSON object; logs
// and errors go to stderr. Exit codes: 0 nothing to look at, 10 breaks in the
// report, 40 report not written, 41 report not mailed, 64 usage, 65 input or
// store corrupt, 66 input missing, 70 a fault of this program, 74 disk, 75
// another run is at work, 78 configuration, 130 stopped.
//
// # Limitations
//
// This version sends no payment and no mail. It reads what the platform has
// told in its webhooks; a webhook that was never logged is not known to it.
//
// In the code, main is a doorway: nothing below it reads the environment, the
// arguments or the clock. One verb is one file.
package main
