//go:build realdata && linux

package table

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// TestCorpusWithinMemory runs TestCorpus once more in a process of its own that
// may not have more than a small machine gives: the system, and not we, ends it
// when it takes more.
func TestCorpusWithinMemory(t *testing.T) {
	const (
		addressKiB = 1500 << 10 // the Go runtime reserves more addresses than it uses
		maxRSSKiB  = 256 << 10
	)
	cmd := exec.Command("sh", "-c", fmt.Sprintf("ulimit -v %d && exec \"$0\" \"$@\"", addressKiB),
		os.Args[0], "-test.run=^TestCorpus$", "-test.count=1", "-test.timeout=10m", "-test.v")
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=192MiB")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the corpus is not read within %d MiB of addresses: %v\n%s", addressKiB>>10, err, out)
	}
	if !bytes.Contains(out, []byte("--- PASS: TestCorpus ")) {
		t.Fatalf("the process of its own read nothing:\n%s", out)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("the system does not tell the peak of the process")
	}
	if usage.Maxrss > maxRSSKiB {
		t.Errorf("the process grew to %d MiB, want at most %d", usage.Maxrss>>10, maxRSSKiB>>10)
	}
	t.Logf("peak %d MiB", usage.Maxrss>>10)
}
