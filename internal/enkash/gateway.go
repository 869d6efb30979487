package enkash

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"reconcile/internal/submit"
)

// Options say how EnKash is reached. The pages document neither host nor
// authentication, so both are the configuration's.
type Options struct {
	BaseURL string        // https, or http to this machine; a path in it goes before Path
	Path    string        // PathPay, PathConfirm or PathAPPayment
	Timeout time.Duration // of connecting once, of the write, and of the answer, each; above 0

	Headers []Header // sent with every request; their values are secret
	Token   string   // sent as Authorization: Bearer; secret; empty means none

	// Proxy is http://[user:password@]host:port, through which https goes by
	// CONNECT; empty means none. No variable of the environment is asked.
	Proxy string

	// Roots are the certificates, in PEM, that EnKash's must be signed by; empty
	// means those of this machine.
	Roots []byte

	// DefiniteRefusals are answers of which EnKash has confirmed in writing that
	// nothing was executed. An answer that is not listed proves nothing.
	DefiniteRefusals []Refusal

	Now func() time.Time
}

// A Header is one line of the head of a request. Its value is secret.
type Header struct{ Name, Value string }

// A Refusal is an answer by its HTTP status and, unless AnyCode, by its
// response_code.
type Refusal struct {
	HTTP    int // 400 to 499, or 200 with a code other than 0
	Code    int64
	AnyCode bool
}

// ParseRefusal reads a refusal as the configuration writes it: 422 is every
// answer with that HTTP status, 422/412 one with that response_code besides, and
// 200/412 one that is only refused by its code.
func ParseRefusal(s string) (Refusal, error) {
	status, code, withCode := strings.Cut(s, "/")
	r := Refusal{AnyCode: !withCode}
	var err1, err2 error
	r.HTTP, err1 = strconv.Atoi(status)
	if withCode {
		r.Code, err2 = strconv.ParseInt(code, 10, 64)
	}
	listed := r.HTTP >= 400 && r.HTTP < 500 || r.HTTP == 200 && withCode && r.Code != 0
	if err1 != nil || err2 != nil || !listed {
		return Refusal{}, fmt.Errorf("%q is no definite refusal; write an HTTP status from 400 to 499, such as 422, or a status and a response_code, such as 422/412 or 200/412", s)
	}
	return r, nil
}

// A Gateway reaches EnKash over HTTP. It keeps nothing between two calls.
type Gateway struct {
	options Options
	target  target
	tls     *tls.Config // nil for http
	secrets []string    // that no text may show

	// What a test puts something else in place of.
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	wait func(ctx context.Context, d time.Duration) error
}

var _ submit.Gateway = (*Gateway)(nil)

// A target is where requests go.
type target struct {
	host    string // host:port of EnKash
	name    string // as the Host header has it
	path    string
	proxy   string // host:port of the proxy; empty where there is none
	welcome string // the proxy's Proxy-Authorization; empty where there is none
}

// reserved are the headers that the gateway writes itself or never sends. Some
// of them would let something on the way send a request twice.
var reserved = []string{
	"host", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive", "proxy-connection",
	"proxy-authorization", "upgrade", "te", "trailer", "expect", "accept", "accept-encoding", "content-encoding",
	"user-agent", "idempotency-key", "x-idempotency-key",
}

// New returns a gateway. An error says which option is wrong; nothing is
// connected yet.
func New(o Options) (*Gateway, error) {
	switch {
	case o.Now == nil:
		return nil, errors.New("a gateway needs a clock")
	case o.Timeout <= 0:
		return nil, errors.New("enkash.timeout must be above zero")
	case !slices.Contains([]string{PathPay, PathConfirm, PathAPPayment}, o.Path):
		return nil, fmt.Errorf("the path %q is no call of EnKash's payment pages", o.Path)
	}
	g := &Gateway{options: o, dial: (&net.Dialer{}).DialContext, wait: wait}
	if err := errors.Join(g.aim(), g.through(), g.headers()); err != nil {
		return nil, err
	}
	return g, nil
}

// aim takes the base URL apart.
func (g *Gateway) aim() error {
	u, err := url.Parse(g.options.BaseURL)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.RawPath != "" {
		return errors.New("enkash.base_url must be https://host or https://host/path, without user, query and fragment")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	g.target.host = net.JoinHostPort(u.Hostname(), port)
	g.target.name = u.Host
	g.target.path = strings.TrimSuffix(u.EscapedPath(), "/") + g.options.Path
	if u.Scheme == "http" {
		return nil
	}
	g.tls = &tls.Config{
		ServerName: u.Hostname(), MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		Time: g.options.Now,
		// The whole of an ordinary request then goes out in one record, and so in
		// one system call; the gradual start is for answers of web pages.
		DynamicRecordSizingDisabled: true,
	}
	if len(g.options.Roots) > 0 {
		g.tls.RootCAs = x509.NewCertPool()
		if !g.tls.RootCAs.AppendCertsFromPEM(g.options.Roots) {
			return errors.New("enkash.ca_file holds no certificate; it must be in PEM, -----BEGIN CERTIFICATE-----")
		}
	}
	return nil
}

// through takes the proxy apart. Plain http goes to this machine only, and never
// through a proxy.
func (g *Gateway) through() error {
	if g.options.Proxy == "" || g.tls == nil {
		return nil
	}
	u, err := url.Parse(g.options.Proxy)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" || u.Port() == "" ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("enkash.proxy must be http://host:port, or http://user:password@host:port")
	}
	g.target.proxy = u.Host
	if u.User != nil {
		password, _ := u.User.Password()
		g.target.welcome = "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
		g.secrets = append(g.secrets, password, g.target.welcome)
	}
	return nil
}

// headers checks what is sent with every request, and notes what is secret.
func (g *Gateway) headers() error {
	seen := map[string]bool{}
	for _, h := range g.options.Headers {
		name := strings.ToLower(h.Name)
		switch {
		case name == "" || strings.ContainsFunc(name, notToken):
			return fmt.Errorf("the header %q of enkash.headers is no name of a header", h.Name)
		case slices.Contains(reserved, name) || name == "authorization" && g.options.Token != "":
			return fmt.Errorf("the header %s is written by the program itself; take it out of enkash.headers", h.Name)
		case seen[name]:
			return fmt.Errorf("the header %s stands twice in enkash.headers", h.Name)
		case strings.ContainsFunc(h.Value, notVisible):
			return fmt.Errorf("the value of the header %s holds a line break or another character that no header can carry; look at its file", h.Name)
		}
		seen[name] = true
		g.secrets = append(g.secrets, h.Value)
	}
	if strings.ContainsFunc(g.options.Token, notVisible) || strings.Contains(g.options.Token, " ") {
		return errors.New("the token of enkash.token_file holds a space, a line break or another character that no token has; look at its file")
	}
	g.secrets = append(g.secrets, g.options.Token)
	g.secrets = slices.DeleteFunc(g.secrets, func(s string) bool { return s == "" })
	return nil
}

// notToken follows RFC 9110, 5.6.2.
func notToken(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r))
}

// notVisible follows RFC 9110, 5.5, without its tabs and its bytes above ASCII.
func notVisible(r rune) bool { return r < ' ' || r > '~' }
