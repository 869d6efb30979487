package proposal

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/payment"
)

// told writes what is proposed of each line: net, adjustment and its splits, due.
func told(p *Proposal) string {
	var b strings.Builder
	for i := range p.Instructions {
		in := &p.Instructions[i]
		fmt.Fprintf(&b, "%s %s %s:", in.Supplier, in.Mode, in.Net)
		for _, a := range in.Allocations {
			fmt.Fprintf(&b, " %s#%d %s+%s of %s", a.Number, a.Instalment, a.Net, a.Adjustment, a.Due)
			for _, s := range a.Splits {
				fmt.Fprintf(&b, " (%s %s %s)", s.Name, s.Value, s.RefNo)
			}
		}
		b.WriteString("\n")
	}
	for _, l := range p.Lines {
		if l.Reason != "" {
			fmt.Fprintf(&b, "%s %s\n", l.Number, l.Reason)
		}
	}
	return b.String()
}

func TestAmounts(t *testing.T) {
	owed := func(change func(*Candidate)) Candidate {
		c := invoice("A/1", 116_000_00)
		c.Gross, c.TDS, c.Taxable = 118_000_00, 2_000_00, 1_00_000_00
		change(&c)
		return c
	}
	credit := func(number string, amount money.Paise) Credit {
		return Credit{Buyer: "BUYER", Supplier: "SUPPLIER", Number: number, Source: "l.csv:8", Amount: amount}
	}
	second := invoice("Z/9", 40_000_00)
	second.Source, second.DueDate = "ledger.csv:3", on("2026-11-05")
	for _, c := range []struct {
		name       string
		policy     func(*Policy)
		candidates []Candidate
		credits    []Credit
		want       string
	}{
		{"with its tax", nil, []Candidate{owed(func(c *Candidate) { c.Section = "194C" })}, nil,
			"SUPPLIER NEFT 116000.00: A/1#1 116000.00+2000.00 of 118000.00 (TDS 2000.00 194C)\n"},
		{"and a discount", nil, []Candidate{owed(func(c *Candidate) { c.Adjustment, c.Gross = 500_00, 118_500_00 })}, nil,
			"SUPPLIER NEFT 116000.00: A/1#1 116000.00+2500.00 of 118500.00 (TDS 2000.00 ) (ADJUSTMENT 500.00 )\n"},
		{"half was paid with all the tax", nil, []Candidate{owed(func(c *Candidate) { c.CashPaid, c.Adjusted, c.Amount = 58_000_00, 2_000_00, 58_000_00 })}, nil,
			"SUPPLIER NEFT 58000.00: A/1#1 58000.00+0.00 of 58000.00\n"},
		{"half was paid with half the tax", nil, []Candidate{owed(func(c *Candidate) { c.CashPaid, c.Adjusted, c.Amount = 58_000_00, 1_000_00, 58_000_00 })}, nil,
			"SUPPLIER NEFT 58000.00: A/1#1 58000.00+1000.00 of 59000.00 (TDS 1000.00 )\n"},
		{"half was paid with the tax and a part of the discount", nil, []Candidate{owed(func(c *Candidate) {
			c.Adjustment, c.Gross = 500_00, 118_500_00
			c.CashPaid, c.Adjusted, c.Amount = 58_000_00, 2_200_00, 58_000_00
		})}, nil,
			"SUPPLIER NEFT 58000.00: A/1#1 58000.00+300.00 of 58300.00 (ADJUSTMENT 300.00 )\n"},
		{"a part was netted by a credit note that the books do not have on it", nil, []Candidate{owed(func(c *Candidate) { c.CashPaid, c.Adjusted, c.Amount = 58_000_00, 12_000_00, 48_000_00 })}, nil,
			"SUPPLIER NEFT 48000.00: A/1#1 48000.00+0.00 of 48000.00\n"},
		{"reported as the books paid it", func(p *Policy) { p.Type = payment.OffPlatform },
			[]Candidate{owed(func(c *Candidate) { c.Amount, c.UTR, c.Mode = 100_000_00, "U1", "RTGS" })}, nil,
			"SUPPLIER ACCOUNT TRANSFER 100000.00: A/1#1 100000.00+2000.00 of 118000.00 (TDS 2000.00 )\n"},
		{"a credit note is netted", func(p *Policy) { p.NetCredits = true }, []Candidate{owed(func(*Candidate) {})}, []Credit{credit("CN/2", 6_000_00), credit("CN/1", 10_000_00)},
			"SUPPLIER NEFT 100000.00: A/1#1 100000.00+18000.00 of 118000.00 (TDS 2000.00 ) (CREDIT_NOTE 10000.00 CN/1) (CREDIT_NOTE 6000.00 CN/2)\n"},
		{"once", func(p *Policy) { p.NetCredits, p.MaxInvoices = true, 5 }, []Candidate{owed(func(*Candidate) {}), second}, []Credit{credit("CN/1", 10_000_00)},
			"SUPPLIER NEFT 146000.00: A/1#1 106000.00+12000.00 of 118000.00 (TDS 2000.00 ) (CREDIT_NOTE 10000.00 CN/1) Z/9#1 40000.00+0.00 of 40000.00\n"},
		{"against the first that is greater", func(p *Policy) { p.NetCredits = true }, []Candidate{second, owed(func(c *Candidate) { c.DueDate = on("2026-11-06") })}, []Credit{credit("CN/1", 40_000_00)},
			"SUPPLIER NEFT 40000.00: Z/9#1 40000.00+0.00 of 40000.00\nSUPPLIER NEFT 76000.00: A/1#1 76000.00+42000.00 of 118000.00 (TDS 2000.00 ) (CREDIT_NOTE 40000.00 CN/1)\n"},
		{"what none exceeds waits, for no note is netted in part", func(p *Policy) { p.NetCredits = true }, []Candidate{owed(func(*Candidate) {}), second}, []Credit{credit("CN/1", 120_000_00)},
			"A/1 OPEN_CREDIT\nZ/9 OPEN_CREDIT\n"},
	} {
		p := policy()
		if c.policy != nil {
			c.policy(&p)
		}
		got := Propose(p, c.candidates, World{Credits: c.credits})
		if err := got.check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if told(got) != c.want {
			t.Errorf("%s:\n got %swant %s", c.name, told(got), c.want)
		}
	}
}

