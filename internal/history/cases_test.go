package history

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"reconcile/internal/day"
)

func finishWith(t *testing.T, s *Store, id, results string, cases []byte) {
	t.Helper()
	err := s.Finish(t.Context(), id, Ending{Finished: time.Date(2026, 11, 22, 1, 31, 0, 0, time.UTC), ResultsSHA256: results, WorkbookSHA256: "w", Cases: cases})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCasesComeBack(t *testing.T) {
	s := open21(t, t.TempDir())
	text := bytes.Repeat([]byte(`{"id":"X1"}`), 10_000)
	id := begin(t, s, "2026-11-21", "run", nil)
	finishWith(t, s, id, "r", text)
	got, found, err := s.Cases(t.Context(), id)
	if err != nil || !found || !bytes.Equal(got, text) {
		t.Errorf("got %d bytes, %v, %v; want the %d that were kept", len(got), found, err, len(text))
	}
	without := begin(t, s, "2026-11-21", "run", nil)
	finishWith(t, s, without, "", text)
	if _, found, err := s.Cases(t.Context(), without); found || err != nil {
		t.Errorf("a run without a report: got %v, %v; want nothing", found, err)
	}
	if last, found, err := s.Last(t.Context()); err != nil || !found || last.ID != id {
		t.Errorf("the last report is of %q (%v, %v), want %q", last.ID, found, err, id)
	}
	// Another that ends in the same second, of an earlier date, is the newest; and
	// it has been overtaken.
	again := begin(t, s, "2026-11-20", "match", nil)
	finishWith(t, s, again, "r", text)
	if last, _, err := s.Last(t.Context()); err != nil || last.ID != again {
		t.Errorf("the last report is of %q (%v), want %q", last.ID, err, again)
	}
	for asOf, want := range map[string]bool{"2026-11-20": true, "2026-11-21": false} {
		if got, err := s.Overtaken(t.Context(), date(t, asOf)); err != nil || got != want {
			t.Errorf("%s is overtaken: got %v, %v; want %v", asOf, got, err, want)
		}
	}
}

func TestCasesOfLongAgoGo(t *testing.T) {
	s := open21(t, t.TempDir())
	first := date(t, "2026-06-01")
	var ids []string
	for i := range casesKept + 3 {
		id := begin(t, s, (first + day.Date(i)).String(), "run", nil)
		finishWith(t, s, id, "r", []byte(fmt.Sprint(i)))
		ids = append(ids, id)
	}
	for i, id := range ids {
		_, found, err := s.Cases(t.Context(), id)
		if want := i >= 3; err != nil || found != want {
			t.Errorf("the exceptions of date %d: got %v, %v; want %v", i, found, err, want)
		}
	}
}

func TestCasesThatAreDamaged(t *testing.T) {
	dir := t.TempDir()
	s := open21(t, dir)
	id := begin(t, s, "2026-11-21", "run", nil)
	finishWith(t, s, id, "r", []byte("x"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	execute(t, filepath.Join(dir, fileName), "UPDATE cases SET snapshot = x'1f8b00'")
	s = open21(t, dir)
	var corrupt *CorruptError
	if _, _, err := s.Cases(t.Context(), id); !errors.As(err, &corrupt) {
		t.Errorf("got %v, want a CorruptError", err)
	}
}
