package ledger_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/ledger"
	"reconcile/internal/source"
	"reconcile/internal/table"
)

// TestReadFiles reads a CSV and a workbook from disk, and one that is neither.
func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("b.csv", "supplier_code,supplier_invoice_number,due_amount\nV1,A1,\"1,18,000.00\"\n")
	book := excelize.NewFile()
	for i, row := range [][]any{
		{"Acme Retail Pvt Ltd"},
		{"Supplier Code", "Supplier Invoice Number", "Due Amount", "Due Date"},
		{"V1", 201, 45236.480000000003, "21/11/2026"},
		{"V1", "A2", 10, 46347},
	} {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := book.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SaveAs(filepath.Join(dir, "a.xlsx")); err != nil {
		t.Fatal(err)
	}
	find := func(pattern string) []source.Ref {
		t.Helper()
		refs, err := source.Find(dir, []string{pattern})
		if err != nil {
			t.Fatal(err)
		}
		return refs
	}
	got, err := ledger.Read(context.Background(), find("*"), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Inputs) != 2 || got.Inputs[0].Path != "a.xlsx" || len(got.Inputs[0].SHA256) != 64 || got.Inputs[1].Bytes == 0 {
		t.Errorf("got inputs %+v, want a.xlsx and b.csv with their hashes", got.Inputs)
	}
	var items []string
	for _, it := range got.Items {
		items = append(items, it.Pos.String()+" "+it.Number+" "+it.Due.String()+" "+it.DueDate.String())
	}
	want := "a.xlsx:Sheet1!3 201 45236.48 2026-11-21; a.xlsx:Sheet1!4 A2 10.00 2026-11-21; b.csv:2 A1 118000.00 "
	if s := strings.Join(items, "; "); s != want {
		t.Errorf("got %s, want %s", s, want)
	}

	write("c.csv", "<html><table></table></html>")
	none, err := ledger.Read(context.Background(), find("*"), ledger.Options{})
	var file *ledger.FileError
	var refused *table.RefusedError
	if none != nil || !errors.As(err, &file) || !errors.As(err, &refused) || file.Pos.File != "c.csv" || file.Remedy == "" {
		t.Errorf("got %v, %v; want c.csv refused, with a remedy, and no book", none, err)
	}

	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ledger.Read(cancelled, find("b.csv"), ledger.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
