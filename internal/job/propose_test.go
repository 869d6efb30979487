package job

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/journal"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/proposal"
	"reconcile/internal/source"
	"reconcile/internal/submit"
)

// due is an item over a round sum, due and with nothing against it.
func due(row int, number string) ledger.Item {
	return ledger.Item{
		Pos: source.Pos{File: "l.csv", Row: row}, Buyer: "BUYER", Supplier: party.Supplier{B2BID: "S1", Name: "One", GSTIN: "27AAPFU0939F1ZV"},
		Number: number, Key: party.NumberKey(number), InvoiceDate: day.Date(150_000), DueDate: day.Date(150_030), Currency: "INR",
		Gross: money.Paise(row) * 1_000_00, Due: money.Paise(row) * 1_000_00,
	}
}

// paid is a payment of a part of an item that the supplier accepted.
func paid(id string, it *ledger.Item, net, adjustment money.Paise, outcome payment.Outcome) payment.Remittance {
	return payment.Remittance{
		ObjectID: id, Buyer: it.Buyer, Supplier: it.Supplier.B2BID, Type: payment.OnPlatform, Mode: "NEFT", UTR: "U" + id, UTRFinal: true, Outcome: outcome,
		Date: it.DueDate, Lines: []payment.Line{{Number: it.Number, Key: it.Key, Net: net, Adjustment: adjustment, Total: net + adjustment, Last4: it.Account.Last4}},
	}
}

