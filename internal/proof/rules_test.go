package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/money"
)

// TestRunAgain: P16. The same inputs a second and a third time: nothing is sent,
// and what is found is the same, byte for byte.
func TestRunAgain(t *testing.T) {
	c := count(t, "P16: a night is run again over the same inputs")
	for seed := range uint64(sample(2, 60)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if c.over() {
				return
			}
			o := weather(seed)
			o.Late = sandbox.Late{Held: true}
			w := newWorld(t, o, "")
			for range 4 { // until nothing waits: a night whose first payment is unclear stops there
				w.run("run")
			}
			had := w.requests()
			var wrong []string
			for range 2 {
				if r := w.run("run"); r.code != 0 && r.code != 20 {
					wrong = append(wrong, fmt.Sprintf("exit code %d: %s", r.code, r.err))
				}
			}
			if n := w.requests() - had; n != 0 {
				wrong = append(wrong, fmt.Sprintf("%d requests were sent again", n))
			}
			all := w.runs()
			var found [][]byte
			for _, summary := range all[len(all)-3:] {
				b, err := os.ReadFile(filepath.Join(filepath.Dir(summary), "results.jsonl"))
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, b)
			}
			if !bytes.Equal(found[0], found[1]) || !bytes.Equal(found[1], found[2]) {
				wrong = append(wrong, "the same inputs gave other results")
			}
			c.trial(t, fmt.Sprintf("seed %d", seed), append(wrong, w.twice()...))
		})
	}
}

// sum is what was executed, in all, and the largest of it.
func (w *world) sum() (all, largest money.Paise) {
	for _, o := range w.bank.Books().Objects() {
		all += o.Net
		largest = max(largest, o.Net)
	}
	return all, largest
}

// TestCaps: P29. Whatever is over a cap is not sent, by no number of runs.
func TestCaps(t *testing.T) {
	c := count(t, "P29: caps of an invoice, a supplier, a plan, a day, and of auto")
	for _, one := range []struct {
		name, payments string
		most           money.Paise // in all
		each           money.Paise // in one payment
	}{
		{"invoice", `mode: auto, auto_limit: "1000000.00", caps: {invoice: "7000.00"}`, 759000, 700000},
		{"supplier", `mode: auto, auto_limit: "1000000.00", caps: {supplier: "6999.99"}`, 59000, 59000},
		{"run", `mode: auto, auto_limit: "1000000.00", same_ledger: refuse, caps: {run: "7000.00"}`, 700000, 700000},
		{"day", `mode: auto, auto_limit: "1000000.00", same_ledger: allow, caps: {day: "12345.67"}`, 1234567, 1234567},
		{"auto", `mode: auto, auto_limit: "19935.66"`, 0, 0},
		{"off", `mode: off`, 0, 0},
		{"propose", `mode: propose`, 0, 0},
	} {
		w := newWorld(t, sandbox.Options{}, one.payments)
		var wrong []string
		for range sample(2, 5) {
			if r := w.run("run"); r.code != 0 && r.code != 10 && r.code != 77 {
				wrong = append(wrong, fmt.Sprintf("exit code %d: %s", r.code, r.err))
			}
		}
		if all, largest := w.sum(); all > one.most || largest > one.each || all == 0 && one.most > 0 {
			wrong = append(wrong, fmt.Sprintf("%s was paid in all and %s at once, want at most %s and %s, and something", all, largest, one.most, one.each))
		}
		c.trial(t, one.name, append(wrong, w.twice()...))
	}
}

// planned makes a plan that waits for two people, and returns its file.
func planned(t *testing.T, w *world) string {
	t.Helper()
	w.configure(`mode: propose, ` + approvers(t, w) + `, approvals: [{need: 2}]`)
	w.must(0, "propose")
	all := w.runs()
	return filepath.Join(filepath.Dir(all[len(all)-1]), "plan.json")
}

