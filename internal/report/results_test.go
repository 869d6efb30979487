package report

import (
	"strings"
	"testing"

	"reconcile/internal/source"
)

// TestQuarantinedOncePerRowAndEvent: a ledger row with two faults is one row, a
// log line with two bad events is two events, a torn file is no row.
func TestQuarantinedOncePerRowAndEvent(t *testing.T) {
	f := smallFacts()
	at := func(file string, row int) source.Problem {
		return source.Problem{Pos: source.Pos{File: file, Row: row}, Text: "not JSON"}
	}
	f.LogProblems = []source.Problem{at("events/november.jsonl", 11), at("events/november.jsonl", 11), at("events/november.jsonl", 0)}
	f.Logs[0].Bodies++
	f.Logs[0].Quarantined++
	var b strings.Builder
	if err := f.WriteResults(&b); err != nil {
		t.Fatal(err)
	}
	got := strings.Count(b.String(), `"record":"quarantined"`)
	if want := 1 + 3; got != want {
		t.Errorf("%d quarantined objects, want %d:\n%s", got, want, b.String())
	}
	if s := f.Summary(smallRun()); !s.Ties() {
		t.Errorf("the summary does not tie: %+v", s.Proof)
	}
}
