package oracle_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/matcher/oracle"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/testbed"
)

// worlds returns how many random worlds a test tries: RECONCILE_WORLDS, or the
// number that keeps the package quick.
func worlds(t *testing.T, quick int) int {
	t.Helper()
	s := os.Getenv("RECONCILE_WORLDS")
	if s == "" {
		return quick
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("RECONCILE_WORLDS=%q is not a number: %v", s, err)
	}
	return n
}

// A world is what two readings of the contract are compared on.
type world struct {
	items       []ledger.Item
	remittances []payment.Remittance
	rules       matcher.Rules
}

func nasty(seed int64) world {
	w := testbed.New(seed, 1+int(seed)%12, testbed.Options{Mix: testbed.Nasty})
	items := w.Items()
	for i := range items {
		// What the master says of a supplier follows from nothing else here.
		switch (int(seed) + i) % 5 {
		case 0:
			items[i].Doubt = &ledger.SupplierDoubt{Text: "unknown"}
		case 1:
			items[i].Doubt = &ledger.SupplierDoubt{Ambiguous: true, Text: "S1, S2"}
		}
	}
	return world{items, w.Remittances(), w.Rules}
}

func TestAgainstMatcher(t *testing.T) {
	for seed := range int64(worlds(t, 10_000)) {
		w := nasty(seed)
		if difference(t, w) == "" {
			continue
		}
		w = shrink(t, w)
		t.Fatalf("seed %d: the two readings differ (- oracle, + matcher):\n%s\nin the world\n%s", seed, difference(t, w), w)
	}
}

// TestTruth holds the oracle against what the scenes of a believable world were
// made to be.
func TestTruth(t *testing.T) {
	for seed := range int64(40) {
		for _, mix := range []testbed.Mix{testbed.Clean, testbed.Realistic} {
			w := testbed.New(seed, 60, testbed.Options{Mix: mix, Buyers: 1 + int(seed)%3})
			isTrue(t, w, oracle.Match(w.Items(), w.Remittances(), w.Rules))
		}
	}
}

// TestMatcherTruth does the same with the matcher, which can do it at a size.
func TestMatcherTruth(t *testing.T) {
	for seed := range int64(2) {
		w := testbed.New(seed, 20_000, testbed.Options{Mix: testbed.Realistic, Buyers: 3})
		isTrue(t, w, match(t, world{w.Items(), w.Remittances(), w.Rules}))
	}
}

// isTrue compares a result with the truth of the world.
func isTrue(t *testing.T, w *testbed.World, result *matcher.Result) {
	t.Helper()
	for _, r := range result.Items {
		want := w.Rows[r.Item.Pos.Row-2].Truth
		got := testbed.Truth{Scene: want.Scene, Status: r.Status, Rule: r.Rule}
		for _, b := range r.Breaks {
			got.Codes = append(got.Codes, b.Code)
		}
		if got.Status != want.Status || got.Rule != want.Rule || !slices.Equal(got.Codes, want.Codes) {
			t.Errorf("%s is %v, want %v", r.Item.Pos, got, want)
		}
	}
	truth := map[string][]testbed.LineTruth{}
	for _, p := range w.Payments {
		truth[p.ObjectID] = p.Truth
	}
	for _, r := range result.Lines {
		want := truth[r.Remittance.ObjectID][r.Line.Position]
		got := testbed.LineTruth{Rule: r.Rule.String()}
		for _, b := range r.Breaks {
			got.Codes = append(got.Codes, string(b.Code))
		}
		if got.Rule != want.Rule || !slices.Equal(got.Codes, want.Codes) {
			t.Errorf("line %d of %s is %v, want %v", r.Line.Position, r.Remittance.ObjectID, got, want)
		}
	}
}

// difference compares what both say of w, field by field; nothing where they
// agree.
func difference(t *testing.T, w world) string {
	t.Helper()
	got, err := matcher.Match(w.items, w.remittances, w.rules)
	if err != nil {
		return fmt.Sprintf("+ %v\n", err)
	}
	return lineDiff(describe(oracle.Match(w.items, w.remittances, w.rules)), describe(got))
}

