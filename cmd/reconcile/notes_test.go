package main

import (
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// annotate FROM TO SHEET CODE TITLE VALUE… writes into a workbook as a controller
// would, on the row of a break code: a date as 2026-12-05 becomes a date of the
// workbook, a value that begins with = a formula. CODE - is the row of titles.
func annotate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 6 || len(args)%2 != 0 {
		ts.Fatalf("usage: annotate FROM TO SHEET CODE TITLE VALUE…")
	}
	x, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	defer x.Close()
	sheet, code := args[2], args[3]
	rows, err := x.GetRows(sheet)
	ts.Check(err)
	head, row := -1, -1
	columns := map[string]int{}
	for i, cells := range rows {
		for k, text := range cells {
			if text == "Resolution" && head < 0 {
				head = i
				for at, title := range cells {
					columns[title] = at + 1
				}
			}
			if text == code && k < 14 && row < 0 {
				row = i
			}
		}
	}
	if code == "-" {
		row = head
	}
	if row < 0 || head < 0 {
		ts.Fatalf("sheet %s has no row of %s", sheet, code)
	}
	for i := 4; i < len(args); i += 2 {
		column, known := columns[args[i]]
		if !known {
			ts.Fatalf("sheet %s has no column %s", sheet, args[i])
		}
		cell, err := excelize.CoordinatesToCellName(column, row+1)
		ts.Check(err)
		value := args[i+1]
		if date, err := time.Parse(time.DateOnly, value); err == nil {
			ts.Check(x.SetCellValue(sheet, cell, date))
		} else if value != "" && value[0] == '=' {
			ts.Check(x.SetCellFormula(sheet, cell, value[1:]))
		} else if n, err := strconv.Atoi(value); err == nil {
			ts.Check(x.SetCellInt(sheet, cell, int64(n)))
		} else {
			ts.Check(x.SetCellStr(sheet, cell, value))
		}
	}
	ts.Check(x.SaveAs(ts.MkAbs(args[1])))
}
