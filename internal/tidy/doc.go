// Package tidy is the house's own taste, kept by a test instead of a reviewer:
// where float64 may stand, who may ask what time it is, how long a function may
// grow. It is a test and no code.
//
// Every rule is one function over one parsed file, or over the lines of one text
// file, and every finding reads file:line: what is wrong and why it matters. A
// rule that turns out to be in the way is changed here, with a reason, and not
// worked around there.
package tidy
