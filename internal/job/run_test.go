package job

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/history"
	"reconcile/internal/payment"
)

// input returns a run over a copy of the small world of the scripts.
func input(t *testing.T, asOf string) Input {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "cmd", "reconcile", "testdata", "world"))); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(filepath.Join(dir, "reconcile.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	date, err := day.Parse(asOf)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)
	return Input{Config: c, AsOf: date, Kind: KindRun, Version: "test", Host: "here",
		Now: func() time.Time { now = now.Add(time.Second); return now }}
}

func runs(t *testing.T, in Input) []history.Run {
	t.Helper()
	s, err := history.OpenReadOnly(t.Context(), in.Config.Path(in.Config.Store))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRunIsRemembered(t *testing.T) {
	in := input(t, "2026-11-21")
	done, err := Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	all := runs(t, in)
	if len(all) != 1 || all[0].ID != "2026-11-21-run-01" || all[0].Finished.IsZero() || all[0].ExitCode != done.Code {
		t.Fatalf("got %+v", all)
	}
	if len(all[0].ResultsSHA256) != 64 || len(all[0].WorkbookSHA256) != 64 || !strings.Contains(all[0].Inputs, "ledger/open.csv") || !strings.Contains(all[0].Totals, "confirmed") {
		t.Errorf("got %+v", all[0])
	}
	// A second each, by the clock of the test.
	for _, stage := range done.Summary.Run.ElapsedMS {
		if stage.Value != 1000 {
			t.Errorf("stage %s: got %d ms, want 1000", stage.Name, stage.Value)
		}
	}
	if got := len(done.Summary.Run.ElapsedMS); got != 4 {
		t.Errorf("got %d stages, want 4", got)
	}
}

func TestFailureIsRemembered(t *testing.T) {
	in := input(t, "2026-11-21")
	if err := os.Remove(filepath.Join(in.Config.Dir, "ledger", "open.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), in); Code(err) != ExitMissing {
		t.Fatalf("got %v", err)
	}
	if all := runs(t, in); len(all) != 1 || all[0].ExitCode != ExitMissing || all[0].Finished.IsZero() {
		t.Errorf("got %+v", all)
	}
	if exists(in.Config.Path(in.Config.Output)) {
		t.Error("a run without a report left an output folder")
	}
}

func TestStoppedRunIsRemembered(t *testing.T) {
	in := input(t, "2026-11-21")
	ctx, stop := context.WithCancel(t.Context())
	clock := in.Now
	calls := 0
	in.Now = func() time.Time {
		if calls++; calls == 2 { // the start of the first stage
			stop()
		}
		return clock()
	}
	if _, err := Run(ctx, in); Code(err) != ExitStopped || !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v with code %d", err, Code(err))
	}
	if all := runs(t, in); len(all) != 1 || all[0].ExitCode != ExitStopped {
		t.Errorf("got %+v", all)
	}
}

// Whatever is looked up, nothing is written.
func TestLookingWritesNothing(t *testing.T) {
	in := input(t, "2026-11-21")
	if _, err := StatusOf(t.Context(), in, "INV/26-27/0001"); err != nil {
		t.Error(err)
	}
	if _, err := Explain(t.Context(), in, "INV/26-27/0002"); err != nil {
		t.Error(err)
	}
	if code := Worst(Check(t.Context(), in, false)); code != 0 {
		t.Errorf("check: got %d", code)
	}
	if exists(in.Config.Path(in.Config.Store)) || exists(in.Config.Path(in.Config.Output)) {
		t.Error("a folder was made")
	}
}

func TestKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	first, err := fingerprintKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := fingerprintKey(dir)
	if err != nil || !bytes.Equal(first, again) || len(first) != keySize {
		t.Errorf("got %d bytes, then %d, %v", len(first), len(again), err)
	}
	info, err := os.Stat(filepath.Join(dir, keyName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v; want mode 0600", info.Mode(), err)
	}
	other, err := fingerprintKey(filepath.Join(t.TempDir(), "other"))
	if err != nil || bytes.Equal(first, other) {
		t.Error("two stores have the same key")
	}
	if err := os.WriteFile(filepath.Join(dir, keyName), first[:31], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fingerprintKey(dir); Code(err) != ExitCorrupt {
		t.Errorf("a key that was cut: got %v", err)
	}
}

// With payments off nothing is proposed; a match proposes nothing in any case.
func TestProposesOnlyWhenAsked(t *testing.T) {
	for _, tt := range []struct {
		kind, mode string
		want       int
	}{{KindRun, config.ModePropose, 1}, {KindRun, config.ModeOff, 0}, {KindMatch, config.ModePropose, 0}} {
		in := input(t, "2026-11-21")
		in.Kind, in.Config.Payments.Mode = tt.kind, tt.mode
		done, err := Run(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(done.Facts.Due()); got != tt.want {
			t.Errorf("%s with mode %s: got %d proposal lines, want %d", tt.kind, tt.mode, got, tt.want)
		}
	}
	if got := paymentType(&config.Config{Payments: config.Payments{Mode: config.ModeAuto, Type: "OFFPLATFORM"}}); got != payment.OffPlatform {
		t.Errorf("got %v, want OFFPLATFORM", got)
	}
}

func TestLogNamesTheRun(t *testing.T) {
	in := input(t, "2026-11-21")
	var log bytes.Buffer
	in.Log = slog.New(slog.NewJSONHandler(&log, nil))
	if _, err := Run(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	stages := []string{"ledger", "events", "match", "payments", "changes", "report"}
	if len(lines) != len(stages) {
		t.Fatalf("got %d lines, want one for each of the stages %v:\n%s", len(lines), stages, log.String())
	}
	for i, line := range lines {
		if !strings.Contains(line, `"stage":"`+stages[i]+`"`) {
			t.Errorf("line %d is not that of the stage %s: %s", i+1, stages[i], line)
		}
		if !strings.Contains(line, `"run_id":"2026-11-21-run-01"`) {
			t.Errorf("no run id in %s", line)
		}
	}
}
