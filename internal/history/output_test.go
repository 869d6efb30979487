package history

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOutputs(t *testing.T) {
	s := open21(t, t.TempDir())
	id := begin(t, s, "2026-11-21", "run", nil)
	want := []Output{{"facts", 3, strings.Repeat("a", 64)}, {"reconciliation.xlsx", 0, strings.Repeat("b", 64)}}
	if err := s.Finish(t.Context(), id, Ending{Finished: time.Unix(0, 0), ResultsSHA256: "r", Outputs: want}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Outputs(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if run, found, err := s.Find(t.Context(), id); err != nil || !found || run.ID != id {
		t.Errorf("got %v, %v, %v; want the run %s", run, found, err, id)
	}
	if _, found, err := s.Find(t.Context(), "2026-11-21-run-99"); err != nil || found {
		t.Errorf("a run that never was: got %v, %v", found, err)
	}
}

// A line is handed out once, whatever dies in between.
func TestHandedOut(t *testing.T) {
	s := open21(t, t.TempDir())
	handOut := func(asOf string, lines ...string) string {
		t.Helper()
		id := begin(t, s, asOf, "run", nil)
		if err := s.HandOut(t.Context(), id, lines); err != nil {
			t.Fatal(err)
		}
		return id
	}
	before := func(asOf string, lines ...string) map[string]HandedOut {
		t.Helper()
		got, err := s.HandedOutElsewhere(t.Context(), date(t, asOf), lines)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	first := handOut("2026-11-20", "A", "B")
	finish(t, s, first, "r")
	again := handOut("2026-11-20", "A", "B", "C")
	finish(t, s, again, "r")
	failed := handOut("2026-11-20", "D")
	finish(t, s, failed, "") // wrote no report
	dead := handOut("2026-11-20", "E")
	lived := handOut("2026-11-20", "F") // died when its folder was there already
	if err := s.Withdraw(t.Context(), func(id string) bool { return id != dead }); err != nil {
		t.Fatal(err)
	}

	want := map[string]HandedOut{
		"A": {first, date(t, "2026-11-20")}, "B": {first, date(t, "2026-11-20")},
		"C": {again, date(t, "2026-11-20")}, "F": {lived, date(t, "2026-11-20")},
	}
	if diff := cmp.Diff(want, before("2026-11-21", "A", "B", "C", "D", "E", "F", "G")); diff != "" {
		t.Errorf("the day after (-want +got):\n%s", diff)
	}
	if got := before("2026-11-20", "A"); len(got) != 0 {
		t.Errorf("the same night again: got %v, want nothing, for the same night says the same", got)
	}
	if got := before("2026-11-19", "A")["A"].Run; got != first {
		t.Errorf("a missed night that is made up for: got %q, want %s, for one date is enough", got, first)
	}
	later := handOut("2026-11-22", "A")
	finish(t, s, later, "r")
	if got := before("2026-11-30", "A")["A"].Run; got != first {
		t.Errorf("got %s, want the first run that handed it out, %s", got, first)
	}
}

// A history of the first version is brought forward with its runs in it.
func TestMigrationKeepsRuns(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	one, err := migrationFiles.ReadFile(migrations()[0])
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(string(one) + `; PRAGMA user_version = 1; PRAGMA application_id = 0x7265636e;
		INSERT INTO runs (run_id, kind, as_of, sequence, version, started, finished, exit_code, results_sha256)
		VALUES ('2026-11-20-run-01', 'run', '2026-11-20', 1, 'v1', '2026-11-20T00:00:00.000Z', '2026-11-20T00:01:00.000Z', 0, 'r')`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s := open21(t, dir)
	if run, found, err := s.Previous(t.Context(), date(t, "2026-11-21")); err != nil || !found || run.ID != "2026-11-20-run-01" {
		t.Errorf("got %v, %v, %v; want the run of the day before", run, found, err)
	}
	if got, err := s.Outputs(t.Context(), "2026-11-20-run-01"); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v; want no outputs, for the first version noted none", got, err)
	}
}
