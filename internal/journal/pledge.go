package journal

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"reconcile/internal/approval"
)

// Pledge keeps a statement until a second person says the same. Whether one that
// waits (Pending) is the first of the pair is for the caller: who is an approver
// changes, and the word of who is none any more stays in the chain and keeps
// nobody from being heard. The caller hands both to Resolve, Release or
// RecordByTwo.
func (s *Store) Pledge(ctx context.Context, st Signed) error {
	if !st.Action.TwoPeople() || st.Action == approval.Recover || len(st.Text) == 0 {
		return refuse(nil, "sign a resolution or a release", "a statement to %s does not wait here for a second person", st.Action)
	}
	return s.write(ctx, false, func(b *batch) error { return b.pledge(st) })
}

// pledge keeps a statement, unless it is kept already.
func (b *batch) pledge(st Signed) error {
	hash := digest(st.Text)
	var n, used int
	err := b.db.QueryRowContext(b.ctx, "SELECT count(*), count(used_seq) FROM pending WHERE sha256 = ?", hash).Scan(&n, &used)
	switch {
	case err != nil:
		return err
	case used > 0:
		return refuse(nil, "sign it again, if it is wanted again", "the statement of %s was used already", st.By)
	case n > 0:
		return nil
	}
	detail := st.Detail
	if detail == nil {
		detail = map[string]string{}
	}
	_, err = b.step(Step{Actor: st.By, Kind: kindPledged, Subject: st.Subject, Evidence: hash},
		pledged{Action: st.Action.String(), Detail: detail, Logins: texts(st.Logins), Reason: st.Reason}, map[string][]byte{"evidence": st.Text})
	return err
}

// pledgeBoth keeps both statements of a pair and returns their hashes, for the
// step that is their effect.
func (b *batch) pledgeBoth(first, second Signed) ([]string, error) {
	if err := errors.Join(b.pledge(first), b.pledge(second)); err != nil {
		return nil, err
	}
	used := []string{digest(first.Text), digest(second.Text)}
	slices.Sort(used)
	return used, nil
}

// pair tells why two statements are not two people who ask for the same.
func pair(first, second Signed, action approval.Action) error {
	switch {
	case first.Action != action || second.Action != action:
		return refuse(nil, "sign the right statement", "both statements must be to %s", action)
	case first.Subject != second.Subject || !maps.Equal(first.Detail, second.Detail):
		return refuse(nil, "have both sign the same", "the two statements do not ask for the same")
	case len(first.Text) == 0 || len(second.Text) == 0:
		return refuse(nil, "have both sign it", "a statement is not signed")
	}
	ones := append([]string{first.By}, first.Logins...)
	for _, name := range append([]string{second.By}, second.Logins...) {
		if name == "" || first.By == "" || slices.ContainsFunc(ones, func(one string) bool { return strings.EqualFold(one, name) }) {
			return refuse(nil, "have another person sign the second one", "%s and %s are not two people", first.By, second.By)
		}
	}
	return nil
}

// names writes two people as one actor.
func names(first, second Signed) string {
	both := []string{first.By, second.By}
	slices.Sort(both)
	return strings.Join(both, "+")
}

// Pending returns every statement that waits for a second person.
func (s *Store) Pending(ctx context.Context) (found []Signed, err error) {
	defer s.alone()()
	rows, err := s.conn.QueryContext(ctx, `SELECT p.action, p.subject, p.detail, p.person, p.logins, e.text, e.bytes, s.at FROM pending p
		JOIN evidence e ON e.sha256 = p.sha256 AND e.subject = p.subject JOIN step s ON s.seq = p.seq WHERE p.used_seq IS NULL ORDER BY p.seq`)
	if err != nil {
		return nil, explain(err, s.path)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var st Signed
		var action, detail, logins string
		var at int64
		if err := rows.Scan(&action, &st.Subject, &detail, &st.By, &logins, &st.Reason, &st.Text, &at); err != nil {
			return nil, explain(err, s.path)
		}
		st.Action, _ = approval.ParseAction(action)
		st.At = moment(at)
		if err := errors.Join(json.Unmarshal([]byte(detail), &st.Detail), json.Unmarshal([]byte(logins), &st.Logins)); err != nil {
			return nil, explain(err, s.path)
		}
		found = append(found, st)
	}
	return found, rows.Err()
}
