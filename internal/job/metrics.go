package job

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"reconcile/internal/history"
	"reconcile/internal/matcher"
	"reconcile/internal/metrics"
	"reconcile/internal/money"
	"reconcile/internal/report"
)

// measure writes the numbers of a run for a monitor, where the configuration asks
// for it. What this run did not find out is left out, save when the last success
// was: that is what the history knows. No number bears the name of anybody.
func (s *sighting) measure(ctx context.Context, code int, done *Done) error {
	c := s.in.Config
	if c.Metrics.Textfile == "" {
		return nil
	}
	now := s.in.Now()
	families := []metrics.Family{
		metrics.One("reconcile_last_run_timestamp_seconds", "When the last run ended, well or badly.", metrics.Whole(now.Unix())),
	}
	at, err := lastSuccess(ctx, c.Path(c.Store))
	if !at.IsZero() {
		families = append(families, metrics.One("reconcile_last_success_timestamp_seconds", "When the last run ended that did its work: exit code 0 or 10.", metrics.Whole(at.Unix())))
	}
	families = append(families, metrics.One("reconcile_exit_code", "The exit code of the last run.", metrics.Whole(int64(code))))
	families = append(families, s.unknownFamilies(now)...)
	if backup := lastBackup(c); !backup.IsZero() {
		families = append(families, metrics.One("reconcile_backup_age_seconds", "How old the newest copy of the journal was when the last run ended.", metrics.Seconds(now.Sub(backup))))
	}
	if done != nil {
		families = append(families, reportFamilies(done)...)
	}
	return errors.Join(err, metrics.Write(c.Path(c.Metrics.Textfile), families))
}

// unknownFamilies tell of the payments whose outcome nobody knows.
func (s *sighting) unknownFamilies(now time.Time) []metrics.Family {
	entries, known := s.unknown()
	if !known {
		return nil
	}
	var sum money.Paise
	var oldest time.Duration
	for _, e := range entries {
		sum += e.Net
		since := e.Deadline // by when it had been sent, if it was
		if since.IsZero() {
			since = e.Since
		}
		oldest = max(oldest, now.Sub(since))
	}
	return []metrics.Family{
		metrics.One("reconcile_unknown_payments", "Payments of ours whose outcome nobody knows.", metrics.Whole(int64(len(entries)))),
		metrics.One("reconcile_unknown_paise", "What they come to, in paise.", metrics.Whole(int64(sum))),
		metrics.One("reconcile_oldest_unknown_age_seconds", "How long ago the oldest of them was sent; 0 where there is none.", metrics.Seconds(oldest)),
	}
}

// reportFamilies tell what stands in a report.
func reportFamilies(done *Done) []metrics.Family {
	breaks := metrics.Family{Name: "reconcile_breaks", Help: "Breaks in the report of the last run, by code."}
	paise := metrics.Family{Name: "reconcile_break_paise", Help: "What they come to, in paise. Codes overlap: do not add them up."}
	found := make(map[string]report.Amount)
	for _, b := range done.Summary.Breaks {
		found[b.Name] = b.Value
	}
	// A code that was not found is 0 and not absent, so that an alarm can end.
	for _, c := range matcher.Codes() {
		code := string(c.Code)
		found := found[code]
		breaks.Samples = append(breaks.Samples, metrics.Sample{Label: "code", Text: code, Value: metrics.Whole(int64(found.Count))})
		paise.Samples = append(paise.Samples, metrics.Sample{Label: "code", Text: code, Value: metrics.Whole(int64(found.Amount))})
	}
	duration := metrics.Family{Name: "reconcile_run_duration_seconds", Help: "How long each stage of the last run took."}
	for _, stage := range done.Summary.Run.ElapsedMS {
		duration.Samples = append(duration.Samples, metrics.Sample{Label: "stage", Text: stage.Name, Value: metrics.Seconds(time.Duration(stage.Value) * time.Millisecond)})
	}
	return []metrics.Family{
		breaks, paise,
		metrics.One("reconcile_quarantined_rows", "Rows and events that could not be read, in the report of the last run.", metrics.Whole(int64(done.Summary.Quarantined))),
		duration,
	}
}

// lastSuccess returns when the last run ended that did its work; zero where the
// history knows of none.
func lastSuccess(ctx context.Context, store string) (at time.Time, err error) {
	marks, err := marksOf(ctx, store)
	for _, m := range marks {
		if m.Kind == KindRun && succeeded(m.ExitCode) && m.Finished.After(at) {
			at = m.Finished
		}
	}
	return at, err
}

// marksOf returns the history of a store; none where there is no history yet.
func marksOf(ctx context.Context, store string) (marks []history.Mark, err error) {
	runs, err := history.OpenReadOnly(ctx, store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, runs.Close()) }()
	marks, err = runs.Marks(ctx)
	return marks, withIO(err)
}
