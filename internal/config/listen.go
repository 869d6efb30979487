package config

import (
	"errors"
	"net"
	"net/textproto"
	"strconv"
	"strings"
)

// Listen says how `reconcile listen` receives webhooks. Without the section it
// listens to this machine alone.
type Listen struct {
	Configured bool // the section is there

	// Address is IP:PORT or localhost:PORT; 127.0.0.1:8788 when absent. Beyond
	// this machine it needs a secret, and TLS or BehindProxy.
	Address string

	// Paths are what the path of a webhook begins with; /api/v0/ when absent, under
	// which the pages list them.
	Paths []string

	// SecretHeader is the header in which EnKash sends Secret; X-Webhook-Secret
	// when absent. OldSecret opens as well, while a new one is being introduced.
	SecretHeader      string
	Secret, OldSecret Secret // from secret_file and old_secret_file, of 16 characters or more

	// TLSCertFile and TLSKeyFile are PEM files, and come together or not at all.
	TLSCertFile, TLSKeyFile string

	// BehindProxy says that a proxy ends TLS in front of us: then plain http is
	// taken from beyond this machine, and a secret is needed even on it. A wrong
	// true shows the secret to whoever listens between.
	BehindProxy bool

	// Folder is where the event log is written; "events/" when absent. It must be
	// read by events.files.
	Folder string

	// MaxBytes bounds one body, 1 to 3 MiB; 1 MiB when absent, which is 25 times a
	// payment of fifty invoices. MaxConnections is 1 to 10000; 128 when absent.
	MaxBytes, MaxConnections int

	// Answers are what stands in the payload of the answers to payment requests
	// (echo when absent, as their page asks for), payment responses, confirmation
	// requests, confirmation responses and all others (none): none, text or echo.
	Answers struct{ PayRequest, PayResponse, ConfirmRequest, ConfirmResponse, Other string }
}

// Limits of the section listen.
const (
	maxWebhook     = 3 << 20 // the reader of logs takes lines of 4 MiB
	defaultWebhook = 1 << 20
	minSecret      = 16 // characters: shorter ones can be guessed at some hundred tries a second
	defaultPath    = "/api/v0/"
	connections    = 128
)

func defaultListen() Listen {
	l := Listen{Address: "127.0.0.1:8788", SecretHeader: "X-Webhook-Secret", Folder: "events/", MaxBytes: defaultWebhook, MaxConnections: connections}
	a := &l.Answers
	a.PayRequest, a.PayResponse, a.ConfirmRequest, a.ConfirmResponse, a.Other = "echo", "none", "none", "none", "none"
	return l
}

func (l *Listen) keys(c *Config) []key {
	forms := []string{"none", "text", "echo"}
	return []key{
		{name: "address", value: listenAddress{&l.Address}},
		{name: "paths", list: &l.Paths, each: pathPrefix},
		{name: "secret_header", value: secretHeader{&l.SecretHeader}},
		{name: "secret_file", value: secretFile{&l.Secret, c, new(string)}},
		{name: "old_secret_file", value: secretFile{&l.OldSecret, c, new(string)}, silent: true},
		{name: "tls_cert_file", value: text{&l.TLSCertFile}},
		{name: "tls_key_file", value: text{&l.TLSKeyFile}},
		{name: "behind_proxy", value: boolean{&l.BehindProxy}},
		{name: "folder", value: text{&l.Folder}},
		{name: "max_bytes", value: count{&l.MaxBytes, 1, maxWebhook}},
		{name: "max_connections", value: count{&l.MaxConnections, 1, 10000}},
		{name: "answers", keys: []key{
			{name: "req_pay", value: word{&l.Answers.PayRequest, forms}},
			{name: "resp_pay", value: word{&l.Answers.PayResponse, forms}},
			{name: "req_pay_confirmation", value: word{&l.Answers.ConfirmRequest, forms}},
			{name: "resp_pay_confirmation", value: word{&l.Answers.ConfirmResponse, forms}},
			{name: "other", value: word{&l.Answers.Other, []string{"none", "text"}}},
		}},
	}
}

