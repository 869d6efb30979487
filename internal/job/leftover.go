package job

import (
	"context"

	"reconcile/internal/history"
	"reconcile/internal/report"
)

// clearLeftovers removes the hidden folders that runs were filling when they died,
// each as large as a report. The lock is held and no run of ours has begun, so that
// nobody is at work in them. What cannot be removed stops nobody.
func (in Input) clearLeftovers(ctx context.Context, runs *history.Store) error {
	dead, err := runs.Unfinished(ctx)
	if err != nil {
		return withIO(err)
	}
	ids := make([]string, len(dead))
	for i := range dead {
		ids[i] = dead[i].ID
	}
	cleared, err := report.ClearLeftovers(in.Config.Path(in.Config.Output), ids)
	for _, path := range cleared {
		in.log().Info("removed what a run that died had begun to write", "folder", path)
	}
	if err != nil {
		in.log().Warn("what a run that died had begun to write is still there", "error", err)
	}
	return nil
}
