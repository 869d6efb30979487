package listen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// A logged is one line of the event log. Its keys are those of the contract, and
// body_base64 stands beside an empty body where the body is no text.
type logged struct {
	ReceivedAt string            `json:"received_at"`
	Method     string            `json:"method"`
	Path       string            `json:"path"`
	Headers    map[string]string `json:"headers"`
	Body       json.RawMessage   `json:"body"`
	Base64     []byte            `json:"body_base64,omitempty"`
}

// keptHeaders are those that help to ask EnKash about a delivery. What may be a
// secret, a cookie or an address is none of them.
func keptHeaders() []string {
	return []string{"Content-Type", "Date", "User-Agent", "X-Correlation-Id", "X-Request-Id"}
}

// maxHeaderKept bounds one header in the log, in bytes.
const maxHeaderKept = 256

// line makes a line of a request. A body that is JSON stands as it came, without
// the white space between its values; one that is not stands as text, to the
// character.
func (s *Server) line(r *http.Request, body []byte, fault error) ([]byte, error) {
	l := logged{
		ReceivedAt: s.o.Now().In(s.o.Zone).Format(time.RFC3339Nano),
		Method:     r.Method,
		Path:       r.URL.Path, // without the query, which may hold a token
		Headers:    map[string]string{},
		Body:       body,
	}
	for _, name := range keptHeaders() {
		if v := strings.Join(r.Header.Values(name), ", "); v != "" && name != s.o.Header {
			l.Headers[name] = v[:min(len(v), maxHeaderKept)]
		}
	}
	switch {
	case fault == nil:
	case utf8.Valid(body):
		text, err := encode(string(body))
		if err != nil {
			return nil, err
		}
		l.Body = text
	default:
		// A text with a mark in place of what is no character could be JSON again,
		// and evidence of what nobody sent.
		l.Body, l.Base64 = json.RawMessage("null"), body
	}
	return encode(l)
}

// encode makes one line of a value. < and > stay what they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("writing a webhook as a line: %w", err)
	}
	return b.Bytes(), nil
}
