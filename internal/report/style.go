package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/money"
)

// A style is how a cell looks. The zero style is the one of the cell's kind.
type style uint8

const (
	noStyle style = iota
	titleStyle
	subtitleStyle
	sectionStyle
	headStyle
	headRightStyle
	bandStyle
	textStyle
	wrapStyle
	strongStyle
	noteStyle
	noteWrapStyle
	entryStyle     // for a controller to write in: unlocked, should somebody protect the sheet
	entryDateStyle // the same for a date: what is typed becomes one, and stays no text
	countStyle
	negativeCountStyle
	dateStyle
	bigAmountStyle // an amount too large for a number, as text
	amountStyle
	negativeStyle // and two more, for lakhs and crores
	negativeLakhStyle
	negativeCroreStyle
	hugeStyle // a hundred crore and more
	vastStyle // ten thousand crore and more
	totalLabelStyle
	totalCountStyle
	totalAmountStyle
	totalNegativeStyle
	totalNegativeLakhStyle
	totalNegativeCroreStyle
	totalHugeStyle
	totalVastStyle
	styleCount
)

const (
	accent   = "1F4E79" // the one colour
	headFill = "EDEDED"
	markFill = "D9D9D9" // behind a word that stands out
	line     = "D9D9D9"
	grey     = "595959"
)

// Lakh grouping by number format. A format has room for two conditions, which
// serve the positive amounts up to a hundred crore, and stay right when a reader
// types another number over one. Behind conditions LibreOffice drops the sign of
// a negative number and Excel keeps it, so negative ones take a format without
// conditions, by their size.
const (
	formatRupees = `[>=10000000]##\,##\,##\,##0.00;[>=100000]##\,##\,##0.00;#,##0.00`
	formatSmall  = `#,##0.00`
	formatLakh   = `##\,##\,##0.00`
	formatCrore  = `##\,##\,##\,##0.00`
	formatHuge   = `##\,##\,##\,##\,##0.00`
	formatVast   = `##\,##\,##\,##\,##\,##0.00`
	formatCount  = `[>=10000000]##\,##\,##\,##0;[>=100000]##\,##\,##0;#,##0`
	formatWhole  = `#,##0`
	formatDate   = `dd\-mmm\-yyyy`
	formatText   = `@`
)

const (
	lakh         money.Paise = 1_00_000_00
	crore        money.Paise = 1_00_00_000_00
	hundredCrore             = 100 * crore
)

// amountStyleOf returns the style that groups p rightly, with its sign.
func amountStyleOf(p money.Paise) style {
	size := p.Abs()
	switch {
	case size >= 100*hundredCrore:
		return vastStyle
	case size >= hundredCrore:
		return hugeStyle
	case p >= 0:
		return amountStyle
	case size >= crore:
		return negativeCroreStyle
	case size >= lakh:
		return negativeLakhStyle
	}
	return negativeStyle
}

// totalOf returns the style of a total row for an amount style.
func totalOf(s style) style {
	switch s {
	case countStyle:
		return totalCountStyle
	case amountStyle, negativeStyle, negativeLakhStyle, negativeCroreStyle, hugeStyle, vastStyle:
		return s - amountStyle + totalAmountStyle
	}
	return totalLabelStyle
}

// newStyles registers all styles with the workbook, always in the same order.
func newStyles(x *excelize.File) ([styleCount]int, error) {
	var ids [styleCount]int
	for s := titleStyle; s < styleCount; s++ {
		id, err := x.NewStyle(s.definition())
		if err != nil {
			return ids, fmt.Errorf("making the styles of the workbook: %w", err)
		}
		ids[s] = id
	}
	return ids, nil
}

// newMark registers how a word looks that stands out: bold on grey, for what is
// told by a colour alone is lost on paper.
func newMark(x *excelize.File) (int, error) {
	id, err := x.NewConditionalStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{markFill}},
	})
	if err != nil {
		return 0, fmt.Errorf("making the styles of the workbook: %w", err)
	}
	return id, nil
}

func (s style) definition() *excelize.Style {
	font := &excelize.Font{Family: "Calibri", Size: 10}
	def := &excelize.Style{Font: font, Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1}}
	format := func(f string) { def.CustomNumFmt = &f }
	bottom := func(colour string, weight int) {
		def.Border = append(def.Border, excelize.Border{Type: "bottom", Color: colour, Style: weight})
	}
	switch s {
	case titleStyle:
		font.Size, font.Bold, font.Color = 18, true, accent
		format(formatText)
	case subtitleStyle:
		font.Size, font.Color = 11, grey
		format(formatText)
	case sectionStyle:
		font.Size, font.Bold, font.Color = 12, true, accent
		bottom(accent, 2)
		format(formatText)
	case headStyle, headRightStyle, bandStyle:
		font.Bold = true
		def.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headFill}}
		def.Alignment.WrapText = true
		switch s {
		case headRightStyle:
			def.Alignment.Horizontal, def.Alignment.Indent = "right", 0
		case bandStyle:
			font.Color = accent
		}
		if s != bandStyle {
			bottom(accent, 2)
		}
		format(formatText)
	case textStyle, wrapStyle, strongStyle, noteStyle, noteWrapStyle, entryStyle:
		format(formatText)
		switch s {
		case wrapStyle:
			def.Alignment.WrapText = true
		case entryStyle:
			def.Alignment.WrapText, def.Protection = true, &excelize.Protection{}
		case strongStyle:
			font.Bold = true
		case noteStyle, noteWrapStyle:
			font.Italic, font.Color = true, grey
			def.Alignment.WrapText = s == noteWrapStyle
		}
		if s != noteStyle && s != noteWrapStyle {
			bottom(line, 1)
		}
	case dateStyle, entryDateStyle:
		format(formatDate)
		if s == entryDateStyle {
			def.Protection = &excelize.Protection{}
		}
		bottom(line, 1)
	case bigAmountStyle:
		format(formatText)
		bottom(line, 1)
	case totalLabelStyle:
		font.Bold = true
		format(formatText)
	}
	if s == bigAmountStyle || s == countStyle || s == negativeCountStyle || s >= amountStyle && s != totalLabelStyle {
		def.Alignment.Horizontal, def.Alignment.Indent = "right", 0
	}
	switch s {
	case countStyle, totalCountStyle:
		format(formatCount)
	case negativeCountStyle:
		format(formatWhole)
	case amountStyle, totalAmountStyle:
		format(formatRupees)
	case negativeStyle, totalNegativeStyle:
		format(formatSmall)
	case negativeLakhStyle, totalNegativeLakhStyle:
		format(formatLakh)
	case negativeCroreStyle, totalNegativeCroreStyle:
		format(formatCrore)
	case hugeStyle, totalHugeStyle:
		format(formatHuge)
	case vastStyle, totalVastStyle:
		format(formatVast)
	}
	switch {
	case s >= totalLabelStyle:
		font.Bold = true
		def.Border = append(def.Border, excelize.Border{Type: "top", Color: accent, Style: 1})
	case s == countStyle, s == negativeCountStyle, s >= amountStyle:
		bottom(line, 1)
	}
	return def
}
