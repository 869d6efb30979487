// Package oracle is a second matcher, for tests only: it answers the same
// question as package matcher, slowly, and was written from the contract by
// another hand. Where the two differ, one of them has misread a sentence.
//
// It holds no index, no grouping by supplier and no shortcut: every rule looks
// at every item for every line, and subsets are enumerated. It is meant for
// worlds of a few dozen items and lines, and for being read beside the
// contract: files and comments name the section that they spell out. It must
// never import or copy from matcher anything but its types.
//
// Detail, ExceptionID and Note are left empty.
package oracle
