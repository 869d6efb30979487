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

// A Plan says how Decode reads a sheet.
type Plan struct {
	Heading int                              // number of the heading row; only those below it are read
	Tags    []string                         // csv tag of each column, empty for one that is not read
	Take    func(Row) bool                   // told of every row below the heading; false leaves it out
	Text    func(column int, c *Cell) string // what a cell of the row last taken is read as; column counts from 0
}

// Decode returns the rows of a sheet that the plan takes as values of T, a
// struct of strings with csv tags.
//
// It is for small files alone, such as the supplier master: reflection is too
// slow for a ledger.
func Decode[T any](sheet Sheet, p Plan) ([]T, error) {
	header := []string{RowTag}
	for _, tag := range p.Tags {
		if tag != "" {
			header = append(header, tag)
		}
	}
	lines := [][]string{header}
	err := sheet.Rows(func(row Row) error {
		if row.Number <= p.Heading || !p.Take(row) {
			return nil
		}
		line := make([]string, 1, len(header))
		line[0] = strconv.Itoa(row.Number)
		for i, tag := range p.Tags {
			if tag == "" {
				continue
			}
			c := &Cell{}
			if i < len(row.Cells) {
				c = &row.Cells[i]
			}
			line = append(line, p.Text(i, c))
		}
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
