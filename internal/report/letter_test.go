package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

func letterOf(t testing.TB, f *Facts, o LetterOptions) Letter {
	t.Helper()
	l, err := f.Letter(smallRun(), o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLetterGolden(t *testing.T) {
	l := letterOf(t, smallFacts(), LetterOptions{Attached: true, Notices: []string{"The journal was not backed up for 26 hours."}})
	compareGolden(t, "letter.txt", []byte("Subject: "+l.Subject+"\n\n"+l.Text))
	compareGolden(t, "letter.html", []byte(l.HTML))
	if !l.Act {
		t.Error("a letter about a payment under way twice is not to be acted on")
	}
}

func TestLetterSubjects(t *testing.T) {
	clear := func() *Facts {
		f := smallFacts()
		f.Ledger.Problems, f.LogProblems = nil, nil
		f.Ledger.Inputs[0].Rows, f.Ledger.Inputs[0].Quarantined = 7, 0
		f.Logs[0].Bodies, f.Logs[0].Quarantined = 10, 0
		for i := range f.Result.Items {
			f.Result.Items[i].Breaks = nil
		}
		for i := range f.Result.Lines {
			f.Result.Lines[i].Breaks = nil
		}
		return f
	}
	for _, c := range []struct {
		name string
		set  func(f *Facts)
		want string
		act  bool
	}{
		{"nothing", func(*Facts) {}, "All clear: 6 items and 4 payment lines agree", false},
		{"a note", func(f *Facts) {
			f.Result.Items[1].Breaks = []matcher.Break{{Code: matcher.ReferenceVariant}}
		}, "Nothing to settle: 1 note", false},
		{"quarantine", func(f *Facts) {
			f.Ledger.Problems, f.Ledger.Inputs = smallFacts().Ledger.Problems, smallFacts().Ledger.Inputs
		}, "To mend: 1 row or event could not be read", false},
		{"books behind", func(f *Facts) {
			f.Result.Items[1].Breaks = []matcher.Break{{Code: matcher.LedgerBehind, Amount: 1_00_000_00}}
		}, "To settle: ₹ 1,00,000.00 in 1 finding", false},
		{"overlapping breaks of one item, and its line", func(f *Facts) {
			f.Result.Items[1].Breaks = []matcher.Break{{Code: matcher.Overpaid, Amount: 500_00}, {Code: matcher.DuplicatePayment, Amount: -700_00}, {Code: matcher.LedgerBehind, Amount: 9_000_00}}
			f.Result.Lines[0].Breaks = []matcher.Break{{Code: matcher.UTRReused, Amount: 700_00}}
		}, "Act today: ₹ 700.00 at stake in 1 finding", true},
		{"unknown payment", func(f *Facts) {
			f.Payments.Own = []OwnPayment{{State: "UNSURE", Net: 5_000_00}}
		}, "Act today: 1 payment of ours unknown (₹ 5,000.00)", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := clear()
			c.set(f)
			l := letterOf(t, f, LetterOptions{})
			if want := c.want + " · 21-Nov-2026 · 2026-11-21-run-01"; strings.ReplaceAll(l.Subject, "\u00a0", " ") != want || l.Act != c.act {
				t.Errorf("got %q, %v, want %q, %v", l.Subject, l.Act, want, c.act)
			}
		})
	}
}

// TestLetterHidesAndDisarms: whatever stands in a ledger, the mail shows no
// account number, PAN or VPA, has no tag or link of theirs, and nothing that
// turns text round.
func TestLetterHidesAndDisarms(t *testing.T) {
	for _, canary := range []string{
		"Ramesh 123456789012", "Ramesh A/C 1234 5678 9012", "acct1234 123-456-789-012",
		"ABCPE1234F Traders", "PAN_ABCPE1234F", "abcpe1234f", "27ABCPE1234F1Z5", "ramesh@okhdfcbank", "ramesh.k-1@upi",
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</td></table><h1>", `"><a href="http://evil.example">pay</a>`,
		"http://evil.example/pay", "www.evil.example", "javascript:alert(1)", "{{.Run}}", "abc\u202egnp.exe", "a\u2066b\u2069", "x\r\nBcc: a@example.com", "nul\x00bell\x07",
	} {
		f := smallFacts()
		for i := range f.Ledger.Items {
			f.Ledger.Items[i].Supplier.Name = canary
			f.Ledger.Items[i].Pos.File = canary
		}
		f.Buyers[0].Name = canary
		for i := range f.Result.Items {
			for j := range f.Result.Items[i].Breaks {
				f.Result.Items[i].Breaks[j].Detail = "found " + canary + " there"
			}
		}
		f.Payments.Alarms = []string{canary}
		l := letterOf(t, f, LetterOptions{Notices: []string{canary}})
		for form, text := range map[string]string{"subject": l.Subject, "text": l.Text, "html": l.HTML} {
			for _, never := range []string{"12345678", "5678 9012", "456-789", "ABCPE1234F", "abcpe1234f", "okhdfc", "@upi",
				"http://", "www.", "\u202e", "\u2066", "\x00", "\x07", "\r"} {
				if strings.Contains(text, never) {
					t.Errorf("%q in the ledger: the %s has %q", canary, form, never)
				}
			}
		}
		for _, tag := range []string{"<script", "<img", "<h1", "<a "} {
			if strings.Contains(l.HTML, tag) {
				t.Errorf("%q in the ledger: the html has a tag %s", canary, tag)
			}
		}
		if strings.ContainsAny(l.Subject, "\r\n") {
			t.Errorf("%q in the ledger: the subject has two lines", canary)
		}
	}
}

// TestLetterKeepsReferences: what the reader needs to find the payment stays.
func TestLetterKeepsReferences(t *testing.T) {
	for _, c := range []struct {
		text       string
		references []string
		want       string
	}{
		{"UTR 123456789012 is not 999988887777", []string{"123456789012"}, "UTR 123456789012 is not ****7777"},
		{"invoice 5100000123", []string{"5100000123"}, "invoice 5100000123"},
		{"HDFCR52026110112345678 of 2026-11-01", nil, "HDFCR52026110112345678 of 2026-11-01"},
		{"paid 2,36,00,000.50 on 01-11-2026", nil, "paid 2,36,00,000.50 on 01-11-2026"},
		{"a PAN as a number: ABCPE1234F", []string{"ABCPE1234F"}, "a PAN as a number: (PAN)"},
		{"ledger/2026-11/november.csv:118", nil, "ledger/2026-11/november.csv:118"},
		{"श्री गणेश", nil, "श्री गणेश"},
		{"=1+1", nil, "'=1+1"},
		{" \t@SUM(A1)", nil, "'@SUM(A1)"},
		{"＝1", nil, "'＝1"},
		{"", nil, ""},
	} {
		if got := letterText(c.text, c.references...); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestLetterListsTheWorstTen(t *testing.T) {
	f := smallFacts()
	f.Ledger.Items, f.Result.Items, f.Result.Lines = make([]ledger.Item, 25), nil, nil
	for i := range f.Ledger.Items {
		it := &f.Ledger.Items[i]
		it.Number = fmt.Sprintf("N%02d", i)
		f.Result.Items = append(f.Result.Items, matcher.ItemResult{Item: it, Status: matcher.Due,
			Breaks: []matcher.Break{{Code: matcher.Overpaid, Amount: money.Paise(100 * (i + 1))}}})
	}
	l := letterOf(t, f, LetterOptions{})
	if !strings.Contains(l.Text, "10. ") || strings.Contains(l.Text, "11. ") || !strings.Contains(l.Text, "and 15 more") {
		t.Errorf("want ten lines and 15 more, got\n%s", l.Text)
	}
	if !strings.Contains(l.Text, "invoice N24") || strings.Contains(l.Text, "invoice N05") {
		t.Errorf("want the largest first, got\n%s", l.Text)
	}
	if !strings.Contains(l.Text, "too large for a mail: reports/2026-11-21-run-01/reconciliation.xlsx") {
		t.Errorf("a letter without the workbook does not say where it is:\n%s", l.Text)
	}
}

// TestLetterBeginsAsTheWorkbook: who reads the mail and who opens the sheet Act today
// begin with the same, and what is only watched comes behind all of it.
func TestLetterBeginsAsTheWorkbook(t *testing.T) {
	f := smallFacts()
	f.Ledger.Items, f.Result.Items, f.Result.Lines = make([]ledger.Item, 4), nil, nil
	for i, b := range []matcher.Break{
		{Code: matcher.ConfirmationOverdue, Amount: 90000},
		{Code: matcher.Overpaid, Amount: 50000},
		{Code: matcher.Overpaid, Amount: 10000},
		{Code: matcher.DuplicateInFlight, Amount: 100},
	} {
		it := &f.Ledger.Items[i]
		it.Number, it.DueDate = fmt.Sprintf("N%02d", i), f.AsOf-1
		f.Result.Items = append(f.Result.Items, matcher.ItemResult{Item: it, Status: matcher.Due, Breaks: []matcher.Break{b}})
	}
	f.Ledger.Items[2].DueDate = f.AsOf - 20 // a fifth of the money, and twenty times as old
	lines, more := f.worst()
	var got []string
	for _, l := range lines {
		got = append(got, l.Number)
	}
	if want := []string{"N03", "N02", "N01", "N00"}; !slices.Equal(got, want) || more != 0 {
		t.Errorf("the letter begins with %v and has %d more, want %v and none: the order of the sheet Act today", got, more, want)
	}
}
