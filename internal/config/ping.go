package config

import (
	"net/url"
)

// Ping says whom `reconcile run` tells that it begins and how it ended, so that
// somebody notices when it does neither.
type Ping struct {
	// URL is of a check as healthchecks.io has them: it is asked itself after a
	// success, with /start behind its path when a run begins and with /fail when
	// one ends badly. https, or http to this machine. Who knows it can pretend
	// that all is well, so it comes from a file; none when absent.
	URL Secret // from url_file
}

func (p *Ping) keys(c *Config) []key {
	return []key{{name: "url_file", value: secretFile{&p.URL, c, new(string)}, silent: true}}
}

// ping looks at the address, and says nothing of it.
func (l *loader) ping(p *Ping) {
	if p.URL.Empty() {
		return
	}
	u, err := url.Parse(p.URL.Reveal())
	switch {
	case err != nil, u.Hostname() == "", u.Fragment != "", u.Scheme != "https" && u.Scheme != "http":
		l.about("ping.url_file", checkSecret, "", "ping.url_file: expected the file to hold one address like https://hc.example.com/0123")
	case u.User != nil:
		l.about("ping.url_file", checkSecret, "", "ping.url_file: a name or password before an @ is not sent; use an address without")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		l.about("ping.url_file", checkSecret, "use https", "ping.url_file: plain http is for this machine only (127.0.0.1, ::1, localhost)")
	}
}
