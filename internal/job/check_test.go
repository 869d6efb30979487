package job

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
	"reconcile/internal/day"
)

// snapshot is every file and folder below dir with its mode, its time and its
// content.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		all[path] = fmt.Sprint(info.Mode(), info.ModTime())
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all[path] += fmt.Sprintf(" %x", sha256.Sum256(b))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// verdicts returns the findings of one name as "verdict text".
func verdicts(findings []Finding, name string) (all []string) {
	for _, f := range findings {
		if f.Name == name {
			all = append(all, f.Verdict+" "+f.Text)
		}
	}
	return all
}

// said tells whether a check said something.
func said(findings []Finding, name, verdict, part string) bool {
	return slices.ContainsFunc(verdicts(findings, name), func(s string) bool {
		return strings.HasPrefix(s, verdict+" ") && strings.Contains(s, part)
	})
}

// reload gives a desk the configuration as it is with more at its end.
func (d *desk) reload(more string, environ ...string) {
	d.t.Helper()
	b, err := os.ReadFile(filepath.Join(d.dir, "reconcile.yaml"))
	if err != nil {
		d.t.Fatal(err)
	}
	d.write("reconcile.yaml", string(b)+more, 0o644)
	c, err := config.Load(filepath.Join(d.dir, "reconcile.yaml"), append([]string{"RECONCILE_ENKASH_API=req-pay"}, environ...))
	if err != nil {
		d.t.Fatal(err)
	}
	d.in.Config = c
}

