package proof

import (
	"bytes"
	"fmt"
	"net"
	"regexp"
	"sync"
	"syscall"
)

// A wire is every byte that came to a server, by connection: a server that has its
// answer stops reading, and would not see what came after it.
type wire struct {
	mu    sync.Mutex
	heard []*bytes.Buffer
}

var (
	requestLine = regexp.MustCompile(`POST /\S* HTTP/`)
	objectID    = regexp.MustCompile(`[PMT]{3}[A-Za-z0-9]{32}`)
)

// requests counts what came, by the payment that it names first.
func (v *wire) requests() map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	times := map[string]int{}
	for _, heard := range v.heard {
		for _, request := range requestLine.Split(heard.String(), -1)[1:] {
			times[objectID.FindString(request)]++
		}
	}
	return times
}

// twice says which payments were asked for more than once on the wire, whatever
// the server made of it.
func (v *wire) twice() (wrong []string) {
	times := v.requests()
	for _, id := range sortedKeys(times) {
		if id != "" && times[id] > 1 {
			wrong = append(wrong, fmt.Sprintf("%d requests for %s came by the wire", times[id], id))
		}
	}
	return wrong
}

// A tap is a listener whose connections write down what comes.
type tap struct {
	net.Listener
	wire *wire
}

func (l *tap) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	heard := &bytes.Buffer{}
	l.wire.mu.Lock()
	l.wire.heard = append(l.wire.heard, heard)
	l.wire.mu.Unlock()
	return &tapped{c.(*net.TCPConn), l.wire, heard}, nil
}

// tapped is a connection that is written down.
type tapped struct {
	*net.TCPConn
	wire  *wire
	heard *bytes.Buffer
}

func (c *tapped) Read(p []byte) (n int, err error) {
	n, err = c.TCPConn.Read(p)
	c.note(p[:n])
	return n, err
}

func (c *tapped) note(p []byte) {
	c.wire.mu.Lock()
	defer c.wire.mu.Unlock()
	c.heard.Write(p)
}

// Close takes what has come and was not read.
func (c *tapped) Close() error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	left := make([]byte, 1<<16)
	_ = raw.Read(func(fd uintptr) bool {
		if n, err := syscall.Read(int(fd), left); err == nil && n > 0 {
			c.note(left[:n])
		}
		return true // there may be nothing, which is not waited for
	})
	return c.TCPConn.Close()
}
