package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"reconcile/internal/source"
)

// A rowText is the rows of one sheet as they stand in a worksheet. excelize writes
// all else of a workbook, and would write these too, at four times the cost: it
// makes a value of each cell, and several strings of each value. A test holds the
// two to the same bytes.
type rowText struct {
	b       []byte
	letters []string // of columns
	file    *os.File // where what is behind b lies; nil while it is little
}

// spillAt is how many bytes of rows are held before they go to a file.
const spillAt = 16 << 20

// begin begins a row; height 0 leaves it to who shows the sheet.
func (r *rowText) begin(row int, height hundredths) {
	r.b = append(r.b, `<row r="`...)
	r.b = strconv.AppendInt(r.b, int64(row), 10)
	r.b = append(r.b, '"')
	if points, _ := numberOf(height); points > 0 {
		r.b = append(r.b, ` ht="`...)
		r.b = strconv.AppendFloat(r.b, points, 'f', -1, 64)
		r.b = append(r.b, `" customHeight="1"`...)
	}
	r.b = append(r.b, '>')
}

// end ends a row.
func (r *rowText) end() error {
	r.b = append(r.b, `</row>`...)
	if len(r.b) < spillAt {
		return nil
	}
	if r.file == nil {
		f, err := os.CreateTemp("", "reconcile-rows-")
		if err != nil {
			return fmt.Errorf("setting rows of the workbook aside: %w", err)
		}
		r.file = f
	}
	if _, err := r.file.Write(r.b); err != nil {
		return fmt.Errorf("setting rows of the workbook aside: %w", err)
	}
	r.b = r.b[:0]
	return nil
}

// open begins a cell in a column, from 0. kind is as a worksheet names it; empty
// for a number.
func (r *rowText) open(column, row, look int, kind, attributes string) {
	for len(r.letters) <= column {
		r.letters = append(r.letters, source.ColumnName(len(r.letters)+1))
	}
	r.b = append(r.b, `<c`...)
	r.b = append(r.b, attributes...)
	r.b = append(r.b, ` r="`...)
	r.b = append(r.b, r.letters[column]...)
	r.b = strconv.AppendInt(r.b, int64(row), 10)
	r.b = append(r.b, '"')
	if look != 0 {
		r.b = append(r.b, ` s="`...)
		r.b = strconv.AppendInt(r.b, int64(look), 10)
		r.b = append(r.b, '"')
	}
	if kind != "" {
		r.b = append(r.b, ` t="`...)
		r.b = append(r.b, kind...)
		r.b = append(r.b, '"')
	}
	r.b = append(r.b, '>')
}

func (r *rowText) formula(f string) {
	if f != "" {
		r.b = append(r.b, `<f>`...)
		r.escape(f)
		r.b = append(r.b, `</f>`...)
	}
}

func (r *rowText) blank(column, row, look int) {
	r.open(column, row, look, "", "")
	r.b = append(r.b, `</c>`...)
}

func (r *rowText) whole(column, row, look int, n int64, formula string) {
	r.open(column, row, look, "", "")
	r.formula(formula)
	r.b = append(r.b, `<v>`...)
	r.b = strconv.AppendInt(r.b, n, 10)
	r.b = append(r.b, `</v></c>`...)
}

// number writes an amount that numberOf can hold.
func (r *rowText) number(column, row, look int, n hundredths, formula string) {
	exact, _ := numberOf(n)
	r.open(column, row, look, "", "")
	r.formula(formula)
	r.b = append(r.b, `<v>`...)
	r.b = strconv.AppendFloat(r.b, exact, 'f', -1, 64)
	r.b = append(r.b, `</v></c>`...)
}

func (r *rowText) text(column, row, look int, s, formula string) {
	keep := ""
	if s != "" && (s[0] == ' ' || s[len(s)-1] == ' ') {
		keep = ` xml:space="preserve"` // cleanText left no other white space
	}
	if formula != "" {
		r.open(column, row, look, "str", keep)
		r.formula(formula)
		if s != "" {
			r.b = append(r.b, `<v>`...)
			r.escape(unescapable(s))
			r.b = append(r.b, `</v>`...)
		}
		r.b = append(r.b, `</c>`...)
		return
	}
	r.open(column, row, look, "inlineStr", "")
	r.b = append(r.b, `<is><t`...)
	r.b = append(r.b, keep...)
	r.b = append(r.b, '>')
	r.escape(unescapable(s))
	r.b = append(r.b, `</t></is></c>`...)
}

// Write makes a rowText a writer, for xml.EscapeText.
func (r *rowText) Write(b []byte) (int, error) {
	r.b = append(r.b, b...)
	return len(b), nil
}

func (r *rowText) escape(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c > '~':
			r.b = append(r.b, s[from:i]...)
			xml.EscapeText(r, []byte(s[i:])) // a rowText refuses nothing
			return
		case c == '"', c == '\'', c == '&', c == '<', c == '>':
			r.b = append(r.b, s[from:i]...)
			xml.EscapeText(r, []byte{c})
			from = i + 1
		}
	}
	r.b = append(r.b, s[from:]...)
}

// numbered is how a worksheet writes a character by its number.
var numbered = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescapable writes text that looks like such a number so that it stays text.
func unescapable(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return numbered.ReplaceAllStringFunc(s, func(m string) string { return "_x005F" + m })
}

// writeTo writes all rows.
func (r *rowText) writeTo(w io.Writer) error {
	if r.file != nil {
		if _, err := r.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(w, r.file); err != nil {
			return err
		}
	}
	_, err := w.Write(r.b)
	return err
}

// close removes what was set aside.
func (r *rowText) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.file.Close(), os.Remove(r.file.Name()))
}

// A splice is a sheet of excelize without rows, into which ours are put.
type splice struct {
	entry *zipEntry
	rows  *rowText
	head  []byte // up to where they belong
	done  bool
}

// Write passes on what excelize writes, and the rows where they belong.
func (s *splice) Write(b []byte) (int, error) {
	if s.done {
		return s.entry.Write(b)
	}
	s.head = append(s.head, b...)
	const begins = "<sheetData>"
	at := bytes.Index(s.head, []byte(begins))
	if at < 0 {
		return len(b), nil
	}
	s.done = true
	at += len(begins)
	if _, err := s.entry.Write(s.head[:at]); err != nil {
		return 0, err
	}
	if err := s.rows.writeTo(s.entry); err != nil {
		return 0, err
	}
	_, err := s.entry.Write(s.head[at:])
	return len(b), err
}
