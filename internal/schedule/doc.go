// Package schedule answers one question: which runs are due now?
//
// The answer is a function of an expression, a zone, the rule by which a run gets
// its business date, what the history knows, and the time that is handed in. It
// knows no clock, no disk and no run; who asks decides what to do about it.
//
// A Tick is a moment at which a run is due, with its business date. An expression
// is read in what clocks on the wall show: where a clock is put forward over a
// tick, the tick is at the moment of the change, and where it is put back, the
// first of two equal times counts. So every business date has its run, once.
//
// The latest tick is what a night is about: its run may pay. A business date
// before it that has no report is Missed, and is only to be reconciled, however
// many there are: payments are made once, with the newest ledger.
//
// Nothing is due from before the first report that the store knows, nor, where
// it knows none, from before the program was started: a new installation has
// missed nothing.
//
// Invariants: for the same arguments the same answer; Missed is ascending, has
// no date twice and none on or after that of the tick; what a report of the
// history covers is not due again, whichever way the clock was set meanwhile.
package schedule
