package job

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStagesAreLogged: each stage logs one line, with the run and with control
// totals that go on from stage to stage and end in the summary.
func TestStagesAreLogged(t *testing.T) {
	var box postbox
	box.open(t, "127.0.0.1:0")
	in := input(t, "2026-11-21")
	mailTo(&in, box.addr)
	log := logTo(&in)
	done, err := Night(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	stages := make(map[string]map[string]any)
	for line := range strings.Lines(log.String()) {
		var told map[string]any
		if err := json.Unmarshal([]byte(line), &told); err != nil {
			t.Fatalf("%q is no JSON: %v", line, err)
		}
		if told["run_id"] != done.Summary.Run.ID {
			t.Errorf("a line is of run %v, want %s: %s", told["run_id"], done.Summary.Run.ID, line)
		}
		if stage, is := told["stage"].(string); is {
			order = append(order, stage)
			stages[stage] = told
		}
	}
	if diff := cmp.Diff([]string{"ledger", "events", "match", "payments", "changes", "report", "mail", "end"}, order); diff != "" {
		t.Fatalf("stages (-want +got):\n%s", diff)
	}
	for _, same := range [][2]string{
		{"ledger.accepted", "match.items"}, {"match.items", "report.items"}, {"events.lines", "match.lines"},
		{"match.breaks", "report.breaks"}, {"match.cash_paid", "report.cash_paid"}, {"ledger.quarantined", "report.quarantined"},
		{"report.exit_code", "end.exit_code"},
	} {
		value := func(path string) any {
			stage, field, _ := strings.Cut(path, ".")
			return stages[stage][field]
		}
		if a, b := value(same[0]), value(same[1]); a == nil || a != b {
			t.Errorf("%s is %v, and %s is %v", same[0], a, same[1], b)
		}
	}
	if got := stages["payments"]; got["proposed"] != 1.0 || got["proposed_amount"] != "590.00" || got["sent"] != 0.0 || got["unknown_amount"] != "0.00" {
		t.Errorf("payments: got %v", got)
	}
}
