package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/history"
	"reconcile/internal/journal"
	"reconcile/internal/matcher"
	"reconcile/internal/submit"
)

// A deadMan is a dead man's switch that keeps what it was told.
type deadMan struct {
	url  string
	told []string
	on   func(path string) // asked before the answer; may be nil
}

const switchSecret = "5cb8a1f0-0d0e"

func openDeadMan(t *testing.T) *deadMan {
	t.Helper()
	d := &deadMan{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		d.told = append(d.told, strings.TrimPrefix(r.URL.Path, "/"+switchSecret)+" "+string(body))
		if d.on != nil {
			d.on(r.URL.Path)
		}
	}))
	t.Cleanup(server.Close)
	d.url = server.URL + "/" + switchSecret
	return d
}

// watched has a run tell a dead man's switch and a monitor, and returns where the
// latter reads.
func watched(t *testing.T, in *Input, url string) (textfile string) {
	t.Helper()
	dir := in.Config.Dir
	if err := os.WriteFile(filepath.Join(dir, "ping.url"), []byte(url+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(filepath.Join(dir, "reconcile.yaml"), []string{"RECONCILE_PING_URL_FILE=ping.url", "RECONCILE_METRICS_TEXTFILE=reconcile.prom"})
	if err != nil {
		t.Fatal(err)
	}
	in.Config = c
	return filepath.Join(dir, "reconcile.prom")
}

// logTo has a run log into a buffer.
func logTo(in *Input) *bytes.Buffer {
	var b bytes.Buffer
	in.Log = slog.New(slog.NewJSONHandler(&b, nil))
	return &b
}

func TestNight(t *testing.T) {
	man := openDeadMan(t)
	in := input(t, "2026-11-21")
	path := watched(t, &in, man.url)
	log := logTo(&in)
	done, err := Night(t.Context(), in)
	if err != nil || done.Code != ExitClean {
		t.Fatalf("got %v and %v", done, err)
	}
	want := []string{"/start 2026-11-21-run-01\n",
		" 2026-11-21-run-01 exit_code=0 unknown=0 items=2 payment_lines=1 breaks=0 quarantined=0 proposed=1 sent=0\n"}
	if diff := cmp.Diff(want, man.told); diff != "" {
		t.Errorf("the switch was told (-want +got):\n%s", diff)
	}
	now := in.Now()
	got := scrape(t, path)
	for name, want := range map[string]string{
		"reconcile_exit_code": "0", "reconcile_unknown_payments": "0", "reconcile_unknown_paise": "0",
		"reconcile_oldest_unknown_age_seconds": "0.000", "reconcile_quarantined_rows": "0",
		`reconcile_breaks{code="DUPLICATE_PAYMENT"}`: "0", `reconcile_break_paise{code="UTR_REUSED"}`: "0",
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	for _, name := range []string{"reconcile_last_run_timestamp_seconds", "reconcile_last_success_timestamp_seconds"} {
		if at, err := strconv.ParseInt(got[name], 10, 64); err != nil || now.Unix()-at > 60 || at > now.Unix() {
			t.Errorf("%s: got %s, want shortly before %d", name, got[name], now.Unix())
		}
	}
	for _, stage := range []string{"ledger", "events", "match", "report"} {
		if name := fmt.Sprintf("reconcile_run_duration_seconds{stage=%q}", stage); got[name] != "1.000" {
			t.Errorf("%s: got %q, want 1.000 by the clock of the test", name, got[name])
		}
	}
	if _, is := got["reconcile_backup_age_seconds"]; is {
		t.Error("there was no backup, and it has an age")
	}
	if !strings.Contains(log.String(), `"msg":"run ended","run_id":"2026-11-21-run-01","stage":"end","kind":"run","as_of":"2026-11-21","exit_code":0`) || strings.Contains(log.String(), switchSecret) {
		t.Errorf("got the log\n%s", log)
	}

	// A match by hand is no night.
	before := len(man.told)
	in.Kind = KindMatch
	if _, err := Night(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if len(man.told) != before || scrape(t, path)["reconcile_last_run_timestamp_seconds"] != got["reconcile_last_run_timestamp_seconds"] {
		t.Errorf("a match was told of: %v", man.told[before:])
	}
}

// TestNightFails: what went wrong before a report is told, and the last success
// stays what it was.
func TestNightFails(t *testing.T) {
	man := openDeadMan(t)
	in := input(t, "2026-11-21")
	path := watched(t, &in, man.url)
	if _, err := Night(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	first := scrape(t, path)
	if err := os.WriteFile(backupMark(in.Config), []byte(in.Now().UTC().Add(-90*time.Minute).Format(time.RFC3339)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(in.Config.Dir, "ledger", "open.csv")); err != nil {
		t.Fatal(err)
	}
	man.told = nil
	if _, err := Night(t.Context(), in); Code(err) != ExitMissing {
		t.Fatalf("got %v, want an error with code 66", err)
	}
	want := []string{"/start 2026-11-21-run-02\n", "/fail 2026-11-21-run-02 exit_code=66 unknown=0 no report\n"}
	if diff := cmp.Diff(want, man.told); diff != "" {
		t.Errorf("the switch was told (-want +got):\n%s", diff)
	}
	got := scrape(t, path)
	if got["reconcile_exit_code"] != "66" || got["reconcile_unknown_payments"] != "0" {
		t.Errorf("got %v", got)
	}
	if name := "reconcile_last_success_timestamp_seconds"; got[name] != first[name] || got[name] == "" {
		t.Errorf("%s: got %q, want %q as before", name, got[name], first[name])
	}
	if age := got["reconcile_backup_age_seconds"]; !strings.HasPrefix(age, "54") {
		t.Errorf("the backup is an hour and a half old and some seconds: got %q", age)
	}
	for name := range got {
		if strings.HasPrefix(name, "reconcile_break") || strings.HasPrefix(name, "reconcile_quarantined") {
			t.Errorf("%s: a run without a report cannot know it", name)
		}
	}

	// Who is kept out by the lock says nothing.
	release, err := history.Lock(in.Config.Path(in.Config.Store))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	man.told = nil
	if _, err := Night(t.Context(), in); Code(err) != ExitLocked {
		t.Fatalf("got %v, want an error with code 75", err)
	}
	if len(man.told) != 0 || scrape(t, path)["reconcile_exit_code"] != "66" {
		t.Errorf("a run that was kept out was told of: %v", man.told)
	}
}

// TestNightUnheard: that nobody hears of a night changes nothing about it, and is
// logged once, without the address.
func TestNightUnheard(t *testing.T) {
	in := input(t, "2026-11-21")
	path := watched(t, &in, "http://127.0.0.1:1/"+switchSecret)
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "in the way"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	log := logTo(&in)
	done, err := Night(t.Context(), in)
	if err != nil || done.Code != ExitClean {
		t.Fatalf("got %v and %v", done, err)
	}
	if text := log.String(); strings.Count(text, "[ping-failed]") != 1 || strings.Count(text, "[metrics-not-written]") != 1 || strings.Contains(text, switchSecret) {
		t.Errorf("got the log\n%s", text)
	}
}

// TestNightOfUnknownPayments: payments whose outcome nobody knows are counted, and
// so is how long ago the oldest was sent, also by a run that fails later on.
func TestNightOfUnknownPayments(t *testing.T) {
	man := openDeadMan(t)
	d := openDesk(t, func(int, string) sandbox.Fault { return sandbox.Fault{Kind: sandbox.Lose} },
		bill("A/1", "1180.00", "0.00", "1180.00", ""), bill("B/22", "590.00", "10.00", "580.00", ""))
	d.reqPay(false)
	d.approved()
	path := d.watched(man.url)
	in := d.in
	in.Kind, in.AsOf = KindRun, d.in.today()
	done, err := Night(t.Context(), in)
	if err != nil || done.Code != ExitUnsure {
		t.Fatalf("got %v and %v, want code 20", done, err)
	}
	// The first was broken off, and with it the run: the second waits.
	d.now = d.now.Add(time.Hour)
	if err := os.Remove(filepath.Join(d.dir, "ledger", "open.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := Night(t.Context(), in); Code(err) != ExitMissing {
		t.Fatalf("got %v, want an error with code 66", err)
	}
	got := scrape(t, path)
	if got["reconcile_unknown_payments"] != "1" || got["reconcile_unknown_paise"] != "118000" || !strings.HasPrefix(got["reconcile_oldest_unknown_age_seconds"], "3") {
		t.Errorf("got %v", got)
	}
	if last := man.told[len(man.told)-1]; !strings.HasPrefix(last, "/fail ") || !strings.Contains(last, " unknown=1 ") {
		t.Errorf("the switch was told %q", last)
	}
}

// TestNightThatCannotRecord: the journal cannot be told what followed the second
// payment, for another process has taken it over. The report shows both payments as
// under way, the second as unknown, and neither as due.
func TestNightThatCannotRecord(t *testing.T) {
	var d *desk
	d = openDesk(t, func(n int, _ string) sandbox.Fault {
		if n == 2 {
			other, err := journal.Open(t.Context(), d.in.Config.Path(d.in.Config.Store), journalOptions(d.in))
			if err := errors.Join(err, other.Close()); err != nil {
				t.Error(err)
			}
		}
		return sandbox.Fault{}
	}, bill("A/1", "1180.00", "0.00", "1180.00", ""), bill("B/22", "590.00", "10.00", "580.00", ""), bill("C/333", "700.00", "0.00", "700.00", ""))
	d.reqPay(false)
	d.approved()
	done := d.run(KindRun, "", Typed{})
	if done.Code != ExitUnsure {
		t.Errorf("got code %d, want 20: %v", done.Code, done.Notices)
	}
	if p := done.Summary.Payments; p.Unknown.Count != 1 || p.Unknown.Amount != 58000 || p.Submitted.Count != 2 {
		t.Errorf("got %+v, want 2 sent and of 1 nobody knows", p)
	}
	got := make(map[string]matcher.Status)
	for i := range done.Facts.Result.Items {
		item := &done.Facts.Result.Items[i]
		got[item.Item.Number] = item.Status
	}
	want := map[string]matcher.Status{"A/1": matcher.InFlight, "B/22": matcher.InFlight, "C/333": matcher.Due}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}
	if done := d.run(KindRun, "", Typed{}); done.Code != ExitUnsure || len(d.server.Books().Twice()) != 0 || d.states()["B/22"] != submit.Unsure {
		t.Errorf("the next night: code %d, %v, twice %v", done.Code, d.states(), d.server.Books().Twice())
	}
}

// TestNightIsStopped: asked to end while a payment is under way, a run finishes
// that one and records it; the next sends the others, and nobody is paid twice.
func TestNightIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	d := openDesk(t, func(int, string) sandbox.Fault { stop(); return sandbox.Fault{} },
		bill("A/1", "1180.00", "0.00", "1180.00", ""), bill("B/22", "590.00", "10.00", "580.00", ""), bill("C/333", "700.00", "0.00", "700.00", ""))
	man := openDeadMan(t)
	d.reqPay(false)
	d.approved()
	path := d.watched(man.url)
	in := d.in
	in.Kind, in.AsOf = KindRun, d.in.today()
	done, err := Night(ctx, in)
	if done != nil || Code(err) != ExitStopped || !strings.Contains(err.Error(), "1 payment sent, 2 more wait; the next run goes on from here [run-stopped]") {
		t.Fatalf("got %v and %v with code %d", done, err, Code(err))
	}
	if last := man.told[len(man.told)-1]; !strings.HasPrefix(last, "/fail 2026-11-21-run-01 exit_code=130 unknown=0 no report") || scrape(t, path)["reconcile_exit_code"] != "130" {
		t.Errorf("a run that was stopped told the switch %q and the monitor %v", last, scrape(t, path))
	}
	want := map[string]submit.State{"A/1": submit.Acked, "B/22": submit.Intended, "C/333": submit.Intended}
	if diff := cmp.Diff(want, d.states()); diff != "" {
		t.Errorf("after it was stopped (-want +got):\n%s", diff)
	}
	if _, err := Night(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if books := d.server.Books(); len(books.Twice()) != 0 || len(books.Executions) != 3 {
		t.Errorf("got %d payments, twice: %v; want 3 and none", len(books.Executions), books.Twice())
	}
}

// TestStoppedWhileAnAlarmRings: that a run was stopped hides nothing that is worse.
func TestStoppedWhileAnAlarmRings(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	rings := &till{
		entries: []submit.Entry{{ObjectID: "PMT1", Supplier: "SUP1", State: submit.Paid}},
		alarms:  []journal.Alarm{{ObjectID: "PMT1", Kind: submit.LatePaid, Text: "it had failed"}},
		holds:   []journal.Hold{{What: journal.HoldSupplier, Subject: "SUP1"}},
	}
	for kind, want := range map[string]int{KindRun: ExitContradiction, KindMatch: ExitStopped} {
		g := &gathering{in: Input{Kind: kind}, pays: &payrun{till: rings}}
		err := g.stopped(ctx)
		if Code(err) != want || !strings.Contains(err.Error(), "[run-stopped]") || strings.Contains(err.Error(), "PMT1") != (want == ExitContradiction) {
			t.Errorf("%s: got code %d, want %d: %v", kind, Code(err), want, err)
		}
	}
}

// reqPay lets a desk pay by req-pay, by itself where auto.
func (d *desk) reqPay(auto bool) {
	d.t.Helper()
	environ := []string{"RECONCILE_ENKASH_API=req-pay"}
	if auto {
		environ = append(environ, "RECONCILE_PAYMENTS_MODE=auto", "RECONCILE_PAYMENTS_AUTO_LIMIT=100000.00")
	}
	c, err := config.Load(filepath.Join(d.dir, "reconcile.yaml"), environ)
	if err != nil {
		d.t.Fatal(err)
	}
	d.in.Config = c
}

// watched has a desk tell of its nights.
func (d *desk) watched(url string) string {
	d.t.Helper()
	d.write("ping.url", url, 0o600)
	c, err := config.Load(filepath.Join(d.dir, "reconcile.yaml"), []string{"RECONCILE_ENKASH_API=req-pay", "RECONCILE_PING_URL_FILE=ping.url", "RECONCILE_METRICS_TEXTFILE=reconcile.prom"})
	if err != nil {
		d.t.Fatal(err)
	}
	d.in.Config = c
	return filepath.Join(d.dir, "reconcile.prom")
}

var (
	helpLine   = regexp.MustCompile(`^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\\n]|\\\\|\\n)+$`)
	typeLine   = regexp.MustCompile(`^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) gauge$`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\n|\\")*"\})? (-?[0-9]+(?:\.[0-9]+)?)$`)
)

// scrape reads a file as strictly as the text format of Prometheus has it, version
// 0.0.4: one HELP and one TYPE before the samples of a family, which stand
// together, no series twice, and an end of line behind the last. It returns the
// values by series.
func scrape(t *testing.T, path string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, ended := strings.CutSuffix(string(b), "\n")
	if !ended {
		t.Fatalf("%s does not end with its line: %q", path, b)
	}
	series := make(map[string]string)
	var families []string
	helped, typed := "", ""
	for i, line := range strings.Split(text, "\n") {
		switch help, kind, sample := helpLine.FindStringSubmatch(line), typeLine.FindStringSubmatch(line), sampleLine.FindStringSubmatch(line); {
		case help != nil && !slices.Contains(families, help[1]) && helped == typed:
			helped, families = help[1], append(families, help[1])
		case kind != nil && kind[1] == helped && typed != helped:
			typed = kind[1]
		case sample != nil && sample[1] == typed && typed == helped && series[sample[1]+sample[2]] == "":
			series[sample[1]+sample[2]] = sample[3]
		default:
			t.Fatalf("%s:%d: %q has no place here", path, i+1, line)
		}
	}
	return series
}