// describe writes a result in an order of its own, so that the order of the
// result is not compared.
func describe(r *matcher.Result) string {
	var b []string
	for _, x := range r.Items {
		s := fmt.Sprintf("item %s: %s, match %s, N %s, A %s, F %s, confirmation %s, age %d",
			x.Item.Pos, x.Status, x.Rule, x.CashPaid, x.Adjusted, x.InFlight, x.Confirmation, x.AgeDays)
		if x.Item.DueDate == 0 {
			s = s[:strings.LastIndex(s, ", age")]
		}
		for _, m := range x.Matches {
			s += fmt.Sprintf("\n    %s#%d %s net %s adjustment %s", m.Remittance.ObjectID, m.Line.Position, m.Rule, m.Net, m.Adjustment)
		}
		b = append(b, s+breaks(x.Breaks))
	}
	for _, x := range r.Lines {
		s := fmt.Sprintf("line %s#%d: match %s, items", x.Remittance.ObjectID, x.Line.Position, x.Rule)
		for _, it := range x.Items {
			s += " " + it.Pos.String()
		}
		b = append(b, s+breaks(x.Breaks))
	}
	slices.Sort(b)
	return strings.Join(b, "\n")
}

func breaks(all []matcher.Break) string {
	s := ""
	for _, x := range all {
		s += fmt.Sprintf("\n    %s %s", x.Code, x.Amount)
	}
	return s
}

// lineDiff shows the entries that differ, those of want with a minus.
func lineDiff(want, got string) string {
	if want == got {
		return ""
	}
	entries := func(s string) []string { return strings.Split(strings.ReplaceAll(s, "\n    ", "\r    "), "\n") }
	var b strings.Builder
	for _, e := range entries(want) {
		if !slices.Contains(entries(got), e) {
			fmt.Fprintf(&b, "- %s\n", strings.ReplaceAll(e, "\r    ", "\n-     "))
		}
	}
	for _, e := range entries(got) {
		if !slices.Contains(entries(want), e) {
			fmt.Fprintf(&b, "+ %s\n", strings.ReplaceAll(e, "\r    ", "\n+     "))
		}
	}
	return b.String()
}

// shrink drops items, payments, lines and figures one by one while the two
// readings still differ.
func shrink(t *testing.T, w world) world {
	t.Helper()
	for again := true; again; {
		again = false
		for _, smaller := range simpler(w) {
			if difference(t, smaller) != "" {
				w, again = smaller, true
				break
			}
		}
	}
	return w
}

