package table

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
)

const (
	// maxEntries is how many parts a workbook may have. Large ones with charts
	// and pictures have some hundreds; a directory of a million entries costs
	// memory before anything is read.
	maxEntries = 20_000

	// maxInflation is how much longer than its packed form a sheet may be, and
	// inflationFrom where that begins to count. Real sheets unpack to 5 to 40
	// times, a column of one repeated value to 200; deflate ends at 1032.
	maxInflation  = 300
	inflationFrom = 16 << 20

	// maxPart bounds the small parts: relations, list of sheets, styles. The
	// largest style table that Excel writes, 65,490 formats, has about 12 MiB.
	maxPart = 64 << 20
)

// A workbook is an opened XLSX or XLSM.
type workbook struct {
	name    string
	limits  Limits
	parts   map[string]*zip.File // by lower-case name
	strings []string             // the shared strings, trimmed
	formats []format             // by style number
	date04  bool                 // days count from 1 January 1904
	size    int64                // bytes of the XML of all sheets
	ahead   int64                // bytes to look at before the first row: see Limits.Looked
	looked  int64                // of these, those that have been
	notes   []string
}

// openWorkbook opens the zip in data. excelize is not asked: its row reader
// gives strings only, leaving out the number format (and with it Cr, ₹ and
// dates), and unpacks large sheets into temporary files.
func openWorkbook(name string, data []byte, limits Limits) (*File, error) {
	limits.Rows = min(limits.Rows, maxSheetRows)
	limits.Columns = min(limits.Columns, maxColumns)
	wb := &workbook{name: name, limits: limits}
	if err := wb.openZip(data); err != nil {
		return nil, err
	}
	sheets, err := wb.load()
	if err != nil {
		return nil, wb.damaged(err)
	}
	f := &File{Sheets: sheets, Size: wb.size, Format: "XLSX", Notes: wb.notes, close: func() error { wb.parts, wb.strings = nil, nil; return nil }}
	if wb.date04 {
		f.Notes = append(f.Notes, "dates count from 1904")
	}
	return f, nil
}

func (wb *workbook) openZip(data []byte) error {
	// The signature of a directory entry can stand in packed data too, but not
	// that often.
	if n := bytes.Count(data, []byte("PK\x01\x02")); n > maxEntries {
		return &LimitError{wb.name, fmt.Sprintf("the zip has more than %d parts", maxEntries), "open it in Excel and save it as .xlsx"}
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return &RefusedError{wb.name, "the workbook is damaged or incomplete", "export it again, or open and save it in Excel"}
	}
	if err := wb.refuseOverlap(z.File); err != nil {
		return err
	}
	wb.parts = make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		name := partName(f.Name)
		switch {
		case leadsOut(f.Name):
			wb.notes = append(wb.notes, fmt.Sprintf("the zip names a part outside of itself, %q, which was passed over", f.Name))
		case wb.parts[name] != nil:
			// Which of the two a program shows is its own affair.
			return &RefusedError{wb.name, fmt.Sprintf("the zip holds the part %s twice", f.Name), saveAsXLSX}
		default:
			wb.parts[name] = f
		}
	}
	return wb.refuseOthers()
}

