package report

import (
	"bytes"
	"strings"
	"testing"

	"reconcile/internal/casebook"
	"reconcile/internal/day"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
)

// smallChanges are those of the small month against a run of the day before, which
// knew X2 with half its amount, had seen X3 cleared, and knew one more.
func smallChanges(f *Facts) *casebook.Changes {
	_, before := casebook.Update(nil, &matcher.Result{}, f.AsOf-1)
	seen := func(id string, code matcher.Code, amount int64, status, subject string, cleared day.Date) casebook.Case {
		return casebook.Case{ID: id, Code: code, Amount: money.Paise(amount), Stake: money.Paise(amount), Breaks: 1, Subject: subject, Status: status,
			Supplier: "Sharma Steel Traders Pvt Ltd", Number: "SST/26-27/0043", FirstSeen: f.AsOf - 11, Since: f.AsOf - 11, LastSeen: f.AsOf - 1, Cleared: cleared, Episode: 1}
	}
	before.Cases = []casebook.Case{
		seen("X2", "LEDGER_BEHIND", 1_18_00_000_00, "in_flight", "", 0),
		seen("X3", "PAID_WITHOUT_EVENT", 11_800_00, "unsupported", "", f.AsOf-4),
		seen("X9", "UNDERPAID", 400_00, "part_paid", "", 0),
	}
	c, _ := casebook.Update(before, f.Result, f.AsOf)
	c.Run = "2026-11-20-run-01"
	return c
}

// TestChangesGolden keeps the sheet, the block of the first sheet, the summary and
// the letter of a run that has one before it.
func TestChangesGolden(t *testing.T) {
	f := smallFacts()
	f.Changes = smallChanges(f)
	if err := f.Changes.Check(f.Result); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	inBlock := false
	for line := range strings.Lines(string(dumpOf(t, workbookOf(t, f)))) {
		inBlock = inBlock && !strings.Contains(line, "text Due\n") || strings.Contains(line, "What changed since")
		if inBlock || strings.HasPrefix(line, "Changes") || strings.Contains(line, "text Since ") {
			b.WriteString(line)
		}
	}
	letter, err := f.Letter(smallRun(), LetterOptions{Attached: true})
	if err != nil {
		t.Fatal(err)
	}
	_, since, _ := strings.Cut(letter.Text, "SINCE")
	since, _, _ = strings.Cut(since, "MONEY")
	b.WriteString("SINCE" + since)
	if !strings.Contains(letter.HTML, "Since 20-Nov-2026") {
		t.Error("the mail in HTML does not say what changed")
	}
	s := f.Summary(smallRun())
	if !s.Ties() || s.Changes == nil || s.Changes.New.Count != 3 || s.Changes.Reopened.Count != 1 || s.Changes.Changed.Count != 1 || s.Changes.Cleared.Count != 1 {
		t.Errorf("got %+v, want three new, one back, one changed and one cleared, and that they tie: %v", s.Changes, s.Ties())
	}
	compareGolden(t, "changes.txt", b.Bytes())
}

// TestChangesThatDoNotTie: what the run before kept is not believed blindly.
func TestChangesThatDoNotTie(t *testing.T) {
	f := smallFacts()
	f.Changes = smallChanges(f)
	f.Changes.Moves[0].Opening.Amount++
	if f.Summary(smallRun()).Ties() {
		t.Error("a paisa came from nowhere, and the summary ties")
	}
}

// TestNoEarlierRun: the first run says that there is nothing to compare with, and
// calls nothing new.
func TestNoEarlierRun(t *testing.T) {
	f := smallFacts()
	f.Changes, _ = casebook.Update(nil, f.Result, f.AsOf)
	dump := string(dumpOf(t, workbookOf(t, f)))
	if got := strings.Count(dump, "There is no earlier run to compare with."); got != 2 || strings.Contains(dump, "What changed since") {
		t.Errorf("the first run says %d times that there is no earlier one, want it on Summary and Changes and nothing else", got)
	}
	letter, err := f.Letter(smallRun(), LetterOptions{})
	if err != nil || strings.Contains(letter.Text, "SINCE") {
		t.Errorf("the letter of the first run tells of changes (%v)", err)
	}
}

// TestAccepted: what a controller accepted stands in Breaks, and in nothing that
// says what is to be done; when it grows it is back, with from what to what.
func TestAccepted(t *testing.T) {
	f := smallFacts()
	_, before := casebook.Update(nil, f.Result, f.AsOf-1)
	f.Changes, _ = casebook.Update(before, f.Result, f.AsOf)
	loud, err := f.Letter(smallRun(), LetterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f.Notes = map[string]casebook.Standing{}
	for _, c := range before.Cases {
		f.Notes[c.ID] = casebook.Standing{Note: casebook.Note{Owner: "meera", Resolution: casebook.AcceptDifference, Due: f.AsOf - 1}, By: "clerk", On: f.AsOf,
			Amount: c.Amount, Stake: c.Stake, Breaks: c.Breaks, Payments: c.Payments, Episode: c.Episode}
	}
	quiet, err := f.Letter(smallRun(), LetterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// X1 can still be stopped and X4 blocks a payment: no note quiets them.
	var act []string
	for _, b := range f.toAct() {
		act = append(act, b.ExceptionID)
	}
	if got := strings.Join(act, " "); got != "X1 X4" {
		t.Errorf("to act on: got %s, want X1 and X4", got)
	}
	if !strings.Contains(loud.Subject, "2,36,61,799.50 at stake in 3") || !strings.Contains(quiet.Subject, "2,36,00,000.50 at stake in 1") {
		t.Errorf("the subjects are %q and, when most is accepted, %q", loud.Subject, quiet.Subject)
	}
	if want := "2 breaks in 6 items and 4 payment lines, the worst DUPLICATE_IN_FLIGHT (1, ₹ 2,36,00,000.50); 3 breaks accepted"; !strings.HasPrefix(f.verdict(), want) {
		t.Errorf("the verdict is %q, want %q", f.verdict(), want)
	}
	dump := string(dumpOf(t, workbookOf(t, f)))
	for _, want := range []string{"Breaks!A5 text accepted", "Breaks!AC5 text meera", "Breaks!AD5 text accept difference", "no note lifts that", "can still be stopped"} {
		if !strings.Contains(dump, want) {
			t.Errorf("the workbook does not say %q", want)
		}
	}
	f.Result.Items[5].Breaks[0].Amount += 200_00 // X3
	f.Changes, _ = casebook.Update(before, f.Result, f.AsOf)
	if dump := string(dumpOf(t, workbookOf(t, f))); !strings.Contains(dump, "Accept difference is not in force: it grew from ₹ 11,800.00 to ₹ 12,000.00") {
		t.Error("what was accepted has grown, and Act today does not say from what to what")
	}
	if s := f.Summary(smallRun()); !s.Ties() {
		t.Errorf("the totals do not tie any more: %+v", s.Proof)
	}
}