// simpler returns worlds that differ from w by one thing left out.
func simpler(w world) []world {
	var all []world
	for i := range w.items {
		all = append(all, world{slices.Delete(slices.Clone(w.items), i, i+1), w.remittances, w.rules})
	}
	for i := range w.remittances {
		all = append(all, world{w.items, slices.Delete(slices.Clone(w.remittances), i, i+1), w.rules})
		if lines := w.remittances[i].Lines; len(lines) > 1 {
			for j := range lines {
				all = append(all, world{w.items, edit(w.remittances, i, func(r *payment.Remittance) {
					r.Lines = slices.Delete(slices.Clone(lines), j, j+1)
				}), w.rules})
			}
		}
	}
	plainItem := []func(*ledger.Item){
		func(it *ledger.Item) { it.InvoiceID = "" },
		func(it *ledger.Item) { it.InvoiceStatus = "" },
		func(it *ledger.Item) { it.Currency = "INR" },
		func(it *ledger.Item) { it.Part = "" },
		func(it *ledger.Item) { it.Account.Last4 = "" },
		func(it *ledger.Item) { it.IFSC = "" },
		func(it *ledger.Item) { it.Hold = "" },
		func(it *ledger.Item) { it.Repeated = false },
		func(it *ledger.Item) { it.Doubt = nil },
		func(it *ledger.Item) { it.UTR = "" },
		func(it *ledger.Item) { it.HasTaxable, it.Taxable = false, 0 },
		func(it *ledger.Item) { it.Gross -= it.TDS; it.TDS = 0 },
		func(it *ledger.Item) { it.Gross -= it.Adjustment; it.Adjustment = 0 },
		func(it *ledger.Item) { it.Gross -= it.Gap; it.Gap = 0 },
		func(it *ledger.Item) { it.PaymentDate, it.PaymentMode = 0, "" },
		func(it *ledger.Item) { it.DueDate = w.rules.AsOf - 10 },
		func(it *ledger.Item) { it.InvoiceDate = w.rules.AsOf - 60 },
		func(it *ledger.Item) { it.Gross -= it.Due; it.Due = 0 },
	}
	for i := range w.items {
		for _, f := range plainItem {
			if items := edit(w.items, i, f); fmt.Sprint(items[i]) != fmt.Sprint(w.items[i]) {
				all = append(all, world{items, w.remittances, w.rules})
			}
		}
	}
	plainPayment := []func(*payment.Remittance){
		func(r *payment.Remittance) { r.UTR, r.UTRFinal = "", false },
		func(r *payment.Remittance) { r.Outcome, r.Conflict = payment.Paid, "" },
		func(r *payment.Remittance) { r.Mode = "NEFT" },
		func(r *payment.Remittance) {
			r.Lines = slices.Clone(r.Lines)
			for j := range r.Lines {
				l := &r.Lines[j]
				l.Last4, l.IFSC, l.Unbalanced, l.Total, l.Adjustment = "", "", "", l.Net, 0
			}
		},
		func(r *payment.Remittance) {
			r.Lines = slices.Clone(r.Lines)
			for j := range r.Lines {
				r.Lines[j].Confirmation = payment.Accepted
			}
		},
		func(r *payment.Remittance) {
			r.Lines = slices.Clone(r.Lines)
			for j := range r.Lines {
				r.Lines[j].InvoiceID = ""
			}
		},
	}
	for i := range w.remittances {
		for _, f := range plainPayment {
			if remittances := edit(w.remittances, i, f); fmt.Sprint(remittances[i]) != fmt.Sprint(w.remittances[i]) {
				all = append(all, world{w.items, remittances, w.rules})
			}
		}
	}
	return all
}

func edit[T any](all []T, i int, change func(*T)) []T {
	all = slices.Clone(all)
	change(&all[i])
	return all
}

