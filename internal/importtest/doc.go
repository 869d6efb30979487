// Package importtest holds the house to its plan: which room may open a door to
// which other room, which room owns which library, and which rooms never touch
// the outside world. It is a test and no code.
//
// The tables of arrows_test.go are the plan. An import that they do not list
// fails the test with the file and line of the import and the reason why the
// door is shut. Opening a new door therefore means writing down, in the table
// and in ARCHITECTURE.md, why it is there.
package importtest
