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
		if sheets < 12 || !seen["drawing"] || !seen["conditionalFormatting"] || !seen["rowBreaks"] || !seen["mergeCells"] || !seen["autoFilter"] {
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
