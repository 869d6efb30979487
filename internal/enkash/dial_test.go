package enkash

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whatever fails before the connection is ready has sent nothing: the error says
// so, and no byte of a request is anywhere.
func TestFaultsBeforeTheWrite(t *testing.T) {
	id, other := newIdentity(t), newIdentity(t)
	answer := func(l *listener, c net.Conn) { l.request(c); io.WriteString(c, http11("200 OK", asJSON, cleanAck)) }
	nobody := func(t *testing.T) string { // a port where nobody listens
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}
	old := &tls.Config{Certificates: id.server.Certificates, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	for _, c := range []struct {
		name   string
		server *tls.Config // nil is a server without TLS
		serve  func(l *listener, c net.Conn)
		change func(t *testing.T, o *Options)
		tries  int
		text   string
	}{
		{name: "refused", change: func(t *testing.T, o *Options) { o.BaseURL = "https://" + nobody(t) }, tries: 3, text: "refused"},
		{name: "proxy refused", change: func(t *testing.T, o *Options) { o.Proxy = "http://" + nobody(t) }, tries: 3, text: "refused"},
		{name: "no such name", change: func(_ *testing.T, o *Options) { o.BaseURL = "https://enkash.invalid" }, tries: 3, text: "no such host"},
		{name: "wrong root", server: other.server, serve: answer, tries: 1, text: "certificate"},
		{name: "expired", server: id.server, serve: answer, change: func(_ *testing.T, o *Options) { o.Now = func() time.Time { return today.AddDate(1, 0, 0) } }, tries: 1, text: "expired"},
		{name: "not yet good", server: id.server, serve: answer, change: func(_ *testing.T, o *Options) { o.Now = func() time.Time { return today.AddDate(-1, 0, 0) } }, tries: 1, text: "not yet valid"},
		{name: "another name", server: id.server, serve: answer, change: func(_ *testing.T, o *Options) { o.BaseURL = strings.Replace(o.BaseURL, "127.0.0.1", "localhost", 1) }, tries: 1, text: "localhost"},
		{name: "TLS 1.1", server: old, serve: answer, tries: 3, text: "protocol version"},
		{name: "no TLS", serve: func(_ *listener, c net.Conn) {
			c.Read(make([]byte, 1))
			io.WriteString(c, http11("400 Bad Request", "", ""))
		}, tries: 3, text: "TLS handshake"},
		{name: "closed in the handshake", serve: func(_ *listener, c net.Conn) { c.Read(make([]byte, 1)) }, tries: 3, text: "TLS handshake"},
		{name: "reset in the handshake", serve: func(_ *listener, c net.Conn) { c.Read(make([]byte, 1)); reset(c) }, tries: 3, text: "reset"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := listen(t, c.server, c.serve)
			o := Options{BaseURL: "https://" + l.Addr().String(), Roots: id.roots, Token: "sesame"}
			if c.change != nil {
				c.change(t, &o)
			}
			g := aGateway(t, o)
			tries := 0
			g.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				tries++
				if strings.HasPrefix(address, "enkash.invalid:") {
					return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: "enkash.invalid", IsNotFound: true}}
				}
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}
			conn, err := g.Dial(context.Background())
			if err == nil {
				t.Fatalf("got a connection %v, want an error", conn)
			}
			for _, part := range []string{c.text, "nothing was sent"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("got the error %q, want %q in it", err, part)
				}
			}
			if tries != c.tries {
				t.Errorf("it was tried %d times, want %d", tries, c.tries)
			}
			if n := l.count("POST"); n != 0 {
				t.Errorf("%d requests arrived, want none", n)
			}
			if strings.Contains(err.Error(), "sesame") {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
}

