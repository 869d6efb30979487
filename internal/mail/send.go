package mail

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
)

// The states of one recipient of one message.
const (
	Waiting State = "waiting"  // not taken yet; it is tried again
	Sent    State = "sent"     // the server took the message for this recipient
	Refused State = "refused"  // for good: the same again would get the same answer
	GivenUp State = "given up" // after too many tries or too long a time
)

// State is one of the constants above.
type State string

// An answer is what became of one recipient in one try.
type answer struct {
	to     string
	state  State
	reason string
	unsure bool // Waiting, and the server may have taken the message all the same
}

// A sending is what became of one message in one try.
type sending struct {
	answers []answer // one for every recipient
	body    int      // that was tried last, from 0
}

// send hands one message over for those recipients, in the first of its bodies
// that the server does not find too large. The bodies are the same message at
// length and in short. The error says why the session is of no more use.
func (s *session) send(from string, to []string, bodies [][]byte) (sending, error) {
	var done sending
	for i, body := range bodies {
		done.body = i
		if limit := s.limit(); limit > 0 && int64(len(body)) > limit {
			done.answers = all(to, Refused, fmt.Sprintf("the message has %d bytes, and the server takes %d", len(body), limit), false)
			continue
		}
		var err error
		if done.answers, err = s.transact(from, to, body); !tooLarge(err) {
			return done, s.broken(err)
		}
	}
	return done, nil
}

// limit is the size that the server says it takes (RFC 1870), 0 for none.
func (s *session) limit() int64 {
	if there, size := s.smtp.Extension("SIZE"); there {
		if n, err := strconv.ParseInt(strings.TrimSpace(size), 10, 64); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// transact is one transaction. The error is what ended it early, if anything did.
func (s *session) transact(from string, to []string, body []byte) ([]answer, error) {
	if s.used {
		// What an earlier message left open is closed.
		if err := s.within(s.timeout, s.smtp.Reset); err != nil {
			return all(to, Waiting, s.clean("starting anew", err).Error(), false), err
		}
	}
	s.used = true
	if err := s.within(s.timeout, func() error { return s.smtp.Mail("<" + from + ">") }); err != nil {
		return s.judged(to, "naming the sender", err), err
	}
	var answers []answer
	var taken []string
	for i, one := range to {
		err := s.within(s.timeout, func() error { return s.smtp.Rcpt("<" + one + ">") })
		switch {
		case err == nil:
			taken = append(taken, one)
		case s.broken(err) != nil:
			return append(answers, s.judged(append(taken, to[i:]...), "naming a recipient", err)...), err
		default:
			answers = append(answers, s.judged(to[i:i+1], "naming the recipient", err)...)
		}
	}
	if len(taken) == 0 {
		return answers, nil
	}
	var w io.WriteCloser
	err := s.within(s.patience, func() (err error) {
		w, err = s.smtp.Data()
		return err
	})
	if err != nil {
		return append(answers, s.judged(taken, "beginning the message", err)...), err
	}
	if _, err := w.Write(body); err != nil {
		// The final dot was not sent, so nobody has the message.
		return append(answers, s.judged(taken, "sending the message", err)...), err
	}
	if err := w.Close(); err != nil {
		end := s.judged(taken, "ending the message", err)
		for i := range end {
			end[i].unsure = code(err) == 0
		}
		return append(answers, end...), err
	}
	return append(answers, all(taken, Sent, "", false)...), nil
}

// judged gives all of these recipients the state that an error leaves them in.
func (s *session) judged(to []string, doing string, err error) []answer {
	state := Waiting
	if code(err) >= 500 {
		state = Refused
	}
	return all(to, state, s.clean(doing, err).Error(), false)
}

func all(to []string, state State, reason string, unsure bool) []answer {
	answers := make([]answer, len(to))
	for i := range to {
		answers[i] = answer{to[i], state, reason, unsure}
	}
	return answers
}

// broken returns err when it ends the session, and nil when it was an answer to
// one command: only 421 among those says that the server closes (RFC 5321).
func (s *session) broken(err error) error {
	if c := code(err); err == nil || c != 0 && c != 421 {
		return nil
	}
	return err
}

// code is the server's answer in an error, or 0 where it gave none.
func code(err error) int {
	if answer := (*textproto.Error)(nil); errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}

// tooLarge tells of the answer for a message beyond a fixed limit.
func tooLarge(err error) bool {
	answer := (*textproto.Error)(nil)
	return errors.As(err, &answer) && (answer.Code == 552 || strings.HasPrefix(answer.Msg, "5.3.4"))
}

// maxReason is how much of what a server says goes into a reason, in bytes.
const maxReason = 160

// handles find what servers like to repeat.
var handles = regexp.MustCompile(`<?[^\s<>@]+@[^\s<>@]+>?`)

// clean returns an error that may be shown to anybody: one line, of limited
// length, without our password and without the addresses that servers repeat.
func (s *session) clean(doing string, err error) error {
	text := err.Error()
	if s.server.Password != nil {
		user, secret := s.server.Username, s.server.Password()
		for _, form := range []string{
			secret, "\x00" + user + "\x00" + secret,
		} {
			if form != "" {
				text = strings.ReplaceAll(text, form, "***")
				text = strings.ReplaceAll(text, base64.StdEncoding.EncodeToString([]byte(form)), "***")
			}
		}
	}
	text = handles.ReplaceAllString(text, "(address)")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r > '~':
			return -1
		}
		return r
	}, text)
	if len(text) > maxReason {
		text = text[:maxReason] + " …"
	}
	return errors.New(doing + ": " + text)
}
