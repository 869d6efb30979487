//go:build realdata

package job

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/ledger/realdata"
	"reconcile/internal/matcher"
	"reconcile/internal/matcher/oracle"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/report"
	"reconcile/internal/source"
)

// TestRealLedgers runs the whole job over each public ledger in $DATA/ledgers.
//
// No such ledger comes with a webhook log, with bank references or with B2B ids
// of suppliers, so these are derived, by rules that depend on the order of the
// rows alone: see derive for the log and nameSuppliers for the master. As there
// is no bank reference, the rules utr_amount, group and cross_supplier and the
// code UTR_MISMATCH never apply here. Each ledger is reconciled as its mapping
// has it, where everything is still owed; every other one also with the amount
// mapped to paid_amount too, for these are lists of what was paid.
func TestRealLedgers(t *testing.T) {
	data := os.Getenv("DATA")
	if data == "" {
		t.Fatal("DATA does not say where the public ledgers lie")
	}
	golden := filepath.Join("testdata", "realdata.golden")
	public := realdata.Ledgers()
	var texts []string
	t.Run("ledgers", func(t *testing.T) { // ends when all of them have
		for i, l := range public {
			for _, booked := range []bool{false, true}[:2-i%2] {
				name, at := l.File+", owed", len(texts)
				if booked {
					name = l.File + ", booked as paid"
				}
				texts = append(texts, "")
				t.Run(name, func(t *testing.T) {
					t.Parallel() // begins when all texts have their place
					r := reconcileReal(t, filepath.Join(data, "ledgers"), l, booked)
					r.checkTotals(t, l.Want)
					r.checkPromises(t)
					r.checkLines(t)
					r.checkSecondMatcher(t)
					texts[at] = name + "\n" + r.count(t) + "\n"
				})
			}
		}
	})
	all := strings.Join(texts, "")
	if t.Failed() {
		return
	}
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(all), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), all); diff != "" {
		t.Errorf("run with -update to accept (-want +got)\n%s", diff)
	}
}

// A realRun is one run over a real ledger and what it was made from.
type realRun struct {
	*derivation
	*reallog
	booked bool
	config *config.Config
	done   *Done
}

