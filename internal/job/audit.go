package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/config"
	"reconcile/internal/history"
	"reconcile/internal/journal"
)

// A Verdict is what Verify found.
type Verdict struct {
	Steps int64  `json:"steps"`
	Head  string `json:"head"` // hash of the last step
	Side  int64  `json:"side_log_steps"`
	Text  string `json:"text"`
}

// Verify proves the chain of our own payments.
func Verify(ctx context.Context, in Input) (v *Verdict, err error) {
	store, err := openChain(ctx, in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, withIO(store.Close())) }()
	found, err := store.Verify(ctx)
	if err != nil {
		return nil, withIO(err)
	}
	return &Verdict{found.Steps, found.Head, found.Side,
		fmt.Sprintf("the chain is whole: %d steps, each by its hash, %d rows of the tables explained by them, %d steps in the side log; the last is %s",
			found.Steps, found.Rows, found.Side, found.Head)}, nil
}

// Export writes the chain as lines of JSON.
func Export(ctx context.Context, in Input, w io.Writer) (err error) {
	store, err := openChain(ctx, in)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, withIO(store.Close())) }()
	return withIO(store.Export(ctx, w))
}

// openChain opens the journal to be read for its own sake.
func openChain(ctx context.Context, in Input) (*journal.Store, error) {
	store, err := openToLook(ctx, in)
	if err == nil && store == nil {
		err = noJournal(in.Config)
	}
	return store, err
}

func noJournal(c *config.Config) error {
	if err := notTheFirst(c); err != nil {
		return err
	}
	return &ExitError{ExitMissing, errors.New("there is no journal yet, for nothing was ever proposed; see reconcile propose [journal-missing]")}
}

// doubt returns what is wrong with the journal; nil where nothing is. It only
// looks: what is to be recovered is not touched before two people have said so.
func doubt(ctx context.Context, in Input) (*journal.CorruptError, error) {
	err := journal.Doubt(ctx, in.Config.Path(in.Config.Store), journalOptions(in))
	var corrupt *journal.CorruptError
	if errors.As(err, &corrupt) {
		return corrupt, nil
	}
	return nil, withIO(err)
}

// WouldRecover says what recover would do.
func WouldRecover(ctx context.Context, in Input) (text string, err error) {
	release, err := history.Lock(in.Config.Path(in.Config.Store))
	if err != nil {
		return "", withIO(err)
	}
	defer func() { err = errors.Join(err, release()) }()
	corrupt, err := doubt(ctx, in)
	switch {
	case err != nil:
		return "", err
	case corrupt == nil:
		return "the journal and the side log agree; there is nothing to recover", nil
	case corrupt.From == "":
		return "", corrupt
	}
	return fmt.Sprintf("%v\nrecover would go on from step %s: two approvers have to say so with --key", corrupt, corrupt.From), nil
}

// recoverJournal lets two people make the journal go on from what the side log
// knows.
func recoverJournal(ctx context.Context, in Input, d Decision) (*Decided, error) {
	corrupt, err := doubt(ctx, in)
	switch {
	case err != nil:
		return nil, err
	case corrupt == nil:
		return nil, &ExitError{ExitUsage, errors.New("the journal and the side log agree; there is nothing to recover [recover-needless]")}
	case corrupt.From == "":
		return nil, corrupt
	}
	s, err := statement(in, d, corrupt.From, nil)
	if err != nil {
		return nil, err
	}
	first, err := pledgeBeside(in, s)
	if err != nil {
		return nil, err
	}
	if first == nil {
		return &Decided{Action: d.Verb.String(), Subject: corrupt.From, By: s.By, Effect: "waits", Text: s.By + " asks to recover; a second approver has to say the same"}, nil
	}
	if err := approval.Pair(first.Statement, s.Statement, in.Config.Payments.Approvers); err != nil {
		return nil, refusal(err)
	}
	told, err := toldByReports(in.Config)
	if err != nil {
		return nil, err
	}
	done, err := journal.Recover(ctx, in.Config.Path(in.Config.Store), journalOptions(in), told, *first, s)
	if err != nil {
		return nil, withIO(err)
	}
	if err := forgetBeside(in); err != nil {
		return nil, err
	}
	return &Decided{Action: d.Verb.String(), Subject: corrupt.From, By: first.By + "+" + s.By, Effect: "done", Text: recoveredText(&done, in.Config.Timezone)}, nil
}

// recoveredText says what a recovery did, and what is for people to do now.
func recoveredText(done *journal.Recovery, zone *time.Location) string {
	text := fmt.Sprintf("recovered: %d steps taken over from the side log; the outcome of %s is now unknown and held; %s withdrawn that were never begun",
		done.Steps, countOf(len(done.Unsure), "payment"), countOf(len(done.Void), "payment"))
	if done.Lost {
		since := "since the first"
		if !done.Since.IsZero() {
			since = "after " + done.Since.In(zone).Format("2 January 2006 15:04")
		}
		text += fmt.Sprintf("; no side log tells what was sent %s, so %s ended, and a person has to approve the next one: look at the bank's statement first",
			since, counted(len(done.Ended), "open plan is", "open plans are"))
	}
	if len(done.Frozen) > 0 {
		text += fmt.Sprintf("; earlier reports or the old side log tell of payments to %s that the journal does not know, so nothing is paid to them until two people release each: %s",
			countOf(len(done.Frozen), "supplier"), strings.Join(done.Frozen, ", "))
	}
	return text
}
