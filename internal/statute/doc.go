// Package statute is what the law says about a payment between Indian
// companies: how much tax is withheld, by when a supplier must be paid, what it
// costs to be late and how much a rail carries, as dated tables with their
// arithmetic.
//
// A rate is data: it has a nature, the sections that prescribe it and the days
// between which it is in force. The package explains a difference by such a
// rate; it never decides that tax was due. It reads no clock: the day that
// counts, the invoice's, is passed in.
package statute
