package proof

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/submit"
)

// host is a name that no name server knows (RFC 6761, 6.4).
const host = "enkash.invalid"

// TestUnreachable: P7. Two people approve a plan and leave. EnKash cannot be
// reached: nobody listens, its name is not known, its certificate is not to be
// trusted, the handshake breaks off. The run ends with 69, every payment stays
// INTENT; as soon as the way is free a plain run sends each of them once, and
// nobody is asked again.
func TestUnreachable(t *testing.T) {
	c := count(t, "P7: refused, no such name, TLS fails: INTENT stays, 69; then each is sent once")
	var say sync.Once
	for _, one := range []struct {
		name string
		make func(*testing.T, *world) (shut, open func())
	}{
		{"refused", refused},
		{"no such name", nameless},
		{"a certificate of another authority", untrusted(otherAuthority)},
		{"a certificate for another name", untrusted(otherName)},
		{"a certificate that has expired", untrusted(expired)},
		{"a handshake that breaks off", untrusted(none)},
	} {
		for round := range sample(1, 10) {
			t.Run(fmt.Sprintf("%s %d", one.name, round), func(t *testing.T) {
				t.Parallel()
				if c.over() {
					return
				}
				w := newWorld(t, sandbox.Options{Seed: uint64(round), Copies: round % 3}, "")
				shut, open := one.make(t, w)
				if open == nil {
					say.Do(func() { notRun("P7: "+one.name, "no mount namespace can be made here") })
					return
				}
				c.trial(t, one.name, w.shutAndOpen(t, shut, open))
			})
		}
	}
}

// TestCutOff: P7. The way is shut when one or two payments were sent: the others
// stay INTENT, and are sent once as soon as it is free.
func TestCutOff(t *testing.T) {
	c := count(t, "P7: TLS fails behind the first or the second payment: the others stay INTENT, and are sent once")
	for _, f := range []flaw{otherAuthority, otherName, expired, none} {
		for round := range sample(1, 10) {
			for sent := 1; sent <= 2; sent++ {
				t.Run(fmt.Sprintf("flaw %d round %d behind %d", f, round, sent), func(t *testing.T) {
					t.Parallel()
					if c.over() {
						return
					}
					w := newWorld(t, sandbox.Options{Seed: uint64(round), Copies: round % 3}, "")
					shut, open := untrusted(f)(t, w)
					c.trial(t, t.Name(), w.cutOff(t, sent, shut, open))
				})
			}
		}
	}
}

// cutOff lets a plan be approved and submitted, shuts the way behind so many
// payments, opens it, and returns what was wrong.
func (w *world) cutOff(t *testing.T, sent int, shut, open func()) (wrong []string) {
	t.Helper()
	plan := planned(t, w)
	wrong = w.both("approve", plan)
	w.before = func(n int, _ string) {
		if n == sent {
			shut()
		}
	}
	if r := w.run("submit", plan); r.code != 0 || !strings.Contains(r.err, "[enkash-unreachable]") {
		wrong = append(wrong, fmt.Sprintf("submit: exit code %d, want 0 and the notice: %s", r.code, r.err))
	}
	if r := w.run("run"); r.code != 69 {
		wrong = append(wrong, fmt.Sprintf("run: exit code %d, want 69: %s", r.code, r.err))
	}
	entries, err := w.entries()
	if err != nil {
		return append(wrong, err.Error())
	}
	waits := 0
	for i := range entries {
		if entries[i].State == submit.Intended && entries[i].Sends == 0 {
			waits++
		}
	}
	if want := len(threeInvoices()) - sent; waits != want || w.requests() != sent {
		wrong = append(wrong, fmt.Sprintf("%d payments wait and %d were sent, want %d and %d", waits, w.requests(), want, sent))
	}
	w.undisturbed()
	open()
	if r := w.run("run"); r.code != 0 || w.requests() != len(threeInvoices()) {
		wrong = append(wrong, fmt.Sprintf("with the way open a run ended with exit code %d and %d requests: %s", r.code, w.requests(), r.err))
	}
	bad, codes := w.settle()
	return append(append(wrong, bad...), w.judge(codes[len(codes)-1])...)
}

// shutAndOpen lets a plan be approved, shuts the way, opens it, and returns what
// was wrong.
func (w *world) shutAndOpen(t *testing.T, shut, open func()) (wrong []string) {
	t.Helper()
	plan := planned(t, w)
	wrong = w.both("approve", plan)
	for _, name := range []string{"asha", "vikram"} { // who could approve again is gone
		if err := os.Remove(w.path(name + ".key")); err != nil {
			t.Fatal(err)
		}
	}
	shut()
	for _, args := range [][]string{{"submit", plan}, {"run"}} {
		if r := w.run(args...); r.code != 69 {
			wrong = append(wrong, fmt.Sprintf("%s: exit code %d, want 69: %s", args[0], r.code, r.err))
		}
		entries, err := w.entries()
		if err != nil || len(entries) != 3 {
			wrong = append(wrong, fmt.Sprintf("after %s the journal has %d payments, want 3: %v", args[0], len(entries), err))
		}
		for i := range entries {
			if e := &entries[i]; e.State != submit.Intended || e.Sends != 0 {
				wrong = append(wrong, fmt.Sprintf("after %s %s is %s with %d sends, want INTENT and none", args[0], e.ObjectID, e.State, e.Sends))
			}
		}
	}
	if n := w.requests(); n != 0 {
		wrong = append(wrong, fmt.Sprintf("%d requests came by a way that was shut", n))
	}
	open()
	if r := w.run("run"); r.code != 0 || w.requests() != 3 {
		wrong = append(wrong, fmt.Sprintf("with the way open a run ended with exit code %d and %d requests, want 0 and 3: %s", r.code, w.requests(), r.err))
	}
	bad, codes := w.settle()
	return append(append(wrong, bad...), w.judge(codes[len(codes)-1])...)
}

