package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/money"
)

// full names every key there is, with the values of the documentation.
const full = `# a comment
buyers: [{b2b_id: BUYER0001, gstin: 27AAPFU0939F1ZV, name: Acme Retail Pvt Ltd}]
timezone: Asia/Kolkata
ledger:
  files: ["ledger/*.csv", "ledger/*.xlsx"]
  preset: auto
  columns: {supplier_invoice_number: "Bill No"}
  suppliers: suppliers.csv
  dates: day-first
  decimal: point
events:
  files: ["events/*.jsonl*"]
matching: {amount_tolerance: "1.00", covers_from: 2026-04-01, covers_modes: [neft, account_transfer], outcome_within: 2, confirmation_within: 7, posting_within: 0}
payments:
  mode: propose
  type: ONPLATFORM
  mode_of_payment: ACCOUNT_TRANSFER
  lead_days: 0
  auto_limit: "0.00"
  max_invoices: 1
  valid_for: 72h
  maker: night
  approvers:
    - {name: asha, key: "` + ashaKey + `", logins: [asha.rao, 'ACME\asha']}
    - {name: Vikram Shah, key: "` + vikramKey + `"}
  approvals: [{up_to: "100000.00", need: 1}, {need: 2}]
  caps: {invoice: "500000.00", supplier: "1000000", run: "2500000.00", day: "5000000.00"}
  minimum: "1.00"
  net_credits: true
  quarantined_files: propose
  outside: true
  platform_invoice: required
  ledger_max_age: 12h
  same_ledger: allow
  second_attempt_after: 48h
  resolve_after: 30h
  side_log: ../elsewhere/steps.jsonl
enkash:
  base_url: "https://enkash.example"
  api: payment
  timeout: 60s
  definite_refusals: [422, 422/412, 200/-7]
  proxy: "http://proxy.example:3128"
  ca_file: enkash.pem
  device: {name: GEOCODE, value: "19.0760,72.8777"}
  payment: {payment_type: RENTAL, urn: U1, remarks: by reconcile, seamless_banking: true, frontend_version: false}
supplier: [{b2b_id: SUPPLIER0001, gstin: 27AAPFU0939F1ZV}]
receivables: {files: ["receivables/*.csv"], preset: canonical, columns: {utr: "Bank Ref"}}
store: state/
output: reports/
mail: {to: [controller@example.com], from: recon@example.com, smtp: "smtp://localhost:1025"}
schedule: {cron: "30 1 * * *", business_date: previous}
backup: {folder: ../copies, copies: 14}
keep: {reports: 10y, personal_data: 3y}
`

const (
	ashaKey   = "ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="
	vikramKey = "ed25519:gTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q="
)

// small is the least that is a configuration.
const small = `buyers: [{b2b_id: B1}]
ledger: {files: [l.csv]}
events: {files: [e.jsonl]}
`

func load(t *testing.T, text string, environ ...string) (*Config, error) {
	t.Helper()
	return parse("reconcile.yaml", t.TempDir(), []byte(text), environ)
}

func mustLoad(t *testing.T, text string, environ ...string) *Config {
	t.Helper()
	c, err := load(t, text, environ...)
	if err != nil {
		t.Fatalf("got error:\n%v", err)
	}
	return c
}