// TestNettedBefore: a credit note that an instruction of ours has netted is not
// netted again while the books still show it, however they write it by then; one of
// another year that bears its number is another.
func TestNettedBefore(t *testing.T) {
	const whole, none = "SUPPLIER NEFT 108000.00: A/1#1 108000.00+10000.00 of 118000.00 (CREDIT_NOTE 10000.00 CN/1)\n", "SUPPLIER NEFT 118000.00: A/1#1 118000.00+0.00 of 118000.00\n"
	p := policy()
	p.NetCredits = true
	earlier := invoice("Y/1", 1).Debt
	note := Credit{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:8", Date: on("2026-10-05"), Amount: 10_000_00}
	as := func(number, date string) Credit {
		k := note
		if k.Number = number; date == "" {
			k.Date = 0
		} else {
			k.Date = on(date)
		}
		return k
	}
	for _, c := range []struct {
		name    string
		credits []Credit
		netted  string
		held    bool
		want    string
	}{
		{"before", []Credit{note}, "2026-10-05", true, none},
		{"by what failed", []Credit{note}, "2026-10-05", false, whole},
		{"and written otherwise since", []Credit{as("cn-01", "2026-10-05")}, "2026-10-31", true, none},
		{"and without a date", []Credit{as("CN/1", "")}, "2026-10-31", true, none},
		{"and its number came again", []Credit{note}, "2026-03-10", true, whole},
		{"and both are in the books", []Credit{note, as("CN/1", "2026-02-10")}, "2026-03-10", true, whole},
	} {
		w := World{
			Credits: c.credits,
			Journal: Journalled{Instructions: []Past{{ObjectID: "PMTOLD", State: "ACKED", Attempt: 1, Sent: true, Allocations: []PastAllocation{
				{Debt: earlier, Instalment: 1, Held: c.held, Credits: []Split{{SplitCreditNote, 10_000_00, "CN/1"}}, Netted: on(c.netted)},
			}}}},
			Bills: []Bill{{Debt: earlier, Number: "Y/1", Source: "l.csv:7"}},
		}
		if got := told(Propose(p, []Candidate{invoice("A/1", 118_000_00)}, w)); got != c.want {
			t.Errorf("netted %s:\n got %swant %s", c.name, got, c.want)
		}
	}
}

// TestOrderAndCaps: whom the law wants paid first is first, also where the money
// does not suffice.
func TestOrderAndCaps(t *testing.T) {
	one := func(supplier, number, source string, amount money.Paise, invoiced, due, msme string) Candidate {
		c := invoice(number, amount)
		c.Debt.Supplier, c.PAN, c.Source, c.InvoiceDate, c.DueDate, c.MSME = supplier, "", source, on(invoiced), on(due), msme
		return c
	}
	candidates := []Candidate{
		one("LARGE", "L/1", "l.csv:2", 50_000_00, "2026-10-01", "2026-10-31", ""),
		one("OLD", "O/1", "l.csv:3", 50_000_00, "2026-06-01", "2026-11-20", ""),
		one("MICRO", "M/1", "l.csv:4", 50_000_00, "2026-11-10", "2026-11-21", "micro"),
		one("SMALL", "S/1", "l.csv:5", 50_000_00, "2026-11-01", "2026-11-21", "small"),
		one("MEDIUM", "D/1", "l.csv:6", 10_000_00, "2026-10-01", "2026-11-15", "medium"),
	}
	p := policy()
	p.Caps.Run = 1_65_000_00
	got := Propose(p, candidates, World{})
	want := strings.Join([]string{
		"SMALL NEFT 50000.00: S/1#1 50000.00+0.00 of 50000.00",
		"MICRO NEFT 50000.00: M/1#1 50000.00+0.00 of 50000.00",
		"OLD NEFT 50000.00: O/1#1 50000.00+0.00 of 50000.00",
		"MEDIUM NEFT 10000.00: D/1#1 10000.00+0.00 of 10000.00",
		"L/1 OVER_CAP_RUN", "",
	}, "\n")
	if told(got) != want {
		t.Errorf("got\n%swant\n%s", told(got), want)
	}
	payBy := make(map[string]string)
	for _, l := range got.Lines {
		payBy[l.Number] = l.PayBy.String() + " " + l.PayByRule
	}
	for number, want := range map[string]string{
		"M/1": "2026-11-25 " + ruleMSME, "S/1": "2026-11-16 " + ruleMSME, "O/1": "2026-11-28 " + ruleGST, "D/1": "2027-03-30 " + ruleGST,
	} {
		if payBy[number] != want {
			t.Errorf("%s is to be paid by %q, want %q", number, payBy[number], want)
		}
	}
	if len(got.Funding) != 1 || got.Funding[0] != (Funding{"BUYER", on("2026-11-21"), 4, 1_60_000_00}) {
		t.Errorf("got the funding %+v, want 1,60,000.00 in four instructions", got.Funding)
	}
}

// TestGrouping: what shares buyer, supplier, account, mode and attempt shares a
// request, as many as may, and never two parts of one invoice.
func TestGrouping(t *testing.T) {
	var candidates []Candidate
	for i := range 5 {
		c := invoice(fmt.Sprintf("N/%c7", 'A'+2*i), 10_000_00+money.Paise(i)*100)
		c.Source = fmt.Sprintf("l.csv:%d", i+2)
		candidates = append(candidates, c)
	}
	part := candidates[0]
	part.Debt.Part, part.Source = "2", "l.csv:8"
	failed := invoice("F/1", 55_555_00)
	failed.Source = "l.csv:9"
	other := invoice("G/1", 66_666_00)
	other.Source, other.IFSC = "l.csv:10", "DKSB0000144"
	candidates = append(candidates, part, failed, other)
	past := Past{ObjectID: "PMTOLD", State: "FAILED", Sent: true, Attempt: 1, Allocations: []PastAllocation{{Debt: failed.Debt, Instalment: 1, Owed: failed.Cash, Net: failed.Cash}}}
	w := World{Journal: Journalled{Instructions: []Past{past}}, Now: on("2026-11-21").Time()}

	p := policy()
	p.MaxInvoices = 3
	got := Propose(p, candidates, w)
	var sizes []string
	for _, in := range got.Instructions {
		sizes = append(sizes, fmt.Sprintf("%d at attempt %d", len(in.Allocations), in.Attempt))
	}
	if got, want := strings.Join(sizes, ", "), "1 at attempt 2, 1 at attempt 1, 1 at attempt 1, 3 at attempt 1, 2 at attempt 1"; got != want {
		t.Errorf("got %s, want %s\n%v", got, want, sizes)
	}
	for _, l := range got.Lines {
		if l.SecondAttempt != (l.Number == "F/1") {
			t.Errorf("%s: got second attempt %v", l.Number, l.SecondAttempt)
		}
	}

	p.Type = payment.OffPlatform
	for i := range candidates {
		candidates[i].UTR, candidates[i].PaymentDate = "U1", on("2026-11-01")+day.Date(i)
	}
	got = Propose(p, candidates[:6], World{})
	if len(got.Instructions) != 1 || got.Instructions[0].Reference != "U1" || got.Instructions[0].PaymentDate != on("2026-11-06") {
		t.Errorf("one transfer gives %d requests, want one with its reference and its last day: %s", len(got.Instructions), told(got))
	}
}

// TestWholeTransfers: a bank reference is reported with all that it paid, or not at
// all, for a second report of it would be refused.
func TestWholeTransfers(t *testing.T) {
	const reported = "SUPPLIER NEFT 3000.00: A/1#1 1000.00+0.00 of 1000.00 B/22#1 2000.00+0.00 of 2000.00\n"
	for _, c := range []struct {
		name   string
		change func(*Policy, *Candidate)
		want   string
	}{
		{"as it is", func(*Policy, *Candidate) {}, reported},
		{"and one is on hold", func(_ *Policy, c *Candidate) { c.Hold = "quality" }, "A/1 TRANSFER_IN_PART\nB/22 ON_HOLD\n"},
		{"and one is over a cap", func(p *Policy, _ *Candidate) { p.Caps.Invoice = 1_500_00 }, "A/1 TRANSFER_IN_PART\nB/22 OVER_CAP_INVOICE\n"},
		{"and one is small", func(p *Policy, _ *Candidate) { p.Minimum = 1_500_00 }, reported},
		{"and one is of another buyer", func(_ *Policy, c *Candidate) { c.Debt.Buyer = "BUYER2" }, "A/1 INVALID_FIELD\nB/22 INVALID_FIELD\n"},
		{"and one was paid by another transfer", func(_ *Policy, c *Candidate) { c.UTR, c.Hold = "U2", "quality" },
			"SUPPLIER NEFT 1000.00: A/1#1 1000.00+0.00 of 1000.00\nB/22 ON_HOLD\n"},
		{"and it is a cheque, whose numbers repeat", func(p *Policy, c *Candidate) { p.Mode, c.Hold = "CHEQUE", "quality" },
			"SUPPLIER CHEQUE 1000.00: A/1#1 1000.00+0.00 of 1000.00\nB/22 ON_HOLD\n"},
	} {
		p, first, second := policy(), invoice("A/1", 1_000_00), invoice("B/22", 2_000_00)
		p.Type = payment.OffPlatform
		first.UTR, second.UTR, second.Source = "U1", "U1", "ledger.csv:3"
		c.change(&p, &second)
		if got := told(Propose(p, []Candidate{second, first}, World{})); got != c.want {
			t.Errorf("one transfer paid two, %s:\n got %swant %s", c.name, got, c.want)
		}
	}

	// What is left out of a transfer leaves its room under a cap to others, and one
	// that fits as a whole alone is not taken apart.
	p := policy()
	p.Type, p.Caps.Run = payment.OffPlatform, 3_500_00
	first, second, third := invoice("A/1", 2_000_00), invoice("B/22", 1_000_00), invoice("C/333", 3_000_00)
	first.UTR, second.UTR, third.UTR = "U1", "U1", "U2"
	second.Source, third.Source, third.DueDate = "ledger.csv:3", "ledger.csv:4", on("2026-11-19")
	all := []Candidate{first, second, third}
	if got, want := told(Propose(p, all, World{})), "SUPPLIER NEFT 3000.00: A/1#1 2000.00+0.00 of 2000.00 B/22#1 1000.00+0.00 of 1000.00\nC/333 OVER_CAP_RUN\n"; got != want {
		t.Errorf("under a cap:\n got %swant %s", got, want)
	}
	p.Caps.Run = 2_999_99 + 1
	all[1].Amount, all[1].Cash, all[1].Gross = 1_500_00, 1_500_00, 1_500_00
	if got, want := told(Propose(p, all, World{})), "SUPPLIER NEFT 3000.00: C/333#1 3000.00+0.00 of 3000.00\nA/1 OVER_CAP_RUN\nB/22 OVER_CAP_RUN\n"; got != want {
		t.Errorf("too large for the cap:\n got %swant %s", got, want)
	}
	all[1].Hold = "quality"
	if got, want := told(Propose(p, all, World{})), "SUPPLIER NEFT 3000.00: C/333#1 3000.00+0.00 of 3000.00\nA/1 TRANSFER_IN_PART\nB/22 ON_HOLD\n"; got != want {
		t.Errorf("left out under a cap:\n got %swant %s", got, want)
	}

	p = policy()
	p.Type = payment.OffPlatform
	var many []Candidate
	for i := range MaxInvoices + 1 {
		c := invoice(fmt.Sprintf("Q/%d", 7*i), 1_000_00+money.Paise(i))
		c.UTR, c.Source = "U1", fmt.Sprintf("ledger.csv:%d", i+2)
		many = append(many, c)
	}
	if got := Propose(p, many, World{}); len(got.Instructions) != 0 {
		t.Errorf("of a transfer for %d invoices %d are reported", len(many), len(got.Instructions[0].Allocations))
	}
	if got := Propose(p, many[1:], World{}); len(got.Instructions) != 1 || len(got.Instructions[0].Allocations) != MaxInvoices {
		t.Errorf("a transfer for %d invoices is not reported: %s", MaxInvoices, told(got))
	}
}

// TestPaymentIDs: by the other API an id is paid once.
func TestPaymentIDs(t *testing.T) {
	p := policy()
	p.API = APIPayment
	first, second := invoice("A/1", 1_000_00), invoice("B/22", 2_000_00)
	first.PaymentID, second.PaymentID, second.Source = "42", "42", "l.csv:9"
	got := told(Propose(p, []Candidate{first, second}, World{}))
	if want := "SUPPLIER NEFT 1000.00: A/1#1 1000.00+0.00 of 1000.00\nB/22 INVALID_FIELD\n"; got != want {
		t.Errorf("got %swant %s", got, want)
	}
}

// TestLookup: the platform's id and version of an invoice come from the log
// where the books do not keep them.
func TestLookup(t *testing.T) {
	w := World{Invoices: []payment.Invoice{{
		ID: "INV0123456789ABCDEFGHIJKLMNOPQRSTUV", Key: "A/1", Buyer: "BUYER", Supplier: "SUPPLIER", Version: 3, Statuses: []string{"CONFIRMED"},
	}}}
	got := Propose(policy(), []Candidate{invoice("A/1", 1_000_00)}, w)
	if len(got.Instructions) != 1 {
		t.Fatalf("got %s, want one instruction", told(got))
	}
	if a := got.Instructions[0].Allocations[0]; a.InvoiceID != w.Invoices[0].ID || a.ObjectVersion != 3 || a.InvoiceStatus != "CONFIRMED" {
		t.Errorf("got id %q, version %d, status %q; want those of the log", a.InvoiceID, a.ObjectVersion, a.InvoiceStatus)
	}
}

// TestCompareNumbers: what a slip of the pen makes of a number, and what it does not.
func TestCompareNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want likeness
	}{
		{"INV/1", "INV/1", slip},
		{"INV/10", "INV/1/O", slip},
		{"INV/41", "INV/4/I", slip},
		{"INV/1234", "INV/1243", slip},
		{"INV/1234", "INV/124", slip},
		{"INV/1234", "INV/12234", slip},
		{"INV/1234", "INV/1235", below},
		{"INV/1", "INV/10", unlike}, // too short to be a slip
		{"INV/12", "INV/21", unlike},
		{"RENT/1/2026", "RENT/10/2026", unlike}, // nor is a month by the year that stands beside it
		{"RENT/2/2026", "RENT/12/2026", unlike},
		{"R/2026/1", "R/2026/10", unlike},
		{"R/2026/12", "R/2026/21", unlike},
		{"R/2026/123", "R/2026/1123", slip},
		{"INV/123", "INV/123/A", slip},
		{"INV/A", "INV/B", slip},
		{"INV/1234", "INV/1345", unlike},
		{"INV/12", "INV/43", unlike},
		{"", "INV/43", unlike},
	} {
		if got := compareNumbers(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: got likeness %v, want %v", c.a, c.b, got, c.want)
		}
		back := c.want
		if back == below {
			back = above
		}
		if got := compareNumbers(c.b, c.a); got != back {
			t.Errorf("%s and %s: got likeness %v, want %v", c.b, c.a, got, back)
		}
	}
}

