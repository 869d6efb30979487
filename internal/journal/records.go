package journal

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"reconcile/internal/approval"
)

// The kinds of records: what people decide that moves no money.
const (
	KindNoted      = "NOTED"       // a controller's note on an exception; Subject is its exception id
	KindSoftClosed = "SOFT_CLOSED" // a period is to be reconciled only; Subject is the period, such as 2026-11
	KindClosed     = "CLOSED"      // a period was closed by two people
	KindReopened   = "REOPENED"    // a closed period was opened again by two people
	KindPurged     = "PURGED"      // data whose time was over was erased; Subject says of what kind
)

// A Record is one such decision, as a step of the chain.
type Record struct {
	Kind    string // one of the above
	Subject string
	Actor   string          // empty: whoever opened the journal
	Body    json.RawMessage // an object; what was decided, old beside new

	Seq  int64 // given by the journal, as are those below
	At   time.Time
	Hash string
}

// Record writes records that one person may make alone, all or none.
func (s *Store) Record(ctx context.Context, records ...Record) error {
	for _, r := range records {
		if r.Kind == KindClosed || r.Kind == KindReopened {
			return refuse(nil, "have two people sign it", "to close or reopen %s takes two people", r.Subject)
		}
		if r.Kind == KindPurged && r.Subject == subjectPersonal {
			return refuse(nil, "use ErasePersonal", "a record about %s erases", r.Subject)
		}
	}
	if len(records) == 0 {
		return nil
	}
	return s.write(ctx, false, func(b *batch) error {
		for _, r := range records {
			if err := b.record(r, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// RecordByTwo writes the closing of a period or its reopening. Both statements
// name the same subject and details; what they sign besides is for the caller to
// put into the details, as a hash. Both are kept and used up.
func (s *Store) RecordByTwo(ctx context.Context, r Record, first, second Signed) error {
	action := approval.Close
	if r.Kind == KindReopened {
		action = approval.Reopen
	}
	if err := pair(first, second, action); err != nil {
		return err
	}
	if first.Subject != r.Subject {
		return refuse(nil, "sign what is to be done", "the statements are about %s and not about %s", first.Subject, r.Subject)
	}
	r.Actor = names(first, second)
	return s.write(ctx, false, func(b *batch) error {
		statements, err := b.pledgeBoth(first, second)
		if err != nil {
			return err
		}
		return b.record(r, statements)
	})
}

func (b *batch) record(r Record, statements []string) error {
	body, err := canonicalText(r.Body)
	if err != nil {
		return err
	}
	_, err = b.step(Step{Actor: r.Actor, Kind: r.Kind, Subject: r.Subject}, recorded{Body: body, Used: texts(statements)}, nil)
	return err
}

// canonicalText writes a JSON text with its keys sorted and nothing between them,
// as SQLite prints it too.
func canonicalText(b json.RawMessage) (json.RawMessage, error) {
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber() // amounts are paise, and some are too large for a float
	if err := d.Decode(&v); err != nil || v == nil {
		return nil, errors.Join(errors.New("a record is not a JSON object"), err)
	}
	return canonical(v)
}

// Records returns the records of these kinds in the order in which they were made.
func (s *Store) Records(ctx context.Context, kinds ...string) (found []Record, err error) {
	defer s.alone()()
	err = each(ctx, s.conn, "SELECT r.kind, r.subject, r.actor, r.body, r.seq, s.at, s.hash FROM record r JOIN step s ON s.seq = r.seq ORDER BY r.seq", nil,
		func(rows *sql.Rows) error {
			var r Record
			var body string
			var at int64
			if err := rows.Scan(&r.Kind, &r.Subject, &r.Actor, &body, &r.Seq, &at, &r.Hash); err != nil {
				return err
			}
			r.Body, r.At = json.RawMessage(body), moment(at)
			if slices.Contains(kinds, r.Kind) {
				found = append(found, r)
			}
			return nil
		})
	return found, explain(err, s.path)
}
