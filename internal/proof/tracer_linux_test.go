//go:build amd64 || arm64

package proof

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"
)

// A tracer runs the program and stops it before and after every call of the
// system by which it touches a file or the network, whichever of its threads makes
// it. strace cannot do that: it counts by thread, and kills before a call only.
type tracer struct {
	pid     int
	reach   func(boundary) order
	entered map[int]boundary // by thread: the call that it is in, where that counts
	failing map[int]order    // by thread: how the call fails that it is in
	known   map[int]bool     // threads that were seen
	n       int
}

// Of ptrace(2), what package syscall has not got.
const (
	getSyscallInfo = 0x420e
	stopOfSyscall  = syscall.SIGTRAP | 0x80
	infoEntry      = 1
	infoExit       = 2
)

// A syscallInfo is struct ptrace_syscall_info. It is the same on all machines.
type syscallInfo struct {
	op             uint8
	_              [3]uint8
	arch           uint32
	pointer, stack uint64
	number         uint64 // of infoEntry
	args           [6]uint64
	_              [2]uint64
}

// trace runs a program with output into the given files, asks at every boundary
// what is to happen, and returns how it ended; -1 is a signal. Of a process that
// was ordered to stand it returns at once, with its id and code 0: the caller lets
// it go on, and waits for it.
func trace(argv, env []string, dir string, out, stderr *os.File, reach func(boundary) order) (pid, code int, err error) {
	ended := make(chan struct{})
	onThread(func() {
		defer close(ended)
		var null *os.File
		if null, err = os.Open(os.DevNull); err != nil {
			return
		}
		defer null.Close() // it was only read
		// A group of its own, so that nobody else's child is waited for below.
		pid, err = syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{
			Dir: dir, Env: env, Files: []uintptr{null.Fd(), out.Fd(), stderr.Fd()},
			Sys: &syscall.SysProcAttr{Ptrace: true, Setpgid: true},
		})
		if err != nil {
			return
		}
		t := &tracer{pid: pid, reach: reach, entered: map[int]boundary{}, failing: map[int]order{}, known: map[int]bool{pid: true}}
		code, err = t.follow()
		if err != nil {
			_ = syscall.Kill(pid, syscall.SIGKILL) // the error above says more
		}
	})
	<-ended
	return pid, code, err
}

// onThread runs f on a thread of its own, which ends with it: whatever the thread
// traces is free then. The first thread of a process cannot end.
func onThread(f func()) {
	go func() {
		runtime.LockOSThread()
		if syscall.Gettid() != os.Getpid() {
			f()
			return // locked, which ends the thread
		}
		defer runtime.UnlockOSThread()
		done := make(chan struct{})
		onThread(func() { defer close(done); f() })
		<-done
	}()
}

// follow goes with the process from its first stop to its end.
func (t *tracer) follow() (code int, err error) {
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(t.pid, &status, syscall.WALL, nil); err != nil {
		return 0, fmt.Errorf("waiting for the traced program to begin: %w", err)
	}
	if err := syscall.PtraceSetOptions(t.pid, syscall.PTRACE_O_TRACESYSGOOD|syscall.PTRACE_O_TRACECLONE); err != nil {
		return 0, fmt.Errorf("tracing the program: %w", err)
	}
	tid := t.pid
	var signal syscall.Signal
	for {
		// A thread that is gone meanwhile was killed.
		if err := syscall.PtraceSyscall(tid, int(signal)); err != nil && !errors.Is(err, syscall.ESRCH) {
			return 0, fmt.Errorf("letting the traced program go on: %w", err)
		}
		if tid, status, err = t.next(); err != nil {
			return 0, err
		}
		if !status.Stopped() {
			return status.ExitStatus(), nil
		}
		var standing bool
		if signal, standing, err = t.stopped(tid, status); err != nil || standing {
			return 0, err
		}
	}
}

// next waits for a thread to stop, or for the process to end.
func (t *tracer) next() (tid int, status syscall.WaitStatus, err error) {
	for {
		tid, err = syscall.Wait4(-t.pid, &status, syscall.WALL, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return 0, 0, fmt.Errorf("waiting for the traced program: %w", err)
		case status.Stopped() || tid == t.pid:
			return tid, status, nil
		}
	}
}

