package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"reconcile/internal/approval"
	"reconcile/internal/history"
	"reconcile/internal/journal"
	"reconcile/internal/period"
)

// Reopen opens a period again: two people, each with a reason. What it was closed
// with is kept, and the next closing is another version.
func Reopen(ctx context.Context, in Input, p period.Period, d Decision) (done *Decided, err error) {
	if d.StatementFile == "" {
		if err := period.CheckReason(d.Reason); err != nil {
			return nil, err
		}
	}
	release, err := history.Lock(in.Config.Path(in.Config.Store))
	if err != nil {
		return nil, withIO(err)
	}
	defer func() { err = errors.Join(err, release()) }()
	if !journalExists(in.Config) {
		_, err := period.Calendar{}.MayReopen(p)
		return nil, err
	}
	t, err := beginTill(ctx, in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	calendar, err := t.calendar(ctx)
	if err != nil {
		return nil, err
	}
	was, err := calendar.MayReopen(p)
	if err != nil {
		return nil, err
	}
	d.Verb, d.Subject = approval.Reopen, p.String()
	s, err := t.signed(d, map[string]string{approval.DetailReport: cmp.Or(was.Closing, was.Snapshot), detailVersion: strconv.Itoa(was.Version)})
	if err != nil {
		return nil, err
	}
	if err := period.CheckReason(s.Reason); err != nil {
		return nil, err
	}
	first, err := t.partner(ctx, s)
	if err != nil {
		return nil, err
	}
	if first == nil {
		return t.waits(s), nil
	}
	return t.reopened(ctx, &was, *first, s)
}

func (t *till) reopened(ctx context.Context, was *period.Event, first, second journal.Signed) (*Decided, error) {
	p := was.Period
	body, err := json.Marshal(periodRecord{Version: was.Version, Closing: was.Closing, Snapshot: was.Snapshot,
		Reasons: map[string]string{first.By: first.Reason, second.By: second.Reason}})
	if err != nil {
		return nil, fault("%v", err)
	}
	if err := t.journal.RecordByTwo(ctx, journal.Record{Kind: journal.KindReopened, Subject: p.String(), Body: body}, first, second); err != nil {
		return nil, withIO(err)
	}
	kept := "; what it was closed with is kept as " + period.Name(p, was.Version) + ".zip, and the next closing is version " + strconv.Itoa(was.Version+1)
	if was.To == period.SoftClosed {
		kept = ""
	}
	return &Decided{Action: approval.Reopen.String(), Subject: p.String(), By: first.By + "+" + second.By, Effect: "done",
		Text: fmt.Sprintf("%s and %s opened %s%s", first.By, second.By, p.Long(), kept)}, nil
}
