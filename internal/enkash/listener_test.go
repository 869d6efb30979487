package enkash

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"reconcile/internal/submit"
)

// A listener is a raw server: a test says byte for byte what a connection gets,
// and every byte that arrives is kept.
type listener struct {
	net.Listener
	mu       sync.Mutex
	received bytes.Buffer // of all connections
	accepted int
	done     sync.WaitGroup
}

// listen serves connections until the test is over.
func listen(t *testing.T, secure *tls.Config, serve func(l *listener, c net.Conn)) *listener {
	t.Helper()
	l := &listener{}
	var err error
	if l.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	l.done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			l.mu.Lock()
			l.accepted++
			l.mu.Unlock()
			l.done.Go(func() {
				defer c.Close()
				if secure != nil {
					s := tls.Server(c, secure)
					if s.Handshake() != nil {
						io.Copy(io.Discard, c) // or the alert could be lost in a reset
						return
					}
					serve(l, s)
					return
				}
				serve(l, c)
			})
		}
	})
	t.Cleanup(l.end)
	return l
}

// end waits until every connection has been served.
func (l *listener) end() {
	l.Close() // the second time it is closed already
	l.done.Wait()
}

// request reads one whole request and keeps it.
func (l *listener) request(c net.Conn) (head string) {
	r := bufio.NewReader(io.TeeReader(c, keeper{l}))
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return head
		}
		head += line
		if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(n))
		}
		if line == "\r\n" {
			break
		}
	}
	io.CopyN(io.Discard, r, int64(length)) // what arrived is kept, whole or not
	return head
}

type keeper struct{ l *listener }

func (k keeper) Write(b []byte) (int, error) {
	k.l.mu.Lock()
	defer k.l.mu.Unlock()
	return k.l.received.Write(b)
}

// text is all that arrived.
func (l *listener) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.received.String()
}

// count tells how often a text arrived.
func (l *listener) count(s string) int { return strings.Count(l.text(), s) }

func (l *listener) connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accepted
}

// reset ends a connection in the hard way, with RST.
func reset(c net.Conn) {
	if s, ok := c.(*tls.Conn); ok {
		c = s.NetConn()
	}
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// An identity is a certificate for 127.0.0.1 and the root that has signed it.
type identity struct {
	server *tls.Config
	roots  []byte // PEM
}

// today is when the certificates of the tests are good.
var today = time.Date(2026, 11, 22, 1, 30, 0, 0, time.UTC)

func newIdentity(t *testing.T) identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "EnKash of a test"},
		NotBefore: today.AddDate(0, -1, 0), NotAfter: today.AddDate(0, 1, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"enkash.example"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return identity{
		&tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
	}
}

// aGateway reaches a listener. Its clock stands; its time limits never decide
// a test.
func aGateway(t *testing.T, o Options) *Gateway {
	t.Helper()
	if o.Path == "" {
		o.Path = PathPay
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Minute
	}
	if o.Now == nil {
		o.Now = func() time.Time { return today }
	}
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	g.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return g
}

// writes counts the calls of Write on the connections of a gateway, below TLS
// and after the handshake, and what they carried.
type writes struct {
	net.Conn
	open  *bool
	calls *int
}

func (w writes) Write(b []byte) (int, error) {
	if *w.open {
		*w.calls++
	}
	return w.Conn.Write(b)
}

func ticket(body string) submit.Ticket {
	return submit.Ticket{ObjectID: ownID, Body: []byte(body), Deadline: today.Add(time.Minute), Fence: 1}
}
