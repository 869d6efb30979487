//go:build office

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// TestNotesThroughLibreOffice sends a report through LibreOffice, which writes every
// part of a workbook in its own way: what was printed is not taken for a change, and
// what a person wrote is read back. `make office` runs it where soffice is.
func TestNotesThroughLibreOffice(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "world"))); err != nil {
		t.Fatal(err)
	}
	more := "supplier_b2b_id,supplier_invoice_number,invoice_date,due_date,invoice_amount,paid_amount,due_amount\n" +
		"SUP2,A-1,2026-10-01,2026-10-31,100.00,100.00,0.00\nSUP2,A-2,2026-10-01,,70.00,0.00,70.00\n"
	if err := os.WriteFile(filepath.Join(dir, "ledger", "more.csv"), []byte(more), 0o600); err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)
	reconcile := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		err := run(t.Context(), func() time.Time { clock = clock.Add(time.Second); return clock },
			append(args, "--config", filepath.Join(dir, "reconcile.yaml")), nil, strings.NewReader(""), &out, &errs)
		if got := code(err); got != want {
			t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, want, out.String(), errs.String())
		}
		return out.String() + errs.String()
	}
	night := 0
	report := func() string {
		night++
		reconcile(10, "run", "--as-of", "2026-11-21")
		return filepath.Join(dir, "reports", fmt.Sprintf("2026-11-21-run-%02d", night), "reconciliation.xlsx")
	}
	through := func(from string) string {
		t.Helper()
		to := filepath.Join(dir, fmt.Sprint("office", night))
		cmd := exec.CommandContext(t.Context(), "soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
			"--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", to, from)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("soffice: %v\n%s", err, out)
		}
		return filepath.Join(to, filepath.Base(from))
	}

	came := filepath.Join(dir, "came.xlsx")
	pairs := []string{"Owner", "मीरा नायर", "Resolution", "accept difference", "Note", "paid by cheque; see 4711 + the letter of 5 Nov", "Due", "2026-12-05"}
	if err := writeNotes(report(), came, "Act today", "PAID_WITHOUT_EVENT", pairs...); err != nil {
		t.Fatal(err)
	}
	if said := reconcile(0, "annotate", through(came)); !strings.Contains(said, "1 note taken") {
		t.Errorf("of what a person wrote: %s", said)
	}
	printed := report()
	if said := reconcile(0, "annotate", through(printed)); !strings.Contains(said, "0 notes taken") {
		t.Errorf("of a report that nobody touched: %s", said)
	}
	// And once by the folder: somebody else's word on the other exception.
	if err := os.Mkdir(filepath.Join(dir, "notes"), 0o700); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	if err := writeNotes(printed, came, "Breaks", "NO_DUE_DATE", "Owner", "ravi"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(through(came))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes", "came.xlsx"), b, fs.FileMode(0o600)); err != nil {
		t.Fatal(err)
	}
	last := report()
	rows := textOf(t, last, "Breaks")
	for _, want := range []string{"मीरा नायर\taccept difference\tpaid by cheque; see 4711 + the letter of 5 Nov\t05-Dec-2026", "ravi"} {
		if !strings.Contains(rows, want) {
			t.Errorf("the next report does not show %q:\n%s", want, rows)
		}
	}
}

// textOf returns a sheet as lines, with tabs between the cells as they are shown.
func textOf(t *testing.T, path, sheet string) string {
	t.Helper()
	x, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	rows, err := x.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, "\t") + "\n")
	}
	return b.String()
}
