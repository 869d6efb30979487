package enkash

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"reconcile/internal/submit"
)

// Connecting sends nothing that could be executed, so it may be tried again,
// which the request may not.
const (
	connectLimit = 10 * time.Second // of one try; less where the timeout is less
	maxWelcome   = 16 << 10         // of a proxy's answer, in bytes
)

// pauses are what is waited before the second and the third try.
func pauses() []time.Duration { return []time.Duration{0, time.Second, 3 * time.Second} }

// A conn is one connection, ready for one request.
type conn struct {
	gateway *Gateway
	wire    net.Conn
	dialled time.Time
	used    atomic.Bool
}

// Dial connects to EnKash and finishes the TLS handshake. It tries three times,
// with a pause, and ends at once with ctx or where EnKash's certificate is not
// trusted. When it fails, nothing has been sent.
func (g *Gateway) Dial(ctx context.Context) (submit.Conn, error) {
	var err error
	for _, pause := range pauses() {
		if pause > 0 {
			if err := g.wait(ctx, pause); err != nil {
				return nil, fmt.Errorf("waiting to connect to EnKash at %s again: %w", g.target.host, err)
			}
		}
		var wire net.Conn
		if wire, err = g.connect(ctx); err == nil {
			return &conn{gateway: g, wire: wire, dialled: g.options.Now()}, nil
		}
		if untrusted := new(tls.CertificateVerificationError); ctx.Err() != nil || errors.As(err, &untrusted) {
			break
		}
	}
	return nil, fmt.Errorf("connecting to EnKash at %s: nothing was sent; look at enkash.base_url, the network and the certificate: %w", g.target.host, err)
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// connect makes one try.
func (g *Gateway) connect(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, min(connectLimit, g.options.Timeout))
	defer cancel()
	address := g.target.host
	if g.target.proxy != "" {
		address = g.target.proxy
	}
	wire, err := g.dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if g.target.proxy != "" {
		if err := g.tunnel(ctx, wire); err != nil {
			wire.Close() // nothing was said on it that matters
			return nil, fmt.Errorf("through the proxy %s: %w", g.target.proxy, err)
		}
	}
	if g.tls == nil {
		return wire, nil
	}
	secured := tls.Client(wire, g.tls.Clone())
	if err := secured.HandshakeContext(ctx); err != nil {
		wire.Close()
		return nil, fmt.Errorf("the TLS handshake: %w", err)
	}
	return secured, nil
}

// tunnel asks the proxy for a way to EnKash (RFC 9110, 9.3.6).
func (g *Gateway) tunnel(ctx context.Context, wire net.Conn) error {
	until, _ := ctx.Deadline() // connect has set one
	if err := wire.SetDeadline(until); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { wire.SetDeadline(past()) }) // a connection that cannot is closed below
	defer stop()
	ask := "CONNECT " + g.target.host + " HTTP/1.1\r\nHost: " + g.target.host + "\r\n"
	if g.target.welcome != "" {
		ask += "Proxy-Authorization: " + g.target.welcome + "\r\n"
	}
	if _, err := io.WriteString(wire, ask+"\r\n"); err != nil {
		return err
	}
	r := bufio.NewReader(io.LimitReader(wire, maxWelcome))
	answer, err := http.ReadResponse(r, &http.Request{Method: http.MethodConnect})
	switch {
	case err != nil:
		return fmt.Errorf("its answer: %w", err)
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("it answers HTTP %d", answer.StatusCode)
	case r.Buffered() > 0:
		return errors.New("it sends more than it was asked for")
	case !stop():
		return ctx.Err()
	}
	return wire.SetDeadline(time.Time{})
}

// past is a deadline that is over.
func past() time.Time { return time.Unix(1, 0) }

// Close gives the connection up.
func (c *conn) Close() error { return c.wire.Close() }
