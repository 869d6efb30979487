package config

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"

	"reconcile/internal/party"
)

// complete checks what no single value can show: what is required, what excludes
// what, and what is given twice.
func (l *loader) complete() {
	c := l.config
	l.buyers(c.Buyers)
	l.require(len(c.Ledger.Files) > 0, "ledger.files", `name the ledgers, like files: ["ledger/*.csv"]`)
	l.require(len(c.Events.Files) > 0, "events.files", `name the event logs, like files: ["events/*.jsonl*"]`)
	l.perFile("ledger", &c.Ledger)
	l.perFile("receivables", &c.Receivables)
	for i, m := range c.Matching.CoversModes {
		c.Matching.CoversModes[i] = foldMode(m)
	}
	l.payments(&c.Payments)
	l.enkash(&c.EnKash)
	l.receivables(c)
	l.mail(&c.Mail)
	l.postings(&c.Postings)
	l.statute(&c.Statute)
	l.listen(&c.Listen)
	l.backup(&c.Backup)
}

// given tells whether the file or the environment says anything at path or below.
func (l *loader) given(path string) bool {
	for p := range l.places {
		if p == path || strings.HasPrefix(p, path+".") {
			return true
		}
	}
	return false
}

// require reports a key that is missing. One that is there and wrong has its
// own fault.
func (l *loader) require(ok bool, path, remedy string) {
	if ok {
		return
	}
	if _, there := l.places[path]; there {
		for _, f := range l.faults {
			if strings.Contains(f.Text, path) {
				return
			}
		}
		l.about(path, checkRequired, remedy, "%s is empty", path)
		return
	}
	l.about(path, checkRequired, remedy, "%s is missing", path)
}

func (l *loader) buyers(buyers []party.Buyer) {
	l.require(len(buyers) > 0, "buyers", "name at least one registration, like buyers: [{b2b_id: BUYER0001, gstin: 27AAPFU0939F1ZV}]")
	l.registrations("buyers", buyers)
}

// receivables checks what only `reconcile confirm` uses.
func (l *loader) receivables(c *Config) {
	if !l.given("supplier") && !l.given("receivables") {
		return
	}
	l.require(len(c.Supplier) > 0, "supplier", "name the registration under which we are paid, like supplier: [{b2b_id: SUPPLIER0001}], or remove the section receivables")
	l.require(len(c.Receivables.Files) > 0, "receivables.files", `name the ledgers of what we are owed, like files: ["receivables/*.csv"], or remove the section supplier`)
	l.registrations("supplier", c.Supplier)
}

// registrations checks one list of registrations of ours.
func (l *loader) registrations(list string, all []party.Buyer) {
	ids, gstins := map[string]bool{}, map[string]bool{}
	for i, b := range all {
		path := fmt.Sprintf("%s[%d]", list, i)
		l.require(b.B2BID != "" || l.given(path+".b2b_id"), path+".b2b_id", "give the B2B id under which this registration is known to Bharat Connect")
		if b.B2BID != "" && ids[b.B2BID] {
			l.about(path+".b2b_id", checkDuplicate, "keep one of the two", "the B2B id %q stands here for the second time", b.B2BID)
		}
		if b.GSTIN != "" && gstins[b.GSTIN] {
			l.about(path+".gstin", checkDuplicate, "keep one of the two", "the GSTIN %q stands here for the second time", b.GSTIN)
		}
		ids[b.B2BID], gstins[b.GSTIN] = true, true
		if b.GSTIN != "" && !party.ValidGSTIN(b.GSTIN) {
			l.config.Warnings = append(l.config.Warnings, faultf(l.places[path+".gstin"], checkGSTIN,
				"compare it with the registration certificate", "the check digit of the GSTIN %s is wrong", b.GSTIN))
		}
	}
}

func (l *loader) mail(m *Mail) {
	if m.Configured = l.given("mail"); !m.Configured {
		return
	}
	l.require(len(m.To) > 0, "mail.to", "say who gets the report, or remove the section mail")
	l.require(m.From != "", "mail.from", "say who sends the report, or remove the section mail")
	l.require(m.SMTP != "", "mail.smtp", "name the mail server, like smtp://localhost:1025, or remove the section mail")
	for _, a := range m.To {
		l.address("mail.to", a)
	}
	for _, a := range m.Act {
		l.address("mail.act", a)
	}
	if m.From != "" {
		l.address("mail.from", m.From)
	}
	if m.MaxBytes == 0 {
		m.MaxBytes = defaultAttached
	}
	l.mailTLS(m)
	l.require(m.Username == "" || l.given("mail.password_file"), "mail.password_file", "name the file of mode 0600 that holds the password, or remove mail.username")
}

// mailTLS refuses what would show business data, or a password, to whoever
// listens between us and the server.
func (l *loader) mailTLS(m *Mail) {
	u, err := url.Parse(m.SMTP)
	if err != nil || m.SMTP == "" || m.TLS == "" {
		return
	}
	near := loopback(u.Hostname())
	switch {
	case u.Scheme == "smtps" && m.TLS != "mandatory":
		l.about("mail.tls", checkValue, "remove it", "mail.tls %s: smtps:// is always encrypted", m.TLS)
	case m.TLS == "none" && !near:
		l.about("mail.tls", checkValue, "use mandatory", "mail.tls none: mail without encryption is for this machine only (127.0.0.1, ::1, localhost)")
	case m.TLS == "opportunistic" && !near && m.Username != "":
		l.about("mail.tls", checkValue, "use mandatory", "mail.tls opportunistic: whoever sits between could ask for the password unencrypted")
	}
}

// defaultAttached is what most mail servers still take when it has become a
// third longer on the way; maxAttached is more than any does. In bytes.
const (
	defaultAttached = 20 << 20
	maxAttached     = 100 << 20
)

func (l *loader) address(path, a string) {
	if _, err := mail.ParseAddress(a); err != nil {
		l.about(path, checkValue, "", "%s %q: expected an address like controller@example.com", path, clip(a))
	}
}
