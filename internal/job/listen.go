package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path"
	"path/filepath"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/enkash"
	"reconcile/internal/listen"
)

// A ListenInput says where webhooks are received, and who is told about it.
type ListenInput struct {
	Config *config.Config
	Now    func() time.Time
	Log    *slog.Logger
	Ready  func(url string)  // told once, when connections are accepted
	Tell   func(text string) // told every minute in which something came what was measured
}

// minLogSpace is the free space below which a listener says that it is not
// ready: ten thousand webhooks, and time to act.
const minLogSpace = 64 << 20

// Listen receives webhooks until ctx ends, which is a clean end. It takes no lock
// of the store: runs go on beside it, and read what it writes.
func Listen(ctx context.Context, in ListenInput) (listen.Measured, error) {
	c := &in.Config.Listen
	if err := readByRuns(in.Config, in.Now()); err != nil {
		return listen.Measured{}, err
	}
	s, err := listen.Open(listen.Options{
		Folder: in.Config.Path(c.Folder), Zone: in.Config.Timezone, Now: in.Now,
		Paths: c.Paths, Header: c.SecretHeader, Secrets: secretsOf(c),
		Answers: map[string]enkash.AnswerForm{
			enkash.HookPayRequest:      enkash.AnswerForm(c.Answers.PayRequest),
			enkash.HookPayResponse:     enkash.AnswerForm(c.Answers.PayResponse),
			enkash.HookConfirmRequest:  enkash.AnswerForm(c.Answers.ConfirmRequest),
			enkash.HookConfirmResponse: enkash.AnswerForm(c.Answers.ConfirmResponse),
			enkash.HookOther:           enkash.AnswerForm(c.Answers.Other),
		},
		MaxBytes: c.MaxBytes, MaxConnections: c.MaxConnections,
		CertFile: pathOrNone(in.Config, c.TLSCertFile), KeyFile: pathOrNone(in.Config, c.TLSKeyFile),
		Free: freeBytes, MinFree: minLogSpace,
		Log: in.Log, Tell: func(m listen.Measured) { in.Tell(m.String()) },
	})
	if err != nil {
		return listen.Measured{}, err
	}
	var network net.ListenConfig
	ln, err := network.Listen(ctx, "tcp", c.Address)
	if err != nil {
		err = fmt.Errorf("listening at %s: %w; choose another listen.address, or stop what listens there [listen-address]", c.Address, err)
		return listen.Measured{}, &ExitError{ExitIO, errors.Join(err, s.Close())}
	}
	scheme := "http"
	if s.Secure() {
		scheme = "https"
	}
	in.Ready(scheme + "://" + ln.Addr().String())
	measured, err := s.Serve(ctx, ln)
	return measured, withIO(err)
}

// secretsOf returns what opens the listener: the secret, and the one before it.
func secretsOf(c *config.Listen) []string {
	var all []string
	for _, s := range []config.Secret{c.Secret, c.OldSecret} {
		if !s.Empty() {
			all = append(all, s.Reveal())
		}
	}
	return all
}

func pathOrNone(c *config.Config, name string) string {
	if name == "" {
		return ""
	}
	return c.Path(name)
}

// readByRuns refuses a folder that no run reads: webhooks would be acknowledged
// and never looked at.
func readByRuns(c *config.Config, now time.Time) error {
	sample := filepath.ToSlash(filepath.Join(c.Path(c.Listen.Folder), listen.Name(now)))
	literal := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)
	for _, pattern := range c.Events.Files {
		if !filepath.IsAbs(pattern) {
			pattern = literal.Replace(filepath.ToSlash(c.Dir)) + "/" + pattern
		}
		if is, err := path.Match(path.Clean(filepath.ToSlash(pattern)), sample); err == nil && is {
			return nil
		}
	}
	return &ExitError{ExitConfig, fmt.Errorf("listen.folder %s: no pattern of events.files reads %s there, so no run would see a webhook; add %q to events.files [listen-unread]",
		c.Listen.Folder, path.Base(sample), path.Join(filepath.ToSlash(c.Listen.Folder), "webhooks-*.jsonl*"))}
}

// ListenMessages lists what keeps a listener from starting, in the order in
// which it is met.
func ListenMessages() []Message {
	all := []Message{{"listen-unread", "Webhooks would be written where events.files does not look, so that no run saw them.", "Add the pattern that is named to events.files, or name another listen.folder."}}
	for _, c := range listen.Checks() {
		all = append(all, Message(c))
	}
	return all
}
