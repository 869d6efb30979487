package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// annotate FROM TO SHEET CODE TITLE VALUE… writes into a workbook as a controller
// would, on the row of a break code. CODE - is the row of titles.
func annotate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 6 || len(args)%2 != 0 {
		ts.Fatalf("usage: annotate FROM TO SHEET CODE TITLE VALUE…")
	}
	ts.Check(writeNotes(ts.MkAbs(args[0]), ts.MkAbs(args[1]), args[2], args[3], args[4:]...))
}

// writeNotes does so to files. A date as 2026-12-05 becomes a date of the workbook,
// and a value that begins with = a formula.
func writeNotes(from, to, sheet, code string, pairs ...string) (err error) {
	x, err := excelize.OpenFile(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	rows, err := x.GetRows(sheet)
	if err != nil {
		return err
	}
	row, columns := 0, map[string]int{}
	for i, cells := range rows {
		if len(columns) == 0 && slices.Contains(cells, "Resolution") {
			for at, title := range cells {
				columns[title] = at + 1
			}
			if code == "-" {
				row = i + 1
			}
		}
		if row == 0 && slices.Contains(cells, code) {
			row = i + 1
		}
	}
	if row == 0 {
		return fmt.Errorf("sheet %s has no row of %s", sheet, code)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		column, known := columns[pairs[i]]
		if !known {
			return fmt.Errorf("sheet %s has no column %s", sheet, pairs[i])
		}
		cell, err := excelize.CoordinatesToCellName(column, row)
		if err != nil {
			return err
		}
		if err := typeInto(x, sheet, cell, pairs[i+1]); err != nil {
			return err
		}
	}
	return x.SaveAs(to)
}

func typeInto(x *excelize.File, sheet, cell, value string) error {
	if date, err := time.Parse(time.DateOnly, value); err == nil {
		return x.SetCellValue(sheet, cell, date)
	}
	if formula, is := strings.CutPrefix(value, "="); is {
		return x.SetCellFormula(sheet, cell, formula)
	}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return x.SetCellInt(sheet, cell, n)
	}
	return x.SetCellStr(sheet, cell, value)
}
