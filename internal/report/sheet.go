package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/day"
	"reconcile/internal/source"
)

// maxSheetRows is how many rows a sheet of a workbook has.
const maxSheetRows = 1_048_576

// A workbook is what is being written: one sheet after the other, each as a
// stream.
type workbook struct {
	x       *excelize.File
	styles  [styleCount]int
	blanks  [styleCount]int     // of an empty cell of each style
	rows    map[string]*rowText // of each sheet, by its name in the archive
	marked  int                 // the look of a word that stands out
	sheets  int
	title   string // of the document, at the foot of every page
	maxRows int    // of one sheet; smaller in a test
}

// A table is a sheet of rows that are all alike, however many.
type table struct {
	name    string
	bands   []band // above the header; often none
	columns []column
	// rows calls yield for each row, always the same ones: it is called once to
	// measure and once to write. The slice is used again for the next row.
	rows  func(yield func([]cell) error) error
	empty string   // stands in the first row where there are none
	fixed int      // columns that stay in view
	paper int      // columns that are printed, beside each other on one page; 0 is all, on as many as they need
	marks []mark   // words that stand out
	early []early  // dates that do
	notes []string // below the last row: how the figures came about
}

// A mark makes a word of one column stand out, also after a reader has typed it,
// and also on paper without colours.
type mark struct {
	column int // from 0
	word   string
}

// An early mark does the same to the dates of a column that are before a day.
type early struct {
	column int // from 0
	day    day.Date
}

// A column is one of a table.
type column struct {
	title string
	right bool // amounts and counts: the header stands above the digits
	max   int  // widest in characters, before text wraps; 0 is 40
	least int  // narrowest in characters, for what a reader will type

	hidden bool // for the program that reads the workbook back
}

// A band names what the columns from one on have in common. Its cells are not
// merged, for a merged cell tears where columns are frozen.
type band struct {
	title string
	from  int // column, from 0
}

// addTable writes a table, and continues it on further sheets where it has more
// rows than one can hold.
func (b *workbook) addTable(t table) error {
	widths, err := t.measure()
	if err != nil {
		return err
	}
	var s *sheet
	head, part := 1, 1
	if len(t.bands) > 0 {
		head = 2
	}
	begin := func() error {
		name := t.name
		if part > 1 {
			name = fmt.Sprintf("%s (%d)", t.name, part)
		}
		part++
		if s, err = b.begin(name, widths, head, t.fixed, t.paper); err != nil {
			return err
		}
		for i, c := range t.columns {
			if !c.hidden {
				continue
			}
			if err := s.out.SetColVisible(i+1, i+1, false); err != nil {
				return fmt.Errorf("making sheet %s: %w", name, err)
			}
		}
		return s.header(t)
	}
	if err := begin(); err != nil {
		return err
	}
	rows := 0
	err = t.rows(func(cells []cell) error {
		if s.row == b.maxRows {
			part := t
			part.notes = nil
			if err := s.finishTable(part, head); err != nil {
				return err
			}
			if err := s.end(); err != nil {
				return err
			}
			if err := begin(); err != nil {
				return err
			}
		}
		rows++
		return s.write(cells, 0)
	})
	if err == nil && rows == 0 {
		err = s.write([]cell{text(t.empty).styled(noteStyle)}, 0)
		head = 0 // nothing to filter
	}
	if err != nil {
		return err
	}
	if err := s.finishTable(t, head); err != nil {
		return err
	}
	return s.end()
}

// measure returns the widths at which every cell of the table can be read.
func (t *table) measure() ([]hundredths, error) {
	widths := make([]hundredths, len(t.columns))
	for i, c := range t.columns {
		// A title is broken between its words, and within one only where a ledger
		// has headings that no column should be as wide as.
		for _, word := range strings.Fields(c.title) {
			widths[i] = max(widths[i], min(measure(word), longestWord)+button)
		}
		if whole := measure(c.title); whole < shortTitle {
			widths[i] = max(widths[i], whole+button)
		}
	}
	err := t.rows(func(cells []cell) error {
		for i := range cells {
			widths[i] = max(widths[i], cells[i].measure())
		}
		return nil
	})
	for i, c := range t.columns {
		most := hundredths(c.max) * 100
		if most == 0 {
			most = 40_00
		}
		if !c.right {
			widths[i] = min(widths[i], most)
		}
		widths[i] = max(widths[i], hundredths(c.least)*100)
		widths[i] = (widths[i] + 3_49) / 100 * 100 // whole characters, indent and padding
	}
	return widths, err
}

