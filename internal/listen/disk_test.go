package listen

import (
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A disk has room for so many bytes, and may fail to sync or to truncate.
type disk struct {
	mu     sync.Mutex
	free   int
	noSync bool
	noCut  bool
	syncs  int           // how many there were
	gate   chan struct{} // each sync takes a token out of it first; none where nil
}

// open opens a real file on the disk.
func (d *disk) open(path string) (file, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return &diskFile{f, d}, nil
}

type diskFile struct {
	file
	disk *disk
}

// Write writes what there is room for, as a full disk does.
func (f *diskFile) Write(b []byte) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	room := min(len(b), f.disk.free)
	f.disk.free -= room
	n, err := f.file.Write(b[:room])
	if err == nil && room < len(b) {
		err = &fs.PathError{Op: "write", Path: "the disk", Err: syscall.ENOSPC}
	}
	return n, err
}

func (f *diskFile) Sync() error {
	if f.disk.gate != nil {
		<-f.disk.gate
	}
	f.disk.mu.Lock()
	f.disk.syncs++
	defer f.disk.mu.Unlock()
	if f.disk.noSync {
		return &fs.PathError{Op: "sync", Path: "the disk", Err: syscall.EIO}
	}
	return f.file.Sync()
}

func (f *diskFile) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.noCut {
		return &fs.PathError{Op: "truncate", Path: "the disk", Err: syscall.EIO}
	}
	return f.file.Truncate(size)
}

