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
	breaks []int  // rows that begin a new sheet of paper
}

// breakPage begins the next row on a new sheet of paper.
func (p *page) breakPage() { p.breaks = append(p.breaks, len(p.rows)+1) }

type pageRow struct {
	cells  []cell
	height hundredths // of a point; 0 is left to the reader's program
	merges [][2]int
}

// add puts a row at the end and returns its number, from 1.
func (p *page) add(cells ...cell) int {
	p.rows = append(p.rows, pageRow{cells: cells})
	return len(p.rows)
}

// last returns the row added last.
func (p *page) last() *pageRow { return &p.rows[len(p.rows)-1] }

// section begins a small table: a blank row, its title, its header. A title in
// headers that begins with ">" stands at the right, above digits.
func (p *page) section(title string, columns int, headers ...string) {
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
	for _, row := range p.breaks {
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
		if err := s.write(row.cells, row.height); err != nil {
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