// reconcileReal derives what the ledger lacks, and runs the job on it in a
// folder of its own.
func reconcileReal(t *testing.T, ledgers string, l realdata.Ledger, booked bool) *realRun {
	t.Helper()
	columns := maps.Clone(l.Columns)
	if booked {
		columns["paid_amount"] = columns["invoice_amount"]
	}
	refs, err := source.Find(ledgers, []string{l.File})
	if err != nil {
		t.Fatal(err)
	}
	book, err := ledger.Read(context.Background(), refs, ledger.Options{Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	r := &realRun{derivation: derive(book.Items), booked: booked}
	r.reallog = r.log(t)
	t.Logf("%d rows accepted; derived: %d payments, %d of a foreign buyer besides, %d deliveries of which %d are copies; %d suppliers, %d of them without a B2B id; business date %s; no bank references, for the books have none to compare with",
		len(r.items), len(r.world.Payments), len(r.world.Foreign), len(r.deliveries), r.copies, len(r.payees), r.withoutID(), r.asOf)
	for _, p := range slices.Sorted(maps.Keys(r.changed)) {
		t.Logf("%6d rows: %s", r.changed[p], p)
	}

	folder := t.TempDir()
	r.config = r.folder(t, folder, filepath.Join(ledgers, filepath.FromSlash(l.File)), columns)
	r.done, err = Run(t.Context(), Input{
		Config: r.config, AsOf: r.asOf, Kind: KindMatch, Version: "test", Host: "here",
		Now: func() time.Time { return r.asOf.Time() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// folder makes a working folder with a copy of the ledger.
func (r *realRun) folder(t *testing.T, folder, original string, columns map[string]string) *config.Config {
	t.Helper()
	raw, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	var master bytes.Buffer
	if err := csv.NewWriter(&master).WriteAll(r.master); err != nil {
		t.Fatal(err)
	}
	mapping, err := json.Marshal(columns) // JSON is YAML too
	if err != nil {
		t.Fatal(err)
	}
	settings := fmt.Sprintf(`buyers: [{b2b_id: %s, gstin: 27AAPFU0939F1ZV, name: Acme Retail Pvt Ltd}]
ledger:
  files: [ledger.csv]
  suppliers: suppliers.csv
  columns: %s
events: {files: ["*.jsonl*"]}
payments: {mode: "off"}
`, ourBuyer, mapping)
	for name, data := range map[string][]byte{"ledger.csv": raw, "suppliers.csv": master.Bytes(), "reconcile.yaml": []byte(settings)} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.write(t, folder)
	c, err := config.Load(filepath.Join(folder, "reconcile.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// checkTotals: the ledger ties with what a second program counted of it, the log
// with what was written, and every row and every line is in the result.
func (r *realRun) checkTotals(t *testing.T, want realdata.Want) {
	t.Helper()
	if !r.done.Summary.Ties() {
		t.Error("the control totals do not tie")
	}
	in := r.done.Facts.Ledger.Inputs[0]
	if in.Rows != want.Rows || in.Accepted != want.Accepted || in.Quarantined != want.Quarantined {
		t.Errorf("got %d rows, %d accepted, %d quarantined, want %d, %d, %d",
			in.Rows, in.Accepted, in.Quarantined, want.Rows, want.Accepted, want.Quarantined)
	}
	for _, c := range in.Columns {
		if c.Read != want.Read || c.Accepted != want.InItems {
			t.Errorf("%s: got %s, of it accepted %s, want %s and %s", c.Column, c.Read, c.Accepted, want.Read, want.InItems)
		}
	}
	var gross money.Paise
	for i := range r.done.Facts.Result.Items {
		gross += r.done.Facts.Result.Items[i].Item.Gross
	}
	if got := len(r.done.Facts.Result.Items); got != want.Accepted || gross != want.InItems {
		t.Errorf("got %d items of %s, want %d of %s", got, gross, want.Accepted, want.InItems)
	}
	if got := len(r.done.Facts.Result.Lines); got != len(r.world.Payments) {
		t.Errorf("got %d lines, want one of each of %d payments", got, len(r.world.Payments))
	}
	var log payment.LogInput
	for _, l := range r.done.Facts.Logs {
		log.Lines += l.Lines
		log.Folded += l.Folded
		log.Copies += l.Copies
		log.Foreign += l.Foreign
		log.Quarantined += l.Quarantined
	}
	if got, want := log.Lines, len(r.deliveries); got != want || log.Quarantined != 0 {
		t.Errorf("got %d deliveries, %d quarantined, want %d and none", got, log.Quarantined, want)
	}
	if log.Folded+log.Copies+log.Foreign != len(r.deliveries) || log.Folded != len(r.deliveries)-r.copies-r.foreign {
		t.Errorf("got %d folded, %d copies, %d foreign of %d deliveries; %d copies and %d foreign were written",
			log.Folded, log.Copies, log.Foreign, len(r.deliveries), r.copies, r.foreign)
	}
}

// checkPromises compares each promised row with what its plan leads to.
func (r *realRun) checkPromises(t *testing.T) {
	t.Helper()
	at := make(map[int]int, len(r.items))
	for i := range r.items {
		at[r.items[i].Pos.Row] = i
	}
	promised, wrong := 0, 0
	for i := range r.done.Facts.Result.Items {
		res := &r.done.Facts.Result.Items[i]
		n, known := at[res.Item.Pos.Row]
		if !known {
			t.Fatalf("row %d was not there when the log was derived", res.Item.Pos.Row)
		}
		if got, want := res.Item.Supplier.B2BID, r.of(&r.items[n]).id; got != want {
			t.Errorf("row %d: got supplier %q, want %q", res.Item.Pos.Row, got, want)
		}
		if !r.promised[n] {
			continue
		}
		promised++
		if diff := gocmp.Diff(r.want(n, r.booked), answerOf(res)); diff != "" {
			if wrong++; wrong <= 5 {
				t.Errorf("row %d, %s, number %q of %s (-want +got)\n%s", res.Item.Pos.Row, r.plans[n], res.Item.Number, res.Item.Gross, diff)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d promised rows are wrong", wrong, promised)
	}
	if promised < 100 {
		t.Errorf("only %d rows were promised anything", promised)
	}
	t.Logf("%d rows have a number of their own and came out as planned", promised-wrong)
}

// answerOf returns what the run says of an item. A code that came twice would be
// one here, so it is counted elsewhere.
func answerOf(res *matcher.ItemResult) answer {
	a := answer{Status: res.Status.String(), Match: res.Rule.String(), Paid: res.CashPaid, Flying: res.InFlight,
		Codes: make(map[matcher.Code]money.Paise)}
	for _, b := range res.Breaks {
		a.Codes[b.Code] += b.Amount
	}
	return a
}

// checkLines: the lines of promised rows are on exactly these rows, and what was
// invented is on none.
func (r *realRun) checkLines(t *testing.T) {
	t.Helper()
	row := make(map[string]int, len(r.row))
	for n, i := range r.row {
		row[r.world.Payments[n].ObjectID] = i
	}
	wrong := 0
	for i := range r.done.Facts.Result.Lines {
		res := &r.done.Facts.Result.Lines[i]
		n, known := row[res.Remittance.ObjectID]
		if !known {
			t.Fatalf("payment %s is none of the derived ones", res.Remittance.ObjectID)
		}
		var want []int
		var codes []matcher.Code
		switch {
		case n < 0, r.promised[n] && r.plans[n] == tooMuch && r.of(&r.items[n]).id == "":
			codes = []matcher.Code{matcher.UnknownInvoice}
		case !r.promised[n]:
			continue
		default:
			want = []int{r.items[n].Pos.Row}
			if r.plans[n] == contradicted {
				codes = []matcher.Code{matcher.ConflictingEvents}
			}
		}
		var got []int
		for _, it := range res.Items {
			got = append(got, it.Pos.Row)
		}
		var raised []matcher.Code
		for _, b := range res.Breaks {
			raised = append(raised, b.Code)
		}
		if !slices.Equal(got, want) || !slices.Equal(raised, codes) {
			if wrong++; wrong <= 5 {
				t.Errorf("line of %s, number %q: got rows %v and %v, want %v and %v", res.Remittance.ObjectID, res.Line.Number, got, raised, want, codes)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d lines are in the wrong place", wrong)
	}
}

// fewest is how many items and lines the second matcher, which tries everything
// with everything, is asked about at a time.
const fewest = 60

// A part is items and payments that no other item or payment can match: those of
// one supplier with a B2B id, or those of one number key without one. There are
// no bank references that could join two parts.
type part struct {
	items       []ledger.Item
	remittances []payment.Remittance
}

// checkSecondMatcher asks the second matcher, which was written from the
// contract by another hand, about every small part, with the payments folded by
// the testbed and not by the reader of the log. So the rows without a promise
// are looked at too: repeated numbers, destroyed ones, credits.
func (r *realRun) checkSecondMatcher(t *testing.T) {
	t.Helper()
	parts := make(map[string]*part)
	of := func(supplier, key string) *part {
		id := supplier
		if supplier == "" {
			id = "\x00" + key
		}
		if parts[id] == nil {
			parts[id] = &part{}
		}
		return parts[id]
	}
	for _, it := range r.done.Facts.Ledger.Items {
		p := of(it.Supplier.B2BID, it.Key)
		p.items = append(p.items, it)
	}
	for _, rem := range r.world.Remittances() {
		p := of(rem.Supplier, "")
		if strings.HasPrefix(rem.Supplier, "RDN") {
			p = of("", rem.Lines[0].Key)
		}
		p.remittances = append(p.remittances, rem)
	}
	got := make(map[int]*matcher.ItemResult)
	for i := range r.done.Facts.Result.Items {
		res := &r.done.Facts.Result.Items[i]
		got[res.Item.Pos.Row] = res
	}
	rules := matcher.Rules{AsOf: r.asOf, Tolerance: tolerance, OutcomeWithin: 2, ConfirmationWithin: 7}
	asked, wrong := 0, 0
	for _, id := range slices.Sorted(maps.Keys(parts)) {
		p := parts[id]
		if len(p.items) > fewest || len(p.remittances) > fewest {
			continue
		}
		second := oracle.Match(p.items, p.remittances, rules)
		for i := range second.Items {
			want := &second.Items[i]
			asked++
			if diff := gocmp.Diff(answerOf(want), answerOf(got[want.Item.Pos.Row])); diff != "" {
				if wrong++; wrong <= 5 {
					t.Errorf("row %d, number %q (-second matcher +job)\n%s", want.Item.Pos.Row, want.Item.Number, diff)
				}
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d items differ from the second matcher", wrong)
	}
	t.Logf("the second matcher was asked about %d rows of %d and agreed on %d", asked, len(r.items), asked-wrong)
}

// count counts results.jsonl by status, match and code, as a program that knows
// nothing but the file would, and compares it with the summary.
func (r *realRun) count(t *testing.T) string {
	t.Helper()
	file, err := os.Open(filepath.Join(r.done.Folder, report.ResultsName))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, statuses, codes := make(map[string]int), make(map[string]int), make(map[string]int)
	matches, amounts := make(map[string]int), make(map[string]money.Paise)
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var o struct {
			Record, Status, Match string
			Payable               money.Paise `json:"cash_payable"`
			Breaks                []struct {
				Code   string
				Amount money.Paise
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		records[o.Record]++
		if o.Record == "item" {
			statuses[o.Status]++
			amounts[o.Status] += o.Payable
			matches[o.Match]++
		}
		for _, b := range o.Breaks {
			codes[b.Code]++
			amounts[b.Code] += b.Amount
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for _, e := range r.done.Summary.Totals {
		if e.Value.Count != statuses[e.Name] || e.Value.Amount != amounts[e.Name] {
			t.Errorf("%s: the summary has %d of %s, results.jsonl %d of %s", e.Name, e.Value.Count, e.Value.Amount, statuses[e.Name], amounts[e.Name])
		}
	}
	for _, e := range r.done.Summary.Breaks {
		if e.Value.Count != codes[e.Name] || e.Value.Amount != amounts[e.Name] {
			t.Errorf("%s: the summary has %d of %s, results.jsonl %d of %s", e.Name, e.Value.Count, e.Value.Amount, codes[e.Name], amounts[e.Name])
		}
	}
	var b strings.Builder
	promised := 0
	for _, p := range r.promised {
		if p {
			promised++
		}
	}
	fmt.Fprintf(&b, "  %d promised, %d deliveries, %d copies, %d foreign\n", promised, len(r.deliveries), r.copies, r.foreign)
	for _, counts := range []map[string]int{records, statuses, matches, codes} {
		b.WriteString(" ")
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(&b, " %s %d", name, counts[name])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (s suppliers) withoutID() (n int) {
	for _, p := range s.payees {
		if p.id == "" {
			n++
		}
	}
	return n
}
