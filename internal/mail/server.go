package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// The ways in which a connection may be encrypted. The names are those of the
// configuration.
const (
	Mandatory     TLS = "mandatory"     // encrypted, by STARTTLS or from the first byte, or not at all
	Opportunistic TLS = "opportunistic" // encrypted where the server offers it: who sits between can forbid it
	Plain         TLS = "none"          // not encrypted; to this machine only
)

// TLS is one of the constants above; empty is Plain to this machine and
// Mandatory elsewhere.
type TLS string

const (
	defaultTimeout  = time.Minute
	defaultPatience = 10 * time.Minute // RFC 5321, section 4.5.3.2.6: less makes duplicates
)

// A Server is where mail is handed over.
type Server struct {
	URL      string        // smtp://host:port, or smtps://host:port for TLS from the first byte
	TLS      TLS           // of smtp://
	Username string        // empty: no authentication
	Password func() string // asked when it is sent; nil: none

	Timeout  time.Duration  // of the dialling and of each command; a minute when zero
	Patience time.Duration  // for a message and the answer to it; ten minutes when zero
	Roots    *x509.CertPool // that the server's certificate must be signed by; those of the machine when nil
}

// An address is a server taken apart.
type address struct {
	host     string
	port     int
	implicit bool // TLS from the first byte
	policy   TLS
}

// Check tells what is wrong with the settings, without a call.
func (s *Server) Check() error {
	_, err := s.address()
	return err
}

// Greet connects, encrypts as the settings say, shows the password where there is
// one, and takes leave. No mail is begun. It tells whether the connection was
// encrypted.
func (s *Server) Greet(ctx context.Context) (encrypted bool, err error) {
	ses, err := s.dial(ctx)
	if err != nil {
		return false, err
	}
	_, encrypted = ses.smtp.TLSConnectionState()
	ses.quit()
	return encrypted, nil
}

func (s *Server) address() (address, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return address{}, errors.New("the mail server is no address like smtp://mail.example.com:587")
	}
	a := address{host: u.Hostname(), implicit: u.Scheme == "smtps", policy: s.TLS}
	near := loopback(a.host)
	switch {
	case a.policy == "" && near && !a.implicit:
		a.policy = Plain
	case a.policy == "":
		a.policy = Mandatory
	}
	switch {
	case a.policy != Mandatory && a.policy != Opportunistic && a.policy != Plain:
		return address{}, fmt.Errorf("TLS is %s, %s or %s", Mandatory, Opportunistic, Plain)
	case a.implicit && a.policy != Mandatory:
		return address{}, errors.New("smtps:// is always encrypted")
	case a.policy == Plain && !near:
		return address{}, errors.New("mail without encryption is for this machine only")
	case a.policy == Opportunistic && !near && s.Username != "":
		return address{}, errors.New("a password may not depend on a server's offer of encryption")
	}
	if a.port, err = strconv.Atoi(u.Port()); err != nil {
		a.port = map[bool]int{true: 465, false: 587}[a.implicit]
		if a.policy == Plain {
			a.port = 25
		}
	}
	return a, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// dial connects, encrypts as the policy says, and authenticates. Every error is
// cleaned of what the server said but for its answer, and of our password.
func (s *Server) dial(ctx context.Context) (*session, error) {
	a, err := s.address()
	if err != nil {
		return nil, err
	}
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ses := &session{server: s, timeout: timeout, patience: s.Patience}
	if ses.patience <= 0 {
		ses.patience = defaultPatience
	}
	client, err := gomail.NewClient(a.host, s.options(ctx, a, ses)...)
	if err != nil {
		return nil, ses.clean("preparing the connection", err)
	}
	if ses.smtp, err = client.DialToSMTPClientWithContext(ctx); err != nil {
		ses.hangUp()
		return nil, ses.clean(fmt.Sprintf("reaching the mail server %s", net.JoinHostPort(a.host, strconv.Itoa(a.port))), err)
	}
	return ses, nil
}

func (s *Server) options(ctx context.Context, a address, ses *session) []gomail.Option {
	config := &tls.Config{ServerName: a.host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	policy := map[TLS]gomail.TLSPolicy{Mandatory: gomail.TLSMandatory, Opportunistic: gomail.TLSOpportunistic, Plain: gomail.NoTLS}[a.policy]
	options := []gomail.Option{
		gomail.WithPort(a.port), gomail.WithTimeout(ses.timeout), gomail.WithTLSConfig(config),
		gomail.WithTLSPolicy(policy), gomail.WithoutSMTPUTF8(),
		// We dial ourselves, so that whoever stops the program need not wait for a
		// server that says nothing.
		gomail.WithDialContextFunc(func(dialing context.Context, network, to string) (net.Conn, error) {
			conn, err := dialer(a, config)(dialing, network, to)
			if err == nil {
				ses.conn, ses.unwatch = conn, context.AfterFunc(ctx, func() { _ = conn.Close() })
			}
			return conn, err
		}),
	}
	if a.implicit {
		options = append(options, gomail.WithSSL())
	}
	if s.Username != "" && s.Password != nil {
		options = append(options, gomail.WithUsername(s.Username), gomail.WithPassword(s.Password()),
			// PLAIN and LOGIN refuse by themselves to be sent unencrypted, but to this machine.
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options
}

func dialer(a address, config *tls.Config) gomail.DialContextFunc {
	return func(ctx context.Context, network, to string) (net.Conn, error) {
		plain, err := (&net.Dialer{}).DialContext(ctx, network, to)
		if err != nil {
			return nil, err
		}
		plain = &talk{Conn: plain, left: maxAnswers}
		if !a.implicit {
			return plain, nil
		}
		conn := tls.Client(plain, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, plain.Close())
		}
		return conn, nil
	}
}

// maxAnswers is what a server may say in one session, in bytes: a thousand times
// what any says. The library keeps the whole of an answer in memory.
const maxAnswers = 1 << 20

// A talk is a connection whose other side cannot talk for ever.
type talk struct {
	net.Conn
	left int // bytes
}

var errTalkative = errors.New("the server says more than a mail server has to say")

// Read reads what may still be said.
func (t *talk) Read(p []byte) (int, error) {
	if t.left <= 0 {
		return 0, errTalkative
	}
	n, err := t.Conn.Read(p[:min(len(p), t.left)])
	t.left -= n
	return n, err
}

// A session is one connection to a server, ready for messages.
type session struct {
	server            *Server
	smtp              *smtp.Client
	conn              net.Conn
	unwatch           func() bool
	timeout, patience time.Duration
	used              bool // for a message
}

// hangUp closes the connection without a word.
func (s *session) hangUp() {
	if s.conn != nil {
		s.unwatch()
		_ = s.conn.Close()
	}
}

// quit takes leave. What was delivered stays delivered, whatever the server
// answers to it.
func (s *session) quit() {
	_ = s.within(s.timeout, s.smtp.Quit)
	s.hangUp()
}

// within gives one command its time.
func (s *session) within(d time.Duration, command func() error) error {
	if err := s.smtp.UpdateDeadline(d); err != nil {
		return err
	}
	return command()
}