// TestCreditOfAPaidInvoice: where somebody may have paid an invoice less a credit
// note already, it waits, and the note is not used up by it.
func TestCreditOfAPaidInvoice(t *testing.T) {
	p := policy()
	p.NetCredits = true
	second := invoice("Z/9", 40_000_00)
	second.Source, second.DueDate = "ledger.csv:3", on("2026-11-05")
	got := told(Propose(p, []Candidate{invoice("A/1", 300_00), second}, World{
		Credits:   []Credit{{Buyer: "BUYER", Supplier: "SUPPLIER", Number: "CN/1", Source: "l.csv:8", Amount: 50_00}},
		Unmatched: []Unmatched{{Supplier: "SUPPLIER", NumberKey: "X", Net: 250_00, ObjectID: "PMTX"}},
	}))
	want := "SUPPLIER NEFT 39950.00: Z/9#1 39950.00+50.00 of 40000.00 (CREDIT_NOTE 50.00 CN/1)\nA/1 UNMATCHED_PAYMENT\n"
	if got != want {
		t.Errorf("got %swant %s", got, want)
	}
}

// TestFailureOfTheLog: what failed by the log alone is left alone for a day too,
// and whoever approves the next attempt reads of the first.
func TestFailureOfTheLog(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	byLog := Failure{"PMTLOG", on("2026-11-21"), "response FAILED in events.jsonl:7"}
	byJournal := Failure{"PMTOLD", on("2026-11-19"), "the answer was REJECTED"}
	for _, c := range []struct {
		name string
		ago  time.Duration
		past []Past
		want Reason
		told Failure
	}{
		{"22 minutes ago", 22 * time.Minute, nil, AttemptWaits, byLog},
		{"a minute ahead", -time.Minute, nil, AttemptWaits, byLog},
		{"a day ago", 24 * time.Hour, nil, "", byLog},
		{"in another year by a wrong clock", -9000 * time.Hour, nil, "", byLog},
		{"after one that the journal knows", 24 * time.Hour, []Past{{ObjectID: "PMTOLD", State: "FAILED", Sent: true, Attempt: 1, Since: now.Add(-48 * time.Hour), Failed: byJournal}}, "", byLog},
		{"before one that the journal knows", 72 * time.Hour, []Past{{ObjectID: "PMTOLD", State: "FAILED", Sent: true, Attempt: 1, Since: now.Add(-48 * time.Hour), Failed: byJournal}}, "", byJournal},
	} {
		i := invoice("A/1", 1_000_00)
		i.SecondAttempt, i.Failed, i.FailedAt = true, byLog, now.Add(-c.ago)
		for k := range c.past {
			c.past[k].Allocations = []PastAllocation{{Debt: i.Debt, Instalment: 1, Owed: i.Cash, Net: i.Cash}}
		}
		plan, err := Encode(Propose(policy(), []Candidate{i}, World{Now: now, Journal: Journalled{Instructions: c.past}}))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Decode(plan)
		if err != nil {
			t.Fatal(err)
		}
		if l := p.Lines[0]; l.Reason != c.want || l.Failed != c.told || !l.SecondAttempt {
			t.Errorf("failed %s: got %q and %+v, want %q and %+v", c.name, l.Reason, l.Failed, c.want, c.told)
		}
	}
}

