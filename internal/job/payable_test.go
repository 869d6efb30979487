package job

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/submit"
)

// A desk is a company that pays by accounts payable.
type desk struct {
	t      *testing.T
	in     Input
	server *sandbox.Server
	sent   *letterbox
	url    string
	dir    string
	now    time.Time
	ahead  int // the business date is so many days after today
	keys   []string
}

const (
	typedOTP    = "481516"
	debitNumber = "50100987654321"
)

func openDesk(t *testing.T, faults func(n int, objectID string) sandbox.Fault, rows ...string) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}
	var approvers []string
	for _, name := range []string{"asha", "ravi"} {
		key, err := approval.Generate(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(d.dir, name+".key")
		if err := approval.WriteKeyFile(path, name, key); err != nil {
			t.Fatal(err)
		}
		d.keys = append(d.keys, path)
		approvers = append(approvers, fmt.Sprintf("{name: %s, key: %q, logins: [%s]}", name, key.Public(), name))
	}
	d.write("ledger/open.csv", "supplier_b2b_id,supplier_name,supplier_invoice_number,invoice_date,due_date,invoice_amount,tds_amount,due_amount,payment_id\n"+strings.Join(rows, "\n")+"\n", 0o644)
	d.write("events/none.jsonl", "", 0o644)
	d.write("enkash.account", debitNumber+"\n", 0o600)
	d.server = sandbox.New(sandbox.Options{Log: filepath.Join(d.dir, "sandbox.jsonl"), Now: time.Now, Faults: faults})
	d.sent = &letterbox{to: d.server}
	server := httptest.NewServer(d.sent)
	d.url = server.URL
	t.Cleanup(server.Close)
	t.Cleanup(func() { d.server.Close() })
	d.in = Input{Actor: "clerk", Version: "test", Now: func() time.Time { d.now = d.now.Add(time.Millisecond); return d.now }}
	d.configure("payment", strings.Join(approvers, ", "))
	return d
}

func (d *desk) configure(api, approvers string) {
	d.t.Helper()
	d.write("reconcile.yaml", fmt.Sprintf(`buyers: [{b2b_id: BUYER0001}]
ledger: {files: ["ledger/*.csv"]}
events: {files: ["events/*.jsonl"]}
payments: {mode: propose, type: ONPLATFORM, same_ledger: allow, approvers: [%s]}
enkash: {base_url: %q, api: %s, timeout: 5s, device: {name: GEOCODE, value: "19.0760,72.8777"}, payment: {payment_type: INVOICE, account_no_file: enkash.account}}
`, approvers, d.url, api), 0o644)
	c, err := config.Load(filepath.Join(d.dir, "reconcile.yaml"), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	d.in.Config = c
}

func (d *desk) write(name, text string, mode fs.FileMode) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) run(kind, plan string, typed Typed) *Done {
	d.t.Helper()
	in := d.in
	in.Kind, in.Plan, in.Typed = kind, plan, typed
	in.AsOf = in.today() + day.Date(d.ahead)
	done, err := Run(d.t.Context(), in)
	if err != nil {
		d.t.Fatal(err)
	}
	return done
}

// approved proposes, and has one person approve the plan.
func (d *desk) approved() string {
	d.t.Helper()
	done := d.run(KindPropose, "", Typed{})
	if done.Plan == nil {
		d.t.Fatalf("nothing is proposed: %+v", done.Facts.Due())
	}
	if _, err := Decide(d.t.Context(), d.in, Decision{Verb: approval.Approve, Subject: done.Plan.Hash, KeyFile: d.keys[0]}); err != nil {
		d.t.Fatal(err)
	}
	return done.Plan.Hash
}

// states are our own payments, by invoice.
func (d *desk) states() map[string]submit.State {
	d.t.Helper()
	states := make(map[string]submit.State)
	for _, e := range d.entries() {
		states[e.Allocations[0].Number] = e.State
	}
	return states
}

func (d *desk) entries() []submit.Entry {
	d.t.Helper()
	t, err := openTillReadOnly(d.t.Context(), d.in)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := t.close(); err != nil {
		d.t.Fatal(err)
	}
	return t.entries
}

func bill(number, gross, tds, due, id string) string {
	return "SUP1,Shree Traders," + number + ",2026-10-01,2026-10-31," + gross + "," + tds + "," + due + "," + id
}