// TestPropose follows items through the matcher into a proposal: what of them is
// a candidate, over how much, and what else is known of them.
func TestPropose(t *testing.T) {
	account := party.Account{Last4: "8823", Fingerprint: [16]byte{1}}
	rejected := []payment.Invoice{{ID: "INV1", Key: "A/FY2026/20", Supplier: "S1", Version: 1, Response: "REJECT"}}
	for _, c := range []struct {
		name   string
		typ    payment.Type
		change func(it *ledger.Item)
		paid   func(it *ledger.Item) []payment.Remittance
		also   func(p *payables)
		want   string
	}{
		{"due", 0, nil, nil, nil, "in 20000.00"},
		{"with tax", 0, func(it *ledger.Item) { it.TDS, it.Due = 400_00, 19_600_00 }, nil, nil, "in 19600.00+400.00"},
		{"not due", 0, func(it *ledger.Item) { it.DueDate = 160_000 }, nil, nil, ""},
		{"a credit", 0, func(it *ledger.Item) { it.Type = ledger.CreditNote }, nil, nil, ""},
		{"below zero", 0, func(it *ledger.Item) { it.Due = -1 }, nil, nil, ""},
		{"on hold", 0, func(it *ledger.Item) { it.Hold = "quality" }, nil, nil, `ON_HOLD the books say "quality"`},
		{"on hold by a break", 0, func(it *ledger.Item) { it.DueDate = 0 }, nil, nil, "ON_HOLD NO_DUE_DATE"},
		{"on hold by its status", 0, func(it *ledger.Item) { it.InvoiceStatus = "DISPUTED" }, nil, nil, "ON_HOLD the books show the invoice as DISPUTED"},
		{"a file in doubt", 0, nil, nil, func(p *payables) { p.book.Inputs[0].Doubtful = true }, "FILE_QUARANTINED"},
		{"a file in doubt, and nobody minds", 0, nil, nil, func(p *payables) { p.book.Inputs[0].Doubtful, p.careless = true, true }, "in 20000.00"},
		{"rejected on the platform", 0, nil, nil, func(p *payables) { p.invoices = rejected }, "INVOICE_NOT_CONFIRMED we answered REJECT"},
		{"rejected on the platform, and nobody minds", 0, nil, nil, func(p *payables) { p.invoices, p.blind = rejected, true }, "in 20000.00"},
		{"a file too old", 0, nil, nil, func(p *payables) { p.stale = map[string]string{"l.csv": "of last month"} }, "STALE_LEDGER of last month"},
		{"a lost log", 0, nil, nil, func(p *payables) { p.lostLog = "e.gz" }, "EVENTS_UNREADABLE"},
		{"half paid, as the books say", 0, func(it *ledger.Item) { it.Paid, it.Due = 8_000_00, 12_000_00 }, func(it *ledger.Item) []payment.Remittance {
			return []payment.Remittance{paid("P1", it, 8_000_00, 0, payment.Paid)}
		}, nil, "in 12000.00"},
		{"half paid, and a credit note netted besides", 0, func(it *ledger.Item) { it.Paid, it.Due = 8_000_00, 12_000_00 }, func(it *ledger.Item) []payment.Remittance {
			return []payment.Remittance{paid("P1", it, 8_000_00, 5_000_00, payment.Paid)}
		}, nil, "in 7000.00"},
		{"half paid, and the books do not know", 0, nil, func(it *ledger.Item) []payment.Remittance {
			return []payment.Remittance{paid("P1", it, 8_000_00, 0, payment.Paid)}
		}, nil, "ON_HOLD LEDGER_BEHIND"},
		{"failed once", 0, nil, func(it *ledger.Item) []payment.Remittance {
			return []payment.Remittance{paid("P1", it, 20_000_00, 0, payment.Failed)}
		}, nil, "in 20000.00 again"},
		{"failed 22 minutes ago, as the log alone knows", 0, nil, func(it *ledger.Item) []payment.Remittance {
			failed := paid("P1", it, 20_000_00, 0, payment.Failed)
			failed.Time = time.Date(2026, 11, 21, 11, 38, 0, 0, time.UTC)
			return []payment.Remittance{failed}
		}, func(p *payables) { p.now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }, "SECOND_ATTEMPT_WAITS P1"},
		{"under way", 0, nil, func(it *ledger.Item) []payment.Remittance {
			return []payment.Remittance{paid("P1", it, 20_000_00, 0, payment.Sent)}
		}, nil, ""},
		{"of the number nothing is known, of the amount something", 0, nil, func(it *ledger.Item) []payment.Remittance {
			other := due(7, "ZZZ")
			return []payment.Remittance{paid("P1", &other, 20_000_00, 0, payment.Paid)}
		}, nil, "UNMATCHED_PAYMENT P1"},
		{"an account nobody has paid", 0, func(it *ledger.Item) { it.Account = account }, nil, nil, "FIRST_PAYMENT 8823"},
		{"an account paid for another invoice", 0, func(it *ledger.Item) { it.Account = account }, func(it *ledger.Item) []payment.Remittance {
			other := due(7, "ZZZ")
			other.Account = account
			return []payment.Remittance{paid("P1", &other, 7_00, 0, payment.Paid)}
		}, nil, "in 20000.00"},
		{"an account that is not the one paid last, for an invoice that has left the books", 0, func(it *ledger.Item) { it.Account = account }, func(it *ledger.Item) []payment.Remittance {
			gone, before := due(7, "ZZZ"), *it
			gone.Account.Last4 = "1234"
			first, last := paid("P1", &before, 1_00, 0, payment.Paid), paid("P2", &gone, 7_00, 0, payment.Paid)
			first.Lines[0].Key, last.Time = "YYY", first.Time.Add(1)
			return []payment.Remittance{first, last}
		}, nil, "BANK_DETAILS_CHANGED an account ending in 1234, the ledger has 8823"},
		{"an account to which a payment failed", 0, func(it *ledger.Item) { it.Account = account }, func(it *ledger.Item) []payment.Remittance {
			other := due(7, "ZZZ")
			other.Account = account
			return []payment.Remittance{paid("P1", &other, 7_00, 0, payment.Failed)}
		}, nil, "FIRST_PAYMENT"},
		{"an account that the master has for another", 0, func(it *ledger.Item) { it.Account = account }, nil, func(p *payables) {
			p.master = party.NewMaster([]party.Entry{{Supplier: party.Supplier{B2BID: "S9", Name: "Nine"}, Account: account}})
		}, "ACCOUNT_SHARED Nine S9"},
		{"an account that the master has for its other registration", 0, func(it *ledger.Item) { it.Account = account }, nil, func(p *payables) {
			p.master = party.NewMaster([]party.Entry{{Supplier: party.Supplier{B2BID: "S9", Name: "Nine"}, Account: account, PAN: "AAPFU0939F"}})
		}, "FIRST_PAYMENT"},
		{"no id, where another row of the file has one", 0, nil, nil, func(p *payables) {
			p.book.Items = append(p.book.Items, ledger.Item{Pos: source.Pos{File: "l.csv", Row: 3}, InvoiceID: "INV1"})
		}, "NO_PLATFORM_INVOICE"},
		{"reported", payment.OffPlatform, func(it *ledger.Item) { it.Paid, it.Due, it.UTR, it.PaymentMode = 20_000_00, 0, "U7", "RTGS" }, nil, nil, "in 20000.00"},
		{"nothing to report", payment.OffPlatform, nil, nil, nil, ""},
		{"reported without a reference", payment.OffPlatform, func(it *ledger.Item) { it.Paid, it.Due = 20_000_00, 0 }, nil, nil, "NO_UTR"},
		{"reported under a reference that is taken", payment.OffPlatform, func(it *ledger.Item) { it.Paid, it.Due, it.UTR = 20_000_00, 0, "UP1" }, func(it *ledger.Item) []payment.Remittance {
			other := due(7, "ZZZ")
			return []payment.Remittance{paid("P1", &other, 7_00, 0, payment.Paid)}
		}, nil, "UTR_REPORTED P1"},
		{"paid outside the log, and not asked for", payment.OffPlatform, func(it *ledger.Item) {
			it.Paid, it.Due, it.UTR, it.PaymentDate = 20_000_00, 0, "U7", 149_000
		}, nil, nil, ""},
		{"paid outside the log, and asked for", payment.OffPlatform, func(it *ledger.Item) {
			it.Paid, it.Due, it.UTR, it.PaymentDate = 20_000_00, 0, "U7", 149_000
		}, nil, func(p *payables) { p.outside = true }, "in 20000.00"},
	} {
		it := due(20, "A/26-27/20")
		if c.change != nil {
			c.change(&it)
		}
		var remittances []payment.Remittance
		if c.paid != nil {
			remittances = c.paid(&it)
		}
		const asOf = day.Date(150_100)
		result, err := matcher.Match([]ledger.Item{it}, remittances, matcher.Rules{AsOf: asOf, Tolerance: 1_00, CoversFrom: 149_500})
		if err != nil {
			t.Fatal(err)
		}
		p := payables{
			policy: proposal.Policy{AsOf: asOf, Type: max(c.typ, payment.OnPlatform), Mode: "NEFT"},
			result: result, book: &ledger.Book{Items: []ledger.Item{it}, Inputs: []ledger.Input{{Path: "l.csv"}}},
		}
		if c.also != nil {
			c.also(&p)
		}
		got := whatOf(p.propose())
		if got != c.want && !leftOut(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// whatOf tells what became of the only item.
func whatOf(p *proposal.Proposal) string {
	if len(p.Lines) == 0 {
		return ""
	}
	if l := p.Lines[0]; l.Reason != "" {
		return string(l.Reason) + " " + l.Why
	}
	in := p.Instructions[0]
	text := "in " + in.Net.String()
	if in.Adjustment > 0 {
		text = fmt.Sprintf("%s+%s", text, in.Adjustment)
	}
	if p.Lines[0].SecondAttempt {
		text += " again"
	}
	return text
}

// leftOut tells whether a text gives the reason that another begins with, and
// holds the rest of it.
func leftOut(text, want string) bool {
	reason, rest, _ := strings.Cut(want, " ")
	return want != "" && reason != "in" && strings.HasPrefix(text, reason+" ") && strings.Contains(text, rest)
}

// TestCreditInDollars: a credit note in another currency is netted against no
// rupees, and the supplier's invoices wait for the books to settle it.
func TestCreditInDollars(t *testing.T) {
	for _, c := range []struct{ currency, want string }{
		{"INR", "in 19900.00+100.00"},
		{"USD", "OPEN_CREDIT the supplier has open credits of 100.00 USD;"},
	} {
		note := due(21, "CN/1")
		note.Type, note.Currency, note.Gross, note.Due = ledger.CreditNote, c.currency, 100_00, 100_00
		items := []ledger.Item{due(20, "A/26-27/20"), note}
		result, err := matcher.Match(items, nil, matcher.Rules{AsOf: 150_100, Tolerance: 1_00})
		if err != nil {
			t.Fatal(err)
		}
		p := payables{
			policy: proposal.Policy{AsOf: 150_100, Type: payment.OnPlatform, Mode: "NEFT", NetCredits: true},
			result: result, book: &ledger.Book{Items: items, Inputs: []ledger.Input{{Path: "l.csv"}}},
		}
		if got := whatOf(p.propose()); !strings.HasPrefix(got, c.want) {
			t.Errorf("a credit note in %s: got %q, want %q", c.currency, got, c.want)
		}
	}
}

// TestOpenOfACredit: what the books have used up of a credit is open no more, and
// what nobody can tell is not netted.
func TestOpenOfACredit(t *testing.T) {
	for _, c := range []struct {
		name    string
		item    ledger.Item
		open    money.Paise
		inDoubt bool
	}{
		{"untouched", ledger.Item{Type: ledger.CreditNote, Gross: 100_00, Due: 100_00}, 100_00, false},
		{"and below zero", ledger.Item{Type: ledger.CreditNote, Gross: -100_00, Due: -100_00}, 100_00, false},
		{"used in part", ledger.Item{Type: ledger.CreditNote, Gross: 100_00, Paid: 80_00, Due: 20_00}, 20_00, false},
		{"used up", ledger.Item{Type: ledger.DebitNote, Gross: 100_00, Paid: 100_00}, 0, false},
		{"in the ledger twice", ledger.Item{Type: ledger.CreditNote, Gross: 100_00, Due: 100_00, Repeated: true}, 100_00, true},
		{"that does not add up", ledger.Item{Type: ledger.CreditNote, Gross: 100_00, Due: 90_00, Gap: 10_00}, 90_00, true},
		{"of a destroyed number", ledger.Item{Type: ledger.CreditNote, Gross: 100_00, Due: 100_00, Damaged: true}, 100_00, true},
		{"an advance", ledger.Item{Type: ledger.Advance, Gross: 100_00, Due: 100_00}, 100_00, false},
		{"an advance that was given, or used", ledger.Item{Type: ledger.Advance, Gross: 100_00, Paid: 100_00}, 100_00, true},
	} {
		if k := creditOf(&c.item); k.Amount != c.open || k.InDoubt != c.inDoubt {
			t.Errorf("%s: got %s open, in doubt %v; want %s, %v", c.name, k.Amount, k.InDoubt, c.open, c.inDoubt)
		}
	}
}

// TestPlanIsWritten: the proposal of the sample month is a plan that can be read
// back, and says under which configuration and from which files it was made.
func TestPlanIsWritten(t *testing.T) {
	in := input(t, "2026-11-21")
	done, err := Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := proposal.Encode(done.Facts.Proposal)
	if err != nil {
		t.Fatal(err)
	}
	p, err := proposal.Decode(plan)
	if err != nil {
		t.Fatal(err)
	}
	if p.AsOf != in.AsOf || len(p.Inputs) == 0 || p.Inputs[0].SHA256 == "" {
		t.Errorf("the plan is of %s and has %d inputs", p.AsOf, len(p.Inputs))
	}
	for _, s := range p.Settings {
		if strings.HasPrefix(s.Name, "mail") || strings.HasPrefix(s.Name, "output") {
			t.Errorf("%s is under the hash, and no payment depends on it", s.Name)
		}
	}
	if len(p.Settings) == 0 {
		t.Error("the plan has no settings")
	}
}

// TestCreditsAreRemembered: which credit notes a past instruction netted is read
// from its plan, where notes are netted at all.
func TestCreditsAreRemembered(t *testing.T) {
	in := input(t, "2026-11-21")
	in.Config.Payments.Mode, in.Config.Payments.NetCredits = config.ModePropose, true
	till, err := openTill(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	defer till.journal.Close()

	debt := payment.Debt{Buyer: "BUYER", Supplier: "S1", NumberKey: "A/1", Year: 2026}
	propose := func(on day.Date) *proposal.Proposal {
		return proposal.Propose(
			proposal.Policy{AsOf: on, Maker: "meera", Type: payment.OnPlatform, Mode: "NEFT", NetCredits: true, ValidFor: 3600},
			[]proposal.Candidate{{Debt: debt, Number: "A/1", Source: "l.csv:2", Amount: 10_000_00, Gross: 10_000_00, Cash: 10_000_00}},
			proposal.World{Credits: []proposal.Credit{{Buyer: "BUYER", Supplier: "S1", Number: "CN/1", Source: "l.csv:3", Amount: 1_000_00}}})
	}
	// The night before proposed the same, and nobody approved it.
	var p *proposal.Proposal
	var hash string
	for _, on := range []day.Date{in.AsOf - 1, in.AsOf} {
		p = propose(on)
		plan, err := proposal.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		registered, _, err := till.journal.Register(t.Context(), plan, 1, journal.Caps{})
		if err != nil {
			t.Fatal(err)
		}
		hash = registered.Hash
	}
	for _, net := range []bool{true, false} {
		till.in.Config.Payments.NetCredits = net
		past := proposal.Journalled{Instructions: []proposal.Past{
			{ObjectID: p.Instructions[0].ObjectID, Plan: hash, Allocations: []proposal.PastAllocation{{Debt: debt, Instalment: 1}}},
			{ObjectID: "PMTX", Plan: hash, Allocations: []proposal.PastAllocation{{Debt: debt, Instalment: 1}}},
		}}
		if err := till.noteCredits(t.Context(), &past); err != nil {
			t.Fatal(err)
		}
		got := past.Instructions[0].Allocations[0].Credits
		if net != (len(got) == 1 && got[0] == (proposal.Split{Name: proposal.SplitCreditNote, Value: 1_000_00, RefNo: "CN/1"})) {
			t.Errorf("net credits %v: got %+v", net, got)
		}
		if on := past.Instructions[0].Allocations[0].Netted; net && on != in.AsOf {
			t.Errorf("it is said to be netted on %s, want the day of the plan that was approved, %s", on, in.AsOf)
		}
		if got := past.Instructions[1].Allocations[0].Credits; got != nil {
			t.Errorf("another instruction is said to have netted %+v", got)
		}
	}
}

// TestCreditsOfLostPlans: a plan without its text, purged or lost in a recovery,
// ends a proposal only where it may have netted a note that still looks open.
func TestCreditsOfLostPlans(t *testing.T) {
	now := time.Date(2026, 11, 21, 6, 30, 0, 0, time.UTC)
	entry := func(adjustment money.Paise, held bool, ago time.Duration) submit.Entry {
		return submit.Entry{Plan: "lost", State: submit.Paid, Adjustment: adjustment, Since: now.Add(-ago),
			Allocations: []submit.Allocated{{Held: false}, {Held: held, Adjustment: adjustment}}}
	}
	other := entry(100, true, 0)
	other.Plan = "another"
	const aDay = 24 * time.Hour
	for name, tt := range map[string]struct {
		entry submit.Entry
		want  bool
	}{
		"of yesterday, less than the whole": {entry(100, true, aDay), true},
		"of yesterday, the whole":           {entry(0, true, aDay), false},
		"failed or returned, holds nothing": {entry(100, false, aDay), false},
		"almost a year ago":                 {entry(100, true, 364*aDay), true},
		"purged after a year":               {entry(100, true, 365*aDay), false},
		"of another plan":                   {other, false},
	} {
		till := &till{in: Input{Now: func() time.Time { return now }}, entries: []submit.Entry{tt.entry}}
		if got := till.mayHaveNetted("lost"); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

// TestCreditsAfterAPurge: where notes are netted, what was purged keeps nobody from
// being paid.
func TestCreditsAfterAPurge(t *testing.T) {
	in := input(t, "2026-11-21")
	in.Config.Payments.Mode, in.Config.Payments.NetCredits = config.ModePropose, true
	now := time.Date(2026, 11, 21, 6, 30, 0, 0, time.UTC)
	in.Now = func() time.Time { return now }
	till, err := openTill(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	defer till.journal.Close()
	plan, err := proposal.Encode(proposal.Propose(proposal.Policy{AsOf: in.AsOf, Maker: "meera", Type: payment.OnPlatform, Mode: "NEFT", ValidFor: 3600}, nil, proposal.World{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := till.journal.Register(t.Context(), plan, 1, journal.Caps{}); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(2, 0, 0)
	if gone, err := till.journal.ErasePersonal(t.Context(), now.AddDate(-1, 0, 0), journal.PersonalPlans); err != nil || len(gone) != 1 {
		t.Fatalf("got %v and %v, want one plan erased", gone, err)
	}
	var past proposal.Journalled
	if err := till.noteCredits(t.Context(), &past); err != nil {
		t.Errorf("after the purge: %v", err)
	}
}

// TestLastAccountOfSeveralLines: where one payment went to the ledger's account for
// one invoice and elsewhere for another, the supplier waits, whichever line is first.
func TestLastAccountOfSeveralLines(t *testing.T) {
	paid := &payment.Remittance{ObjectID: "PMT1", Supplier: "S"}
	line := func(number, went string) matcher.LineResult {
		item := &ledger.Item{Supplier: party.Supplier{B2BID: "S"}, Number: number, Account: party.Account{Last4: "1111"}}
		return matcher.LineResult{Remittance: paid, Line: &payment.Line{Number: number, Last4: went}, Rule: matcher.Exact, Items: []*ledger.Item{item}}
	}
	same, other := line("A/1", "1111"), line("A/2", "2222")
	for _, lines := range [][]matcher.LineResult{{same, other}, {other, same}, {same, other, same}} {
		last := lastPayments(&matcher.Result{Lines: lines})
		if got := last["S"].change(same.Items[0]); !strings.Contains(got, "2222") {
			t.Errorf("got %q, want the account that differs", got)
		}
	}
}