func TestFull(t *testing.T) {
	c := mustLoad(t, full)
	if got, want := c.Ledger.Columns["supplier_invoice_number"], "Bill No"; got != want {
		t.Errorf("column: got %q, want %q", got, want)
	}
	if got, want := c.Matching.CoversModes, []string{"NEFT", "ACCOUNT TRANSFER"}; !reflect.DeepEqual(got, want) {
		t.Errorf("covers_modes: got %q, want %q", got, want)
	}
	if got, want := c.Matching.AmountTolerance, money.Paise(100); got != want {
		t.Errorf("amount_tolerance: got %s, want %s", got, want)
	}
	if got, want := c.Path(c.Store), filepath.Join(c.Dir, "state"); got != want {
		t.Errorf("store: got %s, want %s", got, want)
	}
	want := []Setting{
		{"buyers", "BUYER0001 27AAPFU0939F1ZV"},
		{"timezone", "Asia/Kolkata"},
		{"ledger.files", "ledger/*.csv, ledger/*.xlsx"},
		{"ledger.preset", "auto"},
		{"ledger.columns.supplier_invoice_number", "Bill No"},
		{"ledger.suppliers", "suppliers.csv"},
		{"ledger.dates", "day-first"},
		{"ledger.decimal", "point"},
		{"ledger.owed", "auto"},
		{"events.files", "events/*.jsonl*"},
		{"matching.amount_tolerance", "1.00"},
		{"matching.covers_from", "2026-04-01"},
		{"matching.covers_modes", "NEFT, ACCOUNT TRANSFER"},
		{"matching.outcome_within", "2"},
		{"matching.confirmation_within", "7"},
		{"matching.posting_within", "0"},
		{"payments.mode", "propose"},
		{"payments.type", "ONPLATFORM"},
		{"payments.mode_of_payment", "ACCOUNT TRANSFER"},
		{"payments.lead_days", "0"},
		{"payments.auto_limit", "0.00"},
		{"payments.max_invoices", "1"},
		{"payments.valid_for", "72h0m0s"},
		{"payments.maker", "night"},
		{"payments.approvers", "asha " + ashaKey + ` asha.rao ACME\asha, Vikram Shah ` + vikramKey},
		{"payments.approvals", "up to 100000.00: 1, any: 2"},
		{"payments.caps.invoice", "500000.00"},
		{"payments.caps.supplier", "1000000.00"},
		{"payments.caps.run", "2500000.00"},
		{"payments.caps.day", "5000000.00"},
		{"payments.minimum", "1.00"},
		{"payments.net_credits", "true"},
		{"payments.quarantined_files", "propose"},
		{"payments.outside", "true"},
		{"payments.platform_invoice", "required"},
		{"payments.ledger_max_age", "12h0m0s"},
		{"payments.same_ledger", "allow"},
		{"payments.second_attempt_after", "48h0m0s"},
		{"payments.resolve_after", "30h0m0s"},
		{"payments.side_log", "../elsewhere/steps.jsonl"},
		{"enkash.base_url", "https://enkash.example"},
		{"enkash.api", "payment"},
		{"enkash.timeout", "1m0s"},
		{"enkash.token_file", ""},
		{"enkash.headers", ""},
		{"enkash.definite_refusals", "422, 422/412, 200/-7"},
		{"enkash.proxy", "http://proxy.example:3128"},
		{"enkash.ca_file", "enkash.pem"},
		{"enkash.device.name", "GEOCODE"},
		{"enkash.device.value", "19.0760,72.8777"},
		{"enkash.payment.payment_type", "RENTAL"},
		{"enkash.payment.account_no_file", ""},
		{"enkash.payment.urn", "U1"},
		{"enkash.payment.remarks", "by reconcile"},
		{"enkash.payment.seamless_banking", "true"},
		{"enkash.payment.frontend_version", "false"},
		{"supplier", "SUPPLIER0001 27AAPFU0939F1ZV"},
		{"receivables.files", "receivables/*.csv"},
		{"receivables.preset", "canonical"},
		{"receivables.columns.utr", "Bank Ref"},
		{"receivables.suppliers", ""},
		{"receivables.dates", "auto"},
		{"receivables.decimal", "auto"},
		{"receivables.owed", "auto"},
		{"store", "state/"},
		{"output", "reports/"},
		{"mail.to", "controller@example.com"},
		{"mail.from", "recon@example.com"},
		{"mail.smtp", "smtp://localhost:1025"},
		{"mail.username", ""},
		{"mail.password_file", ""},
		{"mail.max_bytes", "20971520"},
		{"notes.folder", "notes/"},
		{"notes.write_off_limit", "0.00"},
		{"schedule.cron", "30 1 * * *"},
		{"schedule.business_date", "previous"},
		{"schedule.catch_up", "10"},
		{"backup.folder", "../copies"},
		{"backup.copies", "14"},
		{"keep.reports", "10y"},
		{"keep.personal_data", "3y"},
	}
	if diff := cmp.Diff(want, c.Settings()); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestDefaults(t *testing.T) {
	c := mustLoad(t, small)
	if c.Payments.Mode != ModeOff || c.Mail.Configured {
		t.Errorf("absent sections: got payments.mode %q and mail %v, want off and none", c.Payments.Mode, c.Mail.Configured)
	}
	if c.Timezone.String() != "Asia/Kolkata" || c.Matching.AmountTolerance != 100 || c.Payments.ValidFor != 72*time.Hour {
		t.Errorf("got %v, %v and %v", c.Timezone, c.Matching.AmountTolerance, c.Payments.ValidFor)
	}
	if c := mustLoad(t, small+"payments: {type: OFFPLATFORM}\n"); c.Payments.Mode != ModePropose {
		t.Errorf("a section without mode: got %q, want propose", c.Payments.Mode)
	}
}

// Each of these is refused, at this place, by this check, with these words.
func TestFaults(t *testing.T) {
	tests := []struct {
		name, text, place, check, want string
	}{
		{"unknown key", small + "timezome: Asia/Kolkata", "reconcile.yaml:4:1", checkUnknown, `the nearest known key is timezone`},
		{"unknown nested key", small + "matching: {amount_tolerence: 1}", "reconcile.yaml:4:12", checkUnknown, "matching.amount_tolerance"},
		{"key of another section", small + "amount_tolerance: 1", "reconcile.yaml:4:1", checkUnknown, "matching.amount_tolerance"},
		{"unknown column", small + "x: 1\n", "reconcile.yaml:4:1", checkUnknown, `unknown key "x"`},
		{"case of a key", "Buyers: []\n" + small, "reconcile.yaml:1:1", checkUnknown, "nearest known key is buyers"},
		{"twice", small + "store: a\nstore: b", "reconcile.yaml:5:1", checkDuplicate, "first in line 4"},
		{"twice, nested", small + "matching: {outcome_within: 1, outcome_within: 2}", "reconcile.yaml:4:31", checkDuplicate, "matching.outcome_within"},
		{"two buyers, one id", "buyers: [{b2b_id: A}, {b2b_id: A}]\nledger: {files: [l]}\nevents: {files: [e]}", "reconcile.yaml:1:32", checkDuplicate, "second time"},
		{"tab", small + "matching:\n\toutcome_within: 2", "reconcile.yaml:5:1", checkTab, "spaces"},
		{"not yaml", small + "store: [", "reconcile.yaml:4:", checkSyntax, "not YAML"},
		{"two documents", small + "---\n" + small, "reconcile.yaml:", checkSyntax, "second document"},
		{"not utf-8", "buyers: \xff", "reconcile.yaml:1:9", checkSyntax, "UTF-8"},
		{"empty", "# nothing\n", "reconcile.yaml:1:1", checkRequired, "empty"},
		{"a list for the file", "- a", "reconcile.yaml:1:1", checkType, "section"},
		{"alias", small + "store: &a x\noutput: *a", "reconcile.yaml:4:8", checkAlias, "anchors"},
		{"list for one value", small + "store: [a]", "reconcile.yaml:4:8", checkType, "expected one value, got a list"},
		{"one value for a list", "buyers: [{b2b_id: A}]\nledger: {files: l.csv}\nevents: {files: [e]}", "reconcile.yaml:2:17", checkType, "expected a list"},
		{"one value for a section", small + "matching: 3", "reconcile.yaml:4:11", checkType, "a section of keys"},
		{"true for text", small + "store: true", "reconcile.yaml:4:8", checkType, "true"},
		{"nothing", small + "store:", "reconcile.yaml:4:7", checkType, "no value"},
		{"zone", small + "timezone: Asia/Culcutta", "reconcile.yaml:4:11", checkValue, "Asia/Kolkata"},
		{"zone of the machine", small + "timezone: Local", "reconcile.yaml:4:11", checkValue, "Asia/Kolkata"},
		{"amount", small + "matching: {amount_tolerance: 1.005}", "reconcile.yaml:4:30", checkValue, "more than two decimals"},
		{"amount below zero", small + "matching: {amount_tolerance: -1}", "reconcile.yaml:4:30", checkValue, "not below zero"},
		{"grouped amount", small + `payments: {type: ONPLATFORM, auto_limit: "1,00,000"}`, "reconcile.yaml:4:42", checkValue, "not an amount"},
		{"date", small + "matching: {covers_from: 01-04-2026}", "reconcile.yaml:4:25", checkValue, "2026-04-01"},
		{"impossible date", small + "matching: {covers_from: 2026-02-30}", "reconcile.yaml:4:25", checkValue, "2026-04-01"},
		{"days", small + "matching: {outcome_within: -1}", "reconcile.yaml:4:28", checkValue, "from 0 to 3660"},
		{"days in words", small + "matching: {outcome_within: two}", "reconcile.yaml:4:28", checkValue, "whole number"},
		{"max_invoices", small + "payments: {type: ONPLATFORM, max_invoices: 51}", "reconcile.yaml:4:44", checkValue, "from 1 to 50"},
		{"mode", small + "payments: {mode: always}", "reconcile.yaml:4:18", checkValue, "off, propose or auto"},
		{"type missing", small + "payments: {mode: propose}", "reconcile.yaml:4:11", checkRequired, "payments.type is missing"},
		{"mode of payment", small + "payments: {type: ONPLATFORM, mode_of_payment: RTGS}", "reconcile.yaml:4:47", checkValue, "ACCOUNT TRANSFER"},
		{"duration", small + "payments: {type: ONPLATFORM, valid_for: 3 days}", "reconcile.yaml:4:41", checkValue, "72h"},
		{"plain http", small + `enkash: {base_url: "http://enkash.example"}`, "reconcile.yaml:4:20", checkValue, "use https"},
		{"password in the address", small + `enkash: {base_url: "https://u:p@enkash.example"}`, "reconcile.yaml:4:20", checkValue, "token_file"},
		{"cron", small + `schedule: {cron: "* * *"}`, "reconcile.yaml:4:18", checkValue, "five fields"},
		{"cron with a zone", small + `schedule: {cron: "TZ=UTC 30 1 * * *"}`, "reconcile.yaml:4:18", checkValue, "timezone"},
		{"cron that makes the parser fall over", small + `schedule: {cron: "CRON_TZ=0"}`, "reconcile.yaml:4:18", checkValue, "timezone"},
		{"cron of a day that never comes", small + `schedule: {cron: "0 2 30 2 *"}`, "reconcile.yaml:4:18", checkValue, "never comes"},
		{"cron from nobody knows when", small + `schedule: {cron: "@every 6h"}`, "reconcile.yaml:4:18", checkValue, "0 */6 * * *"},
		{"too much to catch up", small + `schedule: {catch_up: 61}`, "reconcile.yaml:4:22", checkValue, "from 0 to 60"},
		{"metrics that nobody reads", small + `metrics: {textfile: /var/lib/node_exporter/reconcile.txt}`, "reconcile.yaml:4:21", checkValue, "ends in .prom"},
		{"no buyers", "buyers: []\nledger: {files: [l]}\nevents: {files: [e]}", "reconcile.yaml:1:9", checkRequired, "buyers is empty"},
		{"no b2b_id", "buyers: [{name: Acme}]\nledger: {files: [l]}\nevents: {files: [e]}", "reconcile.yaml:1:10", checkRequired, "b2b_id"},
		{"b2b_id", `buyers: [{b2b_id: 'A"B'}]` + "\nledger: {files: [l]}\nevents: {files: [e]}", "reconcile.yaml:1:19", checkValue, "1 to 100"},
		{"gstin", "buyers: [{b2b_id: A, gstin: 27AAPFU0939F1Z}]\nledger: {files: [l]}\nevents: {files: [e]}", "reconcile.yaml:1:29", checkValue, "15 characters"},
		{"no ledger", "buyers: [{b2b_id: A}]\nevents: {files: [e]}", "reconcile.yaml", checkRequired, "ledger.files is missing"},
		{"no events", "buyers: [{b2b_id: A}]\nledger: {files: [e]}\nevents: {files: []}", "reconcile.yaml:3:17", checkRequired, "events.files is empty"},
		{"mail without server", small + "mail: {to: [a@example.com], from: b@example.com}", "reconcile.yaml:4:7", checkRequired, "mail.smtp"},
		{"mail to nobody", small + "mail: {to: [a], from: b@example.com, smtp: 'smtp://h:25'}", "reconcile.yaml:4:12", checkValue, "mail.to"},
		{"mail with act to nobody", small + "mail: {to: [a@example.com], act: [b], from: b@example.com, smtp: 'smtp://h:25'}", "reconcile.yaml:4:34", checkValue, "mail.act"},
		{"mail in the open", small + "mail: {to: [a@example.com], from: b@example.com, smtp: 'smtp://h:25', tls: none}", "reconcile.yaml:4:76", checkValue, "this machine only"},
		{"smtps in the open", small + "mail: {to: [a@example.com], from: b@example.com, smtp: 'smtps://h', tls: none}", "reconcile.yaml:4:74", checkValue, "always encrypted"},
		{"TLS by chance", small + "mail: {to: [a@example.com], from: b@example.com, smtp: 'smtp://h:25', tls: maybe}", "reconcile.yaml:4:76", checkValue, "mandatory, opportunistic or none"},
		{"password without a user", small + "mail: {to: [a@example.com], from: b@example.com, smtp: 'smtp://h:25', username: u}", "reconcile.yaml:4:7", checkRequired, "mail.password_file"},
		{"mail of no bytes", small + "mail: {to: [a@example.com], from: b@example.com, smtp: 'smtp://h:25', max_bytes: 0}", "reconcile.yaml:4:82", checkValue, "from 1 to"},
		{"secret missing", small + "mail: {to: [a@example.com], from: b@example.com, smtp: 'smtp://h:25', password_file: no}", "reconcile.yaml:4:86", checkSecret, "no such file"},
		{"dates", small + "store: x\noutput: y\nevents: {dates: 1}", "reconcile.yaml:6:1", checkDuplicate, "events"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.text)
			e, ok := err.(*Error)
			if !ok {
				t.Fatalf("got %v, want an *Error", err)
			}
			for _, f := range e.Faults {
				if strings.HasPrefix(f.Place, tt.place) && f.Check == tt.check && strings.Contains(f.String(), tt.want) {
					return
				}
			}
			t.Errorf("got\n%v\nwant %s … %s … [%s]", err, tt.place, tt.want, tt.check)
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := load(t, "output: [x]\nstor: y\nmatching: {outcome_within: a, covers_from: b}\n", "RECONCILE_PAYMENTS_MODE=perhaps", "RECONCILE_TIMEZON=x")
	want := `reconcile.yaml:1:9: output: expected one value, got a list [config-wrong-type]
reconcile.yaml:2:1: unknown key "stor"; the nearest known key is store [config-unknown-key]
reconcile.yaml:3:28: matching.outcome_within "a": expected a whole number from 0 to 3660 [config-value]
reconcile.yaml:3:44: matching.covers_from "b": expected a date like 2026-04-01 [config-value]
RECONCILE_PAYMENTS_MODE: payments.mode "perhaps": expected off, propose or auto [config-value]
RECONCILE_TIMEZON: this variable overrides no setting; unset it, or use RECONCILE_TIMEZONE, the nearest known name [config-variable]
reconcile.yaml: buyers is missing; name at least one registration, like buyers: [{b2b_id: BUYER0001, gstin: 27AAPFU0939F1ZV}] [config-required]
reconcile.yaml: ledger.files is missing; name the ledgers, like files: ["ledger/*.csv"] [config-required]
reconcile.yaml: events.files is missing; name the event logs, like files: ["events/*.jsonl*"] [config-required]`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOverrides(t *testing.T) {
	c := mustLoad(t, full, "HOME=/root", "RECONCILE_MATCHING_AMOUNT_TOLERANCE=2.50", "RECONCILE_LEDGER_PRESET=canonical",
		"RECONCILE_TIMEZONE=UTC", "RECONCILE_ENKASH_DEVICE_VALUE=1,2", "RECONCILE_LEDGER_COLUMNS_UTR=Bank Ref")
	if c.Matching.AmountTolerance != 250 || c.Ledger.Preset != "canonical" || c.Timezone.String() != "UTC" ||
		c.EnKash.DeviceValue != "1,2" || c.Ledger.Columns["utr"] != "Bank Ref" {
		t.Errorf("got %+v", c)
	}
	want := []string{"RECONCILE_ENKASH_DEVICE_VALUE", "RECONCILE_LEDGER_COLUMNS_UTR", "RECONCILE_LEDGER_PRESET",
		"RECONCILE_MATCHING_AMOUNT_TOLERANCE", "RECONCILE_TIMEZONE"}
	if diff := cmp.Diff(want, c.Overridden); diff != "" {
		t.Errorf("overridden (-want +got):\n%s", diff)
	}
	_, err := load(t, full, "RECONCILE_LEDGER_FILES=x")
	if err == nil || !strings.Contains(err.Error(), "is a list") {
		t.Errorf("a list from the environment: got %v", err)
	}
}

// Every single value has a variable: setting it to what is in force changes
// nothing, and names it.
func TestEveryScalarHasAVariable(t *testing.T) {
	c := mustLoad(t, full)
	for _, k := range flatten("", schema(c)) {
		if _, secret := k.value.(secretFile); k.value == nil || secret || k.value.String() == "" {
			continue
		}
		got := mustLoad(t, full, variable(k.path)+"="+k.value.String())
		if len(got.Overridden) != 1 || got.Overridden[0] != variable(k.path) {
			t.Errorf("%s: got %q", variable(k.path), got.Overridden)
		}
	}
}

func TestWarnsOfCheckDigit(t *testing.T) {
	c := mustLoad(t, strings.Replace(full, "27AAPFU0939F1ZV", "27AAPFU0939F1ZW", 1))
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0].String(), "27AAPFU0939F1ZW is wrong") {
		t.Errorf("got %v, want one warning about the digit", c.Warnings)
	}
	if c := mustLoad(t, full); len(c.Warnings) != 0 {
		t.Errorf("a right one: got %v", c.Warnings)
	}
}

const password = "hunter2 of the mail server"

func TestSecretIsNeverPrinted(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pw"), []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := full[:strings.Index(full, "mail:")] + "mail: {to: [a@example.com], from: b@example.com, smtp: 'smtp://h:25', password_file: pw}\n"
	c, err := parse("reconcile.yaml", dir, []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Mail.Password.Reveal(); got != password {
		t.Fatalf("got %q, want %q", got, password)
	}
	asJSON, err := json.Marshal(c.Mail)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "p", c.Mail.Password, "m", c.Mail)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "p", c.Mail.Password, "m", c.Mail)
	printed := string(asJSON) + log.String() + fmt.Sprint(c.Settings())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%10s"} {
		printed += fmt.Sprintf(verb, c.Mail) + fmt.Sprintf(verb, &c.Mail) + fmt.Sprintf(verb, c.Mail.Password)
	}
	if strings.Contains(printed, "hunter2") || strings.Contains(printed, fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("the secret is printed: %s", printed)
	}
}

