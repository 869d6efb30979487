package listen

import (
	"net"
	"sync"
)

// A limiter accepts no more than so many connections at one moment; the others
// wait with the system. What one of them may hold in memory is bounded, so this
// bounds all of it.
type limiter struct {
	net.Listener
	free   chan struct{} // holds a token for each connection that is open
	closed chan struct{}
	once   sync.Once
}

func newLimiter(ln net.Listener, most int) *limiter {
	return &limiter{Listener: ln, free: make(chan struct{}, most), closed: make(chan struct{})}
}

// Accept waits for a free place first, and for a connection then.
func (l *limiter) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &limited{Conn: c, leave: func() { <-l.free }}, nil
}

// Close ends the wait for a place as well.
func (l *limiter) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// A limited connection gives its place back when it is closed.
type limited struct {
	net.Conn
	once  sync.Once
	leave func()
}

func (c *limited) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.leave)
	return err
}
