// Package journal is the one truth about what was sent.
package journal
