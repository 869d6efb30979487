package main

import (
	"fmt"
	"io"
	"strings"
)

// say writes as fmt.Fprintf does. Whatever text stands among the arguments comes
// out as one line and without anything that plays with a terminal: ledgers and
// logs are written by others, and a supplier's name that holds a line feed would
// be a line of ours.
//
// What it writes to is a buffer, which does not fail.
func say(w io.Writer, format string, args ...any) {
	for i, a := range args {
		if s, is := a.(string); is {
			args[i] = oneLine(s)
		}
	}
	fmt.Fprintf(w, format, args...)
}

// oneLine returns s as one line that reads as what it is.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', '\t', '\v', '\f', 0x85, 0x2028, 0x2029:
			return ' '
		}
		return printable(r)
	}, s)
}
