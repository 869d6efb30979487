// Package ping tells a dead man's switch that something began, and how it ended,
// as healthchecks.io and its like understand it: a POST to the address of a check
// after a success, to /start below it at the beginning and to /fail after a
// failure. What is said besides is text for the people who read the log of the
// check.
//
// It does not know what began, and nothing depends on whether a ping arrived: each
// is tried once, for ten seconds, and its error is for a log. The address is a
// secret, for whoever has it can pretend that all is well; no error names more of
// it than the host. Redirections are not followed, and no variable of the
// environment is asked for a proxy.
package ping
