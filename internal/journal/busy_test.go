package journal

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"reconcile/internal/submit"
)

// A program that keeps the file to itself is no broken disk: it is told with code
// 75, nothing was begun, and the next start goes on.
func TestBusy(t *testing.T) {
	for name, tt := range map[string]struct {
		keeps string // how the other one keeps the file
		after bool   // whether it is the commit that waits in vain, after the side log
	}{
		"writes": {"BEGIN IMMEDIATE", false},
		"reads":  {"BEGIN; SELECT count(*) FROM step", true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.pay(plan(1, pay("one", "S1", 1, line("S1", "INV/1", 1, 1000, 1000))))
			steps := b.steps()
			impatient := "PRAGMA busy_timeout = 1"
			b.ok(errOnly(b.conn.ExecContext(t.Context(), impatient)))
			other := must(sql.Open("sqlite", b.file()))(t)
			defer other.Close()
			other.SetMaxOpenConns(1)
			keeper := must(other.Conn(context.Background()))(t)
			b.ok(errOnly(keeper.ExecContext(t.Context(), tt.keeps)))

			_, err := b.Begin(t.Context(), objectID("one"), b.now.Add(time.Minute))
			var busy *BusyError
			if !errors.As(err, &busy) || busy.ExitCode() != 75 || errors.As(err, new(*DiskError)) {
				t.Errorf("got %v, want a BusyError", err)
			}
			b.ok(errors.Join(errOnly(keeper.ExecContext(t.Context(), "ROLLBACK")), keeper.Close()))
			if _, err := b.Begin(t.Context(), objectID("one"), b.now.Add(time.Minute)); tt.after != errors.As(err, &busy) {
				t.Errorf("the same journal afterwards: got %v, want it to go on: %v", err, !tt.after)
			}
			b.shut()
			b.open()
			if tt.after {
				if got := b.state("one"); got != submit.Intended || b.steps() != steps+1 {
					t.Errorf("opened again: got %v and %d steps more, want %v and the opening alone", got, b.steps()-steps, submit.Intended)
				}
				b.begin("one")
			}
			_ = must(b.Verify(t.Context()))(t)
		})
	}
}