// measure returns how wide the cell is shown, in digits.
func (c *cell) measure() hundredths {
	if c.kind == textCell {
		return measure(c.text)
	}
	return hundredths(c.width()) * 100
}

// measure returns about how wide s is in a proportional font, in digits. It
// need not be exact, only never too little.
func measure(s string) hundredths {
	w := hundredths(0)
	for _, r := range s {
		switch {
		case r == 'W' || r == 'M' || r == '@' || r == '%' || r == 'm' || r == 'w':
			w += 1_50
		case r < 0x80 && (unicode.IsUpper(r) || r == '_'):
			w += 1_15
		case r < 0x80 && unicode.IsLower(r), r == ' ', r == '.', r == ',':
			w += 82
		case r < 0x80:
			w += 1_00
		case r >= 0x1100:
			w += 2_00
		default:
			w += 1_20
		}
	}
	return w
}

// A sheet is one sheet being written, from top to bottom.
type sheet struct {
	book   *workbook
	name   string
	out    *excelize.StreamWriter
	row    int          // last row written
	widths []hundredths // of a character
	paper  int          // columns that are printed
	pages  int          // beside each other
	rows   *rowText

	wrapped []bool // which cells of the row being written go over several lines
}

// begin makes a sheet with the first head rows and fixed columns frozen; head 0
// freezes nothing. Of the columns paper are printed; 0 is all.
func (b *workbook) begin(name string, widths []hundredths, head, fixed, paper int) (*sheet, error) {
	s := &sheet{book: b, name: name, widths: widths, paper: paper, pages: 1}
	if paper == 0 {
		s.paper, s.pages = len(widths), pagesWide(widths)
	}
	if err := s.create(head, fixed); err != nil {
		return nil, fmt.Errorf("making sheet %s: %w", name, err)
	}
	// excelize writes each width before the ones it has, and a worksheet wants
	// its columns in order.
	for i, w := range slices.Backward(widths) {
		width, _ := numberOf(w)
		if err := s.out.SetColWidth(i+1, i+1, width); err != nil {
			return nil, fmt.Errorf("making sheet %s: %w", name, err)
		}
	}
	if head == 0 {
		return s, nil
	}
	corner := source.ColumnName(fixed+1) + fmt.Sprint(head+1)
	panes := &excelize.Panes{Freeze: true, YSplit: head, XSplit: fixed, TopLeftCell: corner, ActivePane: "bottomLeft"}
	if fixed > 0 {
		panes.ActivePane = "bottomRight"
	}
	if err := s.out.SetPanes(panes); err != nil {
		return nil, fmt.Errorf("freezing the head of sheet %s: %w", name, err)
	}
	return s, nil
}

// readableWidth is how many characters fit across A4 landscape at a size that
// can be read on paper.
const readableWidth hundredths = 260_00

// pagesWide returns over how many pages columns are spread when printed: one,
// unless that would make them too small to read.
func pagesWide(widths []hundredths) int {
	all := hundredths(0)
	for _, w := range widths {
		all += w
	}
	return int((all + readableWidth - 1) / readableWidth)
}

// create makes the sheet and says how it is shown and printed: no grid, A4
// landscape, as wide as can be read, the head and the fixed columns on every
// page.
func (s *sheet) create(head, fixed int) error {
	x := s.book.x
	var err error
	if s.book.sheets == 0 {
		err = x.SetSheetName(x.GetSheetName(0), s.name)
	} else {
		_, err = x.NewSheet(s.name)
	}
	if err != nil {
		return err
	}
	s.book.sheets++
	no, yes := false, true
	a4, landscape, wide, long := 9, "landscape", s.pages, 0
	side, top := 0.4, 0.6 // inches
	if err := x.SetSheetView(s.name, -1, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return err
	}
	if err := x.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	if err := x.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &long}); err != nil {
		return err
	}
	if err := x.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &top}); err != nil {
		return err
	}
	if err := x.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: s.footer()}); err != nil {
		return err
	}
	if head > 0 {
		titles := fmt.Sprintf("'%s'!$1:$%d", s.name, head)
		if fixed > 0 {
			titles = fmt.Sprintf("'%s'!$A:$%s,%s", s.name, source.ColumnName(fixed), titles)
		}
		if err := x.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: s.name, RefersTo: titles}); err != nil {
			return err
		}
	}
	if s.out, err = x.NewStreamWriter(s.name); err != nil {
		return err
	}
	s.rows = &rowText{}
	s.book.rows[fmt.Sprintf("xl/worksheets/sheet%d.xml", s.book.sheets)] = s.rows
	return nil
}

