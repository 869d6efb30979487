package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// A table is one that the chain explains: every column but held and blob follows
// from the details of steps.
type table struct {
	name    string
	columns []string
	key     int    // the first so many columns are the key
	summed  string // a column that a trigger keeps; empty where there is none
	blob    string // a column of bytes, which steps carry the hash of
	hash    string // the column that has that hash
}

// The tables, in an order in which each is below those that it refers to.
func tables() []table {
	return []table{
		{name: "lease", key: 1, columns: []string{"id", "fence", "actor", "last_seq"}},
		{name: "evidence", key: 2, columns: []string{"sha256", "subject", "seq", "actor", "text", "utr"}, blob: "bytes", hash: "sha256"},
		{name: "proposal", key: 1, columns: []string{"hash", "seq", "maker", "as_of", "round", "total_paise", "instructions", "second_attempts", "need",
			"registered_at", "expires_at", "invoice_cap_paise", "supplier_cap_paise", "run_cap_paise", "day_cap_paise"}, blob: "plan", hash: "hash"},
		{name: "input", key: 2, columns: []string{"plan", "position", "seq", "path", "sha256"}},
		{name: "decision", key: 2, columns: []string{"plan", "person", "seq", "approve", "at", "reason", "logins", "limit_paise", "evidence_sha256"}},
		{name: "debt", key: 1, columns: []string{"debt_id", "seq", "buyer", "supplier", "number_key", "number_key_version", "financial_year", "part", "owed_paise"}, summed: "held_paise"},
		{name: "instruction", key: 1, columns: []string{"object_id", "seq", "plan", "position", "attempt", "buyer", "supplier", "type", "mode", "reference",
			"net_paise", "adjustment_paise", "lines", "payee_digest", "body_sha256", "state", "sends", "deadline", "fence", "sent_on", "since", "state_seq", "last_seq"}, blob: "body", hash: "body_sha256"},
		{name: "allocation", key: 2, columns: []string{"object_id", "position", "seq", "debt_id", "instalment", "number", "invoice_id", "source",
			"net_paise", "adjustment_paise", "held", "returned_seq"}},
		{name: "alarm", key: 3, columns: []string{"object_id", "kind", "evidence_sha256", "seq", "text", "paid_paise", "others"}},
		{name: "pending", key: 1, columns: []string{"sha256", "seq", "action", "subject", "detail", "person", "logins", "used_seq"}},
		{name: "hold", key: 2, columns: []string{"seq", "position", "act", "what", "subject", "key", "reason", "actor"}},
		{name: "answer", key: 1, columns: []string{"object_id", "seq", "buyer", "supplier", "type", "accept", "remarks", "body_sha256", "state", "sends",
			"deadline", "fence", "since", "last_seq"}, blob: "body", hash: "body_sha256"},
		{name: "record", key: 1, columns: []string{"seq", "kind", "subject", "actor", "body"}},
	}
}

func tableOf(name string) table {
	for _, t := range tables() {
		if t.name == name {
			return t
		}
	}
	panic("unreachable: every change names one of our tables: " + name)
}

// A change is what a step does to one row. Values are string, int64 or nil.
type change struct {
	table string
	how   how
	row   []any          // add, once: a value for each column
	key   []any          // set: of the row
	set   map[string]any // set: the columns that change
}

type how uint8

const (
	add   how = iota + 1 // a new row
	once                 // a new row, unless there is one of that key
	set                  // some columns of a row that exists
	erase                // the bytes of every row whose time is over; key has what and before
)

// A database is a connection, for us.
type database interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// write makes one change in the tables. blob goes into the column of bytes.
func (c change) write(ctx context.Context, db database, blob []byte) error {
	t := tableOf(c.table)
	switch c.how {
	case set:
		return c.update(ctx, db, t)
	case erase:
		return c.clear(ctx, db, t)
	}
	columns, values := t.columns, c.row
	if t.blob != "" && blob != nil {
		columns = append(append([]string{}, columns...), t.blob)
		values = append(append([]any{}, values...), blob)
	}
	if c.how == once {
		var n int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+t.name+" WHERE "+t.where(), c.row[:t.key]...).Scan(&n); err != nil || n > 0 {
			return err
		}
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",")
	_, err := db.ExecContext(ctx, "INSERT INTO "+t.name+" ("+strings.Join(columns, ",")+") VALUES ("+marks+")", values...)
	return err
}

func (c change) update(ctx context.Context, db database, t table) error {
	var names []string
	var values []any
	for _, column := range t.columns {
		if v, ok := c.set[column]; ok {
			names = append(names, column+"=?")
			values = append(values, v)
		}
	}
	done, err := db.ExecContext(ctx, "UPDATE "+t.name+" SET "+strings.Join(names, ",")+" WHERE "+t.where(), append(values, c.key...)...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fmt.Errorf("a step is about %v, and %s has no such row", c.key, t.name), err)
	}
	return nil
}

func (t table) where() string { return strings.Join(t.columns[:t.key], "=? AND ") + "=?" }

// rows reads the whole table, in the order of its key.
func (t table) rows(ctx context.Context, db database, each func(row []any, blob []byte) error) (err error) {
	columns := append([]string{}, t.columns...)
	if t.summed != "" {
		columns = append(columns, t.summed)
	}
	bytes := "NULL"
	if t.blob != "" {
		bytes = t.blob
	}
	found, err := db.QueryContext(ctx, "SELECT "+strings.Join(columns, ",")+","+bytes+" FROM "+t.name+" ORDER BY "+strings.Join(t.columns[:t.key], ","))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.Next() {
		row := make([]any, len(columns))
		into := make([]any, len(columns), len(columns)+1)
		for i := range row {
			into[i] = &row[i]
		}
		var blob []byte
		if err := found.Scan(append(into, &blob)...); err != nil {
			return err
		}
		if err := each(row, blob); err != nil {
			return err
		}
	}
	return found.Err()
}

// each reads the rows of a question, one after the other.
func each(ctx context.Context, db database, query string, args []any, take func(*sql.Rows) error) (err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
