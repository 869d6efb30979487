package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CSVFolder is the folder of a run in which each sheet of the workbook stands as
// a CSV.
const CSVFolder = "csv"

// byteOrderMark stands before the first heading of a CSV: without it Excel takes
// the text for Windows-1252, and a name in Devanagari for rubbish.
const byteOrderMark = "\uFEFF"

// CSVOutput returns a CSV of each sheet of the workbook: the same rows below the
// same headings, for programs and for people without a spreadsheet. A sheet that
// the workbook continues on a second one is one file.
func (f *Facts) CSVOutput() []File {
	files := []File{csvPage("Summary", f.summaryPage)}
	for _, t := range f.tables() {
		files = append(files, File{Name: csvName(t.name), Write: t.writeCSV})
	}
	return append(files, csvPage("Run", f.runPage))
}

// csvName returns the name of the file of a sheet: "Act today" stands in
// csv/act-today.csv.
func csvName(sheet string) string {
	return CSVFolder + "/" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(sheet)) + ".csv"
}

func csvPage(sheet string, made func() *page) File {
	return File{Name: csvName(sheet), Write: func(w io.Writer) error {
		p := made()
		width := 0
		for _, row := range p.rows {
			width = max(width, len(row.cells))
		}
		out, err := newCSV(w, width)
		if err != nil {
			return err
		}
		for _, row := range p.rows {
			if err := out.cells(row.cells); err != nil {
				return err
			}
		}
		return out.end()
	}}
}

// writeCSV writes the headings and the rows of a table. What stands in the
// workbook for the eye alone (bands, notes, "No breaks.") and what is hidden in
// it stays away.
func (t table) writeCSV(w io.Writer) error {
	var shown []int
	for i, c := range t.columns {
		if !c.hidden {
			shown = append(shown, i)
		}
	}
	out, err := newCSV(w, len(shown))
	if err != nil {
		return err
	}
	head := make([]cell, 0, len(shown))
	for _, i := range shown {
		head = append(head, text(t.columns[i].title))
	}
	if err := out.cells(head); err != nil {
		return err
	}
	row := make([]cell, len(shown))
	err = t.rows(func(cells []cell) error {
		for k, i := range shown {
			row[k] = cell{}
			if i < len(cells) {
				row[k] = cells[i]
			}
		}
		return out.cells(row)
	})
	if err != nil {
		return err
	}
	return out.end()
}

// A csvWriter writes rows of one width, as RFC 4180 has them.
type csvWriter struct {
	out    *csv.Writer
	record []string
}

func newCSV(w io.Writer, width int) (*csvWriter, error) {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return nil, fmt.Errorf("writing a CSV: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return &csvWriter{out: out, record: make([]string, width)}, nil
}

func (w *csvWriter) cells(row []cell) error {
	clear(w.record)
	for i := range row {
		w.record[i] = row[i].plain()
	}
	if err := w.out.Write(w.record); err != nil {
		return fmt.Errorf("writing a CSV: %w", err)
	}
	return nil
}

func (w *csvWriter) end() error {
	w.out.Flush()
	if err := w.out.Error(); err != nil {
		return fmt.Errorf("writing a CSV: %w", err)
	}
	return nil
}

// plain returns the cell as text that a program reads back: amounts as plain
// decimals with two places, dates as ISO 8601 has them.
func (c *cell) plain() string {
	switch c.kind {
	case textCell:
		return unformula(c.text)
	case amountCell:
		return c.paise.String()
	case countCell:
		return strconv.Itoa(c.count)
	case dateCell:
		return c.date.String()
	}
	return ""
}

// unformula puts an apostrophe before text that a spreadsheet would take for a
// formula, the wide forms of East Asia included, which it folds first. Text that
// only looks as if that had been done to it gets one more, so that who takes one
// away from such text has what was there.
func unformula(s string) string {
	if beginsFormula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// beginsFormula tells whether text begins as a formula does, blanks aside.
func beginsFormula(s string) bool {
	if s != "" && (s[0] == '\t' || s[0] == '\r') {
		return true
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s, unicode.IsSpace))
	switch r {
	case '=', '+', '-', '@',
		'\uff1d', '\uff0b', '\uff0d', '\uff20', // full width
		'\ufe66', '\ufe62', '\ufe63', '\ufe6b', // small
		'\u2212': // minus sign
		return true
	}
	return false
}
