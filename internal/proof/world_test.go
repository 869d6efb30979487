package proof

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reconcile/internal/enkash/sandbox"
)

// A world is one company's folder and the sandbox that its payments go to.
type world struct {
	t    *testing.T
	dir  string
	asOf string
	late string        // the program with a clock that is ahead; see ahead
	by   time.Duration // by so much
	via  []string      // what starts the program; nil means nothing does
	url  string        // of EnKash, and what the configuration says of it besides
	more string
	wait time.Duration // for an answer; long enough for a busy machine where it is 0
	o    sandbox.Options

	bank   *sandbox.Server
	server *httptest.Server
	wire   wire         // what came by the wire to that server
	deaths atomic.Int64 // of runs, and calls of them that were made to fail

	mu     sync.Mutex
	early  []string                        // requests that the side log did not know
	before func(n int, objectID string)    // happens when a request has come, before it is executed; may be nil
	after  func(n int) (swallowed bool)    // happens when it was executed, before it is answered; may be nil
	plan   func(int, string) sandbox.Fault // what goes wrong; nil means nothing
	served int
}

// invoice is a row of the ledger that is due.
type invoice struct {
	supplier, name, number, amount string
}

func threeInvoices() []invoice {
	return []invoice{
		{"SUP1", "Shree Traders", "INV/26-27/0002", "590.00"},
		{"SUP2", "Bluepeak Security", "BPS/26-27/088", "7000.00"},
		{"SUP3", "Deccan Coldchain", "DCC-771", "12345.67"},
	}
}

// newWorld makes a company with its sandbox. Options of the sandbox that are left
// out are those of its worst mode.
func newWorld(t *testing.T, o sandbox.Options, payments string) *world {
	t.Helper()
	w := &world{t: t, dir: folder(t), o: o, asOf: time.Now().Format(time.DateOnly)}
	w.o.Log, w.o.Now = filepath.Join(w.dir, "events", "log.jsonl"), time.Now
	w.o.Faults = w.fault
	w.o.Drip = 5 * time.Millisecond // an answer that comes slowly comes in time on a busy machine too
	w.plan = o.Faults
	w.bank = sandbox.New(w.o)
	w.server = httptest.NewUnstartedServer(http.HandlerFunc(w.serve))
	w.server.Listener = &tap{Listener: w.server.Listener, wire: &w.wire}
	w.server.Start()
	t.Cleanup(w.close)
	w.write("events/log.jsonl", "")
	w.ledger(threeInvoices())
	w.configure(payments)
	return w
}

// folder is a new folder in memory where the machine has one: what is proved here
// is the order of calls, and a disk that waits for its platter proves no more.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "proof")
	if err != nil {
		return t.TempDir() // there is none, or it is not for us
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // what is left in memory harms nobody
	return dir
}

func (w *world) close() {
	_ = w.bank.Close() // it ends answers that do not end; its books were judged
	w.server.CloseClientConnections()
	w.server.Close()
}

func (w *world) configure(payments string) {
	w.write("reconcile.yaml", fmt.Sprintf(`buyers: [{b2b_id: BUYER0001, gstin: 27AAPFU0939F1ZV, name: Acme Retail Pvt Ltd}]
ledger: {files: ["ledger/*.csv"]}
events: {files: ["events/*.jsonl"]}
enkash: {base_url: "%s", timeout: %s, %sdevice: {name: GEOCODE, value: "19.0760,72.8777"}}
payments: {type: ONPLATFORM, %s}
`, cmp.Or(w.url, w.server.URL), cmp.Or(w.wait, 10*time.Second), w.more, cmp.Or(payments, `mode: auto, auto_limit: "1000000.00"`)))
}

// impatient waits for an answer as long as a test may that has none.
func (w *world) impatient() {
	w.t.Helper()
	w.wait = 2 * time.Second
	w.configure("")
}

