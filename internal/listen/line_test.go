package listen

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"unicode/utf8"

	"reconcile/internal/enkash"
)

// FuzzLine: whatever comes, one line is written, and what came can be got out of
// it to the byte; but for white space between the values of JSON.
func FuzzLine(f *testing.F) {
	for _, body := range []string{`{"a": [1.10, "<\u003c>"]}`, "{\"a\":\n1}", "\u2028", "caf\xe9", `"{\"a\":1}"`, `{"a":1,"a":2}`, "\x00", `null`, `{"s":"\ud800"}`, "\"\u2028\""} {
		f.Add([]byte(body), "/api/v0/x", "text/\xffplain")
	}
	o := options(f)
	s := &Server{o: o}
	f.Fuzz(func(t *testing.T, body []byte, path, header string) {
		r := &http.Request{Method: "POST", URL: &url.URL{Path: path}, Header: http.Header{"Content-Type": {header}, "X-Webhook-Secret": {theSecret}}}
		fault := enkash.Receive(body).Fault
		line, err := s.line(r, body, fault)
		if err != nil {
			t.Fatalf("no line for %q: %v", body, err)
		}
		if bytes.IndexByte(line, '\n') != len(line)-1 || !utf8.Valid(line) {
			t.Fatalf("%q makes more than one line, or none of text: %q", body, line)
		}
		if bytes.Contains(line, []byte(theSecret)) && !bytes.Contains(body, []byte(theSecret)) {
			t.Fatalf("the secret is in %q", line)
		}
		var got struct {
			Body   json.RawMessage `json:"body"`
			Base64 string          `json:"body_base64"`
		}
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("the line %q of %q: %v", line, body, err)
		}
		var text string
		switch {
		case fault == nil:
			var want bytes.Buffer
			if err := json.Compact(&want, body); err != nil || !bytes.Equal(want.Bytes(), got.Body) {
				t.Errorf("got the body %s, want %s (%v)", got.Body, want.Bytes(), err)
			}
		case got.Base64 != "":
			if b, err := base64.StdEncoding.DecodeString(got.Base64); err != nil || !bytes.Equal(b, body) || string(got.Body) != "null" {
				t.Errorf("got %q and the body %s (%v), want %q and none", b, got.Body, err, body)
			}
		default:
			if err := json.Unmarshal(got.Body, &text); err != nil || text != string(body) {
				t.Errorf("got the text %q (%v), want %q", text, err, body)
			}
		}
	})
}
