package job

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/enkash"
	"reconcile/internal/mail"
)

// reachWithin is how long a check waits for a connection, and expiresSoon how long
// before its end a certificate is named.
const (
	reachWithin = 5 * time.Second
	expiresSoon = 14 * 24 * time.Hour
)

// enkash asks whether a connection to EnKash comes about, and says nothing on it.
func (c *checker) enkash(ctx context.Context) {
	conf := c.in.Config
	switch {
	case conf.EnKash.BaseURL == "" && conf.Payments.Mode == config.ModeOff:
		return
	case conf.EnKash.BaseURL == "":
		c.warn("enkash", "enkash.base_url is missing, and nothing can be sent", "say where EnKash is reached")
		return
	case conf.Payments.Mode == config.ModeOff:
		c.ok("enkash", "EnKash at %s was not called, for payments.mode is off", conf.EnKash.BaseURL)
		return
	}
	gateway, err := gatewayTo(c.in, enkash.PathPay)
	if err != nil {
		c.fail("enkash", err, Code(err))
		return
	}
	if c.offline {
		c.ok("enkash", "EnKash at %s was not called, for it was asked to stay offline", conf.EnKash.BaseURL)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	reached, err := gateway.Reach(ctx)
	if err != nil {
		c.fail("enkash", fmt.Errorf("EnKash at %s is not reached: %w", conf.EnKash.BaseURL, err), ExitUnreachable)
		return
	}
	by := ""
	if reached.Proxy != "" {
		by = " through the proxy " + reached.Proxy
	}
	c.ok("enkash", "EnKash at %s is reached%s; nothing was sent", conf.EnKash.BaseURL, by)
	if !reached.Expires.IsZero() {
		c.expiry("enkash", "the certificate of EnKash", reached.Expires, "ask EnKash when it is renewed; when it has ended, nothing can be sent")
	}
}

// expiry names a certificate that ends soon.
func (c *checker) expiry(name, what string, ends time.Time, remedy string) {
	if ends.Sub(c.in.Now()) < expiresSoon {
		c.warn(name, fmt.Sprintf("%s ends on %s", what, ends.In(c.in.Config.Timezone).Format("2 January 2006 15:04")), remedy)
		return
	}
	c.ok(name, "%s is good until %s", what, ends.In(c.in.Config.Timezone).Format("2 January 2006"))
}

// mail greets the mail server, with encryption and password where there are any,
// and takes leave.
func (c *checker) mail(ctx context.Context) {
	m := c.in.Config.Mail
	if !m.Configured {
		c.ok("mail", "there is no section mail: reports are mailed to nobody")
		return
	}
	server := mail.Server{URL: m.SMTP, TLS: mail.TLS(m.TLS), Username: m.Username, Password: m.Password.Reveal, Timeout: reachWithin}
	if err := server.Check(); err != nil {
		c.fail("mail", err, ExitConfig)
		return
	}
	to := counted(len(m.To), "recipient", "recipients")
	if c.offline {
		c.ok("mail", "mail goes to %s by %s; the server was not called, for it was asked to stay offline", to, m.SMTP)
		return
	}
	encrypted, err := server.Greet(ctx)
	switch {
	case err != nil:
		c.fail("mail", fmt.Errorf("the report would not be mailed: %w; look at the section mail, or ask whoever runs the mail server", err), ExitNotMailed)
	case encrypted:
		c.ok("mail", "mail goes to %s by %s, which answers, encrypted; nothing was mailed", to, m.SMTP)
	default:
		c.ok("mail", "mail goes to %s by %s, which answers, not encrypted; nothing was mailed", to, m.SMTP)
	}
	waiting, err := filepath.Glob(filepath.Join(c.in.Config.Path(c.in.Config.Store), outboxName, "*"))
	if err == nil && len(waiting) > 0 {
		c.warn("mail", fmt.Sprintf("%s in the outbox, from earlier runs", counted(len(waiting), "file waits", "files wait")), "the next run tries again; look why the mail server did not take them")
	}
}

// listener looks at the folder, the secret and the certificate of `reconcile
// listen`, and whether somebody listens.
func (c *checker) listener(ctx context.Context) {
	conf := c.in.Config
	l := &conf.Listen
	if !l.Configured {
		return
	}
	if err := readByRuns(conf, c.in.Now()); err != nil {
		c.fail("listen", err, Code(err))
	}
	c.folder("listen.folder", conf.Path(l.Folder), ExitIO)
	if l.Secret.Empty() {
		c.ok("listen", "webhooks need no secret, for only this machine reaches %s", l.Address)
	} else {
		c.ok("listen", "webhooks have to bring the secret of listen.secret_file in the header %s", l.SecretHeader)
	}
	if l.TLSCertFile != "" {
		c.certificate(conf.Path(l.TLSCertFile), conf.Path(l.TLSKeyFile))
	}
	if c.offline {
		return
	}
	if _, port, err := net.SplitHostPort(l.Address); err != nil || port == "0" {
		return
	}
	dialer := net.Dialer{Timeout: reachWithin}
	conn, err := dialer.DialContext(ctx, "tcp", l.Address)
	if err != nil {
		c.warn("listen", fmt.Sprintf("nobody listens for webhooks at %s (%v)", l.Address, err), "start reconcile listen; until then EnKash is told of no receipt, and may not send again")
		return
	}
	c.ok("listen", "somebody listens for webhooks at %s", l.Address)
	_ = conn.Close() // nothing was said on it
}

// certificate looks at what a listener shows.
func (c *checker) certificate(cert, key string) {
	if info, err := os.Stat(key); err == nil && info.Mode().Perm()&0o077 != 0 {
		c.warn("listen", fmt.Sprintf("others may read %s (mode %04o)", key, info.Mode().Perm()), "chmod go= "+key)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		c.fail("listen", fmt.Errorf("listen.tls_cert_file and listen.tls_key_file cannot be used: %w; put a certificate and its key there, in PEM", err), ExitConfig)
		return
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	switch now := c.in.Now(); {
	case err != nil:
		c.fail("listen", fmt.Errorf("listen.tls_cert_file: %w; put another certificate there", err), ExitConfig)
	case now.After(leaf.NotAfter):
		c.fail("listen", fmt.Errorf("the certificate %s ended on %s; renew it: the listener sees a new one by itself", cert, leaf.NotAfter.Format(time.DateOnly)), ExitConfig)
	default:
		c.expiry("listen", "the certificate of the listener", leaf.NotAfter, "renew it: the listener sees a new one by itself")
	}
}

// schedule says when the next run is, where this program decides that.
func (c *checker) schedule() {
	plan, err := planOf(c.in.Config)
	if err != nil {
		c.ok("schedule", "schedule.cron is not set: a timer or a person starts the runs")
		return
	}
	next := plan.Next(c.in.Now())
	if next.At.IsZero() {
		c.warn("schedule", "schedule.cron names no moment to come", "correct the expression")
		return
	}
	c.ok("schedule", "the next run of schedule.cron is on %s, as of %s", next.At.Format("Mon 2 January 2006 15:04 -0700"), next.AsOf)
}

// around looks at what stands beside a run: notes, and whoever watches.
func (c *checker) around() {
	conf := c.in.Config
	notes := conf.Path(conf.Notes.Folder)
	switch _, err := os.ReadDir(notes); {
	case errors.Is(err, fs.ErrNotExist):
		c.ok("notes", "there is no folder %s: no notes are read back", notes)
	case err != nil:
		c.warn("notes", "the notes of controllers cannot be read: "+err.Error(), "let this user read the folder")
	default:
		c.ok("notes", "notes are read back from %s", notes)
	}
	if conf.Metrics.Textfile != "" {
		dir := filepath.Dir(conf.Path(conf.Metrics.Textfile))
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() {
			err = writable(dir)
		}
		if err != nil {
			c.warn("metrics", fmt.Sprintf("metrics.textfile %s cannot be written: %v", conf.Path(conf.Metrics.Textfile), err), "make the folder, and let this user write there")
		} else {
			c.ok("metrics", "metrics.textfile %s can be written", conf.Path(conf.Metrics.Textfile))
		}
	}
	if !conf.Ping.URL.Empty() {
		c.ok("ping", "a dead man's switch is told of each run; it was not called, for that would say that one is at work")
	}
}
