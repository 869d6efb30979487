package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// pseudoTerminal returns both ends of a terminal that nobody sits at.
func pseudoTerminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ours.Close() })
	var unlocked, number int32
	for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, ours.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Fatal(errno)
		}
	}
	theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

// TestTerminal: a person at a terminal sees how far a run is, and a table at its
// end; a pipe and a build server see the table alone.
func TestTerminal(t *testing.T) {
	ptmx, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		fmt.Printf("NOT RUN  what is seen at a terminal: %v\n", err)
		return
	}
	_ = ptmx.Close() // nothing was written
	dir := filepath.Join(t.TempDir(), "month")
	if out, err := exec.Command("reconcile", "init", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	environ := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "CI=") })
	command := func(environ []string) *exec.Cmd {
		cmd := exec.Command("reconcile", "run", "--as-of", "2026-11-10")
		cmd.Dir, cmd.Env = dir, environ
		return cmd
	}

	at := func(environ []string) string {
		ours, theirs := pseudoTerminal(t)
		cmd := command(environ)
		cmd.Stdout, cmd.Stderr = theirs, theirs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if err := theirs.Close(); err != nil {
			t.Fatal(err)
		}
		var seen bytes.Buffer
		_, _ = io.Copy(&seen, ours) // the end of a terminal is an error
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 10 {
			t.Fatalf("%v\n%s", err, seen.String())
		}
		return strings.ReplaceAll(seen.String(), "\r\n", "\n")
	}

	seen := at(environ)
	for _, what := range []string{"\rbytes of ledgers", "\rbytes of events"} {
		if !strings.Contains(seen, what) {
			t.Errorf("a person does not see %q:\n%q", what, seen)
		}
	}
	_, table, found := strings.Cut(seen, "Money by status on 10-Nov-2026\n")
	table, _, ended := strings.Cut(table, "\n\n")
	if !found || !ended {
		t.Fatalf("a person sees no table:\n%s", seen)
	}
	lines := strings.Split(table, "\n")
	for _, line := range lines {
		if utf8.RuneCountInString(line) != utf8.RuneCountInString(lines[0]) {
			t.Errorf("the table does not end in one column:\n%s", table)
			break
		}
	}
	if len(lines) < 5 || strings.ContainsAny(table, "\r\x1b") {
		t.Errorf("the table is no table:\n%q", table)
	}

	if seen := at(append(environ, "CI=true")); strings.Contains(seen, "\r") || !strings.Contains(seen, table) {
		t.Errorf("a build server sees\n%q", seen)
	}
	var out, complaints bytes.Buffer
	cmd := command(environ)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 10 {
		t.Fatal(err)
	}
	if complaints.Len() != 0 || strings.Contains(out.String(), "\r") || !strings.Contains(out.String(), table) {
		t.Errorf("a pipe sees\n%q\n%q", out.String(), complaints.String())
	}
}