// footer says on every page of paper of which report it is, and where there is
// more. A digit after a size would be read as one of it, and an ampersand as a
// code.
func (s *sheet) footer() string {
	middle := ""
	if s.paper < len(s.widths) {
		middle = "&C&8The workbook has more columns"
	}
	return "&L&8 " + strings.ReplaceAll(s.book.title, "&", "&&") + " · &A" + middle + "&R&8Page &P of &N"
}

func (s *sheet) header(t table) error {
	if len(t.bands) > 0 {
		cells := make([]cell, len(t.columns))
		for i := range cells {
			cells[i] = cell{style: bandStyle}
		}
		for _, b := range t.bands {
			cells[b.from] = text(b.title).styled(bandStyle)
		}
		if err := s.write(cells, 16_00); err != nil {
			return err
		}
	}
	cells := make([]cell, len(t.columns))
	lines := 1
	for i, c := range t.columns {
		cells[i] = text(c.title).styled(headStyle)
		if c.right {
			cells[i].style = headRightStyle
		}
		lines = max(lines, wrappedLines(c.title, s.widths[i]-button))
	}
	return s.write(cells, hundredths(lines)*13_50+4_00)
}

// wrappedLines returns how many lines s takes at a width.
func wrappedLines(s string, width hundredths) int {
	lines, used := 1, hundredths(0)
	for _, word := range strings.Fields(s) {
		w := measure(word)
		if used > 0 && used+82+w > width {
			lines++
			used = 0
		}
		used += 82 + w
		for ; width > 0 && used > width; used -= width {
			lines++ // a word longer than the line is broken
		}
	}
	return lines
}

func (s *sheet) merge(row, from, to int) error {
	if from == to {
		return nil
	}
	n := fmt.Sprint(row)
	return s.out.MergeCell(source.ColumnName(from+1)+n, source.ColumnName(to+1)+n)
}

const (
	noteWidth   hundredths = 150_00 // of a note, in characters
	indent      hundredths = 1_60   // of a text cell, in characters
	button      hundredths = 2_50   // of a filter, in characters
	shortTitle  hundredths = 13_00  // a title so short stays on one line
	longestWord hundredths = 24_00  // of a title, before it is broken
	maxHeight   hundredths = 409_00 // points that a row can have
)

// write writes the next row. Height 0 makes room for wrapped text.
func (s *sheet) write(cells []cell, height hundredths) error {
	s.row++
	lines := 1
	s.wrapped = s.wrapped[:0]
	for i := range cells {
		c, width := &cells[i], hundredths(0)
		if i < len(s.widths) {
			width = s.widths[i]
		}
		wraps := c.wraps(width)
		if wraps {
			lines = max(lines, wrappedLines(c.text, width-indent))
		}
		s.wrapped = append(s.wrapped, wraps)
	}
	if height == 0 && lines > 1 {
		height = heightOf(lines)
	}
	s.rows.begin(s.row, min(height, maxHeight))
	for i := range cells {
		c := cells[i]
		if s.wrapped[i] && c.style == noStyle {
			c.style = wrapStyle
		}
		s.put(i, &c)
	}
	if err := s.rows.end(); err != nil {
		return fmt.Errorf("writing row %d of sheet %s: %w", s.row, s.name, err)
	}
	return nil
}

// wraps tells whether the cell's text takes more than one line.
func (c *cell) wraps(width hundredths) bool {
	return c.kind == textCell && (c.style == noStyle || c.style == entryStyle) && measure(c.text)+indent > width
}

// heightOf returns how high a row of so many lines is, in points.
func heightOf(lines int) hundredths { return hundredths(lines)*13_00 + 1_00 }

// put writes a cell. Only here a formula can be set, and it is one of ours.
func (s *sheet) put(column int, c *cell) {
	if c.kind == blankCell {
		s.rows.blank(column, s.row, s.book.blanks[c.style])
		return
	}
	switch c.kind {
	case textCell:
		s.rows.text(column, s.row, s.look(c, textStyle), c.text, c.formula)
	case countCell:
		def := countStyle
		if c.count < 0 {
			def = negativeCountStyle
		}
		s.rows.whole(column, s.row, s.look(c, def), int64(c.count), c.formula)
	case dateCell:
		s.rows.whole(column, s.row, s.look(c, dateStyle), int64(c.date-epoch), c.formula)
	case amountCell:
		if _, ok := numberOf(hundredths(c.paise)); ok {
			s.rows.number(column, s.row, s.look(c, amountStyleOf(c.paise)), hundredths(c.paise), c.formula)
		} else {
			s.rows.text(column, s.row, s.look(c, bigAmountStyle), c.paise.Grouped(), "")
		}
	}
}

