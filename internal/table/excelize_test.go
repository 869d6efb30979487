//go:build realdata && slow

package table

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestCorpusAgainstExcelize compares every cell of every workbook that both
// read with what excelize, which shares no code with us, finds in it. It takes
// minutes, nearly all of them in excelize, and so has a tag of its own.
func TestCorpusAgainstExcelize(t *testing.T) {
	data := os.Getenv("DATA")
	if data == "" {
		t.Fatal("DATA is not set; it names the folder of the real files")
	}
	paths, err := filepath.Glob(filepath.Join(data, "corpus", "*", "*.xls[xm]"))
	if err != nil {
		t.Fatal(err)
	}
	cells := 0
	for _, path := range paths {
		name, _ := filepath.Rel(data, path)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(name, content, Limits{})
		if err != nil {
			continue
		}
		cells += compareWithExcelize(t, f, name, content)
		f.Close()
	}
	if cells == 0 {
		t.Error("no cell was compared")
	}
	t.Logf("%d cells compared", cells)
}

func compareWithExcelize(t *testing.T, f *File, name string, content []byte) (cells int) {
	defer func() {
		if r := recover(); r != nil {
			t.Logf("%s: excelize panics: %v", name, r)
		}
	}()
	x, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Logf("%s: excelize refuses: %v", name, err)
		return 0
	}
	defer x.Close()
	for _, s := range f.Sheets {
		theirs, err := x.GetRows(s.Name(), excelize.Options{RawCellValue: true})
		if err != nil {
			t.Logf("%s: %s: excelize refuses: %v", name, s.Name(), err)
			continue
		}
		err = s.Rows(func(r Row) error {
			for i, c := range r.Cells {
				var want string
				if r.Number <= len(theirs) && i < len(theirs[r.Number-1]) {
					want = trim(unescapeText(theirs[r.Number-1][i]))
				}
				if c.Kind == Number || c.Kind == Date {
					want, _ = shortest(want)
				}
				if c.Kind == Bool {
					want = map[string]string{"0": "FALSE", "1": "TRUE"}[want]
				}
				if c.Text != want {
					t.Errorf("%s: %s row %d column %d: got %q, excelize finds %q", name, s.Name(), r.Number, i+1, c.Text, want)
				}
				cells++
			}
			if r.Number <= len(theirs) {
				for i := len(r.Cells); i < len(theirs[r.Number-1]); i++ {
					if trim(theirs[r.Number-1][i]) != "" {
						t.Errorf("%s: %s row %d column %d: got no cell, excelize finds %q", name, s.Name(), r.Number, i+1, theirs[r.Number-1][i])
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Logf("%s: %v", name, err)
		}
	}
	return cells
}
