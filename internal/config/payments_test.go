package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/approval"
)

// paying is a configuration with two approvers, to be gone on with inside
// payments.
const paying = small + `payments:
  type: ONPLATFORM
  approvers:
    - {name: asha, key: "` + ashaKey + `", logins: [asha.rao]}
    - {name: vikram, key: "` + vikramKey + `"}
`

func TestPaymentDefaults(t *testing.T) {
	c := mustLoad(t, small)
	want := Payments{
		Mode: "off", ModeOfPayment: "ACCOUNT TRANSFER", MaxInvoices: 1, ValidFor: 72 * time.Hour,
		Maker: "reconcile", QuarantinedFiles: "leave-out", PlatformInvoice: "known",
		LedgerMaxAge: 36 * time.Hour, SameLedger: "refuse",
		SecondAttemptAfter: 24 * time.Hour, ResolveAfter: 24 * time.Hour, SideLog: "state-side/steps.jsonl",
	}
	if diff := cmp.Diff(want, c.Payments); diff != "" {
		t.Errorf("payments (-want +got):\n%s", diff)
	}
	if c.EnKash.API != APIReqPay || c.EnKash.Payment.Type != "INVOICE" || len(c.EnKash.Headers) != 0 {
		t.Errorf("enkash: got %+v, want req-pay, INVOICE and no headers", c.EnKash)
	}
	for _, s := range c.Settings() {
		if strings.HasPrefix(s.Name, "receivables") || s.Name == "supplier" || strings.HasPrefix(s.Name, "enkash.payment.") {
			t.Errorf("setting %s is printed where nobody uses it", s.Name)
		}
	}
}

