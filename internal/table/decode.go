package table

import (
	"fmt"
	"io"
	"strconv"

	"github.com/gocarina/gocsv"
)

// RowTag is the csv tag of the field, a string, into which Decode puts the
// number of the row, as a spreadsheet shows it.
const RowTag = "#row"

// Decode returns the rows of a sheet below its heading, which is the first row
// with anything in it, as values of T, a struct whose csv tags are headings in
// the form that fold gives them. Blank rows are left out; a row that could not
// be read is an error, since Decode is for small files that must be right.
//
// It is for such files alone: reflection is too slow for a ledger.
func Decode[T any](sheet Sheet, fold func(heading string) string) ([]T, error) {
	lines := [][]string{}
	width := 0
	err := sheet.Rows(func(row Row) error {
		if row.Problem != nil {
			// Without its value, which may be an account number.
			return fmt.Errorf("row %d: %s; %s", row.Number, row.Problem.Text, row.Problem.Remedy)
		}
		if row.Blank() {
			return nil
		}
		if len(lines) == 0 {
			width = len(row.Cells)
			lines = append(lines, heading(row, fold))
			return nil
		}
		line := make([]string, width+1)
		for i := range row.Cells[:min(width, len(row.Cells))] {
			c := &row.Cells[i]
			if c.Kind == Error || c.Kind == NoCache {
				return fmt.Errorf("row %d, column %d holds a formula without a result; calculate and save the file again", row.Number, i+1)
			}
			line[i] = c.Text
		}
		line[width] = strconv.Itoa(row.Number)
		lines = append(lines, line)
		return nil
	})
	if err != nil || len(lines) < 2 {
		return nil, err
	}
	var values []T
	if err := gocsv.UnmarshalCSV(&replay{lines}, &values); err != nil {
		return nil, fmt.Errorf("decoding rows: %w", err)
	}
	return values, nil
}

func heading(row Row, fold func(string) string) []string {
	names := make([]string, 0, len(row.Cells)+1)
	for i := range row.Cells {
		names = append(names, fold(row.Cells[i].Text))
	}
	return append(names, RowTag)
}

// A replay hands lines that were read already to gocsv.
type replay struct{ lines [][]string }

var _ gocsv.CSVReader = (*replay)(nil)

func (r *replay) Read() ([]string, error) {
	if len(r.lines) == 0 {
		return nil, io.EOF
	}
	line := r.lines[0]
	r.lines = r.lines[1:]
	return line, nil
}

func (r *replay) ReadAll() ([][]string, error) {
	lines := r.lines
	r.lines = nil
	return lines, nil
}
