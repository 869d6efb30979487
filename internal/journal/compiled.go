package journal

import (
	"context"
	"database/sql"
	"errors"
)

// A compiled is a connection on which each text is compiled once: a plan of
// thousands of instructions says the same dozen for each, and compiling them, with
// the triggers that they set off, takes longer than doing them. It lasts for one
// batch.
type compiled struct {
	conn  *sql.Conn
	texts map[string]*sql.Stmt
}

func compile(conn *sql.Conn) *compiled { return &compiled{conn, make(map[string]*sql.Stmt)} }

// of returns the statement of a text.
func (p *compiled) of(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, known := p.texts[query]; known {
		return s, nil
	}
	s, err := p.conn.PrepareContext(ctx, query)
	if err == nil {
		p.texts[query] = s
	}
	return s, err
}

func (p *compiled) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := p.of(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (p *compiled) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.of(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext says of a text that cannot be compiled what the connection says
// of it.
func (p *compiled) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := p.of(ctx, query)
	if err != nil {
		return p.conn.QueryRowContext(ctx, query, args...)
	}
	return s.QueryRowContext(ctx, args...)
}

// close lets go of the statements.
func (p *compiled) close() (err error) {
	for _, s := range p.texts {
		err = errors.Join(err, s.Close())
	}
	return err
}
