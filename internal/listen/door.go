package listen

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// A refusal is why a request is not taken.
type refusal struct {
	status int
	reason string // under which it is counted
	text   string // what its sender reads, without a quote or backslash
}

// The refusals there are.
var (
	refusalPath   = refusal{http.StatusNotFound, "path", "no webhook comes to this path"}
	refusalMethod = refusal{http.StatusMethodNotAllowed, "method", "webhooks come by POST"}
	refusalFar    = refusal{http.StatusForbidden, "elsewhere", "without a secret this listener is for its own machine, and the request came through a proxy or a browser"}
	refusal401    = refusal{http.StatusUnauthorized, "secret", "the header with the secret is missing or wrong"}
	refusal413    = refusal{http.StatusRequestEntityTooLarge, "size", "the body is larger than any webhook"}
	refusalCut    = refusal{http.StatusBadRequest, "cut", "the body could not be read to its end"}
	refusalEmpty  = refusal{http.StatusBadRequest, "empty", "there is no body"}
	refusal503    = refusal{http.StatusServiceUnavailable, "disk", "the webhook could not be kept; send it again"}
)

// refuse tells why a request is not taken, as far as its head shows it: nothing
// of the body has been read.
func (s *Server) refuse(r *http.Request) *refusal {
	switch {
	case !s.takes(r.URL.Path):
		return &refusalPath
	case r.Method != http.MethodPost:
		return &refusalMethod
	case len(s.o.Secrets) == 0 && forwarded(r.Header):
		return &refusalFar
	case len(s.o.Secrets) > 0 && !s.opens(r.Header.Values(s.o.Header)):
		return &refusal401
	}
	return nil
}

// opens compares in a time that tells nothing of how much of a secret was right,
// or how long it is.
func (s *Server) opens(given []string) bool {
	if len(given) != 1 {
		return false
	}
	got, ok := sha256.Sum256([]byte(given[0])), 0
	for _, secret := range s.o.Secrets {
		want := sha256.Sum256([]byte(secret))
		ok |= subtle.ConstantTimeCompare(got[:], want[:])
	}
	return ok == 1
}

// forwarded tells whether somebody else stands behind a request from this
// machine: a proxy that passes on what came from outside, or a page in a browser.
// A forged webhook could say of a payment that it failed.
func forwarded(h http.Header) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via", "Origin", "Sec-Fetch-Site"} {
		if len(h.Values(name)) > 0 {
			return true
		}
	}
	return false
}
