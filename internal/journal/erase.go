package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// What of the journal holds personal data: names, addresses of payment and what
// else of a supplier a request carries. Signed statements are not among them: they
// prove who decided (Companies (Accounts) Rules 2014, rule 3(1) proviso).
const (
	PersonalPlans    = "proposal"    // of proposals that are over
	PersonalRequests = "instruction" // of payments that came to an end
	PersonalAnswers  = "answer"      // of ours, as a supplier, that were acknowledged
)

// PersonalAtLeast is how long personal data and logs of what was done with them
// are kept whatever a setting says (Digital Personal Data Protection Rules 2025,
// rule 8(3): one year). The tables ask for it as well.
const PersonalAtLeast = 365 * 24 * time.Hour

// subjectPersonal is the subject of the step that erases.
const subjectPersonal = "personal-data"

// An Erasable is what of one kind has had its time.
type Erasable struct {
	What   string // one of the above
	Count  int
	Bytes  int64
	SHA256 string // over a line "key hash" of each, by key; the hashes stay in the journal
}

// erased is the body of the record of an erasure.
type erased struct {
	Before int64                `json:"before"` // milliseconds of UTC since 1970
	Erased map[string]erasedOne `json:"erased"`
}

type erasedOne struct {
	Bytes  int64  `json:"bytes"`
	Count  int    `json:"count"`
	SHA256 string `json:"sha256"`
}

// Personal lists what of these kinds ErasePersonal would erase: what nothing has
// happened to since before. Payments that are open, or whose supplier is frozen,
// are never among it.
func (s *Store) Personal(ctx context.Context, before time.Time, kinds ...string) ([]Erasable, error) {
	defer s.alone()()
	found, err := personal(ctx, s.conn, before, kinds)
	return found, explain(err, s.path)
}

// personal returns the kinds of which there is something, in the order given.
func personal(ctx context.Context, db database, before time.Time, kinds []string) (found []Erasable, err error) {
	for _, what := range kinds {
		e := Erasable{What: what}
		sum := sha256.New()
		err := each(ctx, db, "SELECT key, sha256, bytes FROM personal WHERE what = ? AND last_at < ? ORDER BY key", []any{what, before.UnixMilli()}, func(rows *sql.Rows) error {
			var key, hash string
			var bytes int64
			if err := rows.Scan(&key, &hash, &bytes); err != nil {
				return err
			}
			e.Count, e.Bytes = e.Count+1, e.Bytes+bytes
			_, err := fmt.Fprintf(sum, "%s %s\n", key, hash)
			return err
		})
		if err != nil {
			return nil, err
		}
		if e.SHA256 = hex.EncodeToString(sum.Sum(nil)); e.Count > 0 {
			found = append(found, e)
		}
	}
	return found, nil
}

// ErasePersonal erases what Personal lists, by a step that says how much of what
// it was and its hash. Debts, amounts, states, hashes and steps stay. Where an
// older copy of the journal is put back and recovered, the step erases again.
func (s *Store) ErasePersonal(ctx context.Context, before time.Time, kinds ...string) (found []Erasable, err error) {
	err = s.write(ctx, true, func(b *batch) error {
		if b.at.Sub(before) < PersonalAtLeast {
			return refuse(nil, "name an earlier moment", "personal data younger than a year are not erased, and %s is no year ago", before.UTC().Format(time.DateOnly))
		}
		var err error
		if found, err = personal(ctx, b.db, before, kinds); err != nil || len(found) == 0 {
			return err
		}
		body := erased{Before: before.UnixMilli(), Erased: map[string]erasedOne{}}
		for _, e := range found {
			body.Erased[e.What] = erasedOne{e.Bytes, e.Count, e.SHA256}
		}
		text, err := canonical(body)
		if err != nil {
			return err
		}
		return b.record(Record{Kind: KindPurged, Subject: subjectPersonal, Body: text}, nil)
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// effectsErased are those of a record that erases, besides the record.
func effectsErased(s Step, body json.RawMessage) ([]change, error) {
	if s.Kind != KindPurged || s.Subject != subjectPersonal {
		return nil, nil
	}
	var d erased
	if err := strict(body, &d); err != nil {
		return nil, err
	}
	var changes []change
	for _, what := range []string{PersonalRequests, PersonalAnswers, PersonalPlans} {
		if _, is := d.Erased[what]; is {
			changes = append(changes, change{table: what, how: erase, key: []any{what, d.Before}})
		}
	}
	if len(changes) != len(d.Erased) {
		return nil, errors.New("the step erases something that we do not know")
	}
	return changes, nil
}

// clear empties the column of bytes of what has had its time. The triggers hold
// each row to the step.
func (c change) clear(ctx context.Context, db database, t table) error {
	_, err := db.ExecContext(ctx, "UPDATE "+t.name+" SET "+t.blob+" = NULL WHERE "+t.columns[0]+" IN (SELECT key FROM personal WHERE what = ? AND last_at < ?)", c.key...)
	return err
}
