package submit_test

import (
	"fmt"
	"math/bits"
	"os"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/source"
	"reconcile/internal/submit"
	"reconcile/internal/submit/journaltest"
)

// A word is one body that the world may send about a payment of ours.
type word struct {
	name string
	of   func(e *submit.Entry) payment.Event
}

// changed is a response with one thing changed.
func changed(result payment.Result, change func(*payment.Event)) func(*submit.Entry) payment.Event {
	return func(e *submit.Entry) payment.Event {
		b := journaltest.Response(e, result)
		change(&b)
		return journaltest.Seal(b)
	}
}

func response(result payment.Result) func(*submit.Entry) payment.Event {
	return changed(result, func(*payment.Event) {})
}

func wrongAmount(b *payment.Event) {
	b.Lines[0].Net += 100
	b.Totals = payment.Totals{}
}

// vocabulary is what is said in every order. Two of
// them are about one invoice of two.
var vocabulary = []word{
	{"paid", response(payment.Success)},
	{"failed", response(payment.Failure)},
	{"late", changed(payment.Success, func(b *payment.Event) { b.TS = "2026-11-29T02:00:00+05:30" })},
	{"reversed", response(payment.Reversal)},
	{"unknown word", response(payment.OtherResult)},
	{"paid, wrong amount", changed(payment.Success, wrongAmount)},
	{"failed, wrong amount", changed(payment.Failure, wrongAmount)},
	{"paid, wrong UTR", changed(payment.Success, func(b *payment.Event) { b.UTR = "AXISN26110000001" })},
	{"failed, wrong buyer", changed(payment.Failure, func(b *payment.Event) { b.Buyer = "BUYER0009" })},
	{"accepted", func(e *submit.Entry) payment.Event { return journaltest.Confirmation(e, false) }},
	{"one rejected", func(e *submit.Entry) payment.Event { return journaltest.Confirmation(e, true, 0) }},
	{"the other rejected", func(e *submit.Entry) payment.Event { return journaltest.Confirmation(e, true, 1) }},
	{"requested", func(e *submit.Entry) payment.Event {
		b := journaltest.Response(e, payment.NoResult)
		b.Family = payment.Request
		return journaltest.Seal(b)
	}},
}

// A set is some of the vocabulary, one bit for each word.
type set uint32

func (s set) has(name string) bool {
	i := slices.IndexFunc(vocabulary, func(w word) bool { return w.name == name })
	return s&(1<<i) != 0
}

func (s set) String() string {
	var names []string
	for i, w := range vocabulary {
		if s&(1<<i) != 0 {
			names = append(names, w.name)
		}
	}
	return "{" + strings.Join(names, ", ") + "}"
}

// remittances folds the set, told from the first word to the last or the other
// way round.
func (s set) remittances(e *submit.Entry, backwards bool) []payment.Remittance {
	var events []payment.Event
	for i := range vocabulary {
		if backwards {
			i = len(vocabulary) - 1 - i
		}
		if s&(1<<i) != 0 {
			b := vocabulary[i].of(e)
			b.Pos = source.Pos{File: "events.jsonl", Row: len(events) + 1}
			events = append(events, b, b) // and a copy
		}
	}
	return journaltest.Fold(map[string]submit.Entry{e.ObjectID: *e}, events)
}

