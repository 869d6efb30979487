// Package config is the one file a person writes for this program: strict YAML,
// overridden value by value from the environment, with secrets kept apart.
//
// Strict means that nothing is forgiven and everything is said at once. A key
// nobody knows, a key given twice, a list where one value belongs, an amount
// with three decimals: each is a Fault with file, line and column, and a
// misspelt key is answered with the nearest known one. In a program that pays,
// a setting that is silently ignored is worse than one that is refused.
//
// The schema is a list of keys in schema.go, each bound to the field of Config
// that it fills. The walk over the file, the RECONCILE_ variables, the nearest
// key and the settings printed in a report all follow from that one list, so
// that none of them can know a key which the others do not.
//
// The package reads the configuration file and the files of its secrets, and
// nothing else; it never asks the process for its environment. What a layout, a
// ledger column or an event means is for other rooms.
package config
