package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// A Message is what one mail says, to whom.
type Message struct {
	// ID is the Message-ID without its angle brackets, such as
	// 2026-11-21-run-01.5f3a@example.com. The same message keeps it for ever.
	ID   string
	Date time.Time
	From string   // an address, with or without a name
	To   []string // addresses; every recipient sees the others

	Subject     string
	Text, HTML  string // the same in two forms
	Attachments []Attachment
}

// An Attachment is one file that goes with a message.
type Attachment struct {
	Name  string // without a folder
	Type  string // such as text/csv
	Bytes []byte
}

const (
	maxRecipients = 100 // what every server takes in one go (RFC 5321, section 4.5.3.1.8)
	maxSubject    = 300 // bytes; more is no subject
	maxAddress    = 254 // bytes (RFC 5321, erratum 1690)
	maxIDLength   = 150 // bytes; its local part is a file name in the outbox
	maxText       = 1 << 20
)

var (
	messageIDs = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*$`)
	boundaries = regexp.MustCompile(`boundary=([0-9a-f]{60})\r\n`)
)

// Bytes returns the message as it is sent: the same bytes for the same message.
// An error says which field cannot be.
func (m *Message) Bytes() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.From(m.From); err != nil {
		return nil, errors.New("the sender is no address")
	}
	if err := msg.To(m.To...); err != nil {
		return nil, errors.New("a recipient is no address")
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDateWithValue(m.Date)
	// Holiday notes and the like are not to answer a machine (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	for _, a := range m.Attachments {
		if err := msg.AttachReader(a.Name, bytes.NewReader(a.Bytes), gomail.WithFileContentType(gomail.ContentType(a.Type))); err != nil {
			return nil, fmt.Errorf("attaching %s: %w", a.Name, err)
		}
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("writing the message: %w", err)
	}
	return m.settle(b.Bytes()), nil
}

// settle puts boundaries that follow from the Message-ID in the place of the
// random ones. Sixty random digits stand nowhere else in the message.
func (m *Message) settle(b []byte) []byte {
	for i, found := range boundaries.FindAllSubmatch(b, -1) {
		sum := sha256.Sum256([]byte(fmt.Sprintf("%s %d", m.ID, i)))
		b = bytes.ReplaceAll(b, bytes.Clone(found[1]), []byte(hex.EncodeToString(sum[:])[:60]))
	}
	return b
}

// check refuses what could put a line of its own into the head of the message or
// into the talk with the server.
func (m *Message) check() error {
	if !messageIDs.MatchString(m.ID) || len(m.ID) > maxIDLength || strings.Contains(m.ID, "..") {
		return errors.New("the Message-ID is none")
	}
	if m.Date.IsZero() {
		return errors.New("the message has no date")
	}
	if _, err := bare(m.From); err != nil {
		return fmt.Errorf("the sender %w", err)
	}
	if len(m.To) == 0 || len(m.To) > maxRecipients {
		return fmt.Errorf("the message has %d recipients; it may have 1 to %d", len(m.To), maxRecipients)
	}
	for _, to := range m.To {
		if _, err := bare(to); err != nil {
			return fmt.Errorf("a recipient %w", err)
		}
	}
	if m.Subject == "" || len(m.Subject) > maxSubject || !utf8.ValidString(m.Subject) || strings.ContainsFunc(m.Subject, isControl) {
		return errors.New("the subject is empty, too long, or has control characters")
	}
	if len(m.Text) > maxText || len(m.HTML) > maxText {
		return fmt.Errorf("the text is longer than %d bytes", maxText)
	}
	for _, a := range m.Attachments {
		if a.Name == "" || strings.ContainsFunc(a.Name, isControl) || strings.ContainsAny(a.Name, `/\"`) || strings.ContainsFunc(a.Type, isControl) {
			return errors.New("an attachment has no name, or one that cannot be")
		}
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// bare returns an address as SMTP wants it, without its name: local@domain, in
// ASCII, for a domain of other letters has an ASCII form that everybody takes.
func bare(address string) (string, error) {
	if strings.ContainsFunc(address, isControl) {
		return "", errors.New("has control characters")
	}
	a, err := mail.ParseAddress(address)
	switch {
	case err != nil:
		return "", errors.New("is no address")
	case len(a.Address) > maxAddress:
		return "", errors.New("is too long for an address")
	case strings.ContainsFunc(a.Address, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '<' || r == '>' || r == '"' }):
		return "", errors.New("has a space, a quotation mark or a letter beyond ASCII in its address")
	}
	return a.Address, nil
}
