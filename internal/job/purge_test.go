package job

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/approval"
	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/journal"
)

// years lets a desk keep what the law asks for and no longer, and moves its clock.
func (d *desk) years(n int) {
	d.in.Config.Keep = config.Keep{Reports: config.Term{Years: 8}, PersonalData: config.Term{Years: 1}}
	d.now = d.now.AddDate(n, 0, 0)
	d.in.AsOf = day.In(d.now, d.in.Config.Timezone)
}

// purge purges, and returns what went by its kind.
func (d *desk) purge(dryRun bool) map[string]int {
	d.t.Helper()
	p, err := Purged(d.t.Context(), d.in, dryRun)
	if err != nil {
		d.t.Fatal(err)
	}
	went := map[string]int{}
	for _, g := range p.Gone {
		went[g.What] = g.Count
		if g.Rule == "" || g.Why == "" || g.Before == "" {
			d.t.Errorf("%s goes without a rule, a setting or a date: %+v", g.What, g)
		}
	}
	return went
}

// A dry run says what a purge would do, and does nothing: no file is made, and no
// step.
func TestPurgeDryRun(t *testing.T) {
	d := openDesk(t, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	d.reqPay(false)
	d.approved()
	d.run(KindRun, "", Typed{})
	d.run(KindMatch, "", Typed{})
	d.years(20)
	before := snapshot(t, d.dir)
	want := map[string]int{"reports of runs": 2}
	if diff := cmp.Diff(want, d.purge(true)); diff != "" {
		t.Errorf("a dry run (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, snapshot(t, d.dir)); diff != "" {
		t.Errorf("a dry run changed files (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(want, d.purge(false)); diff != "" {
		t.Errorf("the purge (-want +got):\n%s", diff)
	}
	// The payment was acknowledged and nothing more is known of it: it is open, and
	// its request stays, however old it is.
	if e := d.entries(); len(e) != 1 || len(e[0].Body) == 0 {
		t.Errorf("the request of a payment under way was erased: %+v", e)
	}
	if diff := cmp.Diff(map[string]int{}, d.purge(false)); diff != "" {
		t.Errorf("a second purge (-want +got):\n%s", diff)
	}
	if v, err := Verify(t.Context(), d.in); err != nil {
		t.Errorf("after the purge the chain: %v, %v", v, err)
	}
}

// What only looks like a report of ours is left alone, and what an interrupted
// purge has left is finished.
func TestPurgeLeavesOthersAlone(t *testing.T) {
	d := openDesk(t, nil, bill("A/1", "1180.00", "0.00", "1180.00", ""))
	d.reqPay(false)
	first, second, third := d.run(KindMatch, "", Typed{}), d.run(KindMatch, "", Typed{}), d.run(KindMatch, "", Typed{})
	d.run(KindMatch, "", Typed{})
	output := d.in.Config.Path(d.in.Config.Output)
	d.write("elsewhere/kept.txt", "kept", 0o644)
	d.write("reports/2001-01-01-run-01/summary.json", "{}", 0o644) // no run of this history
	if err := os.RemoveAll(first.Folder); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(d.dir, "elsewhere"), first.Folder); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(second.Folder, dying(second.Folder)); err != nil { // as if a purge had died here
		t.Fatal(err)
	}
	d.years(20)
	if diff := cmp.Diff(map[string]int{"reports of runs": 3}, d.purge(false)); diff != "" {
		t.Errorf("what went (-want +got):\n%s", diff)
	}
	for path, there := range map[string]bool{
		filepath.Join(d.dir, "elsewhere", "kept.txt"): true,
		first.Folder: true, filepath.Join(output, "2001-01-01-run-01"): true,
		second.Folder: false, dying(second.Folder): false, third.Folder: false,
	} {
		if exists(path) != there {
			t.Errorf("%s is there: %v, want %v", path, !there, there)
		}
	}
	left, err := os.ReadDir(filepath.Join(d.dir, "state", "runs"))
	if err != nil || len(left) != 1 {
		t.Errorf("got the facts %v, %v; want those of the last run alone", left, err)
	}
}

// A report may go on the first day after eight financial years that follow its own.
func TestKeptUntil(t *testing.T) {
	for asOf, want := range map[string]string{"2026-03-31": "2034-04-01", "2026-04-01": "2035-04-01", "2027-03-31": "2035-04-01"} {
		date, err := day.Parse(asOf)
		if err != nil {
			t.Fatal(err)
		}
		until := keptUntil(date, config.Term{Years: 8})
		if until.String() != want {
			t.Errorf("a report of %s: got %s, want %s", asOf, until, want)
		}
		if first := firstKept(until, config.Term{Years: 8}); first <= date {
			t.Errorf("on %s reports from %s on are kept, and that of %s goes", until, first, asOf)
		}
		if first := firstKept(until-1, config.Term{Years: 8}); first > date {
			t.Errorf("on %s only reports from %s on are kept, and that of %s stays", until-1, first, asOf)
		}
	}
}

// By the id in a request to accounts payable it is known that an invoice was paid:
// such requests stay.
func TestPurgeKeepsPaymentIDs(t *testing.T) {
	d := openDesk(t, nil, bill("A/1", "1180.00", "0.00", "1180.00", "AP-1"))
	hash := d.approved()
	d.run(KindSubmit, hash, Typed{OTP: typedOTP})
	d.now = d.now.Add(30 * time.Hour)
	id := d.entries()[0].ObjectID
	for _, key := range d.keys {
		_, err := Decide(t.Context(), d.in, Decision{Verb: approval.Resolve, Subject: id, KeyFile: key, Reason: "seen on the statement", Outcome: "paid", UTR: "HDFCN52026112100000001"})
		if err != nil {
			t.Fatal(err)
		}
	}
	d.years(3)
	went := d.purge(false)
	if went["requests of payments that came to an end"] != 0 || went["plans that are over"] != 1 {
		t.Errorf("got %v, want the plan to go and the request to stay", went)
	}
	if body := d.entries()[0].Body; !strings.Contains(string(body), "AP-1") {
		t.Errorf("the request is %q, want it with its id", body)
	}
}

// alternatives returns each value that a setting of a few words may have, as a
// variable of the environment, from the schema that editors read.
func alternatives(t *testing.T) (all []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "samples", "reconcile.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	type node struct {
		Properties map[string]*node `json:"properties"`
		Enum       []any            `json:"enum"`
	}
	var root node
	if err := json.Unmarshal(b, &root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, n *node)
	walk = func(path string, n *node) {
		for name, under := range n.Properties {
			walk(path+"_"+strings.ToUpper(name), under)
		}
		seen := map[string]bool{}
		for _, v := range n.Enum {
			text, is := v.(string)
			if !is {
				continue // true and false stand there as words as well
			}
			if !seen[text] {
				seen[text] = true
				all = append(all, "RECONCILE"+path+"="+text)
			}
		}
	}
	walk("", &root)
	return all
}

// The audit has no switch (Companies (Accounts) Rules 2014, rule 3(1), proviso):
// with whatever word in whatever setting, nobody is paid without the steps that say
// who proposed, who decided and what was sent.
func TestAuditHasNoSwitch(t *testing.T) {
	every := alternatives(t)
	if len(every) < 30 {
		t.Fatalf("got %d alternatives, want all of the schema: %v", len(every), every)
	}
	paid := 0
	for _, variable := range every {
		if slices.ContainsFunc([]string{"LISTEN", "RECEIVABLES", "MAIL", "LEDGER", "ENKASH_PAYMENT"}, func(section string) bool { return strings.HasPrefix(variable, "RECONCILE_"+section) }) &&
			!strings.HasPrefix(variable, "RECONCILE_LEDGER_OWED") {
			continue // of other commands, of sections that are not there, and of how files are written
		}
		d := openDesk(t, nil, bill("A/1", "1180.00", "0.00", "1180.00", "AP-1"))
		c, err := config.Load(filepath.Join(d.dir, "reconcile.yaml"), []string{"RECONCILE_ENKASH_API=req-pay", variable})
		if err != nil {
			continue // the configuration refuses it, and nothing runs
		}
		d.in.Config = c
		in := d.in
		in.Kind, in.AsOf = KindPropose, day.In(d.now, c.Timezone)
		if done, err := Run(t.Context(), in); err == nil && done.Plan != nil {
			_, _ = Decide(t.Context(), in, Decision{Verb: approval.Approve, Subject: done.Plan.Hash, KeyFile: d.keys[0]}) // refused where it approves by itself
			in.Kind = KindRun
			_, _ = Run(t.Context(), in) // may end badly: what counts is what was sent
		}
		sent := len(d.server.Books().Executions)
		if steps := kindsOf(t, in); steps["BEGUN"] != sent || sent > 0 && (steps["REGISTERED"] == 0 || steps["DECIDED"] == 0) {
			t.Errorf("%s: %d payments were made, and the journal has the steps %v", variable, sent, steps)
		}
		paid += sent
	}
	if paid < 10 {
		t.Errorf("only %d payments were made; the test shows little", paid)
	}
}

// kindsOf counts the steps of the journal by kind.
func kindsOf(t *testing.T, in Input) map[string]int {
	t.Helper()
	kinds := map[string]int{}
	store, err := journal.OpenReadOnly(t.Context(), in.Config.Path(in.Config.Store), journalOptions(in))
	if err != nil {
		return kinds // there is none
	}
	defer store.Close()
	var text strings.Builder
	if err := store.Export(t.Context(), &text); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		var step struct {
			Kind string `json:"kind"`
		}
		if err := json.Unmarshal([]byte(line), &step); err != nil {
			t.Fatal(err)
		}
		kinds[step.Kind]++
	}
	return kinds
}