// refused is a port at which nobody listens for a while. It is bound all the time,
// so that nobody else can take it.
func refused(t *testing.T, w *world) (shut, open func()) {
	t.Helper()
	syscall.ForkLock.RLock() // no child gets it
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	port := os.NewFile(uintptr(fd), "port")
	t.Cleanup(func() { _ = port.Close() }) // the listener has a copy
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	w.url = fmt.Sprintf("http://127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port)
	return func() {}, func() {
		if err := syscall.Listen(fd, syscall.SOMAXCONN); err != nil {
			t.Fatal(err)
		}
		l, err := net.FileListener(port)
		if err != nil {
			t.Fatal(err)
		}
		serve(t, l, w)
	}
}

// serve puts a server before the sandbox.
func serve(t *testing.T, l net.Listener, w *world) {
	t.Helper()
	server := &http.Server{Handler: http.HandlerFunc(w.serve), ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(l) }()      // until it is closed
	t.Cleanup(func() { _ = server.Close() }) // nobody asks any more
}

// nameless is a name that is not known until a table of hosts has it.
func nameless(t *testing.T, w *world) (shut, open func()) {
	t.Helper()
	if exec.Command("unshare", "-m", "true").Run() != nil {
		return nil, nil
	}
	w.overTLS(t, host, func() flaw { return good })
	w.write("hosts", "127.0.0.1 localhost "+host+"\n")
	return func() {}, func() {
		w.via = []string{"unshare", "-m", "sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, w.path("hosts")}
	}
}

// A flaw is what is wrong with a certificate.
type flaw int32

const (
	good flaw = iota
	otherAuthority
	otherName
	expired
	none // there is none, and the handshake breaks off
)

// untrusted is a server that shows a flawed certificate for a while.
func untrusted(f flaw) func(*testing.T, *world) (shut, open func()) {
	return func(t *testing.T, w *world) (shut, open func()) {
		t.Helper()
		var shown atomic.Int32
		w.overTLS(t, "127.0.0.1", func() flaw { return flaw(shown.Load()) })
		return func() { shown.Store(int32(f)) }, func() { shown.Store(int32(good)) }
	}
}

// overTLS puts a server with certificates before the sandbox, and tells the
// configuration of it.
func (w *world) overTLS(t *testing.T, name string, shown func() flaw) {
	t.Helper()
	all, authority := certificates(t, name)
	w.write("enkash.pem", authority)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(t, tls.NewListener(l, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		if c, there := all[shown()]; there {
			return c, nil
		}
		return nil, errors.New("no certificate")
	}}), w)
	w.url = fmt.Sprintf("https://%s:%d", name, l.Addr().(*net.TCPAddr).Port)
	w.more = "ca_file: enkash.pem, "
}

// certificates makes one of each for a name, and returns the authority that is to
// be trusted.
func certificates(t *testing.T, name string) (all map[flaw]*tls.Certificate, authority string) {
	t.Helper()
	now := time.Now()
	issue := func(template, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template.SerialNumber, template.NotBefore = big.NewInt(1), now.AddDate(0, -1, 0)
		if template.NotAfter.IsZero() {
			template.NotAfter = now.AddDate(0, 1, 0)
		}
		if parent == nil {
			template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
			parent, by = template, key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c, key
	}
	root, rootKey := issue(&x509.Certificate{Subject: pkix.Name{CommonName: "the authority of a test"}}, nil, nil)
	other, otherKey := issue(&x509.Certificate{Subject: pkix.Name{CommonName: "another authority"}}, nil, nil)
	all = map[flaw]*tls.Certificate{}
	add := func(f flaw, template, parent *x509.Certificate, by *ecdsa.PrivateKey) {
		c, key := issue(template, parent, by)
		all[f] = &tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key}
	}
	names := func(name string) *x509.Certificate {
		if ip := net.ParseIP(name); ip != nil {
			return &x509.Certificate{IPAddresses: []net.IP{ip}}
		}
		return &x509.Certificate{DNSNames: []string{name}}
	}
	add(good, names(name), root, rootKey)
	add(otherAuthority, names(name), other, otherKey)
	add(otherName, names("other.invalid"), root, rootKey)
	late := names(name)
	late.NotAfter = now.AddDate(0, 0, -1)
	add(expired, late, root, rootKey)
	return all, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}))
}
