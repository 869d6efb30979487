package table

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"reconcile/internal/source"
)

// A csvFile is the one sheet of a text file. The text is in memory; cells are parts
// of it.
//
// encoding/csv is not used, since it stops at the first bad quote, joins blank
// lines away, takes a lone CR for text, and forgets which row a spreadsheet
// would call it.
type csvFile struct {
	name      string
	text      string
	separator byte // 0 where there is a single column
	loneCR    bool // a CR ends a line by itself, as it did on the old Macintosh
	limits    Limits
}

var _ Sheet = (*csvFile)(nil)

func newCSV(name, text string, limits Limits) *csvFile {
	s := &csvFile{name: name, text: text, limits: limits, loneCR: hasLoneCR(text)}
	if hint, rest, ok := separatorHint(text); ok {
		s.separator, s.text = hint, rest
		return s
	}
	s.separator = s.sniff()
	return s
}

// separatorHint reads the line "sep=;" that Excel understands at the head of a
// CSV, and does not show as a row. Letters, digits, the signs of a number and
// quotes separate nothing: such a line is a row like others.
func separatorHint(text string) (separator byte, rest string, ok bool) {
	after, found := strings.CutPrefix(text, "sep=")
	if !found || len(after) < 2 || !strings.Contains("\t,;:|^~!#$%&*/\\@=?_`", after[:1]) {
		return 0, text, false
	}
	rest = strings.TrimPrefix(after[1:], "\r")
	if len(rest) < len(after)-1 || strings.HasPrefix(rest, "\n") {
		return after[0], strings.TrimPrefix(rest, "\n"), true
	}
	return 0, text, false
}

// hasLoneCR tells whether the first line end outside quotes is a CR alone. In a
// file whose lines end in LF a lone CR is part of a cell.
func hasLoneCR(text string) bool {
	if strings.IndexByte(text, '\r') < 0 {
		return false
	}
	quoted := false
	for i := range len(text) {
		switch text[i] {
		case '"':
			quoted = !quoted
		case '\n':
			if !quoted {
				return false
			}
		case '\r':
			if !quoted {
				return i+1 == len(text) || text[i+1] != '\n'
			}
		}
	}
	// An odd quote hid every line end: ask without quotes.
	return strings.IndexByte(text, '\n') < 0
}

// Name returns nothing: a CSV has no sheets.
func (s *csvFile) Name() string { return "" }

// stopEvery is after how many rows of a text Limits.Stop is asked: some tenth of
// a millisecond.
const stopEvery = 1024

// Rows reads the text from its start.
func (s *csvFile) Rows(yield func(Row) error) error {
	scan := csvScanner{csvFile: s, rest: s.text}
	cells := 0
	for scan.next() {
		if scan.row.Number%stopEvery == 0 {
			if err := s.limits.stopped(); err != nil {
				return err
			}
		}
		if cells += len(scan.row.Cells); cells > s.limits.Cells {
			return s.limits.cellsExceeded(s.name)
		}
		if scan.row.Number > s.limits.Rows {
			return &LimitError{s.name, fmt.Sprintf("it has more than %d rows", s.limits.Rows), "split it into several files"}
		}
		if len(scan.row.Cells) > s.limits.Columns {
			return &LimitError{s.name, fmt.Sprintf("row %d has more than %d columns", scan.row.Number, s.limits.Columns), "check that it is a table, and export it again"}
		}
		if err := yield(scan.row); err != nil {
			return err
		}
	}
	return nil
}

// A csvScanner is one pass over the text.
type csvScanner struct {
	*csvFile
	rest string // from the start of the next row
	row  Row
	buf  []Cell
}

// next reads the next row, and returns false at the end of the text.
func (s *csvScanner) next() bool {
	if s.rest == "" {
		return false
	}
	s.row = Row{Number: s.row.Number + 1}
	s.buf = s.buf[:0]

	// Most lines have no quote, and can be cut without looking at each byte.
	line, after := s.cutLine(s.rest)
	if strings.IndexByte(line, '"') < 0 {
		s.rest = after
		s.plain(line)
	} else {
		s.quoted()
	}
	s.row.Cells = s.buf
	s.row.Read = int64(len(s.text) - len(s.rest))
	return true
}

// cutLine returns the first physical line of text, without its end, and what
// follows it.
func (s *csvScanner) cutLine(text string) (line, after string) {
	if !s.loneCR {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			return strings.TrimSuffix(text, "\r"), ""
		}
		return strings.TrimSuffix(text[:i], "\r"), text[i+1:]
	}
	i := strings.IndexAny(text, "\r\n")
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i+s.lineEnd(text[i:]):]
}

