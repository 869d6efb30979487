package enkash

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"reconcile/internal/submit"
)

const cleanAck = `{"payload":"SUCCESS","response_code":0,"response_message":"SUCCESS"}`

// http11 is an answer as a server writes it.
func http11(status, headers, body string) string {
	return "HTTP/1.1 " + status + "\r\n" + headers + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

const asJSON = "Content-Type: application/json\r\n"

// A behaviour is what a server does with a request that has arrived.
type behaviour struct {
	name   string
	answer string // written, then the connection is closed
	acked  bool
	stop   bool
	text   string // in Answer.Text
	serve  func(l *listener, c net.Conn)
}

func behaviours() []behaviour {
	ok := func(body string) string { return http11("200 OK", asJSON, body) }
	endless := func(l *listener, c net.Conn) {
		l.request(c)
		io.WriteString(c, "HTTP/1.1 200 OK\r\n"+asJSON+"\r\n{\"payload\":\"")
		for filler := strings.Repeat("x", 4096); ; {
			if _, err := io.WriteString(c, filler); err != nil {
				return
			}
		}
	}
	endlessHead := func(l *listener, c net.Conn) {
		l.request(c)
		io.WriteString(c, "HTTP/1.1 200 OK\r\n")
		for filler := strings.Repeat("X-Filler: xxxxxxxxxxxx\r\n", 100); ; {
			if _, err := io.WriteString(c, filler); err != nil {
				return
			}
		}
	}
	return []behaviour{
		{name: "clean", answer: ok(cleanAck), acked: true, text: "HTTP 200: response_code 0 “SUCCESS”"},
		{name: "clean with charset", answer: http11("200 OK", "Content-Type: application/json; charset=UTF-8\r\n", cleanAck), acked: true},
		{name: "clean and chunked", answer: "HTTP/1.1 200 OK\r\n" + asJSON + "Transfer-Encoding: chunked\r\n\r\n44\r\n" + cleanAck + "\r\n0\r\n\r\n", acked: true},
		{name: "clean until the connection closes", answer: "HTTP/1.1 200 OK\r\n" + asJSON + "\r\n" + cleanAck, acked: true},
		{name: "clean behind a 100", answer: "HTTP/1.1 100 Continue\r\n\r\n" + ok(cleanAck), acked: true},
		{name: "clean behind a 103", answer: "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok(cleanAck), acked: true},
		{name: "clean, with keys that the page does not have", answer: ok(`{"requestId":"1","payload":"SUCCESS","response_code":0,"response_message":"","errorResponse":null}`), acked: true},
		// The acknowledgement names no payment, so that of another cannot be told from ours.
		{name: "acknowledgement that names another payment", answer: ok(`{"payload":"SUCCESS","response_code":0,"response_message":"PMTZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ accepted"}`), acked: true, text: "accepted”"},
		{name: "two answers", answer: ok(cleanAck) + ok(cleanAck), acked: true},

		{name: "two documents in one answer", answer: ok(cleanAck + cleanAck), text: "cannot be read"},
		{name: "nothing but 100", answer: strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 7), text: "more than five interim answers"},
		{name: "101", answer: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", text: "HTTP 101"},
		{name: "201", answer: http11("201 Created", asJSON, cleanAck), text: "HTTP 201: response_code 0"},
		{name: "202", answer: http11("202 Accepted", asJSON, cleanAck), text: "HTTP 202"},
		{name: "204", answer: "HTTP/1.1 204 No Content\r\n\r\n", text: "HTTP 204"},
		{name: "301", answer: http11("301 Moved", asJSON+"Location: /elsewhere\r\n", cleanAck), text: "not followed"},
		{name: "307", answer: http11("307 Temporary Redirect", asJSON+"Location: /api/v0/payment/req-pay\r\n", cleanAck), text: "not followed"},
		{name: "308", answer: http11("308 Permanent Redirect", asJSON+"Location: /api/v0/payment/req-pay\r\n", cleanAck), text: "not followed"},
		{name: "400", answer: http11("400 Bad Request", asJSON, `{"payload":null,"response_code":1,"response_message":"Invalid request"}`), text: "HTTP 400: response_code 1 “Invalid request”"},
		{name: "401", answer: http11("401 Unauthorized", "WWW-Authenticate: Bearer\r\n", ""), stop: true, text: "HTTP 401"},
		{name: "403", answer: http11("403 Forbidden", asJSON, cleanAck), stop: true, text: "HTTP 403"},
		{name: "408", answer: http11("408 Request Timeout", "", ""), text: "HTTP 408"},
		{name: "409", answer: http11("409 Conflict", asJSON, cleanAck), text: "HTTP 409"},
		{name: "417", answer: http11("417 Expectation Failed", "", ""), text: "HTTP 417"},
		{name: "421", answer: http11("421 Misdirected Request", "", ""), text: "HTTP 421"},
		{name: "425", answer: http11("425 Too Early", "", ""), text: "HTTP 425"},
		{name: "429", answer: http11("429 Too Many Requests", "Retry-After: 0\r\n", ""), text: "HTTP 429"},
		{name: "500", answer: http11("500 Internal Server Error", asJSON, cleanAck), text: "HTTP 500"},
		{name: "502 of something on the way", answer: http11("502 Bad Gateway", "Content-Type: text/html\r\n", "<html>"), text: "HTTP 502"},
		{name: "503", answer: http11("503 Unavailable", asJSON+"Retry-After: 0\r\n", cleanAck), text: "HTTP 503"},
		{name: "code 1", answer: ok(`{"payload":"SUCCESS","response_code":1,"response_message":"no"}`), text: "response_code 1 “no”"},
		{name: "code 403", answer: ok(`{"payload":"SUCCESS","response_code":403,"response_message":"no"}`), stop: true, text: "response_code 403"},
		{name: "code as text", answer: ok(`{"payload":"SUCCESS","response_code":"0","response_message":"SUCCESS"}`), text: "no number"},
		{name: "code 0.0", answer: ok(`{"payload":"SUCCESS","response_code":0.0,"response_message":"SUCCESS"}`), text: "no whole number"},
		{name: "code -0", answer: ok(`{"payload":"SUCCESS","response_code":-0,"response_message":"SUCCESS"}`), text: "no whole number"},
		{name: "no code", answer: ok(`{"payload":"SUCCESS","response_message":"SUCCESS"}`), text: "no number"},
		{name: "code twice", answer: ok(`{"payload":"SUCCESS","response_code":1,"response_message":"SUCCESS","response_code":0}`), text: "a key stands twice"},
		{name: "no message", answer: ok(`{"payload":"SUCCESS","response_code":0}`), text: "response_message is no text"},
		{name: "no payload", answer: ok(`{"response_code":0,"response_message":"SUCCESS"}`), text: "payload is not as documented"},
		{name: "another payload", answer: ok(`{"payload":"QUEUED","response_code":0,"response_message":"SUCCESS"}`), text: "payload is not as documented"},
		{name: "object payload", answer: ok(`{"payload":{"resp":{"result":"SUCCESS"},"b2bIds":{},"payment":{}},"response_code":0,"response_message":"SUCCESS"}`), text: "payload is not as documented"},
		{name: "errorResponse beside it", answer: ok(`{"payload":"SUCCESS","response_code":0,"response_message":"SUCCESS","errorResponse":{"errorType":"SYSTEM_ERROR"}}`), text: "errorResponse"},
		{name: "malformed JSON", answer: ok(cleanAck[:len(cleanAck)-1]), text: "cannot be read"},
		{name: "no JSON", answer: ok("OK"), text: "cannot be read"},
		{name: "a list", answer: ok("[" + cleanAck + "]"), text: "no object"},
		{name: "empty", answer: ok(""), text: "cannot be read"},
		{name: "no content type", answer: http11("200 OK", "", cleanAck), text: "not of the type"},
		{name: "wrong content type", answer: http11("200 OK", "Content-Type: text/html\r\n", cleanAck), text: "not of the type"},
		{name: "two content types", answer: http11("200 OK", asJSON+"Content-Type: text/html\r\n", cleanAck), text: "not of the type"},
		{name: "another charset", answer: http11("200 OK", "Content-Type: application/json; charset=utf-16\r\n", cleanAck), text: "not of the type"},
		{name: "gzip", answer: http11("200 OK", asJSON+"Content-Encoding: gzip\r\n", "\x1f\x8b\x08"), text: "not of the type"},
		{name: "gzip that is none", answer: http11("200 OK", asJSON+"Content-Encoding: gzip\r\n", cleanAck), text: "not of the type"},
		{name: "HTTP/1.0", answer: "HTTP/1.0 200 OK\r\n" + asJSON + "\r\n" + cleanAck, text: "HTTP/1.0"},
		{name: "HTTP/2 in clear", answer: "HTTP/2.0 200 OK\r\n" + asJSON + "\r\n" + cleanAck, text: "HTTP/2.0"},
		{name: "no HTTP", answer: "SSH-2.0-OpenSSH_9.2\r\n", text: "not HTTP as it should be"},
		{name: "truncated head", answer: "HTTP/1.1 200 OK\r\nContent-Ty", text: "closed"},
		{name: "truncated body", answer: ok(cleanAck)[:len(ok(cleanAck))-5], text: "closed"},
		{name: "body shorter than its length, though whole", answer: "HTTP/1.1 200 OK\r\n" + asJSON + "Content-Length: 100\r\n\r\n" + cleanAck, text: "closed"},
		{name: "chunks that end in the middle", answer: "HTTP/1.1 200 OK\r\n" + asJSON + "Transfer-Encoding: chunked\r\n\r\n44\r\n" + cleanAck + "\r\n", text: "closed"},
		{name: "chunks that are none", answer: "HTTP/1.1 200 OK\r\n" + asJSON + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + cleanAck, text: "not HTTP as it should be"},
		{name: "another transfer encoding", answer: "HTTP/1.1 200 OK\r\n" + asJSON + "Transfer-Encoding: gzip\r\n\r\n" + cleanAck, text: "not HTTP as it should be"},
		{name: "negative length", answer: "HTTP/1.1 200 OK\r\n" + asJSON + "Content-Length: -1\r\n\r\n" + cleanAck, text: "not HTTP as it should be"},
		{name: "two lengths", answer: "HTTP/1.1 200 OK\r\n" + asJSON + "Content-Length: 68\r\nContent-Length: 67\r\n\r\n" + cleanAck, text: "not HTTP as it should be"},
		{name: "closed without an answer", serve: func(l *listener, c net.Conn) { l.request(c) }, text: "closed"},
		{name: "reset without an answer", serve: func(l *listener, c net.Conn) { l.request(c); reset(c) }, text: "the connection was reset"},
		{name: "reset in the middle of the request", serve: func(l *listener, c net.Conn) { c.Read(make([]byte, 1)); reset(c) }},
		{name: "endless body", serve: endless, text: "longer than 1 MiB"},
		{name: "endless head", serve: endlessHead, text: "the answer does not end"},
	}
}

// The table of P7 and P8 below the loop: whatever a server does, the request is
// on the wire exactly once, and only a clean answer acknowledges it.
func TestFaultsAfterTheWrite(t *testing.T) {
	id := newIdentity(t)
	for _, b := range behaviours() {
		for _, secure := range []bool{false, true} {
			name, scheme, config := b.name, "http", (*tls.Config)(nil)
			if secure {
				name, scheme, config = name+" over TLS", "https", id.server
			}
			t.Run(name, func(t *testing.T) {
				serve := b.serve
				if serve == nil {
					serve = func(l *listener, c net.Conn) { l.request(c); io.WriteString(c, b.answer) }
				}
				l := listen(t, config, serve)
				g := aGateway(t, Options{BaseURL: scheme + "://" + l.Addr().String(), Roots: id.roots, Token: "sesame"})
				body := bodyOf(t)
				a, written := sendOnce(t, g, body)
				if a.Acked != b.acked || a.Stop != b.stop || a.Refused {
					t.Errorf("got %+v, want acked %t, stop %t and not refused", a, b.acked, b.stop)
				}
				if !strings.Contains(a.Text, b.text) || a.Text == "" {
					t.Errorf("got the text %q, want %q in it", a.Text, b.text)
				}
				if strings.ContainsAny(a.Text, "\r\n") || strings.Contains(a.Text, "sesame") || strings.Contains(a.Text, "127.0.0.1") || len(a.SHA256) != 64 {
					t.Errorf("got the answer %+v, want one line without secrets and addresses, and a hash", a)
				}
				if written != 1 {
					t.Errorf("the connection was written to %d times after Dial, want once", written)
				}
				if n := l.count("POST /api/v0/payment/req-pay HTTP/1.1\r\n"); b.name != "reset in the middle of the request" && n != 1 {
					t.Errorf("%d requests arrived, want 1", n)
				}
				if n := l.count(ownID); b.name != "reset in the middle of the request" && n != 1 {
					t.Errorf("the payment arrived %d times, want once", n)
				}
				if l.connections() != 1 {
					t.Errorf("%d connections were made, want 1", l.connections())
				}
			})
		}
	}
}

// TLS may still fail when the handshake is over on our side: a server that wants
// a certificate of ours says so only then. Every further payment would go the
// same way, so the run stops; and the request may have been read.
func TestTLSFailsAfterTheHandshake(t *testing.T) {
	id := newIdentity(t)
	wantsOurs := id.server.Clone()
	wantsOurs.ClientAuth, wantsOurs.MinVersion = tls.RequireAnyClientCert, tls.VersionTLS13
	for _, c := range []struct {
		name   string
		server *tls.Config
		serve  func(l *listener, c net.Conn)
	}{
		{"wants a certificate of ours", wantsOurs, nil},
		{"answers in clear", id.server, func(l *listener, c net.Conn) {
			l.request(c)
			io.WriteString(c.(*tls.Conn).NetConn(), http11("200 OK", asJSON, cleanAck))
		}},
	} {
		l := listen(t, c.server, c.serve)
		g := aGateway(t, Options{BaseURL: "https://" + l.Addr().String(), Roots: id.roots})
		if a, written := sendOnce(t, g, bodyOf(t)); a.Acked || !a.Stop || !strings.Contains(a.Text, "TLS failed") || written > 2 {
			t.Errorf("%s: got %+v after %d writes, want TLS failed and stop; the second write may be our alert", c.name, a, written)
		}
	}
}

func bodyOf(t *testing.T) string {
	t.Helper()
	body, err := RenderPay(twoInvoices(), 1, geocode, night)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// sendOnce dials, sends, and tries to send again on the same connection. It
// counts the writes after Dial; TLS makes one record of a body this small.
func sendOnce(t *testing.T, g *Gateway, body string) (submit.Answer, int) {
	t.Helper()
	var open bool
	var calls int
	dial := g.dial
	g.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return writes{c, &open, &calls}, nil
	}
	c, err := g.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	open = true
	a := c.Send(context.Background(), ticket(body))
	if again := c.Send(context.Background(), ticket(body)); again.Acked || !strings.Contains(again.Text, "nothing was written") {
		t.Errorf("a second Send on the connection: got %+v, want that nothing was written", again)
	}
	n := calls
	c.Close()
	return a, n
}
