// Package posting says what a clerk must book: the payments that the platform
// made and the books still show as due (the break LEDGER_BEHIND), as entries that
// an ERP can import.
//
// The danger of such a list is that one payment is booked twice. So an entry
// speaks of one line of one payment, and its id depends on that line and on
// nothing that changes from night to night; which lines were handed out on
// another date is told to it, and those are not handed out again. Where it cannot
// be told which of several payments the books have already, or whose payment it
// was, there is an entry that says why a person must book it by hand: nothing is
// guessed.
//
// Of tax and credits an entry has only what the books do not have yet. What they
// show as withheld has been booked, mostly with the invoice, and would be booked
// twice otherwise. The rest is tax where a rate of withholding explains it
// (statute.Explain), and an adjustment where none does.
//
// The package judges results of the matcher, and reads and writes nothing.
package posting