// TestEditedPlans: P30. A plan of which anything is another than what was
// approved is not sent: every figure and every text of it, one by one.
func TestEditedPlans(t *testing.T) {
	c := count(t, "P30: one value of an approved plan is edited before it is submitted")
	w := newWorld(t, sandbox.Options{}, "")
	plan := planned(t, w)
	if wrong := w.both("approve", plan); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	text, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	values := regexp.MustCompile(`: ("[^"]*"|[0-9]+)`).FindAllIndex(text, -1)
	for i, at := range some(values, 6, 9) {
		b := bytes.Clone(text)
		last := at[1] - 1
		if b[last] == '"' {
			b = append(b[:last], append([]byte("1"), b[last:]...)...)
		} else {
			b[last] = '0' + (b[last]-'0'+1)%10
		}
		if !json.Valid(b) {
			t.Fatalf("the edit at byte %d is no JSON", last)
		}
		name := fmt.Sprintf("edited-%d.json", i)
		w.write(name, string(b))
		var wrong []string
		for _, verb := range []string{"submit", "approve"} {
			args := []string{verb, w.path(name)}
			if verb == "approve" {
				args = append(args, "--key", w.path("asha.key"))
			}
			if r := w.run(args...); r.code != 77 && r.code != 65 {
				wrong = append(wrong, fmt.Sprintf("%s: exit code %d, want 77: %s", verb, r.code, r.err))
			}
		}
		if n := w.requests(); n > 0 {
			wrong = append(wrong, fmt.Sprintf("%d requests were sent", n))
		}
		c.trial(t, fmt.Sprintf("byte %d", last), wrong)
	}
	w.must(0, "submit", plan)
	if n := w.requests(); n != 3 {
		t.Errorf("the plan itself was sent with %d requests, want 3", n)
	}
}

// TestApprovals: P30. Nothing is sent before as many people have approved as it
// needs, nor twice by one, nor after a rejection, nor from an edited file.
func TestApprovals(t *testing.T) {
	c := count(t, "P30: submit with too few approvals, or after a rejection")
	w := newWorld(t, sandbox.Options{}, "")
	plan := planned(t, w)
	refused := func(when string, args ...string) {
		r := w.run(args...)
		var wrong []string
		if r.code != 77 || w.requests() != 0 {
			wrong = append(wrong, fmt.Sprintf("exit code %d and %d requests, want 77 and none: %s", r.code, w.requests(), r.err))
		}
		c.trial(t, when, wrong)
	}
	refused("nobody approved", "submit", plan)
	w.must(0, "approve", plan, "--key", w.path("asha.key"))
	refused("one approved", "submit", plan)
	refused("the same one again", "approve", plan, "--key", w.path("asha.key"))
	refused("one approved, twice", "submit", plan)
	w.must(0, "reject", plan, "--key", w.path("vikram.key"), "--reason", "no")
	refused("rejected", "submit", plan)
	if r := w.run("run"); w.requests() != 0 {
		t.Errorf("a run sent what was rejected: exit code %d", r.code)
	}
}

// The canaries: each must be nowhere but in the file that it comes from, and on
// the wire where it belongs.
func canaries() map[string]string {
	return map[string]string{
		"token":   "canarytokenqwzx7731",
		"header":  "canaryheaderqwzx7732",
		"account": "50200099887731",
		"PAN":     "QWZXC7733Q",
		"VPA":     "canaryvpa7734@upi",
	}
}

