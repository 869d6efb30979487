package history

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/day"
)

// TestMarks: a run that wrote a report, one that did not, and one that was broken
// off can be told apart.
func TestMarks(t *testing.T) {
	s := open21(t, t.TempDir())
	finish(t, s, begin(t, s, "2026-11-20", "match", nil), "r")
	finish(t, s, begin(t, s, "2026-11-21", "run", nil), "")
	begin(t, s, "2026-11-21", "run", nil)
	got, err := s.Marks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	started, finished := time.Date(2026, 11, 22, 1, 30, 0, 0, time.UTC), time.Date(2026, 11, 22, 1, 31, 0, 0, time.UTC)
	want := []Mark{
		{"2026-11-20-match-01", "match", date(t, "2026-11-20"), started, finished, 10, true},
		{"2026-11-21-run-01", "run", date(t, "2026-11-21"), started, finished, 10, false},
		{"2026-11-21-run-02", "run", date(t, "2026-11-21"), started, time.Time{}, 0, false},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b day.Date) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