func TestSecretFiles(t *testing.T) {
	dir, credentials := t.TempDir(), t.TempDir()
	write := func(path, text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil { // the umask
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir, "open"), "secret", 0o640)
	write(filepath.Join(dir, "empty"), "\n", 0o600)
	write(filepath.Join(dir, "both"), "beside", 0o600)
	write(filepath.Join(credentials, "both"), "given", 0o400)
	for name, want := range map[string]string{"open": "others may read", "empty": "no secret", ".": "not a file", "absent": "no such file"} {
		if _, err := readSecret(name, dir, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	if s, err := readSecret("both", dir, credentials); err != nil || s.Reveal() != "given" {
		t.Errorf("from the service manager: got %q, %v", s.Reveal(), err)
	}
	// Systemd and Kubernetes let the service read by a group, and nobody else may.
	write(filepath.Join(credentials, "group"), "given", 0o440)
	if s, err := readSecret("group", dir, credentials); err != nil || s.Reveal() != "given" {
		t.Errorf("from the service manager by the group: got %q, %v", s.Reveal(), err)
	}
	for _, mode := range []os.FileMode{0o444, 0o460, 0o404} {
		name := fmt.Sprintf("mode%o", mode)
		write(filepath.Join(credentials, name), "given", mode)
		if _, err := readSecret(name, dir, credentials); err == nil || !strings.Contains(err.Error(), "others may read") {
			t.Errorf("%s from the service manager: got %v, want a refusal", name, err)
		}
	}
	if s, err := readSecret("both", dir, ""); err != nil || s.Reveal() != "beside" {
		t.Errorf("beside the configuration: got %q, %v", s.Reveal(), err)
	}
}

func TestLoadMissing(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "no.yaml"), nil)
	if e, ok := err.(*Error); !ok || e.Faults[0].Check != checkMissing || !strings.Contains(e.Error(), "reconcile init") {
		t.Errorf("got %v, want a fault that names reconcile init", err)
	}
}

// Whatever the bytes, there is a configuration or there are faults, and every
// fault has a place, a check of the catalogue and a text.
func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("<<: {a: b}\n? [x]: y"))
	known := map[string]bool{}
	for _, c := range Checks() {
		known[c.Name] = true
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parse("f", "/", b, nil)
		if err == nil {
			if len(c.Buyers) == 0 || len(c.Ledger.Files) == 0 || len(c.Events.Files) == 0 {
				t.Fatalf("accepted without buyers, ledgers or events: %+v", c)
			}
			return
		}
		for _, fault := range err.(*Error).Faults {
			if fault.Place == "" || fault.Text == "" || !known[fault.Check] {
				t.Fatalf("fault without place, text or known check: %+v", fault)
			}
		}
	})
}