// Near tells whether only this machine can reach the address.
func (l *Listen) Near() bool {
	host, _, err := net.SplitHostPort(l.Address)
	return err == nil && loopback(host)
}

// A listenAddress is where connections are accepted. A name other than localhost
// would be whatever the network says that it is.
type listenAddress struct{ to *string }

func (v listenAddress) String() string { return *v.to }
func (v listenAddress) Set(s string) error {
	host, port, err := net.SplitHostPort(s)
	n, bad := strconv.Atoi(port)
	if err != nil || bad != nil || n < 0 || n > 65535 || host != "localhost" && net.ParseIP(host) == nil {
		return errors.New("expected an address and a port like 127.0.0.1:8788, 0.0.0.0:8443 or [::]:8443")
	}
	*v.to = s
	return nil
}

// A secretHeader is one that a webhook may bring.
type secretHeader struct{ to *string }

func (v secretHeader) String() string { return *v.to }
func (v secretHeader) Set(s string) error {
	if !headerNames.MatchString(s) {
		return errors.New("expected the name of a header, like X-Webhook-Secret")
	}
	*v.to = textproto.CanonicalMIMEHeaderKey(s)
	if *v.to == "Host" {
		return errors.New("the header Host says where a request goes, and is no secret")
	}
	return nil
}

func pathPrefix(s string) error {
	if !strings.HasPrefix(s, "/") || strings.ContainsAny(s, "?#% ") {
		return errors.New("expected what a path begins with, like /api/v0/")
	}
	return nil
}

// listen checks what no single value of the section can show. A forged webhook
// could free a debt that was paid, so whoever can reach the listener must know
// the secret, and nobody may read it on the way.
func (l *loader) listen(s *Listen) {
	s.Configured = l.given("listen")
	if len(s.Paths) == 0 {
		s.Paths = []string{defaultPath}
	}
	secret := l.given("listen.secret_file")
	secure := l.given("listen.tls_cert_file")
	if secure != l.given("listen.tls_key_file") {
		l.about("listen.tls_cert_file", checkRequired, "name both, or neither", "listen.tls_cert_file and listen.tls_key_file come together")
	}
	switch {
	case s.BehindProxy && !secret:
		l.about("listen.behind_proxy", checkRequired, "name the file of mode 0600 that holds what EnKash sends in listen.secret_header", "listen.secret_file is missing, and through a proxy anyone could forge a webhook")
	case !s.Near() && !secret:
		l.about("listen.address", checkRequired, "name the file of mode 0600 that holds what EnKash sends in listen.secret_header, or listen at 127.0.0.1", "listen.secret_file is missing, and at %s anyone could forge a webhook", s.Address)
	}
	if !s.Near() && !secure && !s.BehindProxy {
		l.about("listen.address", checkRequired, "name listen.tls_cert_file and listen.tls_key_file, or say behind_proxy: true where a proxy ends TLS",
			"%s is plain http beyond this machine, and would show the secret to whoever listens between", s.Address)
	}
	if l.given("listen.old_secret_file") && !secret {
		l.about("listen.old_secret_file", checkRequired, "name the one secret in listen.secret_file", "listen.old_secret_file stands without listen.secret_file")
	}
}

// listenSecrets checks the secrets when they have been read.
func (l *loader) listenSecrets(s *Listen) {
	for _, one := range []struct {
		path   string
		secret Secret
	}{{"listen.secret_file", s.Secret}, {"listen.old_secret_file", s.OldSecret}} {
		l.sendable(one.path, one.secret)
		if n := len(one.secret.Reveal()); n > 0 && n < minSecret {
			l.about(one.path, checkSecret, "make a longer one, like `openssl rand -hex 32`", "%s: the secret has less than %d characters", one.path, minSecret)
		}
	}
}
