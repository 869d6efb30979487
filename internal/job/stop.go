package job

import (
	"context"
	"errors"
	"fmt"
)

// stopped says what a run did about payments that was asked to end before its
// report. A payment that had begun is finished and recorded; those that wait are
// sent by the next run.
func (g *gathering) stopped(ctx context.Context) error {
	text := "stopped, as it was asked to, and no report was written"
	code := ExitStopped
	var alarms []error
	if r := g.pays; r != nil && g.in.Kind != KindMatch {
		sent := len(r.sent.Acked) + len(r.sent.Unsure) + len(r.sent.Refused)
		text += fmt.Sprintf(": %s sent", countOf(sent, "payment"))
		if len(r.sent.Left) > 0 {
			text += fmt.Sprintf(", %d more wait", len(r.sent.Left))
		}
		text += "; the next run goes on from here"
		if len(r.sent.Unsure) > 0 {
			code = Worse(code, ExitUnsure)
			text += fmt.Sprintf("; the outcome of %s is not known", countOf(len(r.sent.Unsure), "payment"))
		}
		r.alarmVerdict(func(code int, notice string) { alarms = append(alarms, &ExitError{code, errors.New(notice)}) })
	}
	said := errors.Join(append(alarms, &ExitError{code, fmt.Errorf("%s [run-stopped]: %w", text, context.Cause(ctx))})...)
	// What only says that the run was stopped is said here; what went wrong
	// besides has its own code.
	if g.failed == nil || errors.Is(g.failed, context.Canceled) {
		return said
	}
	return errors.Join(said, g.failed)
}
