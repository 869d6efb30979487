package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"reconcile/internal/history"
	"reconcile/internal/mail"
)

// A Finding is one line of a check.
type Finding struct {
	Level  string `json:"level"` // ok, warn, FAIL
	What   string `json:"what"`
	Remedy string `json:"remedy"` // empty where all is well
	Code   int    `json:"exit_code"`
}

// The levels of a Finding.
const (
	LevelOK   = "ok"
	LevelWarn = "warn"
	LevelFail = "FAIL"
)

// diskNeeded is the free space below which a check warns: a report of a million
// rows takes some hundred megabytes.
const diskNeeded = 1 << 30

// A checker collects findings.
type checker struct {
	in       Input
	findings []Finding
}

// Check tells whether a run would work just now: configuration, inputs, store,
// output, disk, clock, our own payments, and whether EnKash is reached. It writes
// nothing, and sends nothing.
func Check(ctx context.Context, in Input) []Finding {
	in.Kind = KindMatch
	c := &checker{in: in}
	c.configuration()
	c.inputs(ctx)
	c.store(ctx)
	c.folder("output", in.Config.Path(in.Config.Output), ExitNoReport)
	c.clock(ctx)
	c.payments(ctx)
	c.reach(ctx)
	c.connections()
	return c.findings
}

// Worst returns the exit code of a check: 0, or that of its worst failure.
func Worst(findings []Finding) int {
	code := ExitClean
	for _, f := range findings {
		if f.Level == LevelFail {
			code = Worse(code, f.Code)
		}
	}
	return code
}

func (c *checker) ok(format string, args ...any) {
	c.findings = append(c.findings, Finding{Level: LevelOK, What: fmt.Sprintf(format, args...)})
}

func (c *checker) warn(what, remedy string) {
	c.findings = append(c.findings, Finding{Level: LevelWarn, What: what, Remedy: remedy})
}

// fail takes an error apart at its "; ", where our errors put the remedy.
func (c *checker) fail(err error, code int) {
	for _, line := range strings.Split(err.Error(), "\n") {
		what, remedy, _ := strings.Cut(line, "; ")
		c.findings = append(c.findings, Finding{Level: LevelFail, What: what, Remedy: remedy, Code: code})
	}
}

func (c *checker) configuration() {
	conf := c.in.Config
	c.ok("configuration %s is sound (%d of its values come from the environment)", conf.File, len(conf.Overridden))
	for _, w := range conf.Warnings {
		c.warn(w.Place+": "+w.Text, w.Remedy)
	}
}

// inputs reads everything as a run would.
func (c *checker) inputs(ctx context.Context) {
	key, err := readKey(c.in.Config.Path(c.in.Config.Store))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.fail(err, Code(withIO(err)))
	}
	t, err := openTillReadOnly(ctx, c.in)
	if err != nil {
		c.fail(err, Code(err))
		return
	}
	g, err := gather(ctx, c.in, key, t)
	err = errors.Join(err, t.close())
	if err != nil {
		c.fail(err, Code(err))
		return
	}
	for _, text := range g.idle {
		c.warn(text, idleRemedy)
	}
	for _, in := range g.facts.Ledger.Inputs {
		c.ok("ledger %s: layout %s, %d rows, %d accepted", in.Path, in.Layout, in.Rows, in.Accepted)
		if n := in.Quarantined - in.Mended; n > 0 {
			c.warn(fmt.Sprintf("ledger %s: %s cannot be read", in.Path, counted(n, "row", "rows")), "the report lists them with what to do; until then nothing of this file is proposed")
		}
		if in.Accepted == 0 {
			c.warn(fmt.Sprintf("ledger %s holds no open item", in.Path), "look whether the export is complete")
		}
		for _, note := range in.Notes {
			c.warn("ledger "+in.Path+": "+note, "look whether that is as it should be")
		}
	}
	if in := g.facts.Suppliers; in != nil {
		c.ok("supplier master %s: %d lines, %d suppliers", in.Path, in.Rows, in.Accepted)
		if in.Quarantined > 0 {
			c.warn(fmt.Sprintf("supplier master %s: %d lines cannot be read", in.Path, in.Quarantined), "the report lists them with what to do; until then their suppliers are unknown")
		}
		for _, note := range in.Notes {
			c.warn("supplier master: "+note, "look whether that is as it should be")
		}
	}
	for _, in := range g.facts.Logs {
		c.ok("event log %s: %d bodies, %d about payments of ours", in.Path, in.Bodies, in.Folded)
		if in.Quarantined > 0 {
			c.warn(fmt.Sprintf("event log %s: %s cannot be read", in.Path, counted(in.Quarantined, "delivery", "deliveries")), "the report lists them with what to do")
		}
	}
}

