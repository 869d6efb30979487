package enkash

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"reconcile/internal/submit"
)

// Time passes here as the program waits: net.Pipe keeps deadlines by the clock
// of synctest, so an hour of silence costs nothing and no verdict hangs on the
// speed of a machine.

// overPipe sends one request to serve and tells the answer, how long it took,
// and what arrived.
func overPipe(t *testing.T, serve func(l *listener, c net.Conn), stopAfter time.Duration) (a submit.Answer, took time.Duration, l *listener) {
	t.Helper()
	l = &listener{}
	g := aGateway(t, Options{BaseURL: "http://127.0.0.1:1", Timeout: time.Minute, Now: time.Now})
	g.dial = func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		l.done.Go(func() { defer there.Close(); serve(l, there) })
		return here, nil
	}
	c, err := g.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), stopAfter)
	defer cancel()
	begun := time.Now()
	a = c.Send(ctx, submit.Ticket{ObjectID: ownID, Body: []byte(`{"id":"` + ownID + `"}`), Deadline: begun.Add(30 * time.Second)})
	took = time.Since(begun)
	c.Close()
	l.done.Wait()
	return a, took, l
}

func TestSlowServers(t *testing.T) {
	dribble := func(text string) func(l *listener, c net.Conn) {
		return func(l *listener, c net.Conn) { l.request(c); dribbleOn(c, text) }
	}
	after := func(d time.Duration, text string) func(l *listener, c net.Conn) {
		return func(l *listener, c net.Conn) { l.request(c); time.Sleep(d); io.WriteString(c, text) }
	}
	ok := http11("200 OK", asJSON, cleanAck)
	for _, c := range []struct {
		name  string
		serve func(l *listener, c net.Conn)
		stop  time.Duration
		took  time.Duration
		acked bool
		ids   int // how often the payment arrived
		text  string
	}{
		{"answers after 59 seconds", after(59*time.Second, ok), time.Hour, 59 * time.Second, true, 1, "HTTP 200"},
		{"answers after 61 seconds", after(61*time.Second, ok), time.Hour, time.Minute, false, 1, "the time for it was over"},
		{"never answers", after(24*time.Hour, ""), time.Hour, time.Minute, false, 1, "the time for it was over"},
		{"a byte of the head now and then", dribble(ok), time.Hour, time.Minute, false, 1, "the time for it was over"},
		{"a 100 every second", func(l *listener, c net.Conn) {
			l.request(c)
			for range 100 {
				if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}, time.Hour, 5 * time.Second, false, 1, "more than five interim answers"},
		{"the body stops in the middle", after(0, ok[:len(ok)-1]), time.Hour, 0, false, 1, "ended after 67 bytes: the connection was closed"},
		{"a byte of the body now and then", func(l *listener, c net.Conn) {
			l.request(c)
			io.WriteString(c, strings.TrimSuffix(ok, cleanAck))
			dribbleOn(c, cleanAck)
		}, time.Hour, time.Minute, false, 1, "the answer ended after 9 bytes: the time for it was over"},
		{"the run is stopped while waiting", after(time.Hour, ok), 10 * time.Second, 10 * time.Second, false, 1, "the run was stopped"},
		{"takes nothing", func(_ *listener, _ net.Conn) { time.Sleep(time.Hour) }, 2 * time.Hour, 30 * time.Second, false, 0, "while the request was being written, 0 of"},
		{"takes half", func(l *listener, c net.Conn) { io.CopyN(keeper{l}, c, 40); time.Sleep(time.Hour) }, 2 * time.Hour, 30 * time.Second, false, 0, "while the request was being written, 40 of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, took, l := overPipe(t, c.serve, c.stop)
				if a.Acked != c.acked || a.Refused || a.Stop || !strings.Contains(a.Text, c.text) {
					t.Errorf("got %+v, want acked %t and %q", a, c.acked, c.text)
				}
				if took != c.took {
					t.Errorf("it took %v, want %v", took, c.took)
				}
				if n := l.count(ownID); n != c.ids {
					t.Errorf("the payment arrived %d times, want %d", n, c.ids)
				}
			})
		})
	}
}

func dribbleOn(c net.Conn, text string) {
	for i := range len(text) {
		if _, err := io.WriteString(c, text[i:i+1]); err != nil {
			return
		}
		time.Sleep(7 * time.Second)
	}
}

// A process that was stopped between Begin and the write must find its time over.
func TestSendAfterItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listener{}
		g := aGateway(t, Options{BaseURL: "http://127.0.0.1:1", Timeout: time.Minute, Now: time.Now})
		g.dial = func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			l.done.Go(func() { defer there.Close(); l.request(there) })
			return here, nil
		}
		c, err := g.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(time.Minute)
		time.Sleep(time.Minute)
		a := c.Send(t.Context(), submit.Ticket{ObjectID: ownID, Body: []byte(ownID), Deadline: deadline})
		c.Close()
		l.done.Wait()
		if a.Acked || !strings.Contains(a.Text, "nothing was written") || l.text() != "" {
			t.Errorf("got %+v and %q on the wire, want that nothing was written", a, l.text())
		}
	})
}

// A server that takes a connection and then says nothing in the handshake, or a
// proxy that says nothing, holds a run for three tries and no longer.
func TestSilentHandshake(t *testing.T) {
	for _, proxy := range []string{"", "http://127.0.0.1:3"} {
		synctest.Test(t, func(t *testing.T) {
			g := aGateway(t, Options{BaseURL: "https://enkash.example", Proxy: proxy, Timeout: time.Minute, Now: time.Now})
			g.wait = wait
			g.dial = func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				go func() { defer there.Close(); io.Copy(io.Discard, there) }()
				return here, nil
			}
			begun := time.Now()
			_, err := g.Dial(t.Context())
			if took := time.Since(begun); err == nil || took != 34*time.Second {
				t.Errorf("proxy %q: got %v after %v, want an error after three times 10s and pauses of 1s and 3s", proxy, err, took)
			}
		})
	}
}