// TestFundingOfTwoBuyers: what each of our registrations needs on the day, worked
// out by hand: 1,000.00 less a note of 100.00 and 2,000.00 for the one, 500.00 for
// the other, which is not asked for what it has on hold.
func TestFundingOfTwoBuyers(t *testing.T) {
	p := policy()
	p.NetCredits = true
	one := func(buyer, supplier, number string, amount money.Paise) Candidate {
		c := invoice(number, amount)
		c.Debt.Buyer, c.Debt.Supplier, c.PAN, c.Source = buyer, supplier, "", buyer+number
		return c
	}
	held := one("MUMBAI", "S4", "D/4", 9_999_00)
	held.Hold = "quality"
	got := Propose(p, []Candidate{one("PUNE", "S1", "A/1", 1_000_00), one("PUNE", "S2", "B/2", 2_000_00), one("MUMBAI", "S3", "C/3", 500_00), held}, World{
		Credits: []Credit{{Buyer: "PUNE", Supplier: "S1", Number: "CN/1", Source: "l.csv:9", Amount: 100_00}},
	}).Funding
	want := []Funding{{"MUMBAI", on("2026-11-21"), 1, 500_00}, {"PUNE", on("2026-11-21"), 2, 2_900_00}}
	if !slices.Equal(got, want) {
		t.Errorf("got the funding %+v, want %+v", got, want)
	}
}
