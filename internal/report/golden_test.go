package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); run go test -update if it is meant:\n%s", name, diff)
	}
}

func workbookOf(t testing.TB, f *Facts) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.WriteWorkbook(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func dumpOf(t testing.TB, book []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Dump(bytes.NewReader(book), int64(len(book)), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbookGolden(t *testing.T) {
	compareGolden(t, "workbook.txt", dumpOf(t, workbookOf(t, smallFacts())))
}

func TestResultsGolden(t *testing.T) {
	var b bytes.Buffer
	if err := smallFacts().WriteResults(&b); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "results.jsonl", b.Bytes())
}

func TestSummaryGolden(t *testing.T) {
	s := smallFacts().Summary(smallRun())
	var b bytes.Buffer
	if err := s.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "summary.json", b.Bytes())
	b.Reset()
	if err := s.Text(&b); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "summary.txt", b.Bytes())
	if !s.Ties() {
		t.Errorf("the small month does not tie: %+v", s.Proof)
	}
}

func TestSummaryOfOneMissingItemDoesNotTie(t *testing.T) {
	f := smallFacts()
	f.Result.Items = f.Result.Items[1:]
	if f.Summary(smallRun()).Ties() {
		t.Error("an item is missing from the results, and the summary ties")
	}
}