// look returns the style of a cell as the workbook numbers it; def is that of its
// kind.
func (s *sheet) look(c *cell, def style) int {
	look := c.style
	if look == noStyle {
		look = def
	}
	if look == totalLabelStyle && def != textStyle {
		look = totalOf(def)
	}
	return s.book.styles[look]
}

// finishTable gives the table its filter, its name and its marks, and writes the
// notes below it. Head is the row of the header; 0 where there are no rows.
func (s *sheet) finishTable(t table, head int) error {
	last := s.row
	if head > 0 {
		area := fmt.Sprintf("A%d:%s%d", head, source.ColumnName(len(t.columns)), last)
		if err := s.book.x.AutoFilter(s.name, area, nil); err != nil {
			return fmt.Errorf("setting the filter of sheet %s: %w", s.name, err)
		}
		rows := fmt.Sprintf("'%s'!$A$%d:$%s$%d", s.name, head, source.ColumnName(len(t.columns)), last)
		if err := s.book.x.SetDefinedName(&excelize.DefinedName{Name: rangeName(s.name), RefersTo: rows}); err != nil {
			return fmt.Errorf("naming the rows of sheet %s: %w", s.name, err)
		}
		for _, m := range t.marks {
			if err := s.mark(m, head+1, last); err != nil {
				return fmt.Errorf("marking a column of sheet %s: %w", s.name, err)
			}
		}
		for _, e := range t.early {
			if err := s.markEarly(e, head+1, last); err != nil {
				return fmt.Errorf("marking a column of sheet %s: %w", s.name, err)
			}
		}
		if err := s.invite(t, head+1, last); err != nil {
			return fmt.Errorf("preparing the notes of sheet %s: %w", s.name, err)
		}
	}
	if s.row+1+len(t.notes) > s.book.maxRows {
		return nil
	}
	for i, note := range t.notes {
		if i == 0 {
			s.row++
		}
		if err := s.note(note, t.fixed); err != nil {
			return err
		}
	}
	return nil
}

// note writes a note behind the fixed columns, for a merged cell tears where
// columns are frozen, and as wide as can be read.
func (s *sheet) note(note string, from int) error {
	to, width := from, s.widths[from]
	for to+1 < len(s.widths) && width+s.widths[to+1] <= noteWidth {
		to++
		width += s.widths[to]
	}
	if err := s.merge(s.row+1, from, to); err != nil {
		return fmt.Errorf("writing the notes of sheet %s: %w", s.name, err)
	}
	cells := make([]cell, from+1)
	for i := range from {
		cells[i].style = noteStyle
	}
	cells[from] = text(note).styled(noteWrapStyle)
	return s.write(cells, hundredths(wrappedLines(note, width-indent))*13_00+3_00)
}

// rangeName returns by which name formulas of the reader find the rows of a
// table: breaks_rows, act_today_rows. It can never look like a cell.
func rangeName(sheet string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(sheet)) + "_rows"
}

// markEarly makes early dates stand out. The day is the business date and no
// function of the clock, and an empty cell is before no day.
func (s *sheet) markEarly(e early, from, to int) error {
	column := source.ColumnName(e.column + 1)
	first := fmt.Sprintf("$%s%d", column, from)
	return s.book.x.SetConditionalFormat(s.name, fmt.Sprintf("%s%d:%s%d", column, from, column, to), []excelize.ConditionalFormatOptions{
		{Type: "formula", Criteria: fmt.Sprintf("AND(ISNUMBER(%s),%s<%d)", first, first, e.day-epoch), Format: &s.book.marked},
	})
}

// mark makes a word stand out in rows of a column: bold on grey, so that it is
// seen on any printer.
func (s *sheet) mark(m mark, from, to int) error {
	column := source.ColumnName(m.column + 1)
	return s.book.x.SetConditionalFormat(s.name, fmt.Sprintf("%s%d:%s%d", column, from, column, to), []excelize.ConditionalFormatOptions{
		{Type: "cell", Criteria: "==", Format: &s.book.marked, Value: strconv.Quote(m.word)},
	})
}

// end sets what is printed, and closes the sheet.
func (s *sheet) end() error {
	area := fmt.Sprintf("'%s'!$A$1:$%s$%d", s.name, source.ColumnName(s.paper), max(s.row, 1))
	if err := s.book.x.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", Scope: s.name, RefersTo: area}); err != nil {
		return fmt.Errorf("setting what is printed of sheet %s: %w", s.name, err)
	}
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("writing sheet %s: %w", s.name, err)
	}
	return nil
}
