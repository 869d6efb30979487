package job

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"reconcile/internal/day"
	"reconcile/internal/history"
	"reconcile/internal/posting"
	"reconcile/internal/report"
)

// change runs a statement in the history of a store, as no user could.
func change(t *testing.T, in Input, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(in.Config.Path(in.Config.Store), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(statement, args...)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func ranOnce(t *testing.T) (Input, *Done) {
	t.Helper()
	in := input(t, "2026-11-21")
	done, err := Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return in, done
}

// What is rendered and is not what it was says so, names the file and both
// versions, and ends with a code of its own.
func TestReportThatDiffers(t *testing.T) {
	in, done := ranOnce(t)
	id := done.Summary.Run.ID
	change(t, in, "UPDATE outputs SET sha256 = ? WHERE name = 'results.jsonl'", strings.Repeat("0", 64))
	change(t, in, "UPDATE outputs SET name = 'csv/gone.csv' WHERE name = 'csv/due.csv'")
	r, err := Report(t.Context(), in.Config, id, filepath.Join(t.TempDir(), "again"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Same || r.Code != ExitNoReport {
		t.Errorf("got same %v and code %d, want a report that differs with %d", r.Same, r.Code, ExitNoReport)
	}
	var text bytes.Buffer
	if err := r.Text(&text, "v2"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"[report-differs]", "results.jsonl  is ", "csv/gone.csv  is not written any more", "csv/due.csv  was not written then", "Version test made the run, and this is v2"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("got\n%s\nwant %q in it", text.String(), want)
		}
	}
	if strings.Contains(text.String(), "reconciliation.xlsx") {
		t.Errorf("got\n%s\nwant nothing of the files that are the same", text.String())
	}
}

// Facts that a later version kept are not guessed at.
func TestReportOfALaterVersion(t *testing.T) {
	in, done := ranOnce(t)
	id := done.Summary.Run.ID
	later := []byte("reconcile facts 99\nof another world")
	if err := os.WriteFile(factsPath(in.Config.Path(in.Config.Store), id), later, 0o600); err != nil {
		t.Fatal(err)
	}
	change(t, in, "UPDATE outputs SET sha256 = ? WHERE name = 'facts'", fmt.Sprintf("%x", sha256.Sum256(later)))
	_, err := Report(t.Context(), in.Config, id, filepath.Join(t.TempDir(), "again"))
	if Code(err) != ExitCorrupt || !strings.Contains(err.Error(), "form 99") || !strings.Contains(err.Error(), "use version test of the program") {
		t.Errorf("got %v, want code %d, the form and the version that made the run", err, ExitCorrupt)
	}
	change(t, in, "DELETE FROM outputs")
	if _, err := Report(t.Context(), in.Config, id, ""); Code(err) != ExitMissing || !strings.Contains(err.Error(), "[facts-missing]") {
		t.Errorf("a run of a version that kept nothing: got %v, want [facts-missing]", err)
	}
}

func TestKeptFactsAreForTheOwnerAlone(t *testing.T) {
	in, done := ranOnce(t)
	path := factsPath(in.Config.Path(in.Config.Store), done.Summary.Run.ID)
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %04o, want %04o", name, got, want)
		}
	}
}

// What cannot be kept leaves no report, and hands out nothing.
func TestNothingIsReportedThatIsNotKept(t *testing.T) {
	in, _ := ranOnce(t)
	store := in.Config.Path(in.Config.Store)
	if err := os.RemoveAll(filepath.Join(store, factsFolder)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(store, factsFolder), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), in); Code(err) != ExitNoReport {
		t.Errorf("got %v, want code %d", err, ExitNoReport)
	}
	if exists(filepath.Join(in.Config.Path(in.Config.Output), "2026-11-21-run-02")) {
		t.Error("there is a report of which nothing was kept")
	}
}

// A run that dies between what it notes and its folder has handed out nothing;
// one that dies behind its folder has.
func TestHandedOutByTheDead(t *testing.T) {
	in, done := ranOnce(t)
	ctx, id := t.Context(), done.Summary.Run.ID
	store, err := history.Open(ctx, in.Config.Path(in.Config.Store))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.HandOut(ctx, id, []string{"PLINE"}); err != nil {
		t.Fatal(err)
	}
	change(t, in, "UPDATE runs SET finished = NULL, exit_code = NULL, results_sha256 = ''") // it died
	in.AsOf++
	ask := func() string {
		g := &gathering{in: in, facts: *done.Facts}
		if err := g.toBook(ctx, store); err != nil {
			t.Fatal(err)
		}
		before, err := store.HandedOutElsewhere(ctx, in.AsOf, []string{"PLINE"})
		if err != nil {
			t.Fatal(err)
		}
		return before["PLINE"].Run
	}
	if got := ask(); got != id {
		t.Errorf("its folder is there: got handed out by %q, want %q", got, id)
	}
	if err := os.RemoveAll(done.Folder); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != "" {
		t.Errorf("its folder is not there: got handed out by %q, want nobody", got)
	}
}

// However the nights go, with reports that fail, runs that die and dates that are
// run again, no line is handed out by runs of two dates.
func TestNoLineIsHandedOutOnTwoDates(t *testing.T) {
	in := input(t, "2026-11-20")
	ctx := t.Context()
	store, err := history.Open(ctx, filepath.Join(t.TempDir(), "state"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	lines := []string{"PA", "PB", "PC", "PD"}
	folders := map[string]bool{}
	handed := map[string]map[string]bool{} // by line: the dates on which a reader could find it
	for night := range 40 {
		asOf := in.AsOf + day.Date(night*night/3%11) // forth and back, and some dates often
		id, err := store.Begin(ctx, asOf, KindRun, "v", in.Now(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Withdraw(ctx, func(id string) bool { return folders[id] }); err != nil {
			t.Fatal(err)
		}
		behind := lines[:1+night%len(lines)]
		before, err := store.HandedOutElsewhere(ctx, asOf, behind)
		if err != nil {
			t.Fatal(err)
		}
		p := report.Postings{HandOut: true}
		for _, line := range behind {
			p.Entries = append(p.Entries, posting.Entry{ID: line, Line: line, Run: before[line].Run})
		}
		if err := store.HandOut(ctx, id, p.Lines()); err != nil {
			t.Fatal(err)
		}
		if night%5 == 0 {
			continue // dies before its folder
		}
		if night%7 == 0 {
			if err := store.Finish(ctx, id, history.Ending{Finished: in.Now()}); err != nil { // no report
				t.Fatal(err)
			}
			continue
		}
		folders[id] = true
		for _, line := range p.Lines() {
			if handed[line] == nil {
				handed[line] = map[string]bool{}
			}
			handed[line][asOf.String()] = true
		}
		if night%3 != 0 { // else it dies behind its folder
			if err := store.Finish(ctx, id, history.Ending{Finished: in.Now(), ResultsSHA256: "r"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, line := range lines {
		if len(handed[line]) != 1 {
			t.Errorf("%s was handed out on the dates %v, want one", line, handed[line])
		}
	}
}