func TestApprovers(t *testing.T) {
	c := mustLoad(t, paying+`  approvals: [{up_to: "100000", need: 1}, {need: 2}]`)
	var names []string
	for _, a := range c.Payments.Approvers {
		names = append(names, a.Name+" "+a.Key.String()+" "+strings.Join(a.Logins, " "))
	}
	if diff := cmp.Diff([]string{"asha " + ashaKey + " asha.rao", "vikram " + vikramKey + " "}, names); diff != "" {
		t.Errorf("approvers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]approval.Band{{UpTo: 100_000_00, Need: 1}, {Need: 2}}, c.Payments.Approvals); diff != "" {
		t.Errorf("bands (-want +got):\n%s", diff)
	}
}

// Each of these is refused, at this place, by this check, with these words.
func TestPaymentFaults(t *testing.T) {
	const third = `    - {name: meera, key: "ed25519:7UkoxijRwsbq6QM4kFmVYSlZJzpcY/k2NsFGFKyHN9E="`
	pay := func(s string) string { return small + "payments: {type: ONPLATFORM, " + s + "}" }
	kash := func(s string) string { return small + "enkash: {" + s + "}" }
	tests := []struct {
		name, text, place, check, want string
	}{
		{"a name twice", paying + strings.Replace(third, "meera", "ASHA", 1) + "}", "reconcile.yaml:9:7", checkDuplicate, `"asha" and "ASHA" share`},
		{"a key twice", paying + "    - {name: meera, key: \"" + vikramKey + "\"}", "reconcile.yaml:9:7", checkDuplicate, `"vikram" and "meera" share`},
		{"a login twice", paying + third + ", logins: [Asha.Rao]}", "reconcile.yaml:9:7", checkDuplicate, `"asha" and "meera" share`},
		{"a login that is another's name", paying + third + ", logins: [vikram]}", "reconcile.yaml:9:7", checkDuplicate, `"vikram" and "meera" share`},
		{"an approver without a name", pay(`approvers: [{key: "` + ashaKey + `"}]`), "reconcile.yaml:4:42", checkRequired, "approvers[0].name is missing"},
		{"an approver without a key", pay(`approvers: [{name: asha}]`), "reconcile.yaml:4:42", checkRequired, "let this person run `reconcile keygen`"},
		{"a key that is none", pay(`approvers: [{name: asha, key: ssh-ed25519 AAAA}]`), "reconcile.yaml:4:60", checkValue, "as `reconcile keygen` prints it"},
		{"a name of two", pay(`approvers: [{name: asha+vikram, key: "` + ashaKey + `"}]`), "reconcile.yaml:4:49", checkValue, "without +"},
		{"a name of the program's", pay(`approvers: [{name: Webhook, key: "` + ashaKey + `"}]`), "reconcile.yaml:4:49", checkValue, "the name of a person"},
		{"an approver who makes every plan", paying + "  maker: Asha", "reconcile.yaml:7:7", checkValue, "could decide about no plan"},
		{"a login that makes every plan", paying + "  maker: ASHA.RAO", "reconcile.yaml:7:7", checkValue, "could decide about no plan"},
		{"a band that nobody can meet", paying + "  approvals: [{need: 3}]", "reconcile.yaml:9:22", checkValue, "there are 2 payments.approvers"},
		{"a band without approvers", pay("approvals: [{need: 1}]"), "reconcile.yaml:4:49", checkValue, "there are 0 payments.approvers"},
		{"a band that needs nobody", paying + "  approvals: [{need: 0}]", "reconcile.yaml:9:22", checkValue, "from 1 to 20"},
		{"a band that needs more than the journal keeps", paying + "  approvals: [{need: 21}]", "reconcile.yaml:9:22", checkValue, "from 1 to 20"},
		{"a band without need", paying + `  approvals: [{up_to: "5"}]`, "reconcile.yaml:9:15", checkRequired, "approvals[0].need is missing"},
		{"bands that descend", paying + `  approvals: [{up_to: "5", need: 1}, {up_to: "4.99", need: 2}]`, "reconcile.yaml:9:46", checkValue, "not above the 5.00"},
		{"bands that stand still", paying + `  approvals: [{up_to: "5", need: 1}, {up_to: "5.00", need: 2}]`, "reconcile.yaml:9:46", checkValue, "not above the 5.00"},
		{"an open band that is not the last", paying + `  approvals: [{need: 1}, {up_to: "5", need: 2}]`, "reconcile.yaml:9:15", checkRequired, "approvals[0].up_to is missing"},
		{"a band of nothing", paying + `  approvals: [{up_to: "0.00", need: 1}]`, "reconcile.yaml:9:23", checkValue, "above zero"},
		{"more money, fewer people", paying + `  approvals: [{up_to: "5", need: 2}, {need: 1}]`, "reconcile.yaml:9:45", checkValue, "fewer than the 2"},
		{"a cap below zero", pay(`caps: {run: "-1"}`), "reconcile.yaml:4:42", checkValue, "not below zero"},
		{"a cap of nobody", pay(`caps: {daily: "1"}`), "reconcile.yaml:4:37", checkUnknown, "payments.caps.day"},
		{"a switch that is a word", pay("net_credits: yes"), "reconcile.yaml:4:43", checkValue, "true or false"},
		{"a switch that is a number", pay("outside: 1"), "reconcile.yaml:4:39", checkValue, "true or false"},
		{"a switch where a word belongs", pay("same_ledger: true"), "reconcile.yaml:4:43", checkType, "not true or false"},
		{"quarantined_files", pay("quarantined_files: keep"), "reconcile.yaml:4:49", checkValue, "leave-out or propose"},
		{"a plan of last quarter", pay("valid_for: 721h"), "reconcile.yaml:4:41", checkValue, "to 720h0m0s"},
		{"a second attempt too early", pay("second_attempt_after: 23h59m"), "reconcile.yaml:4:52", checkValue, "from 24h0m0s"},
		{"a resolution too early", pay("resolve_after: 1h"), "reconcile.yaml:4:45", checkValue, "from 24h0m0s"},
		{"a side log in the store", pay("side_log: state/side/steps.jsonl"), "reconcile.yaml:4:40", checkValue, "is in the store"},
		{"a side log that is the store", pay("side_log: ./state"), "reconcile.yaml:4:40", checkValue, "is in the store"},
		{"a side log in the store by a detour", pay("side_log: x/../state/steps.jsonl"), "reconcile.yaml:4:40", checkValue, "is in the store"},
		{"a store that leaves no room beside it", small + "store: .", "reconcile.yaml", checkValue, "is in the store"},
		{"api", kash("api: pay"), "reconcile.yaml:4:15", checkValue, "req-pay or payment"},
		{"an api for people, at night", kash("api: payment") + "\npayments: {type: ONPLATFORM, mode: auto}", "reconcile.yaml:4:15", checkValue, "pays by itself"},
		{"an api that moves money that has moved", kash("api: payment") + "\npayments: {type: OFFPLATFORM}", "reconcile.yaml:4:15", checkValue, "says that it has moved"},
		{"a header that sends again", kash("headers: [{name: X-Idempotency-Key, file: k}]"), "reconcile.yaml:4:27", checkValue, "send a request again"},
		{"another of them", kash("headers: [{name: idempotency-key, file: k}]"), "reconcile.yaml:4:27", checkValue, "send a request again"},
		{"a header of the program's", kash("headers: [{name: host, file: k}]"), "reconcile.yaml:4:27", checkValue, "own affair"},
		{"a header about the body", kash("headers: [{name: content-Length, file: k}]"), "reconcile.yaml:4:27", checkValue, "own affair"},
		{"a header with a colon", kash("headers: [{name: 'X-Key:', file: k}]"), "reconcile.yaml:4:27", checkValue, "name of a header"},
		{"a header twice", kash("headers: [{name: X-Key, file: k}, {name: x-key, file: k}]"), "reconcile.yaml:4:51", checkDuplicate, "X-Key stands here"},
		{"a header without a file", kash("headers: [{name: X-Key}]"), "reconcile.yaml:4:20", checkRequired, "holds its value"},
		{"a header without a name", kash("headers: [{file: k}]"), "reconcile.yaml:4:20", checkRequired, "which header"},
		{"a header whose file is missing", kash("headers: [{name: X-Key, file: k}]"), "reconcile.yaml:4:40", checkSecret, "no such file"},
		{"two authorisations", kash("token_file: t, headers: [{name: authorization, file: k}]"), "reconcile.yaml:4:42", checkDuplicate, "token_file already"},
		{"a definite success", kash("definite_refusals: [200]"), "reconcile.yaml:4:30", checkValue, "200/412"},
		{"an acknowledgement", kash("definite_refusals: [200/-00]"), "reconcile.yaml:4:30", checkValue, "acknowledgement"},
		{"an error of the server", kash("definite_refusals: [422, 503]"), "reconcile.yaml:4:35", checkValue, "from 400 to 499"},
		{"a time-out", kash("definite_refusals: [408/1]"), "reconcile.yaml:4:30", checkValue, "time ran out"},
		{"a proxy with a password", kash(`proxy: "http://u:p@proxy"`), "reconcile.yaml:4:17", checkValue, "password"},
		{"a proxy of another kind", kash(`proxy: "socks5://proxy:1"`), "reconcile.yaml:4:17", checkValue, "http://proxy"},
		{"a proxy for plain http", kash(`base_url: "http://127.0.0.1:1", proxy: "http://proxy:3128"`), "reconcile.yaml:4:49", checkValue, "would see it"},
		{"payment_type", kash("payment: {payment_type: SALARY}"), "reconcile.yaml:4:34", checkValue, "INVOICE"},
		{"receivables of nobody", small + "receivables: {files: [r.csv]}", "reconcile.yaml", checkRequired, "supplier is missing"},
		{"a supplier without books", small + "supplier: [{b2b_id: S1}]", "reconcile.yaml", checkRequired, "receivables.files is missing"},
		{"a supplier twice", small + "supplier: [{b2b_id: S1}, {b2b_id: S1}]\nreceivables: {files: [r]}", "reconcile.yaml:4:35", checkDuplicate, "second time"},
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

// A side log beside the store is as good as one on another disk.
func TestSideLogBesideTheStore(t *testing.T) {
	for _, where := range []string{"steps.jsonl", "state-side/x", "../side/steps.jsonl", "/var/side/steps.jsonl", "statement/steps.jsonl", "..state/x"} {
		mustLoad(t, small+"payments: {type: ONPLATFORM, side_log: "+where+"}")
	}
	c := mustLoad(t, small+"store: /var/lib/reconcile/")
	if got, want := c.Payments.SideLog, "/var/lib/reconcile-side/steps.jsonl"; got != want {
		t.Errorf("beside a store elsewhere: got %s, want %s", got, want)
	}
}

// Secrets of the platform come from files, are never printed, and can be sent.
func TestSecretsOfThePlatform(t *testing.T) {
	dir, credentials := t.TempDir(), t.TempDir()
	write := func(dir, name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(dir, "key", "hunter2\n")
	write(credentials, "account", "hunter2000012345\n")
	write(dir, "lines", "hunter2\nhunter3\n")
	write(dir, "rupee", "hunter2₹\n")
	const text = small + "enkash: {api: payment, headers: [{name: x-api-key, file: key}, {name: Authorization, file: key}], payment: {account_no_file: account}}\n"
	c, err := parse("reconcile.yaml", dir, []byte(text), []string{"CREDENTIALS_DIRECTORY=" + credentials})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.EnKash.Headers) != 2 || c.EnKash.Headers[0].Name != "X-Api-Key" || c.EnKash.Headers[0].Value.Reveal() != "hunter2" ||
		c.EnKash.Payment.AccountNo.Reveal() != "hunter2000012345" {
		t.Errorf("got %d headers and %v, want X-Api-Key and Authorization with their secrets, and the account", len(c.EnKash.Headers), c.EnKash.Headers)
	}
	shown := map[string]string{}
	for _, s := range c.Settings() {
		shown[s.Name] = s.Value
		if strings.Contains(s.Value, "hunter2") {
			t.Errorf("%s prints a secret: %s", s.Name, s.Value)
		}
	}
	if got, want := shown["enkash.headers"], "X-Api-Key: ***, Authorization: ***"; got != want {
		t.Errorf("headers: got %q, want %q", got, want)
	}
	if got, want := shown["enkash.payment.account_no_file"], "***"; got != want {
		t.Errorf("account: got %q, want %q", got, want)
	}
	for _, unsendable := range []string{"lines", "rupee"} {
		for _, where := range []string{"token_file: " + unsendable, "headers: [{name: X-Key, file: " + unsendable + "}]"} {
			_, err := parse("reconcile.yaml", dir, []byte(small+"enkash: {"+where+"}"), nil)
			if err == nil || !strings.Contains(err.Error(), "cannot be sent in a header") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: got %v, want that it cannot be sent, and not what it is", where, err)
			}
		}
	}
}

// The configuration that `reconcile init` writes has every key in it, if only in
// a comment: it is where people look them up.
func TestSampleNamesEveryKey(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "samples", "reconcile.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c := defaults()
	for _, k := range flatten("", schema(c)) {
		if _, isColumn := k.value.(column); isColumn || strings.HasPrefix(k.path, "receivables.") {
			continue // Columns and the guide of layouts have them, and ledger the others
		}
		if !strings.Contains(string(b), k.name+":") {
			t.Errorf("samples/reconcile.yaml has no line for %s", k.path)
		}
	}
	if _, err := parse("reconcile.yaml", t.TempDir(), b, nil); err != nil {
		t.Errorf("samples/reconcile.yaml: got %v, want it to be read", err)
	}
}