// A check looks at everything there is to look at, and leaves no trace: no file is
// made or touched, nobody gets a mail, nobody is paid and no switch is told.
func TestCheckWritesNothing(t *testing.T) {
	var box postbox
	box.open(t, "127.0.0.1:0")
	var pings atomic.Int64
	man := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { pings.Add(1) }))
	t.Cleanup(man.Close)
	hooks, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hooks.Close() })

	d := openDesk(t, nil, "SUP1,One,A/1,2026-10-01,2026-10-31,1000.00,0,1000.00,")
	d.write("ping.url", man.URL, 0o600)
	d.write("webhook.secret", strings.Repeat("x", 40), 0o600)
	for _, dir := range []string{"copies", "notes", "metrics"} {
		if err := os.Mkdir(filepath.Join(d.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.reload(fmt.Sprintf(`mail: {to: [asha@example.com], from: recon@example.com, smtp: "smtp://%s"}
listen: {address: %q, secret_file: webhook.secret}
schedule: {cron: "30 1 * * *"}
ping: {url_file: ping.url}
metrics: {textfile: metrics/reconcile.prom}
backup: {folder: copies}
`, box.addr, hooks.Addr()))
	d.in.AsOf, d.in.Kind = day.In(d.now, d.in.Config.Timezone), KindPropose
	if _, err := Run(t.Context(), d.in); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, d.dir)
	findings := Check(t.Context(), d.in, false)
	if diff := cmp.Diff(before, snapshot(t, d.dir)); diff != "" {
		t.Errorf("the check changed files (-before +after):\n%s", diff)
	}
	if n := pings.Load(); n != 0 || len(box.took) != 0 || len(d.server.Books().Executions) != 0 {
		t.Errorf("got %d pings, %d mails and %d payments, want none", n, len(box.took), len(d.server.Books().Executions))
	}
	if code := Worst(findings); code != ExitClean {
		t.Errorf("got exit code %d, want 0: %+v", code, findings)
	}
	for _, want := range [][3]string{
		{"configuration", "ok", "is sound"}, {"ledger", "ok", "layout canonical"}, {"events", "ok", "event log"}, {"log-continuity", "ok", "no day is missing"},
		{"store", "ok", "can be written"}, {"permissions", "ok", "for this user alone"}, {"history", "ok", "1 run"}, {"output", "ok", "can be written"},
		{"clock", "ok", "Asia/Kolkata"}, {"approvers", "ok", "2 approvers"}, {"side-log", "ok", "can be written"}, {"journal", "ok", "is whole"},
		{"backup", "warn", "never copied"}, {"backup", "warn", "same file system"}, {"enkash", "ok", "is reached; nothing was sent"},
		{"mail", "ok", "answers, not encrypted"}, {"listen", "ok", "the secret of listen.secret_file"}, {"listen", "ok", "somebody listens"},
		{"listen.folder", "ok", "can be written"}, {"schedule", "ok", "the next run"}, {"notes", "ok", "are read back"}, {"metrics", "ok", "can be written"},
		{"ping", "ok", "was not called"},
	} {
		// Of a machine whose disk is nearly full the same is a warning.
		full := want[2] == "can be written" && said(findings, want[0], "warn", "can be written, and only")
		if !full && !said(findings, want[0], want[1], want[2]) {
			t.Errorf("of %s got %q, want %s …%s…", want[0], verdicts(findings, want[0]), want[1], want[2])
		}
	}
	for _, f := range findings {
		if f.Verdict != VerdictOK && f.Remedy == "" {
			t.Errorf("%s: %q has no remedy", f.Name, f.Text)
		}
		if strings.Contains(f.Text+f.Remedy, strings.Repeat("x", 40)) || strings.Contains(f.Text+f.Remedy, man.URL) {
			t.Errorf("%q shows a secret", f.Text)
		}
	}
	hooks.Close()
	if f := Check(t.Context(), d.in, false); !said(f, "listen", "warn", "nobody listens") || Worst(f) != 0 {
		t.Errorf("without a listener got %q, want a warning", verdicts(f, "listen"))
	}
}

// A journal of an older version is no failure: the next run brings it up to date.
func TestCheckOfAnOlderJournal(t *testing.T) {
	d := openDesk(t, nil, "SUP1,One,A/1,2026-10-01,2026-10-31,1000.00,0,1000.00,")
	d.run(KindPropose, "", Typed{})
	d.in.AsOf = d.in.today()
	db, err := sql.Open("sqlite", filepath.Join(d.in.Config.Path(d.in.Config.Store), "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("PRAGMA user_version = 1")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	findings := Check(t.Context(), d.in, false)
	if !said(findings, "journal", "warn", "[journal-outdated]") || !said(findings, "ledger", "ok", "layout canonical") || Worst(findings) != 0 {
		t.Errorf("got %+v", findings)
	}
}

// A desk whose books are old, whose logs have holes and whose doors are open.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	d := openDesk(t, nil, "SUP1,One,A/1,2026-10-01,2026-10-31,1000.00,0,1000.00,")
	d.write("webhook.secret", strings.Repeat("x", 40), 0o600)
	d.write("events/none.jsonl", "\n\n\n\n", 0o644)
	d.reload("")
	d.in.AsOf, d.in.Kind = day.In(d.now, d.in.Config.Timezone), KindPropose
	if _, err := Run(t.Context(), d.in); err != nil {
		t.Fatal(err)
	}
	wrong := func(name, verdict, part string, code int) {
		t.Helper()
		d.in.AsOf = day.In(d.now, d.in.Config.Timezone)
		f := Check(t.Context(), d.in, true)
		if !said(f, name, verdict, part) {
			t.Errorf("of %s got %q, want %s …%s…", name, verdicts(f, name), verdict, part)
		}
		if got := Worst(f); got != code {
			t.Errorf("%s: got exit code %d, want %d", part, got, code)
		}
	}
	d.write("events/none.jsonl", "", 0o644)
	wrong("log-continuity", "warn", "event log events/none.jsonl has 0 bytes, and had 4", 0)
	for _, name := range []string{"webhooks-2026-11-17.jsonl", "webhooks-2026-11-20.jsonl", "from-2026-01-01-to-2026-02-01.jsonl"} {
		d.write("events/"+name, "", 0o644)
	}
	d.reload("")
	wrong("log-continuity", "warn", "no event log of 2026-11-18", 0)
	for _, name := range []string{"", "journal.db"} {
		if err := os.Chmod(filepath.Join(d.dir, "state", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	wrong("permissions", "warn", "others may look into", 0)

	written, err := os.Stat(filepath.Join(d.dir, "ledger", "open.csv"))
	if err != nil {
		t.Fatal(err)
	}
	d.now = written.ModTime().Add(37 * time.Hour)
	wrong("ledger", "fail", "nothing would be paid out of ledger ledger/open.csv: it was written 37 hours ago", ExitMissing)
	d.now = written.ModTime().Add(5*24*time.Hour + time.Hour)
	wrong("log-continuity", "warn", "nothing was written to any event log for 5 days", ExitMissing)
	d.now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	wrong("journal", "fail", "the last step is of", ExitCorrupt)
}

// shown makes a certificate for 127.0.0.1 and its key, in PEM, good between two
// moments.
func shown(t *testing.T, from, until time.Time) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: until, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// Certificates are looked at before the night on which they end: EnKash's, and
// that of our listener.
func TestCheckCertificates(t *testing.T) {
	for _, c := range []struct {
		name          string
		left          time.Duration
		enkash        string
		listen        string
		code, offline int
	}{
		{"good for a year", 365 * 24 * time.Hour, "ok the certificate of EnKash is good until", "ok the certificate of the listener is good until", 0, 0},
		{"ends next week", 7 * 24 * time.Hour, "warn the certificate of EnKash ends on 28 November 2026", "warn the certificate of the listener ends on", 0, 0},
		{"ended yesterday", -24 * time.Hour, "fail EnKash at https", "fail the certificate", ExitConfig, ExitConfig},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := openDesk(t, nil, "SUP1,One,A/1,2026-10-01,2026-10-31,1000.00,0,1000.00,")
			cert, key := shown(t, d.now.AddDate(-1, 0, 0), d.now.Add(c.left))
			pair, err := tls.X509KeyPair(cert, key)
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
			server.StartTLS()
			t.Cleanup(server.Close)
			d.write("ca.pem", string(cert), 0o644)
			d.write("listen.crt", string(cert), 0o644)
			d.write("listen.key", string(key), 0o600)
			d.write("webhook.secret", strings.Repeat("x", 40), 0o600)
			d.reload("listen: {address: \"127.0.0.1:1\", secret_file: webhook.secret, tls_cert_file: listen.crt, tls_key_file: listen.key}\n",
				"RECONCILE_ENKASH_BASE_URL="+server.URL, "RECONCILE_ENKASH_CA_FILE=ca.pem")
			d.in.AsOf = day.In(d.now, d.in.Config.Timezone)
			f := Check(t.Context(), d.in, false)
			if all := strings.Join(verdicts(f, "enkash"), "\n"); !strings.Contains(all, c.enkash) {
				t.Errorf("got %q, want …%s…", all, c.enkash)
			}
			if all := strings.Join(verdicts(f, "listen"), "\n"); !strings.Contains(all, c.listen) {
				t.Errorf("got %q, want …%s…", all, c.listen)
			}
			if got := Worst(f); got != c.code {
				t.Errorf("got exit code %d, want %d", got, c.code)
			}
			if got := Worst(Check(t.Context(), d.in, true)); got != c.offline {
				t.Errorf("offline got exit code %d, want %d", got, c.offline)
			}
		})
	}
}

// A mail server that is gone costs the report its mail: 41, as the run would end.
func TestCheckDeadMailServer(t *testing.T) {
	in := input(t, "2026-11-21")
	mailTo(&in, "127.0.0.1:1")
	f := Check(t.Context(), in, false)
	if !said(f, "mail", VerdictFail, "the report would not be mailed") || Worst(f) != ExitNotMailed {
		t.Errorf("got %q and exit code %d, want 41", verdicts(f, "mail"), Worst(f))
	}
	if f := Check(t.Context(), in, true); Worst(f) != ExitClean {
		t.Errorf("offline got exit code %d, want 0", Worst(f))
	}
}

func TestGaps(t *testing.T) {
	for want, paths := range map[string][]string{
		"":                      {"e/a.jsonl", "e/b-2026-13-40.jsonl"},
		" ":                     {"e/w-2026-11-01.jsonl", "e/w-2026-11-02.jsonl.gz", "e/other-2026-11-09.jsonl"},
		"2026-11-02":            {"e/w-2026-11-03.jsonl", "e/w-2026-11-01.jsonl.zst", "e/w-2026-11-01.jsonl"},
		"2026-02-28 2026-03-01": {"e/2026-02-27.jsonl", "e/2026-03-02.jsonl"},
	} {
		var got []string
		for _, d := range gaps(paths) {
			got = append(got, d.String())
		}
		if text := strings.Join(got, " "); text != strings.TrimSpace(want) {
			t.Errorf("%v: got the gaps %q, want %q", paths, text, strings.TrimSpace(want))
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 1024: "1.0 KiB", 1536: "1.5 KiB", 10 << 20: "10 MiB", 5 << 40: "5.0 TiB", 5 << 50: "5120 TiB"} {
		if got := size(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
