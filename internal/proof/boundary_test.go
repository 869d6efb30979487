package proof

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"reconcile/internal/enkash/sandbox"
)

// A boundary is the moment before or after one call of the system by which the
// program touches a file or the network.
type boundary struct {
	n      int // of the process, from 1
	thread int
	call   string
	done   bool   // after it
	on     string // what it is about: a path, or socket
}

func (b boundary) String() string {
	when := "before"
	if b.done {
		when = "after"
	}
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s (boundary %d)", when, b.call, b.on, b.n)), " ")
}

// An order is what happens to the process at a boundary. One below zero is for the
// boundary before a call: it is not made, and fails with that number of errno.
type order int

const (
	goOn  order = iota
	die         // SIGKILL: before a call it is not made, after it nothing follows
	stand       // SIGSTOP, untraced from then on
)

// fail is the order that lets a call fail.
func fail(errno syscall.Errno) order { return -order(errno) }

// traceOr runs a command of the program and asks at every boundary what is to
// happen. The id is that of a process that was ordered to stand.
func (w *world) traceOr(reach func(boundary) order, args ...string) (pid int, r ended) {
	w.t.Helper()
	cmd := w.command(args...)
	out, stderr := w.temporary(), w.temporary()
	defer func() { _ = errors.Join(out.Close(), stderr.Close()) }() // they were read
	pid, code, err := trace(cmd.Args, cmd.Env, cmd.Dir, out, stderr, reach)
	if err != nil {
		w.t.Fatal(err)
	}
	if code == -1 {
		w.deaths.Add(1)
	}
	return pid, ended{code, w.said(out), w.said(stderr)}
}

// temporary is a file that has no name any more.
func (w *world) temporary() *os.File {
	w.t.Helper()
	f, err := os.CreateTemp(w.dir, "said")
	if err == nil {
		err = os.Remove(f.Name())
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func (w *world) said(f *os.File) string {
	w.t.Helper()
	info, err := f.Stat()
	if err != nil {
		w.t.Fatal(err)
	}
	b := make([]byte, info.Size())
	if _, err := f.ReadAt(b, 0); err != nil && len(b) > 0 {
		w.t.Fatal(err)
	}
	return string(b)
}

// killAt runs a command of the program and kills it at its nth boundary. Where it
// ended before, the boundary is the last one that it reached.
func (w *world) killAt(n int, args ...string) (last boundary, r ended) {
	w.t.Helper()
	_, r = w.traceOr(func(b boundary) order {
		if last = b; b.n == n {
			return die
		}
		return goOn
	}, args...)
	return last, r
}

// boundaries runs a command of the program to its end and returns all of them.
func (w *world) boundaries(args ...string) (all []boundary, r ended) {
	w.t.Helper()
	_, r = w.traceOr(func(b boundary) order { all = append(all, b); return goOn }, args...)
	return all, r
}

// cannotTrace says why this machine does not let one process trace another; empty
// where it does.
func cannotTrace(t *testing.T) string {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close() // nothing was written
	if _, code, err := trace([]string{binary, "--version"}, nil, "/", null, null, func(boundary) order { return goOn }); err != nil || code != 0 {
		return fmt.Sprintf("no process can be traced here: %v, exit code %d", err, code)
	}
	return ""
}

// TestBoundary: the tracer itself. A folder is not there before the call that
// makes it, and is there after it.
func TestBoundary(t *testing.T) {
	if why := cannotTrace(t); why != "" {
		notRun("the tracer", why)
		return
	}
	c := count(t, "the tracer kills before a call is made, and after it")
	for _, done := range []bool{false, true} {
		w := newWorld(t, sandbox.Options{}, "")
		_, r := w.traceOr(func(b boundary) order {
			if strings.HasPrefix(b.call, "mkdir") && b.done == done {
				return die
			}
			return goOn
		}, "init", w.path("new"))
		var wrong []string
		if _, err := os.Stat(w.path("new")); (err == nil) != done || r.code != -1 {
			wrong = append(wrong, fmt.Sprintf("killed after the call: %v; exit code %d, and the folder: %v", done, r.code, err))
		}
		c.trial(t, fmt.Sprintf("after it: %v", done), wrong)
	}
}
