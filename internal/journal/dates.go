package journal

import (
	"context"
	"database/sql"
	"time"
)

// Dates are the moments of one instruction's way, of UTC. A step that was not
// taken is the zero time.
type Dates struct {
	Proposed time.Time // its plan was registered
	Approved time.Time // the decision that completed what the plan needs
	Sent     time.Time // begun: from then on its bytes may have been on the wire
	Paid     time.Time // the first step that made it paid, whatever came after
}

// Dates returns the way of every instruction, by objectId. It is one query for
// all of them: the approvals are counted plan by plan and not payment by payment.
func (s *Store) Dates(ctx context.Context) (map[string]Dates, error) {
	defer s.alone()()
	all := make(map[string]Dates)
	err := each(ctx, s.conn, `WITH approval AS (
			SELECT plan, at, person = 'auto' AS auto, row_number() OVER (PARTITION BY plan, person = 'auto' ORDER BY seq) AS nth
			FROM decision WHERE approve = 1),
		approved AS (
			SELECT a.plan, min(a.at) AS at FROM approval a JOIN proposal p ON p.hash = a.plan WHERE a.auto OR a.nth = p.need GROUP BY a.plan)
		SELECT i.object_id, p.registered_at, approved.at,
			(SELECT s.at FROM step s WHERE s.subject = i.object_id AND s.kind = 'BEGUN' ORDER BY s.seq LIMIT 1),
			(SELECT s.at FROM step s WHERE s.subject = i.object_id AND s.new = 'PAID' ORDER BY s.seq LIMIT 1)
		FROM instruction i JOIN proposal p ON p.hash = i.plan LEFT JOIN approved ON approved.plan = i.plan`, nil,
		func(rows *sql.Rows) error {
			var id string
			var proposed, approved, sent, paid sql.NullInt64
			if err := rows.Scan(&id, &proposed, &approved, &sent, &paid); err != nil {
				return err
			}
			all[id] = Dates{Proposed: maybe(proposed), Approved: maybe(approved), Sent: maybe(sent), Paid: maybe(paid)}
			return nil
		})
	return all, explain(err, s.path)
}

// maybe is the moment of a column that may be NULL.
func maybe(ms sql.NullInt64) (t time.Time) {
	if ms.Valid {
		t = moment(ms.Int64)
	}
	return t
}
