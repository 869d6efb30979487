package report

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

// anyCell draws a cell as a table may have it, with text that is hard to write.
var anyCell = rapid.Custom(func(t *rapid.T) cell {
	var c cell
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
	case 1:
		c = text(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"", " ", "a ", " b", `<&>"'`, "_x0041_", "_x004_", "__x0041__", "_x005F_", "=1+1", "é<", "\u0939\u093f\n<x>", "\t", strings.Repeat("z", 33_000), strings.Repeat("word ", 40),
		})).Draw(t, "text"))
	case 2:
		c = amount(money.Paise(rapid.Int64().Draw(t, "paise")))
	case 3:
		c = count(rapid.Int().Draw(t, "count"))
	case 4:
		c = date(day.Date(rapid.IntRange(0, 800_000).Draw(t, "date")))
	}
	if c.kind != blankCell && rapid.Bool().Draw(t, "with a formula") {
		c.formula = rapid.SampledFrom([]string{"SUM(A1:A2)", `IF(A1<B1,"a & b",'x'!C1)`}).Draw(t, "formula")
	}
	c.style = style(rapid.IntRange(0, int(styleCount)-1).Draw(t, "style"))
	return c
})

// TestRowsAreThoseOfExcelize writes the same rows by excelize and by our own hand.
func TestRowsAreThoseOfExcelize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(anyCell, 0, 30), 1, 5).Draw(t, "rows")
		height := hundredths(rapid.SampledFrom([]int{0, 0, 16_00, 13_50, 500_00}).Draw(t, "height"))
		var looks [styleCount]int
		ours, theirs := sheetOf(t, &looks, rows, height), sheetOfExcelize(t, &looks, rows, height)
		if ours != theirs {
			t.Fatalf("got\n%s\nwant\n%s", ours, theirs)
		}
	})
}

// sheetOf returns the sheet that we write.
func sheetOf(t *rapid.T, looks *[styleCount]int, rows [][]cell, height hundredths) string {
	t.Helper()
	var b bytes.Buffer
	err := writeBook(&b, maxSheetRows, &excelize.DocProperties{}, func(b *workbook) error {
		*looks = b.styles
		s, err := b.begin("Rows", []hundredths{30_00, 12_00}, 0, 0, 0)
		if err != nil {
			return err
		}
		for _, cells := range rows {
			if err := s.write(cells, height); err != nil {
				return err
			}
		}
		return s.end()
	})
	if err != nil {
		t.Fatal(err)
	}
	return sheetData(t, b.Bytes())
}

// sheetOfExcelize returns the sheet that excelize writes of the same cells.
func sheetOfExcelize(t *rapid.T, looks *[styleCount]int, rows [][]cell, height hundredths) string {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	out, err := x.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	s := &sheet{book: &workbook{styles: *looks}, rows: &rowText{}}
	widths := []hundredths{30_00, 12_00}
	for i, cells := range rows {
		values := make([]any, len(cells))
		lines := 1
		for k, c := range cells {
			width := hundredths(0)
			if k < len(widths) {
				width = widths[k]
			}
			if c.kind == textCell && (c.style == noStyle || c.style == entryStyle) && measure(c.text)+indent > width {
				lines = max(lines, wrappedLines(c.text, width-indent))
				if c.style == noStyle {
					c.style = wrapStyle
				}
			}
			values[k] = excelizeCell(s, &c)
		}
		points := height
		if points == 0 && lines > 1 {
			points = hundredths(lines)*13_00 + 1_00
		}
		high, _ := numberOf(min(points, maxHeight))
		place, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := out.SetRow(place, values, excelize.RowOpts{Height: high}); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return sheetData(t, b.Bytes())
}

// excelizeCell is a cell as excelize wants it.
func excelizeCell(s *sheet, c *cell) excelize.Cell {
	switch c.kind {
	case textCell:
		return excelize.Cell{StyleID: s.look(c, textStyle), Value: c.text, Formula: c.formula}
	case countCell:
		def := countStyle
		if c.count < 0 {
			def = negativeCountStyle
		}
		return excelize.Cell{StyleID: s.look(c, def), Value: c.count, Formula: c.formula}
	case dateCell:
		return excelize.Cell{StyleID: s.look(c, dateStyle), Value: int(c.date - epoch), Formula: c.formula}
	case amountCell:
		if n, ok := numberOf(hundredths(c.paise)); ok {
			return excelize.Cell{StyleID: s.look(c, amountStyleOf(c.paise)), Value: n, Formula: c.formula}
		}
		return excelize.Cell{StyleID: s.look(c, bigAmountStyle), Value: c.paise.Grouped()}
	}
	look := c.style
	if look == noStyle {
		look = textStyle
	}
	return excelize.Cell{StyleID: s.book.styles[look]}
}

// sheetData returns the rows of the first sheet of a workbook.
func sheetData(t *rapid.T, book []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(all), "<sheetData>")
	data, _, found := strings.Cut(rest, "</sheetData>")
	if !found {
		t.Fatalf("there are no rows in %s", all)
	}
	return data
}
