package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/source"
	"reconcile/internal/table"
)

// large writes a ledger of many rows as a text and as a workbook.
func large(t *testing.T) []source.Ref {
	t.Helper()
	const rows = 30_000
	dir := t.TempDir()
	headings := []string{"supplier_name", "supplier_invoice_number", "invoice_amount"}
	text := strings.Builder{}
	text.WriteString(strings.Join(headings, ",") + "\n")
	book := excelize.NewFile()
	w, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	write := func(row int, cells ...any) {
		if err := w.SetRow(fmt.Sprintf("A%d", row), cells); err != nil {
			t.Fatal(err)
		}
	}
	write(1, "supplier_name", "supplier_invoice_number", "invoice_amount")
	for i := range rows {
		fmt.Fprintf(&text, "Ganga Traders,G/%d,1180.00\n", i)
		write(i+2, "Yamuna Works", fmt.Sprintf("Y/%d", i), 590.5)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := book.SaveAs(filepath.Join(dir, "b.xlsx")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	refs, err := source.Find(dir, []string{"*.*"})
	if err != nil {
		t.Fatal(err)
	}
	return refs
}

// TestProgress: how far the reading is rises in steps to an end that is known from
// the first, and the end is reached.
func TestProgress(t *testing.T) {
	refs := large(t)
	var size int64
	for _, ref := range refs {
		size += ref.Size()
	}
	watch := func(what string, size int64, do func(o Options) error) {
		t.Helper()
		var last, steps int64
		err := do(Options{Progress: func(done, total int64) {
			if total != size || done <= last || done > total {
				t.Errorf("%s: told %d of %d after %d, want it to rise to %d", what, done, total, last, size)
			}
			last = done
			steps++
		}})
		if err != nil {
			t.Fatal(err)
		}
		if last != size || steps < 10 {
			t.Errorf("%s: told %d of %d in the end, in %d steps", what, last, size, steps)
		}
	}
	watch("reading", size, func(o Options) error {
		_, err := Read(t.Context(), refs, o)
		return err
	})
	for _, ref := range refs {
		watch("inspecting "+ref.Path(), ref.Size(), func(o Options) error {
			_, err := Inspect(t.Context(), ref, o)
			return err
		})
	}
}

// TestProgressBeforeRows: the bar moves while a workbook is made ready, before the
// first row of it can be read; then it goes on from there.
func TestProgressBeforeRows(t *testing.T) {
	refs := large(t)
	data, _, err := refs[1].ReadAll(source.MaxTable)
	if err != nil {
		t.Fatal(err)
	}
	var told []int64
	m := &meter{tell: func(done, total int64) { told = append(told, done) }, total: refs[1].Size()}
	m.begin(refs[1].Size())
	f, err := table.Open("b.xlsx", data, limits(t.Context(), m))
	if err != nil {
		t.Fatal(err)
	}
	m.open(f.Size, rowPasses)
	first := 0
	if err := f.Sheets[0].Rows(func(row table.Row) error {
		if row.Number == 1 {
			first = len(told)
		}
		if row.Number%every == 0 {
			m.at(row.Read)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	m.sheet()
	if fifth := refs[1].Size() / 5; first < 5 || told[first-1] > fifth || told[first-1] < fifth*9/10 {
		t.Errorf("told %v before the first row, want some steps up to %d", told[:first], fifth)
	}
	if last := told[len(told)-1]; last < refs[1].Size()/2 || last > refs[1].Size()*3/5 {
		t.Errorf("told %d of %d after the first of two passes", last, refs[1].Size())
	}
}

// TestCancelled: a reading that was cancelled ends as such, and never with a book
// or as the fault of a file.
func TestCancelled(t *testing.T) {
	refs := large(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if book, err := Read(gone, refs, Options{}); book != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("before it began: got %v and %v, want no book and that it was cancelled", book, err)
	}
	for _, ref := range refs {
		if in, err := Inspect(gone, ref, Options{}); in != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("inspecting %s: got %v and %v, want that it was cancelled", ref.Path(), in, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		told := 0
		book, err := Read(ctx, []source.Ref{ref}, Options{Progress: func(int64, int64) {
			if told++; told == 2 {
				cancel()
			}
		}})
		if book != nil || !errors.Is(err, context.Canceled) || told > 3 {
			t.Errorf("%s: got %v and %v after %d steps, want that it was cancelled", ref.Path(), book, err, told)
		}
		cancel()
	}
}

// TestTooLong: the time that a file may take is a limit like the others, and says
// what to do.
func TestTooLong(t *testing.T) {
	ctx, cancel := within(t.Context(), "hostile.xlsx")
	defer cancel()
	if _, ok := ctx.Deadline(); !ok {
		t.Error("a file may take as long as it likes")
	}
	slow := &table.LimitError{Name: "hostile.csv", Reason: "it took too long", Remedy: "split it"}
	stopped, stop := context.WithCancelCause(t.Context())
	data := []byte("supplier_name,supplier_invoice_number,invoice_amount\n" + strings.Repeat("Ganga,G/1,5.00\n", 20_000))
	f, err := table.Open("hostile.csv", data, limits(stopped, &meter{}))
	if err != nil {
		t.Fatal(err)
	}
	stop(slow)
	_, err = readFiles(t.Context(), []sheetFile{{Input: Input{Path: "hostile.csv"}, Sheets: f.Sheets}}, Options{})
	var e *FileError
	if !errors.As(err, &e) || !strings.Contains(e.Text, slow.Reason) || e.Remedy != slow.Remedy {
		t.Errorf("got %v, want that the file is refused, and what to do", err)
	}
}
