package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A post is a real mail server with faults on demand.
type post struct {
	t      testing.TB
	addr   string
	server *smtp.Server

	mu   sync.Mutex
	took []letter // in the order in which they were taken

	onMail func(from string) error
	onRcpt func(to string) error
	onData func(c *smtp.Conn, r io.Reader) error // before the message is taken
	after  func(c *smtp.Conn) error              // after it was taken, before the answer
	user   string                                // required, with the password swordfish

	implicit bool // TLS from the first byte
}

// A letter is one message that the server took, for those recipients.
type letter struct {
	from string
	to   []string
	text string
}

// newPost starts a server; set changes it before that.
func newPost(t testing.TB, set func(p *post)) *post {
	t.Helper()
	p := &post{t: t}
	p.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &visit{post: p, conn: c}, nil }))
	p.server.Domain = "localhost"
	p.server.ErrorLog = log.New(io.Discard, "", 0)
	if set != nil {
		set(p)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = l.Addr().String()
	if p.implicit {
		l = tls.NewListener(l, p.server.TLSConfig)
	}
	served := make(chan error, 1)
	go func() { served <- p.server.Serve(l) }()
	t.Cleanup(func() {
		// A server that has not begun to serve does not know of its listener yet.
		if err := errors.Join(p.server.Close(), l.Close()); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		<-served
	})
	return p
}

func (p *post) url() string { return "smtp://" + p.addr }

func (p *post) letters() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.took)
}

// counts returns how often each recipient got each Message-ID: "to id" -> times.
func (p *post) counts() map[string]int {
	counts := map[string]int{}
	for _, l := range p.letters() {
		for _, to := range l.to {
			counts[to+" "+idOf(p.t, l.text)]++
		}
	}
	return counts
}

func idOf(t testing.TB, text string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "Message-ID: <")
	id, _, ok2 := strings.Cut(rest, ">")
	if !ok || !ok2 {
		t.Fatalf("a message without a Message-ID:\n%.300s", text)
	}
	return id
}

// A visit is one session.
type visit struct {
	post  *post
	conn  *smtp.Conn
	from  string
	to    []string
	known bool
}

func (v *visit) Reset()        { v.from, v.to = "", nil }
func (v *visit) Logout() error { return nil }

func (v *visit) AuthMechanisms() []string {
	if v.post.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != v.post.user || password != "swordfish" {
			// An unkind server repeats what it was told.
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no such user with " + password}
		}
		v.known = true
		return nil
	}), nil
}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	if v.post.user != "" && !v.known {
		return smtp.ErrAuthRequired
	}
	v.from = from
	if v.post.onMail != nil {
		return v.post.onMail(from)
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if v.post.onRcpt != nil {
		if err := v.post.onRcpt(to); err != nil {
			return err
		}
	}
	v.to = append(v.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	if v.post.onData != nil {
		if err := v.post.onData(v.conn, r); err != nil {
			return err
		}
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.post.mu.Lock()
	v.post.took = append(v.post.took, letter{v.from, v.to, string(b)})
	v.post.mu.Unlock()
	if v.post.after != nil {
		return v.post.after(v.conn)
	}
	return nil
}

// answering is an answer of a server.
func answering(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: text}
}

// certificate makes one for those names, and the pool that trusts it.
func certificate(t testing.TB, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a mail server"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func message(n int, to ...string) *Message {
	return &Message{
		ID:      fmt.Sprintf("2026-11-%02d-run-01.5f3a@example.com", n),
		Date:    time.Date(2026, 11, n, 6, 0, 0, 0, time.UTC),
		From:    "Reconciliation <recon@example.com>",
		To:      to,
		Subject: "Act today: ₹ 1,000.00 at stake",
		Text:    "Act today.\n.a line that begins with a dot\nFrom here\n",
		HTML:    "<p>Act today.</p>",
	}
}
