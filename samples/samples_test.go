package samples_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/enkash/sandbox"
	"reconcile/internal/job"
	"reconcile/internal/report"
	"reconcile/samples"
)

var update = flag.Bool("update", false, "write the expected report anew")

// TestMonth runs the whole job over the month and compares what it writes with the
// expected report, and with what README.md tells of each row.
func TestMonth(t *testing.T) {
	dir := workingFolder(t)
	done := run(t, dir)
	if done.Code != job.ExitBreaks {
		t.Errorf("exit code %d, want %d: the month has breaks in it", done.Code, job.ExitBreaks)
	}
	results := read(t, filepath.Join(done.Folder, "results.jsonl"))
	golden(t, "results.jsonl", results)
	golden(t, "summary.json", withoutRun(t, read(t, filepath.Join(done.Folder, "summary.json"))))

	t.Run("README", func(t *testing.T) { compareWithStory(t, results) })
	t.Run("ARCHITECTURE", func(t *testing.T) { compareWithTour(t, filepath.Join(done.Folder, "reconciliation.xlsx")) })
	t.Run("again", func(t *testing.T) {
		again := run(t, dir)
		for _, name := range []string{"results.jsonl", "reconciliation.xlsx"} {
			if !bytes.Equal(read(t, filepath.Join(again.Folder, name)), read(t, filepath.Join(done.Folder, name))) {
				t.Errorf("the second run of the same night wrote another %s", name)
			}
		}
	})
}

// A told is what README.md, or the report, says of one ledger row or payment line.
type told struct{ Status, Breaks string }

// compareWithStory compares the tables of README.md with the results: every row
// of the ledgers is told of, and nothing else is.
func compareWithStory(t *testing.T, results []byte) {
	want := map[string]told{}
	readme, err := samples.Files.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(readme), "\n") {
		cells := strings.Split(line, " | ")
		switch place := strings.TrimPrefix(cells[0], "| "); {
		case len(cells) == 6 && regexp.MustCompile(`^(mh|ka):\d+$`).MatchString(place):
			want[place+" "+cells[2]] = told{cells[3], cells[4]}
		case len(cells) == 3 && regexp.MustCompile(`^[A-Z_]+$`).MatchString(cells[1]):
			want["line "+place] = told{"", cells[1]}
		}
	}
	got := map[string]told{}
	lines := bufio.NewScanner(bytes.NewReader(results))
	for lines.Scan() {
		var r struct {
			Record, Source, Status string
			Row                    int
			Number                 string                  `json:"supplier_invoice_number"`
			Breaks                 []struct{ Code string } `json:"breaks"`
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, b := range r.Breaks {
			codes = append(codes, b.Code)
		}
		slices.Sort(codes)
		said := told{r.Status, strings.Join(codes, ", ")}
		place := fmt.Sprintf("%s:%d", strings.TrimSuffix(strings.TrimPrefix(r.Source, "ledger/open-items-"), ".csv"), r.Row)
		switch {
		case r.Record == "item":
			got[place+" "+r.Number] = said
		case r.Record == "payment_line" && len(codes) > 0:
			got["line "+r.Number] = said
		case r.Record == "quarantined" && strings.HasPrefix(r.Source, "ledger/"):
			for key, w := range want { // a quarantined row has no invoice number of its own
				if strings.HasPrefix(key, place+" ") && w.Status == "quarantined" {
					got[key] = told{"quarantined", ""}
				}
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md tells another story than the report (-README +report):\n%s", diff)
	}
}

// compareWithTour looks for the cells that ARCHITECTURE.md shows at the end of
// its tour in the workbook itself.
func compareWithTour(t *testing.T, workbook string) {
	b := read(t, workbook)
	var dump strings.Builder
	if err := report.Dump(bytes.NewReader(b), int64(len(b)), &dump); err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`(?m)^Breaks!.*$`).FindAllString(string(read(t, filepath.Join("..", "ARCHITECTURE.md"))), -1)
	if len(shown) == 0 {
		t.Error("ARCHITECTURE.md shows no cell of the workbook any more")
	}
	for _, line := range shown {
		if !strings.Contains(dump.String(), line+"\n") {
			t.Errorf("ARCHITECTURE.md shows a cell that the workbook does not have: %s", line)
		}
	}
}

// workingFolder writes the month into a folder, and lets the sandbox answer its
// requests.
func workingFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, samples.Files); err != nil {
		t.Fatal(err)
	}
	bank := sandbox.New(sandbox.Options{Log: filepath.Join(dir, "events", "sandbox.jsonl"), Now: clock})
	for _, request := range bytes.Split(bytes.TrimSpace(read(t, filepath.Join(dir, "requests.jsonl"))), []byte("\n")) {
		answer := httptest.NewRecorder()
		bank.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, sandbox.PayPath, bytes.NewReader(request)))
		if answer.Code != http.StatusOK {
			t.Fatalf("the sandbox refused a request of the month: %s", answer.Body)
		}
	}
	return dir
}

func run(t *testing.T, dir string) *job.Done {
	t.Helper()
	c, err := config.Load(filepath.Join(dir, "reconcile.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("the configuration of the month has warnings: %v", c.Warnings)
	}
	asOf, err := day.Parse("2026-11-21")
	if err != nil {
		t.Fatal(err)
	}
	done, err := job.Run(context.Background(), job.Input{Config: c, AsOf: asOf, Kind: job.KindRun, Version: "test", Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// clock stands still, so that the log of the sandbox is the same bytes always.
func clock() time.Time { return time.Date(2026, 11, 21, 10, 30, 0, 0, time.FixedZone("IST", 19_800)) }

// withoutRun drops what two runs on the same input do not share, and the paths of
// the folder in which the test happened to run.
func withoutRun(t *testing.T, summary []byte) []byte {
	t.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal(summary, &all); err != nil {
		t.Fatal(err)
	}
	delete(all, "run")
	delete(all, "files")
	out, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("expected", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(string(read(t, path)), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s is not what is expected (-want +got); if it should be, run go test ./samples -update:\n%s", name, diff)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
