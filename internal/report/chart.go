package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/source"
)

// A chart is columns beside each other, one for each row of a small table of the
// same sheet. It is drawn by the reader's program from the cells, in one grey
// that a printer without colours keeps.
type chart struct {
	title          string
	row            int // above which it begins, from 0
	column         int // at which it begins, from 0
	columns        int // that it covers
	labels, values int // columns, from 0
	first, last    int // rows, from 1
}

const (
	chartHeight = 148 // pixels, of the eight rows beside it
	digitWidth  = 7   // pixels of a digit, in which columns are measured
	barColour   = "7F7F7F"
)

func (s *sheet) draw(c *chart, widths []hundredths) error {
	cells := func(column int) string {
		name := source.ColumnName(column + 1)
		return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", s.name, name, c.first, name, c.last)
	}
	width := hundredths(0)
	for _, w := range widths[c.column : c.column+c.columns] {
		width += w
	}
	gap, no := uint(40), false
	format := excelize.ChartNumFmt{CustomNumFmt: formatCount}
	small := excelize.Font{Size: 8, Color: grey}
	place := fmt.Sprintf("%s%d", source.ColumnName(c.column+1), c.row+1)
	return s.book.x.AddChart(s.name, place, &excelize.Chart{
		Type: excelize.Col,
		Series: []excelize.ChartSeries{{
			Name: c.title, Categories: cells(c.labels), Values: cells(c.values),
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{barColour}},
		}},
		Title:    excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.title, Font: &excelize.Font{Size: 10, Bold: true, Color: accent}}}},
		Legend:   excelize.ChartLegend{Position: "none"},
		XAxis:    excelize.ChartAxis{Font: small, TickLabelPosition: excelize.ChartTickLabelLow},
		YAxis:    excelize.ChartAxis{Font: small, NumFmt: format, MajorGridLines: true},
		GapWidth: &gap, VaryColors: &no,
		Dimension: excelize.ChartDimension{Width: uint(width / 100 * digitWidth), Height: chartHeight},
		Format:    excelize.GraphicOptions{Positioning: "oneCell", AltText: c.title},
	})
}
