//go:build realdata

package table

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSpectrum compares the texts of csv-spectrum with the JSON that comes with
// them: an object for each row below the heading.
func TestSpectrum(t *testing.T) {
	folder := filepath.Join(os.Getenv("DATA"), "corpus", "csv-spectrum")
	paths, err := filepath.Glob(filepath.Join(folder, "csvs", "*.csv"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".csv")
		content, err := os.ReadFile(filepath.Join(folder, "json", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var want []map[string]string
		if err := json.Unmarshal(content, &want); err != nil {
			t.Fatal(err)
		}
		got := objects(t, path)
		if len(got) != len(want) {
			t.Errorf("%s: got %d rows, want %d", name, len(got), len(want))
			continue
		}
		for i := range want {
			for heading, text := range want[i] {
				// The collection's own line ends were changed by git on the way.
				text = strings.ReplaceAll(text, "\r\n", "\n")
				if got[i][heading] != trim(text) {
					t.Errorf("%s: row %d, %s: got %q, want %q", name, i, heading, got[i][heading], text)
				}
			}
		}
	}
}

func objects(t *testing.T, path string) []map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(filepath.Base(path), data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var heading []Cell
	var rows []map[string]string
	err = f.Sheets[0].Rows(func(r Row) error {
		if heading == nil {
			heading = slices.Clone(r.Cells)
			return nil
		}
		row := map[string]string{}
		for i, c := range r.Cells {
			row[heading[i].Text] = c.Text
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
