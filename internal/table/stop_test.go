package table

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// stopOf returns what tells a reader that ctx has ended.
func stopOf(ctx context.Context) func() error {
	return func() error { return context.Cause(ctx) }
}

// TestStop: who has cancelled waits for no end of the file, whatever the reader is
// at, and hears that he did, not that the file were damaged.
func TestStop(t *testing.T) {
	var text, sheet, strs strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "supplier %d,INV-%d,1180.00\n", i, i)
		fmt.Fprintf(&sheet, `<row r="%d"><c t="s"><v>%d</v></c><c><v>1180.5</v></c></row>`, i+1, i)
		fmt.Fprintf(&strs, "<si><t>supplier %d</t></si>", i)
	}
	workbook := parts(sheet.String())
	workbook["xl/sharedStrings.xml"] = "<sst>" + strs.String() + "</sst>"
	gaps := parts(`<row r="1"/>` + strings.Repeat("<!-- nothing -->", 200_000) + `<row r="2"/>`)

	for _, tt := range []struct {
		name  string
		data  []byte
		after int // rows, behind which it is cancelled
		most  int // rows that may still come
	}{
		{"a text", []byte(text.String()), 10, stopEvery},
		{"a workbook", pack(t, workbook), 10, 2000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			f, err := Open("ledger", tt.data, Limits{Stop: stopOf(ctx)})
			if err != nil {
				t.Fatal(err)
			}
			rows := 0
			err = f.Sheets[0].Rows(func(Row) error {
				if rows++; rows == tt.after {
					cancel()
				}
				return nil
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want that it was cancelled", err)
			}
			if rows > tt.after+tt.most {
				t.Errorf("%d rows were read after it was cancelled, want at most %d", rows-tt.after, tt.most)
			}
			var refused *RefusedError
			if errors.As(err, &refused) {
				t.Errorf("the file is said to be at fault: %v", refused)
			}
		})
	}

	t.Run("the texts of a workbook", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Open("ledger.xlsx", pack(t, workbook), Limits{Stop: stopOf(ctx)}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that it was cancelled", err)
		}
	})
	t.Run("markup without rows", func(t *testing.T) {
		asked := 0
		stop := errors.New("it takes too long")
		f, err := Open("ledger.xlsx", pack(t, gaps), Limits{Stop: func() error {
			if asked++; asked > 12 {
				return stop
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		if err := f.Sheets[0].Rows(func(Row) error { rows++; return nil }); !errors.Is(err, stop) || rows > 1 {
			t.Errorf("got %v after %d rows, want %v within the markup", err, rows, stop)
		}
	})
}

// TestRead: what rows say of how much was read rises, and ends at the size.
func TestRead(t *testing.T) {
	var text, sheet strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, "supplier %d,INV-%d,1180.00\n", i, i)
		fmt.Fprintf(&sheet, `<row r="%d"><c><v>1180.5</v></c></row>`, i+1)
	}
	for name, data := range map[string][]byte{"a text": []byte(text.String()), "a workbook": pack(t, parts(sheet.String()))} {
		f, err := Open("ledger", data, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var last, rises int64
		err = f.Sheets[0].Rows(func(r Row) error {
			if r.Read < last {
				t.Fatalf("%s: row %d says %d, the one above %d", name, r.Number, r.Read, last)
			}
			if r.Read > last {
				rises++
			}
			last = r.Read
			return nil
		})
		if err != nil || last != f.Size || rises < 8 {
			t.Errorf("%s: got %v, %d of %d bytes in %d steps", name, err, last, f.Size, rises)
		}
	}
}
