package proof

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// binary is the program as it is released; TestMain builds it.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "proof")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "reconcile")
	build := exec.Command("go", "build", "-o", binary, "reconcile/cmd/reconcile")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// soak tells whether everything is tried instead of a sample.
func soak() bool { return os.Getenv("RECONCILE_SOAK") != "" }

// begun is when this process began.
var begun = time.Now()

// over tells whether the time that was given for a soak is over: RECONCILE_SOAK
// may be a duration. What is not tried then is in the table.
func (c *tally) over() bool {
	limit, err := time.ParseDuration(os.Getenv("RECONCILE_SOAK"))
	if err != nil || time.Since(begun) < limit {
		return false
	}
	c.also("not reached", 1)
	return true
}

// sample returns a number of trials: of an ordinary test, or of a soak.
func sample(few, many int) int {
	if soak() {
		return many
	}
	return few
}

// A tally counts trials and what was wrong in them.
type tally struct {
	mu         sync.Mutex
	what       string
	trials     int
	violations int
	extra      map[string]int
}

// count starts a tally and prints its row of the table when the test ends.
func count(t *testing.T, what string) *tally {
	c := &tally{what: what, extra: map[string]int{}}
	t.Cleanup(func() {
		more := ""
		for _, k := range sortedKeys(c.extra) {
			more += fmt.Sprintf("  %s %d", k, c.extra[k])
		}
		fmt.Printf("PROOF  %-66s × %5d = %d violations%s\n", c.what, c.trials, c.violations, more)
		if c.trials == 0 && c.extra["not reached"] == 0 {
			t.Errorf("%s: nothing was tried", what)
		}
	})
	return c
}

// trial notes one trial and its violations, each of which fails the test.
func (c *tally) trial(t *testing.T, name string, wrong []string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trials++
	if len(wrong) > 0 {
		c.violations++
	}
	for _, w := range wrong {
		t.Errorf("%s: %s", name, w)
	}
}

// also counts something that is worth knowing and no violation.
func (c *tally) also(what string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.extra[what] += n
}

// notRun says in the table what could not be tried on this machine.
func notRun(what, why string) { fmt.Printf("PROOF  %-66s NOT RUN: %s\n", what, why) }

// straceWorks tells whether this machine lets one process trace another.
func straceWorks() bool {
	return exec.Command("strace", "-f", "-o", os.DevNull, "-e", "inject=fsync:signal=SIGKILL:when=1000", "true").Run() == nil
}