// lineEnd returns the length of the line end at the head of text, 0 where there
// is none.
func (s *csvScanner) lineEnd(text string) int {
	switch {
	case strings.HasPrefix(text, "\r\n"):
		return 2
	case strings.HasPrefix(text, "\n"), s.loneCR && strings.HasPrefix(text, "\r"), text == "\r":
		return 1
	}
	return 0
}

// plain cuts a line without quotes. A line with nothing in it has no cells.
func (s *csvScanner) plain(line string) {
	if line == "" {
		return
	}
	for s.separator != 0 {
		i := strings.IndexByte(line, s.separator)
		if i < 0 {
			break
		}
		s.add(line[:i])
		line = line[i+1:]
	}
	s.add(line)
}

// quoted reads a row in which a quote was seen. It may span several lines.
func (s *csvScanner) quoted() {
	text := s.rest
	for {
		var value string
		if strings.HasPrefix(text, `"`) {
			value, text = s.quotedField(text)
		} else {
			value, text = s.bareField(text)
		}
		s.add(value)
		if text == "" {
			break
		}
		if n := s.lineEnd(text); n > 0 {
			text = text[n:]
			break
		}
		text = text[1:] // the separator
		if text == "" {
			s.add("")
			break
		}
	}
	s.rest = text
}

// bareField returns what stands before the next separator or line end. Quotes
// are text here.
func (s *csvScanner) bareField(text string) (value, after string) {
	line, _ := s.cutLine(text)
	if s.separator != 0 {
		if i := strings.IndexByte(line, s.separator); i >= 0 {
			return line[:i], text[i:]
		}
	}
	return line, text[len(line):]
}

// quotedField returns the content of the quoted field at the head of text and
// what follows it.
//
// Text behind the closing quote, and a quote that is never closed, make the row
// a problem. So that one stray quote does not swallow the rest of the file, a
// field which spans lines is only believed when it ends as it should, within
// the length of a cell: otherwise it ends with the line it began in.
func (s *csvScanner) quotedField(text string) (value, after string) {
	line, _ := s.cutLine(text)
	end, doubled := s.closingQuote(text, len(line))
	if end > 0 {
		value = text[1:end]
		after = text[end+1:]
		junk, _ := s.bareField(after)
		if strings.Trim(junk, " ") == "" {
			if doubled {
				value = strings.ReplaceAll(value, `""`, `"`)
			}
			return value, after[len(junk):]
		}
		if end < len(line) {
			s.problem("quote-misplaced", "there is text behind a closing quote")
			return text[:end+1+len(junk)], after[len(junk):]
		}
	}
	s.problem("quote-not-closed", "a quote is opened and not closed")
	return line[1:], text[len(line):]
}

// closingQuote returns where the field that opens text closes, 0 where it does
// not. It gives up behind the longest possible cell once that is not in the
// first line any more, which bounds the work of a file full of stray quotes.
func (s *csvScanner) closingQuote(text string, line int) (end int, doubled bool) {
	window := text[:min(len(text), max(line, 2*utf8.UTFMax*s.limits.CellLength))]
	for i := 1; ; {
		q := strings.IndexByte(window[i:], '"')
		if q < 0 {
			return 0, doubled
		}
		i += q
		if i+1 >= len(text) || text[i+1] != '"' {
			return i, doubled
		}
		doubled = true
		i = min(i+2, len(window))
	}
}

// add appends a cell, and marks the row when the cell is longer than any
// spreadsheet can keep. Of cells beyond the limit one is kept, which shows that
// there are too many: a line of nothing but separators would fill the memory.
func (s *csvScanner) add(value string) {
	if len(s.buf) > s.limits.Columns {
		return
	}
	value = trim(withoutEscapes(value))
	if len(value) > s.limits.CellLength && utf8.RuneCountInString(value) > s.limits.CellLength {
		s.problem("cell-too-long", fmt.Sprintf("a cell is longer than %d characters", s.limits.CellLength))
	}
	s.buf = append(s.buf, textCell(value))
}

// problem marks the row; the first fault is the one that explains the others.
func (s *csvScanner) problem(check, text string) {
	if s.row.Problem != nil {
		return
	}
	s.row.Problem = &source.Problem{
		Pos:    source.Pos{File: s.name, Row: s.row.Number, Col: len(s.buf) + 1},
		Check:  check,
		Text:   text,
		Remedy: "correct the row in the ERP, or export the file again as .xlsx",
	}
}
