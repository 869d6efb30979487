// Package money is the amount of money as this program knows it: a whole
// number of paise.
//
// Text becomes paise at the door and paise become text at the other door;
// between them there is only integer arithmetic, so that sums tie to the paisa
// and no order of additions changes a result. The package knows the ways in
// which Indian ledgers write an amount (lakh grouping, ₹, Rs, brackets, Dr and
// Cr) and the way JSON does. It is the one importer of shopspring/decimal,
// which it needs for JSON numbers in exponent form and for percentages.
//
// It knows nothing of ledgers, payments or files, and never holds money in a
// float64.
package money
