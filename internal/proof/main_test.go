package proof

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
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
	build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "reconcile/cmd/reconcile")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		return 1
	}
	code := m.Run()
	if n := printed.Load(); n > rows {
		fmt.Fprintf(os.Stderr, "the table has %d rows: say so in rows\n", n)
		return 1
	}
	return code
}

// soak tells whether everything is tried instead of a sample.
func soak() bool { return os.Getenv("RECONCILE_SOAK") != "" }

// limit is the time that was given for a soak: RECONCILE_SOAK may be a duration. 0
// means as long as it takes.
func limit() time.Duration {
	d, err := time.ParseDuration(os.Getenv("RECONCILE_SOAK"))
	if err != nil {
		return 0
	}
	return d
}

// rows is how many rows the table has at most: each has its share of the time that
// is left when it begins.
const rows = 30

// begun is when this process began, printed how many rows did since, and leftOut how
// much cannot be tried on this machine and needs no time.
var (
	begun            = time.Now()
	printed, leftOut atomic.Int64
)

// share is the moment at which a row that begins now must end.
func share() time.Time {
	left := rows - leftOut.Load() - printed.Add(1) + 1
	if limit() == 0 {
		return time.Time{}
	}
	return time.Now().Add(time.Until(begun.Add(limit())) / time.Duration(max(1, left)))
}

// over tells whether the time that a row was given is over. What is not tried then
// is in the table; something always is.
func (c *tally) over() bool {
	if c.until.IsZero() || time.Now().Before(c.until) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trials == 0 {
		return false
	}
	c.extra["not reached"]++
	return true
}

// inTurn returns 0 to n-1: mixed where time may not allow all of them.
func inTurn(n int) []int {
	if limit() == 0 {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all
	}
	return rand.New(rand.NewPCG(uint64(n), 12)).Perm(n)
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
	until      time.Time // the end of its time; zero where there is none
	trials     int
	violations int
	extra      map[string]int
}

// count starts a tally and prints its row of the table when the test ends.
func count(t *testing.T, what string) *tally {
	c := &tally{what: what, until: share(), extra: map[string]int{}}
	t.Cleanup(func() {
		more := ""
		for _, k := range sortedKeys(c.extra) {
			more += fmt.Sprintf("  %s %d", k, c.extra[k])
		}
		fmt.Printf("PROOF  %-84s × %7d = %d violations%s\n", c.what, c.trials, c.violations, more)
		if c.trials == 0 {
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
func notRun(what, why string) {
	leftOut.Add(1)
	fmt.Printf("NOT RUN  %s: %s\n", what, why)
}

// straceWorks tells whether this machine lets one process trace another.
func straceWorks() bool {
	return exec.Command("strace", "-f", "-o", os.DevNull, "-e", "inject=fsync:signal=SIGKILL:when=1000", "true").Run() == nil
}
