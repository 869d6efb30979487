package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/history"
)

// A bench is a watch over a desk, by a clock that goes on when somebody sleeps.
type bench struct {
	*desk
	watch *Watch
	log   bytes.Buffer
	until time.Time
	stop  context.CancelFunc
	at    map[time.Time]func() // done when the clock has come there, once
	awake bool                 // it does not doze
}

// openBench makes one whose schedule is as given, and which pays by itself.
func openBench(t *testing.T, section string, faults func(int, string) sandbox.Fault, rows ...string) *bench {
	t.Helper()
	b := &bench{desk: openDesk(t, faults, rows...), at: map[time.Time]func(){}}
	b.configure("req-pay", "")
	b.configured(section)
	b.watch = b.newWatch()
	return b
}

// configured gives the desk another schedule.
func (b *bench) configured(section string) {
	b.t.Helper()
	text := fmt.Sprintf(`buyers: [{b2b_id: BUYER0001}]
ledger: {files: ["ledger/*.csv"]}
events: {files: ["events/*.jsonl"]}
payments: {mode: auto, auto_limit: 100000.00, type: ONPLATFORM, ledger_max_age: 0s}
enkash: {base_url: %q, timeout: 5s, device: {name: GEOCODE, value: "19.0760,72.8777"}}
%s`, b.url, section)
	b.write("reconcile.yaml", text, 0o644)
}

func (b *bench) newWatch() *Watch {
	return &Watch{
		Now: b.in.Now, Sleep: b.sleep, Log: slog.New(slog.NewJSONHandler(&b.log, nil)),
		Load: func() (Input, error) {
			c, err := config.Load(filepath.Join(b.dir, "reconcile.yaml"), nil)
			in := b.in
			in.Config = c
			return in, err
		},
	}
}

// sleep moves the clock on, and does what was to be done meanwhile.
func (b *bench) sleep(ctx context.Context, d time.Duration) error {
	if d < 0 || d > time.Minute {
		b.t.Errorf("it sleeps for %v; a clock that is set would go unnoticed", d)
	}
	b.now = b.now.Add(max(d, time.Millisecond))
	b.doze()
	for at, do := range b.at {
		if !b.now.Before(at) {
			delete(b.at, at)
			do()
		}
	}
	if b.now.After(b.until) {
		b.stop()
	}
	return ctx.Err()
}

// keep keeps the schedule from one moment to another, in Indian time.
func (b *bench) keep(from, until string) error {
	b.t.Helper()
	if from != "" {
		b.now = b.moment(from)
	}
	ctx, stop := context.WithCancel(b.t.Context())
	defer stop()
	b.until, b.stop = b.moment(until), stop
	return b.newWatch().Keep(ctx)
}

// doze lets the days pass at once, as if the machine slept: from three in the
// morning to one, or to when something happens.
func (b *bench) doze() {
	local := b.now.In(time.FixedZone("", 5*3600+1800))
	if b.awake || local.Hour() < 3 {
		return
	}
	to := time.Date(local.Year(), local.Month(), local.Day()+1, 1, 0, 0, 0, local.Location())
	for at := range b.at {
		if at.Before(to) {
			to = at
		}
	}
	if b.until.Before(to) {
		to = b.until.Add(time.Second)
	}
	if to.After(b.now) {
		b.now = to
	}
}

func (b *bench) moment(text string) time.Time {
	b.t.Helper()
	at, err := time.Parse("2006-01-02 15:04 -0700", text+" +0530")
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return at
}

