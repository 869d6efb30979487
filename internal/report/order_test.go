package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// sheetOrder is the order of the elements of a worksheet (ECMA-376 part 1,
// CT_Worksheet). A program that finds another offers to repair the workbook.
var sheetOrder = []string{
	"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios",
	"autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks",
	"printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
	"drawing", "legacyDrawing", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
}

func TestElementOrder(t *testing.T) {
	for name, f := range map[string]*Facts{"the small month": smallFacts(), "what the law has a clock for": lawFacts()} {
		book := workbookOf(t, f)
		z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
		if err != nil {
			t.Fatal(err)
		}
		sheets, seen := 0, map[string]bool{}
		for _, e := range z.File {
			if strings.Contains(e.Name, "vba") || strings.Contains(e.Name, "externalLink") {
				t.Errorf("%s has %s: neither a macro nor a link to another file belongs in a report", name, e.Name)
			}
			if !strings.HasPrefix(e.Name, "xl/worksheets/sheet") {
				continue
			}
			sheets++
			last := -1
			for _, element := range elementsOf(t, e) {
				at := slices.Index(sheetOrder, element)
				if at < last || at < 0 {
					t.Errorf("%s, %s: %s stands behind %s", name, e.Name, element, sheetOrder[max(last, 0)])
				}
				last, seen[element] = at, true
			}
		}
		if sheets < 12 || !seen["drawing"] || !seen["conditionalFormatting"] || !seen["dataValidations"] || !seen["rowBreaks"] || !seen["mergeCells"] || !seen["autoFilter"] {
			t.Errorf("%s: %d sheets with %v, want at least 12 and all that can stand out of order", name, sheets, seen)
		}
	}
}

// elementsOf returns the names of the elements below the root of an entry.
func elementsOf(t *testing.T, e *zip.File) []string {
	t.Helper()
	r, err := e.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var names []string
	dec, depth := xml.NewDecoder(r), 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				names = append(names, token.Name.Local)
			}
		case xml.EndElement:
			depth--
		}
	}
}

// TestNames: what a program that opens the workbook would mend by itself, or refuse.
// No two sheets and no two names of one scope are called the same in any case,
// no sheet's name is longer than 31 characters or has a forbidden one in it, and a
// filter is declared once a sheet.
func TestNames(t *testing.T) {
	for name, f := range map[string]*Facts{"the small month": smallFacts(), "what the law has a clock for": lawFacts()} {
		x, err := excelize.OpenReader(bytes.NewReader(workbookOf(t, f)))
		if err != nil {
			t.Fatal(err)
		}
		sheets, names := map[string]bool{}, map[string]bool{}
		for _, sheet := range x.GetSheetList() {
			if n := utf8.RuneCountInString(sheet); n > 31 || strings.ContainsAny(sheet, `:\/?*[]`) || sheet != strings.Trim(sheet, "' ") {
				t.Errorf("%s: a sheet may not be called %q", name, sheet)
			}
			if sheets[strings.ToLower(sheet)] {
				t.Errorf("%s: two sheets are called %q", name, sheet)
			}
			sheets[strings.ToLower(sheet)] = true
		}
		for _, n := range x.GetDefinedName() {
			key := strings.ToLower(n.Scope + "!" + n.Name)
			if names[key] {
				t.Errorf("%s: the name %s stands twice in %s", name, n.Name, n.Scope)
			}
			names[key] = true
			if n.RefersTo == "" || strings.Contains(n.RefersTo, "#REF!") {
				t.Errorf("%s: the name %s refers to %q, which is nowhere", name, n.Name, n.RefersTo)
			}
		}
		if len(names) < 2*len(sheets) {
			t.Errorf("%s: got %d names for %d sheets, want at least what is printed of each and the titles", name, len(names), len(sheets))
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPages: no section title stands at the foot of a page with nothing below it,
// and where all fits nothing is broken.
func TestPages(t *testing.T) {
	widths := []hundredths{100_00, 92_00}
	section := func(p *page, rows int) {
		p.section("title", 2, "head")
		for range rows {
			p.add(text("row"))
		}
	}
	for _, tt := range []struct {
		name     string
		sections []int // rows of each
		want     []int // rows that begin a page
	}{
		{"nothing", nil, nil},
		{"all on one page", []int{10, 10}, nil},
		{"a small one goes over whole", []int{30, 10}, []int{34}},
		{"a long one begins where it is, and goes on", []int{20, 60}, nil},
		{"a long one does not begin at the foot", []int{38, 60}, []int{42}},
	} {
		p := &page{}
		for _, rows := range tt.sections {
			section(p, rows)
		}
		if got := p.breaks(widths); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got breaks above %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestDefinedNames: every sheet says what is printed of it, and the rows of every
// table that has some have a name.
func TestDefinedNames(t *testing.T) {
	dump := string(dumpOf(t, workbookOf(t, smallFacts())))
	for _, want := range []string{" prints='Summary'!$A$1:", " prints='Act today'!$A$1:", "act_today_rows='Act today'!$A$1:", "breaks_rows='Breaks'!$A$2:", "items_rows='Items'!$A$1:"} {
		if !strings.Contains(dump, want) {
			t.Errorf("the workbook does not say%s", want)
		}
	}
}