// A connection that is lost, or whose time is over, between Dial and Send.
func TestFaultsBetweenDialAndWrite(t *testing.T) {
	id := newIdentity(t)
	for _, secure := range []bool{false, true} {
		dialled, gone := make(chan struct{}), make(chan struct{})
		scheme, config := "http", (*tls.Config)(nil)
		if secure {
			scheme, config = "https", id.server
		}
		l := listen(t, config, func(_ *listener, c net.Conn) { <-dialled; reset(c); close(gone) })
		g := aGateway(t, Options{BaseURL: scheme + "://" + l.Addr().String(), Roots: id.roots})
		c, err := g.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		close(dialled)
		<-gone
		if a := c.Send(context.Background(), ticket("{}")); a.Acked || a.Refused || a.Text == "" {
			t.Errorf("%s, reset before the write: got %+v, want no acknowledgement", scheme, a)
		}
		c.Close()
		if l.connections() != 1 || l.count("POST") != 0 {
			t.Errorf("%s, reset before the write: %d connections and %d requests, want 1 and 0", scheme, l.connections(), l.count("POST"))
		}
	}

	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		late time.Duration // of the clock behind the deadline
		text string
	}{
		{"stopped", stopped, -time.Minute, "nothing was written: the run was stopped"},
		{"on the deadline", context.Background(), 0, "nothing was written: the time allowed for it was over"},
		{"a day after the deadline", context.Background(), 24 * time.Hour, "nothing was written: the time allowed for it was over"},
	} {
		now := today
		l := listen(t, nil, func(l *listener, c net.Conn) { l.request(c) })
		g := aGateway(t, Options{BaseURL: "http://" + l.Addr().String(), Now: func() time.Time { return now }})
		conn, err := g.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		now = ticket("").Deadline.Add(c.late)
		if a := conn.Send(c.ctx, ticket("{}")); a.Acked || a.Stop || a.Text != c.text {
			t.Errorf("%s: got %+v, want %q", c.name, a, c.text)
		}
		conn.Close()
		l.end()
		if n := l.count("POST"); n != 0 {
			t.Errorf("%s: %d requests arrived, want none", c.name, n)
		}
	}
}

func TestLate(t *testing.T) {
	dialled := today
	deadline := today.Add(time.Minute)
	for _, c := range []struct {
		name    string
		now     time.Duration // of the wall clock, after dialled
		elapsed time.Duration // of the monotonic one
		want    bool
	}{
		{"in time", 30 * time.Second, 30 * time.Second, false},
		{"just in time", time.Minute - 1, time.Minute - 1, false},
		{"on the deadline", time.Minute, time.Minute, true},
		{"stopped for an hour", time.Hour, time.Hour, true},
		{"stopped for an hour, and the clock set back", 30 * time.Second, time.Hour, true},
		{"the machine slept, and its monotonic clock with it", time.Hour, time.Second, true},
		{"the clock corrected by some minutes, and still in time", -4 * time.Minute, time.Second, false},
		{"the clock set back by an hour", -time.Hour, time.Second, true},
	} {
		if got := late(dialled.Add(c.now), deadline, dialled, c.elapsed); got != c.want {
			t.Errorf("%s: got late %t, want %t", c.name, got, c.want)
		}
	}
}

// A server may close a kept connection just when the next request is written on
// it; a client that keeps connections then sends again on a new one. Ours keeps
// none.
func TestNoConnectionIsUsedAgain(t *testing.T) {
	l := listen(t, nil, func(l *listener, c net.Conn) {
		l.request(c)
		io.WriteString(c, http11("200 OK", asJSON+"Connection: keep-alive\r\nKeep-Alive: timeout=60\r\n", cleanAck))
		l.request(c) // what comes on the same connection is taken, and the connection dropped
	})
	g := aGateway(t, Options{BaseURL: "http://" + l.Addr().String()})
	for _, body := range []string{`{"first":1}`, `{"second":2}`, `{"third":3}`} {
		c, err := g.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if a := c.Send(context.Background(), ticket(body)); !a.Acked {
			t.Errorf("%s: got %+v, want an acknowledgement", body, a)
		}
		c.Close()
		if n := l.count(body); n != 1 {
			t.Errorf("%s arrived %d times, want once", body, n)
		}
	}
	if l.connections() != 3 || l.count("POST ") != 3 {
		t.Errorf("%d connections and %d requests, want 3 and 3", l.connections(), l.count("POST "))
	}
}