// made are the runs of the history, in the order in which they began.
func (b *bench) made() (ids []string) {
	b.t.Helper()
	marks, err := marksOf(b.t.Context(), filepath.Join(b.dir, "state"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, m := range marks {
		ids = append(ids, m.ID)
	}
	return ids
}

func (b *bench) wantRuns(what string, want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.made()); diff != "" {
		b.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

const nightly = `schedule: {cron: "30 1 * * *", business_date: previous, catch_up: 10}`

// TestKeep: every night has its run, and between them nothing happens.
func TestKeep(t *testing.T) {
	b := openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	if err := b.keep("2026-11-21 09:00", "2026-11-23 09:00"); err != nil {
		t.Fatal(err)
	}
	b.wantRuns("two nights", "2026-11-21-run-01", "2026-11-22-run-01")
	if n := len(b.server.Books().Executions); n != 1 {
		t.Errorf("got %d payments, want 1", n)
	}
	if !strings.Contains(b.log.String(), `"msg":"stopped between two runs, as it was asked to"`) {
		t.Errorf("got the log\n%s", b.log.String())
	}
	// Up again in the same night: it has been.
	if err := b.keep("2026-11-23 09:00", "2026-11-23 09:10"); err != nil {
		t.Fatal(err)
	}
	b.wantRuns("a start after the night", "2026-11-21-run-01", "2026-11-22-run-01")
}

// TestKeepCatchesUp: after some nights without power each date has one report, and
// what fell due meanwhile is paid once, in the run of the latest.
func TestKeepCatchesUp(t *testing.T) {
	for _, nights := range []int{1, 2, 12} {
		t.Run(fmt.Sprint(nights), func(t *testing.T) {
			b := openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
			if err := b.keep("2026-11-01 09:00", "2026-11-02 02:00"); err != nil {
				t.Fatal(err)
			}
			b.write("ledger/new.csv", "supplier_b2b_id,supplier_name,supplier_invoice_number,invoice_date,due_date,invoice_amount,tds_amount,due_amount\n"+
				"SUP2,Lakshmi Stores,L/7,2026-10-01,2026-11-02,590.00,0.00,590.00\n", 0o644)
			up := b.now.AddDate(0, 0, nights).Add(7 * time.Hour)
			if err := b.keep(up.Format(time.RFC3339), up.Add(5*time.Minute).Format(time.RFC3339)); err != nil {
				t.Fatal(err)
			}
			want := []string{"2026-11-01-run-01"}
			for n := max(1, nights-10); n < nights; n++ {
				want = append(want, fmt.Sprintf("2026-11-%02d-match-01", 1+n))
			}
			want = append(want, fmt.Sprintf("2026-11-%02d-run-01", 1+nights))
			b.wantRuns("caught up", want...)
			books := b.server.Books()
			if len(books.Executions) != 2 || len(books.Twice()) != 0 {
				t.Errorf("got %d payments, twice: %v; want 2 and none", len(books.Executions), books.Twice())
			}
			if skipped := strings.Contains(b.log.String(), "no report of 1 business date, from 2026-11-02 to 2026-11-02, further back than schedule.catch_up (10)"); skipped != (nights == 12) {
				t.Errorf("that a date is left out: got %v, want %v", skipped, nights == 12)
			}
		})
	}
}

// TestKeepTwice: of two that keep the same schedule one makes the run; the other
// waits for the lock, looks again, and finds it made.
func TestKeepTwice(t *testing.T) {
	var b *bench
	var other []Kept
	b = openBench(t, nightly, func(int, string) sandbox.Fault {
		var err error
		if other, err = b.newWatch().Once(t.Context()); err != nil {
			t.Error(err)
		}
		return sandbox.Fault{}
	}, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	if err := b.keep("2026-11-21 09:00", "2026-11-22 02:00"); err != nil {
		t.Fatal(err)
	}
	if len(other) != 1 || other[0].ExitCode != ExitLocked {
		t.Errorf("the other got %v, want to be kept out with 75", other)
	}
	if kept, err := b.newWatch().Once(t.Context()); len(kept) != 0 || err != nil {
		t.Errorf("the other, again: got %v and %v, want nothing to do", kept, err)
	}
	b.wantRuns("two watches", "2026-11-21-run-01")
}

// TestKeepWaitsForTheLock: a run by hand is at work when the night is due. That is
// said once, tried again every minute, and the night is made.
func TestKeepWaitsForTheLock(t *testing.T) {
	b := openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	if err := os.Mkdir(filepath.Join(b.dir, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	release, err := history.Lock(filepath.Join(b.dir, "state"))
	if err != nil {
		t.Fatal(err)
	}
	b.at[b.moment("2026-11-22 01:40")] = func() {
		b.wantRuns("while the lock is held")
		if err := release(); err != nil {
			t.Error(err)
		}
	}
	if err := b.keep("2026-11-21 09:00", "2026-11-22 02:00"); err != nil {
		t.Fatal(err)
	}
	b.wantRuns("afterwards", "2026-11-21-run-01")
	if n := strings.Count(b.log.String(), `[store-locked]","kind":"run","as_of":"2026-11-21","exit_code":75`); n != 1 {
		t.Errorf("that it waits was said %d times, want once:\n%s", n, b.log.String())
	}
}

// TestNotDueUnderTheLock: another process makes the run between the look at the
// history and the lock. Under the lock it is looked at again.
func TestNotDueUnderTheLock(t *testing.T) {
	b := openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	b.now = b.moment("2026-11-22 09:00")
	slow, loads := b.newWatch(), 0
	load := slow.Load
	slow.Load = func() (Input, error) {
		if loads++; loads == 3 { // the schedule, the night, and then its run
			if kept, err := b.newWatch().Once(t.Context()); err != nil || len(kept) != 1 {
				t.Errorf("the quick one: got %v and %v, want one run", kept, err)
			}
		}
		return load()
	}
	kept, err := slow.Once(t.Context())
	if err != nil || len(kept) != 0 || loads < 3 {
		t.Errorf("the slow one: got %v and %v after %d readings, want no run", kept, err, loads)
	}
	b.wantRuns("both", "2026-11-21-run-01")
}

// TestKeepBrokenConfiguration: a broken file is said at once and costs the night,
// by 78 and not by going on with the old one; the next night makes up for it.
func TestKeepBrokenConfiguration(t *testing.T) {
	b := openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	b.at[b.moment("2026-11-22 10:00")] = func() { b.configured("shedule: {cron: \"30 1 * * *\"}\n") }
	b.at[b.moment("2026-11-23 10:00")] = func() { b.configured(nightly) }
	if err := b.keep("2026-11-21 09:00", "2026-11-24 09:00"); err != nil {
		t.Fatal(err)
	}
	b.wantRuns("three nights, the second without a configuration", "2026-11-21-run-01", "2026-11-22-match-01", "2026-11-23-run-01")
	if text := b.log.String(); strings.Count(text, "the configuration is broken") != 1 || strings.Count(text, `[config-unknown-key]","kind":"run"`) != 1 || !strings.Contains(text, `"exit_code":78`) {
		t.Errorf("got the log\n%s", text)
	}

	// At the beginning it is an error, and so is one without an expression.
	for section, check := range map[string]string{"timezone: Asia/Culcutta": "Asia/Culcutta", "schedule: {cron: tonight}": "five fields", "schedule: {business_date: today}": "[schedule-missing]"} {
		b.configured(section)
		if err := b.keep("2026-11-24 09:00", "2026-11-24 10:00"); Code(err) != ExitConfig || !strings.Contains(err.Error(), check) {
			t.Errorf("%s: got %v with code %d, want %q with 78", section, err, Code(err), check)
		}
	}
}

// TestKeepNewTimes: an edited expression counts from the next minute on.
func TestKeepNewTimes(t *testing.T) {
	b := openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	b.at[b.moment("2026-11-21 12:00")] = func() { b.configured(`schedule: {cron: "0 18 * * *", business_date: today}`) }
	if err := b.keep("2026-11-21 09:00", "2026-11-22 03:00"); err != nil {
		t.Fatal(err)
	}
	b.wantRuns("at 18:00 of the same day", "2026-11-21-run-01")
	if !strings.Contains(b.log.String(), `"at":"2026-11-21T18:00:00+05:30","as_of":"2026-11-21"`) {
		t.Errorf("got the log\n%s", b.log.String())
	}
}

// TestKeepFailedNight: a night without its ledger is not tried again by itself, and
// its date is reconciled with the next.
func TestKeepFailedNight(t *testing.T) {
	b := openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	ledger := filepath.Join(b.dir, "ledger", "open.csv")
	if err := os.Rename(ledger, ledger+".away"); err != nil {
		t.Fatal(err)
	}
	b.at[b.moment("2026-11-22 06:00")] = func() {
		if err := os.Rename(ledger+".away", ledger); err != nil {
			t.Error(err)
		}
	}
	if err := b.keep("2026-11-21 09:00", "2026-11-23 09:00"); err != nil {
		t.Fatal(err)
	}
	b.wantRuns("a failed night and the next", "2026-11-21-run-01", "2026-11-21-match-01", "2026-11-22-run-01")
	if !strings.Contains(b.log.String(), `"kind":"run","as_of":"2026-11-21","exit_code":66`) {
		t.Errorf("got the log\n%s", b.log.String())
	}
}

// TestKeepByAClockThatIsSet: put forward, put back, or by a machine that slept: no
// date has two nights, and none is left out.
func TestKeepByAClockThatIsSet(t *testing.T) {
	b := openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	set := func(at, to string) { b.at[b.moment(at)] = func() { b.now = b.moment(to) } }
	set("2026-11-22 02:00", "2026-11-22 01:20") // over its night
	set("2026-11-22 12:00", "2026-11-24 12:00") // it slept for two nights
	if err := b.keep("2026-11-21 09:00", "2026-11-25 09:00"); err != nil {
		t.Fatal(err)
	}
	b.wantRuns("by a clock that is set", "2026-11-21-run-01", "2026-11-22-match-01", "2026-11-23-run-01", "2026-11-24-run-01")

	// Begun by a clock a year ahead, and set right: tonight is due all the same.
	b = openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	b.at[b.moment("2027-11-21 09:30")] = func() { b.now, b.until = b.moment("2026-11-21 09:30"), b.moment("2026-11-22 02:00") }
	if err := b.keep("2027-11-21 09:00", "2027-11-22 09:00"); err != nil {
		t.Fatal(err)
	}
	b.wantRuns("begun a year ahead", "2026-11-21-run-01")
}

// TestKeepOverDaylightSaving: 02:30 that does not exist, and 01:30 that comes
// twice, are one night each.
func TestKeepOverDaylightSaving(t *testing.T) {
	for _, tt := range []struct{ cron, from, until, want string }{
		{"30 2 * * *", "2026-03-08T01:50:00-05:00", "2026-03-08T04:00:00-04:00", "2026-03-08-run-01"},
		{"30 1 * * *", "2026-11-01T01:10:00-04:00", "2026-11-01T02:10:00-05:00", "2026-11-01-run-01"},
	} {
		b := openBench(t, fmt.Sprintf("timezone: America/New_York\nschedule: {cron: %q, business_date: today}\n", tt.cron), nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
		b.awake = true
		if err := b.keep(tt.from, tt.until); err != nil {
			t.Fatal(err)
		}
		b.wantRuns(tt.cron, tt.want)
	}
}

// TestKeepIsStopped: in the middle of a payment run the payment under way is
// finished, the end has the code of the run, and the next start goes on.
func TestKeepIsStopped(t *testing.T) {
	const head = "supplier_b2b_id,supplier_name,supplier_invoice_number,invoice_date,due_date,invoice_amount,tds_amount,due_amount\n"
	const due = "SUP1,Shree Traders,A/1,2026-10-01,2026-10-31,1180.00,0.00,1180.00\nSUP1,Shree Traders,B/22,2026-10-01,2026-10-31,590.00,10.00,580.00\n"
	var b *bench
	b = openBench(t, nightly, func(int, string) sandbox.Fault { b.stop(); return sandbox.Fault{} })
	// A night without anything that is due comes first.
	b.write("ledger/open.csv", head, 0o644)
	if err := b.keep("2026-11-20 09:00", "2026-11-21 09:00"); err != nil {
		t.Fatal(err)
	}
	b.write("ledger/open.csv", head+due, 0o644)
	err := b.keep("", "2026-11-23 09:00")
	if Code(err) != ExitStopped || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "1 payment sent, 1 more wait") {
		t.Fatalf("got %v with code %d, want to be stopped after one payment", err, Code(err))
	}
	if strings.Contains(b.log.String(), "[run-stopped]") {
		t.Error("what is returned was logged as well")
	}
	if err := b.keep("2026-11-22 01:45", "2026-11-22 01:50"); err != nil && Code(err) != ExitStopped {
		t.Fatal(err)
	}
	b.wantRuns("the night that was stopped, and once more", "2026-11-20-run-01", "2026-11-21-run-01", "2026-11-21-run-02")
	if books := b.server.Books(); len(books.Executions) != 2 || len(books.Twice()) != 0 {
		t.Errorf("got %d payments, twice: %v; want 2 and none", len(books.Executions), books.Twice())
	}
}

func TestLookAhead(t *testing.T) {
	b := openBench(t, nightly, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	if err := b.keep("2026-11-18 09:00", "2026-11-19 02:00"); err != nil {
		t.Fatal(err)
	}
	b.now = b.moment("2026-11-22 09:00")
	in, err := b.watch.Load()
	if err != nil {
		t.Fatal(err)
	}
	o, err := LookAhead(t.Context(), in, 2)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%v %v %v %s %s", o.Missed, o.Skipped, *o.Due, o.Next[0].At.Format(time.RFC3339), o.Next[1].AsOf)
	if want := "[2026-11-19 2026-11-20] [] 2026-11-21 2026-11-23T01:30:00+05:30 2026-11-23"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	b.wantRuns("who looks ahead runs nothing", "2026-11-18-run-01")
}