// String writes the world as a person can decide on it; what is usual is left
// out.
func (w world) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "rules: as of %s, tolerance %s, covers from %q %q, outcome %d, confirmation %d, posting %d, lead %d\n",
		w.rules.AsOf, w.rules.Tolerance, w.rules.CoversFrom, w.rules.CoversModes, w.rules.OutcomeWithin, w.rules.ConfirmationWithin, w.rules.PostingWithin, w.rules.LeadDays)
	say := func(name, value string) {
		if value != "" && value != "0.00" && value != "false" {
			fmt.Fprintf(&b, " %s=%q", name, value)
		}
	}
	for i := range w.items {
		it := &w.items[i]
		fmt.Fprintf(&b, "item %s buyer %s supplier %q number %q dated %s due %s: gross %s = tds %s + adj %s + paid %s + due %s",
			it.Pos, it.Buyer, it.Supplier.B2BID, it.Number, it.InvoiceDate, it.DueDate, it.Gross, it.TDS, it.Adjustment, it.Paid, it.Due)
		if it.Type != ledger.Invoice {
			say("type", it.Type.String())
		}
		say("utr", it.UTR)
		say("invoice_id", it.InvoiceID)
		say("status", it.InvoiceStatus)
		say("part", it.Part)
		say("taxable", it.Taxable.String())
		say("gap", it.Gap.String())
		say("last4", it.Account.Last4)
		say("ifsc", it.IFSC)
		say("hold", it.Hold)
		say("paid on", it.PaymentDate.String())
		say("paid by", it.PaymentMode)
		say("repeated", fmt.Sprint(it.Repeated))
		if it.Doubt != nil {
			say("doubt", it.Doubt.Text)
		}
		if it.Currency != "INR" {
			say("currency", it.Currency)
		}
		b.WriteByte('\n')
	}
	for i := range w.remittances {
		r := &w.remittances[i]
		fmt.Fprintf(&b, "payment %s buyer %s supplier %q %s %s on %s %s outcome %s", r.ObjectID, r.Buyer, r.Supplier, r.Type, r.Mode, r.Date, r.Time.Format(time.TimeOnly), r.Outcome)
		say("utr", r.UTR)
		if r.UTR != "" && !r.UTRFinal {
			b.WriteString(" (provisional)")
		}
		say("conflict", r.Conflict)
		say("only confirmed", fmt.Sprint(r.OnlyConfirmed))
		for j := range r.Lines {
			l := &r.Lines[j]
			fmt.Fprintf(&b, "\n  line %d number %q net %s adj %s %s", l.Position, l.Number, l.Net, l.Adjustment, l.Confirmation)
			say("invoice_id", l.InvoiceID)
			say("last4", l.Last4)
			say("ifsc", l.IFSC)
			say("unbalanced", l.Unbalanced)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// match fails the test where the matcher fails.
func match(t *testing.T, w world) *matcher.Result {
	t.Helper()
	r, err := matcher.Match(w.items, w.remittances, w.rules)
	if err != nil {
		t.Fatalf("Match: %v, in the world\n%s", err, w)
	}
	return r
}

func TestOrderOfInputIsNothing(t *testing.T) {
	for seed := range int64(worlds(t, 3_000)) {
		w := nasty(seed)
		want := inOrder(match(t, w))
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		shuffled := world{slices.Clone(w.items), slices.Clone(w.remittances), w.rules}
		rng.Shuffle(len(shuffled.items), func(i, j int) {
			shuffled.items[i], shuffled.items[j] = shuffled.items[j], shuffled.items[i]
		})
		rng.Shuffle(len(shuffled.remittances), func(i, j int) {
			shuffled.remittances[i], shuffled.remittances[j] = shuffled.remittances[j], shuffled.remittances[i]
		})
		if got := inOrder(match(t, shuffled)); got != want {
			t.Fatalf("seed %d: another order of input gives another result:\n%s\nin the world\n%s", seed, lineDiff(want, got), w)
		}
	}
}

// inOrder is like describe but keeps the order of the result and all texts.
func inOrder(r *matcher.Result) string {
	var b strings.Builder
	for _, x := range r.Items {
		fmt.Fprintf(&b, "item %s %s %s %s %s %s %s %q %q", x.Item.Pos, x.Status, x.Rule, x.CashPaid, x.Adjusted, x.InFlight, x.Confirmation, x.Breaks, x.Note)
		for _, m := range x.Matches {
			fmt.Fprintf(&b, " %s#%d %s %s %s", m.Remittance.ObjectID, m.Line.Position, m.Rule, m.Net, m.Adjustment)
		}
		b.WriteByte('\n')
	}
	for _, x := range r.Lines {
		fmt.Fprintf(&b, "line %s#%d %s %q", x.Remittance.ObjectID, x.Line.Position, x.Rule, x.Breaks)
		for _, it := range x.Items {
			fmt.Fprintf(&b, " %s", it.Pos)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestNothingIsLost(t *testing.T) {
	for seed := range int64(worlds(t, 3_000)) {
		w := nasty(seed)
		r := match(t, w)
		seen := map[*ledger.Item]bool{}
		var books, results money.Paise
		for i := range w.items {
			books += w.items[i].Cash()
		}
		shares := map[*payment.Line]matcher.Share{}
		for _, x := range r.Items {
			if seen[x.Item] {
				t.Fatalf("seed %d: %s stands twice in the result", seed, x.Item.Pos)
			}
			seen[x.Item] = true
			results += x.Item.Cash()
			if !slices.Contains(matcher.Statuses[:], x.Status) {
				t.Fatalf("seed %d: %s has status %d", seed, x.Item.Pos, x.Status)
			}
			for _, m := range x.Matches {
				s := shares[m.Line]
				shares[m.Line] = matcher.Share{Net: s.Net + m.Net, Adjustment: s.Adjustment + m.Adjustment}
			}
		}
		if len(seen) != len(w.items) || books != results {
			t.Fatalf("seed %d: %d items of %s in the books, %d of %s in the result", seed, len(w.items), books, len(seen), results)
		}
		lines := map[*payment.Line]bool{}
		for _, x := range r.Lines {
			if lines[x.Line] {
				t.Fatalf("seed %d: line %d of %s stands twice in the result", seed, x.Line.Position, x.Remittance.ObjectID)
			}
			lines[x.Line] = true
			share, matched := shares[x.Line]
			if matched != (len(x.Items) > 0) || matched != (x.Rule != matcher.NoMatch) {
				t.Fatalf("seed %d: line %d of %s: %d items, rule %s, but on an item: %t", seed, x.Line.Position, x.Remittance.ObjectID, len(x.Items), x.Rule, matched)
			}
			if matched && (share.Net != x.Line.Net || share.Adjustment != x.Line.Adjustment) {
				t.Fatalf("seed %d: line %d of %s: its shares are %s and %s of %s and %s", seed, x.Line.Position, x.Remittance.ObjectID, share.Net, share.Adjustment, x.Line.Net, x.Line.Adjustment)
			}
		}
		n := 0
		for i := range w.remittances {
			n += len(w.remittances[i].Lines)
		}
		if len(lines) != n {
			t.Fatalf("seed %d: %d lines, %d in the result", seed, n, len(lines))
		}
	}
}

func TestAnotherSupplierChangesNothing(t *testing.T) {
	for seed := range int64(worlds(t, 2_000)) {
		w := nasty(seed)
		want := describe(match(t, w))
		other := testbed.New(seed, 5, testbed.Options{Mix: testbed.Clean})
		both := world{slices.Concat(w.items, renamed(other.Items())), slices.Concat(w.remittances, other.Remittances()), w.rules}
		var kept []string
		for _, e := range strings.Split(strings.ReplaceAll(describe(match(t, both)), "\n    ", "\r    "), "\n") {
			if !strings.Contains(e, "other.csv") && !longID(e) {
				kept = append(kept, e)
			}
		}
		slices.SortFunc(kept, cmp.Compare[string])
		if got := strings.ReplaceAll(strings.Join(kept, "\n"), "\r    ", "\n    "); got != want {
			t.Fatalf("seed %d: an unrelated supplier changes the result:\n%s\nin the world\n%s", seed, lineDiff(want, got), w)
		}
	}
}

// renamed puts the items into another file.
func renamed(items []ledger.Item) []ledger.Item {
	for i := range items {
		items[i].Pos.File = "other.csv"
	}
	return items
}

// longID tells whether an entry is about a line of a clean world, whose ids have
// the length of real ones.
func longID(entry string) bool {
	id, found := strings.CutPrefix(entry, "line PMT")
	return found && strings.IndexByte(id, '#') > 10
}

// FuzzMatch looks for a world in which the two readings differ, or in which the
// matcher loses or makes an item, a line or a paisa.
func FuzzMatch(f *testing.F) {
	for seed := range uint32(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint32) {
		if w := nasty(int64(seed)); difference(t, w) != "" {
			w = shrink(t, w)
			t.Fatalf("the two readings differ (- oracle, + matcher):\n%s\nin the world\n%s", difference(t, w), w)
		}
	})
}
