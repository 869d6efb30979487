package listen

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestAnswersWaitForTheDisk: nobody hears 200 before the fsync of the group has
// returned, and those that come while it is under way share the next one. In
// synctest "nobody has heard" is a fact and not a guess about time.
func TestAnswersWaitForTheDisk(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		o.Now = time.Now
		d := &disk{free: 1 << 20, gate: make(chan struct{}, 10)}
		s := openOn(t, o, d)
		ln := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { _, err := s.Serve(ctx, ln); ended <- err }()
		client := &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext:       func(context.Context, string, string) (net.Conn, error) { return ln.dial(), nil },
		}}
		var answered atomic.Int64
		send := func(n int) {
			for range n {
				go func() {
					req, err := http.NewRequest("POST", "http://listener/api/v0/x", strings.NewReader(`{"n":1}`))
					if err != nil {
						t.Error(err)
						return
					}
					req.Header.Set("X-Webhook-Secret", theSecret)
					answer, err := client.Do(req)
					if err != nil {
						t.Error(err)
						return
					}
					if _, err := io.Copy(io.Discard, answer.Body); err == nil && answer.StatusCode == 200 {
						answered.Add(1)
					}
					answer.Body.Close()
				}()
			}
		}
		expect := func(when string, wantAnswered int64, wantSyncs int) {
			t.Helper()
			synctest.Wait()
			d.mu.Lock()
			defer d.mu.Unlock()
			if got := answered.Load(); got != wantAnswered || d.syncs != wantSyncs {
				t.Errorf("%s: %d were answered after %d fsyncs, want %d after %d", when, got, d.syncs, wantAnswered, wantSyncs)
			}
		}
		send(1)
		expect("while the first is on its way to the disk", 0, 0)
		send(20)
		expect("while twenty more wait behind it", 0, 0)
		d.gate <- struct{}{}
		expect("when the first is on disk", 1, 1)
		d.gate <- struct{}{}
		expect("when the group of the others is on disk", 21, 2)

		send(1)
		synctest.Wait()
		stop()
		expect("while a stop waits for the disk", 21, 2)
		d.gate <- struct{}{}
		expect("when the last is on disk", 22, 3)
		if err := <-ended; err != nil {
			t.Errorf("stopping: %v", err)
		}
		if got := lines(t, o.Folder, time.Now().In(india()).Format(time.DateOnly)); len(got) != 22 {
			t.Errorf("got %d lines, want 22: %s", len(got), fmt.Sprint(got))
		}
	})
}

// TestCloseWaitsForTheDisk, whoever else has given up waiting: what is half
// written is not left alone.
func TestCloseWaitsForTheDisk(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		d := &disk{free: 1 << 20, gate: make(chan struct{}, 2)}
		s := openOn(t, o, d)
		appended, closed := make(chan error, 1), make(chan error, 1)
		go func() { appended <- s.log.append([]byte("{}\n")) }()
		synctest.Wait()
		go func() { closed <- s.Close() }()
		synctest.Wait()
		if len(appended)+len(closed) != 0 {
			t.Error("the log was closed, or a line acknowledged, before the disk had it")
		}
		d.gate <- struct{}{}
		if err := <-appended; err != nil {
			t.Errorf("the line: %v", err)
		}
		if err := <-closed; err != nil {
			t.Errorf("closing: %v", err)
		}
	})
}

// TestLimiter: so many connections are open at one moment, and the next one waits
// until one is closed.
func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		limited := newLimiter(ln, 2)
		accepted := make(chan net.Conn, 9)
		ended := make(chan error, 1)
		go func() {
			for {
				c, err := limited.Accept()
				if err != nil {
					ended <- err
					return
				}
				accepted <- c
			}
		}()
		for range 3 {
			go ln.dial()
		}
		synctest.Wait()
		if got := len(accepted); got != 2 {
			t.Fatalf("%d connections were accepted, want 2", got)
		}
		one := <-accepted
		one.Close()
		one.Close() // gives its place back once
		synctest.Wait()
		if got := len(accepted); got != 2 {
			t.Errorf("after one was closed there are %d, want 2", got)
		}
		limited.Close()
		if err := <-ended; err != net.ErrClosed {
			t.Errorf("accepting from a closed listener: got %v, want %v", err, net.ErrClosed)
		}
	})
}
