package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/job"
)

// A program is one invocation.
type program struct {
	environ  []string
	stdout   io.Writer
	stderr   *cleaner
	now      func() time.Time
	started  bool      // the command line was understood
	typed    job.Typed // by a person, for one payment
	makerKey string    // of propose: the file of the key of who makes the plan
	rebuild  bool      // read every event log anew
	flags    struct {
		config, asOf         string
		json, quiet, verbose bool
	}
}

// An ended error is no failure: the command has said what it found, and there is
// only its exit code left to tell.
type ended struct{ code int }

func (e *ended) Error() string { return fmt.Sprintf("ended with exit code %d", e.code) }

// ExitCode returns the code.
func (e *ended) ExitCode() int { return e.code }

// endWith returns nil for a clean end.
func endWith(code int) error {
	if code == job.ExitClean {
		return nil
	}
	return &ended{code}
}

// report tells of a failure: on stderr for people, on stdout for programs. It
// returns an error only when it cannot.
func (p *program) report(err error) error {
	var quiet *ended
	if err == nil || errors.As(err, &quiet) {
		return nil
	}
	if p.flags.json {
		return p.printJSON(struct {
			Error    string `json:"error"`
			ExitCode int    `json:"exit_code"`
		}{err.Error(), code(err)})
	}
	_, writing := fmt.Fprintln(p.stderr, "reconcile: "+err.Error())
	return withIO(writing)
}

// input loads the configuration and says what a job needs to know.
func (p *program) input(kind string) (job.Input, error) {
	c, err := config.Load(p.flags.config, p.environ)
	if err != nil {
		return job.Input{}, err
	}
	log := p.log()
	for _, w := range c.Warnings {
		log.Warn("configuration", "warning", w.String())
	}
	asOf := day.In(p.now(), c.Timezone)
	if p.flags.asOf != "" {
		if asOf, err = day.Parse(p.flags.asOf); err != nil {
			return job.Input{}, &job.ExitError{Code: job.ExitUsage, Err: fmt.Errorf("--as-of: %w", err)}
		}
	}
	return p.inputFor(c, kind, asOf, log), nil
}

// inputFor says what a job needs to know besides its configuration and date.
func (p *program) inputFor(c *config.Config, kind string, asOf day.Date, log *slog.Logger) job.Input {
	host, err := os.Hostname()
	if err != nil {
		host = "" // a report does not fail for want of a name
	}
	return job.Input{Config: c, AsOf: asOf, Kind: kind, Actor: login(), Version: version, Host: host, Now: p.now, Log: log}
}

// login names who runs the program, as the system knows them: nothing that a
// variable of the environment could say.
func login() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return fmt.Sprintf("uid-%d", os.Getuid())
}

// log returns where stages and warnings are logged: text for a person at a
// terminal, JSON lines for whatever collects stderr otherwise.
func (p *program) log() *slog.Logger {
	level := slog.LevelWarn
	switch {
	case p.flags.quiet:
		level = slog.LevelError
	case p.flags.verbose:
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if p.atTerminal() {
		return slog.New(slog.NewTextHandler(p.stderr, options))
	}
	return slog.New(slog.NewJSONHandler(p.stderr, options))
}

// atTerminal tells whether a person watches stderr.
func (p *program) atTerminal() bool {
	f, ok := p.stderr.w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// inCI tells whether a build server runs us, whose terminals nobody watches.
func (p *program) inCI() bool {
	return slices.ContainsFunc(p.environ, func(pair string) bool {
		value, is := strings.CutPrefix(pair, "CI=")
		return is && value != "" && value != "false"
	})
}

// printJSON prints the one object of --json.
func (p *program) printJSON(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("printing as JSON: %w", err)
	}
	_, err := p.stdout.Write(b.Bytes())
	return withIO(err)
}

// print prints text for people, which --quiet and --json leave out.
func (p *program) print(text string) error {
	if p.flags.quiet || p.flags.json {
		return nil
	}
	_, err := io.WriteString(p.stdout, strings.Map(printable, text))
	return withIO(err)
}

func withIO(err error) error {
	if err == nil {
		return nil
	}
	return &job.ExitError{Code: job.ExitIO, Err: fmt.Errorf("printing: %w", err)}
}

// A cleaner keeps what comes from outside from playing with the terminal.
type cleaner struct{ w io.Writer }

func (c *cleaner) Write(b []byte) (int, error) {
	if _, err := c.w.Write(bytes.Map(printable, b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// printable drops control characters, and those that turn the direction of
// writing so that a name reads as another.
func printable(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r < 0x20, 0x7f <= r && r < 0xa0, // C0, DEL, C1
		r == 0x200b, r == 0xfeff, 0x2060 <= r && r <= 0x2064, 0xe0000 <= r && r <= 0xe007f, // of no width
		r == 0x061c, r == 0x200e, r == 0x200f, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069, // bidirectional
		r == 0x2028, r == 0x2029: // line and paragraph separator
		return -1
	}
	return r
}
