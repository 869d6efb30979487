package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"reconcile/internal/source"
)

// An xlsxSheet is a sheet of a workbook. Each call of Rows inflates its part
// again.
type xlsxSheet struct {
	wb      *workbook
	name    string
	part    *zip.File
	checked bool // whether order is known
	mixed   bool // the rows do not stand in order
}

var _ Sheet = (*xlsxSheet)(nil)

// maxMixedCells is how many cells of a sheet whose rows do not stand in order
// are kept for sorting, which takes about 100 MiB. No program in use writes
// such sheets; those seen were made by hand or to do harm.
const maxMixedCells = 1 << 20

// errStop ends the reading of a part early, without a fault.
var errStop = errors.New("enough")

// Name returns the name on the sheet's tab.
func (s *xlsxSheet) Name() string { return s.name }

// Rows reads the sheet's part from its start.
func (s *xlsxSheet) Rows(yield func(Row) error) error {
	if s.wb.parts == nil {
		return fmt.Errorf("reading sheet %q of %s: the file is closed", s.name, s.wb.name)
	}
	if !s.checked {
		mixed, err := s.outOfOrder()
		if err != nil {
			return s.wb.damaged(err)
		}
		s.checked, s.mixed = true, mixed
	}
	if s.mixed {
		return s.sortedRows(yield)
	}
	last := 0
	return s.scan(func(row Row) error {
		for last++; last < row.Number; last++ {
			if err := yield(Row{Number: last}); err != nil {
				return err
			}
		}
		return yield(row)
	})
}