// The whole of a request, byte for byte.
func TestRequestOnTheWire(t *testing.T) {
	l := listen(t, nil, func(l *listener, c net.Conn) { l.request(c); io.WriteString(c, http11("200 OK", asJSON, cleanAck)) })
	g := aGateway(t, Options{BaseURL: "http://" + l.Addr().String() + "/uat/", Token: "sesame", Headers: []Header{{"X-Company", "CEK0000001"}}})
	c, err := g.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if a := c.Send(context.Background(), ticket(`{"a":1}`)); !a.Acked {
		t.Fatalf("got %+v, want an acknowledgement", a)
	}
	want := "POST /uat/api/v0/payment/req-pay HTTP/1.1\r\nHost: " + l.Addr().String() + "\r\nUser-Agent: reconcile\r\n" +
		"Content-Type: application/json\r\nContent-Length: 7\r\nAccept: application/json\r\nAccept-Encoding: identity\r\nConnection: close\r\n" +
		"Authorization: Bearer sesame\r\nX-Company: CEK0000001\r\n\r\n" + `{"a":1}`
	if got := l.text(); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestProxy(t *testing.T) {
	id := newIdentity(t)
	enkash := listen(t, id.server, func(l *listener, c net.Conn) { l.request(c); io.WriteString(c, http11("200 OK", asJSON, cleanAck)) })
	for _, c := range []struct {
		name   string
		answer string
		text   string // of the error; empty where it works
	}{
		{"works", "HTTP/1.1 200 Connection established\r\n\r\n", ""},
		{"works with a length", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", ""},
		{"wants a password", http11("407 Proxy Authentication Required", "", ""), "HTTP 407"},
		{"cannot reach it", http11("502 Bad Gateway", "", "no"), "HTTP 502"},
		{"sends the client elsewhere", http11("302 Found", "Location: http://127.0.0.1/\r\n", ""), "HTTP 302"},
		{"talks on its own", "HTTP/1.1 200 OK\r\n\r\nhello", "more than it was asked for"},
		{"is none", "220 smtp.example ESMTP\r\n", "its answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			proxy := listen(t, nil, func(l *listener, down net.Conn) {
				r := bufio.NewReader(io.TeeReader(down, keeper{l}))
				ask, err := http.ReadRequest(r)
				if err != nil || ask.Method != http.MethodConnect {
					return
				}
				io.WriteString(down, c.answer)
				if c.text != "" {
					return
				}
				up, err := net.Dial("tcp", ask.Host)
				if err != nil {
					return
				}
				defer up.Close()
				go io.Copy(up, r)
				io.Copy(down, up)
			})
			g := aGateway(t, Options{BaseURL: "https://" + enkash.Addr().String(), Roots: id.roots, Token: "sesame", Proxy: "http://clerk:hush@" + proxy.Addr().String()})
			conn, err := g.Dial(context.Background())
			if c.text != "" {
				if err == nil || !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), "nothing was sent") || strings.Contains(err.Error(), "hush") {
					t.Fatalf("got %v, want an error with %q and without the password", err, c.text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if a := conn.Send(context.Background(), ticket("{}")); !a.Acked {
				t.Errorf("got %+v, want an acknowledgement", a)
			}
			want := "CONNECT " + enkash.Addr().String() + " HTTP/1.1\r\nHost: " + enkash.Addr().String() + "\r\nProxy-Authorization: Basic Y2xlcms6aHVzaA==\r\n\r\n"
			got := proxy.text()
			if !strings.HasPrefix(got, want) || strings.Contains(got, "sesame") || strings.Contains(got, "POST") {
				t.Errorf("the proxy got %q, want %q and then nothing that it can read", got, want)
			}
		})
	}
}

// Ctrl-C ends the tries at once, and the pauses grow.
func TestDialIsTriedThreeTimes(t *testing.T) {
	g := aGateway(t, Options{BaseURL: "https://enkash.example"})
	tries := 0
	g.dial = func(context.Context, string, string) (net.Conn, error) { tries++; return nil, errors.New("no route") }
	var waited []time.Duration
	g.wait = func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil }
	if _, err := g.Dial(context.Background()); err == nil || tries != 3 || !slices.Equal(waited, []time.Duration{time.Second, 3 * time.Second}) {
		t.Errorf("got %v after %d tries with pauses %v, want an error after 3 with 1s and 3s", err, tries, waited)
	}
	for _, during := range []string{"a try", "a pause"} {
		ctx, cancel := context.WithCancel(context.Background())
		tries = 0
		g.dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			tries++
			if during == "a try" {
				cancel()
			}
			return nil, errors.New("no route")
		}
		g.wait = func(ctx context.Context, d time.Duration) error { cancel(); return wait(ctx, time.Hour) }
		if _, err := g.Dial(ctx); err == nil || tries != 1 {
			t.Errorf("stopped during %s: got %v after %d tries, want an error after 1", during, err, tries)
		}
	}
}
