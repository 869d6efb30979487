package submit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// take is one instruction: look, dial, begin, one write, record. A death at any
// point leaves it Intended, as if nothing had been, or Sending, which the next
// run takes for Unsure.
func (r *run) take(ctx context.Context, e *Entry) error {
	// If we die here, nothing has happened.
	if ok, why := r.o.Look(e); !ok {
		return r.withdraw(ctx, e, why)
	}
	// If we die here, or while dialling, a connection closes on which nothing was
	// said.
	conn, err := r.dial(ctx)
	if err != nil {
		r.report.Unreachable = ctx.Err() == nil
		r.stop(fmt.Sprintf("no connection: %v", err))
		r.place(&r.report.Left, e, r.report.Stopped)
		return nil
	}
	defer conn.Close() // what was to be said on it was said, or never will be

	// From Begin to the record nothing interrupts us but death.
	ctx = context.WithoutCancel(ctx)
	deadline := r.o.Now().Add(r.o.Timeout)
	// If we die here, it is still Intended, and the next run sends it.
	ticket, err := r.journal.Begin(ctx, e.ObjectID, deadline)
	if err != nil {
		return r.notBegun(e, err)
	}
	// If we die here, it is Sending though nothing was sent. The next run cannot
	// tell, and calls it Unsure: a payment too late is better than one too many.
	answer := r.write(ctx, conn, ticket, deadline)
	// If we die here, it was sent, and is Sending: Unsure, until the evidence comes.
	return r.record(ctx, e, answer)
}

// withdraw ends an instruction of which nothing was sent and nothing will be.
func (r *run) withdraw(ctx context.Context, e *Entry, why string) error {
	// If we die here, it is still Intended, and the next run looks again.
	if _, err := r.journal.Move(context.WithoutCancel(ctx), e.ObjectID, Withdrawn, ours(why), nil); err != nil {
		return fmt.Errorf("withdrawing %s: %w", e.ObjectID, err)
	}
	r.place(&r.report.Voided, e, why)
	return nil
}

// pauses between the tries to connect. Connecting again is harmless, unlike
// anything after it.
var pauses = [...]time.Duration{time.Second, 4 * time.Second}

func (r *run) dial(ctx context.Context) (Conn, error) {
	conn, err := r.gateway.Dial(ctx)
	if r.o.Sleep == nil {
		return conn, err
	}
	for _, pause := range pauses {
		if err == nil || ctx.Err() != nil || r.o.Sleep(ctx, pause) != nil {
			break
		}
		conn, err = r.gateway.Dial(ctx)
	}
	return conn, err
}

// notBegun is told that the journal did not let an instruction be sent.
func (r *run) notBegun(e *Entry, err error) error {
	switch {
	case errors.Is(err, ErrNotIntended):
		r.place(&r.report.Left, e, "another process has sent or withdrawn it meanwhile")
		return nil
	case errors.Is(err, ErrNotApproved):
		r.report.NotApproved = true
		r.place(&r.report.Left, e, err.Error())
		return nil
	case errors.Is(err, ErrOverCap):
		// The later ones are less urgent; none of them overtakes.
		r.report.OverCap = true
		r.stop(err.Error())
		r.place(&r.report.Left, e, err.Error())
		return nil
	}
	return fmt.Errorf("beginning to send %s: %w", e.ObjectID, err)
}

// write writes the request once, unless its time is over: a process that was
// stopped in between must not send what has perhaps been settled since. The
// monotonic clock does not run while the machine sleeps, and the other one can be
// set; so both are asked.
func (r *run) write(ctx context.Context, conn Conn, t Ticket, deadline time.Time) Answer {
	r.sends++
	now := r.o.Now()
	if !now.Before(deadline) || !now.Round(0).Before(deadline.Round(0)) {
		return Answer{Text: "nothing was written, for the time to write it was over"}
	}
	t.Deadline = deadline // with its monotonic reading, which the journal cannot keep
	return conn.Send(ctx, t)
}

// record writes down what followed the write, and decides whether to go on.
func (r *run) record(ctx context.Context, e *Entry, a Answer) error {
	say := Unclear
	switch {
	case a.Acked && !a.Refused && !a.Stop:
		say = Acknowledged
	case a.Refused && !a.Acked:
		say = SaysFailed
	}
	proof := Proof{Actor: ActorGateway, Text: a.Text, SHA256: a.SHA256}
	if proof.SHA256 == "" {
		proof.SHA256 = sum(a.Text)
	}
	state, err := r.journal.Move(ctx, e.ObjectID, say, proof, nil)
	switch {
	case err != nil:
		r.place(&r.report.Unsure, e, "what followed could not be recorded; it was: "+a.Text)
		return fmt.Errorf("recording what followed the sending of %s: %w", e.ObjectID, err)
	case state == Failed:
		r.place(&r.report.Refused, e, a.Text)
	case state == Unsure:
		r.place(&r.report.Unsure, e, a.Text)
	default:
		r.place(&r.report.Acked, e, a.Text)
	}
	r.breakers(e, say, a)
	return nil
}

// breakers end a run that does not go well. What is not sent today can be sent
// tomorrow.
func (r *run) breakers(e *Entry, say Say, a Answer) {
	switch say {
	case Acknowledged:
		r.unsure = 0
		return
	case Unclear:
		r.unsure++
	}
	switch {
	case a.Stop:
		r.stop(fmt.Sprintf("the answer to %s forbids more: %s", e.ObjectID, a.Text))
	case r.sends == 1 && !r.o.NoCanary:
		r.stop(fmt.Sprintf("the first payment of the run, %s, was not acknowledged: %s", e.ObjectID, a.Text))
	case r.unsure >= r.o.MaxUnsureInARow:
		r.stop(fmt.Sprintf("the outcome of %d payments in a row is not known; the last was %s: %s", r.unsure, e.ObjectID, a.Text))
	}
}

// ours is the proof of a step that the program takes by itself.
func ours(why string) Proof { return Proof{Actor: ActorProgram, Text: why, SHA256: sum(why)} }

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}