// sortedRows is Rows for a sheet whose rows do not stand in order: Excel shows
// them by their numbers.
func (s *xlsxSheet) sortedRows(yield func(Row) error) error {
	var rows []Row
	cells := 0
	err := s.scan(func(row Row) error {
		if cells += len(row.Cells) + 1; cells > maxMixedCells {
			return &LimitError{s.wb.name, fmt.Sprintf("the rows of sheet %q do not stand in order, and are too many to sort", s.name), saveAsXLSX}
		}
		row.Cells = slices.Clone(row.Cells)
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return a.Number - b.Number })
	last := 0
	for _, row := range rows {
		if row.Number == last && row.Problem == nil {
			row.Problem = s.problem(row.Number, 0, "row-repeated", "the workbook holds this row twice")
		}
		for last++; last < row.Number; last++ {
			if err := yield(Row{Number: last}); err != nil {
				return err
			}
		}
		last = row.Number
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}

// outOfOrder looks at the numbers of the rows only.
func (s *xlsxSheet) outOfOrder() (bool, error) {
	last := 0
	err := s.wb.look(s.part, func(x *xmlScanner) error {
		switch {
		case x.kind == xmlEnd && x.name == "sheetData":
			return errStop
		case x.kind == xmlStart && x.name == "row":
			n, ok := x.attrInt("r")
			if !ok {
				n = last + 1
			}
			if n <= last {
				return errMixed
			}
			last = n
		}
		return nil
	})
	switch {
	case err == errMixed:
		return true, nil
	case err == errStop:
		return false, nil
	}
	return false, err
}

var errMixed = errors.New("rows out of order")

// scan calls yield for every row that the part holds, in the part's order. The
// fault of the file is told apart from an error of yield, which comes back as
// it is.
func (s *xlsxSheet) scan(yield func(Row) error) error {
	in, err := s.wb.open(s.part, s.wb.limits.Unpacked)
	if err != nil {
		return s.wb.damaged(err)
	}
	r := rowReader{sheet: s, wb: s.wb, in: in, yield: yield}
	defer in.Close()
	x := newXMLScanner(in)
	for !r.done {
		err := x.next()
		if err == io.EOF && !r.inData {
			return nil
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			err = r.see(x)
		}
		if r.stopped != nil {
			return r.stopped
		}
		if err != nil {
			return s.wb.damaged(fmt.Errorf("sheet %q: %w", s.name, err))
		}
	}
	// What follows the cells is read for the zip's checksum alone: cells of a
	// damaged part must not count.
	if _, err := io.Copy(io.Discard, in); err != nil {
		return s.wb.damaged(fmt.Errorf("sheet %q: %w", s.name, err))
	}
	return nil
}

func (s *xlsxSheet) problem(row, col int, check, text string) *source.Problem {
	return &source.Problem{
		Pos:    source.Pos{File: s.wb.name, Sheet: s.name, Row: row, Col: col},
		Check:  check,
		Text:   text,
		Remedy: "open the workbook in Excel, correct the row, and save it",
	}
}

// A rowReader puts rows together out of the tokens of a sheet.
type rowReader struct {
	sheet   *xlsxSheet
	wb      *workbook
	in      *stoppable
	yield   func(Row) error
	stopped error // what yield returned

	inData bool // inside <sheetData>
	done   bool // behind it
	count  int  // cells so far, gaps included
	inRow  bool
	row    Row
	cells  []Cell
	cell   cellReader
}

// A cellReader is the cell being read.
type cellReader struct {
	open     bool
	col      int
	kind     cellType
	style    int
	formula  bool
	hasValue bool
	inValue  bool
	value    []byte
	inline   textItem
	isInline bool
}

// A cellType is the attribute t of a cell (ECMA-376 part 1, ST_CellType).
type cellType uint8

const (
	typeNumber cellType = iota
	typeShared
	typeString
	typeInline
	typeBool
	typeError
	typeDate
	typeUnknown
)

func cellTypeOf(t []byte) cellType {
	switch string(t) {
	case "", "n":
		return typeNumber
	case "s":
		return typeShared
	case "str":
		return typeString
	case "inlineStr":
		return typeInline
	case "b":
		return typeBool
	case "e":
		return typeError
	case "d":
		return typeDate
	}
	return typeUnknown
}

func (r *rowReader) see(x *xmlScanner) error {
	switch {
	case r.cell.open && x.name == "c" && x.kind == xmlEnd:
		return r.endCell()
	case r.cell.open:
		return r.cell.see(x)
	case x.kind == xmlText:
		return nil
	case x.name == "sheetData":
		r.inData = x.kind == xmlStart && !x.empty
		r.done = !r.inData
		return nil
	case !r.inData:
		return nil
	case x.name == "row" && x.kind == xmlStart:
		return r.startRow(x)
	case x.name == "row":
		return r.endRow()
	case x.name == "c" && x.kind == xmlStart && r.inRow:
		return r.startCell(x)
	}
	return nil
}

func (r *rowReader) startRow(x *xmlScanner) error {
	if r.inRow {
		return errMarkup
	}
	number, ok := x.attrInt("r")
	if !ok {
		number = r.row.Number + 1
	}
	if number < 1 || number > r.wb.limits.Rows {
		return &LimitError{r.wb.name, fmt.Sprintf("sheet %q has more than %d rows", r.sheet.name, r.wb.limits.Rows), "split it into several files"}
	}
	r.row = Row{Number: number}
	r.cells = r.cells[:0]
	r.cell.col = 0
	r.inRow = true
	if x.empty {
		return r.endRow()
	}
	return nil
}

func (r *rowReader) endRow() error {
	if !r.inRow {
		return errMarkup
	}
	r.inRow = false
	r.row.Cells, r.row.Read = r.cells, r.in.read
	if r.count += len(r.cells); r.count > r.wb.limits.Cells {
		return r.wb.limits.cellsExceeded(r.wb.name)
	}
	r.stopped = r.yield(r.row)
	return nil
}

func (r *rowReader) startCell(x *xmlScanner) error {
	c := &r.cell
	c.col++
	if ref, ok := x.attr("r"); ok {
		if col := columnOf(ref); col > 0 {
			c.col = col
		}
	}
	if c.col > r.wb.limits.Columns {
		return &LimitError{r.wb.name, fmt.Sprintf("row %d of sheet %q has more than %d columns", r.row.Number, r.sheet.name, r.wb.limits.Columns), "check that it is a table, and export it again"}
	}
	t, _ := x.attr("t")
	c.kind = cellTypeOf(t)
	c.style, _ = x.attrInt("s")
	c.formula, c.hasValue, c.inValue, c.isInline = false, false, false, false
	c.value = c.value[:0]
	c.open = true
	if x.empty {
		return r.endCell()
	}
	return nil
}

// columnOf returns the column of a reference such as AB12, 0 where it has none.
func columnOf(ref []byte) int {
	col := 0
	for _, c := range ref {
		switch {
		case 'A' <= c && c <= 'Z':
			col = col*26 + int(c-'A') + 1
		case 'a' <= c && c <= 'z':
			col = col*26 + int(c-'a') + 1
		default:
			return col
		}
		if col > maxColumns {
			return maxColumns + 1
		}
	}
	return col
}

func (c *cellReader) see(x *xmlScanner) error {
	if c.isInline || x.kind == xmlStart && x.name == "is" {
		c.kind = typeInline
		ended, err := c.inline.see(x, "is")
		if err != nil {
			return err
		}
		c.isInline = !ended
		if !c.isInline {
			c.hasValue = true
		}
		return nil
	}
	switch {
	case x.kind == xmlText:
		if c.inValue {
			if len(c.value)+len(x.text) > maxToken {
				return errLongToken
			}
			c.value = append(c.value, x.text...)
		}
	case x.name == "v":
		c.inValue = x.kind == xmlStart && !x.empty
		c.hasValue = true
		if c.kind == typeInline && x.kind == xmlStart {
			c.kind = typeString // a writer that forgot the <is>
		}
	case x.name == "f":
		c.formula = true
	case x.name == "c", x.name == "row", x.name == "sheetData":
		return errMarkup
	}
	return nil
}

func (r *rowReader) endCell() error {
	c := &r.cell
	c.open = false
	cell := r.value()
	cell.Formula = c.formula
	if len(cell.Text) > r.wb.limits.CellLength && utf8.RuneCountInString(cell.Text) > r.wb.limits.CellLength {
		r.fault(c.col, "cell-too-long", fmt.Sprintf("a cell is longer than %d characters", r.wb.limits.CellLength))
	}
	for len(r.cells) < c.col {
		r.cells = append(r.cells, Cell{})
	}
	if at := &r.cells[c.col-1]; at.Kind == Empty {
		*at = cell
	} else if cell.Kind != Empty {
		r.fault(c.col, "cell-repeated", "the workbook holds a cell of this row twice, the second with "+strconv.Quote(cell.Text))
	}
	return nil
}

// fault marks the row; the first fault explains the others.
func (r *rowReader) fault(col int, check, text string) {
	if r.row.Problem == nil {
		r.row.Problem = r.sheet.problem(r.row.Number, col, check, text)
	}
}

// value returns what the cell holds.
func (r *rowReader) value() Cell {
	c := &r.cell
	switch {
	case c.formula && !c.hasValue:
		return Cell{Kind: NoCache}
	case c.kind == typeString:
		return textCell(trim(unescapeText(string(c.value))))
	case c.kind == typeInline:
		if !c.hasValue {
			return Cell{}
		}
		return textCell(c.inline.text())
	}
	stored := bytes.TrimSpace(c.value)
	if len(stored) == 0 {
		// <f> with an empty <v/>, and no text: nobody has computed it.
		if c.formula {
			return Cell{Kind: NoCache}
		}
		return Cell{}
	}
	switch c.kind {
	case typeShared:
		n, err := strconv.Atoi(string(stored))
		if err != nil || n < 0 || n >= len(r.wb.strings) {
			r.fault(c.col, "text-missing", "the text of a cell is missing in the workbook")
			return Cell{Kind: Error, Text: "#REF!"}
		}
		return textCell(r.wb.strings[n])
	case typeBool:
		if truth(stored) {
			return Cell{Kind: Bool, Text: "TRUE"}
		}
		return Cell{Kind: Bool, Text: "FALSE"}
	case typeError:
		return Cell{Kind: Error, Text: trim(unescapeText(string(stored)))}
	case typeDate:
		serial, date, ok := isoDate(string(stored), r.wb.date04)
		if ok {
			return Cell{Kind: Date, Text: serial, Date: date}
		}
		return textCell(trim(unescapeText(serial)))
	}
	return r.number(string(stored))
}

func (r *rowReader) number(stored string) Cell {
	text, ok := shortest(stored)
	if !ok {
		return textCell(trim(unescapeText(stored)))
	}
	var f format
	if r.cell.style < len(r.wb.formats) {
		f = r.wb.formats[r.cell.style]
	}
	if f.date {
		return Cell{Kind: Date, Text: text, Date: serialDate(text, r.wb.date04)}
	}
	cell := Cell{Kind: Number, Text: text, Currency: f.currency, Credit: f.credit, Side: f.side, Percent: f.percent}
	if text[0] == '-' {
		cell.Credit, cell.Side = f.creditIfMinus, f.sideIfMinus
	}
	if r.wb.date04 {
		cell.Date = serialDate(text, true) // a day without a format, should it be one
	}
	return cell
}
