// Package party knows who is paid and by which numbers: B2B ids, GSTINs,
// accounts, bank references (UTR) and the key by which two spellings of one
// invoice number are the same.
//
// Keys are made once, when a row or an event is read, and compared as strings
// from then on. The journal stores them for years, so a change to NumberKey is a
// change of its version and never a repair in place.
package party
