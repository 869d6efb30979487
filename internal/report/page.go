package report

import (
	"fmt"

	"reconcile/internal/source"
)

// A page is a sheet of a few rows that are not alike: titles, small tables,
// totals with formulas. It is put together first and written at once.
type page struct {
	rows   []pageRow
	chart  *chart // nil where there is none
	starts []int  // of the sections: how many rows stand above each
}

// rowHeight is that of a row of one line: it is stated, so that every program
// breaks the pages in the same places.
const rowHeight hundredths = 14_00

// The room on a sheet of A4 landscape within its margins, in points.
const (
	paperWidth  hundredths = 784_00
	paperHeight hundredths = 508_00
	digitPoints hundredths = 5_25 // of a digit, in which columns are measured
	leastRoom   hundredths = 150_00
)

// breaks returns the rows, from 1, that begin a new sheet of paper: no title is
// left at the foot of a page, and no section that has room on one page is torn
// where that costs little.
func (p *page) breaks(widths []hundredths) []int {
	across := hundredths(0)
	for _, w := range widths {
		across += w * digitPoints / 100
	}
	room := max(paperHeight, paperHeight*across/paperWidth) // on a page that is made smaller there is more
	var list []int
	used := hundredths(0)
	for i, start := range append([]int{0}, p.starts...) {
		end := len(p.rows)
		if i < len(p.starts) {
			end = p.starts[i]
		}
		height := hundredths(0)
		for _, row := range p.rows[start:end] {
			height += row.high(widths)
		}
		if left := room - used; start > 0 && height > left && (height <= room/2 || left < leastRoom) {
			list = append(list, start+1)
			used = 0
		}
		used = (used + height) % room
	}
	return list
}

type pageRow struct {
	cells  []cell
	height hundredths // of a point
	merges [][2]int
}

// add puts a row at the end and returns its number, from 1.
func (p *page) add(cells ...cell) int {
	p.rows = append(p.rows, pageRow{cells: cells, height: rowHeight})
	return len(p.rows)
}

// last returns the row added last.
func (p *page) last() *pageRow { return &p.rows[len(p.rows)-1] }

// high returns how high a row is: as high as stated, and as its wrapped text takes.
func (r *pageRow) high(widths []hundredths) hundredths {
	lines := 1
	for i := range r.cells {
		if c := &r.cells[i]; c.wraps(widths[i]) {
			lines = max(lines, wrappedLines(c.text, widths[i]-indent))
		}
	}
	return max(r.height, heightOf(lines))
}

// section begins a small table: a blank row, its title, its header. A title in
// headers that begins with ">" stands at the right, above digits.
func (p *page) section(title string, columns int, headers ...string) {
	p.starts = append(p.starts, len(p.rows))
	p.add()
	head := make([]cell, columns)
	for i := range head {
		head[i].style = sectionStyle
	}
	head[0] = text(title).styled(sectionStyle)
	p.add(head...)
	p.last().height = 20_00
	if len(headers) == 0 {
		return
	}
	cells := make([]cell, columns)
	for i := range cells {
		cells[i].style = headStyle
		if i >= len(headers) {
			continue
		}
		title, look := headers[i], headStyle
		if title != "" && title[0] == '>' {
			title, look = title[1:], headRightStyle
		}
		cells[i] = text(title).styled(look)
	}
	p.add(cells...)
	p.last().height = 18_00
}

// spread merges the last cell of the last row with the ones to its right up to
// column to, and makes the row high enough for its text.
func (p *page) spread(from, to int, widths []hundredths) {
	row := p.last()
	for len(row.cells) <= to {
		row.cells = append(row.cells, cell{})
	}
	row.merges = append(row.merges, [2]int{from, to})
	width := hundredths(0)
	for i := from; i <= to; i++ {
		width += widths[i]
	}
	if row.cells[from].style == noStyle {
		row.cells[from].style = wrapStyle
	}
	row.height = max(row.height, 14_00*hundredths(wrappedLines(row.cells[from].text, width-2_00)))
}

func (b *workbook) addPage(name string, p *page, widths []hundredths) error {
	s, err := b.begin(name, widths, 0, 0, 0)
	if err != nil {
		return err
	}
	if p.chart != nil {
		if err := s.draw(p.chart, widths); err != nil {
			return fmt.Errorf("drawing the chart of sheet %s: %w", name, err)
		}
	}
	for _, row := range p.breaks(widths) {
		if err := s.out.InsertPageBreak("A" + fmt.Sprint(row)); err != nil {
			return fmt.Errorf("dividing sheet %s: %w", name, err)
		}
	}
	for _, row := range p.rows {
		for _, m := range row.merges {
			if err := s.merge(s.row+1, m[0], m[1]); err != nil {
				return fmt.Errorf("writing sheet %s: %w", name, err)
			}
		}
		if err := s.write(row.cells, row.high(widths)); err != nil {
			return err
		}
	}
	return s.end()
}

// total returns a cell that adds up the cells above it, from row to row, and
// the value it comes to.
func total(value cell, column, from, to int) cell {
	letter := source.ColumnName(column + 1)
	value.formula = fmt.Sprintf("SUM(%s%d:%s%d)", letter, from, letter, to)
	return value.styled(totalLabelStyle)
}

// tiesCell returns a cell that tests left = right by a formula, and shows what
// this program found. Amounts too large for numbers are not tested in the
// workbook.
func tiesCell(ties bool, left, right string, numbers ...number) cell {
	c := text("ties")
	if !ties {
		c = text("DOES NOT TIE")
	}
	c.style = strongStyle
	for _, n := range numbers {
		if _, ok := numberOf(hundredths(n.paise)); !ok {
			return c
		}
	}
	c.formula = fmt.Sprintf(`IF(ROUND(%s-(%s),2)=0,"ties","DOES NOT TIE")`, left, right)
	return c
}

// cell returns the number as a cell.
func (n number) cell() cell {
	if n.money {
		return amount(n.paise)
	}
	return count(n.count)
}