func (d *disk) set(change func(*disk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

// on opens a listener whose files lie on a disk.
func on(t *testing.T, o Options, d *disk) *running {
	t.Helper()
	return serve(t, openOn(t, o, d))
}

func openOn(t *testing.T, o Options, d *disk) *Server {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	s.log.open = d.open // the writing goroutine waits for its first group
	if err := s.log.today.close(); err != nil {
		t.Fatal(err)
	}
	s.log.today = nil
	return s
}

// TestFullDisk: nothing is acknowledged that is not kept, nothing stands half,
// readiness tells of it, and when there is room again all goes on by itself.
func TestFullDisk(t *testing.T) {
	o := options(t)
	d := &disk{free: 1000}
	r := on(t, o, d)
	kept := 0
	for range 8 {
		if status, _ := r.post(`{"n":1}`); status == http.StatusOK {
			kept++
		}
	}
	status, answer := r.post(`{"n":1}`)
	if kept == 0 || kept == 8 || status != http.StatusServiceUnavailable || !strings.Contains(answer, "send it again") {
		t.Errorf("%d of 8 were kept, then %d %s; want some, then 503", kept, status, answer)
	}
	if got := lines(t, o.Folder, today); len(got) != kept {
		t.Errorf("%d were acknowledged and %d are in the log", kept, len(got))
	}
	if status, _ := r.send(http.DefaultClient, "GET", "/healthz", ""); status != 200 {
		t.Errorf("health: got %d, want 200 for a process that answers", status)
	}
	d.set(func(d *disk) { d.noSync = true })
	if status, answer := r.send(http.DefaultClient, "GET", "/readyz", ""); status != 503 {
		t.Errorf("readiness: got %d %s, want 503", status, answer)
	}
	d.set(func(d *disk) { d.noSync, d.free = false, 1<<20 })
	if status, answer := r.send(http.DefaultClient, "GET", "/readyz", ""); status != 200 {
		t.Errorf("readiness with room again: got %d %s, want 200", status, answer)
	}
	if status, _ := r.post(`{"n":2}`); status != 200 {
		t.Errorf("with room again: got %d, want 200", status)
	}
	if got := lines(t, o.Folder, today); len(got) != kept+1 {
		t.Errorf("got %d lines, want %d", len(got), kept+1)
	}
}

// TestFailedSync: the kernel may have dropped what it could not write, so the
// group is cut off, and only what is synced later counts.
func TestFailedSync(t *testing.T) {
	o := options(t)
	d := &disk{free: 1 << 20}
	r := on(t, o, d)
	r.post(`{"n":1}`)
	d.set(func(d *disk) { d.noSync = true })
	if status, _ := r.post(`{"n":2}`); status != 503 {
		t.Errorf("a sync that fails: got %d, want 503", status)
	}
	d.set(func(d *disk) { d.noCut = true })
	if status, _ := r.post(`{"n":3}`); status != 503 {
		t.Errorf("a disk on which nothing can be mended: got %d, want 503", status)
	}
	d.set(func(d *disk) { d.noSync, d.noCut = false, false })
	if status, _ := r.post(`{"n":4}`); status != 200 {
		t.Errorf("a disk that works again: got %d, want 200", status)
	}
	var got []string
	for _, line := range lines(t, o.Folder, today) {
		got = append(got, line[strings.Index(line, `"body"`):])
	}
	if want := []string{`"body":{"n":1}}`, `"body":{"n":4}}`}; !slices.Equal(got, want) {
		t.Errorf("got %v in the log, want what was acknowledged, %v", got, want)
	}
	m, _ := r.end()
	if m.Stored != 2 || m.Failed != 2 || m.Refused["disk"] != 2 {
		t.Errorf("got %d kept, %d groups failed and %d refused, want 2 of each", m.Stored, m.Failed, m.Refused["disk"])
	}
}

// TestLittleSpace: a listener is not ready before its disk is full.
func TestLittleSpace(t *testing.T) {
	o := options(t)
	var mu sync.Mutex
	free := uint64(10)
	o.Free = func(string) (uint64, bool) { mu.Lock(); defer mu.Unlock(); return free, true }
	o.MinFree = 11
	r := start(t, o)
	if status, answer := r.send(http.DefaultClient, "GET", "/readyz", ""); status != 503 || !strings.Contains(answer, "nearly full") {
		t.Errorf("got %d %s, want 503", status, answer)
	}
	mu.Lock()
	free = 11
	mu.Unlock()
	if status, answer := r.send(http.DefaultClient, "GET", "/readyz", ""); status != 200 {
		t.Errorf("got %d %s, want 200", status, answer)
	}
	if status, _ := r.post(`{}`); status != 200 {
		t.Errorf("a webhook: got %d, want 200, for it can still be written", status)
	}
}

// TestMend: what a crash leaves behind the last newline is ended where it is
// whole and cut off where it is not, and what stands before stays as it is.
func TestMend(t *testing.T) {
	const whole = `{"body":{"n":1}}`
	long := strings.Repeat("x", 200<<10)
	for _, c := range []struct{ name, left, mended string }{
		{"nothing", "", ""},
		{"whole lines", whole + "\n" + whole + "\n", whole + "\n" + whole + "\n"},
		{"a line that was cut", whole + "\n" + whole[:7], whole + "\n"},
		{"a line without its newline", whole + "\n" + whole, whole + "\n" + whole + "\n"},
		{"a cut line alone", `{"bo`, ""},
		{"zeros, as after a power cut", whole + "\n\x00\x00\x00", whole + "\n"},
		{"a line and zeros", whole + "\n" + whole + "\x00\x00", whole + "\n"},
		{"a long line that was cut", whole + "\n" + `{"body":"` + long, whole + "\n"},
		{"a long line without its newline", whole + "\n" + `{"body":"` + long + `"}`, whole + "\n" + `{"body":"` + long + "\"}\n"},
	} {
		o := options(t)
		paths := []string{filepath.Join(o.Folder, "webhooks-2026-11-21.jsonl"), filepath.Join(o.Folder, "webhooks-"+today+".jsonl")}
		for _, path := range paths {
			if err := os.WriteFile(path, []byte(c.left), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		others := filepath.Join(o.Folder, "sandbox.jsonl")
		if err := os.WriteFile(others, []byte(c.left), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]string{paths[0]: c.mended, paths[1]: c.mended, others: c.left} {
			got, err := os.ReadFile(path)
			if err != nil || string(got) != want {
				t.Errorf("%s: %s has %d bytes (%v), want %d", c.name, filepath.Base(path), len(got), err, len(want))
			}
		}
	}
}

func TestFolderThatCannotBeUsed(t *testing.T) {
	o := options(t)
	o.Folder = filepath.Join(o.Folder, "file", "events")
	if err := os.WriteFile(filepath.Dir(o.Folder), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var folder *FolderError
	if _, err := Open(o); !errors.As(err, &folder) || folder.ExitCode() != 74 {
		t.Errorf("got %v, want that the folder cannot be used", err)
	}
}

// TestFolderIsMade, with those above it.
func TestFolderIsMade(t *testing.T) {
	o := options(t)
	o.Folder = filepath.Join(o.Folder, "a", "b", "events")
	r := start(t, o)
	if status, answer := r.post(`{}`); status != 200 {
		t.Errorf("got %d %s, want 200", status, answer)
	}
	if got := lines(t, o.Folder, today); len(got) != 1 {
		t.Errorf("got %d lines in a folder that was missing, want 1", len(got))
	}
	info, err := os.Stat(o.Folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v (%v), want 0700", info.Mode(), err)
	}
}

// TestSlowClients: whoever dribbles is cut off, and gives up its place. Time
// passes here by the clock of synctest.
func TestSlowClients(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		o.Now = time.Now
		o.MaxConnections = 1
		s, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		ln := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		ended := make(chan error, 1)
		ctx := t.Context()
		go func() { _, err := s.Serve(ctx, ln); ended <- err }()

		for _, c := range []struct {
			name, head string
			limit      time.Duration
		}{
			{"a head that does not end", "POST /api/v0/x HTTP/1.1\r\n", headerTimeout},
			{"a body that does not end", "POST /api/v0/x HTTP/1.1\r\nHost: x\r\nX-Webhook-Secret: " + theSecret + "\r\nContent-Length: 100000\r\n\r\n", bodyTimeout},
			{"a client that says nothing", "", headerTimeout},
		} {
			began := time.Now()
			conn := ln.dial() // there is one place: it waits until the one before is cut off
			if waited := time.Since(began); waited > time.Second {
				t.Errorf("%s: waited %v for a place", c.name, waited)
			}
			if took := dribble(conn, c.head); took > c.limit+time.Second {
				t.Errorf("%s: was served for %v, want an end after %v", c.name, took, c.limit)
			}
			conn.Close()
			synctest.Wait()
		}
		ln.Close()
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "receiving webhooks") {
			t.Errorf("a listener that breaks: got %v, want an error", err)
		}
	})
}

// dribble sends a head, and then a byte a second until nobody takes it. It
// returns how long that was.
func dribble(c net.Conn, head string) time.Duration {
	began := time.Now()
	go func() { // what is answered is read, or the server would wait for that
		b := make([]byte, 1024)
		for {
			if _, err := c.Read(b); err != nil {
				return
			}
		}
	}()
	for at := 0; ; at++ {
		next := "a"
		if at == 0 {
			next = head
		}
		if _, err := c.Write([]byte(next)); err != nil {
			return time.Since(began)
		}
		time.Sleep(time.Second)
	}
}

// pipes listens at no address: connections are pairs of ends in memory.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) dial() net.Conn {
	here, there := net.Pipe()
	p.conns <- there
	return here
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "pipe"} }
