package mail

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"
)

// A greeting goes as far as the password and begins no mail.
func TestGreet(t *testing.T) {
	cert, roots := certificate(t, "127.0.0.1")
	strange, _ := certificate(t, "mail.example.com")
	secured := func(one tls.Certificate) func(*post) {
		return func(p *post) {
			p.user = "recon"
			p.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{one}}
		}
	}
	for _, c := range []struct {
		name      string
		set       func(*post)
		tls       TLS
		password  string
		encrypted bool
		err       string
	}{
		{"plain", nil, Plain, "", false, ""},
		{"STARTTLS and a password", secured(cert), Mandatory, "swordfish", true, ""},
		{"a wrong password", secured(cert), Mandatory, "shark", false, "reaching the mail server"},
		{"a certificate of somebody else", secured(strange), Mandatory, "swordfish", false, "certificate"},
		{"no STARTTLS where it is mandatory", nil, Mandatory, "", false, "STARTTLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPost(t, c.set)
			s := &Server{URL: p.url(), TLS: c.tls, Roots: roots, Timeout: 20 * time.Second}
			if c.password != "" {
				s.Username, s.Password = "recon", func() string { return c.password }
			}
			encrypted, err := s.Greet(t.Context())
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("got %v, want an error with %q", err, c.err)
			}
			if encrypted != c.encrypted {
				t.Errorf("got encrypted %v, want %v", encrypted, c.encrypted)
			}
			if took := p.letters(); len(took) != 0 {
				t.Errorf("%d letters were mailed", len(took))
			}
			if err != nil && strings.Contains(err.Error(), c.password) && c.password != "" {
				t.Errorf("%v shows the password", err)
			}
		})
	}
}
