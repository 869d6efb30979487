package enkash

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"unicode"

	"reconcile/internal/submit"
)

// unwritten is the answer where Send wrote nothing.
func (c *conn) unwritten(reason string) submit.Answer {
	return told("nothing was written: "+reason, false)
}

// broken is the answer where the connection failed before there was one.
func (c *conn) broken(when string, err error) submit.Answer {
	reason, fault := c.gateway.reason(err)
	return told("no answer: "+reason+", while "+when, fault)
}

func told(text string, stop bool) submit.Answer {
	return submit.Answer{Stop: stop, Text: text, SHA256: digest([]byte(text))}
}

// reason says in words what happened to a connection, and whether it was TLS
// that failed. The words do not depend on ports or addresses, which would make
// two equal nights look different.
func (g *Gateway) reason(err error) (words string, tlsFault bool) {
	var op *net.OpError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, errInterim):
		return errInterim.Error(), false
	case errors.Is(err, errLong):
		return errLong.Error(), false
	case errors.As(err, &record), errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"):
		return "TLS failed", true
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "the time for it was over or the run was stopped", false
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset", false
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe):
		return "the connection was closed", false
	case errors.As(err, &op):
		return "the connection failed", false
	}
	return "it is not HTTP as it should be", false
}

const maxQuote = 120 // characters of a message of EnKash's that a person is shown

// quoted shows what EnKash says, as far as it is safe: a message may repeat an
// account number, an address or the token that we sent. A word with four digits,
// with an @, or with anything secret in it is left out; and every word with a
// digit where the digits of all of them could make an account.
func (g *Gateway) quoted(message string) string {
	if strings.TrimSpace(message) == "" {
		return ""
	}
	for _, s := range g.secrets {
		message = strings.ReplaceAll(message, s, " @ ")
	}
	words := strings.FieldsFunc(message, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
	for i, w := range words {
		if n := digits(w); n >= 4 || n > 0 && digits(message) >= 9 || strings.Contains(w, "@") {
			words[i] = "…"
		}
	}
	return " “" + shorten(strings.Join(words, " "), maxQuote) + "”"
}

func digits(s string) (n int) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