// store looks at the run history without making one.
func (c *checker) store(ctx context.Context) {
	dir := c.in.Config.Path(c.in.Config.Store)
	if !c.folder("store", dir, ExitIO) {
		return
	}
	runs, err := history.OpenReadOnly(ctx, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.ok("the store is empty; the first run begins its history")
		return
	case err != nil:
		c.fail(err, Code(withIO(err)))
		return
	}
	all, err := runs.List(ctx)
	if err := errors.Join(err, runs.Close()); err != nil {
		c.fail(err, Code(withIO(err)))
		return
	}
	c.ok("run history is sound: %s", counted(len(all), "run", "runs"))
	for _, r := range all {
		if r.Finished.IsZero() {
			c.warn("run "+r.ID+" has not ended", "it is at work just now, or it was interrupted; a new run is not disturbed by it")
		}
	}
}

// folder tells whether files can be made in dir, or dir be made. It returns
// false where they cannot.
func (c *checker) folder(what, dir string, code int) bool {
	at, err := standing(dir)
	if err == nil {
		err = writable(at)
	}
	if err != nil {
		c.fail(fmt.Errorf("%s %s cannot be written: %w; give this user the right to write there, or name another folder", what, dir, err), code)
		return false
	}
	c.ok("%s %s can be written", what, dir)
	if free, known := freeBytes(at); known && free < diskNeeded {
		c.warn(fmt.Sprintf("only %d MiB are free under %s", free>>20, at), "make room before the next run")
	}
	return true
}

// standing returns the nearest folder above dir that exists.
func standing(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case err == nil && !info.IsDir():
			return "", fmt.Errorf("%s is not a folder", at)
		case err == nil:
			return at, nil
		case !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at):
			return "", err
		}
	}
}

// clock tells whether the time can be true: this program was written in 2026,
// and time does not run backwards from the last run.
func (c *checker) clock(ctx context.Context) {
	now := c.in.Now()
	if year := now.Year(); year < 2026 || year > 2100 {
		c.fail(fmt.Errorf("the clock of this machine says %s; set it, best by NTP", now.UTC().Format(time.DateTime)), ExitIO)
		return
	}
	c.ok("the clock says %s in %s", now.In(c.in.Config.Timezone).Format(time.DateTime), c.in.Config.Timezone)
	runs, err := history.OpenReadOnly(ctx, c.in.Config.Path(c.in.Config.Store))
	if err != nil {
		return // reported by store
	}
	all, err := runs.List(ctx)
	if errors.Join(err, runs.Close()) != nil {
		return
	}
	for _, r := range all {
		if r.Started.After(now.Add(5 * time.Minute)) {
			c.warn(fmt.Sprintf("run %s started in the future of this clock, at %s", r.ID, r.Started.Format(time.DateTime)), "set the clock, best by NTP")
			return
		}
	}
}

// connections says what is configured and not called: a mail server notes every
// caller.
func (c *checker) connections() {
	m := c.in.Config.Mail
	if !m.Configured {
		return
	}
	server := mail.Server{URL: m.SMTP, TLS: mail.TLS(m.TLS), Username: m.Username, Password: m.Password.Reveal}
	if err := server.Check(); err != nil {
		c.fail(err, ExitConfig)
		return
	}
	c.ok("mail goes to %s by %s; the server is not called here", counted(len(m.To), "recipient", "recipients"), m.SMTP)
}

// counted returns "1 row", "2 rows".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