// stopped says with which signal a thread goes on, and whether the process stands.
func (t *tracer) stopped(tid int, status syscall.WaitStatus) (signal syscall.Signal, standing bool, err error) {
	signal = status.StopSignal()
	switch {
	case signal == stopOfSyscall:
		standing, err = t.call(tid)
		return 0, standing, err
	case signal == syscall.SIGTRAP:
		return 0, false, nil // a thread was made
	case signal == syscall.SIGSTOP && !t.known[tid]:
		t.known[tid] = true
		return 0, false, nil // and begins
	}
	return signal, false, nil
}

// call looks at a thread that stands before or after a call.
func (t *tracer) call(tid int) (standing bool, err error) {
	var info syscallInfo
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, getSyscallInfo, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return false, goneOr(fmt.Errorf("asking which call the traced program makes: %w", errno))
	}
	b, counts := boundary{}, false
	switch info.op {
	case infoEntry:
		if b, counts = counted(tid, info.number, info.args); counts {
			t.entered[tid] = b
		}
	case infoExit:
		b, counts = t.entered[tid]
		delete(t.entered, tid)
		b.done = true
		if how, fails := t.failing[tid]; fails {
			delete(t.failing, tid)
			if err := answerCall(tid, how); err != nil {
				return false, goneOr(err)
			}
		}
	}
	if !counts {
		return false, nil
	}
	t.n++
	b.n = t.n
	switch how := t.reach(b); {
	case how == die:
		err = syscall.Kill(t.pid, syscall.SIGKILL)
	case how < 0 && !b.done:
		t.failing[tid] = how
		err = goneOr(skipCall(tid))
	case how == stand:
		// To this thread, so that it goes no further; the others follow.
		_, _, errno := syscall.Syscall(syscall.SYS_TGKILL, uintptr(t.pid), uintptr(tid), uintptr(syscall.SIGSTOP))
		if errno != 0 {
			return false, errno
		}
		return true, nil
	}
	return false, err
}

// goneOr is the error of a request about a thread, which is none where the thread
// was killed meanwhile.
func goneOr(err error) error {
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// counted tells whether a call touches a file or the network, and what it is
// about. What a thread writes to wake another one, to a pipe or to a file without
// a name, touches neither.
func counted(tid int, number uint64, args [6]uint64) (boundary, bool) {
	call, listed := callsThatCount[number]
	if !listed || call.only != nil && !call.only(args) {
		return boundary{}, false
	}
	b := boundary{thread: tid, call: call.name}
	if !call.open {
		if call.path > 0 {
			b.on = pathOf(tid, args[call.path-1], args[0], call.path > 1)
		}
		return b, true
	}
	b.on, _ = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, args[0])) // it may be closed: then it is about nothing
	if strings.HasPrefix(b.on, "socket:") {
		b.on = "socket"
		return b, true
	}
	named := strings.HasPrefix(b.on, "/") && b.on != os.DevNull && !strings.HasSuffix(b.on, " (deleted)")
	return b, named && !call.socketOnly
}

// pathOf reads a path out of the memory of a thread. The folder that it begins in
// is that of an open file, or the one that the process works in.
func pathOf(tid int, at, folder uint64, inFolder bool) string {
	text := make([]byte, syscall.PathMax)
	n, _ := syscall.PtracePeekData(tid, uintptr(at), text) // as far as its memory goes
	end := bytes.IndexByte(text[:n], 0)
	if end < 0 {
		return ""
	}
	path := string(text[:end])
	if filepath.IsAbs(path) {
		return path
	}
	const workingFolder = -100 // AT_FDCWD
	from := "cwd"
	if inFolder && int32(folder) != workingFolder {
		from = fmt.Sprintf("fd/%d", folder)
	}
	parent, err := os.Readlink(fmt.Sprintf("/proc/%d/%s", tid, from))
	if err != nil {
		return path
	}
	return filepath.Join(parent, path)
}