// What a night withdraws of a plan that has expired, it proposes anew.
func TestPayableExpires(t *testing.T) {
	d := openDesk(t, nil, bill("A/1", "1180.00", "0.00", "1180.00", "AP-1"), bill("B/22", "590.00", "10.00", "580.00", "AP-2"))
	d.run(KindSubmit, d.approved(), Typed{OTP: typedOTP})
	d.now = d.now.AddDate(0, 0, 14)
	if err := os.Chtimes(filepath.Join(d.dir, "ledger", "open.csv"), d.now, d.now); err != nil {
		d.t.Fatal(err)
	}
	night := d.run(KindRun, "", Typed{})
	if night.Summary.Payments.Proposed.Amount != 58000 || night.Facts.Payments.Withdrawn != 1 {
		t.Errorf("got %+v and %d withdrawn; want the second payment withdrawn and proposed", night.Summary.Payments, night.Facts.Payments.Withdrawn)
	}
	if n := len(d.server.Books().Executions); n != 1 {
		t.Errorf("got %d executions, want that of the submit", n)
	}
}

// From the proposal to the end: by hand, once, and settled by two people.
func TestPayable(t *testing.T) {
	d := openDesk(t, nil, bill("A/1", "1180.00", "0.00", "1180.00", "AP-1"), bill("B/22", "590.00", "10.00", "580.00", "AP-2"), bill("C/333", "700.00", "0.00", "700.00", ""))
	hash := d.approved()

	// A night run sends nothing of it.
	night := d.run(KindRun, "", Typed{})
	if len(d.server.Books().Requests) > 0 || !strings.Contains(strings.Join(night.Notices, "\n"), "[submit-by-hand]") {
		t.Errorf("a run sent %v and said %q; want nothing sent, and why", d.server.Books().Requests, night.Notices)
	}
	left := ""
	for _, l := range night.Facts.Due() {
		if l.Number == "C/333" {
			left = string(l.Reason)
		}
	}
	if left != "NO_PAYMENT_ID" {
		t.Errorf("the invoice without an id: got %q, want NO_PAYMENT_ID", left)
	}

	// One password sends one payment.
	first := d.run(KindSubmit, hash, Typed{OTP: typedOTP, OTPReference: "REF-1"})
	if !strings.Contains(strings.Join(first.Notices, "\n"), "[otp-used]") {
		t.Errorf("got the notices %q, want that the second payment waits for another password", first.Notices)
	}
	if n := len(d.server.Books().Executions); n != 1 {
		t.Fatalf("got %d executions, want one", n)
	}
	d.run(KindSubmit, hash, Typed{OTP: "108235"})
	books := d.server.Books()
	if len(books.Executions) != 2 || len(books.Twice()) > 0 {
		t.Fatalf("got %+v, want each paid once", books)
	}
	for i, want := range []string{"AP-1 1180.00", "AP-2 580.00"} {
		e := books.Executions[i]
		if got := e.Lines[0].Number + " " + e.Lines[0].Net.String(); got != want {
			t.Errorf("execution %d: got %s, want %s", i+1, got, want)
		}
	}
	for i, want := range []string{
		`{"paymentIds":["AP-1"],"paymentType":"INVOICE","amount":1180.00,"accountNo":"` + debitNumber + `","otpReferenceNumber":"REF-1","otp":"` + typedOTP + `"}`,
		`{"paymentIds":["AP-2"],"paymentType":"INVOICE","partialPayment":true,"amount":580.00,"accountNo":"` + debitNumber + `","otp":"108235"}`,
	} {
		if got := d.sent.came()[i]; got != want {
			t.Errorf("body %d: got %s, want %s", i+1, got, want)
		}
	}
	d.run(KindSubmit, hash, Typed{}) // the same again
	d.run(KindRun, "", Typed{})
	if n := len(d.server.Books().Requests); n != 2 {
		t.Errorf("got %d requests, want the two", n)
	}

	// No webhook will come: it is acknowledged, and what the matcher sees as in
	// flight, until two people say what became of it.
	if got := d.states(); got["A/1"] != submit.Acked || got["B/22"] != submit.Acked {
		t.Errorf("got %v, want both ACKED", got)
	}
	item := d.run(KindMatch, "", Typed{}).Facts.Result.Items[0]
	if got := item.Status.String(); got != "in_flight" {
		t.Errorf("the item is %s, want in_flight", got)
	}
	d.now = d.now.Add(25 * time.Hour)
	for i, key := range d.keys {
		for _, e := range d.entries() {
			done, err := Decide(t.Context(), d.in, Decision{Verb: approval.Resolve, Subject: e.ObjectID, KeyFile: key,
				Reason: "seen in the statement", Outcome: "paid", Reference: "statement 22-11", UTR: "N42"})
			if err != nil {
				t.Fatal(err)
			}
			if want := []string{"waits", "done"}[i]; done.Effect != want {
				t.Errorf("got %s, want %s", done.Effect, want)
			}
		}
	}
	if got := d.states(); got["A/1"] != submit.Paid || got["B/22"] != submit.Paid {
		t.Errorf("got %v, want both PAID", got)
	}
	if got := d.run(KindMatch, "", Typed{}).Facts.Result.Items[0].Status.String(); got != "paid" {
		t.Errorf("the item is %s, want paid", got)
	}
	d.nothingTyped()
}

