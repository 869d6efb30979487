package listen

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certify writes a certificate that signs itself, and its key, and returns who
// trusts it.
func certify(t *testing.T, certFile, keyFile string, serial int64) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "a listener"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(path, kind string, b []byte) {
		// Another file, as who renews certificates makes one: never a moment with half.
		if err := os.WriteFile(path+".new", pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	write(keyFile, "EC PRIVATE KEY", secret)
	write(certFile, "CERTIFICATE", der)
	pool := x509.NewCertPool()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(cert)
	return pool
}

func TestTLS(t *testing.T) {
	o := options(t)
	dir := t.TempDir()
	o.CertFile, o.KeyFile = filepath.Join(dir, "listen.crt"), filepath.Join(dir, "listen.key")
	old := certify(t, o.CertFile, o.KeyFile, 1)
	var said bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&said, nil))
	r := start(t, o)
	if !r.Secure() {
		t.Error("a listener with a certificate does not say that it is secure")
	}
	plain := r.url
	r.url = "https://" + strings.TrimPrefix(r.url, "http://")
	trusting := func(pool *x509.CertPool, most uint16) *http.Client {
		return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, MaxVersion: most}}}
	}
	hook := func(client *http.Client) (int, string) {
		return r.send(client, "POST", "/api/v0/payment/resp-pay", `{"n":1}`, "X-Webhook-Secret", theSecret)
	}
	if status, answer := hook(trusting(old, 0)); status != 200 {
		t.Errorf("over TLS: got %d %s, want 200", status, answer)
	}
	if answer, err := trusting(old, tls.VersionTLS11).Get(r.url + healthPath); err == nil {
		answer.Body.Close()
		t.Error("TLS 1.1 was spoken")
	}
	answer, err := http.Get(plain + healthPath)
	if err != nil || answer.StatusCode != http.StatusBadRequest {
		t.Errorf("plain http: got %v, %v, want 400", answer, err)
	}
	if err == nil {
		answer.Body.Close()
	}

	// A renewal is seen without a restart, and one that went wrong changes nothing.
	renewed := certify(t, o.CertFile, o.KeyFile, 2)
	if status, answer := hook(trusting(renewed, 0)); status != 200 {
		t.Errorf("after the renewal: got %d %s, want 200", status, answer)
	}
	if err := os.WriteFile(o.CertFile, []byte("half a certif"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, answer := hook(trusting(renewed, 0)); status != 200 {
		t.Errorf("after a renewal that went wrong: got %d %s, want 200", status, answer)
	}
	if _, err := r.end(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "the old one is still shown") {
		t.Errorf("nobody was told of the renewal that went wrong: %s", said.String())
	}
	if got := lines(t, o.Folder, today); len(got) != 3 {
		t.Errorf("got %d lines, want 3", len(got))
	}
}

func TestCertificateThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "a.crt"), filepath.Join(dir, "a.key")
	certify(t, cert, key, 1)
	other := filepath.Join(dir, "b.key")
	certify(t, filepath.Join(dir, "b.crt"), other, 2)
	open := filepath.Join(dir, "open.key")
	b, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(open, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o604); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ cert, key, want string }{
		{cert, filepath.Join(dir, "none.key"), "no such file"},
		{cert, other, "does not match"},
		{key, cert, "PEM"},
		{cert, open, "others may read the key"},
	} {
		o := options(t)
		o.CertFile, o.KeyFile = c.cert, c.key
		_, err := Open(o)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "[listen-tls]") {
			t.Errorf("got %v, want an error about TLS that says %q", err, c.want)
		}
		o.CertFile, o.KeyFile = "", ""
		s, err := Open(o)
		if err != nil {
			t.Fatalf("the folder is still locked: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if certs, err := openCertificates(cert, key, slog.New(slog.NewTextHandler(io.Discard, nil))); err != nil || certs.current == nil {
		t.Errorf("a good pair: got %v, want it to be read", err)
	}
}
