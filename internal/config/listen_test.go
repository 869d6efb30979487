package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listenFolder has a good secret, a short one and one that others may read.
func listenFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, secret := range map[string]string{"webhook.secret": "0123456789abcdef0123\n", "short.secret": "hunter2\n", "odd.secret": "0123456789abcdef\u20b9\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestListen(t *testing.T) {
	dir := listenFolder(t)
	c, err := parse("reconcile.yaml", dir, []byte(small+`listen: {address: "0.0.0.0:8443", secret_header: x-api-key, secret_file: webhook.secret, tls_cert_file: a.crt, tls_key_file: a.key, max_bytes: 1000, answers: {resp_pay: text}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range c.Settings() {
		if strings.HasPrefix(s.Name, "listen.") {
			got[s.Name] = s.Value
		}
	}
	want := map[string]string{
		"listen.address": "0.0.0.0:8443", "listen.paths": "/api/v0/", "listen.secret_header": "X-Api-Key", "listen.secret_file": "***",
		"listen.tls_cert_file": "a.crt", "listen.tls_key_file": "a.key", "listen.behind_proxy": "false", "listen.folder": "events/",
		"listen.max_bytes": "1000", "listen.max_connections": "128", "listen.answers.req_pay": "echo", "listen.answers.resp_pay": "text",
		"listen.answers.req_pay_confirmation": "none", "listen.answers.resp_pay_confirmation": "none", "listen.answers.other": "none",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the settings (-want +got):\n%s", diff)
	}
	if got := c.Listen.Secret.Reveal(); got != "0123456789abcdef0123" {
		t.Errorf("got the secret %q, want that of the file", got)
	}
	for _, s := range mustLoad(t, small).Settings() {
		if strings.HasPrefix(s.Name, "listen.") {
			t.Errorf("%s is printed where nothing is said about it", s.Name)
		}
	}
}

// TestListenIsNeverOpen: who can reach the listener can say of a payment that it
// failed, so nothing but this machine does without a secret, and no secret goes
// over plain http.
func TestListenIsNeverOpen(t *testing.T) {
	dir := listenFolder(t)
	for _, c := range []struct{ section, fault string }{
		{`{}`, ""},
		{`{address: "127.0.0.1:1"}`, ""},
		{`{address: "[::1]:1"}`, ""},
		{`{address: "localhost:1"}`, ""},
		{`{address: "0.0.0.0:1"}`, "listen.secret_file is missing, and at 0.0.0.0:1 anyone could forge a webhook"},
		{`{address: "0.0.0.0:1", secret_file: webhook.secret}`, "would show the secret"},
		{`{address: "0.0.0.0:1", behind_proxy: true}`, "through a proxy anyone could forge a webhook"},
		{`{address: "127.0.0.1:1", behind_proxy: true}`, "through a proxy anyone could forge a webhook"},
		{`{address: "127.0.0.1:1", behind_proxy: true, secret_file: webhook.secret}`, ""},
		{`{address: "192.0.2.1:1", behind_proxy: true, secret_file: webhook.secret}`, ""},
		{`{address: "0.0.0.0:1", secret_file: webhook.secret, tls_cert_file: a, tls_key_file: b}`, ""},
		{`{address: "0.0.0.0:1", secret_file: webhook.secret, tls_cert_file: a}`, "come together"},
		{`{address: "127.0.0.1:1", tls_key_file: a}`, "come together"},
		{`{old_secret_file: webhook.secret}`, "stands without listen.secret_file"},
		{`{secret_file: short.secret}`, "the secret has less than 16 characters"},
		{`{secret_file: odd.secret}`, "cannot be sent in a header"},
		{`{secret_file: none.secret}`, "there is no such file"},
		{`{address: ":1"}`, "expected an address and a port"},
		{`{address: "myhost:1"}`, "expected an address and a port"},
		{`{address: "127.0.0.1"}`, "expected an address and a port"},
		{`{address: "127.0.0.1:70000"}`, "expected an address and a port"},
		{`{secret_header: "a b"}`, "expected the name of a header"},
		{`{secret_header: host}`, "is no secret"},
		{`{paths: [api]}`, "expected what a path begins with"},
		{`{max_bytes: 9999999}`, "expected a whole number from 1 to 3145728"},
		{`{answers: {other: echo}}`, "expected none or text"},
	} {
		_, err := parse("reconcile.yaml", dir, []byte(small+"listen: "+c.section), nil)
		switch {
		case c.fault == "" && err != nil:
			t.Errorf("%s: got %v, want it to be taken", c.section, err)
		case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
			t.Errorf("%s: got %v, want a fault that says %q", c.section, err, c.fault)
		case err != nil && strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%s: the secret is in %v", c.section, err)
		}
	}
}
