package enkash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"reconcile/internal/submit"
)

// The limits of an answer. EnKash's own are some sixty bytes long.
const (
	maxAnswer  = 1 << 20  // of its body
	maxHead    = 64 << 10 // of its head, and of the marks between the chunks of its body
	maxInterim = 5        // answers of 1xx before the one that counts
)

// Send writes the request once, in one call, on this connection, and reads the
// answer. There is no client of net/http here that could follow a redirect, wait
// for a 100, or send again on another connection what it believes was lost: the
// bytes leave by the one Write below, or they do not leave.
//
// If we die before the Write, nothing was sent, and the journal says Sending all
// the same: nobody can tell the two apart afterwards, so the loop makes it Unsure.
func (c *conn) Send(ctx context.Context, t submit.Ticket) submit.Answer {
	if !c.used.CompareAndSwap(false, true) {
		return c.unwritten("this connection has served its one request")
	}
	request := c.gateway.request(t.Body)
	now := c.gateway.options.Now()
	writing, cancel := context.WithTimeout(ctx, min(c.gateway.options.Timeout, t.Deadline.Sub(now)))
	defer cancel()
	until, _ := writing.Deadline() // in the clock of the connection, whichever ours is
	if err := c.wire.SetWriteDeadline(until); err != nil {
		return c.unwritten("the connection is of no use any more")
	}
	if ctx.Err() != nil {
		return c.unwritten("the run was stopped")
	}
	now = c.gateway.options.Now()
	if late(now, t.Deadline, c.dialled, now.Sub(c.dialled)) {
		return c.unwritten("the time allowed for it was over")
	}
	if n, err := c.wire.Write(request); err != nil {
		return c.broken(fmt.Sprintf("the request was being written, %d of %d bytes", n, len(request)), err)
	}
	return c.answer(ctx)
}

// late tells whether the moment for the write has passed: by the wall clock, by
// the monotonic one where the deadline has it, and by the time that has gone by
// since the connection was made, which a wall clock set back cannot hide. Nor is a
// clock that was set back since then one to send by.
func late(now, deadline, dialled time.Time, elapsed time.Duration) bool {
	allowed := deadline.Round(0).Sub(dialled.Round(0))
	return !now.Before(deadline) || !now.Round(0).Before(deadline.Round(0)) || elapsed >= allowed ||
		now.Round(0).Before(dialled.Round(0).Add(-clockTolerance))
}

// clockTolerance is how far a clock may be set back without a doubt: by as much
// as a correction of one that nobody looked after.
const clockTolerance = 5 * time.Minute

// request is the whole of what is written: one POST of HTTP/1.1 after which the
// connection ends. It asks for no interim answer and for no compression, and
// names no key by which something on the way might think it safe to repeat.
func (g *Gateway) request(body []byte) []byte {
	b := make([]byte, 0, 1024+len(body))
	line := func(parts ...string) {
		for _, p := range parts {
			b = append(b, p...)
		}
		b = append(b, "\r\n"...)
	}
	line("POST ", g.target.path, " HTTP/1.1")
	line("Host: ", g.target.name)
	line("User-Agent: reconcile")
	line("Content-Type: application/json")
	line("Content-Length: ", strconv.Itoa(len(body)))
	line("Accept: application/json")
	line("Accept-Encoding: identity")
	line("Connection: close")
	if g.options.Token != "" {
		line("Authorization: Bearer ", g.options.Token)
	}
	for _, h := range g.options.Headers {
		line(h.Name, ": ", h.Value)
	}
	line()
	return append(b, body...)
}

// answer reads what came of the write, for as long as the timeout allows.
func (c *conn) answer(ctx context.Context) submit.Answer {
	ctx, cancel := context.WithTimeout(ctx, c.gateway.options.Timeout)
	defer cancel()
	until, _ := ctx.Deadline()
	if err := c.wire.SetReadDeadline(until); err != nil {
		return c.broken("waiting for the answer", err)
	}
	stop := context.AfterFunc(ctx, func() { c.wire.SetReadDeadline(past()) }) // where that is refused, the deadline above stands
	defer stop()

	in := &hearing{wire: c.wire, left: maxHead + maxAnswer}
	head, err := final(bufio.NewReader(in))
	if err != nil {
		return c.broken("waiting for the answer", errors.Join(in.err, err))
	}
	body, err := io.ReadAll(io.LimitReader(head.Body, maxAnswer+1))
	return c.gateway.judge(head, body, err)
}

// final returns the answer that counts, behind those that only announce one.
func final(r *bufio.Reader) (*http.Response, error) {
	for range maxInterim + 1 {
		head, err := http.ReadResponse(r, &http.Request{Method: http.MethodPost})
		if err != nil || head.StatusCode >= 200 || head.StatusCode == http.StatusSwitchingProtocols {
			return head, err
		}
	}
	return nil, errInterim
}

// What ends the hearing of an answer, apart from the connection.
var (
	errInterim = errors.New("more than five interim answers")
	errLong    = errors.New("the answer does not end")
)

// A hearing reads an answer up to a limit, and remembers what ended it: a parser
// of HTTP tells a connection that broke from one that talks nonsense in the head
// no longer.
type hearing struct {
	wire io.Reader
	left int
	err  error
}

func (h *hearing) Read(b []byte) (int, error) {
	if h.left == 0 {
		h.err = errLong
		return 0, h.err
	}
	n, err := h.wire.Read(b[:min(len(b), h.left)])
	h.left -= n
	h.err = err
	return n, err
}