// where is what must not depend on any order.
func where(t testing.TB, j submit.Journal) string {
	t.Helper()
	entries, err := j.Entries(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	e := entries[0]
	return fmt.Sprint(e.State, e.Alarms, e.Allocations[0].Held, e.Allocations[1].Held)
}

// soak tells whether the searches go to their full depth.
func soak() bool { return os.Getenv("RECONCILE_SOAK") != "" }

// proved notes what was tried, and in a soak prints the row of its table.
func proved(t *testing.T, what string, n int) {
	t.Helper()
	t.Logf("%s: %d", what, n)
	if !soak() {
		return
	}
	violations := 0
	if t.Failed() { // by whatever is told above
		violations = 1
	}
	fmt.Printf("PROOF  %-84s × %7d = %d violations\n", what, n, violations)
}

// TestEveryOrderOfEvidence: all sets of up to five words, in all permutations,
// divided into calls in all ways, end alike. Because a call sees the whole log so
// far, and the fold of it is a function of the set, every history is a chain of
// growing sets; and because the end of each set is one, by induction, it is enough
// to come to each set from each smaller one.
func TestEveryOrderOfEvidence(t *testing.T) {
	steps := 0
	for _, typ := range []payment.Type{payment.OnPlatform, payment.OffPlatform} {
		for _, from := range []submit.State{submit.Acked, submit.Intended, submit.Sending, submit.Unsure, submit.Void} {
			most := 4
			switch {
			case testing.Short():
				most = 3
			case from == submit.Acked || soak():
				most = 5
			}
			e := journaltest.Instruction("A", 1, typ, "1", "2")
			ends := map[set]*journaltest.Memory{0: at(t, e, from)}
			for n := 1; n <= most; n++ {
				for s := set(1); s < 1<<len(vocabulary); s++ {
					if bits.OnesCount32(uint32(s)) == n {
						steps += fromAllBelow(t, &e, ends, s, from)
					}
				}
			}
		}
	}
	proved(t, "P9: every set of up to five webhooks in every order, calls of Absorb", steps)
}

// fromAllBelow absorbs a set after each of its parts, and keeps where it ends.
func fromAllBelow(t *testing.T, e *submit.Entry, ends map[set]*journaltest.Memory, s set, from submit.State) (steps int) {
	t.Helper()
	told := s.remittances(e, false)
	absorb := func(part set) (string, *journaltest.Memory) {
		j := ends[part].Copy()
		if _, err := submit.Absorb(t.Context(), j, told, nil); err != nil {
			t.Fatal(err)
		}
		steps++
		return where(t, j), j
	}
	want, end := absorb(0)
	ends[s] = end
	meaning(t, e, s, from, want)
	for part := (s - 1) & s; part != 0; part = (part - 1) & s {
		if got, _ := absorb(part); got != want {
			t.Fatalf("%s %s, %s after %s: got %s, want %s", e.Type, from, s, part, got, want)
		}
	}
	told = s.remittances(e, true)
	if got, _ := absorb(0); got != want {
		t.Fatalf("%s %s, %s backwards: got %s, want %s", e.Type, from, s, got, want)
	}
	return steps
}

// meaning holds the end of a set to what the protocol says of it.
func meaning(t *testing.T, e *submit.Entry, s set, from submit.State, got string) {
	t.Helper()
	off := e.Type == payment.OffPlatform
	paid := s.has("paid") || s.has("late") || s.has("accepted") || s.has("paid, wrong UTR") && !off
	// Against a failure any success stands, also one of something else than was sent.
	claimed := paid || s.has("paid, wrong amount") || s.has("paid, wrong UTR")
	lied := claimed && s.has("failed")
	paid = paid || lied
	returned := s.has("reversed") || off && s.has("one rejected") && s.has("the other rejected")
	odd := s.has("paid, wrong amount") || s.has("failed, wrong amount") || s.has("failed, wrong buyer") || s.has("paid, wrong UTR") && off ||
		!off && (s.has("one rejected") || s.has("the other rejected")) ||
		off && s.has("accepted") && (s.has("one rejected") || s.has("the other rejected")) ||
		!off && s.has("paid, wrong UTR") && (s.has("paid") || s.has("late"))
	unsent := from == submit.Intended || from == submit.Void
	for alarm, want := range map[submit.Alarm]bool{
		submit.LatePaid:      lied,
		submit.NotSentByUs:   unsent,
		submit.Contradictory: odd && (from != submit.Void || paid),
	} {
		if has := strings.Contains(got, string(alarm)); has != want {
			t.Fatalf("%s %s, %s: got %s; alarm %s: %v, want %v", e.Type, from, s, got, alarm, has, want)
		}
	}
	if from == submit.Void {
		return // what nobody sent keeps nothing until it is known to be paid
	}
	state, _, _ := strings.Cut(got, " ")
	state, _, _ = strings.Cut(state, "[")
	switch {
	case returned && state != "RETURNED":
	case !returned && paid && state != "PAID":
	case !returned && !paid && s.has("failed") && state != "FAILED":
	case !returned && !paid && !s.has("failed") && (state == "RETURNED" || state == "PAID" || state == "FAILED"):
	default:
		return
	}
	t.Fatalf("%s %s, %s: got %s; paid %v, returned %v", e.Type, from, s, got, paid, returned)
}

// TestFailureDoubted: whoever says of the same payment that it was paid, and be it
// another amount, keeps its debt held against any failure; unless that was known to
// those who said failed.
func TestFailureDoubted(t *testing.T) {
	e := journaltest.Instruction("A", 1, payment.OnPlatform, "1", "2")
	claims := map[string]payment.Event{
		"another amount":   changed(payment.Success, wrongAmount)(&e),
		"another supplier": changed(payment.Success, func(b *payment.Event) { b.Supplier = "S9" })(&e),
		"another type":     changed(payment.Success, func(b *payment.Event) { b.Type = payment.OffPlatform })(&e),
	}
	other := journaltest.Instruction("A", 1, payment.OnPlatform, "9")
	claims["accepted, another invoice"] = journaltest.Confirmation(&other, false, 0)
	tell := func(j submit.Journal, bodies ...payment.Event) []submit.Raised {
		t.Helper()
		report, err := submit.Absorb(t.Context(), j, journaltest.Fold(map[string]submit.Entry{e.ObjectID: e}, bodies), nil)
		if err != nil {
			t.Fatal(err)
		}
		return report.Alarms
	}
	people := submit.Proof{Actor: "asha+ravi", Text: "not-paid, by mail of EnKash", SHA256: strings.Repeat("5", 64)}
	for name, claim := range claims {
		failed := journaltest.Response(&e, payment.Failure)
		orders := map[string]func(j *journaltest.Memory){
			"both at once":                            func(j *journaltest.Memory) { tell(j, failed, claim) },
			"the failure first":                       func(j *journaltest.Memory) { tell(j, failed); tell(j, failed, claim) },
			"the failure second":                      func(j *journaltest.Memory) { tell(j, claim); tell(j, failed, claim) },
			"the failure alone, the claim's log gone": func(j *journaltest.Memory) { tell(j, claim); tell(j, failed) },
			"and then the claim alone":                func(j *journaltest.Memory) { tell(j, claim); tell(j, failed); tell(j, claim) },
			"and then both":                           func(j *journaltest.Memory) { tell(j, claim); tell(j, failed); tell(j, claim, failed) },
			"the claim alone, the failure's log gone": func(j *journaltest.Memory) { tell(j, failed); tell(j, claim) },
			"the gateway said failed, knowing of nothing": func(j *journaltest.Memory) {
				tell(j, claim)
				said := submit.Proof{Actor: submit.ActorGateway, Text: "HTTP 422", SHA256: strings.Repeat("4", 64)}
				if _, err := j.Move(t.Context(), e.ObjectID, submit.SaysFailed, said, nil); err != nil {
					t.Fatal(err)
				}
				tell(j, claim)
			},
			"two people said failed": func(j *journaltest.Memory) {
				if _, err := j.Move(t.Context(), e.ObjectID, submit.SaysFailed, people, nil); err != nil {
					t.Fatal(err)
				}
				tell(j, claim)
			},
		}
		for order, happens := range orders {
			j := at(t, e, submit.Acked)
			happens(j)
			got := where(t, j)
			if !strings.HasPrefix(got, "PAID") || !strings.HasSuffix(got, "true true") || !strings.Contains(got, "LATE_PAID") || !strings.Contains(got, "CONTRADICTED") {
				t.Errorf("%s, %s: got %s, want PAID and held, with both alarms", name, order, got)
			}
			if again := tell(j, claim); len(again) > 0 || where(t, j) != got {
				t.Errorf("%s, %s, heard once more: got %s and alarms %+v, want nothing new", name, order, where(t, j), again)
			}
		}

		j := at(t, e, submit.Acked)
		tell(j, claim)
		if _, err := j.Move(t.Context(), e.ObjectID, submit.SaysFailed, people, nil); err != nil {
			t.Fatal(err)
		}
		if again := tell(j, claim, failed); len(again) > 0 || states(t, j) != "FAILED" {
			t.Errorf("%s, known to two people who said failed: got %s and alarms %+v, want FAILED and none", name, states(t, j), again)
		}
		if again := append(tell(j, failed), tell(j, claim)...); len(again) > 0 || states(t, j) != "FAILED" {
			t.Errorf("%s, known to two people, log by log: got %s and alarms %+v, want FAILED and none", name, states(t, j), again)
		}
	}

	// Of what is lost nobody knows whether it was a claim; of what is there everybody does.
	for _, logs := range []struct {
		both bool
		want string
	}{{false, "PAID"}, {true, "FAILED"}} {
		j := at(t, e, submit.Acked)
		other := changed(payment.Failure, wrongAmount)(&e)
		tell(j, other)
		told := []payment.Event{journaltest.Response(&e, payment.Failure)}
		if logs.both {
			told = append(told, other)
		}
		if tell(j, told...); states(t, j) != logs.want {
			t.Errorf("a failure of another amount, its log there %v, and one that matches: got %s, want %s", logs.both, where(t, j), logs.want)
		}
	}
}

// at returns a journal whose one instruction is in a state.
func at(t testing.TB, e submit.Entry, state submit.State) *journaltest.Memory {
	t.Helper()
	j, _ := open(t, e)
	ctx := t.Context()
	proof := submit.Proof{Actor: "program", Text: "so that it is " + state.String()}
	var err error
	if state != submit.Intended && state != submit.Void {
		_, err = j.Begin(ctx, e.ObjectID, start)
	}
	say := map[submit.State]submit.Say{submit.Unsure: submit.Unclear, submit.Acked: submit.Acknowledged, submit.Void: submit.Withdrawn,
		submit.Paid: submit.SaysPaid, submit.Failed: submit.SaysFailed, submit.Returned: submit.SaysReturned}[state]
	for err == nil && say != 0 {
		var now submit.State
		if now, err = j.Move(ctx, e.ObjectID, say, proof, nil); now == state {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestWhatMatches: a success is believed where all of it is what was sent.
func TestWhatMatches(t *testing.T) {
	on := journaltest.Instruction("A", 1, payment.OnPlatform, "1", "2")
	on.Allocations[0].InvoiceID = "INV00000000000000000000000000000001"
	off := journaltest.Instruction("A", 1, payment.OffPlatform, "1", "2")
	for _, c := range []struct {
		name   string
		of     submit.Entry
		change func(*payment.Event)
		why    string // empty: it matches
	}{
		{"as sent", on, func(*payment.Event) {}, ""},
		{"lines in another order", on, func(b *payment.Event) { b.Lines[0], b.Lines[1] = b.Lines[1], b.Lines[0] }, ""},
		{"without the id", on, func(b *payment.Event) { b.Lines[0].InvoiceID = "" }, ""},
		{"with an id that we did not know", on, func(b *payment.Event) { b.Lines[1].InvoiceID = "INV9" }, ""},
		{"without the number, by the id", on, func(b *payment.Event) { b.Lines[0].Number = "" }, ""},
		{"without totals", on, func(b *payment.Event) { b.Totals = payment.Totals{} }, ""},
		{"the bank's UTR", on, func(b *payment.Event) { b.UTR = "N1" }, ""},
		{"OFFPLATFORM without a UTR", off, func(b *payment.Event) { b.UTR = " " }, ""},
		{"OFFPLATFORM, the UTR spelled otherwise", off, func(b *payment.Event) { b.UTR = "utr: " + strings.ToLower(b.UTR) }, ""},
		{"OFFPLATFORM, another UTR", off, func(b *payment.Event) { b.UTR = "N1" }, "UTR"},
		{"another buyer", on, func(b *payment.Event) { b.Buyer = "buyer0001" }, "buyer"},
		{"another supplier", on, func(b *payment.Event) { b.Supplier = "" }, "supplier"},
		{"another type", on, func(b *payment.Event) { b.Type = payment.OffPlatform }, "type"},
		{"no type", on, func(b *payment.Event) { b.Type = 0 }, "type"},
		{"another total", on, func(b *payment.Event) { b.Totals.Total++ }, "amount"},
		{"another net", on, func(b *payment.Event) { b.Lines[1].Net--; b.Lines[1].Adjustment++ }, `invoice "INV-2"`},
		{"amounts exchanged", amounts(on, 60000, 40000), func(b *payment.Event) { b.Lines[0].Net, b.Lines[1].Net = b.Lines[1].Net, b.Lines[0].Net }, `invoice "INV-1"`},
		{"another id", on, func(b *payment.Event) { b.Lines[0].InvoiceID = "INV9" }, `invoice "INV-1"`},
		{"another number", on, func(b *payment.Event) { b.Lines[1].Number = "INV-02" }, `invoice "INV-02"`},
		{"one line", on, func(b *payment.Event) { b.Lines = b.Lines[:1] }, "1 invoices, and 2"},
		{"one line twice", on, func(b *payment.Event) { b.Lines[1] = b.Lines[0] }, "invoice"},
		{"no lines", on, func(b *payment.Event) { b.Lines = nil }, "no invoice"},
	} {
		for _, result := range []payment.Result{payment.Success, payment.Failure} {
			e := c.of
			b := journaltest.Response(&e, result)
			b.Lines = slices.Clone(b.Lines)
			c.change(&b)
			b.Pos = source.Pos{File: "events.jsonl", Row: 7}
			j := at(t, e, submit.Acked)
			report, err := submit.Absorb(t.Context(), j, journaltest.Fold(map[string]submit.Entry{e.ObjectID: e}, []payment.Event{journaltest.Seal(b)}), nil)
			if err != nil {
				t.Fatal(err)
			}
			want := map[payment.Result]string{payment.Success: "PAID", payment.Failure: "FAILED"}[result]
			if c.why != "" {
				want = "ACKED"
			}
			if got := states(t, j); got != want {
				t.Errorf("%s, %s: got %s, want %s", c.name, b.Word, got, want)
			}
			if c.why == "" && len(report.Alarms) == 0 {
				continue
			}
			if len(report.Alarms) != 1 || report.Alarms[0].Alarm != submit.Contradictory || c.why == "" ||
				!strings.Contains(report.Alarms[0].Why, c.why) || !strings.HasPrefix(report.Alarms[0].Why, "events.jsonl:7 response "+b.Word) {
				t.Errorf("%s, %s: got alarms %+v, want one at events.jsonl:7 about %q", c.name, b.Word, report.Alarms, c.why)
			}
		}
	}
}

func amounts(e submit.Entry, nets ...money.Paise) submit.Entry {
	e.Allocations = slices.Clone(e.Allocations)
	e.Net = 0
	for i, net := range nets {
		e.Allocations[i].Net = net
		e.Net += net
	}
	return e
}

func TestConfirmationOfAnInvoiceNotPaid(t *testing.T) {
	e := journaltest.Instruction("A", 1, payment.OffPlatform, "1")
	other := journaltest.Instruction("A", 1, payment.OffPlatform, "2")
	j := at(t, e, submit.Acked)
	told := journaltest.Fold(map[string]submit.Entry{e.ObjectID: e}, []payment.Event{journaltest.Confirmation(&other, true, 0)})
	report, err := submit.Absorb(t.Context(), j, told, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := states(t, j); got != "ACKED" || len(report.Alarms) != 1 || !strings.Contains(report.Alarms[0].Why, `"INV-2", which was not in the payment`) {
		t.Errorf("got %s and alarms %+v, want ACKED and one about INV-2", got, report.Alarms)
	}
}

// TestOrphans: a payment of ours that the journal does not know means that the
// journal is older than the world.
func TestOrphans(t *testing.T) {
	e := journaltest.Instruction("A", 1, payment.OnPlatform, "1")
	lost := journaltest.Instruction("B", 1, payment.OnPlatform, "2")
	others := journaltest.Instruction("C", 1, payment.OnPlatform, "3")
	j := at(t, e, submit.Acked)
	told := journaltest.Fold(map[string]submit.Entry{e.ObjectID: e}, []payment.Event{
		journaltest.Response(&e, payment.Success), journaltest.Response(&lost, payment.Success), journaltest.Response(&others, payment.Success)})
	ours := func(r *payment.Remittance) bool { return r.ObjectID != others.ObjectID }
	report, err := submit.Absorb(t.Context(), j, told, ours)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(report.Orphans), fmt.Sprint([]string{lost.ObjectID}); got != want {
		t.Errorf("got orphans %s, want %s", got, want)
	}
	if len(report.Moved) != 1 || report.Moved[0].From != submit.Acked || report.Moved[0].To != submit.Paid || report.Moved[0].Net != e.Net {
		t.Errorf("got moved %+v, want ours from ACKED to PAID", report.Moved)
	}
}

// TestBodiesMustBeKept: a fold that let our own bodies go proves nothing.
func TestBodiesMustBeKept(t *testing.T) {
	e := journaltest.Instruction("A", 1, payment.OnPlatform, "1")
	told := journaltest.Fold(nil, []payment.Event{journaltest.Response(&e, payment.Success)})
	if _, err := submit.Absorb(t.Context(), at(t, e, submit.Acked), told, nil); err == nil {
		t.Error("evidence without its bodies was believed")
	}
}