// leadsOut tells whether a name has an element that leads to the folder above.
// Nothing is ever written by these names; but such a part is no part of a
// workbook, and must not pass for one.
func leadsOut(name string) bool {
	return slices.Contains(strings.Split(strings.ReplaceAll(name, `\`, "/"), "/"), "..")
}

// refuseOverlap refuses a zip in which two parts are made of the same bytes, by
// which a small file is made to unpack to petabytes (Fifield, "A better zip
// bomb", 2019).
func (wb *workbook) refuseOverlap(files []*zip.File) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(files))
	for _, f := range files {
		from, err := f.DataOffset()
		if err != nil {
			return wb.damaged(err)
		}
		if f.CompressedSize64 > 0 && f.CompressedSize64 < 1<<62 {
			spans = append(spans, span{from, from + int64(f.CompressedSize64)})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return &RefusedError{wb.name, "the parts of the zip overlap, as those of attacks do", saveAsXLSX}
		}
	}
	return nil
}

// partName returns the form in which part names are compared: they are the same
// in any case, and some writers use the backslash.
func partName(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

// refuseOthers refuses zips that are known to be something else.
func (wb *workbook) refuseOthers() error {
	has := func(name string) bool { return wb.parts[name] != nil }
	switch {
	case has("xl/workbook.bin"):
		return &RefusedError{wb.name, "it is a binary workbook (.xlsb)", saveAsXLSX}
	case has("mimetype") && has("content.xml"):
		return &RefusedError{wb.name, "it is an OpenDocument file (.ods)", "open it in LibreOffice or Excel and save it as .xlsx"}
	case has("encryptedpackage"), has("encryptioninfo"):
		return &RefusedError{wb.name, "the workbook is password-protected", "open it in Excel, remove the password, and save it"}
	case has("word/document.xml"):
		return &RefusedError{wb.name, "it is a Word document", "export the ledger as .xlsx or .csv"}
	}
	return nil
}

// A sheetEntry is a line of the workbook's list of sheets.
type sheetEntry struct {
	name, relation string
	hidden         bool
}

// load reads everything but the sheets' rows.
func (wb *workbook) load() ([]Sheet, error) {
	root, err := wb.relations("_rels/.rels", "")
	if err != nil {
		return nil, err
	}
	main := "xl/workbook.xml"
	for _, id := range slices.Sorted(maps.Keys(root)) {
		if r := root[id]; r.kind == "officeDocument" && wb.parts[r.target] != nil {
			main = r.target
		}
	}
	if strings.HasSuffix(main, ".bin") {
		return nil, &RefusedError{wb.name, "it is a binary workbook (.xlsb)", saveAsXLSX}
	}
	if wb.parts[main] == nil {
		return nil, &RefusedError{wb.name, "it is a zip file without a workbook in it", "unpack it and give the files inside"}
	}
	entries, err := wb.list(main)
	if err != nil {
		return nil, err
	}
	dir, file := path.Split(main)
	rels, err := wb.relations(path.Join(dir, "_rels", file+".rels"), dir)
	if err != nil {
		return nil, err
	}
	strings := relationOf(rels, "sharedStrings", "xl/sharedstrings.xml")
	wb.ahead = wb.sizeOf(strings)
	for _, e := range entries {
		wb.ahead += wb.sizeOf(rels[e.relation].target)
	}
	if err := wb.loadStyles(relationOf(rels, "styles", "xl/styles.xml")); err != nil {
		return nil, err
	}
	if err := wb.loadStrings(strings); err != nil {
		return nil, err
	}
	return wb.sheets(entries, rels)
}

func (wb *workbook) sheets(entries []sheetEntry, rels map[string]relation) ([]Sheet, error) {
	var sheets []Sheet
	var unpacked uint64
	for _, e := range entries {
		r, ok := rels[e.relation]
		if ok && r.kind != "worksheet" {
			continue // a sheet that is a chart or a dialogue has no cells
		}
		if e.relation == "" {
			wb.notes = append(wb.notes, fmt.Sprintf("the sheet %q stands in no part of the workbook and was passed over", e.name))
			continue // a module of Excel 95 macros
		}
		part := wb.parts[r.target]
		if part == nil {
			return nil, fmt.Errorf("the sheet %q is missing in it", e.name)
		}
		if unpacked += part.UncompressedSize64; unpacked > uint64(wb.limits.Unpacked) {
			return nil, &LimitError{wb.name, fmt.Sprintf("its sheets unpack to more than %d MiB", wb.limits.Unpacked>>20), "split the workbook into several, or export it as .csv"}
		}
		if e.hidden {
			wb.notes = append(wb.notes, fmt.Sprintf("the sheet %q is hidden", e.name))
		}
		sheets = append(sheets, &xlsxSheet{wb: wb, name: e.name, part: part})
	}
	wb.size = int64(unpacked)
	if len(sheets) == 0 {
		return nil, &RefusedError{wb.name, "the workbook has no sheet with cells", "export it again"}
	}
	return sheets, nil
}

// list reads the workbook part: its sheets in order, and its calendar.
func (wb *workbook) list(main string) ([]sheetEntry, error) {
	var entries []sheetEntry
	err := wb.eachElement(main, func(x *xmlScanner) error {
		switch x.name {
		case "workbookPr":
			v, _ := x.attr("date1904")
			wb.date04 = truth(v)
		case "sheet":
			name, err := x.attrText("name")
			if err != nil {
				return err
			}
			id, err := x.attrText("id")
			if len(entries) >= maxEntries {
				return &LimitError{wb.name, fmt.Sprintf("it lists more than %d sheets", maxEntries), saveAsXLSX}
			}
			state, _ := x.attr("state")
			hidden := string(state) == "hidden" || string(state) == "veryHidden"
			entries = append(entries, sheetEntry{name: unescapeText(name), relation: id, hidden: hidden})
			return err
		}
		return nil
	})
	return entries, err
}

// A relation leads from one part to another.
type relation struct{ kind, target string }

// relations reads a .rels part; one that is missing has none. Targets are
// relative to dir, and only parts of the same zip count.
func (wb *workbook) relations(name, dir string) (map[string]relation, error) {
	rels := map[string]relation{}
	if wb.parts[partName(name)] == nil {
		return rels, nil
	}
	err := wb.eachElement(name, func(x *xmlScanner) error {
		if x.name != "Relationship" {
			return nil
		}
		if mode, _ := x.attr("TargetMode"); string(mode) == "External" {
			return nil
		}
		id, err := x.attrText("Id")
		if err != nil {
			return err
		}
		kind, err := x.attrText("Type")
		if err != nil {
			return err
		}
		target, err := x.attrText("Target")
		if err != nil {
			return err
		}
		if !strings.HasPrefix(target, "/") && !strings.HasPrefix(target, `\`) {
			target = dir + "/" + target
		}
		if len(rels) >= maxEntries {
			return &LimitError{wb.name, fmt.Sprintf("a part of it has more than %d relations", maxEntries), saveAsXLSX}
		}
		r := relation{kind: path.Base(kind), target: partName(target)}
		if plain, err := url.PathUnescape(r.target); wb.parts[r.target] == nil && err == nil {
			r.target = plain // a part name is a URI, the name in the zip may not be
		}
		rels[id] = r
		return nil
	})
	return rels, err
}

// relationOf returns the target of the relation of a kind, and where there is
// none the place where such a part usually is.
func relationOf(rels map[string]relation, kind, usual string) string {
	for _, id := range slices.Sorted(maps.Keys(rels)) {
		if r := rels[id]; r.kind == kind {
			return r.target
		}
	}
	return usual
}

// eachElement calls visit at the start of every element of a small part.
func (wb *workbook) eachElement(name string, visit func(*xmlScanner) error) error {
	return wb.eachToken(wb.parts[partName(name)], maxPart, func(x *xmlScanner) error {
		if x.kind != xmlStart {
			return nil
		}
		return visit(x)
	})
}

// eachToken calls visit for every token of a part, until it returns an error.
func (wb *workbook) eachToken(part *zip.File, limit int64, visit func(*xmlScanner) error) error {
	in, err := wb.open(part, limit)
	if err != nil {
		return err
	}
	defer in.Close()
	return in.eachToken(visit)
}

// look is eachToken for what is read once before the first row, and tells how far
// that is.
func (wb *workbook) look(part *zip.File, visit func(*xmlScanner) error) error {
	in, err := wb.open(part, wb.limits.Unpacked)
	if err != nil {
		return err
	}
	defer in.Close()
	before := wb.looked
	if tell := wb.limits.Looked; tell != nil {
		in.told = func(read int64) { tell(min(before+read, wb.ahead), wb.ahead) }
	}
	err = in.eachToken(visit)
	wb.looked = before + wb.sizeOf(partName(part.Name))
	return err
}

// sizeOf returns the size of a part, 0 where there is none.
func (wb *workbook) sizeOf(name string) int64 {
	if part := wb.parts[name]; part != nil && part.UncompressedSize64 <= uint64(wb.limits.Unpacked) {
		return int64(part.UncompressedSize64)
	}
	return 0
}

// eachToken calls visit for every token of the part.
func (s *stoppable) eachToken(visit func(*xmlScanner) error) error {
	x := newXMLScanner(s)
	for {
		err := x.next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = visit(x)
		}
		if err != nil {
			return err
		}
	}
}

// open opens a part for reading. archive/zip never delivers more than the zip
// says the part has, so the limits can be tested before the first byte.
func (wb *workbook) open(part *zip.File, limit int64) (*stoppable, error) {
	size, packed := part.UncompressedSize64, part.CompressedSize64
	switch {
	case size > uint64(limit):
		return nil, &LimitError{wb.name, fmt.Sprintf("%s unpacks to more than %d MiB", part.Name, limit>>20), "split the workbook into several, or export it as .csv"}
	case size > inflationFrom && size/maxInflation > packed:
		return nil, &LimitError{wb.name, fmt.Sprintf("%s unpacks to more than %d times its size, as attacks do", part.Name, maxInflation), "open it in Excel, look at what it holds, and save it as .csv"}
	}
	in, err := part.Open()
	if err != nil {
		return nil, err
	}
	return &stoppable{in, wb.limits, 0, nil}, nil
}

// A stoppable is a part being read, of which every piece asks whether to go on:
// whatever is done with the part, in a loop of rows or of tokens, it ends here.
type stoppable struct {
	io.ReadCloser
	limits Limits
	read   int64            // bytes so far
	told   func(read int64) // of these, by every piece; nil: nobody listens
}

// Read reads the next piece, some ten thousand bytes of XML.
func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.limits.stopped(); err != nil {
		return 0, err
	}
	n, err := s.ReadCloser.Read(p)
	s.read += int64(n)
	if s.told != nil {
		s.told(s.read)
	}
	return n, err
}

// damaged turns a fault of the zip or the XML into a refusal; what already is
// one, or a limit, or no fault at all but the wish to stop, stays as it is.
func (wb *workbook) damaged(err error) error {
	var refused *RefusedError
	var limit *LimitError
	var stopped *stoppedError
	switch {
	case errors.As(err, &stopped):
		return stopped
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &limit):
		return limit
	}
	reason := err.Error()
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		reason = "it is packed in a way that workbooks are not, or encrypted"
	case errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF):
		reason = "it is damaged or incomplete"
	}
	return &RefusedError{wb.name, "the workbook cannot be read: " + reason, "export it again, or open and save it in Excel"}
}

// truth reads a boolean of XML Schema.
func truth(v []byte) bool {
	s := string(v)
	return s == "1" || s == "true" || s == "on"
}
