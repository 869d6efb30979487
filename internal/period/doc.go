// Package period closes a month of the payables: what is owed at its end, how that
// ties to the creditors' control account, and how it came about.
//
// A period is a calendar month. It is open, soft-closed (what is dated in it is
// reconciled, and nothing is proposed or sent for it any more) or closed (the same,
// with figures that two people have signed). A closed period can be opened again by
// two people; the next closing of it is another version, and the old one is kept.
// Calendar says from the events of the journal where each period stands and what may
// be done with it.
//
// A Snapshot is what one closing leaves for the next: each document with its balance
// at the end of the period, each payment that was known, and what is carried forward.
// From it and the one before follow the Roll-forward, the list of late payments, and
// the difference between two versions. The arithmetic has three laws, and Closing
// tests each of them against numbers that were counted another way:
//
//	open documents of the files ± what is dated later = sub-ledger
//	sub-ledger (+ quarantined + unexplained)          = control account
//	opening + new − cleared ± credits ± corrections   = closing, by supplier and in all
//
// Signs are those of a creditors' account: what we owe is positive, and what stands
// against it (credit notes, debit notes, advances) is negative. A balance at the end
// of a period is what the books say is still due, plus what they say was paid after
// that end, and nothing for what is dated after it. Amounts in other currencies than
// rupees are in none of the sums, and are counted.
//
// The package is a pure function of results and snapshots: it opens no file and asks
// no clock. Who signs, where a closing is kept and how it is printed is for others.
package period