// TestSecrets: P25. Token, header, account number, PAN, UPI address and the
// approvers' keys are in nothing that the program writes or says.
func TestSecrets(t *testing.T) {
	c := count(t, "P25: a secret is searched for in everything that is written or said")
	w := newWorld(t, sandbox.Options{Faults: func(n int, _ string) sandbox.Fault {
		return []sandbox.Fault{{}, {Kind: sandbox.Garbage}, {Kind: sandbox.Status}}[n%3]
	}}, "")
	people, canaries := approvers(t, w), canaries()
	w.write("token.txt", canaries["token"])
	w.write("header.txt", canaries["header"])
	w.configure("mode: propose, " + people)
	w.write("reconcile.yaml", strings.Replace(strings.Replace(w.read("reconcile.yaml"), "ledger: {", "ledger: {suppliers: suppliers.csv, ", 1), "enkash: {", "enkash: {token_file: token.txt, headers: [{name: X-Api-Key, file: header.txt}], ", 1))
	w.write("ledger/open.csv", "supplier_b2b_id,supplier_name,supplier_gstin,supplier_invoice_number,invoice_date,due_date,invoice_amount,paid_amount,due_amount,account_number,ifsc,vpa\n"+
		"SUP1,Shree Traders,,INV/26-27/0002,"+w.day(40)+","+w.day(2)+",590.00,0.00,590.00,"+canaries["account"]+",HDFC0000001,"+canaries["VPA"]+"\n"+
		"SUP2,Bluepeak,,BPS/26-27/088,"+w.day(40)+","+w.day(2)+",7000.00,0.00,7000.00,,,\n"+
		"")
	w.write("ledger/broken.csv", "supplier_b2b_id,supplier_name,pan,supplier_invoice_number,invoice_date,due_date,invoice_amount,paid_amount,due_amount,account_number,ifsc,vpa\n"+
		"SUP3,Deccan,"+canaries["PAN"]+",DCC-771,"+w.day(40)+","+w.day(2)+",broken,0.00,7000.00,"+canaries["account"]+",HDFC0000001,"+canaries["VPA"]+"\n")
	w.write("suppliers.csv", "supplier_b2b_id,supplier_name,pan\nSUP1,Shree Traders,"+canaries["PAN"]+"\n")
	var said strings.Builder
	do := func(args ...string) ended {
		r := w.run(args...)
		said.WriteString(r.out + r.err)
		return r
	}
	do("run", "--verbose")
	for _, name := range []string{"asha", "vikram"} {
		do("release", "SUP1", "--reason", "called", "--key", w.path(name+".key"))
	}
	do("check", "--verbose")
	do("propose", "--json")
	for _, summary := range w.runs() {
		plan := filepath.Join(filepath.Dir(summary), "plan.json")
		do("approve", plan, "--key", w.path("asha.key"))
		do("submit", plan, "--verbose")
	}
	do("run")
	do("explain", "INV/26-27/0002")
	do("verify", "--export", w.path("steps.jsonl"))
	do("backup", "--to", w.path("backup.db"))
	do("status", "--json")
	if w.requests() == 0 {
		t.Errorf("nothing was sent, and so no secret was in use: %s", said.String())
	}
	for _, name := range []string{"asha", "vikram"} {
		key := strings.Fields(w.read(name + ".key"))
		canaries["key of "+name] = key[len(key)-1]
	}
	w.write("said.txt", said.String())
	comesFrom := map[string]bool{"token.txt": true, "header.txt": true, "ledger/open.csv": true, "ledger/broken.csv": true, "suppliers.csv": true, "asha.key": true, "vikram.key": true}
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(w.dir, path) // it is below
		if err != nil || d.IsDir() || comesFrom[name] {
			return err
		}
		var wrong []string
		text := unpacked(t, path)
		for _, what := range sortedKeys(canaries) {
			if what == "VPA" && onTheWire(name) {
				continue
			}
			if bytes.Contains(text, []byte(canaries[what])) {
				wrong = append(wrong, "it has the "+what)
			}
		}
		c.trial(t, name, wrong)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// onTheWire tells whether a file holds the request itself or what is approved of
// it: the platform asks for the UPI address in clear (page Pay Invoice,
// businessVPA), and a checker must see where the money goes.
func onTheWire(name string) bool {
	base := filepath.Base(name)
	return base == "plan.json" || base == "plan.xlsx" || base == "journal.db" || base == "backup.db" || name == "events/log.jsonl"
}
