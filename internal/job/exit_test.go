package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"reconcile/internal/history"
	"reconcile/internal/journal"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/source"
)

func TestCode(t *testing.T) {
	missing, refused := &source.NotFoundError{Patterns: []string{"x"}}, &ledger.FileError{Pos: source.Pos{File: "l.csv"}}
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"none", nil, 0},
		{"missing", fmt.Errorf("looking: %w", missing), 66},
		{"refused", fmt.Errorf("reading: %w", refused), 65},
		{"a setting", &ledger.FileError{Check: "preset-unknown"}, 78},
		{"the worse of two", errors.Join(missing, refused), 65},
		{"the worse of two, the other way round", errors.Join(refused, missing), 65},
		{"the outer one knows better", &ExitError{40, &fs.PathError{Err: fs.ErrPermission}}, 40},
		{"disk", fmt.Errorf("reading: %w", &fs.PathError{Err: fs.ErrPermission}), 74},
		{"lock", &history.LockedError{}, 75},
		{"busy", fmt.Errorf("opening: %w", &journal.BusyError{}), 75},
		{"stopped", fmt.Errorf("reading: %w", context.Canceled), 130},
		{"lost", fmt.Errorf("%w: a paisa", matcher.ErrLost), 70},
		{"nobody knows", errors.New("?"), 70},
	}
	for _, tt := range tests {
		if got := Code(tt.err); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}

// The order of the contract, written once more.
func TestWorse(t *testing.T) {
	order := []int{21, 20, 65, 74, 78, 64, 66, 77, 69, 75, 40, 41, 10, 0}
	for i, worse := range order {
		for _, better := range order[i:] {
			if Worse(worse, better) != worse || Worse(better, worse) != worse {
				t.Errorf("of %d and %d: got %d and %d", worse, better, Worse(worse, better), Worse(better, worse))
			}
		}
	}
}
