package report

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// readCSV reads a CSV back as a program does: it drops the byte order mark.
func readCSV(t *testing.T, text []byte) [][]string {
	t.Helper()
	body, marked := bytes.CutPrefix(text, []byte(byteOrderMark))
	if !marked {
		t.Error("there is no byte order mark, and Excel takes the text for Windows-1252")
	}
	in := csv.NewReader(bytes.NewReader(body))
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func csvFiles(t *testing.T, files []File) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, f := range files {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		if all[f.Name] != nil {
			t.Errorf("two sheets are %s", f.Name)
		}
		all[f.Name] = b.Bytes()
	}
	return all
}

// Each sheet of the workbook is there as a CSV, with as many rows, the same
// headings and the same texts, and nothing in it is a formula.
func TestCSVIsTheWorkbook(t *testing.T) {
	f := smallFacts()
	files := csvFiles(t, f.CSVOutput())
	book, err := excelize.OpenReader(bytes.NewReader(workbookOf(t, f)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got, want := len(files), len(book.GetSheetList()); got != want {
		t.Errorf("got %d files, want one for each of %d sheets", got, want)
	}
	for _, table := range f.tables() {
		rows := readCSV(t, files[csvName(table.name)])
		sheet, err := book.GetRows(table.name)
		if err != nil {
			t.Fatal(err)
		}
		head := 0
		if len(table.bands) > 0 {
			head = 1
		}
		var shown []int
		for i, c := range table.columns {
			if !c.hidden {
				shown = append(shown, i)
			}
		}
		for r, row := range rows {
			for k, i := range shown {
				cellText, kind := "", excelize.CellTypeUnset
				if i < len(sheet[head+r]) {
					cellText = sheet[head+r][i]
					place, err := excelize.CoordinatesToCellName(i+1, head+r+1)
					if err != nil {
						t.Fatal(err)
					}
					if kind, err = book.GetCellType(table.name, place); err != nil {
						t.Fatal(err)
					}
				}
				if isText := kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString; isText && strings.TrimPrefix(row[k], "'") != cellText && row[k] != cellText {
					t.Errorf("%s, row %d, column %d: got %q, want %q", table.name, r, k, row[k], cellText)
				}
				if (row[k] == "") != (cellText == "") {
					t.Errorf("%s, row %d, column %d: got %q, and the workbook has %q", table.name, r, k, row[k], cellText)
				}
			}
		}
	}
	for name, text := range files {
		for r, row := range readCSV(t, text) {
			for _, field := range row {
				if beginsFormula(field) && !isNumber(field) {
					t.Errorf("%s, row %d: %q is taken for a formula", name, r, field)
				}
			}
		}
	}
}

// isNumber tells of the one thing that may begin with a sign: a number of ours.
func isNumber(s string) bool {
	return strings.HasPrefix(s, "-") && strings.Trim(s[1:], "0123456789.") == ""
}

func TestCSVGolden(t *testing.T) {
	files := csvFiles(t, smallFacts().CSVOutput())
	var all strings.Builder
	// The others say what the workbook says, which the test above holds them to.
	for _, name := range []string{"csv/items.csv", "csv/unmatched-payments.csv"} {
		all.WriteString("-- " + name + " --\n" + strings.ReplaceAll(strings.TrimPrefix(string(files[name]), byteOrderMark), "\r\n", "\n"))
	}
	compareGolden(t, "csv.txt", []byte(all.String()))
}

// Text is told from a formula, and comes back by taking the apostrophe away.
func FuzzUnformula(f *testing.F) {
	for _, s := range []string{"", "a", "=1+1", "+91", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1", " =1", "'=1", "''=1", "'n Sync", "\u00a0=1", "−1", "﹢1", "\u3000=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		safe := unformula(s)
		if beginsFormula(safe) {
			t.Errorf("%q is still taken for a formula", safe)
		}
		back := safe
		if rest, is := strings.CutPrefix(safe, "'"); is && beginsFormula(strings.TrimLeft(rest, "'")) {
			back = rest
		}
		if back != s {
			t.Errorf("got %q back, want %q", back, s)
		}
	})
}
