package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
)

// TestMessageBytes reads a message back with the standard library, and holds it
// to the same bytes each time and to the line length of RFC 5322.
func TestMessageBytes(t *testing.T) {
	m := message(22, "Asha Rao <"+asha+">", ravi)
	m.Text = strings.Repeat("a long line of text, ", 200) + "\n" + m.Text
	m.Attachments = []Attachment{{Name: "reconciliation.xlsx", Type: "application/octet-stream", Bytes: []byte{0, 1, 2, 0xff}}}
	b, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Bytes()
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("the same message has other bytes the second time (%v)", err)
	}
	for _, line := range bytes.Split(b, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("a line of %d bytes, or with a break in it: %.80q", len(line), line)
		}
	}
	msg, err := netmail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("got the subject %q, %v, want %q", subject, err, m.Subject)
	}
	for header, want := range map[string]string{"Message-Id": "<" + m.ID + ">", "Date": "Sun, 22 Nov 2026 06:00:00 +0000", "Auto-Submitted": "auto-generated", "Bcc": ""} {
		if got := msg.Header.Get(header); got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
	if to, err := msg.Header.AddressList("To"); err != nil || len(to) != 2 || to[0].Address != asha {
		t.Errorf("got the recipients %v, %v", to, err)
	}
	parts := partsOf(t, msg.Header.Get("Content-Type"), msg.Body)
	if len(parts) != 3 || !strings.Contains(parts[0], "Act today.") || !strings.Contains(parts[1], "<p>Act today.</p>") || parts[2] != "\x00\x01\x02\xff" {
		t.Errorf("got the parts %.200q", parts)
	}
}

// partsOf returns the leaves of a message, decoded.
func partsOf(t *testing.T, contentType string, body io.Reader) []string {
	t.Helper()
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	var leaves []string
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextPart()
		if err == io.EOF {
			return leaves
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "multipart/") {
			leaves = append(leaves, partsOf(t, p.Header.Get("Content-Type"), p)...)
			continue
		}
		var from io.Reader = p
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			from = base64.NewDecoder(base64.StdEncoding, p)
		}
		b, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, string(b))
	}
}

// TestNoInjection: nothing puts a line of its own into the head of a message or
// into the talk with the server.
func TestNoInjection(t *testing.T) {
	for name, set := range map[string]func(m *Message){
		"subject with a line":      func(m *Message) { m.Subject = "a\r\nBcc: x@example.com" },
		"subject with a line feed": func(m *Message) { m.Subject = "a\nb" },
		"empty subject":            func(m *Message) { m.Subject = "" },
		"broken subject":           func(m *Message) { m.Subject = "\xff" },
		"long subject":             func(m *Message) { m.Subject = strings.Repeat("a", maxSubject+1) },
		"sender with a line":       func(m *Message) { m.From = "a@example.com\r\nBcc: x@example.com" },
		"sender without address":   func(m *Message) { m.From = "a" },
		"recipient with a command": func(m *Message) { m.To = []string{"a@example.com>\r\nRCPT TO:<x@example.com"} },
		"recipient with options":   func(m *Message) { m.To = []string{"<\"a@example.com> NOTIFY=NEVER \"@example.com>"} },
		"recipient beyond ASCII":   func(m *Message) { m.To = []string{"a@exämple.com"} },
		"quoted local part":        func(m *Message) { m.To = []string{`"x@internal.example> "@example.com`} },
		"no recipient":             func(m *Message) { m.To = nil },
		"too many recipients":      func(m *Message) { m.To = make([]string, maxRecipients+1) },
		"id with a line":           func(m *Message) { m.ID = "a@b\r\nX: y" },
		"id with a folder":         func(m *Message) { m.ID = "../a@example.com" },
		"id of two dots":           func(m *Message) { m.ID = "a..b@example.com" },
		"no date":                  func(m *Message) { m.Date = time.Time{} },
		"attachment with a folder": func(m *Message) { m.Attachments = []Attachment{{Name: "../a.xlsx"}} },
		"attachment with a line":   func(m *Message) { m.Attachments = []Attachment{{Name: "a\r\nb"}} },
		"attachment with a type":   func(m *Message) { m.Attachments = []Attachment{{Name: "a", Type: "x\r\nX: y"}} },
		"text without end":         func(m *Message) { m.Text = strings.Repeat("a", maxText+1) },
	} {
		m := message(22, asha)
		set(m)
		if b, err := m.Bytes(); err == nil {
			t.Errorf("%s: it was written:\n%.400s", name, b)
		}
	}
}

// FuzzMessage: whatever a subject and the texts are, the message has exactly the
// headers that we gave it.
func FuzzMessage(f *testing.F) {
	f.Add("Act today", "text", "<p>html</p>")
	f.Add("=?utf-8?q?=0D=0ABcc:_x@example.com?=", ".\r\n.\r\nMAIL FROM:<x@example.com>\r\n", "\n.\n")
	f.Fuzz(func(t *testing.T, subject, text, html string) {
		m := message(22, asha)
		m.Subject, m.Text, m.HTML = subject, text, html
		b, err := m.Bytes()
		if err != nil {
			return
		}
		msg, err := netmail.ReadMessage(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for header := range msg.Header {
			switch header {
			case "Message-Id", "Date", "From", "To", "Subject", "Mime-Version", "Content-Type", "Auto-Submitted":
			default:
				t.Errorf("a header of somebody else: %s", header)
			}
		}
		if strings.Contains(msg.Header.Get("Subject"), "\n") || len(msg.Header["Subject"]) != 1 {
			t.Errorf("got the subject %q", msg.Header["Subject"])
		}
	})
}