// ledger writes the books anew.
func (w *world) ledger(all []invoice) {
	var b strings.Builder
	b.WriteString("supplier_b2b_id,supplier_name,supplier_invoice_number,invoice_date,due_date,invoice_amount,paid_amount,due_amount\n")
	day := func(ago int) string { return time.Now().AddDate(0, 0, -ago).Format(time.DateOnly) }
	for _, v := range all {
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,0.00,%s\n", v.supplier, v.name, v.number, day(40), day(2), v.amount, v.amount)
	}
	w.write("ledger/open.csv", b.String())
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(w.path(name)), 0o700), os.WriteFile(w.path(name), []byte(text), 0o600)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(name string) string {
	w.t.Helper()
	b, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

// serve is the way to the sandbox. Whoever dies between execution and answer dies
// in after.
func (w *world) serve(to http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	after := w.after // what a dead process asked may still be served in another one's time
	w.mu.Unlock()
	if after == nil {
		w.bank.ServeHTTP(to, r)
		return
	}
	held := httptest.NewRecorder()
	w.bank.ServeHTTP(held, r)
	w.mu.Lock()
	w.served++
	n := w.served
	w.mu.Unlock()
	if after(n) {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(to.Header(), held.Header())
	to.WriteHeader(held.Code)
	_, _ = to.Write(held.Body.Bytes()) // a caller that is dead hears nothing
}

// fault is asked when a request has come and nothing was executed yet: the moment
// at which the side log must know of it.
func (w *world) fault(n int, objectID string) sandbox.Fault {
	why := w.unknown(objectID)
	w.mu.Lock()
	if why != "" {
		w.early = append(w.early, fmt.Sprintf("request %d for %s came, and %s", n, objectID, why))
	}
	before, plan := w.before, w.plan
	w.mu.Unlock()
	if before != nil {
		before(n, objectID)
	}
	if plan == nil {
		return sandbox.Fault{}
	}
	return plan(n, objectID)
}

// undisturbed ends what happens at requests; some may still be under way.
func (w *world) undisturbed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before, w.after = nil, nil
}

// A line of the side log, as far as it matters here.
type sideLine struct {
	Batch   string `json:"batch"`
	Kind    string `json:"kind"`
	Subject string `json:"subject"`
	Seq     int64  `json:"seq"`
}

// unknown says why the side log does not prove that a payment was begun; empty
// where it does. Only a batch that is marked as committed proves anything.
func (w *world) unknown(objectID string) string {
	all, err := os.ReadFile(w.path("state-side/steps.jsonl"))
	if err != nil {
		return "there is no side log"
	}
	begun, done := int64(0), int64(0)
	for line := range bytes.Lines(all) {
		var l sideLine
		if json.Unmarshal(line, &l) != nil {
			continue
		}
		switch {
		case l.Batch == "committed":
			done = l.Seq
		case (l.Kind == "BEGUN" || l.Kind == "ANSWER_BEGUN") && l.Subject == objectID:
			begun = l.Seq
		}
	}
	switch {
	case begun == 0:
		return "the side log does not know that it was begun"
	case done < begun:
		return "the side log has not got it as committed"
	}
	return ""
}

// An ended is how a process ended.
type ended struct {
	code     int // -1 where a signal ended it
	out, err string
}

// command is the program with its configuration.
func (w *world) command(args ...string) *exec.Cmd {
	line := append(append(slices.Clone(w.via), cmp.Or(w.late, binary)), w.arguments(args...)...)
	cmd := w.inFolder(exec.Command(line[0], line[1:]...))
	cmd.Env = append(cmd.Env, fmt.Sprintf("PROOF_AHEAD=%s", w.by))
	return cmd
}

// inFolder is a command in the world's folder. What the tests are told by the
// environment is not for the program, which would refuse it.
func (w *world) inFolder(cmd *exec.Cmd) *exec.Cmd {
	cmd.Dir = w.dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "RECONCILE_") })
	return cmd
}

func (w *world) arguments(args ...string) []string {
	return append(args, "--config", w.path("reconcile.yaml"), "--as-of", w.asOf)
}

// run runs the program to its end.
func (w *world) run(args ...string) ended { w.t.Helper(); return w.finish(w.command(args...)) }

// traced runs the program under strace. Without log what is traced is not kept.
func (w *world) traced(log string, options []string, args ...string) ended {
	w.t.Helper()
	line := append([]string{"-f", "-o", cmp.Or(log, os.DevNull)}, options...)
	line = append(append(line, binary), w.arguments(args...)...)
	return w.finish(w.inFolder(exec.Command("strace", line...)))
}

func (w *world) finish(cmd *exec.Cmd) ended {
	w.t.Helper()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	if cmd.ProcessState.ExitCode() == -1 {
		w.deaths.Add(1)
	}
	return ended{cmd.ProcessState.ExitCode(), out.String(), stderr.String()}
}

// runs are the summaries of the reports, oldest first. What a run left that died
// while it wrote its report begins with a point, and is none.
func (w *world) runs() []string {
	all, err := filepath.Glob(w.path("reports/[0-9]*/summary.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	// Of a date the number counts, whatever the kind of the run.
	order := func(path string) (date string, number int) {
		id := filepath.Base(filepath.Dir(path))
		number, _ = strconv.Atoi(id[strings.LastIndexByte(id, '-')+1:])
		return id[:len(time.DateOnly)], number
	}
	slices.SortFunc(all, func(a, b string) int {
		dateA, a2 := order(a)
		dateB, b2 := order(b)
		return cmp.Or(strings.Compare(dateA, dateB), cmp.Compare(a2, b2))
	})
	return all
}

// keep copies folders of the world, and returns what puts them back as they were.
func (w *world) keep(names ...string) (restore func()) {
	w.t.Helper()
	type file struct {
		name string
		text []byte
	}
	var files []file
	for _, name := range names {
		err := filepath.WalkDir(w.path(name), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			files = append(files, file{path, b})
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.t.Fatal(err)
		}
	}
	return func() {
		w.t.Helper()
		for _, name := range names {
			if err := os.RemoveAll(w.path(name)); err != nil {
				w.t.Fatal(err)
			}
		}
		for _, f := range files {
			if err := errors.Join(os.MkdirAll(filepath.Dir(f.name), 0o700), os.WriteFile(f.name, f.text, 0o600)); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
