package job

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A Finding is one line of a check.
type Finding struct {
	Name    string `json:"name"`    // what was looked at: ledger, disk, backup …
	Verdict string `json:"verdict"` // ok, warn, fail
	Text    string `json:"text"`
	Remedy  string `json:"remedy"` // empty where all is well
	Code    int    `json:"exit_code"`
}

// The verdicts of a Finding. A warning changes no exit code.
const (
	VerdictOK   = "ok"
	VerdictWarn = "warn"
	VerdictFail = "fail"
)

// A checker collects findings.
type checker struct {
	in       Input
	offline  bool
	findings []Finding
	wrote    int64 // bytes that the last run with a report wrote; 0 where nobody knows
}

// Check tells whether a run would work just now, in the order in which a run would
// find out. It writes nothing, and sends nothing: the mail server is greeted and
// EnKash is connected to, unless offline. It opens no address of ping.url_file, for
// to call that is to say that a run is at work.
func Check(ctx context.Context, in Input, offline bool) []Finding {
	in.Kind = KindMatch
	c := &checker{in: in, offline: offline}
	c.configuration()
	c.inputs(ctx)
	c.store(ctx)
	c.folder("output", in.Config.Path(in.Config.Output), ExitNoReport)
	c.clock(ctx)
	c.payments(ctx)
	c.enkash(ctx)
	c.mail(ctx)
	c.listener(ctx)
	c.schedule()
	c.around()
	return c.findings
}

// Worst returns the exit code of a check: 0, or that of its worst failure.
func Worst(findings []Finding) int {
	code := ExitClean
	for _, f := range findings {
		if f.Verdict == VerdictFail {
			code = Worse(code, f.Code)
		}
	}
	return code
}

func (c *checker) ok(name, format string, args ...any) {
	c.findings = append(c.findings, Finding{Name: name, Verdict: VerdictOK, Text: fmt.Sprintf(format, args...)})
}

func (c *checker) warn(name, text, remedy string) {
	c.findings = append(c.findings, Finding{Name: name, Verdict: VerdictWarn, Text: text, Remedy: remedy})
}

// fail takes an error apart at its "; ", where our errors put the remedy.
func (c *checker) fail(name string, err error, code int) {
	for _, line := range strings.Split(err.Error(), "\n") {
		text, remedy, _ := strings.Cut(line, "; ")
		c.findings = append(c.findings, Finding{Name: name, Verdict: VerdictFail, Text: text, Remedy: remedy, Code: code})
	}
}

func (c *checker) configuration() {
	conf := c.in.Config
	c.ok("configuration", "configuration %s is sound (%d of its values come from the environment)", conf.File, len(conf.Overridden))
	for _, w := range conf.Warnings {
		c.warn("configuration", w.Place+": "+w.Text, w.Remedy)
	}
	if c.in.Actor == "root" {
		c.warn("permissions", "this was asked as root, who may read and write everything", "run check as the user who runs the nights, like runuser -u reconcile -- reconcile check")
	}
}

// counted returns "1 row", "2 rows".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// aboutTime says how long something is, in the unit in which people would say it.
func aboutTime(d time.Duration) string {
	switch hours := int(d / time.Hour); {
	case hours < 1:
		return "less than an hour"
	case hours < 48:
		return counted(hours, "hour", "hours")
	default:
		return counted(hours/24, "day", "days")
	}
}
