package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"reconcile/internal/history"
	"reconcile/internal/ping"
	"reconcile/internal/submit"
)

// Night is a run together with what is told to those outside who watch that there
// is one: a dead man's switch when it begins and ends, and a monitor afterwards.
// Only a KindRun is told of; what a person does in between is no night. Whether
// anybody heard of it changes neither the run nor its code.
func Night(ctx context.Context, in Input) (*Done, error) {
	s := &sighting{in: in, begun: in.Now()}
	if in.Kind == KindRun {
		s.start = s.pingStart
	}
	in.seen = s
	done, err := Run(ctx, in)
	s.end(ctx, done, err)
	return done, err
}

// A sighting is what is seen of a run from outside, also of one that ends before
// its report. A nil sighting sees nothing.
type sighting struct {
	in    Input
	begun time.Time
	start func(context.Context)
	mute  bool // a ping has failed, which was logged: once a run is enough

	id     string     // of the run; empty where it did not come to have one
	opened bool       // the journal was
	till   *till      // our own payments; nil where there are none
	g      *gathering // nil where gathering failed
}

// began is called when the run has the lock and an id.
func (s *sighting) began(ctx context.Context, id string) {
	if s == nil {
		return
	}
	if s.id = id; s.start != nil {
		s.start(ctx)
	}
}

// saw is called when our own payments are known, and again when everything is.
func (s *sighting) saw(t *till, g *gathering) {
	if s != nil {
		s.opened, s.till, s.g = true, t, g
	}
}

// end tells how the run ended. One that was kept out says nothing: whoever holds
// the lock speaks for itself.
func (s *sighting) end(ctx context.Context, done *Done, err error) {
	var locked *history.LockedError
	if errors.As(err, &locked) || errors.Is(err, errNotDue) {
		return
	}
	code := Code(err)
	if err == nil {
		code = done.Code
	}
	log := s.in.log()
	if s.id != "" {
		log = log.With("run_id", s.id)
	}
	log.Info("run ended", "stage", "end", "kind", s.in.Kind, "as_of", s.in.AsOf.String(), "exit_code", code, "elapsed_ms", s.in.since(s.begun))
	if s.in.Kind != KindRun {
		return
	}
	// What was stopped has ended too, and is told of.
	ctx = context.WithoutCancel(ctx)
	if err := s.measure(ctx, code, done); err != nil {
		log.Warn(fmt.Sprintf("the metrics were not written: %v [metrics-not-written]", err))
	}
	line := s.line(code, done)
	s.ping(func(p *ping.Switch) error {
		if succeeded(code) {
			return p.Success(ctx, line)
		}
		return p.Fail(ctx, line)
	})
}

// succeeded tells whether a code is that of a night that did its work: breaks are
// what it is there to find.
func succeeded(code int) bool { return code == ExitClean || code == ExitBreaks }

func (s *sighting) pingStart(ctx context.Context) {
	s.ping(func(p *ping.Switch) error { return p.Start(ctx, s.id) })
}

// ping does one ping, where there is a switch.
func (s *sighting) ping(do func(*ping.Switch) error) {
	url := s.in.Config.Ping.URL
	if url.Empty() {
		return
	}
	if err := do(ping.New(url.Reveal())); err != nil && !s.mute {
		s.mute = true
		s.in.log().Warn(fmt.Sprintf("the dead man's switch of ping.url_file was not told: %v [ping-failed]", err), "run_id", s.id)
	}
}

// line is what a switch is told: counts, for it is somebody else's machine.
func (s *sighting) line(code int, done *Done) string {
	line := fmt.Sprintf("%s exit_code=%d", s.id, code)
	if s.id == "" {
		line = fmt.Sprintf("no run exit_code=%d", code)
	}
	if entries, known := s.unknown(); known {
		line += fmt.Sprintf(" unknown=%d", len(entries))
	}
	if done == nil {
		return line + " no report"
	}
	sum, breaks := &done.Summary, 0
	for _, b := range sum.Breaks {
		breaks += b.Value.Count
	}
	return line + fmt.Sprintf(" items=%d payment_lines=%d breaks=%d quarantined=%d proposed=%d sent=%d",
		len(done.Facts.Result.Items), len(done.Facts.Result.Lines), breaks, sum.Quarantined, sum.Payments.Proposed.Count, sum.Payments.Submitted.Count)
}

// unknown returns the payments of ours whose outcome nobody knows, and false
// where the run did not come to look.
func (s *sighting) unknown() (entries []*submit.Entry, known bool) {
	switch {
	case s.g != nil && s.g.pays != nil:
		return s.g.pays.unknown(), true
	case s.till != nil:
		for i := range s.till.entries {
			if e := &s.till.entries[i]; e.State == submit.Unsure || e.State == submit.Sending {
				entries = append(entries, e)
			}
		}
	}
	return entries, s.opened
}
