package job

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/journal"
)

const paidElsewhere = "supplier_b2b_id,supplier_invoice_number,invoice_date,due_date,invoice_amount,paid_amount,due_amount\nSUP2,A-1,2026-10-01,2026-10-31,200.00,100.00,100.00\n"

// notesWorld is a world with one break that blocks nothing, payments off, and a
// report of 21 November.
func notesWorld(t *testing.T) (in Input, report string) {
	t.Helper()
	in = input(t, "2026-11-21")
	in.Actor, in.Config.Payments.Mode = "clerk", config.ModeOff
	if err := os.WriteFile(filepath.Join(in.Config.Dir, "ledger", "more.csv"), []byte(paidElsewhere), 0o600); err != nil {
		t.Fatal(err)
	}
	done := night(t, in, 0)
	return in, done.Summary.Files.Report
}

func night(t *testing.T, in Input, later int) *Done {
	t.Helper()
	in.AsOf += day.Date(later)
	done, err := Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// writeBack puts a note on the first break of a report, into a file.
func writeBack(t *testing.T, from, to string, cells map[string]any) {
	t.Helper()
	x, err := excelize.OpenFile(from)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for cell, v := range cells {
		if err := x.SetCellValue("Breaks", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := x.SaveAs(to); err != nil {
		t.Fatal(err)
	}
}

func notedRecords(t *testing.T, in Input) (all []noted, actors []string) {
	t.Helper()
	s, err := journal.OpenReadOnly(t.Context(), in.Config.Path(in.Config.Store), journalOptions(in))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	records, err := s.Records(t.Context(), journal.KindNoted)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		var n noted
		if err := json.Unmarshal(r.Body, &n); err != nil {
			t.Fatal(err)
		}
		all, actors = append(all, n), append(actors, r.Actor)
	}
	return all, actors
}

// TestNotesAreRecorded: where payments are off the first note makes the journal,
// and the chain has who, old and new, the file by its hash, and the end.
func TestNotesAreRecorded(t *testing.T) {
	in, report := notesWorld(t)
	if journalExists(in.Config) {
		t.Fatal("a run with payments off and without notes made a journal")
	}
	came := filepath.Join(in.Config.Dir, "notes", "came.xlsx")
	writeBack(t, report, came, map[string]any{"AC3": "meera", "AD3": "accept difference", "A3": "=1+1", "C3": 1_000_000})
	data, err := os.ReadFile(came)
	if err != nil {
		t.Fatal(err)
	}
	night(t, in, 1)
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	got, actors := notedRecords(t, in)
	want := []noted{
		{What: notedTaken, File: "notes/came.xlsx", SHA256: hash, Place: "notes/came.xlsx:Breaks!3", Was: &notedNote{}, Is: &notedNote{Owner: "meera", Resolution: "accept difference"},
			Episode: 1, Amount: 100_00, Stake: 100_00, Breaks: 1, Accepted: 1},
		{What: notedWorkbook, File: "notes/came.xlsx", SHA256: hash, Rows: 2, Taken: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" || actors[0] != "clerk" {
		t.Errorf("by %v (-want +got):\n%s", actors, diff)
	}
	if now, err := os.ReadFile(came); err != nil || !cmp.Equal(now, data) {
		t.Errorf("the controller's file was touched: %v", err)
	}

	// It clears: the note is closed, once, however often the night is run.
	if err := os.Remove(filepath.Join(in.Config.Dir, "ledger", "more.csv")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if done := night(t, in, 2); done.Code != ExitClean {
			t.Errorf("exit code %d, want %d", done.Code, ExitClean)
		}
	}
	got, _ = notedRecords(t, in)
	if diff := cmp.Diff([]noted{{What: notedClosed, Was: &notedNote{Owner: "meera", Resolution: "accept difference"}, Episode: 1}}, got[2:]); diff != "" {
		t.Errorf("what was closed (-want +got):\n%s", diff)
	}
	if _, err := Verify(t.Context(), in); err != nil {
		t.Errorf("the chain with its notes: %v", err)
	}
}

// TestMatchTakesNoNotes: a run that only matches shows what stands, and leaves the
// folder of notes to the night.
func TestMatchTakesNoNotes(t *testing.T) {
	in, report := notesWorld(t)
	writeBack(t, report, filepath.Join(in.Config.Dir, "notes", "came.xlsx"), map[string]any{"AC3": "meera", "AD3": "accept difference"})
	in.Kind = KindMatch
	if night(t, in, 0); journalExists(in.Config) {
		t.Error("a run that only matches took a note")
	}
	in.Kind = KindRun
	night(t, in, 0)
	in.Kind = KindMatch
	if done := night(t, in, 0); !strings.Contains(done.Summary.Verdict, "1 break accepted") || done.Code != ExitBreaks {
		t.Errorf("a match after that says %q and ends with %d, want that the break is accepted, and %d", done.Summary.Verdict, done.Code, ExitBreaks)
	}
}

// TestWorkbookThatCannotBeRead: it is told every night, and stops none.
func TestWorkbookThatCannotBeRead(t *testing.T) {
	in, _ := notesWorld(t)
	for name, text := range map[string]string{"a.xlsx": "no workbook", "b.xlsx": ""} {
		path := filepath.Join(in.Config.Dir, "notes", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		done := night(t, in, 1)
		if got := strings.Count(strings.Join(done.Notices, "\n"), "[notes-unreadable]"); got != 2 || done.Code != ExitBreaks {
			t.Errorf("got %d notices and exit code %d, want 2 and %d:\n%s", got, done.Code, ExitBreaks, strings.Join(done.Notices, "\n"))
		}
	}
}

// TestOneBadFileAmongWorkbooks: links that lead nowhere or out, and what cannot be
// read, are told by their names, and the notes of the other workbooks are taken.
func TestOneBadFileAmongWorkbooks(t *testing.T) {
	in, report := notesWorld(t)
	folder := filepath.Join(in.Config.Dir, "notes")
	writeBack(t, report, filepath.Join(folder, "good [1].xlsx"), map[string]any{"AC3": "meera"})
	for link, to := range map[string]string{"a-nowhere.xlsx": "gone.xlsx", "b-out.xlsx": "../ledger/more.csv", "z-pipe.xlsx": os.DevNull} {
		if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	for path, text := range map[string]string{"~$good.xlsx": "a lock", ".hidden.xlsx": "hidden", "other.txt": "no workbook"} {
		if err := os.WriteFile(filepath.Join(folder, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done := night(t, in, 0)
	told := strings.Join(done.Notices, "\n")
	for _, want := range []string{"a-nowhere.xlsx", "b-out.xlsx", "z-pipe.xlsx"} {
		if strings.Count(told, "no note of "+want+" was taken") != 1 {
			t.Errorf("%s is not told once in:\n%s", want, told)
		}
	}
	if got := strings.Count(told, "[notes-unreadable]"); got != 3 || done.Code != ExitBreaks {
		t.Errorf("got %d notices and exit code %d, want 3 and %d:\n%s", got, done.Code, ExitBreaks, told)
	}
	if got, _ := notedRecords(t, in); len(got) != 2 || got[0].Is == nil || got[0].Is.Owner != "meera" {
		t.Errorf("got %+v, want the note of the good workbook taken", got)
	}
}

// TestEarlierDateClosesNothing: a date that is run again long after sees cleared
// what may be open today.
func TestEarlierDateClosesNothing(t *testing.T) {
	in, report := notesWorld(t)
	writeBack(t, report, filepath.Join(in.Config.Dir, "notes", "came.xlsx"), map[string]any{"AC3": "meera"})
	night(t, in, 0)
	night(t, in, 5)
	if err := os.Remove(filepath.Join(in.Config.Dir, "ledger", "more.csv")); err != nil {
		t.Fatal(err)
	}
	night(t, in, 2)
	if got, _ := notedRecords(t, in); len(got) != 2 {
		t.Errorf("got %+v, want the note and its workbook alone", got)
	}
}

// TestAClosedNoteStaysClosed: without its run history the program counts episodes
// from 1 again, and an acceptance of one that was cleared quiets nothing by that.
func TestAClosedNoteStaysClosed(t *testing.T) {
	in, report := notesWorld(t)
	writeBack(t, report, filepath.Join(in.Config.Dir, "notes", "came.xlsx"), map[string]any{"AD3": "accept difference"})
	quiet := func(done *Done) bool { return strings.Contains(done.Summary.Verdict, "1 break accepted") }
	if !quiet(night(t, in, 1)) {
		t.Fatal("the acceptance was not taken")
	}
	more := filepath.Join(in.Config.Dir, "ledger", "more.csv")
	if err := os.Remove(more); err != nil {
		t.Fatal(err)
	}
	night(t, in, 2)
	if err := os.Remove(filepath.Join(in.Config.Path(in.Config.Store), "history.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(more, []byte(paidElsewhere), 0o600); err != nil {
		t.Fatal(err)
	}
	if quiet(night(t, in, 3)) {
		t.Error("an exception that was cleared is back, and quiet by its old note")
	}
}