// nothingTyped looks for what was typed, and for the account, in every file that
// was written. Six digits in the midst of a hash are there by chance.
func (d *desk) nothingTyped() {
	d.t.Helper()
	secret := regexp.MustCompile(`(?:^|[^0-9a-f])(?:` + typedOTP + `|108235)(?:[^0-9a-f]|$)|` + debitNumber)
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "enkash.account" {
			return err
		}
		b, err := os.ReadFile(path)
		if found := secret.Find(b); found != nil {
			d.t.Errorf("%s holds %q", path, found)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// Whatever is lost, nothing is asked for twice, and the books of the platform
// have each id once at most.
func TestPayableOnce(t *testing.T) {
	for _, fault := range []sandbox.Fault{
		{Kind: sandbox.Lose}, {Kind: sandbox.Lose, When: sandbox.NotExecuted}, {Kind: sandbox.Code}, {Kind: sandbox.Garbage},
	} {
		t.Run(fmt.Sprint(fault), func(t *testing.T) {
			d := openDesk(t, func(int, string) sandbox.Fault { return fault }, bill("A/1", "1180.00", "0.00", "1180.00", "AP-1"))
			hash := d.approved()
			if done := d.run(KindSubmit, hash, Typed{OTP: typedOTP}); done.Code != ExitUnsure {
				t.Errorf("got exit code %d, want %d", done.Code, ExitUnsure)
			}
			d.run(KindSubmit, hash, Typed{OTP: "108235"})
			d.run(KindRun, "", Typed{})
			d.now = d.now.Add(48 * time.Hour)
			d.run(KindRun, "", Typed{})
			if got := d.states()["A/1"]; got != submit.Unsure {
				t.Errorf("got %s, want UNSURE", got)
			}
			if books := d.server.Books(); len(books.Requests) != 1 {
				t.Errorf("got %d requests, want one", len(books.Requests))
			}
			d.nothingTyped()
		})
	}
}

// What the books change after the approval is not paid: another id is another
// debt to accounts payable.
func TestPayableLooksAgain(t *testing.T) {
	d := openDesk(t, nil, bill("A/1", "1180.00", "0.00", "1180.00", "AP-1"))
	hash := d.approved()
	path := filepath.Join(d.dir, "ledger", "open.csv")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(b, []byte("AP-1"), []byte("AP-9")), 0o644); err != nil {
		t.Fatal(err)
	}
	d.run(KindSubmit, hash, Typed{})
	if got := d.states()["A/1"]; got != submit.Void || len(d.server.Books().Requests) > 0 {
		t.Errorf("got %s and %v, want it withdrawn and nothing sent", got, d.server.Books().Requests)
	}
}

func TestTyped(t *testing.T) {
	d := openDesk(t, nil, bill("A/1", "1180.00", "0.00", "1180.00", "AP-1"))
	for _, c := range []struct {
		api   string
		typed Typed
		want  string
	}{
		{"payment", Typed{}, ""},
		{"payment", Typed{OTP: typedOTP}, ""},
		{"payment", Typed{OTP: "48151"}, "[otp-malformed]"},
		{"payment", Typed{OTP: "48151x"}, "[otp-malformed]"},
		{"payment", Typed{OTPReference: "REF"}, "[otp-missing]"},
		{"req-pay", Typed{OTP: typedOTP}, "[otp-needless]"},
	} {
		d.in.Config.EnKash.API = c.api
		in := d.in
		in.Typed = c.typed
		err := in.checkTyped()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s %+v: got %v", c.api, c.typed, err)
		case c.want != "" && (err == nil || Code(err) != ExitUsage || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "48151")):
			t.Errorf("%s: got %v, want %s and nothing of what was typed", c.api, err, c.want)
		}
	}
}
