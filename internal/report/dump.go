package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/day"
	"reconcile/internal/source"
)

// Dump writes a workbook as text, for tests to compare: for each sheet its
// panes, filter, what is printed, names, marks and widths, then each cell as
//
//	Sheet!B7 number 1180 fmt=inr
//	Sheet!B9 text ties formula==IF(…)
//
// Cells without a value are left out. It holds the whole workbook in memory.
func Dump(r io.ReaderAt, size int64, w io.Writer) (err error) {
	x, err := excelize.OpenReader(io.NewSectionReader(r, 0, size))
	if err != nil {
		return fmt.Errorf("opening the workbook: %w", err)
	}
	defer func() {
		if closing := x.Close(); err == nil {
			err = closing
		}
	}()
	out := bufio.NewWriter(w)
	d := dumper{x: x, out: out, formats: map[int]string{}}
	for _, name := range x.GetSheetList() {
		if err := d.sheet(name); err != nil {
			return fmt.Errorf("dumping sheet %s: %w", name, err)
		}
	}
	return out.Flush()
}

type dumper struct {
	x       *excelize.File
	out     *bufio.Writer
	formats map[int]string // by style
}

func (d *dumper) sheet(name string) error {
	rows, err := d.x.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		return err
	}
	if err := d.head(name, rows); err != nil {
		return err
	}
	for i, row := range rows {
		for j, value := range row {
			if err := d.cell(name, source.ColumnName(j+1)+strconv.Itoa(i+1), value); err != nil {
				return err
			}
		}
	}
	return nil
}

// head writes what is true of the sheet as a whole.
func (d *dumper) head(name string, rows [][]string) error {
	fmt.Fprintf(d.out, "%s", name)
	panes, err := d.x.GetPanes(name)
	if err != nil {
		return err
	}
	if panes.Freeze {
		fmt.Fprintf(d.out, " freeze=%s", panes.TopLeftCell)
	}
	for _, n := range d.x.GetDefinedName() {
		if n.Name == rangeName(name) {
			fmt.Fprintf(d.out, " %s=%s", n.Name, n.RefersTo)
		}
		if n.Scope != name {
			continue
		}
		switch n.Name {
		case "_xlnm._FilterDatabase":
			fmt.Fprintf(d.out, " filter=%s", n.RefersTo)
		case "_xlnm.Print_Titles":
			fmt.Fprintf(d.out, " titles=%s", n.RefersTo)
		case "_xlnm.Print_Area":
			fmt.Fprintf(d.out, " prints=%s", n.RefersTo)
		}
	}
	if err := d.marks(name); err != nil {
		return err
	}
	merged, err := d.x.GetMergeCells(name)
	if err != nil {
		return err
	}
	areas := make([]string, 0, len(merged))
	for _, m := range merged {
		areas = append(areas, m.GetStartAxis()+":"+m.GetEndAxis())
	}
	slices.Sort(areas)
	if len(areas) > 0 {
		fmt.Fprintf(d.out, " merged=%s", strings.Join(areas, ","))
	}
	columns := 0
	for _, row := range rows {
		columns = max(columns, len(row))
	}
	fmt.Fprint(d.out, " widths=")
	for i := 1; i <= columns; i++ {
		width, err := d.x.GetColWidth(name, source.ColumnName(i))
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "%s:%g ", source.ColumnName(i), width)
	}
	fmt.Fprintln(d.out)
	return nil
}

// marks writes which words stand out in which cells.
func (d *dumper) marks(name string) error {
	formats, err := d.x.GetConditionalFormats(name)
	if err != nil {
		return err
	}
	for _, area := range slices.Sorted(maps.Keys(formats)) {
		for _, f := range formats[area] {
			fmt.Fprintf(d.out, " marked=%s%s%s", area, f.Criteria, f.Value)
		}
	}
	return nil
}

func (d *dumper) cell(sheet, place, value string) error {
	formula, err := d.x.GetCellFormula(sheet, place)
	if err != nil {
		return err
	}
	if value == "" && formula == "" {
		return nil
	}
	format, err := d.format(sheet, place)
	if err != nil {
		return err
	}
	stored, err := d.x.GetCellType(sheet, place)
	if err != nil {
		return err
	}
	kind := "text"
	switch stored {
	case excelize.CellTypeUnset, excelize.CellTypeNumber:
		kind = "number"
		if serial, err := strconv.Atoi(value); err == nil && strings.Contains(format, "yyyy") {
			kind, value = "date", (epoch + day.Date(serial)).String()
		}
	case excelize.CellTypeBool:
		kind = "bool"
	case excelize.CellTypeError:
		kind = "error"
	}
	fmt.Fprintf(d.out, "%s!%s %s %s", sheet, place, kind, strings.ReplaceAll(value, "\n", `\n`))
	if name := formatName(format); name != "" {
		fmt.Fprintf(d.out, " fmt=%s", name)
	}
	if formula != "" {
		fmt.Fprintf(d.out, " formula==%s", formula)
	}
	fmt.Fprintln(d.out)
	return nil
}

// format returns the number format of a cell.
func (d *dumper) format(sheet, place string) (string, error) {
	id, err := d.x.GetCellStyle(sheet, place)
	if err != nil {
		return "", err
	}
	if f, ok := d.formats[id]; ok {
		return f, nil
	}
	s, err := d.x.GetStyle(id)
	if err != nil {
		return "", err
	}
	f := ""
	switch {
	case s.CustomNumFmt != nil:
		f = *s.CustomNumFmt
	case s.NumFmt == 49:
		f = formatText
	case s.NumFmt == 3:
		f = formatWhole
	case s.NumFmt == 4:
		f = formatSmall
	}
	d.formats[id] = f
	return f, nil
}

// formatName shortens the formats that nearly every cell has.
func formatName(format string) string {
	switch format {
	case formatText:
		return ""
	case formatRupees:
		return "inr"
	case formatCount:
		return "count"
	case formatDate:
		return "date"
	}
	return format
}
